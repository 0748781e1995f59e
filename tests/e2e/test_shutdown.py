"""SIGTERM to the real `serve`: requests finish, the store is flushed, it is quick, and charging ends as configured."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession

from tests.e2e.invariants import BoardLine
from tests.e2e.processes import PATIENCE_S, BoardProcess, Chain, ServeProcess

LEASE_MS = 5_000
LATE_MS = 500
"""How much later than it was printed the first line may have been read."""
TERMINATES_S = 2.0


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    started = Chain(tmp_path)
    yield started
    await started.close()


async def settings(serve: ServeProcess, method: str = "GET", query: str = "") -> dict[str, Any]:
    async with ClientSession() as session, session.request(method, f"{serve.url}/settings{query}") as response:
        assert response.status == 200
        document: dict[str, Any] = await response.json()
        return document


async def end(serve: ServeProcess) -> float:
    """Sends SIGTERM; seconds until the process has ended, with status 0."""
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    serve.process.send_signal(signal.SIGTERM)
    assert serve.process.stdout is not None
    await asyncio.wait_for(serve.process.stdout.read(), PATIENCE_S)
    assert await serve.process.wait() == 0
    return loop.time() - started_s


async def begin(port: int, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request of which all but the last byte of its body has arrived, and is being read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request + b" HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    return reader, writer


async def test_request_under_way_finishes_and_nobody_else_delays_the_end(chain: Chain) -> None:
    """A hundred idle connections, ten requests that never become whole, and one that does after the signal."""
    serve = await chain.serve("--board", "/dev/ttyNOTHERE")
    port = int(serve.url.rpartition(":")[2])
    idle = []
    for _ in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"}")
        idle.append((reader, writer))
    never = [await begin(port, b"POST /settings?mode=4") for _ in range(10)]
    slow_reader, slow_writer = await begin(port, b"POST /settings?mode=1")

    ending = asyncio.create_task(end(serve))
    for reader, _ in idle:
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    slow_writer.write(b"}")
    answer = await asyncio.wait_for(slow_reader.read(), PATIENCE_S)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'{"mode":"1"}')
    assert await ending < TERMINATES_S
    for _, writer in [*idle, *never, (slow_reader, slow_writer)]:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    again = await chain.serve("--board", "/dev/ttyNOTHERE")
    assert (await settings(again))["mode"] == "NORMAL", "stored before the end"
    await again.stop()


class Present:
    """Tells the board's newest lines from those that have waited to be read."""

    def __init__(self, board: BoardProcess) -> None:
        assert board.last is not None
        self._board = board
        self._offset_ms = board.last.t_ms - asyncio.get_running_loop().time() * 1000

    async def line(self) -> BoardLine:
        """A line that the board says after this call."""
        now_ms = asyncio.get_running_loop().time() * 1000 + self._offset_ms + LATE_MS
        return await self._board.until(lambda line: line.t_ms >= now_ms, 60_000)


async def test_charging_goes_on_for_a_restart_and_is_paused_if_configured(chain: Chain, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("stop_charging_on_exit = true\n")
    board = await chain.board()
    present = Present(board)
    serve = await chain.serve("--board", str(board.link))
    await board.say("plug")
    await board.say("ready")
    await settings(serve, "POST", "?mode=1")
    await board.until(lambda line: line.c1 and line.limit_da >= 60, 40_000)

    # by default the lease goes on: the car does not notice a restart
    assert await end(serve) < TERMINATES_S
    after = await present.line()
    assert (after.c1, after.access) == (True, "allow")
    assert 0 < after.lease_ms <= LEASE_MS

    serve = await chain.serve("--board", str(board.link), "--config", str(site))
    async with asyncio.timeout(PATIENCE_S):
        while (await settings(serve))["evse"]["state"] != "Charging":
            pass
    assert await end(serve) < TERMINATES_S
    after = await present.line()
    assert after.access == "pause"
    assert after.lease_ms > 0, "it was the host who paused, not the end of the lease"
    await board.stop()
