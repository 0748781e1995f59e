"""The real processes of a chain: a simulated board on a pty and `evse-tui serve`, watched line by line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.invariants import BoardLine, InvariantWatch

PATIENCE_S = 90.0
"""Real time after which a wait has failed; generous because machines are slow, never a duration that is waited out."""


def environment(home: Path) -> dict[str, str]:
    """The machine's environment with configuration, data and state in `home`; the cache stays shared."""
    return {
        **os.environ,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "PYTHONWARNINGS": "error",
        "PYTHONUNBUFFERED": "1",
    }


class Chain:
    """Starts processes in one home directory; those still alive at the end of a failed test are killed."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._started: list[asyncio.subprocess.Process] = []

    async def board(self, *options: str) -> BoardProcess:
        """A simulated board, after its first line."""
        board = await BoardProcess.start(self._home, *options)
        self._started.append(board.process)
        return board

    async def serve(self, *options: str) -> ServeProcess:
        """The host, when it listens."""
        serve = await ServeProcess.start(self._home, *options)
        self._started.append(serve.process)
        return serve

    async def close(self) -> None:
        """Kills what the test left."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
            assert process.stdout is not None
            await process.stdout.read()
            await process.wait()


class BoardProcess:
    """`evse-tui sim-board --pty LINK`; every line it prints goes through the invariant watch."""

    def __init__(self, process: asyncio.subprocess.Process, link: Path) -> None:
        self.process = process
        self.link = link
        self.watch = InvariantWatch()
        self.last: BoardLine | None = None

    @classmethod
    async def start(cls, home: Path, *options: str) -> BoardProcess:
        link = home / "board"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "evse_tui",
            "sim-board",
            "--pty",
            str(link),
            *options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment(home),
        )
        board = cls(process, link)
        await board.line()
        return board

    async def say(self, command: str) -> None:
        """Writes one line to the board's stdin."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())
        await self.process.stdin.drain()

    async def line(self) -> BoardLine:
        """The next JSON line, checked."""
        assert self.process.stdout is not None
        raw = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
        assert raw, f"the board ended with {self.process.returncode}"
        self.last = BoardLine.parse(json.loads(raw))
        self.watch.check(self.last)
        return self.last

    async def until(
        self,
        wanted: Callable[[BoardLine], bool],
        within_ms: int,
        meanwhile: Callable[[BoardLine], Any] | None = None,
    ) -> BoardLine:
        """Reads lines until one is `wanted`, for at most `within_ms` of the board's clock.

        `meanwhile` is called in a thread about once a second of the board's clock, with the newest line.
        """
        start = self.last.t_ms if self.last else 0
        next_call = start
        while True:
            line = await self.line()
            if wanted(line):
                return line
            assert line.t_ms - start <= within_ms, f"not within {within_ms} ms; last line: {line}"
            if meanwhile is not None and line.t_ms >= next_call:
                next_call = line.t_ms + 900
                await asyncio.to_thread(meanwhile, line)

    async def stop(self) -> None:
        """Ends it with SIGTERM; it must exit with 0."""
        self.process.terminate()
        assert self.process.stdout is not None
        await asyncio.wait_for(self.process.stdout.read(), PATIENCE_S)
        assert await asyncio.wait_for(self.process.wait(), PATIENCE_S) == 0
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert not self.link.exists()


class ServeProcess:
    """`evse-tui serve`, ready when its address is printed."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    async def start(cls, home: Path, *options: str) -> ServeProcess:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "evse_tui",
            "serve",
            "--listen",
            "127.0.0.1:0",
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=environment(home),
        )
        assert process.stdout is not None
        seen: list[str] = []
        while True:
            raw = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
            assert raw, f"serve ended with {await process.wait()} after {seen}"
            seen.append(raw.decode())
            if found := re.search(r"http://[0-9.:]+", seen[-1]):
                return cls(process, found[0])

    async def _end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        assert self.process.stdout is not None
        await asyncio.wait_for(self.process.stdout.read(), PATIENCE_S)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def kill(self) -> None:
        """SIGKILL: no good-bye of any kind."""
        assert await self._end(signal.SIGKILL) == -signal.SIGKILL

    async def stop(self) -> None:
        """SIGTERM; it must exit with 0."""
        assert await self._end(signal.SIGTERM) == 0
