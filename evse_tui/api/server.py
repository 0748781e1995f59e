"""Serving: limits, and an end within two seconds."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from evse_tui.api.connections import Connections
from evse_tui.api.keys import CONNECTIONS
from evse_tui.api.listen import Listener
from evse_tui.api.protocol import Connection

KEEP_ALIVE_S: Final = 75.0
"""An idle connection, or one that has not sent a whole request head by then, is closed."""
FINISH_S: Final = 0.8
"""How long running requests may take when the server ends."""
CANCEL_S: Final = 0.1
"""After that aiohttp waits this long twice for those that go on."""
TURNS_TO_HANDLER: Final = 4
"""Turns of the loop until a request that has arrived is being handled, and one to be sure."""
LINGERING_S: Final = 1.0
"""How long the rest of a refused body is still read, so that the client gets to see the answer."""
LONGEST_LINE: Final = 8190
MOST_HEADERS: Final = 64

_LIMITS: Final[dict[str, Any]] = {
    "access_log": None,
    "keepalive_timeout": KEEP_ALIVE_S,
    "lingering_time": LINGERING_S,
    "max_line_size": LONGEST_LINE,
    "max_field_size": LONGEST_LINE,
    "max_headers": MOST_HEADERS,
    "auto_decompress": False,
}


class _Expected(logging.Filter):
    """Bytes that are no HTTP are answered with 400, and clients leave before their answer: not worth a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError | ConnectionError)


_log: Final = logging.getLogger(__name__)
_log.addFilter(_Expected())


class RunningServer:
    """A served API."""

    def __init__(self, runner: web.AppRunner, server: asyncio.Server, listener: Listener, connections: Connections):
        self._runner = runner
        self._server = server
        self._connections = connections
        self.port = listener.port
        self.url = listener.url

    async def stop(self) -> None:
        """Takes no new connection, lets running requests finish, and is back within a second."""
        self._server.close()
        manager = self._runner.server
        if manager is None:  # stopped already
            return
        for _ in range(TURNS_TO_HANDLER):
            await asyncio.sleep(0)
        await self._connections.finish(manager, FINISH_S)
        await self._runner.cleanup()


async def start_server(app: web.Application, listener: Listener) -> RunningServer:
    """Serves `app` on an address that `evse_tui.api.listen.listen` has taken; the server closes it at its end."""
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=CANCEL_S)
    await runner.setup()
    loop = asyncio.get_running_loop()
    manager = runner.server
    assert manager is not None  # noqa: S101  # setup() has made it
    connections = app[CONNECTIONS]

    connect = partial(Connection, manager, loop=loop, logger=_log, **_LIMITS)
    server = await loop.create_server(lambda: connections.accept(manager, connect), sock=listener.socket)
    return RunningServer(runner, server, listener, connections)
