"""Serving: limits, and an end within two seconds."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from evse_tui.api.keys import CONNECTIONS
from evse_tui.api.listen import Listener

KEEP_ALIVE_S: Final = 75.0
"""An idle connection, or one that has not sent a whole request head by then, is closed."""
SHUTDOWN_S: Final = 0.75
"""aiohttp waits this long twice: for running requests, then for cancelled ones."""
LINGERING_S: Final = 1.0
"""How long the rest of a refused body is still read, so that the client gets to see the answer."""
LONGEST_LINE: Final = 8190
MOST_HEADERS: Final = 64


class _ExpectedGarbage(logging.Filter):
    """Bytes that are no HTTP are answered with 400; they are not worth a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_log: Final = logging.getLogger(__name__)
_log.addFilter(_ExpectedGarbage())


class RunningServer:
    """A served API."""

    def __init__(self, runner: web.AppRunner, server: asyncio.Server, listener: Listener) -> None:
        self._runner = runner
        self._server = server
        self.port = listener.port
        self.url = listener.url

    async def stop(self) -> None:
        """Takes no new connection, lets running requests finish, and is back within two seconds."""
        self._server.close()
        await self._runner.cleanup()


async def start_server(app: web.Application, listener: Listener) -> RunningServer:
    """Serves `app` on an address that `evse_tui.api.listen.listen` has taken; the server closes it at its end."""
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_S,
        keepalive_timeout=KEEP_ALIVE_S,
        lingering_time=LINGERING_S,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        max_headers=MOST_HEADERS,
        auto_decompress=False,
        logger=_log,
    )
    await runner.setup()
    accept = partial(app[CONNECTIONS].accept, cast(web.Server, runner.server))  # setup() has made it
    server = await asyncio.get_running_loop().create_server(accept, sock=listener.socket)
    return RunningServer(runner, server, listener)
