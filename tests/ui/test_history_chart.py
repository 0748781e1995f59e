"""Charts of the past: dots, limits, gaps, and days that are not 24 hours long."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from evse_tui.store import SiteBucket, Total
from evse_tui.store.periods import day_edges
from evse_tui.ui.widgets.chart import (
    LIMIT_LINE,
    MARGINS,
    NAME_WIDTH,
    OVER,
    Strip,
    draw_chart,
    draw_strip,
    scale,
    share_rows,
)
from evse_tui.ui.widgets.chart_strips import Window, bucket_now, charger_now, day_strips, month_strips
from evse_tui.ui.widgets.chart_time import draw_days, draw_hours, hour_ticks
from tests.ui import snapshots

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
SHORT, USUAL, LONG = date(2025, 3, 30), date(2025, 10, 9), date(2025, 10, 26)
VALUES = st.lists(st.none() | st.floats(-1e5, 1e5).map(lambda value: round(value, 1)), min_size=2, max_size=60)


def area(rows: Sequence[Content]) -> list[str]:
    """What is drawn, without names and scale."""
    return [row.plain[NAME_WIDTH : len(row.plain) - (MARGINS - NAME_WIDTH)] for row in rows]


def columns_with_dots(rows: Sequence[str]) -> list[int]:
    return [column for column in range(len(rows[0])) if any(row[column] > "\u2800" for row in rows)]


def strip(*values: float | None, limit: float | None = None, **facts: object) -> Strip:
    limits = () if limit is None else (limit,) * len(values)
    return replace(Strip("Name", "A", values, limits=limits), **facts)  # type: ignore[arg-type]  # Strip's own names


@given(VALUES, st.none() | st.floats(0.1, 1e5))
def test_the_scale_holds_every_value_zero_and_the_limit(values: list[float | None], limit: float | None) -> None:
    low, high = scale(strip(*values, limit=limit))
    known = [0.0, *(value for value in values if value is not None)]
    unseen = 0.02 * (max(*known, 1.08 * (limit or 0), 0) - min(known))
    assert low <= min(known) + unseen
    assert high > low
    assert high >= max(known) - unseen
    assert limit is None or high > limit or high >= 1.08 * limit - unseen


def test_what_no_dot_could_show_gets_no_scale() -> None:
    """A battery that gave 25 W for a moment had an axis from -0.025 to 5 kW."""
    assert scale(strip(5.0, -0.025)) == (0.0, 5.0)
    assert scale(strip(-5.0, 0.025)) == (-5.0, 0.0)
    assert scale(strip(5.0, -0.5)) == (-0.5, 5.0)


@given(VALUES, st.integers(1, 12))
def test_dots_are_where_values_are_known_and_nowhere_else(values: list[float | None], rows: int) -> None:
    width = MARGINS + (len(values) + 1) // 2
    drawn = draw_strip(strip(*values), width, rows)
    assert [row.cell_length for row in drawn] == [width] * rows
    pairs = [values[place : place + 2] for place in range(0, len(values), 2)]
    expected = [column for column, pair in enumerate(pairs) if any(value is not None for value in pair)]
    assert columns_with_dots(area(drawn)) == expected


def test_the_area_between_zero_and_the_value_is_filled() -> None:
    assert area(draw_strip(strip(0, 1, 2, 3), MARGINS + 2, 1)) == ["\u28e0\u28fe"]
    assert area(draw_strip(strip(-3, -3), MARGINS + 1, 1)) == ["\u28ff"]


def test_the_line_of_the_limit_gives_way_to_data_and_a_triangle_marks_what_is_above() -> None:
    below, above = area(draw_strip(strip(5, 5, 30, 30, limit=25), MARGINS + 2, 2)), [LIMIT_LINE, OVER]
    assert list(below[0]) == above
    assert OVER not in "".join(area(draw_strip(strip(25, 25, 24, 24, limit=25), MARGINS + 2, 2)))


def test_a_limit_that_is_known_in_half_a_cell_is_drawn() -> None:
    half = replace(Strip("Name", "A", (None, 5.0)), limits=(None, 25.0))
    assert draw_strip(half, MARGINS + 1, 4)[0].plain.rstrip().endswith("╌25 A")


def test_a_peak_is_a_dot_above_the_mean() -> None:
    calm, peak = (area(draw_strip(strip(1, 1, peaks=peaks, limit=10), MARGINS + 1, 4)) for peaks in ((), (8.0, 8.0)))
    assert calm[-1] == peak[-1]
    assert [row > "\u2800" for row in peak].count(True) == [row > "\u2800" for row in calm].count(True) + 1


def test_the_limit_is_written_at_its_line() -> None:
    rows = draw_strip(strip(1, 1, limit=12.5), MARGINS + 1, 6)
    assert [row.plain.rstrip().endswith("12.5 A") for row in rows].count(True) == 1


@given(st.lists(st.integers(1, 3), min_size=1, max_size=6), st.integers(1, 40))
def test_rows_are_shared_without_a_rest(weights: list[int], rows: int) -> None:
    heights = share_rows([strip(1, weight=weight) for weight in weights], rows)
    assert sum(heights) == rows
    assert all(height >= 2 or height == 0 for height in heights) or rows == 1


def test_a_chart_has_as_many_rows_as_it_may() -> None:
    assert draw_chart([strip(1), strip(2)], Content("axis"), 40, 9).plain.count("\n") == 8


# time


@pytest.mark.parametrize(("day", "hours"), [(SHORT, 23), (USUAL, 24), (LONG, 25)])
def test_hours_stand_where_they_are_when_the_clocks_change(day: date, hours: int) -> None:
    from_s, to_s = day_edges(day, 1, AMSTERDAM)
    ticks = list(hour_ticks(from_s, to_s, 1, AMSTERDAM))
    assert len(ticks) == hours == (to_s - from_s) // 3600
    assert [at_s for at_s, _ in ticks] == list(range(from_s, to_s, 3600))
    names = [name for _, name in ticks]
    assert names.count("02:00") == {23: 0, 24: 1, 25: 2}[hours]
    axis = draw_hours(from_s, to_s, MARGINS + hours * 8, AMSTERDAM).plain[NAME_WIDTH:]
    assert axis.index("╵12:00") == (hours - 12) * 8
    assert axis.count("╵") == hours


@pytest.mark.parametrize("day", [SHORT, USUAL, LONG])
def test_noon_is_drawn_above_noon(day: date) -> None:
    from_s, to_s = day_edges(day, 1, AMSTERDAM)
    noon_s = int(datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM).timestamp())
    points = [
        SiteBucket(start_s, 900, 900_000, (250 if start_s == noon_s else 0) * 900_000, 0, 0)
        for start_s in range(from_s, to_s, 900)
    ]
    width = MARGINS + (to_s - from_s) // 1800
    strips = day_strips(points, Window(from_s, to_s, 900, (width - MARGINS) * 2, to_s), 8)
    top = next(row for row in area(draw_strip(strips[0], width, 8)) if row.strip())
    axis = draw_hours(from_s, to_s, width, AMSTERDAM).plain[NAME_WIDTH:]
    assert top.index(top.strip()) == axis.index("╵12:00")


def test_an_hour_of_a_zone_between_hours_is_found() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    from_s, to_s = day_edges(USUAL, 1, zone)
    assert len(list(hour_ticks(from_s, to_s, 1, zone))) == 24


def test_days_of_a_month_stand_below_their_bars() -> None:
    edges = day_edges(date(2025, 10, 1), 31, AMSTERDAM)
    axis = draw_days(date(2025, 10, 1), 31, MARGINS + 31 * 5, AMSTERDAM).plain[NAME_WIDTH:]
    window = Window(edges[0], edges[-1], 3600, 31 * 10, edges[-1])
    for day, start_s in enumerate(edges[:-1], 1):
        assert axis[window.column(start_s) // 2 :].startswith(f"╵{day}")


def test_a_month_has_a_bar_for_each_known_day() -> None:
    edges = day_edges(date(2025, 10, 1), 31, AMSTERDAM)
    kwh = 3_600_000_000
    days = [
        Total(start_s, end_s, (number != 7) * 1000, 0, 0, (number != 7) * number * kwh, 0, 0, 0, 0)
        for number, (start_s, end_s) in enumerate(itertools.pairwise(edges), 1)
    ]
    window = Window(edges[0], edges[-1], 3600, 31 * 4, edges[20])
    charged = next(strip for strip in month_strips([], days, window) if strip.name == "Charged")
    bars = [charged.values[window.column(start_s)] for start_s in edges[:-1]]
    assert bars[:6] == [1, 2, 3, 4, 5, 6]
    assert bars[6] is None
    assert bars[20] == 21
    assert bars[21:] == [None] * 10
    assert all(charged.values[window.column(start_s) - 1] is None for start_s in edges[1:]), "room between bars"


def test_each_bucket_is_drawn_and_the_future_is_not() -> None:
    points = [SiteBucket(start_s, 600, 1, start_s, 0, 0) for start_s in range(0, 86_400, 600)]
    window = Window(0, 86_400, 600, 144, 43_200)
    shown = window.read(points, lambda point: float(point.start_s))
    assert shown[:73] == tuple(float(start_s) for start_s in range(0, 43_201, 600))
    assert shown[73:] == (None,) * 71


def test_the_present_fills_the_column_that_the_past_has_not_reached() -> None:
    snapshot = snapshots.normal()
    from_s = int(snapshot.wall_s) // 86_400 * 86_400
    window = Window(from_s, from_s + 86_400, 600, 144, snapshot.wall_s)
    now = bucket_now(snapshot)
    column = window.column(snapshot.wall_s)
    mains, cars, pv, battery = day_strips([], window, 10, now)
    assert mains.values[column] == 24.8
    assert cars.values[column] == pytest.approx(8.142)
    assert pv.values[column] == 3.42
    assert battery.values[column] == pytest.approx(-2.0, abs=0.1)
    assert sum(value is not None for value in mains.values) == 1
    kept = SiteBucket(int(snapshot.wall_s) // 600 * 600, 600, 1, 100, 0, 0)
    assert day_strips([kept], window, 10, now)[0].values[column] == 10


def test_a_meter_that_tells_currents_only_is_drawn_with_the_nominal_voltage_as_the_past_is() -> None:
    snapshot = snapshots.normal()
    charger = snapshot.chargers[0]
    charger = replace(charger, ev=replace(charger.ev, power_w=None, currents_da=(100, 100, 100)))
    snapshot = replace(snapshot, chargers=(charger,))
    site, one = bucket_now(snapshot), charger_now(snapshot, charger.id)
    assert site is not None
    assert one is not None
    assert site.charged_mj == one.charged_mj == 6_900_000


def test_what_is_not_live_is_not_drawn_as_the_present() -> None:
    assert bucket_now(snapshots.stale()) is None


def test_large_charts_show_each_phase_and_small_ones_the_highest() -> None:
    point = SiteBucket(0, 86_400, 1, 100, 90, -80, main_da=250, capacity_da=300)
    window = Window(0, 86_400, 86_400, 2, 86_400)
    small, large = (day_strips([point], window, rows) for rows in (10, 40))
    assert [strip.name for strip in small] == ["Mains", "Sum", "Cars"]
    assert [strip.name for strip in large] == ["Mains L1", "Mains L2", "Mains L3", "Sum", "Cars"]
    assert [strip.values[0] for strip in (small[0], *large[:4])] == [10, 10, 9, -8, 11]
    assert (small[0].limits[0], small[1].limits[0]) == (25, 30)


def test_a_limit_that_falls_within_a_cell_is_not_broken_by_what_was_below_it() -> None:
    falling = Strip("Car", "A", (15.0, 8.0), peaks=(15.8, 8.8), limits=(16.0, 9.0))
    assert not any(OVER in row.plain for row in draw_strip(falling, MARGINS + 1, 6))
    broken = replace(falling, peaks=(15.8, 12.0))
    assert any(OVER in row.plain for row in draw_strip(broken, MARGINS + 1, 6))
