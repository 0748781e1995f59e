"""What the host knows about one boot of one board; a restart begins a new view."""

from __future__ import annotations

from evse_protocol.board_clock import BoardClock, wrapped_difference
from evse_protocol.event_inbox import EventInbox
from evse_protocol.payloads import Status


class BoardView:
    """Newest telemetry, clock, lease and events. Times are the host's, in ms."""

    def __init__(self) -> None:
        self.clock = BoardClock()
        self.events = EventInbox()
        self.status: Status | None = None
        self.status_arrived_ms: int | None = None
        self._lease_until_ms = 0
        self._in_order = False
        """Whether `status` came over this opening of the port."""

    def reopened(self) -> None:
        """The port was opened again. Within one opening telemetry comes in order; what is on the other end now may be
        another board, or one that has lost its memory, with an earlier clock and the same boot counter."""
        self.clock = BoardClock()
        self.events = EventInbox()
        self._lease_until_ms = 0
        self._in_order = False

    def take_status(self, status: Status, now_ms: int) -> int | None:
        """Takes a STATUS; returns how many were lost before it, None if it is a copy or was overtaken."""
        missed = 0
        before = self.status
        if before is not None and self._in_order:
            if status.counter == before.counter or wrapped_difference(status.board_ms, before.board_ms) < 0:
                return None
            missed = (status.counter - before.counter - 1) % (1 << 16)
        self.status, self.status_arrived_ms, self._in_order = status, now_ms, True
        self.clock.observe(status.board_ms, now_ms)
        self._lease_until_ms = now_ms + status.lease_ms
        return missed

    def granted(self, valid_until_ms: int, now_ms: int) -> None:
        """The board accepted a lease with this deadline on its clock."""
        board_ms = self.clock.board_ms(now_ms)
        if board_ms is not None:
            self._lease_until_ms = now_ms + wrapped_difference(valid_until_ms, board_ms)

    def lease_ms(self, now_ms: int) -> int:
        """The remaining lease, estimated; 0 is none."""
        return max(0, self._lease_until_ms - now_ms)
