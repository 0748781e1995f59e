"""`evse-tui sim-board`: one simulated board for anybody's client."""

from __future__ import annotations

import argparse
import asyncio

from evse_tui.errors import UserError
from evse_tui.sim.sim_board import run_sim_board


def run(options: argparse.Namespace) -> int:
    """Runs the board until a signal ends it."""
    try:
        asyncio.run(run_sim_board(pty=options.pty, tcp=options.tcp, blank=options.blank, serial=options.serial))
    except OSError as error:
        where = options.pty or ":".join(map(str, options.tcp))
        raise UserError(f"{where} can't be used for the board: {error.strerror or error}") from error
    return 0
