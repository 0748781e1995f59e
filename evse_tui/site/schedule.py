"""Planned charging in local wall time: what the user says, and the window that it means now. Pure.

Local time follows daylight saving: a daily 23:30 is 23:30 on every clock on the wall. A time that a change skips is the
moment after the gap; of one that comes twice the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LocalSchedule:
    """Start, optional stop and optional daily repetition, in naive local times with minutes."""

    start: datetime
    stop: datetime | None = None
    daily: bool = False
