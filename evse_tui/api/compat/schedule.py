"""`starttime`, `stoptime` and `repeat` of `POST /settings`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from evse_tui.api.compat.atol import atol
from evse_tui.site.schedule import LocalSchedule, flaw, moment_s
from evse_tui.site.snapshot import ChargerSnapshot

_LOCAL_TIME: Final = re.compile(
    r"[\s\"']*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})T([0-9]{1,2}):([0-9]{1,2})(?![0-9])", re.ASCII
)


def local_time(text: str) -> datetime | None:
    """`2023-04-14T23:31`, naive local time; quotes around it and a tail are tolerated. None: it is no time."""
    found = _LOCAL_TIME.match(text)
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups())
    try:
        return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    except ValueError:
        return None


def wanted_schedule(query: Mapping[str, str], zone: tzinfo, wall_s: float) -> LocalSchedule | None:
    """The schedule that a query asks for at `wall_s`; None without a start in the future.

    A stop that makes no sense after this start is none; a stop more than a day later is not repeated daily.
    """
    start = local_time(query.get("starttime", ""))
    if start is None or flaw(LocalSchedule(start)) or moment_s(start, zone) <= wall_s:
        return None
    stop = local_time(query.get("stoptime", ""))
    if stop is not None and flaw(LocalSchedule(start, stop)):
        stop = None
    daily = LocalSchedule(start, stop, daily=True)
    repeats = atol(query.get("repeat", "")) == 1 and not flaw(daily)
    return daily if repeats else LocalSchedule(start, stop)


def shown_schedule(charger: ChargerSnapshot) -> dict[str, int]:
    """`settings.{starttime, stoptime, repeat}`: epoch seconds, or 0."""
    schedule = charger.schedule
    if schedule is None:
        return {"starttime": 0, "stoptime": 0, "repeat": 0}
    return {
        "starttime": int(schedule.start_s),
        "stoptime": 0 if schedule.stop_s is None else int(schedule.stop_s),
        "repeat": int(schedule.daily),
    }
