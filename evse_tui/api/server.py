"""Listening: address, limits, and an end within two seconds."""

from __future__ import annotations

import asyncio
import errno
import logging
from functools import partial
from typing import Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from evse_tui.api.keys import CONNECTIONS
from evse_tui.api.security import is_loopback
from evse_tui.errors import UserError

KEEP_ALIVE_S: Final = 75.0
"""An idle connection, or one that has not sent a whole request head by then, is closed."""
SHUTDOWN_S: Final = 0.75
"""aiohttp waits this long twice: for running requests, then for cancelled ones."""
LINGERING_S: Final = 1.0
"""How long the rest of a refused body is still read, so that the client gets to see the answer."""
LONGEST_LINE: Final = 8190
MOST_HEADERS: Final = 64
PORTS_TRIED: Final = 100


class ServerError(UserError):
    """The API can't listen; the message is one sentence for the user."""


class _ExpectedGarbage(logging.Filter):
    """Bytes that are no HTTP are answered with 400; they are not worth a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_log: Final = logging.getLogger(__name__)
_log.addFilter(_ExpectedGarbage())


class RunningServer:
    """A listening API."""

    def __init__(self, runner: web.AppRunner, server: asyncio.Server, host: str, port: int) -> None:
        self._runner = runner
        self._server = server
        self.port = port
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        """Takes no new connection, lets running requests finish, and is back within two seconds."""
        self._server.close()
        await self._runner.cleanup()


async def start_server(app: web.Application, host: str, port: int, *, next_free: bool = False) -> RunningServer:
    """Listens on `host`, a loopback address or `localhost`; port 0 takes any free one.

    With `next_free` a taken port is no error: the following ones are tried.

    Raises:
        ServerError: the address is not loopback, or can't be bound.
    """
    if not is_loopback(host):
        raise ServerError(
            f"listening on {host} would open the API to the network, which needs a token, and this version has none: "
            "use 127.0.0.1"
        )
    address = "127.0.0.1" if host == "localhost" else host  # both families at once would need two ports to be free
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
    try:
        server, bound = await _listen(app, runner, address, port, PORTS_TRIED if next_free and port else 1)
    except ServerError:
        await runner.cleanup()
        raise
    return RunningServer(runner, server, address, bound)


async def _listen(
    app: web.Application, runner: web.AppRunner, host: str, port: int, tries: int
) -> tuple[asyncio.Server, int]:
    accept = partial(app[CONNECTIONS].accept, cast(web.Server, runner.server))  # setup() has made it
    last = min(port + tries, 65536) - 1
    for candidate in range(port, last + 1):
        try:
            server = await asyncio.get_running_loop().create_server(accept, host, candidate)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and candidate < last:
                continue
            raise ServerError(_sentence(error, host, candidate)) from error
        return server, int(server.sockets[0].getsockname()[1])
    raise ServerError(f"port {port} is not a port number")


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program: stop it, or choose another port with --listen"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is reserved for the system: choose one above 1023 with --listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {host}: choose another one with --listen"
    return f"can't listen on {host} port {port}: {error.strerror}"
