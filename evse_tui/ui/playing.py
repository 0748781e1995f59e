"""A recording that is being played, as the terminal sees it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

from evse_tui.ui import text

STEP_MS: Final = 10_000
LEAP_MS: Final = 60_000
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class Playing(Protocol):
    """Where a recording is being looked at; `evse_tui.replay.site.RecordedSite` implements it."""

    @property
    def playing(self) -> bool:
        """False while it is paused."""

    @property
    def speed(self) -> float:
        """Times real time."""

    @property
    def start_s(self) -> float:
        """Wall time of the beginning."""

    @property
    def end_s(self) -> float:
        """Wall time of the end, as far as it has been read."""

    @property
    def read_percent(self) -> int:
        """How much of it has been read."""

    def toggle(self) -> None:
        """Pauses, or goes on; at the end it begins again."""

    def move(self, by_ms: int) -> None:
        """Jumps, back if negative."""

    def change_speed(self, step: int) -> None:
        """To the next slower (-1) or faster (1) one."""


def banner(playing: Playing, wall_s: float, zone: tzinfo | None) -> str:
    """For the header: `REPLAY 11-22 17:48:03 to 18:02:11, x4, paused`."""
    parts = [f"REPLAY {text.date_time(wall_s, zone)} to {text.clock_time(playing.end_s, zone)}"]
    if playing.speed != 1:
        parts.append(f"x{playing.speed:g}")
    if not playing.playing:
        parts.append("paused")
    if playing.read_percent < 100:
        parts.append(f"read {playing.read_percent} %")
    return ", ".join(parts)


def moment(typed: str, near_s: float, playing: Playing, zone: tzinfo | None) -> float:
    """Wall time of a typed time of day, in the recording: the one nearest to `near_s`.

    Raises:
        ValueError: with words for the user.
    """
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        raise ValueError("Type a time of day: 14:03, or 14:03:07.")
    hour, minute, second = (int(part or 0) for part in match.groups())
    near = datetime.fromtimestamp(near_s, zone)
    try:
        wanted = near.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError:
        raise ValueError(f"{typed.strip()} is no time of day.") from None
    times = [(wanted + timedelta(days=day)).timestamp() for day in (-1, 0, 1)]
    inside = [time_s for time_s in times if playing.start_s - 1 <= time_s <= playing.end_s + 1]
    if not inside:
        begin, end = text.clock_time(playing.start_s, zone), text.clock_time(playing.end_s, zone)
        raise ValueError(f"The recording is from {begin} to {end}.")
    return min(inside, key=lambda time_s: abs(time_s - near_s))
