"""One or three phases for a SOLAR car where the user leaves the choice (C2 Auto)."""

from __future__ import annotations

from evse_tui.control.timers import Held

_MARGIN_DA = 15
_HOLD_MS = 60_000
_DWELL_MS = 600_000


class PhaseChoice:
    """Three phases while the surplus carries their minimum, with a hold against passing clouds."""

    def __init__(self) -> None:
        self.phases = 1
        self._more = Held()
        self._less = Held()
        self._switched_ms: int | None = None

    def update(self, budget_da: int, floor_da: int, charging: bool, now_ms: int) -> int:
        """The phases to grant now.

        Args:
            budget_da: what the car may draw, summed over phases.
            floor_da: its minimum per phase.
            charging: contactors are closed, so that a switch interrupts.
            now_ms: now.
        """
        enough = budget_da >= 3 * floor_da + _MARGIN_DA
        more_ms = self._more.update(enough, now_ms)
        less_ms = self._less.update(budget_da < 3 * floor_da, now_ms)
        if not charging:
            if self.phases == 1 and enough and self._dwelled(now_ms):
                self._switch(3, now_ms)
            elif self.phases == 3 and not enough:
                self._switch(1, now_ms)
        elif self.phases == 1 and more_ms >= _HOLD_MS and self._dwelled(now_ms):
            self._switch(3, now_ms)
        elif self.phases == 3 and less_ms >= _HOLD_MS:
            self._switch(1, now_ms)
        return self.phases

    def _dwelled(self, now_ms: int) -> bool:
        return self._switched_ms is None or now_ms - self._switched_ms >= _DWELL_MS

    def _switch(self, phases: int, now_ms: int) -> None:
        self.phases = phases
        self._switched_ms = now_ms
