"""`serve` with the terminal app in the same process, drawing into a pseudo terminal that a thread empties."""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import sys
import threading

from evse_tui.cli.assemble import real_site
from evse_tui.cli.headless import announce
from evse_tui.cli.terminal import run_terminal


def _drain(descriptor: int) -> None:
    while os.read(descriptor, 65536):
        pass


async def _run(link: str) -> None:
    options = argparse.Namespace(config=None, board=[link], listen=("127.0.0.1", 0))
    async with real_site(options) as running:
        announce(running)
        board_side, screen = pty.openpty()
        os.environ.update(TERM="xterm-256color", COLUMNS="120", LINES="40")
        threading.Thread(target=_drain, args=(board_side,), daemon=True).start()
        for descriptor in (0, 1, 2):
            os.dup2(screen, descriptor)
        sys.__stdin__ = sys.stdin = os.fdopen(0, "r", closefd=False)
        sys.__stderr__ = sys.stderr = os.fdopen(2, "w", closefd=False)
        sys.__stdout__ = sys.stdout = os.fdopen(1, "w", closefd=False)
        await run_terminal(running, "benchmark")


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
