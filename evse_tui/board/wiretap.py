"""Listening to a link: every piece of the wire, in both directions, for the screen and for a recording."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from evse_protocol.framing import DELIMITER, LARGEST_STUFFED
from evse_protocol.messages import CONFIG, CONFIG_GET, HELLO, IDENTITY
from evse_tui.board.ports import Opener, PortError
from evse_tui.board.recording_file import Direction
from evse_tui.clock import Clock

KEPT: Final = 400
"""Pieces for the screen: a board that is busy sends 25 a second, so some 15 s."""


_GREETING: Final = (HELLO.id, IDENTITY.id, CONFIG_GET.id, CONFIG.id)
"""The newest of each, in this order."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes up to and with a zero byte: a frame, or something damaged."""

    at_ms: int
    """When its last byte came or went, on the host's clock."""
    direction: Direction
    data: bytes


class Listener:
    """Told of everything while it is a wiretap's `listener`. Must not raise and must not wait."""

    def piece(self, piece: Piece) -> None:
        """A piece went over the wire."""
        raise NotImplementedError

    def opened(self) -> None:
        """The port was opened."""
        raise NotImplementedError

    def closed(self) -> None:
        """The port was lost."""
        raise NotImplementedError

    def failed(self, sentence: str) -> None:
        """The port could not be opened."""
        raise NotImplementedError


class Wiretap:
    """One link's. Memory is bounded by `KEPT` pieces of at most one frame."""

    def __init__(self, clock: Clock) -> None:
        self._now_ms = clock.now_ms
        self._unfinished = {Direction.FROM_BOARD: b"", Direction.TO_BOARD: b""}
        self._greeting: dict[int, Piece] = {}
        self.pieces: deque[Piece] = deque(maxlen=KEPT)
        self.count = 0
        """Pieces so far."""
        self.is_open = False
        self.listener: Listener | None = None

    def heard(self, direction: Direction, data: bytes) -> None:
        """Bytes that went over the wire, in any portions."""
        *pieces, rest = (self._unfinished[direction] + data).split(DELIMITER)
        if len(rest) > LARGEST_STUFFED:  # no frame is so long: it need not be waited for
            self._keep(direction, rest)
            rest = b""
        self._unfinished[direction] = rest
        for piece in pieces:
            self._keep(direction, piece + DELIMITER)

    def opened(self) -> None:
        """The port is open."""
        self.is_open = True
        if self.listener is not None:
            self.listener.opened()

    def closed(self) -> None:
        """The port was closed or lost; what was unfinished stays so."""
        for direction, rest in self._unfinished.items():
            if rest:
                self._keep(direction, rest)
                self._unfinished[direction] = b""
        self._greeting.clear()
        self.is_open = False
        if self.listener is not None:
            self.listener.closed()

    def failed(self, sentence: str) -> None:
        """The port can't be opened."""
        if self.listener is not None:
            self.listener.failed(sentence)

    def greeting(self) -> list[Piece]:
        """How this session began: what follows can't be understood without who the board is and what it can do."""
        return [self._greeting[kind] for kind in _GREETING if kind in self._greeting]

    def _keep(self, direction: Direction, data: bytes) -> None:
        piece = Piece(self._now_ms(), direction, data)
        self.pieces.append(piece)
        self.count += 1
        if len(data) > 1 and data[1] in _GREETING:  # stuffing leaves what is not zero where it was
            if data[1] == HELLO.id:
                self._greeting.clear()
            self._greeting[data[1]] = piece
        if self.listener is not None:
            self.listener.piece(piece)


class TappedOpener:
    """Opens a port through a wiretap; see `Opener`."""

    def __init__(self, opener: Opener, tap: Wiretap) -> None:
        self.port = opener.port
        self._opener = opener
        self._tap = tap

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """As the opener inside."""
        try:
            transport = await self._opener.open(_Protocol(protocol, self._tap))
        except PortError as error:
            self._tap.failed(str(error))
            raise
        return _Transport(transport, self._tap)


class _Protocol(asyncio.Protocol):
    """Between the port and the protocol that it was opened for."""

    def __init__(self, protocol: asyncio.Protocol, tap: Wiretap) -> None:
        self._protocol = protocol
        self._tap = tap
        self._received: Callable[[bytes], None] = protocol.data_received

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tap.opened()
        if isinstance(transport, asyncio.Transport):
            transport = _Transport(transport, self._tap)
        self._protocol.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._tap.heard(Direction.FROM_BOARD, data)
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tap.closed()
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()


class _Transport(asyncio.Transport):
    """The port as its user sees it."""

    def __init__(self, transport: asyncio.Transport, tap: Wiretap) -> None:
        super().__init__()
        self._transport = transport
        self._tap = tap

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._tap.heard(Direction.TO_BOARD, bytes(data))
        self._transport.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()
