"""The serial line of a board in real time: a pseudo terminal or a TCP port."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sys
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from evse_tui.errors import UserError

_READ_SIZE: Final = 4_096
_STALE_S: Final = 1.0


class Line(Protocol):
    """The serial line of a board in real time."""

    def send(self, data: bytes) -> None:
        """Bytes from the board; lost if nobody takes them."""

    def tick(self) -> None:
        """Called now and then."""

    def close(self) -> None: ...


class PtyLine:
    """A pseudo terminal under a name. The board keeps the far end open too, so that a client which closes or dies is
    silence, never a hangup."""

    def __init__(self, link: Path, on_bytes: Callable[[bytes], None]) -> None:
        """Raises UserError if `link` can't be made or is something else than a symbolic link."""
        if link.exists() and not link.is_symlink():
            raise UserError(f"{link} exists and is not a symbolic link: choose another name.")
        self._on_bytes = on_bytes
        self._link = link
        self._board, self._client = os.openpty()
        self._name = os.ttyname(self._client)
        self._unread_since_s: float | None = None
        self._tidied_s = 0.0
        tty.setraw(self._client)
        os.set_blocking(self._board, False)
        scratch = link.with_name(f".{link.name}.{os.getpid()}")
        try:
            scratch.symlink_to(self._name)
            scratch.replace(link)
        except OSError as error:
            os.close(self._board)
            os.close(self._client)
            raise UserError(f"{link} can't be made ({error.strerror}): choose another name.") from error
        asyncio.get_running_loop().add_reader(self._board, self._readable)

    def send(self, data: bytes) -> None:
        now_s = time.monotonic()
        if not self._unread():
            self._unread_since_s = None
        elif self._unread_since_s is None:
            self._unread_since_s = now_s
        elif now_s - self._unread_since_s > _STALE_S:
            # nobody reads: the next client shall not get an old story
            termios.tcflush(self._client, termios.TCIFLUSH)
            self._unread_since_s = None
        with contextlib.suppress(BlockingIOError):
            os.write(self._board, data)

    def tick(self) -> None:
        """Ends an exclusive mode that a client left behind: a real port does that at its last close."""
        now_s = time.monotonic()
        if now_s - self._tidied_s > 1.0:
            self._tidied_s = now_s
            fcntl.ioctl(self._client, termios.TIOCNXCL)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._board)
        with contextlib.suppress(OSError):
            if self._link.readlink() == Path(self._name):  # not if another board took the name over
                self._link.unlink()
        os.close(self._board)
        os.close(self._client)

    def _unread(self) -> int:
        answer = fcntl.ioctl(self._client, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(answer, sys.byteorder)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._on_bytes(os.read(self._board, _READ_SIZE))


class TcpLine(asyncio.Protocol):
    """A serial server with one client; a newer client takes over from one that may be dead."""

    def __init__(self, on_bytes: Callable[[bytes], None]) -> None:
        self._on_bytes = on_bytes
        self._client: asyncio.Transport | None = None
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Starts to listen and returns the port, which the system chooses for 0.

        Raises:
            UserError: the address is taken or not ours.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: _TcpClient(self), host, port)
        except (OSError, OverflowError) as error:
            raise UserError(f"{host}:{port} can't be listened on ({error}): choose another address.") from error
        return int(self._server.sockets[0].getsockname()[1])

    def joined(self, transport: asyncio.Transport) -> None:
        if self._client is not None:
            self._client.abort()
        self._client = transport

    def left(self, transport: asyncio.Transport) -> None:
        if self._client is transport:
            self._client = None

    def received(self, transport: asyncio.Transport, data: bytes) -> None:
        if self._client is transport:
            self._on_bytes(data)

    def send(self, data: bytes) -> None:
        client = self._client
        if client is not None and client.get_write_buffer_size() < 2 * _READ_SIZE:
            client.write(data)

    def tick(self) -> None:
        """Nothing to tidy."""

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._client is not None:
            self._client.abort()


class _TcpClient(asyncio.Protocol):
    def __init__(self, line: TcpLine) -> None:
        self._line = line
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream was expected")
        self._transport = transport
        self._line.joined(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._line.received(self._transport, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._line.left(self._transport)
