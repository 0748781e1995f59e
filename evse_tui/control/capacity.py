"""Capacity: the most that the sum of the three phases may import, with a tolerance.

It binds the sum of phases, never each phase, and stands beside the mains guard, never instead of it. Room = capacity
- (sum of mains - draw of the cars that it binds), held at its peak for 25 s like the other limits. While the minimum
of the running cars does not fit they stay there for the tolerance, then those that do not fit stop; a tolerance of 0
stops at once."""

from __future__ import annotations

from evse_tui.control.hard_limits import OwnDraw, PeakHold
from evse_tui.control.timers import Held
from evse_tui.control.types import PhaseCurrents


class CapacityGuard:
    """Baseload summed over phases, and the tolerance."""

    def __init__(self) -> None:
        self._hold = PeakHold()
        self._exceeded = Held()

    def observe(self, mains_da: PhaseCurrents, arrived_ms: int, limit_da: int, own: OwnDraw) -> None:
        """Takes a new mains sample and what the bound cars drew at its time."""
        total = sum(mains_da)
        exceeded = total > limit_da
        drawn = sum(own.steady_da)
        for lines, draw, rising in own.moving:
            drawn += sum((draw.low if rising and exceeded else draw.high)[: len(lines)])
        self._hold.add(total - drawn, arrived_ms)

    def room_da(self, limit_da: int, now_ms: int) -> int | None:
        """What the bound cars may be offered together, summed over phases; None before the first sample."""
        base = self._hold.at(now_ms)
        return None if base is None else limit_da - base

    def tolerated(self, room_da: int, needed_da: int, tolerance_min: int, now_ms: int) -> tuple[int, int | None]:
        """The room that counts for admission, and when the tolerance ends if it runs.

        Args:
            room_da: as above.
            needed_da: minimum of the running cars, summed over phases.
            tolerance_min: how long they may stay at it.
            now_ms: now.
        """
        lasted_ms = self._exceeded.update(needed_da > room_da, now_ms)
        if needed_da <= room_da:
            return room_da, None
        left_ms = tolerance_min * 60_000 - lasted_ms
        return (needed_da, now_ms + left_ms) if left_ms > 0 else (room_da, None)
