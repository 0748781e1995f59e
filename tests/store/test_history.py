"""History in the database: four resolutions that agree, bounded, and fast to ask."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.store import Store, StoreError, history
from evse_tui.store.buckets import SITE, ChargerBucket, SiteBucket
from evse_tui.store.database import Database
from evse_tui.store.history import ChargerSeries, SiteSeries, Span, SubjectBucket
from evse_tui.store.periods import day_edges, month_edges

MIDNIGHT_S = 1_699_920_000
DAY_S = 86_400


@pytest.fixture
def database() -> Iterator[Database]:
    opened = Database(None)
    yield opened
    opened.close()


def _site(start_s: int, rng: random.Random) -> SiteBucket:
    ms = rng.choice([60_000, 60_000, 60_000, 17_003])
    value = rng.randrange(-200, 200)
    return SiteBucket(
        start_s, 60, ms, value * ms, 7 * ms, 0, value - 3, 7, 0, value + 3, 7, 0,
        imported_mj=rng.randrange(10**9), exported_mj=rng.randrange(10**6), charged_mj=rng.randrange(10**9),
        solar_mj=rng.randrange(10**6), cost_u=rng.randrange(10**4), main_da=rng.choice([160, 250]),
        capacity_da=rng.choice([None, 400]), pv_ms=ms, pv_mj=rng.randrange(10**8),
    )  # fmt: skip


def _charger(start_s: int, rng: random.Random, reason: str = "mains") -> ChargerBucket:
    amps = rng.randrange(60, 160)
    return ChargerBucket(
        start_s, 60, 60_000, amps * 60_000, amps - 5, amps + 5, 160 * 60_000, 60_000, 60_000, 0, 60_000, amps * 60_000,
        ev_max_da=amps, charged_mj=rng.randrange(10**9), cost_u=rng.randrange(100), reason=reason, reason_ms=60_000,
    )  # fmt: skip


def _fill(database: Database, minutes: int, *, seed: int = 1, from_s: int = MIDNIGHT_S) -> list[Span]:
    rng = random.Random(seed)
    spans = [
        Span(_site(start_s, rng), tuple(SubjectBucket(name, _charger(start_s, rng)) for name in ("1", "garage")))
        for start_s in range(from_s, from_s + minutes * 60, 60)
    ]
    database.write(history.add, spans)
    return spans


def _sites(spans: list[Span]) -> list[SiteBucket]:
    return [span.site for span in spans if span.site is not None]


def _site_series(database: Database, from_s: int, to_s: int, points: int = 5_000, finest_s: int = 60) -> SiteSeries:
    series = database.read(history.read, SITE, from_s, to_s, points, finest_s)
    assert isinstance(series, SiteSeries)
    return series


def _charger_series(database: Database, name: str, from_s: int, to_s: int, points: int = 5_000) -> ChargerSeries:
    series = database.read(history.read, name, from_s, to_s, points, 60)
    assert isinstance(series, ChargerSeries)
    return series


def test_a_bucket_comes_back_as_it_went(database: Database) -> None:
    (span,) = _fill(database, 1)
    assert _site_series(database, MIDNIGHT_S, MIDNIGHT_S + 60).points == (span.site,)
    for part in span.chargers:
        assert _charger_series(database, part.charger_id, MIDNIGHT_S, MIDNIGHT_S + 60).points == (part.bucket,)


@pytest.mark.parametrize("finest_s", [60, 900, 3_600, 7_200, DAY_S])
def test_every_resolution_has_the_same_sums(database: Database, finest_s: int) -> None:
    sites = _sites(_fill(database, 360))
    series = _site_series(database, MIDNIGHT_S, MIDNIGHT_S + DAY_S, finest_s=finest_s)
    assert (series.step_s, len(series.points)) == (finest_s, max(1, 6 * 3_600 // finest_s))
    for name in ("mains_ms", "mains_l1", "imported_mj", "exported_mj", "charged_mj", "solar_mj", "cost_u", "pv_mj"):
        assert sum(getattr(point, name) for point in series.points) == sum(getattr(site, name) for site in sites)
    assert min(point.mains_min_l1 or 0 for point in series.points) == min(site.mains_min_l1 or 0 for site in sites)
    assert max(point.mains_max_l1 or 0 for point in series.points) == max(site.mains_max_l1 or 0 for site in sites)
    if finest_s == DAY_S:
        assert (series.points[0].main_da, series.points[0].capacity_da) == (160, 400)


def test_a_minute_that_comes_twice_adds_up(database: Database) -> None:
    span = Span(SiteBucket(MIDNIGHT_S, 60, 60_000, 100 * 60_000, imported_mj=7, main_da=250))
    again = Span(SiteBucket(MIDNIGHT_S, 60, 20_000, 20 * 20_000, imported_mj=5, capacity_da=400))
    database.write(history.add, [span, again])
    for finest_s in (60, 900, 3_600, DAY_S):
        (point,) = _site_series(database, MIDNIGHT_S, MIDNIGHT_S + DAY_S, finest_s=finest_s).points
        assert (point.mains_ms, point.mains_da, point.imported_mj) == (80_000, (80, 0, 0), 12)
        assert (point.main_da, point.circuit_da, point.capacity_da) == (250, None, 400)


def test_gaps_stay_gaps(database: Database) -> None:
    _fill(database, 10)
    _fill(database, 10, from_s=MIDNIGHT_S + 2 * 3_600)
    points = _site_series(database, MIDNIGHT_S, MIDNIGHT_S + DAY_S, finest_s=900).points
    assert [point.start_s - MIDNIGHT_S for point in points] == [0, 7_200]
    assert _charger_series(database, "nobody", 0, DAY_S).points == ()
    assert _site_series(database, MIDNIGHT_S, MIDNIGHT_S).points == ()


def test_the_reason_of_most_of_the_time_wins(database: Database) -> None:
    rng = random.Random(3)
    reasons = ["surplus"] * 4 + ["mains"] * 8 + ["share"] * 2 + ["mains"]
    rng.shuffle(reasons)
    for number, reason in enumerate(reasons):
        bucket = _charger(MIDNIGHT_S + 60 * number, rng, reason)
        database.write(history.add, [Span(None, (SubjectBucket("1", bucket),))])
    series = database.read(history.read, "1", MIDNIGHT_S, MIDNIGHT_S + 3_600, 100, 3_600)
    assert isinstance(series, ChargerSeries)
    assert series.points[0].reason == "mains"


def test_never_more_points_than_asked_for(database: Database) -> None:
    _fill(database, 600)
    for points in (2, 10, 100):
        for from_s, to_s in ((MIDNIGHT_S + 59, MIDNIGHT_S + DAY_S), (MIDNIGHT_S + 7, MIDNIGHT_S + 29_000)):
            for subject in (SITE, "garage"):
                assert 0 < len(database.read(history.read, subject, from_s, to_s, points, 60).points) <= points
    assert len(_site_series(database, 0, 4 * 10**9, points=2).points) == 1


@given(
    st.integers(0, 4 * 10**9), st.integers(1, 10**9), st.integers(0, 6_000), st.sampled_from([60, 900, 3_600, 86_400])
)
def test_a_step_fits_its_window(from_s: int, length_s: int, points: int, finest_s: int) -> None:
    to_s = from_s + length_s
    step_s = history.step_for(from_s, to_s, points, finest_s)
    assert step_s % 60 == 0
    assert step_s >= finest_s
    assert -(-to_s // step_s) - from_s // step_s <= max(2, min(points, 5_000))


def test_the_past_is_as_fine_as_it_is_kept(database: Database) -> None:
    levels = [replace(level, kept=kept) for level, kept in zip(history.LEVELS, (60, 24, 48, 9), strict=True)]
    _fill(database, 1_440)
    for turn in range(12):
        database.write(history.trim, turn, levels)
    end_s = MIDNIGHT_S + DAY_S
    assert _site_series(database, end_s - 3_600, end_s).step_s == 60
    assert _site_series(database, end_s - 4 * 3_600, end_s).step_s == 900
    assert _site_series(database, MIDNIGHT_S, end_s).step_s == 3_600
    assert _charger_series(database, "1", MIDNIGHT_S, end_s).step_s == 3_600
    assert len(_charger_series(database, "1", MIDNIGHT_S, end_s).points) == 24


def test_a_first_day_is_as_fine_as_any(database: Database) -> None:
    day = MIDNIGHT_S, MIDNIGHT_S + DAY_S
    assert _site_series(database, *day, points=300) == SiteSeries(300, ())
    _fill(database, 1, from_s=MIDNIGHT_S + 61_200)
    assert _site_series(database, *day, points=300).step_s == 300


def test_a_clock_that_was_decades_ahead_erases_nothing(database: Database) -> None:
    spans = _fill(database, 120)
    _fill(database, 3, from_s=MIDNIGHT_S + 20 * 365 * DAY_S)
    for turn in range(12):
        database.write(history.trim, turn)
    assert len(_site_series(database, MIDNIGHT_S, MIDNIGHT_S + 7_200).points) == len(spans)


def test_totals_are_sums_between_edges(database: Database) -> None:
    spans = _fill(database, 2 * 1_440)
    edges = [MIDNIGHT_S, MIDNIGHT_S + DAY_S, MIDNIGHT_S + 2 * DAY_S]
    days = database.read(history.totals, SITE, edges)
    for day in days:
        inside = [site for site in _sites(spans) if day.start_s <= site.start_s < day.end_s]
        assert day.imported_mj == sum(site.imported_mj for site in inside)
        assert day.exported_mj == sum(site.exported_mj for site in inside)
        assert (day.charged_mj, day.solar_mj) == (
            sum(site.charged_mj for site in inside),
            sum(site.solar_mj for site in inside),
        )
        assert (day.cost_u, day.pv_mj) == (sum(site.cost_u for site in inside), sum(site.pv_mj for site in inside))
    (both,) = database.read(history.totals, SITE, [edges[0], edges[2]])
    assert both.imported_mj == days[0].imported_mj + days[1].imported_mj
    garage = database.read(history.totals, "garage", edges)
    assert garage[0].charged_mj == sum(span.chargers[1].bucket.charged_mj for span in spans[:1_440])
    assert database.read(history.totals, "nobody", edges) == ()
    assert database.read(history.totals, SITE, [0, 60])[0].known_ms == 0


def test_a_zone_of_quarter_hours_has_its_own_days(database: Database) -> None:
    spans = _fill(database, 2 * 1_440)
    edges = day_edges(date(2023, 11, 14), 1, ZoneInfo("Asia/Kathmandu"))
    assert edges[0] % 3_600 == 900
    (day,) = database.read(history.totals, SITE, edges)
    assert day.imported_mj == sum(site.imported_mj for site in _sites(spans) if edges[0] <= site.start_s < edges[1])


def test_edges_that_make_no_sense_are_refused(database: Database) -> None:
    for edges in ([10, 5], [0, 10, 5, 20], [-1, 5], [5, 10**30]):
        with pytest.raises(ValueError, match="ascending"):
            database.read(history.totals, SITE, edges)
    with pytest.raises(ValueError, match="1000 edges"):
        database.read(history.totals, SITE, range(1_001))


def test_the_end_of_time_is_no_error(database: Database) -> None:
    _fill(database, 2)
    assert len(_site_series(database, -(10**30), 10**30).points) == 1


def test_local_days_and_months() -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    edges = day_edges(date(2024, 3, 30), 3, amsterdam)
    assert [end - start for start, end in itertools.pairwise(edges)] == [DAY_S, 23 * 3_600, DAY_S]
    months = month_edges(date(2023, 11, 20), 3, amsterdam)
    assert [(end - start) // DAY_S for start, end in itertools.pairwise(months)] == [30, 31, 31]


def test_every_question_uses_a_key(database: Database) -> None:
    _fill(database, 60)

    def plan(statement: str, parameters: tuple[int, ...]) -> str:
        rows = database.read(lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
        return " / ".join(row[3] for row in rows)

    for level in history.LEVELS:
        site, charger = f"site_{level.name}", f"charger_{level.name}"
        series = plan(history.SITE_SERIES[level], (0, 1, 60))
        assert f"SEARCH {site} USING PRIMARY KEY (start>? AND start<?)" in series
        series = plan(history.CHARGER_SERIES[level], (0, 1, 60, 1))
        assert f"SEARCH {charger} USING PRIMARY KEY (subject=? AND start>? AND start<?)" in series
        assert "SCAN names" not in series
        total = plan(history.SITE_TOTAL[level], (0, 1))
        assert total == f"SEARCH {site} USING PRIMARY KEY (start>? AND start<?)"
        total = plan(history.CHARGER_TOTAL[level], (0, 1, 1))
        assert total == f"SEARCH {charger} USING PRIMARY KEY (subject=? AND start>? AND start<?)"
    assert "SCAN charger_hours" not in plan(history.SUBJECTS, ())


def test_a_length_without_a_resolution_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="no resolution has spans of 61 s"):
        database.write(history.add, [Span(SiteBucket(0, 61))])


async def test_the_store_answers() -> None:
    store = await Store.open(None)
    bucket = ChargerBucket(MIDNIGHT_S, 60, 60_000, charged_mj=5)
    await store.remember([Span(SiteBucket(MIDNIGHT_S, 60, charged_mj=5), (SubjectBucket("1", bucket),))], [])
    assert (await store.history("1", MIDNIGHT_S, MIDNIGHT_S + 60)).points == (bucket,)
    (total,) = await store.totals(SITE, [MIDNIGHT_S, MIDNIGHT_S + 3_600])
    assert total.charged_mj == 5
    await store.close()


async def test_a_full_disk_takes_all_or_nothing() -> None:
    store = await Store.open(None)
    first = [Span(SiteBucket(MIDNIGHT_S, 60, imported_mj=5))]
    await store.remember(first, [])
    pages = store._database._scalar("PRAGMA page_count")
    store._database._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        await store.remember([Span(SiteBucket(start, 60)) for start in range(0, 120_000, 60)], [])
    (total,) = await store.totals(SITE, [0, MIDNIGHT_S + 3_600])
    assert total.imported_mj == 5
    await store.close()
