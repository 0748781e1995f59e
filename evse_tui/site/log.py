"""The event log: the newest lines in memory for windows, all of them on their way to the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from evse_tui.site.snapshot import EventEntry, Level
from evse_tui.store import LogEntry

SHOWN: Final = 200
_PENDING: Final = 2_000
_LEVELS: Final = frozenset(level.value for level in Level)


class EventLog:
    """Numbers go on from what the store held."""

    def __init__(self, stored: Sequence[LogEntry]) -> None:
        self._shown: deque[EventEntry] = deque(
            (EventEntry(e.number, e.wall_s, e.charger_id, _level(e.level), e.text) for e in stored), maxlen=SHOWN
        )
        self._pending: deque[LogEntry] = deque(maxlen=_PENDING)  # a full disk must not fill the memory
        self._number = stored[-1].number if stored else 0

    def add(self, wall_s: float, charger_id: str | None, level: Level, text: str) -> None:
        """Appends a line."""
        self._number += 1
        self._shown.append(EventEntry(self._number, wall_s, charger_id, level, text))
        self._pending.append(LogEntry(self._number, wall_s, charger_id, level.value, text))

    @property
    def shown(self) -> tuple[EventEntry, ...]:
        """The newest lines, oldest first."""
        return tuple(self._shown)

    def pending(self) -> tuple[LogEntry, ...]:
        """Lines that the store does not have yet."""
        return tuple(self._pending)

    def stored(self, lines: Sequence[LogEntry]) -> None:
        """The store has these lines."""
        if lines:
            while self._pending and self._pending[0].number <= lines[-1].number:
                self._pending.popleft()


def _level(name: str) -> Level:
    """A line that can't be placed is still a line."""
    return Level(name) if name in _LEVELS else Level.INFO
