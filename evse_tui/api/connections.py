"""A bound on open connections: when all are taken, the oldest one that is idle gives way to a newcomer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

MOST_CONNECTIONS: Final = 512

Protocol = web.RequestHandler


class _Refused(asyncio.Protocol):
    """Closes at once: every connection is busy."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class Connections:
    """Makes the protocol of each connection, and knows which connections have work.

    A connection is *busy*, and never gives way, while a handler answers a whole request that was let in. A request is
    *running* from its head on: the end of the server waits for those.
    """

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self._most = most
        self._busy: set[Protocol] = set()
        self._running: set[Protocol] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.stopping = asyncio.Event()
        """Set when the server ends: an answer without an end of its own, like an event stream, ends with it."""

    def accept(self, server: web.Server, make: Callable[[], Protocol]) -> asyncio.BaseProtocol:
        """The protocol for one more connection of `server`."""
        open_now = server.connections
        if len(open_now) < self._most:
            return make()
        idle = next((connection for connection in open_now if connection not in self._busy), None)
        if idle is None:
            return _Refused()
        idle.force_close()
        return make()

    @contextmanager
    def busy(self, request: web.Request) -> Iterator[None]:
        """Marks the request's connection as busy."""
        connection = request.protocol
        self._busy.add(connection)
        try:
            yield
        finally:
            self._busy.discard(connection)

    def middleware(self) -> Middleware:
        """Knows the requests that are running."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            connection = request.protocol
            self._running.add(connection)
            self._quiet.clear()
            try:
                response = await handler(request)
            finally:
                self._running.discard(connection)
                if not self._running:
                    self._quiet.set()
            if self.stopping.is_set():
                response.force_close()
            return response

        return middleware

    async def finish(self, server: web.Server, patience_s: float) -> None:
        """Closes idle connections, ends streams and waits for running requests, but not longer than `patience_s`."""
        self.stopping.set()
        for connection in server.connections:
            if connection not in self._running:
                connection.force_close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), patience_s)
