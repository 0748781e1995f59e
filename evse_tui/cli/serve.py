"""`evse-tui serve`: the API without the terminal app."""

from __future__ import annotations

import argparse
import asyncio

from evse_tui.cli.assemble import demo_site, real_site, serve_api
from evse_tui.cli.demo import refuse_overload
from evse_tui.cli.headless import run_headless
from evse_tui.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Serves until a signal ends it.

    Raises:
        UserError: a simulated site was asked for, and a real board or more than can be simulated in time.
    """
    if options.demo and options.board:
        raise UserError("--demo simulates its boards: leave --board out, or leave --demo out")
    if options.demo:
        refuse_overload(options)
    asyncio.run(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    site = demo_site(options, next_free=False) if options.demo else real_site(options)
    async with site as running, serve_api(running):
        # charging must not depend on who reads the lines
        await run_headless(running, outlives_reader=True)
