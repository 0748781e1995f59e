"""Who looks at the site and asks of it: HTTP by hand, so that a client keeps nothing that could look like growth."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import Final

from evse_tui.clock import Clock

STREAM: Final = "/api/v1/stream"
_DONE: Final = (200, 202, 204, 409)
"""409 is a refusal, such as to unlock the cable of a car that charges."""
_LARGEST: Final = 4 * 1024 * 1024
_SMALL: Final = 4096
"""Bytes that the system takes for a client that does not read."""


class Api:
    """The site's API at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked = 0
        self.refused = 0
        self.frames = 0
        """Snapshots that readers of the stream have got."""

    async def ask(self, method: str, path: str, body: object = None) -> None:
        """One request on a connection of its own.

        Raises:
            RuntimeError: an answer that neither does it nor refuses it.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LARGEST)
        try:
            self._send(writer, method, path, b"" if body is None else json.dumps(body).encode())
            answer = await reader.read(-1)
        finally:
            await _close(writer)
        status = int(answer.split(b" ", 2)[1])
        self.asked += 1
        self.refused += status == 409
        if status not in _DONE:
            raise RuntimeError(f"{method} {path}: {answer[-300:]!r}")

    def _send(self, writer: asyncio.StreamWriter, method: str, path: str, body: bytes = b"") -> None:
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    async def follow(self, interval_ms: int) -> None:
        """Reads the stream until cancelled, and then leaves without a word.

        Raises:
            RuntimeError: the stream has ended.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LARGEST)
        try:
            self._send(writer, "GET", f"{STREAM}?interval_ms={interval_ms}")
            while line := await reader.readline():
                self.frames += line.startswith(b"data:")
        finally:
            writer.transport.abort()
        raise RuntimeError("the event stream has ended")

    async def ignore(self, clock: Clock, duration_ms: int) -> None:
        """Asks for the stream and reads nothing of it."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self._port))
        _, writer = await asyncio.open_connection(sock=connection, limit=_SMALL)
        try:
            self._send(writer, "GET", f"{STREAM}?interval_ms=100")
            await clock.sleep_ms(duration_ms)
        finally:
            writer.transport.abort()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
