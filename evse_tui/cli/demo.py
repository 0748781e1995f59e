"""`evse-tui demo`: the simulated site, in the terminal app or as status lines."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from evse_tui.cli import collector
from evse_tui.cli.assemble import demo_site, serve_api
from evse_tui.cli.headless import run_headless
from evse_tui.errors import UserError

MOST_WORK: Final = 400
"""Boards x speed that one core simulates in time, with their hosts."""


def run(options: argparse.Namespace) -> int:
    """Runs until the user or `--for` ends it; without a terminal it prints status lines."""
    refuse_overload(options)
    # the terminal app draws on stderr, so all three have to be a terminal
    headless = options.headless or not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    asyncio.run(_headless(options) if headless else _terminal(options))
    return 0


def refuse_overload(options: argparse.Namespace) -> None:
    """Raises UserError if the simulated boards would not keep pace with their clock."""
    if options.boards * options.speed > MOST_WORK:
        raise UserError(
            f"{options.boards} boards at {options.speed:g} times real time are too much for one core: "
            f"choose --speed {MOST_WORK / options.boards:g} or less"
        )


async def _headless(options: argparse.Namespace) -> None:
    async with demo_site(options, next_free=True) as running, serve_api(running):
        await run_headless(running, options.duration_s)


async def _terminal(options: argparse.Namespace) -> None:
    with collector.idle():
        from evse_tui.cli.terminal import run_terminal

    async with demo_site(options, next_free=True) as running:
        await run_terminal(running, "evse-tui demo", options.duration_s)
