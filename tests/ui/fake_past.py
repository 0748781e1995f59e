"""A log in memory that is read in pages, as the store's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evse_tui.store import SITE, ChargerSeries, LogEntry, SiteSeries, StoreError
from tests.memories import NoMemory


class Blank(NoMemory):
    """Knows nothing of the history."""

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        return SiteSeries(finest_s, ()) if subject == SITE else ChargerSeries(finest_s, ())


class LogPast(Blank):
    """Answers for events; `requests` counts the pages."""

    def __init__(self, lines: Sequence[LogEntry] = (), *, broken: bool = False) -> None:
        self._lines = tuple(lines)
        self._broken = broken
        self.requests = 0

    async def events(
        self,
        from_s: float = 0,
        to_s: float = float("inf"),
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        self.requests += 1
        if self._broken:
            raise StoreError("The disk is gone.")
        found = [
            line
            for line in reversed(self._lines)
            if from_s <= line.wall_s < to_s
            and (before is None or line.number < before)
            and (charger_id is None or (line.charger_id or "") == charger_id)
            and (not levels or line.level in levels)
        ]
        return tuple(found[:limit])
