"""Which lines of the log the user wants to see, and the lines that are known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from evse_tui.site.snapshot import EventEntry, Level
from evse_tui.store import LogEntry

MOST_LINES: Final = 5_000
"""Kept on the screen, so that a long walk into the past does not fill the memory."""
_MOST_FOLLOWED: Final = 220
_STILL_FOLLOWED: Final = 200
"""As many as a snapshot has. Each line that was drawn costs 10 kB, and the past can be read again."""


@unique
class Importance(Enum):
    """The levels that are shown; the value is the word for it."""

    ALL = "all"
    WARNINGS = "warnings"
    FAULTS = "faults"

    @property
    def levels(self) -> tuple[str, ...]:
        """For `Memory.events`: none is all."""
        return tuple(level.value for level in _LEVELS[self]) if self is not Importance.ALL else ()

    @property
    def next(self) -> Importance:
        """The one that a key chooses after this."""
        every = list(Importance)
        return every[(every.index(self) + 1) % len(every)]


_LEVELS: Final = {
    Importance.ALL: tuple(Level),
    Importance.WARNINGS: (Level.WARNING, Level.FAULT),
    Importance.FAULTS: (Level.FAULT,),
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """All three must match."""

    charger_id: str | None = None
    """None is all, empty is the site's own lines."""
    importance: Importance = Importance.ALL
    text: str = ""

    def matches(self, event: EventEntry) -> bool:
        """Whether a line is shown."""
        if self.charger_id is not None and (event.charger_id or "") != self.charger_id:
            return False
        if event.level not in _LEVELS[self.importance]:
            return False
        line = f"{event.charger_id or 'site'} {event.level.value} {event.text}".lower()
        return all(word in line for word in self.text.lower().split())


def from_memory(line: LogEntry) -> EventEntry:
    """A line of the store as one of the log; an unknown level is shown all the same."""
    known = {level.value for level in Level}
    level = Level(line.level) if line.level in known else Level.INFO
    return EventEntry(line.number, line.wall_s, line.charger_id, level, line.text)


class KnownLines:
    """Lines in the order in which they happened: those of snapshots, and pages of the past before them."""

    def __init__(self) -> None:
        self._live: list[EventEntry] = []
        self._older: list[EventEntry] = []

    @property
    def oldest_s(self) -> float | None:
        """Wall time of the first line."""
        first = self._older or self._live
        return first[0].wall_s if first else None

    @property
    def room(self) -> int:
        """How many more lines of the past may be kept."""
        return MOST_LINES - len(self._older)

    def all(self) -> tuple[EventEntry, ...]:
        """Oldest first."""
        return (*self._older, *self._live)

    def take_live(self, events: Sequence[EventEntry]) -> bool:
        """The newest lines, oldest first; True if there is a new one. A log that begins anew replaces what is known."""
        newest = self._live[-1].number if self._live else 0
        if events and events[-1].number < newest:
            self._live, self._older, newest = [], [], 0
        new = [event for event in events if event.number > newest]
        self._live += new
        del self._live[:-MOST_LINES]
        return bool(new)

    def take_older(self, events: Iterable[EventEntry]) -> int:
        """A page of the past, oldest first; the number of lines that were not known."""
        known = {(event.wall_s, event.charger_id, event.text) for event in (*self._older[:500], *self._live)}
        new = [event for event in events if (event.wall_s, event.charger_id, event.text) not in known]
        self._older = [*new, *self._older][-MOST_LINES:]
        return len(new)

    def forget_passed(self) -> bool:
        """Only the newest lines, for who just follows them; True if others were let go. The past is read again."""
        if self._older or len(self._live) <= _MOST_FOLLOWED:
            return False
        del self._live[:-_STILL_FOLLOWED]
        return True

    def forget_older(self) -> None:
        """The pages were read for another filter."""
        self._older = []
