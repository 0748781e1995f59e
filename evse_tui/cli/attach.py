"""`evse-tui attach URL`: the terminal app on a running serve or demo, over its API."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys

from evse_tui.cli import collector
from evse_tui.cli.status import TOKEN_VARIABLE
from evse_tui.clock import SystemClock
from evse_tui.errors import UserError
from evse_tui.remote.address import base_url
from evse_tui.remote.errors import TokenError


def run(options: argparse.Namespace) -> int:
    """Shows the app until the user quits; the site goes on.

    Raises:
        UserError: the address is none, nobody answers there as we do, or the token is wrong.
    """
    url = base_url(options.url)
    if not on_terminal():
        raise UserError("this is not a terminal; `evse-tui status` prints one look at a site")
    token = usable(os.environ.get(TOKEN_VARIABLE, "").strip(), TOKEN_VARIABLE)
    try:
        asyncio.run(_show(url, token))
    except TokenError:
        if token:
            raise UserError(f"{url} asks for a token, and {TOKEN_VARIABLE} is wrong there") from None
        _with_asked_token(url)
    return 0


def on_terminal() -> bool:
    """Whether all three streams are one: the app draws on stderr."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _with_asked_token(url: str) -> None:
    try:
        token = getpass.getpass(f"Token for {url}: ").strip()
    except EOFError:
        token = ""
    if not token:
        raise UserError(f"{url} asks for a token: `evse-tui token new` makes one there")
    try:
        asyncio.run(_show(url, usable(token, "this token")))
    except TokenError:
        raise UserError(f"{url} does not know this token: `evse-tui token list` there shows the names of all") from None


def usable(token: str, what: str) -> str:
    """The token, if it can stand in a header.

    Raises:
        UserError: it can't, so it is no token of ours.
    """
    if not (token.isascii() and token.isprintable()):
        raise UserError(f"{what} is no token: one has only letters, digits, - and _")
    return token


async def _show(url: str, token: str) -> None:
    with collector.idle():
        from evse_tui.remote.site import attached

    clock = SystemClock()
    async with attached(url, token, clock) as site:
        with collector.idle():
            from evse_tui.cli.terminal import show  # a refusal does not wait for it
            from evse_tui.ui.app import EvseApp

        title = site.snapshot.name or "evse-tui"
        app = EvseApp(site, title=title, api_url=url, clock=clock, decides=False)
        await show(app, {"connection": site.follow()})
