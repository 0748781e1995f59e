"""Rows as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SettingKey = tuple[str | None, str]
"""Charger id, None for the site, and name of the setting."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the host's event log."""

    number: int
    """The host's when it is written, the database's when it is read; both count up."""
    wall_s: float
    charger_id: str | None
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """One EVENT of a board, and when the host got it; of a card's number only the last four digits."""

    serial: int
    boot: int
    number: int
    board_ms: int
    kind: int
    code: int
    value: int
    wall_s: float


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one charger: all of it, and the plug-in that was last seen. 1 Wh = 3 600 000 mJ."""

    charger_id: str
    total_mj: int
    """Since the database was made; measured where there is a meter, else from the offered current."""
    started_s: float | None = None
    """Wall time of the plug-in; None if there never was one."""
    plugged: bool = False
    """Whether the car was still connected."""
    duration_ms: int = 0
    charging_ms: int = 0
    session_mj: int = 0
    estimated: bool = False
    """Whether any part of `session_mj` was estimated from the offered current."""
    meter_start_wh: int | None = None
    """What the EV meter's import was, or must have been, when the session began."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """Planned charging of one charger: naive local times in ISO 8601."""

    charger_id: str
    start: str
    stop: str | None
    daily: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database held when it was opened."""

    settings: Mapping[SettingKey, int]
    energy: Mapping[str, Energy]
    """By charger id."""
    log: tuple[LogEntry, ...]
    """The newest, oldest first."""
    board_events: tuple[BoardEvent, ...]
    """The newest, oldest first: boards repeat what a host did not acknowledge before it died."""
    schedules: Mapping[str, ScheduleRow] = field(default_factory=dict)
    """By charger id."""
    cards: Mapping[str, float] = field(default_factory=dict)
    """The site's RFID cards, upper-case hex digits, and the wall time at which each was stored."""
