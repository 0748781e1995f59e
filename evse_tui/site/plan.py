"""One charger's schedule on the host's clock."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from evse_tui.control.types import Schedule
from evse_tui.site.schedule import LocalSchedule, Window, window
from evse_tui.site.snapshot import ScheduleSnapshot

_JITTER_MS: Final = 100
"""Wall time and the host's clock are read one after the other: a smaller change is none."""


class Plan:
    """What the local times mean now; worked out again every second, so that steps of the wall clock are followed."""

    def __init__(self, zone: tzinfo) -> None:
        self.control: Schedule | None = None
        self._zone = zone
        self._schedule: LocalSchedule | None = None
        self._window: Window | None = None
        self.over = False
        """The schedule has nothing more to say and may be removed."""

    def follow(self, schedule: LocalSchedule | None, now_ms: int, wall_s: float) -> None:
        """Works out the present or next window of `schedule`."""
        self._schedule = schedule
        if schedule is None:
            self.control = self._window = None
            self.over = False
            return
        self._window = found = window(schedule, self._zone, wall_s)
        self.over = found.over(wall_s)
        opens_ms = now_ms + round((found.opens_s - wall_s) * 1_000)
        closes_ms = None if found.closes_s is None else now_ms + round((found.closes_s - wall_s) * 1_000)
        before = self.control
        if before is None or _moved(before.opens_ms, opens_ms) or _moved(before.closes_ms, closes_ms):
            self.control = Schedule(opens_ms, closes_ms)

    def would_be_over(self, schedule: LocalSchedule, wall_s: float) -> bool:
        """Whether a schedule would have nothing to say."""
        return window(schedule, self._zone, wall_s).over(wall_s)

    def snapshot(self, wall_s: float) -> ScheduleSnapshot | None:
        """The schedule as windows see it."""
        if self._schedule is None or self._window is None:
            return None
        found = self._window
        return ScheduleSnapshot(found.opens_s, found.closes_s, self._schedule.daily, found.open(wall_s))


def _moved(before_ms: int | None, after_ms: int | None) -> bool:
    if before_ms is None or after_ms is None:
        return before_ms is not after_ms
    return abs(before_ms - after_ms) > _JITTER_MS
