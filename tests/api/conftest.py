"""An API on a recording site, and clients for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.security import Security
from evse_tui.api.server import RunningServer, start_server
from evse_tui.clock import Clock, LoopClock
from tests.api.factory import RecordingSite, make_snapshot

Client = TestClient[web.Request, web.Application]


class FixedClock(LoopClock):
    """Stands 40 ms after the factory's snapshots."""

    def __init__(self) -> None:
        super().__init__()
        self.at_ms = make_snapshot().at_ms + 40

    def now_ms(self) -> int:
        return self.at_ms


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def site() -> RecordingSite:
    return RecordingSite()


@pytest_asyncio.fixture
async def client(site: RecordingSite, clock: Clock) -> AsyncIterator[Client]:
    """A client of an API that is also known as garage.example."""
    app = make_app(site, security=Security(frozenset({"Garage.example"})), clock=clock)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest_asyncio.fixture
async def server(site: RecordingSite, clock: Clock) -> AsyncIterator[RunningServer]:
    """A listening API, for bytes as they are."""
    server = await start_server(make_app(site, clock=clock), listen("127.0.0.1", 0))
    yield server
    await server.stop()


async def exchange(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    """Sends bytes, reads until the server closes: status, head, body. The request should ask to close."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body
