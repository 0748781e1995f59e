"""Clients that hold a connection without saying anything whole, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.security import BODY_PATIENCE_S
from evse_tui.api.server import KEEP_ALIVE_S, start_server
from evse_tui.clock import LoopClock
from evse_tui.sim.virtual_time import run_virtual
from tests.api.factory import RecordingSite

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def seconds_until_closed(site: RecordingSite, talk: Talk) -> float:
    """Virtual seconds from connecting to the server's end of the connection."""

    async def run() -> float:
        server = await start_server(make_app(site, clock=LoopClock()), listen("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        start = loop.time()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        talking = asyncio.ensure_future(talk(reader, writer))
        with suppress(ConnectionError):  # a reset, if we had more to say
            await reader.read()
        lasted = loop.time() - start
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        await server.stop()
        return lasted

    return run_virtual(run())


def test_silent_connection_is_closed() -> None:
    async def talk(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        """Says nothing."""

    assert KEEP_ALIVE_S <= seconds_until_closed(RecordingSite(), talk) <= KEEP_ALIVE_S + 2


def test_head_that_drips_is_closed() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"GET /settings HTTP/1.1\r\nHost: localhost\r\nX-Slow: yes, very slow indeed, as slow as it gets":
            writer.write(bytes([byte]))
            await asyncio.sleep(3)

    assert KEEP_ALIVE_S <= seconds_until_closed(RecordingSite(), talk) <= KEEP_ALIVE_S + 2


def test_body_that_drips_is_closed_without_effect() -> None:
    site = RecordingSite()

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.5)

    assert BODY_PATIENCE_S <= seconds_until_closed(site, talk) <= BODY_PATIENCE_S + 3
    assert site.commands == []
