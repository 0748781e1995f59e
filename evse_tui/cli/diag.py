"""`evse-tui diag PORT`: identity, self-checks, link quality and control pilot of one board."""

from __future__ import annotations

import argparse
import asyncio

from evse_tui.board.diagnosis import diagnose
from evse_tui.board.ports import SerialOpener
from evse_tui.clock import SystemClock
from evse_tui.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Prints the report. Exit status: 0 good, 1 something is wrong, 2 no board answered."""
    report = asyncio.run(diagnose(SerialOpener(options.port), SystemClock(), round(options.seconds * 1000)))
    text = report.render()
    print(text, end="")
    if options.report is not None:
        try:
            options.report.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UserError(f"{options.report} can't be written: {error.strerror}") from error
    return report.exit_status
