"""Plan charging in local time; what is wrong is said where it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from evse_tui.site.schedule import LocalSchedule, flaw
from evse_tui.ui.modals.dialog import Dialog
from evse_tui.ui.modals.tick import Tick

_FORM: Final = "%Y-%m-%d %H:%M"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """The answer; None is no schedule."""

    schedule: LocalSchedule | None


def parse_moment(typed: str, after: datetime) -> datetime:
    """`2026-03-28 23:30`, or `23:30` for the next one after `after`; naive local time.

    Raises:
        ValueError: it is neither; the message is for the user.
    """
    cleaned = " ".join(typed.replace("T", " ").split())
    try:
        if len(cleaned) > len("HH:MM"):
            return datetime.strptime(cleaned, _FORM)  # noqa: DTZ007  # a schedule has naive local times
        time = datetime.strptime(cleaned, "%H:%M").time()  # noqa: DTZ007  # the same
    except ValueError:
        raise ValueError(f"{typed.strip()!r} is no time: type 23:30, or 2026-03-28 23:30.") from None
    moment = datetime.combine(after.date(), time)
    return moment if moment > after else moment + _DAY


def parse_schedule(start: str, stop: str, *, daily: bool, now: datetime) -> LocalSchedule:
    """The schedule that was typed.

    Raises:
        ValueError: it makes no sense; the message is for the user.
    """
    begin = parse_moment(start, now)
    schedule = LocalSchedule(begin, parse_moment(stop, begin) if stop.strip() else None, daily)
    if daily and schedule.stop is None:
        raise ValueError("A daily schedule needs a stop.")
    if wrong := flaw(schedule):
        raise ValueError(f"{wrong[0].upper()}{wrong[1:]}.")
    return schedule


class AskSchedule(Dialog[Planned | None]):
    """Returns what was planned, or None for Escape."""

    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, title: str, now: datetime, current: LocalSchedule | None) -> None:
        super().__init__()
        self._title = title
        self._now = now
        self._current = current
        start = "" if current is None else current.start.strftime(_FORM)
        stop = "" if current is None or current.stop is None else current.stop.strftime(_FORM)
        self._start = Input(start, placeholder="23:30", compact=True, id="start")
        self._stop = Input(stop, placeholder="07:00, or nothing", compact=True, id="stop")
        self._daily = Tick("Every day", current is not None and current.daily)
        self._complaint = Static("", id="complaint", markup=False)
        self._complaint.display = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(
                "Charging is off outside of the schedule. Local times, as 23:30 or 2026-03-28 23:30.", markup=False
            )
            with Horizontal(classes="row"):
                yield Static("Start ", markup=False)
                yield self._start
            with Horizontal(classes="row"):
                yield Static("Stop  ", markup=False)
                yield self._stop
            yield self._daily
            yield self._complaint
            with Horizontal(classes="buttons"):
                yield Button("Set (Enter)", id="set", variant="primary", compact=True)
                yield Button("No schedule", id="none", compact=True, disabled=self._current is None)
                yield Button("Cancel (Esc)", id="cancel", compact=True)

    def opened(self) -> None:
        self._start.focus()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self._set()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "set":
            self._set()
        else:
            self.answer(Planned(None) if event.button.id == "none" else None)

    def action_cancel(self) -> None:
        """Leaves everything as it is."""
        self.answer(None)

    def _set(self) -> None:
        try:
            schedule = parse_schedule(self._start.value, self._stop.value, daily=self._daily.value, now=self._now)
        except ValueError as error:
            self._complaint.update(str(error))
            self._complaint.display = True
        else:
            self.answer(Planned(schedule))
