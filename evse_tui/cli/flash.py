"""`evse-tui flash PORT [IMAGE]`: writes a firmware image to a board."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from evse_tui.board.ports import SerialOpener
from evse_tui.cli.question import answer
from evse_tui.clock import SystemClock
from evse_tui.flash.errors import RefusedError, WriteError
from evse_tui.flash.plan import KINDS
from evse_tui.flash.shell import Wish, flash
from evse_tui.flash.writers import writer_for
from evse_tui.sim.firmware import source_root

FAILED: Final = 3
"""Exit status: writing was begun, and the board does not run what it should."""


def run(options: argparse.Namespace) -> int:
    """Exit status 0: it runs, or it was a dry run; 1: nothing was written; 3: see `FAILED`."""
    kind = None if options.board_kind is None else KINDS[options.board_kind]
    interactive = sys.stdin.isatty() and not options.yes
    wish = Wish(source_root, options.image, kind, no_car=options.no_car, asks=interactive, dry_run=options.dry_run)
    if not (interactive or options.yes or options.dry_run):
        raise RefusedError("There is nobody to ask here: say --yes, or --dry-run to see what would be done.")

    def ask(question: str) -> bool:
        if not interactive:
            return True
        return answer(f"{question} Type yes: ").strip().lower() == "yes"

    try:
        done = asyncio.run(
            flash(SerialOpener(options.port), SystemClock(), wish, writer_for=writer_for, ask=ask, say=print)
        )
    except WriteError as error:
        sys.stderr.write(f"evse-tui: {error}\n")
        return FAILED
    except EOFError:
        raise RefusedError("Nobody answered: nothing was written.") from None
    return 0 if done or options.dry_run else 1
