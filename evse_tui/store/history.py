"""History in four resolutions, each complete by itself: every bucket is added to all of them in one transaction.

So a day has the same sum of energy at each resolution, a crash leaves all or none of them with a minute, and a minute
that the wall clock brings twice adds up. Old rows go by count, never by the clock: a clock that was wrong for a while
must not erase the past.

A full file (14 days of minutes, two years of quarter hours, ten of hours, twenty of days) has about 40 MB with one
charger and 125 MB with eight, 45 and 170 MB if every charger is busy in every hour, and grows no more:
`python -m benchmarks store`.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from evse_tui.store.buckets import (
    CHARGER_MERGES,
    SITE,
    SITE_MERGES,
    Bucket,
    ChargerBucket,
    Merge,
    SiteBucket,
)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One resolution."""

    name: str
    length_s: int
    kept: int
    """Newest rows kept of each subject."""


LEVELS: Final = (
    Level("minutes", 60, 14 * 1_440),
    Level("quarters", 900, 2 * 366 * 96),
    Level("hours", 3_600, 3_653 * 24),
    Level("days", 86_400, 2 * 3_653),
)
"""Two weeks, two, ten and twenty years of uninterrupted service. The days are those of UTC: for long views only."""
_QUARTERS, _HOURS = LEVELS[1:3]
_MOST_POINTS: Final = 5_000
MOST_EDGES: Final = 1_000
_LATEST_S: Final = 253_402_300_800
"""The year 10000; SQLite's integers end, too."""
_LONGEST_STEP_S: Final = 7 * 86_400
_STEPS_S: Final = (60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True, slots=True)
class SubjectBucket:
    """What a finished span brings to one charger."""

    charger_id: str
    bucket: ChargerBucket


@dataclass(frozen=True, slots=True)
class Span:
    """What was finished together: the site's part, and each charger's."""

    site: SiteBucket | None
    chargers: tuple[SubjectBucket, ...] = ()

    @property
    def start_s(self) -> int:
        """When it began; 0 of an empty one."""
        buckets = [self.site, *(part.bucket for part in self.chargers)]
        return next((bucket.start_s for bucket in buckets if bucket is not None), 0)


@dataclass(frozen=True, slots=True)
class SiteSeries:
    """Buckets in the order of time; missing ones are gaps."""

    step_s: int
    points: tuple[SiteBucket, ...]


@dataclass(frozen=True, slots=True)
class ChargerSeries:
    """Buckets in the order of time; missing ones are gaps."""

    step_s: int
    points: tuple[ChargerBucket, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """Energy between two moments in whole mJ; 1 Wh = 3 600 000 mJ."""

    start_s: int
    end_s: int
    known_ms: int
    """Time for which mains (of the site) or board (of a charger) were known."""
    imported_mj: int
    """0 of a charger."""
    exported_mj: int
    charged_mj: int
    solar_mj: int
    """The part of `charged_mj` that the grid did not deliver."""
    unpriced_mj: int
    """Delivered by the grid without a known price: the cost is complete if it is 0."""
    cost_u: int
    """Millionths of the currency."""
    pv_mj: int


# writing

_SUM: Final = "{0} = {0} + excluded.{0}"
_EXTREME: Final = "{0} = coalesce({1}({0}, excluded.{0}), {0}, excluded.{0})"  # SQLite's min and max of NULL are NULL
# Boyer and Moore's majority vote: the old values stand on every right side
_VOTE: Final = (
    "reason = iif(reason = excluded.reason OR reason_ms >= excluded.reason_ms, reason, excluded.reason), "
    "reason_ms = iif(reason = excluded.reason, reason_ms + excluded.reason_ms, abs(reason_ms - excluded.reason_ms))"
)


def _upsert(table: str, keys: Sequence[str], columns: Mapping[str, Merge], votes: bool) -> str:
    names = [*keys, *columns, *(("reason", "reason_ms") if votes else ())]
    rules = [(_SUM if rule is Merge.SUM else _EXTREME).format(name, rule.value) for name, rule in columns.items()]
    if votes:
        rules.append(_VOTE)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "  # noqa: S608 - our names
        f"ON CONFLICT DO UPDATE SET {', '.join(rules)}"
    )


_ADD_SITE: Final = {level: _upsert(f"site_{level.name}", ("start",), SITE_MERGES, False) for level in LEVELS}
_ADD_CHARGER: Final = {
    level: _upsert(f"charger_{level.name}", ("subject", "start"), CHARGER_MERGES, True) for level in LEVELS
}
_SITE_VALUES: Final[Callable[[SiteBucket], tuple[Any, ...]]] = attrgetter(*SITE_MERGES)
_CHARGER_VALUES: Final[Callable[[ChargerBucket], tuple[Any, ...]]] = attrgetter(*CHARGER_MERGES)


def add(connection: sqlite3.Connection, spans: Iterable[Span]) -> None:
    """Adds spans to every resolution that is at least as coarse.

    Must run in a transaction, once for each span: adding is not idempotent.

    Raises:
        ValueError: a bucket's length is not that of a resolution.
    """
    for span in spans:
        if span.site is not None:
            values = _SITE_VALUES(span.site)
            for level, start_s in _places(span.site):
                connection.execute(_ADD_SITE[level], (start_s, *values))
        for item in span.chargers:
            bucket = item.bucket
            subject, reason = name_id(connection, item.charger_id), name_id(connection, bucket.reason)
            values = _CHARGER_VALUES(bucket)
            for level, start_s in _places(bucket):
                connection.execute(_ADD_CHARGER[level], (subject, start_s, *values, reason, bucket.reason_ms))


def _places(bucket: Bucket) -> list[tuple[Level, int]]:
    places = [
        (level, bucket.start_s - bucket.start_s % level.length_s)
        for level in LEVELS
        if level.length_s >= bucket.length_s
    ]
    if not places or places[0][0].length_s != bucket.length_s:
        raise ValueError(f"no resolution has spans of {bucket.length_s} s")
    return places


def name_id(connection: sqlite3.Connection, name: str) -> int:
    """The small number that stands for `name` in rows; made if need be."""
    row = connection.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO names (name) VALUES (?) RETURNING id", (name,)).fetchone()
    return int(row[0])


# from one subject to the next by the key; DISTINCT would read every row
SUBJECTS: Final = (
    "WITH RECURSIVE found (subject) AS (SELECT min(subject) FROM charger_hours UNION ALL SELECT "
    "(SELECT min(subject) FROM charger_hours WHERE subject > found.subject) FROM found WHERE subject IS NOT NULL) "
    "SELECT subject FROM found WHERE subject IS NOT NULL"
)


def trim(connection: sqlite3.Connection, turn: int, levels: Sequence[Level] = LEVELS) -> None:
    """Removes what is too much of one subject at one resolution; consecutive turns reach all, so no commit does it all.

    Must run in a transaction.
    """
    subjects = connection.execute(SUBJECTS).fetchall()
    pairs = [(level, None) for level in levels] + [(level, row[0]) for row in subjects for level in levels]
    level, subject = pairs[turn % len(pairs)]
    if subject is None:
        connection.execute(
            f"DELETE FROM site_{level.name} WHERE start <= "  # noqa: S608 - our names
            f"(SELECT start FROM site_{level.name} ORDER BY start DESC LIMIT 1 OFFSET ?)",
            (level.kept,),
        )
    else:
        connection.execute(
            f"DELETE FROM charger_{level.name} WHERE subject = ?1 AND start <= (SELECT start "  # noqa: S608
            f"FROM charger_{level.name} WHERE subject = ?1 ORDER BY start DESC LIMIT 1 OFFSET ?2)",
            (subject, level.kept),
        )


# reading


def _aggregates(columns: Mapping[str, Merge]) -> str:
    return ", ".join(f"{rule.value}({name})" for name, rule in columns.items())


SITE_SERIES: Final = {
    level: f"SELECT start - start % ?3 AS at, {_aggregates(SITE_MERGES)} FROM site_{level.name} "  # noqa: S608
    "WHERE start >= ?1 AND start < ?2 GROUP BY at ORDER BY at"
    for level in LEVELS
}
# The reason of the row that has the clearest one: number and lead in one value, because SQL has no "reason of the max".
CHARGER_SERIES: Final = {
    level: f"SELECT at, {', '.join(CHARGER_MERGES)}, (SELECT name FROM names WHERE id = vote % 65536), vote / 65536 "  # noqa: S608
    f"FROM (SELECT start - start % ?3 AS at, "
    f"{', '.join(f'{rule.value}({name}) AS {name}' for name, rule in CHARGER_MERGES.items())}, "
    f"max(reason_ms * 65536 + reason) AS vote FROM charger_{level.name} "
    "WHERE subject = ?4 AND start >= ?1 AND start < ?2 GROUP BY at) ORDER BY at"
    for level in LEVELS
}
_TOTAL_COLUMNS: Final = ("charged_mj", "solar_mj", "unpriced_mj", "cost_u")
_TOTALS: Final = ", ".join(f"coalesce(sum({name}), 0)" for name in _TOTAL_COLUMNS)
SITE_TOTAL: Final = {
    level: f"SELECT coalesce(sum(mains_ms), 0), coalesce(sum(imported_mj), 0), coalesce(sum(exported_mj), 0), "  # noqa: S608
    f"{_TOTALS}, coalesce(sum(pv_mj), 0) FROM site_{level.name} WHERE start >= ?1 AND start < ?2"
    for level in LEVELS
}
CHARGER_TOTAL: Final = {
    level: f"SELECT coalesce(sum(online_ms), 0), 0, 0, {_TOTALS}, 0 FROM charger_{level.name} "  # noqa: S608
    "WHERE subject = ?3 AND start >= ?1 AND start < ?2"
    for level in LEVELS
}


def step_for(from_s: int, to_s: int, points: int, finest_s: int = 60) -> int:
    """The smallest usual step that is at least `finest_s` and needs at most `points` buckets."""
    points = max(2, min(points, _MOST_POINTS))
    # a window that begins inside a bucket touches one more
    enough = [step for step in _STEPS_S if step >= finest_s and (to_s - from_s) // step + 2 <= points]
    if enough:
        return enough[0]
    weeks = (to_s - from_s) // (_LONGEST_STEP_S * (points - 1)) + 1
    return max(weeks, -(-finest_s // _LONGEST_STEP_S)) * _LONGEST_STEP_S


def read(
    connection: sqlite3.Connection, subject: str, from_s: int, to_s: int, points: int, finest_s: int
) -> SiteSeries | ChargerSeries:
    """Buckets that touch [from_s, to_s), as fine as `points` allows and the past is kept.

    A bucket begins at a multiple of the step, so the first may begin before `from_s`.
    """
    from_s, to_s = max(0, from_s), min(to_s, _LATEST_S)
    number = 0 if subject == SITE else _known_id(connection, subject)
    if number is None or to_s <= from_s:
        return ChargerSeries(finest_s, ()) if subject != SITE else SiteSeries(finest_s, ())
    step_s = step_for(from_s, to_s, points, max(finest_s, _reach(connection, number, from_s).length_s))
    from_s -= from_s % step_s
    level = next(level for level in reversed(LEVELS) if step_s % level.length_s == 0)
    if number == 0:
        rows = connection.execute(SITE_SERIES[level], (from_s, to_s, step_s))
        return SiteSeries(step_s, tuple(SiteBucket(row[0], step_s, *row[1:]) for row in rows))
    rows = connection.execute(CHARGER_SERIES[level], (from_s, to_s, step_s, number))
    return ChargerSeries(step_s, tuple(ChargerBucket(row[0], step_s, *row[1:]) for row in rows))


def totals(connection: sqlite3.Connection, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
    """Sums between neighbouring edges, exact to the quarter hour while those are kept, then to the hour.

    Raises:
        ValueError: more than 1,000 edges, not in ascending order, or outside of the calendar.
    """
    if edges_s and not 0 <= edges_s[0] <= edges_s[-1] <= _LATEST_S:
        raise ValueError("totals need edges in ascending order, from 1970 on")
    if len(edges_s) > MOST_EDGES or any(start > end for start, end in itertools.pairwise(edges_s)):
        raise ValueError(f"totals need at most {MOST_EDGES} edges in ascending order")
    number = 0 if subject == SITE else _known_id(connection, subject)
    if number is None or len(edges_s) < 2:
        return ()
    level = _HOURS
    if any(edge % _HOURS.length_s for edge in edges_s) and _reach(connection, number, edges_s[0]) in LEVELS[:2]:
        level = _QUARTERS
    found = []
    for start_s, end_s in itertools.pairwise(edges_s):
        if number == 0:
            row = connection.execute(SITE_TOTAL[level], (start_s, end_s)).fetchone()
        else:
            row = connection.execute(CHARGER_TOTAL[level], (start_s, end_s, number)).fetchone()
        found.append(Total(start_s, end_s, *row))
    return tuple(found)


def _known_id(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def _reach(connection: sqlite3.Connection, number: int, from_s: int) -> Level:
    """The finest resolution that reaches back to `from_s`, or as far as all coarser ones do; of no past at all any."""
    best, beginning_s = LEVELS[-1], from_s
    for level in reversed(LEVELS):
        oldest_s = _oldest(connection, level, number)
        if oldest_s is None and level is LEVELS[-1]:
            return LEVELS[0]
        if oldest_s is None or (level is not LEVELS[-1] and oldest_s > beginning_s):
            break
        best, beginning_s = level, max(from_s, oldest_s + level.length_s - 1)
    return best


def _oldest(connection: sqlite3.Connection, level: Level, number: int) -> int | None:
    if number == 0:
        row = connection.execute(f"SELECT min(start) FROM site_{level.name}").fetchone()  # noqa: S608 - our names
    else:
        row = connection.execute(
            f"SELECT min(start) FROM charger_{level.name} WHERE subject = ?",  # noqa: S608 - our names
            (number,),
        ).fetchone()
    return None if row[0] is None else int(row[0])
