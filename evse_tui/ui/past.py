"""What the History screen asks of the past, in one go. No widgets here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from evse_tui.site.memory import Memory
from evse_tui.store import SITE, Session, SiteBucket, SiteSeries, StoreError, Total
from evse_tui.ui.period import Period

MOST_SESSIONS: Final = 500
"""Shown and read; the export brings all."""
_SUMS: Final = (
    "known_ms",
    "imported_mj",
    "exported_mj",
    "charged_mj",
    "solar_mj",
    "unpriced_mj",
    "cost_u",
    "pv_mj",
)


@dataclass(frozen=True, slots=True)
class Past:
    """The answer of one question. Buckets and days without data are missing, or zero with nothing known."""

    period: Period
    zone: tzinfo
    step_s: int
    points: tuple[SiteBucket, ...]
    days: tuple[Total, ...]
    """Of each local day."""
    sessions: tuple[Session, ...]
    """Plug-ins that began in the period, newest first."""

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the period."""
        return not self.points and not self.sessions

    @property
    def edges_s(self) -> tuple[int, int]:
        """First moment and the one after the last."""
        return self.days[0].start_s, self.days[-1].end_s

    @property
    def total(self) -> Total:
        """The sum of all days."""
        first, last = self.days[0], self.days[-1]
        sums = (sum(getattr(day, name) for day in self.days) for name in _SUMS)
        return Total(first.start_s, last.end_s, *sums)


async def ask(memory: Memory, period: Period, zone: tzinfo, points: int) -> Past:
    """Reads a period, its curves with at most `points` buckets.

    Raises:
        StoreError: the past can't be read.
    """
    from_s, to_s = period.edges(zone)
    edges = period.day_edges(zone)
    series = await site_series(memory, from_s, to_s, points)
    # a store that knows nothing of the site may also answer nothing
    days = await memory.totals(SITE, edges) or tuple(
        Total(start_s, end_s, 0, 0, 0, 0, 0, 0, 0, 0) for start_s, end_s in itertools.pairwise(edges)
    )
    sessions = await memory.sessions(from_s, to_s, limit=MOST_SESSIONS)
    return Past(period, zone, series.step_s, series.points, days, sessions)


async def site_series(memory: Memory, from_s: int, to_s: int, points: int) -> SiteSeries:
    """The site's buckets.

    Raises:
        StoreError: the past can't be read.
    """
    series = await memory.history(SITE, from_s, to_s, points)
    if not isinstance(series, SiteSeries):
        raise StoreError("The memory answered with a charger's history instead of the site's")
    return series
