"""pyserial-asyncio's transport, made prompt and unable to block the loop. POSIX only, like its base in this mode."""

from __future__ import annotations

import asyncio
import os

import serial
from serial_asyncio import SerialTransport

from evse_tui.board.threads import in_thread

_READ_SIZE = 4096
_HIGH_WATER = 2048
"""Bytes: 0.2 s of the line. Beyond it the other end is not reading, and what waits is out of date."""
_CLOSING_S = 1.0


class PromptTransport(SerialTransport):  # type: ignore[misc]  # pyserial-asyncio has no types
    """Writes go to the port within the call, and closing happens on a thread.

    The base waits one turn of the loop before it writes, spins in pyserial's write() while a full buffer takes nothing,
    and drains and closes on the loop, where a vanished adapter may hold it up for 30 s and a socket for 0.3 s.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol, port: serial.SerialBase) -> None:
        super().__init__(loop, protocol, port)
        self._gone = False
        self.set_write_buffer_limits(high=_HIGH_WATER)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Writes what the port takes now and buffers the rest; ignored once the transport is closing."""
        if self._closing or not data:
            return
        if not self._write_buffer:
            data = data[self._write_some(data) :]
            if not data or self._closing:
                return
            self._ensure_writer()
        self._write_buffer.append(bytes(data))
        self._maybe_pause_protocol()

    def _write_ready(self) -> None:
        data = b"".join(self._write_buffer)
        rest = data[self._write_some(data) :]
        self._write_buffer[:] = [rest] if rest else []
        if not rest:
            self._remove_writer()
        self._maybe_resume_protocol()
        if self._closing and not rest:
            self._close()

    def _write_some(self, data: bytes | bytearray | memoryview) -> int:
        try:
            return os.write(self._serial.fileno(), data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            self._write_buffer.clear()
            self._abort(error)
            return len(data)

    def _read_ready(self) -> None:
        try:
            data = os.read(self._serial.fileno(), _READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._abort(error)
            return
        if data:
            self._protocol.data_received(data)
        else:  # readable but empty: the other end is gone
            self._abort(ConnectionResetError("the other end was closed"))

    def _abort(self, error: Exception | None) -> None:
        if not self._closing or self._has_writer:
            super()._abort(error)

    def _call_connection_lost(self, error: Exception | None) -> None:
        """Closes the port on a thread, then tells the protocol; a port that does not close is not waited for."""
        if self._gone:
            return
        self._gone = True
        self._write_buffer.clear()
        loop, protocol, port = self._loop, self._protocol, self._serial
        told = False

        def tell() -> None:
            nonlocal told
            if not told:
                told = True
                protocol.connection_lost(error)

        waiting = loop.call_later(_CLOSING_S, tell)

        def closed(_: asyncio.Future[None]) -> None:
            waiting.cancel()
            tell()

        in_thread(lambda: close_port(port)).add_done_callback(closed)


def close_port(port: serial.SerialBase) -> None:
    """Closes a port of pyserial; blocks."""
    # pyserial's socket port forgets to close a socket that the peer has reset, and then sleeps for 0.3 s.
    connection = getattr(port, "_socket", None)
    if connection is None:
        port.close()
    else:
        connection.close()
        port.is_open = False
