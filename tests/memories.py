"""A past for sites that have none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evse_tui.store import ChargerSeries, LogEntry, Session, SiteSeries, Total


class NoMemory:
    """Implements Memory for tests that must not ask for the past."""

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        raise AssertionError(f"nobody should ask for the history of {subject}")

    async def totals(self, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
        raise AssertionError(f"nobody should ask for totals of {subject}")

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = 0,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        raise AssertionError("nobody should ask for sessions")

    async def events(
        self,
        from_s: float = 0,
        to_s: float = 0,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        raise AssertionError("nobody should ask for events")
