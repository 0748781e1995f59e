"""A board's line as it was recorded: an opener for the real client, and the session that follows both directions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from evse_protocol.overheard import OverheardSession
from evse_tui.board.client import BoardClient
from evse_tui.board.events import ClientEvent
from evse_tui.board.ports import Opener, PortError
from evse_tui.board.recording_file import Direction
from evse_tui.clock import Clock


class RecordedLine:
    """Opens when the recorded port was opened, and brings what it brought. Implements `Opener`."""

    def __init__(self, port: str) -> None:
        self.port = port
        self.session = OverheardSession()
        self._protocol: asyncio.Protocol | None = None
        """Of the one who waits for the port, then of the one who has it."""
        self._transport: _Transport | None = None
        self._is_open = False
        self._failure = ""
        self._tried = asyncio.Event()
        """The recorded port was tried: opened, or in vain."""

    def connect(self, opener: Opener, clock: Clock, on_event: Callable[[ClientEvent], None]) -> BoardClient:
        """The client of this line; see `evse_tui.site.charger.Connect`."""
        return BoardClient(opener, _PortClock(clock, self._tried), on_event=on_event, session=self.session)

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Returns when the recording opens the port.

        Raises:
            PortError: the recorded port could not be opened.
        """
        self._protocol = protocol
        self._take_up()
        while self._transport is None:
            if self._failure:
                self._protocol = None
                failure, self._failure = self._failure, ""
                raise PortError(failure)
            self._tried.clear()
            await self._tried.wait()
        return self._transport

    def opened(self) -> None:
        """The recorded port was opened."""
        self._is_open = True
        self._failure = ""
        self._take_up()
        self._tried.set()

    def failed(self, sentence: str) -> None:
        """The recorded port could not be opened."""
        self._failure = sentence
        self._tried.set()

    def closed(self) -> None:
        """The recorded port was lost."""
        self._is_open = False
        if self._transport is not None:
            self._transport.close()

    def went(self, direction: Direction, data: bytes, now_ms: int) -> None:
        """Bytes went over the recorded wire."""
        if not self._is_open:  # a capture whose first mark was lost
            self.opened()
        if direction is Direction.TO_BOARD:
            self.session.overhear(data, now_ms)
        elif self._transport is not None and self._protocol is not None:
            self._protocol.data_received(data)

    def released(self, protocol: asyncio.Protocol) -> None:
        """The transport was closed, by either end."""
        self._transport = None
        if self._protocol is protocol:
            self._protocol = None
        asyncio.get_running_loop().call_soon(protocol.connection_lost, None)

    def _take_up(self) -> None:
        if self._is_open and self._protocol is not None and self._transport is None:
            self._transport = _Transport(self, self._protocol)
            self._protocol.connection_made(self._transport)


class _Transport(asyncio.Transport):
    """Takes nothing: the recorded host's own bytes are in the recording."""

    def __init__(self, line: RecordedLine, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._line = line
        self._protocol = protocol
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nobody listens."""

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Nobody listens."""

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._line.released(self._protocol)

    def abort(self) -> None:
        self.close()


class _PortClock:
    """The recording's time, in which a client waits for another try until the recorded host tried again."""

    def __init__(self, clock: Clock, tried: asyncio.Event) -> None:
        self.now_ms = clock.now_ms
        self.wall_s = clock.wall_s
        self.call_later_ms = clock.call_later_ms
        self._tried = tried

    async def sleep_ms(self, duration_ms: float) -> None:
        """However long the recorded host waited."""
        self._tried.clear()
        await self._tried.wait()
