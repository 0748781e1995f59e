"""What windows may ask of the past. `evse_tui.store.Store` answers it; so can a remote one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from evse_tui.store import ChargerSeries, LogEntry, Session, SiteSeries, Total

_FOR_EVER_S: Final = float("inf")


class Memory(Protocol):
    """History, energy, sessions and events; see `Store` for ranges and bounds.

    Every method raises StoreError, one sentence for the user, when the past can't be read.
    """

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        """Buckets of the site or a charger that touch [from_s, to_s), UTC."""

    async def totals(self, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
        """Energy and cost between neighbouring edges, UTC."""

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        """Plug-ins that began in [from_s, to_s), newest first."""

    async def events(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        """Lines of the log in [from_s, to_s), newest first."""
