"""What happened, newest first."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from evse_tui.site.snapshot import EventEntry, Level
from evse_tui.ui import columns, text
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel

_STYLE: Final = {Level.INFO: "", Level.WARNING: "$text-warning", Level.FAULT: "bold $text-error"}
_WORD: Final = {Level.INFO: "", Level.WARNING: "! ", Level.FAULT: "FAULT "}


def draw_events(events: tuple[EventEntry, ...], frame: Frame, width: int) -> Content:
    """One event per row, long ones with a hanging indent; the newest on top."""
    if not events:
        return columns.styled("Nothing has happened yet.", "dim")
    who_width = max(len(event.charger_id or "site") for event in events)
    return columns.lines(
        draw_event(event, text.clock_time(event.wall_s, frame.zone), who_width, width) for event in reversed(events)
    )


def draw_event(event: EventEntry, when: str, who_width: int, width: int) -> Content:
    """One event; a long one goes on below its own text."""
    front = f"{when} {event.charger_id or 'site':<{who_width}} "
    said = event.text.removeprefix("fault: ") if event.level is Level.FAULT else event.text  # once is enough
    first, *more = columns.wrapped(_WORD[event.level] + said, max(16, width - len(front)), 0)
    rows = [columns.line(((front, "dim"), (first, _STYLE[event.level])))]
    rows += [columns.line(((" " * len(front), ""), (row, _STYLE[event.level]))) for row in more]
    return columns.lines(rows)


class _Events(Panel):
    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[object, ...] = ()
        self._drawn = Content("")

    def draw(self, frame: Frame, width: int) -> Content:
        told = (frame.snapshot.events, frame.zone, width)
        if told != self._told:  # the longest text of the screen, and the one that changes least
            self._told, self._drawn = told, draw_events(frame.snapshot.events, frame, width)
        return self._drawn


class EventLog(VerticalScroll, can_focus=True):
    """The bounded list of events; scrolls with the arrow keys and the wheel."""

    HELP: ClassVar[str] = """\
What happened, the newest on top: time of day, charger (or site), and what. Arrow keys and the mouse wheel scroll \
while the list has the focus; {freeze} holds it still."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._events = _Events()

    def compose(self) -> ComposeResult:
        yield self._events

    def show(self, frame: Frame) -> None:
        """Shows the events of `frame`."""
        self._events.show(frame)
