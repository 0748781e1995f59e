"""The event stream over HTTP, as browsers and careless clients use it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from evse_tui.api import broadcast, stream
from evse_tui.api.app import make_app
from evse_tui.api.keys import BROADCAST
from evse_tui.api.listen import listen
from evse_tui.api.security import Security
from evse_tui.api.server import RunningServer, start_server
from evse_tui.api.tokens import Keyring
from tests.api.conftest import FixedClock
from tests.api.live import LiveSite
from tests.api.test_access import SECRET, TOKEN
from tests.site.bench import in_virtual_time

STREAM = "/api/v1/stream"
PATIENCE_S = 20.0
"""After which a wait has failed; never waited out."""


@pytest.fixture
def site() -> LiveSite:
    return LiveSite()


@asynccontextmanager
async def serving(site: LiveSite, security: Security | None = None) -> AsyncIterator[RunningServer]:
    server = await start_server(make_app(site, clock=FixedClock(), security=security), listen("127.0.0.1", 0))
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def reading(server: RunningServer, query: str = "", **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}{STREAM}{query}", **options) as response,
    ):
        yield response


async def event(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The fields of the next event."""
    found: dict[str, str] = {}
    async with asyncio.timeout(PATIENCE_S):
        while (line := (await response.content.readline()).decode()) != "\n":
            assert line.endswith("\n"), line
            name, _, value = line.removesuffix("\n").partition(": ")
            assert name not in found
            found[name] = value
    return found


async def test_events_are_what_the_snapshot_says(site: LiveSite) -> None:
    async with serving(site) as server, reading(server, "?interval_ms=100") as response:
        assert response.status == 200
        assert await event(response) == {"retry": "2000"}
        for _ in range(3):
            seen = await event(response)
            assert list(seen) == ["event", "id", "data"]
            assert (seen["event"], seen["id"]) == ("snapshot", str(site.snapshot.number))
            async with aiohttp.ClientSession() as session, session.get(f"{server.url}/api/v1/snapshot") as polled:
                assert json.loads(seen["data"]) == await polled.json()
            site.show(warnings=(f"line\nfeed {site.snapshot.number}",))


async def test_nobody_on_the_way_may_keep_change_or_hold_it(site: LiveSite) -> None:
    async with serving(site) as server, reading(server) as response:
        headers = response.headers
        assert response.content_type == "text/event-stream"
        assert headers["Cache-Control"] == "no-store, no-transform"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Encoding" not in headers
        assert "Content-Length" not in headers
        assert not [name for name in headers if name.lower().startswith("access-control")]


async def test_head_ends(site: LiveSite) -> None:
    async with (
        serving(site) as server,
        aiohttp.ClientSession() as session,
        session.head(f"{server.url}{STREAM}") as response,
    ):
        assert (response.status, response.content_type) == (200, "text/event-stream")
        assert await response.read() == b""


@pytest.mark.parametrize("query", ["99", "10001", "0", "-1", "x1", "", "NaN", "200&interval_ms=300", "200&x=1"])
async def test_other_rhythms_are_refused(site: LiveSite, query: str) -> None:
    async with serving(site) as server, reading(server, f"?interval_ms={query}") as response:
        assert (response.status, response.content_type) == (422, "application/problem+json")


async def test_a_reconnection_gets_the_whole_picture(site: LiveSite) -> None:
    async with serving(site) as server:
        for _ in range(2):
            async with reading(server, headers={"Last-Event-ID": str(site.snapshot.number)}) as response:
                await event(response)
                assert (await event(response))["id"] == str(site.snapshot.number)


@in_virtual_time
async def test_it_ends_at_once_with_the_server(site: LiveSite) -> None:
    async with serving(site) as server, reading(server, "?interval_ms=10000") as response:
        await event(response)
        await event(response)
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await server.stop()
        assert await response.content.read() == b""
        assert loop.time() - begun_s < 0.5, "nobody was waited for"


@in_virtual_time
async def test_it_ends_though_the_client_does_not_read(site: LiveSite) -> None:
    async with serving(site) as server:
        with deaf_client(server) as client:
            for number in range(8):  # more than all buffers take
                site.show(warnings=(f"{number}" * 300_000,))
                await asyncio.sleep(broadcast.SPACING_S)
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            await server.stop()
            assert loop.time() - begun_s < 0.7
            client.settimeout(PATIENCE_S)
            while client.recv(1 << 20):
                """What the system kept; then the end, though the loop does nothing any more."""


def deaf_client(server: RunningServer) -> socket.socket:
    """Asks for the stream and never reads."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", server.port))
    client.sendall(f"GET {STREAM}?interval_ms=100 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    client.setblocking(False)
    return client


async def show_again(site: LiveSite) -> None:
    """News for whoever can take them by then."""
    while True:
        site.show(warnings=("afterwards",))
        await asyncio.sleep(broadcast.SPACING_S)  # the stream's own, in real time: sockets know no other


async def test_a_client_that_does_not_read_holds_one_snapshot(site: LiveSite) -> None:
    encoded = asyncio.Queue[bytes]()

    def noted(snapshot: Any) -> bytes:
        encoded.put_nowait(stream.frame_of(snapshot))
        return stream.frame_of(snapshot)

    app = make_app(site, clock=FixedClock())
    app_broadcast = app[BROADCAST]
    app_broadcast._encode = noted
    server = await start_server(app, listen("127.0.0.1", 0))
    try:
        with deaf_client(server) as client:
            async with asyncio.timeout(PATIENCE_S):
                for number in range(8):  # more than all buffers take
                    site.show(warnings=(f"{number}" * 300_000,))
                    while await encoded.get() != stream.frame_of(site.snapshot):  # it is due for each
                        pass
                showing = asyncio.create_task(show_again(site))
                received = b""
                while b'"afterwards"' not in received:
                    received += await asyncio.get_running_loop().sock_recv(client, 1 << 20)
                showing.cancel()
                await asyncio.wait((showing,))
            *kept, _ = received[: received.index(b'"afterwards"')].split(b"event: snapshot")[1:]
            assert 1 <= len(kept) <= 2  # one and what the system kept; then, empty again, the newest
            assert all(b"}\n\n\r\n" in event for event in kept)  # what was begun is whole
    finally:
        await server.stop()


async def test_a_client_that_goes_leaves_nothing_behind(site: LiveSite) -> None:
    async with serving(site) as server:
        async with reading(server, "?interval_ms=100") as response:
            await event(response)
            await event(response)
        async with asyncio.timeout(PATIENCE_S):
            while any(task.get_name() == "event stream" for task in asyncio.all_tasks()):
                site.show()
                await asyncio.sleep(0.01)  # until the server's socket has noticed


async def test_too_many_are_told_to_poll(site: LiveSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "MOST_LISTENERS", 1)
    async with serving(site) as server, reading(server) as response:
        await event(response)
        async with reading(server) as refused:
            assert (refused.status, refused.content_type) == (503, "application/problem+json")
            assert "poll" in (await refused.json(content_type=None))["detail"]


async def test_it_needs_what_everything_needs(site: LiveSite) -> None:
    keyring = Keyring((TOKEN,))
    async with serving(site, Security(keyring=keyring, token_on_loopback=True)) as server:
        async with reading(server) as response:
            assert response.status == 401
        bearer = {"Authorization": f"Bearer {SECRET}"}
        async with reading(server, headers=bearer | {"Origin": "http://elsewhere.example"}) as response:
            assert response.status == 403
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.post(f"{server.url}/login", data={"token": SECRET}, allow_redirects=False) as answered:
                assert answered.status == 303
            async with session.get(f"{server.url}{STREAM}") as response:
                await event(response)
                assert (await event(response))["event"] == "snapshot"
        async with reading(server, headers=bearer) as response:
            await event(response)
            assert (await event(response))["event"] == "snapshot"
            keyring.replace(())
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.content.read()


# the loop that sends, in virtual time


@dataclass
class Wire:
    """A response and its transport; `stuck` keeps what is written."""

    written: list[bytes] = field(default_factory=list)
    stuck: bool = False
    aborted: bool = False

    async def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return int(self.stuck)

    def abort(self) -> None:
        self.aborted = True

    async def send(self, listener: broadcast.Listener) -> None:
        await stream.send(cast(web.StreamResponse, self), cast(asyncio.Transport, self), listener)


@in_virtual_time
async def test_a_quiet_stream_is_kept_alive() -> None:
    wire, listener = Wire(), broadcast.Listener(1)
    sending = asyncio.create_task(wire.send(listener))
    await asyncio.sleep(3 * stream.HEARTBEAT_S + 1)
    listener.offer(b"frame")
    await asyncio.sleep(1)
    listener.offer(None)
    await sending
    assert wire.written == [stream.RETRY, *[stream.HEARTBEAT] * 3, b"frame"]
    assert not wire.aborted


@in_virtual_time
async def test_a_client_that_takes_nothing_is_cut_off() -> None:
    wire, listener = Wire(stuck=True), broadcast.Listener(1)
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    await wire.send(listener)
    assert wire.aborted
    assert loop.time() - begun_s <= stream.PATIENCE_S + stream.HEARTBEAT_S
    assert wire.written == [stream.RETRY]


@in_virtual_time
async def test_a_slow_client_gets_the_newest_when_it_has_read() -> None:
    wire, listener = Wire(), broadcast.Listener(1)
    sending = asyncio.create_task(wire.send(listener))
    for number in range(9):
        await asyncio.sleep(1)
        wire.stuck = number in range(2, 6)
        listener.offer(b"%d" % number)
    await asyncio.sleep(1)
    listener.offer(None)
    await sending
    assert wire.written == [stream.RETRY, b"0", b"1", b"6", b"7", b"8"]
    assert not wire.aborted
