"""A bound on open connections: when all are taken, the oldest one that is idle gives way to a newcomer."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_protocol import RequestHandler

MOST_CONNECTIONS: Final = 512


class _Refused(asyncio.Protocol):
    """Closes at once: every connection is busy."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class Connections:
    """The protocol factory of a server; it learns from its middleware which connections are busy."""

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self._most = most
        self._busy: set[RequestHandler] = set()

    def accept(self, server: web.Server) -> asyncio.BaseProtocol:
        """The protocol for one more connection."""
        open_now = server.connections
        if len(open_now) < self._most:
            return server()
        idle = next((connection for connection in open_now if connection not in self._busy), None)
        if idle is None:
            return _Refused()
        idle.force_close()
        return server()

    def middleware(self) -> Middleware:
        """Marks a connection as busy while a request is handled."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            connection = request.protocol
            self._busy.add(connection)
            try:
                return await handler(request)
            finally:
                self._busy.discard(connection)

        return middleware
