"""The terminal app as a process on a pseudo terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.e2e.processes import PATIENCE_S, environment

ALTERNATE_SCREEN, NORMAL_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


class Screen:
    """What a program has written to its terminal so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._news = asyncio.Event()
        self.written = b""
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # EIO: the program has closed its end
            self.close()
            return
        self.written += data
        self._news.set()

    async def until(self, wanted: bytes) -> None:
        """Waits until `wanted` has been written."""
        async with asyncio.timeout(PATIENCE_S):
            while wanted not in self.written:
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)


async def test_sigterm_restores_the_terminal_and_ends_in_order(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    screen = Screen(ours)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "evse_tui",
        "demo",
        "--listen",
        "127.0.0.1:0",
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(tmp_path) | {"TERM": "xterm-256color"},
    )
    try:
        await screen.until(ALTERNATE_SCREEN)
        await screen.until(b"online")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
        await screen.until(NORMAL_SCREEN)
        assert b"Traceback" not in screen.written
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        screen.close()
        os.close(theirs)
        os.close(ours)
