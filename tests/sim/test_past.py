"""The demo's past: the same for the same seed and date, and within the limits of its house."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from evse_tui.sim.past import DAYS, Part, Plant, past
from evse_tui.store import ChargerSeries, SiteSeries, Store
from evse_tui.store.periods import day_edges

PLANT: Final = Plant(
    1, ("1", "2"), (0, 1), 8_000, battery=True, price_milli_per_kwh=280, main_a=25, circuit_a=25, maximum_a=16
)
NOW_S: Final = datetime(2025, 10, 9, 15, 30, 42, tzinfo=UTC).timestamp()
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def made(plant: Plant = PLANT, until_s: float = NOW_S, zone: tzinfo = UTC, *, most: int | None = None) -> list[Part]:
    return list(itertools.islice(past(plant, until_s, zone), most))


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    return made()


def test_the_same_seed_and_day_have_the_same_past(parts: list[Part]) -> None:
    assert parts[:30] == made(most=30)
    assert parts[:30] != made(replace(PLANT, seed=2), most=30)


def test_it_ends_before_now_and_reaches_back_over_any_month(parts: list[Part]) -> None:
    spans = sorted((span for part in parts for span in part.spans), key=lambda span: span.start_s)
    starts = [(span.start_s, span.site.length_s) for span in spans if span.site is not None]
    assert starts[0][0] == int(datetime(2025, 10, 9 - 8, tzinfo=UTC).timestamp()) - (DAYS - 8) * 86_400
    assert starts[-1] == (int(NOW_S) // 60 * 60 - 60, 60)
    assert all(begin + length == after for (begin, length), (after, _) in itertools.pairwise(starts))
    assert all(row.ended_s is not None and row.ended_s < NOW_S for part in parts for row in part.sessions)


def test_no_limit_is_broken_by_cars(parts: list[Part]) -> None:
    for part in parts:
        for span in part.spans:
            for item in span.chargers:
                assert 0 <= (item.bucket.ev_max_da or 0) <= 160
                assert item.bucket.charging_ms <= item.bucket.plugged_ms <= item.bucket.online_ms


async def test_totals_curves_and_sessions_tell_the_same_energy(parts: list[Part]) -> None:
    store = await Store.open(None)
    for part in parts:
        await store.remember(part.spans, part.sessions)
    edges = day_edges(date(2025, 9, 7), DAYS + 1, UTC)
    whole = (edges[0], edges[-1])
    (total,) = await store.totals("", whole)
    each = [(await store.totals(charger, whole))[0] for charger in PLANT.chargers]
    sessions = await store.sessions(limit=1_000)
    assert total.charged_mj == pytest.approx(sum(one.charged_mj for one in each), rel=1e-6)
    assert sum(row.energy_wh for row in sessions) * 3_600_000 == pytest.approx(total.charged_mj, rel=1e-3)
    assert 0 < total.solar_mj < total.charged_mj
    assert total.unpriced_mj == 0
    from_grid_kwh = (total.charged_mj - total.solar_mj) / 3.6e9
    assert total.cost_u / 1e6 == pytest.approx(from_grid_kwh * 0.28, rel=1e-4)
    assert sum(row.cost_u for row in sessions) == pytest.approx(total.cost_u, rel=1e-3)
    assert {row.mode for row in sessions} == {2, 3}
    day = await store.history("", edges[-2], edges[-1], 200)
    one = await store.history("1", edges[-2], edges[-1], 200)
    assert isinstance(day, SiteSeries)
    assert isinstance(one, ChargerSeries)
    assert max(point.pv_w or 0 for point in day.points) > 500
    await store.close()


def test_a_day_with_an_hour_more_has_no_gap() -> None:
    until_s = datetime(2025, 10, 26, 12, tzinfo=AMSTERDAM).timestamp()
    (first, after) = day_edges(date(2025, 10, 26), 1, AMSTERDAM)
    spans = [span for part in made(until_s=until_s, zone=AMSTERDAM, most=72) for span in part.spans]
    today = [span.start_s for span in spans if first <= span.start_s < after]
    assert today == list(range(first, int(until_s), 60))
