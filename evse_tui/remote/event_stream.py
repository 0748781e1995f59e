"""Server-sent events from bytes as they come (HTML Living Standard, 9.2). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of one event: a thousand chargers need less than a tenth."""


class FloodError(ValueError):
    """An event without end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; its id and what it says about reconnecting are not used here."""

    kind: str
    data: bytes


class EventParser:
    """Takes chunks, cut anywhere, and gives the events that they complete."""

    def __init__(self) -> None:
        self._line = bytearray()
        """What has come of the present line."""
        self._ended_by_return = False
        """The last chunk ended with CR: an LF that follows belongs to it."""
        self._kind = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that end in this chunk.

        Raises:
            FloodError: an event is larger than any of ours.
        """
        if self._ended_by_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._ended_by_return = False
        events: list[Event] = []
        for piece in chunk.splitlines(keepends=True):  # of bytes: LF, CR and CRLF, nothing else
            self._line += piece
            if len(self._line) + self._size > LARGEST:
                raise FloodError("an event is larger than any of ours")
            if piece.endswith((b"\n", b"\r")):
                line = bytes(self._line.rstrip(b"\r\n"))
                self._line.clear()
                if line:
                    self._take(line)
                elif event := self._finish():
                    events.append(event)
        if chunk:
            self._ended_by_return = chunk.endswith(b"\r")
        return events

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")  # a comment has no name
        value = value.removeprefix(b" ")
        if name == b"event":
            self._kind = value.decode(errors="replace")
        elif name == b"data":
            self._data.append(value)
            self._size += len(value)

    def _finish(self) -> Event | None:
        event = Event(self._kind or "message", b"\n".join(self._data)) if self._data else None
        self._kind, self._data, self._size = "", [], 0
        return event
