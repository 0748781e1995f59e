"""`evse-tui replay F`: a capture on the terminal app's own screens."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from evse_tui.cli.attach import on_terminal
from evse_tui.clock import SystemClock
from evse_tui.config import system_zone
from evse_tui.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Shows the recording until the user quits.

    Raises:
        UserError: it can't be read, or this is no terminal.
    """
    if not on_terminal():
        raise UserError("this is not a terminal; `evse-tui decode` prints the frames of a capture")
    asyncio.run(_show(options.file, options.speed))
    return 0


async def _show(path: Path, speed: float) -> None:
    from evse_tui.replay.site import recorded_site

    clock = SystemClock()
    async with recorded_site(path, clock, system_zone(), speed) as site:
        from evse_tui.cli.terminal import show
        from evse_tui.ui.app import EvseApp

        app = EvseApp(site, title=site.snapshot.name, api_url=None, clock=site, decides=False, wires=site, player=site)
        await show(app, {})
