"""Local times into moments and windows, over daylight saving changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.control.types import Schedule
from evse_tui.site.plan import Plan
from evse_tui.site.schedule import LocalSchedule, Window, flaw, moment_s, window

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
"""Forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00."""
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Half an hour: back on 2026-04-05 at 02:00, forward on 2026-10-04 at 02:00."""
APIA = ZoneInfo("Pacific/Apia")
"""Had no 2011-12-30."""
ZONES = (AMSTERDAM, LORD_HOWE, APIA, ZoneInfo("America/St_Johns"), ZoneInfo("UTC"))


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _at(text: str, zone: ZoneInfo = AMSTERDAM) -> float:
    return moment_s(datetime.fromisoformat(text), zone)


def _utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        (AMSTERDAM, "2026-03-29T01:59", "2026-03-29T00:59"),
        (AMSTERDAM, "2026-03-29T02:00", "2026-03-29T01:00"),
        (AMSTERDAM, "2026-03-29T02:30", "2026-03-29T01:00"),
        (AMSTERDAM, "2026-03-29T03:00", "2026-03-29T01:00"),
        (AMSTERDAM, "2026-03-29T03:01", "2026-03-29T01:01"),
        (AMSTERDAM, "2026-10-25T01:59", "2026-10-24T23:59"),
        (AMSTERDAM, "2026-10-25T02:30", "2026-10-25T00:30"),
        (AMSTERDAM, "2026-10-25T03:00", "2026-10-25T02:00"),
        (LORD_HOWE, "2026-10-04T02:10", "2026-10-03T15:30"),
        (LORD_HOWE, "2026-10-04T02:30", "2026-10-03T15:30"),
        (LORD_HOWE, "2026-04-05T01:40", "2026-04-04T14:40"),
        (LORD_HOWE, "2026-04-05T02:00", "2026-04-04T15:30"),
        (APIA, "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
)
def test_gaps_end_at_the_change_and_of_folds_the_first_counts(zone: ZoneInfo, local: str, moment: str) -> None:
    assert _at(local, zone) == _utc(moment)


local_times = st.datetimes(_local("2010-01-01T00:00"), _local("2035-01-01T00:00")).map(
    lambda time: time.replace(second=0, microsecond=0)
) | st.sampled_from(["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-04T02:10", "2026-04-05T01:40"]).map(
    datetime.fromisoformat
)


@given(zone=st.sampled_from(ZONES), one=local_times, minutes=st.integers(0, 3_000))
def test_later_local_times_are_never_earlier_moments(zone: ZoneInfo, one: datetime, minutes: int) -> None:
    assert moment_s(one, zone) <= moment_s(one + timedelta(minutes=minutes), zone)


@given(zone=st.sampled_from(ZONES), local=local_times)
def test_a_local_time_that_exists_is_shown_again(zone: ZoneInfo, local: datetime) -> None:
    shown = datetime.fromtimestamp(moment_s(local, zone), zone)
    if shown.replace(tzinfo=None) == local:
        assert shown.fold == 0
    else:  # skipped: the first moment that is later on the clock, and the minute before was earlier than the gap
        assert shown.replace(tzinfo=None) > local
        before = datetime.fromtimestamp(moment_s(local, zone) - 60, zone)
        assert before.replace(tzinfo=None) < local


@given(
    zone=st.sampled_from(ZONES),
    start=local_times,
    minutes=st.integers(1, 1_440),
    later_s=st.integers(-3 * 86_400, 400 * 86_400),
)
def test_daily_windows_do_not_overlap_and_leave_none_out(
    zone: ZoneInfo, start: datetime, minutes: int, later_s: int
) -> None:
    stop = start + timedelta(minutes=minutes)
    schedule = LocalSchedule(start, stop, daily=True)
    now_s = moment_s(start, zone) + later_s
    found = window(schedule, zone, now_s)
    assert found.closes_s is not None
    assert found.opens_s < found.closes_s
    assert not found.over(now_s)
    # the nearest: every other day's window is over, or comes later
    day = round((found.opens_s - moment_s(start, zone)) / 86_400)
    for other in range(max(0, day - 3), day + 4):
        opens_s = moment_s(start + timedelta(days=other), zone)
        closes_s = moment_s(stop + timedelta(days=other), zone)
        empty = opens_s == closes_s
        assert empty or closes_s <= now_s or opens_s >= found.opens_s


def test_a_daily_window_over_midnight_keeps_its_wall_times_over_both_changes() -> None:
    schedule = LocalSchedule(_local("2026-01-01T23:30"), _local("2026-01-02T06:15"), daily=True)
    for day, hours in (("2026-03-28", 5.75), ("2026-03-29", 6.75), ("2026-10-24", 7.75), ("2026-10-25", 6.75)):
        found = window(schedule, AMSTERDAM, _at(f"{day}T12:00"))
        assert found.opens_s == _at(f"{day}T23:30")
        assert found.closes_s is not None
        assert (found.closes_s - found.opens_s) / 3_600 == hours
        assert window(schedule, AMSTERDAM, found.opens_s) == found
        assert window(schedule, AMSTERDAM, found.closes_s - 1) == found
        following = datetime.fromisoformat(f"{day}T23:30") + timedelta(days=1)
        assert window(schedule, AMSTERDAM, found.closes_s).opens_s == moment_s(following, AMSTERDAM)


def test_a_daily_window_within_the_gap_is_left_out_on_that_day() -> None:
    schedule = LocalSchedule(_local("2026-03-27T02:10"), _local("2026-03-27T02:50"), daily=True)
    found = window(schedule, AMSTERDAM, _at("2026-03-28T12:00"))
    assert found.opens_s == _at("2026-03-30T02:10")


def test_once() -> None:
    schedule = LocalSchedule(_local("2026-05-01T01:00"), _local("2026-05-03T02:00"))
    expected = Window(_at("2026-05-01T01:00"), _at("2026-05-03T02:00"))
    for now_s in (0.0, expected.opens_s, 4e9):
        assert window(schedule, AMSTERDAM, now_s) == expected
    assert [expected.open(_at(time)) for time in ("2026-05-01T00:59", "2026-05-01T01:00", "2026-05-03T02:00")] == [
        False,
        True,
        False,
    ]
    assert [expected.over(_at(time)) for time in ("2026-05-03T01:59", "2026-05-03T02:00")] == [False, True]


@pytest.mark.parametrize("daily", [False, True])
def test_a_start_alone_is_over_when_it_has_come(daily: bool) -> None:
    found = window(LocalSchedule(_local("2026-05-01T01:00"), daily=daily), AMSTERDAM, 0)
    assert found == Window(_at("2026-05-01T01:00"), None)
    assert [found.over(found.opens_s + s) for s in (-1, 0)] == [False, True]
    assert found.open(found.opens_s)


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (LocalSchedule(_local("2026-05-01T00:00")), ""),
        (LocalSchedule(_local("2026-05-01T00:00"), _local("2026-05-09T00:00")), ""),
        (LocalSchedule(_local("2026-05-01T00:00"), _local("2026-05-02T00:00"), daily=True), ""),
        (
            LocalSchedule(_local("2026-05-01T00:00"), _local("2026-05-02T00:01"), daily=True),
            "a daily schedule must stop within 24 hours of its start",
        ),
        (
            LocalSchedule(_local("2026-05-01T00:00"), _local("2026-05-01T00:00")),
            "the stop of a schedule must be after its start",
        ),
        (LocalSchedule(_local("0001-01-01T00:00")), "a schedule has local times between 1971 and 8999"),
        (LocalSchedule(_local("9999-12-31T23:59")), "a schedule has local times between 1971 and 8999"),
        (LocalSchedule(_local("2026-05-01T00:00+00:00")), "a schedule has local times between 1971 and 8999"),
    ],
)
def test_flaws(schedule: LocalSchedule, sentence: str) -> None:
    assert flaw(schedule) == sentence


def test_the_plan_follows_steps_of_the_wall_clock_and_nothing_smaller() -> None:
    plan = Plan(AMSTERDAM)
    schedule = LocalSchedule(_local("2026-05-01T01:00"), _local("2026-05-01T02:00"))
    opens_s = _at("2026-05-01T01:00")
    plan.follow(schedule, 1_000, opens_s - 60)
    first = plan.control
    assert first == Schedule(61_000, 3_661_000)
    plan.follow(schedule, 2_000, opens_s - 59.05)
    assert plan.control is first
    plan.follow(schedule, 3_000, opens_s - 7_258)  # two hours back
    assert plan.control == Schedule(7_261_000, 10_861_000)
    assert not plan.over
    plan.follow(schedule, 4_000, opens_s + 3_600)  # far ahead
    assert plan.over
    assert plan.control == Schedule(4_000 - 3_600_000, 4_000)  # control keeps it closed until it is removed
    plan.follow(None, 5_000, opens_s)
    assert (plan.control, plan.over, plan.snapshot(opens_s)) == (None, False, None)
