"""`evse-tui commission PORT`: tells a board what it is wired to."""

from __future__ import annotations

import argparse
import asyncio
import sys

from evse_tui.board.ports import SerialOpener
from evse_tui.cli.question import answer
from evse_tui.clock import SystemClock
from evse_tui.commission.fields import FIELDS, parsed
from evse_tui.commission.shell import commission
from evse_tui.errors import UserError


def run(options: argparse.Namespace) -> int:
    """Exit status 0: the board has the values; 1: it has not."""
    given = {
        field.name: parsed(field, text)
        for field in FIELDS
        if (text := getattr(options, field.option.replace("-", "_"))) is not None
    }
    interactive = sys.stdin.isatty()
    if not interactive and not options.yes:
        raise UserError("There is nobody to ask here: say --yes.")

    def ask(question: str) -> str:
        if not interactive:
            raise UserError(f"There is nobody to ask here, and this has no default: {question.rstrip(': ')}.")
        return answer(question)

    def confirm() -> bool:
        return bool(options.yes) or answer("Write this? Type yes: ").strip().lower() == "yes"

    try:
        written = asyncio.run(
            commission(SerialOpener(options.port), SystemClock(), given, ask=ask, confirm=confirm, say=_say)
        )
    except EOFError:
        raise UserError("Nobody answered: nothing was written.") from None
    return 0 if written else 1


def _say(line: str) -> None:
    print(line, flush=True)
