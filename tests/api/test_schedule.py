"""`starttime`, `stoptime` and `repeat`: what counts as a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evse_tui.api.compat.schedule import local_time, shown_schedule, wanted_schedule
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import ScheduleSnapshot
from tests.api.factory import make_charger

HERE = ZoneInfo("Europe/Amsterdam")
NOW_S = datetime(2023, 4, 14, 12, 0, tzinfo=UTC).timestamp()
TONIGHT = datetime.fromisoformat("2023-04-14T23:31")
TOMORROW = datetime.fromisoformat("2023-04-15T06:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-04-14T23:31", TONIGHT),
        ('"2023-04-14T23:31"', TONIGHT),
        ("'2023-04-14T23:31'", TONIGHT),
        (" 2023-04-14T23:31:00.000Z", TONIGHT),
        ("2023-4-14T23:31", TONIGHT),
        ("0", None),
        ("", None),
        ("2023-04-14", None),
        ("2023-04-14 23:31", None),
        ("2023-02-30T23:31", None),
        ("2023-04-14T24:00", None),
        ("2023-04-14T23:311", None),
        ("0000-01-01T00:00", None),
        ("\u0662023-04-14T23:31", None),
    ],
)
def test_local_time(text: str, moment: datetime | None) -> None:
    assert local_time(text) == moment


@pytest.mark.parametrize(
    ("query", "schedule"),
    [
        ({"starttime": "2023-04-14T23:31"}, LocalSchedule(TONIGHT)),
        (
            {"starttime": '"2023-04-14T23:31"', "stoptime": '"2023-04-15T06:00"', "repeat": "1"},
            LocalSchedule(TONIGHT, TOMORROW, daily=True),
        ),
        ({"starttime": "2023-04-14T14:01"}, LocalSchedule(datetime.fromisoformat("2023-04-14T14:01"))),
        ({"starttime": "2023-04-14T14:00"}, None),  # noon UTC is 14:00 here: not in the future
        ({"starttime": "2023-04-14T23:31", "stoptime": "2023-04-14T23:31"}, LocalSchedule(TONIGHT)),
        ({"starttime": "2023-04-14T23:31", "stoptime": "never"}, LocalSchedule(TONIGHT)),
        ({"starttime": "2023-04-14T23:31", "repeat": "2"}, LocalSchedule(TONIGHT)),
        (
            {"starttime": "2023-04-14T23:31", "stoptime": "2023-04-16T06:00", "repeat": "1"},
            LocalSchedule(TONIGHT, datetime.fromisoformat("2023-04-16T06:00")),
        ),
        ({"starttime": "9999-04-14T23:31"}, None),
        ({"starttime": "2022-04-14T23:31", "stoptime": "2023-04-15T06:00", "repeat": "1"}, None),
        ({"starttime": "", "stoptime": "", "repeat": "0"}, None),
        ({"starttime": "0"}, None),
        ({"stoptime": "2023-04-15T06:00", "repeat": "1"}, None),
    ],
)
def test_wanted_schedule(query: dict[str, str], schedule: LocalSchedule | None) -> None:
    assert wanted_schedule(query, HERE, NOW_S) == schedule


@given(st.text(), st.text(), st.text())
def test_any_text_is_a_plan_or_none(start: str, stop: str, repeat: str) -> None:
    assert wanted_schedule({"starttime": start, "stoptime": stop, "repeat": repeat}, HERE, NOW_S) is None


@given(st.datetimes().map(lambda moment: moment.replace(second=0, microsecond=0)))
@example(datetime.fromisoformat("0001-01-01T00:00"))
@example(datetime.fromisoformat("9999-12-31T23:59"))
def test_every_minute_of_the_calendar_is_the_past_or_a_plan(moment: datetime) -> None:
    text = moment.isoformat(timespec="minutes")
    assert local_time(text) == moment
    future = datetime.fromisoformat("2023-04-14T14:00") < moment < datetime.fromisoformat("9000-01-01T00:00")
    wanted = wanted_schedule({"starttime": text, "stoptime": text}, HERE, NOW_S)
    assert wanted == (LocalSchedule(moment) if future else None)


def test_shown_schedule() -> None:
    assert shown_schedule(make_charger()) == {"starttime": 0, "stoptime": 0, "repeat": 0}
    planned = ScheduleSnapshot(1_681_507_860.0, None, daily=True, open=False)
    assert shown_schedule(make_charger(schedule=planned)) == {"starttime": 1_681_507_860, "stoptime": 0, "repeat": 1}
