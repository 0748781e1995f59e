"""An asyncio transport between a host's protocol and a simulated board in the same process."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable
from typing import Any

from evse_tui.board.ports import PortError
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet


class SimulatedTransport(asyncio.Transport):
    """Bytes from the host reach the board at once; the board's bytes come through the loop."""

    def __init__(self, opener: SimulatedOpener, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._opener = opener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._paused: bytearray | None = None
        self._loop.call_soon(protocol.connection_made, self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._closing:
            self._opener.fleet.feed(self._opener.charger, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is ever buffered."""

    def is_reading(self) -> bool:
        return self._paused is None and not self._closing

    def pause_reading(self) -> None:
        if self._paused is None:
            self._paused = bytearray()

    def resume_reading(self) -> None:
        if self._paused is not None:
            waiting, self._paused = bytes(self._paused), None
            self.deliver(waiting)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        if not isinstance(protocol, asyncio.Protocol):
            raise TypeError("a streaming protocol is needed")
        self._protocol = protocol

    def get_protocol(self) -> asyncio.Protocol:
        return self._protocol

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self.lose(None)

    def abort(self) -> None:
        self.lose(None)

    def lose(self, error: Exception | None) -> None:
        """Ends the connection; the protocol is told through the loop."""
        if not self._closing:
            self._closing = True
            self._opener.released(self)
            self._loop.call_soon(self._protocol.connection_lost, error)

    def deliver(self, data: bytes) -> None:
        """Bytes from the board."""
        if self._paused is not None:
            self._paused += data
        elif data and not self._closing:
            self._loop.call_soon(self._received, data)

    def _received(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)


class SimulatedOpener:
    """Opens the serial line of one simulated board; one connection at a time, like a port opened exclusively."""

    def __init__(self, fleet: Fleet, charger: SimulatedCharger, port: str) -> None:
        self.fleet = fleet
        self.charger = charger
        self.port = port
        self._transport: SimulatedTransport | None = None
        self._present = True

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Connects `protocol` to the board.

        Raises:
            PortError: the adapter is unplugged, or the line is open already.
        """
        if not self._present:
            raise PortError(f"There is no port {self.port}: its adapter was unplugged.")
        if self._transport is not None:
            raise PortError(f"{self.port} is in use: close the other connection first.")
        self._transport = SimulatedTransport(self, protocol)
        self.fleet.connect(self.charger, self._transport.deliver)
        return self._transport

    def released(self, transport: SimulatedTransport) -> None:
        """Called by a transport that closes."""
        if transport is self._transport:
            self._transport = None
            self.fleet.connect(self.charger, None)

    def unplug_adapter(self) -> None:
        """Pulls the serial adapter: an open connection is lost, the next open fails."""
        self._present = False
        if self._transport is not None:
            self._transport.lose(OSError(errno.ENODEV, os.strerror(errno.ENODEV), self.port))

    def plug_adapter(self) -> None:
        """Puts it back."""
        self._present = True
