"""`evse-tui attach` as a process on a pseudo terminal, to a `serve` that is killed, restarted and outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession

from tests.e2e.processes import PATIENCE_S, Chain, environment
from tests.e2e.test_terminal import ALTERNATE_SCREEN, NORMAL_SCREEN, Screen


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    started = Chain(tmp_path)
    yield started
    await started.close()


async def first_charger(url: str) -> dict[str, object]:
    async with ClientSession() as session, session.get(f"{url}/api/v1/chargers/1") as response:
        assert response.status == 200
        document: dict[str, object] = await response.json()
        return document


async def pauses(keyboard: int, url: str) -> None:
    """From this keyboard to the board over there. A key that makes no sense yet does nothing, so it is pressed again,
    but not before the last one must have had its effect: the same key resumes."""
    async with asyncio.timeout(PATIENCE_S), ClientSession() as session, session.get(f"{url}/api/v1/stream") as stream:
        frames = 0
        async for line in stream.content:
            if line.startswith(b"data:"):
                if json.loads(line[5:])["chargers"][0]["mode"] == "pause":
                    return
                if frames % FRAMES_A_PRESS == 0:
                    os.write(keyboard, b"p")
                frames += 1


FRAMES_A_PRESS = 8
"""Frames come twice a second, and at each change of state."""


async def test_a_window_on_a_running_serve(chain: Chain, tmp_path: Path) -> None:
    serve = await chain.serve("--demo")
    address = serve.url.removeprefix("http://")
    ours, theirs = os.openpty()
    screen = Screen(ours)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "evse_tui",
        "attach",
        f"{serve.url}/",
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(tmp_path) | {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
    )
    try:
        await screen.until(ALTERNATE_SCREEN)
        await screen.until(b"online")

        await pauses(ours, serve.url)

        await serve.kill()
        await screen.until(b"Connection lost")
        serve = await chain.serve("--demo", "--listen", address)
        assert (await first_charger(serve.url))["mode"] == "smart"
        await pauses(ours, serve.url)  # only a window that sees this mode offers to pause
        assert process.returncode is None

        os.write(ours, b"q")  # without a question, whether or not a car charges there
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
        await screen.until(NORMAL_SCREEN)
        assert b"Traceback" not in screen.written
        assert (await first_charger(serve.url))["link"]
        await serve.stop()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        screen.close()
        os.close(theirs)
        os.close(ours)
