"""The terminal app as a process on a pseudo terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import struct
import sys
import termios
from pathlib import Path

import aiohttp
import pytest

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


class Terminal:
    """`evse-tui demo` (or another command) on a pseudo terminal of 100 columns."""

    def __init__(self, process: asyncio.subprocess.Process, ours: int, url: str) -> None:
        self.process = process
        self.url = url
        self.ours = ours
        self.screen: Screen | None = None

    def read(self) -> Screen:
        """From now on what is written is taken; before, nobody reads."""
        self.screen = Screen(self.ours)
        return self.screen

    def look_away(self) -> None:
        """From now on nobody reads."""
        if self.screen is not None:
            self.screen.close()
            self.screen = None

    def hang_up(self) -> None:
        """Closes the window."""
        self.look_away()
        os.close(self.ours)
        self.ours = -1

    async def close(self) -> None:
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()
        if self.ours >= 0:
            self.hang_up()


async def terminal(home: Path, *leader: str, command: tuple[str, ...] = ("demo",)) -> Terminal:
    """Starts it as the leader of a session, or as the child of `leader`."""
    port = unused_port()
    program = (sys.executable, "-m", "evse_tui", *command, "--listen", f"127.0.0.1:{port}")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TAKE_TERMINAL),
        *leader,
        *program,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment(home) | {"TERM": "xterm-256color"},
    )
    os.close(theirs)
    return Terminal(process, ours, f"http://127.0.0.1:{port}")


def unused_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)

LIKE_MAKE = (
    sys.executable,
    "-c",
    "import signal, subprocess, sys; signal.signal(signal.SIGHUP, lambda *_: None); subprocess.call(sys.argv[1:])",
)
"""A leader that survives the hangup and waits for its child, without telling it."""


async def test_sigterm_restores_the_terminal_and_ends_in_order(tmp_path: Path) -> None:
    app = await terminal(tmp_path)
    try:
        screen = app.read()
        await screen.until(ALTERNATE_SCREEN)
        await screen.until(b"online")
        app.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(app.process.wait(), PATIENCE_S) == 0
        await screen.until(NORMAL_SCREEN)
        assert b"Traceback" not in screen.written
    finally:
        await app.close()


@pytest.mark.parametrize("leader", [(), LIKE_MAKE], ids=["alone", "below make"])
async def test_the_app_ends_with_its_terminal(tmp_path: Path, leader: tuple[str, ...]) -> None:
    app = await terminal(tmp_path, *leader)
    try:
        await app.read().until(b"online")
        app.hang_up()
        assert await asyncio.wait_for(app.process.wait(), PATIENCE_S) == 0
    finally:
        await app.close()


async def press_unread(app: Terminal, client: aiohttp.ClientSession) -> None:
    """Switches screens, several kB each (a pty holds about four), and sees at the API that each round was handled."""
    for mode in ["Pause", "Smart"] * 8:
        os.write(app.ours, b"12p")
        async with asyncio.timeout(PATIENCE_S):
            while await current_mode(app, client) != mode.upper():
                pass


async def current_mode(app: Terminal, client: aiohttp.ClientSession) -> object:
    async with client.get(app.url + "/settings") as answer:
        return (await answer.json())["mode"]


async def test_a_terminal_that_does_not_read_stops_nothing_but_its_pictures(tmp_path: Path) -> None:
    app = await terminal(tmp_path)
    try:
        await app.read().until(b"online")
        app.look_away()
        async with aiohttp.ClientSession() as client:
            await press_unread(app, client)
        screen = app.read()
        await screen.until(b"Dashboard")
        app.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(app.process.wait(), PATIENCE_S) == 0
        await screen.until(NORMAL_SCREEN)
    finally:
        await app.close()


async def test_a_terminal_that_never_reads_again_does_not_hold_up_the_end(tmp_path: Path) -> None:
    app = await terminal(tmp_path)
    try:
        await app.read().until(b"online")
        app.look_away()
        async with aiohttp.ClientSession() as client:
            await press_unread(app, client)
        app.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(app.process.wait(), PATIENCE_S) == 0
    finally:
        await app.close()


async def test_serve_goes_on_without_its_terminal(tmp_path: Path) -> None:
    app = await terminal(tmp_path, *LIKE_MAKE, command=("serve", "--demo"))
    try:
        await app.read().until(b"serving")
        app.hang_up()
        async with aiohttp.ClientSession() as client:
            async with client.post(app.url + "/settings?mode=0") as answer:  # news that it would print
                assert answer.status == 200
            async with asyncio.timeout(PATIENCE_S), client.get(app.url + "/api/v1/stream") as stream:
                for _ in range(8):
                    await stream.content.readline()
            async with client.get(app.url + "/healthz") as answer:
                assert answer.status == 200
    finally:
        await app.close()
