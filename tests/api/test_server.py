"""Listening, its errors, its limits and its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aiohttp import ClientSession, web

from evse_tui.api.app import make_app
from evse_tui.api.connections import Connections
from evse_tui.api.listen import ServerError, listen
from evse_tui.api.server import RunningServer, start_server
from evse_tui.clock import Clock
from evse_tui.site.commands import Command, Outcome
from tests.api.conftest import exchange
from tests.api.factory import RecordingSite


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_port_0_takes_a_free_one_and_says_which(site: RecordingSite, clock: Clock, host: str) -> None:
    server = await start_server(make_app(site, clock=clock), listen(host, 0))
    async with ClientSession() as session, session.get(f"{server.url}/healthz") as response:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert await response.json() == {"status": "ok", "chargers": 1}
    await server.stop()


async def test_taken_port_is_one_sentence(site: RecordingSite, clock: Clock, taken_port: int) -> None:
    with pytest.raises(ServerError) as caught:
        await start_server(make_app(site, clock=clock), listen("127.0.0.1", taken_port))
    assert str(caught.value) == (
        f"port {taken_port} on 127.0.0.1 is taken by another program: stop it, or choose another port with --listen"
    )


async def test_demo_takes_the_next_free_port(site: RecordingSite, clock: Clock, taken_port: int) -> None:
    server = await start_server(make_app(site, clock=clock), listen("127.0.0.1", taken_port, next_free=True))
    assert taken_port < server.port <= taken_port + 100
    await server.stop()


async def test_name_is_no_address_to_listen_on() -> None:
    with pytest.raises(ServerError, match=r"^garage\.example is not an IP address"):
        listen("garage.example", 0, has_token=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104  # refused
async def test_nothing_but_loopback_without_a_token(site: RecordingSite, clock: Clock, host: str) -> None:
    with pytest.raises(ServerError, match=f"^listening on {host} would open the API to the network"):
        await start_server(make_app(site, clock=clock), listen(host, 0))


async def test_port_that_is_none(site: RecordingSite, clock: Clock) -> None:
    with pytest.raises(ServerError, match="port 70000 is not a port number"):
        await start_server(make_app(site, clock=clock), listen("127.0.0.1", 70000))


class SlowSite(RecordingSite):
    """Takes a command for as long as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = asyncio.Event()
        self.go_on = asyncio.Event()

    async def execute(self, command: Command) -> Outcome:
        self.entered.set()
        await self.go_on.wait()
        return await super().execute(command)


POST_MODE = b"POST /settings?mode=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def test_stop_finishes_a_running_request(clock: Clock) -> None:
    site = SlowSite()
    server = await start_server(make_app(site, clock=clock), listen("127.0.0.1", 0))
    asked = asyncio.create_task(exchange(server.port, POST_MODE))
    await site.entered.wait()
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    site.go_on.set()
    status, _, body = await asked
    await stopping
    assert (status, body) == (200, b'{"mode":"1"}')
    assert len(site.commands) == 1


async def test_stop_does_not_wait_for_ever(clock: Clock) -> None:
    site = SlowSite()
    server = await start_server(make_app(site, clock=clock), listen("127.0.0.1", 0))
    _, stuck = await asyncio.open_connection("127.0.0.1", server.port)
    _, idle = await asyncio.open_connection("127.0.0.1", server.port)
    stuck.write(POST_MODE)
    await site.entered.wait()
    loop = asyncio.get_running_loop()
    start = loop.time()
    await server.stop()
    assert loop.time() - start < 2.0
    for writer in (stuck, idle):
        writer.close()
        await writer.wait_closed()


async def test_idle_connections_give_way(server: RunningServer) -> None:
    """More silent connections than the server keeps: a client that speaks is served, the oldest are gone."""
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(600)]
    status, _, _ = await exchange(server.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert status == 200
    assert await silent[0][0].read() == b""
    for _, writer in silent:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for _, writer in silent))


async def test_busy_connections_are_never_cut_for_a_newcomer(clock: Clock) -> None:
    site = SlowSite()
    connections = Connections(most=1)
    app = make_app(site, clock=clock, connections=connections)
    server = await start_server(app, listen("127.0.0.1", 0))
    asked = asyncio.create_task(exchange(server.port, POST_MODE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    await site.entered.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    site.go_on.set()
    status, _, _ = await asked
    assert status == 200
    await server.stop()


async def test_crash_in_a_handler_is_logged_and_is_a_500(
    site: RecordingSite, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(_: web.Request) -> web.Response:
        raise RuntimeError("boom")

    app = make_app(site, clock=clock)
    app.router.add_get("/crash", crash)
    server = await start_server(app, listen("127.0.0.1", 0))
    status, _, body = await exchange(server.port, b"GET /crash HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await server.stop()
    assert status == 500
    assert b"boom" not in body
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)
