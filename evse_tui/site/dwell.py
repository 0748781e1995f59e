"""How long a board still keeps to one phase: what its STATUS says, else counted from what was seen of it. Pure.

The firmware starts its 10 min with the first offer of a plug-in, with the end of a phase switch, and with a reset
within a plug-in. STATUS tells the rest only while three phases are granted and refused (hold PHASE_DWELL); control must
know it before it asks. Everything is counted on the board's clock and from the earliest moment that fits what was seen,
so the answer is never longer than the board's.
"""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import Flag, Hold
from evse_protocol.payloads import Status

DWELL_MS: Final = 600_000
"""firmware/core/phases.c, DWELL_MS"""
_CLOCK: Final = 1 << 32


class PhaseDwell:
    """Follows one board's STATUS."""

    def __init__(self) -> None:
        self._last: Status | None = None
        self._offered = False
        """In this plug-in: before the first offer the board takes any phases at once."""
        self._moving = False
        self._since_ms: int | None = None
        """Board clock; None if nobody saw it begin."""

    def take(self, status: Status) -> None:
        """The newest STATUS; of another boot only after `reset`."""
        before, self._last = self._last, status
        if Flag.PLUGGED not in status.flags:
            self._offered = self._moving = False
            self._since_ms = None
            return
        if status.hold == Hold.PHASE_DWELL:
            self._offered = True
            self._since_ms = status.board_ms + status.hold_ms - DWELL_MS
            return
        if before is None:
            self._offered = status.offered_da > 0  # when that began, nobody saw
            return
        if status.offered_da and not self._offered:
            self._offered = True
            self._since_ms = before.board_ms
        if status.phases != before.phases and self._offered:
            self._moving = True
            self._since_ms = before.board_ms
        if self._moving:
            self._moving = status.hold == Hold.PHASE_WAIT
            if self._moving:
                self._since_ms = before.board_ms + status.hold_ms  # it begins when the wait ends

    def reset(self) -> None:
        """The board has restarted: what was offered before still binds, from the start of its clock."""
        self._last = None
        self._moving = False
        self._since_ms = 0 if self._offered else None

    def left_ms(self, passed_ms: int) -> int:
        """Rest of the dwell `passed_ms` after the newest STATUS; 0 if there is none, or nobody can say."""
        status = self._last
        if status is None or self._since_ms is None or status.phases != 1:
            return 0
        elapsed_ms = (status.board_ms - self._since_ms + DWELL_MS) % _CLOCK - DWELL_MS + passed_ms
        return max(0, DWELL_MS - max(0, elapsed_ms))
