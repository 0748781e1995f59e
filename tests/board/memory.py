"""A port in memory, with a scripted peer behind it: for tests in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from evse_tui.board.client import BoardClient
from evse_tui.board.events import ClientEvent
from evse_tui.board.ports import PortError
from evse_tui.clock import LoopClock
from tests.protocol.scripted import HOST_ID, Peer

_E = TypeVar("_E")
ONE_WAY_S = 0.002


class MemoryTransport(asyncio.Transport):
    """Each direction takes `ONE_WAY_S`."""

    def __init__(self, opener: MemoryOpener, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._opener = opener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._loop.call_soon(protocol.connection_made, self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._closing, "a write to a closed port"
        self._opener.written += bytes(data)
        self._loop.call_later(ONE_WAY_S, self._opener.to_peer, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        for data in list_of_data:
            self.write(data)

    def deliver(self, data: bytes) -> None:
        """Bytes from the peer."""
        if not self._closing:
            self._loop.call_later(ONE_WAY_S, self._received, data)

    def _received(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self.lose(None)

    def abort(self) -> None:
        self.lose(None)

    def lose(self, error: Exception | None) -> None:
        """The port goes away."""
        if not self._closing:
            self._closing = True
            self._opener.transport = None
            self._loop.call_soon(self._protocol.connection_lost, error)


@dataclass
class MemoryOpener:
    """Opens a port to `peer`, or fails with `error`, or never returns while `hangs`."""

    peer: Peer = field(default_factory=Peer)
    port: str = "memory"
    error: str = ""
    hangs: bool = False
    speak: Callable[[], bytes] | None = None
    """What the other end says each 100 ms instead of a STATUS a second."""
    openings: int = 0
    written: bytes = b""
    transport: MemoryTransport | None = None

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        self.openings += 1
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        if self.error:
            raise PortError(self.error)
        self.transport = MemoryTransport(self, protocol)
        self._talk(self.transport)
        return self.transport

    def _talk(self, transport: MemoryTransport) -> None:
        if self.transport is not transport:
            return
        loop = asyncio.get_running_loop()
        if self.speak is not None:
            transport.deliver(self.speak())
        elif not self.peer.mute:
            transport.deliver(self.peer.status(now_ms()))
        loop.call_later(0.1 if self.speak else 1.0, self._talk, transport)

    def to_peer(self, data: bytes) -> None:
        if self.speak is None:
            for answer in self.peer.receive(data, now_ms()):
                self.deliver(answer)

    def deliver(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.deliver(data)


def now_ms() -> int:
    return LoopClock().now_ms()


class Bench:
    """A client on a port in memory, running while the block lasts."""

    def __init__(self, opener: MemoryOpener | None = None) -> None:
        self.opener = opener or MemoryOpener()
        self.events: list[ClientEvent] = []
        self.client = BoardClient(
            self.opener, LoopClock(), on_event=self.events.append, host_id=HOST_ID, jitter=lambda: 0.0
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Bench:
        self._task = asyncio.create_task(self.client.run())
        await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))
        assert self._task.cancelled()

    def said(self, kind: type[_E]) -> list[_E]:
        return [event for event in self.events if isinstance(event, kind)]
