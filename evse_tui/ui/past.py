"""What the History screen asks of the past, in one go. No widgets here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from evse_tui.site.memory import Memory
from evse_tui.store import SITE, ChargerBucket, ChargerSeries, Session, SiteBucket, SiteSeries, StoreError, Total
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
class Question:
    """What is wanted: `SITE` or one charger, over a period in a zone."""

    subject: str
    period: Period
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Past:
    """The answer of one question. Buckets and days without data are missing, or zero with nothing known."""

    question: Question
    step_s: int
    site: tuple[SiteBucket, ...]
    """Of the site; empty for a charger."""
    charger: tuple[ChargerBucket, ...]
    """Of one charger; empty for the site."""
    days: tuple[Total, ...]
    """Of each local day."""
    sessions: tuple[Session, ...]
    """Plug-ins that began in the period, newest first."""

    @property
    def period(self) -> Period:
        return self.question.period

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the period."""
        return not self.site and not self.charger and not self.sessions

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


async def ask(memory: Memory, question: Question, points: int) -> Past:
    """Reads a period, its curves with at most `points` buckets.

    Raises:
        StoreError: the past can't be read.
    """
    subject, period, zone = question.subject, question.period, question.zone
    from_s, to_s = period.edges(zone)
    edges = period.day_edges(zone)
    series = await series_of(memory, subject, from_s, to_s, points)
    # a store that knows nothing of the subject may also answer nothing
    days = await memory.totals(subject, edges) or tuple(
        Total(start_s, end_s, 0, 0, 0, 0, 0, 0, 0, 0) for start_s, end_s in itertools.pairwise(edges)
    )
    sessions = await memory.sessions(from_s, to_s, subject or None, limit=MOST_SESSIONS)
    if isinstance(series, SiteSeries):
        return Past(question, series.step_s, series.points, (), days, sessions)
    return Past(question, series.step_s, (), series.points, days, sessions)


async def series_of(memory: Memory, subject: str, from_s: int, to_s: int, points: int) -> SiteSeries | ChargerSeries:
    """The buckets of the site or of a charger.

    Raises:
        StoreError: the past can't be read, or is that of something else.
    """
    series = await memory.history(subject, from_s, to_s, points)
    if isinstance(series, SiteSeries) != (subject == SITE):
        raise StoreError("The memory answered with the history of something else")
    return series
