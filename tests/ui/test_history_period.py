"""Days and months to step through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.ui.period import EARLIEST, Period, Unit, converted

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
LATE_S: Final = datetime(2025, 10, 8, 22, 30, tzinfo=UTC).timestamp()
"""Half past midnight of the 9th in Amsterdam."""


@pytest.mark.parametrize(
    ("unit", "count", "first"),
    [
        (Unit.DAY, 0, date(2025, 10, 9)),
        (Unit.DAY, -9, date(2025, 9, 30)),
        (Unit.MONTH, 0, date(2025, 10, 1)),
        (Unit.MONTH, 3, date(2026, 1, 1)),
        (Unit.MONTH, -10, date(2024, 12, 1)),
    ],
)
def test_steps_are_local_days_and_whole_months(unit: Unit, count: int, first: date) -> None:
    assert Period.at(LATE_S, unit, AMSTERDAM).step(count) == Period(unit, first)


@given(st.dates(EARLIEST, date(2200, 1, 1)), st.sampled_from(Unit), st.integers(-50_000, 1_000))
def test_stepping_never_leaves_the_calendar(day: date, unit: Unit, count: int) -> None:
    period = Period.of(unit, day).step(count)
    assert period.first >= EARLIEST
    from_s, to_s = period.edges(UTC)
    assert (to_s - from_s) == period.days * 86_400
    assert period.day_edges(UTC)[:: period.days] == (from_s, to_s)


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 9), 24), (date(2025, 10, 26), 25)])
def test_a_day_is_as_long_as_its_zone_says(day: date, hours: int) -> None:
    from_s, to_s = Period.of(Unit.DAY, day).edges(AMSTERDAM)
    assert to_s - from_s == hours * 3600


def test_the_month_of_today_leads_back_to_today_and_another_one_to_its_first_day() -> None:
    today = date(2025, 10, 9)
    assert converted(Period.of(Unit.MONTH, today), Unit.DAY, today).first == today
    assert converted(Period.of(Unit.MONTH, date(2025, 9, 3)), Unit.DAY, today).first == date(2025, 9, 1)
    assert converted(Period.of(Unit.DAY, date(2025, 9, 3)), Unit.MONTH, today).first == date(2025, 9, 1)


def test_names() -> None:
    day, month = Period.of(Unit.DAY, date(2025, 10, 9)), Period.of(Unit.MONTH, date(2025, 10, 9))
    assert (day.title, day.stamp) == ("Thu 9 Oct 2025", "2025-10-09")
    assert (month.title, month.stamp) == ("October 2025", "2025-10")
