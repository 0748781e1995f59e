"""Plug-ins as a table, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from evse_tui.control.types import Mode
from evse_tui.site.snapshot import SessionSnapshot
from evse_tui.store import Session
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel

_WIDE: Final = 110
"""Columns from which on charging time, current, phases and card have room."""
_NAME: Final = 14
_SAME_S: Final = 1
"""Two stories of one plug-in begin within this time."""


def draw_header(width: int) -> Content:
    """The names of the columns."""
    return columns.fit(
        columns.styled(_row("Began", "Charger", "Energy", "Solar", "Cost", "Connected", "Mode", _MORE, width), "dim"),
        width,
    )


def draw_session(
    session: Session, charger: str, zone: tzinfo | None, width: int, now: SessionSnapshot | None = None
) -> Content:
    """One row; `~` before an energy says that it is an estimate, `..` after a duration that it goes on.

    `now` is newer than what the store knows of one that goes on; shares and cost are as of the last minute.
    """
    began = datetime.fromtimestamp(session.started_s, zone)
    solar = text.share(session.solar_wh, session.energy_wh) if session.energy_wh else text.UNKNOWN
    if now is not None:
        session = replace(
            session,
            duration_ms=now.duration_ms,
            charging_ms=now.charging_ms,
            energy_wh=session.energy_wh if now.energy_wh is None else now.energy_wh,
        )
    energy = ("~" if session.estimated else "") + text.energy(session.energy_wh)
    cost_milli = session.cost_milli
    more = (
        text.duration(session.charging_ms),
        text.amps(session.max_da) if session.max_da else text.UNKNOWN,
        str(session.phases) if session.phases else text.UNKNOWN,
        f"..{session.card}" if session.card else text.UNKNOWN,
    )
    row = _row(
        f"{began:%a} {began.day:>2} {began:%H:%M}",
        charger,
        energy,
        solar,
        text.UNKNOWN if cost_milli is None else f"{cost_milli / 1000:.2f}",
        text.duration(session.duration_ms) + (" .." if session.ended_s is None else ""),
        words.MODE_TITLES[Mode(session.mode)] if session.energy_wh else text.UNKNOWN,
        more,
        width,
    )
    return columns.styled(row, "" if session.ended_s is not None else "bold").truncate(width, ellipsis=True)


_MORE: Final = ("Charging", "Highest", "Phases", "Card")


def _row(
    began: str,
    charger: str,
    energy: str,
    solar: str,
    cost: str,
    connected: str,
    mode: str,
    more: tuple[str, str, str, str],
    width: int,
) -> str:
    name = charger if len(charger) <= _NAME else charger[: _NAME - 1] + "…"
    row = f"{began:<12} {name:<{_NAME}} {energy:>10} {solar:>6} {cost:>7}  {connected:<14} {mode:<7}"
    if width >= _WIDE:
        charging, highest, phases, card = more
        row += f" {charging:<13} {highest:>8} {phases:>7}  {card:<6}"
    return row


def _under_way(session: Session, frame: Frame) -> SessionSnapshot | None:
    """What is known now of a plug-in that goes on."""
    now = next((one.session for one in frame.snapshot.chargers if one.id == session.charger_id), None)
    same = session.ended_s is None and now is not None and abs(now.started_s - session.started_s) < _SAME_S
    return now if same else None


class _Header(Panel):
    def draw(self, frame: Frame, width: int) -> Content:
        return draw_header(width)


class _Rows(Panel):
    sessions: tuple[Session, ...] = ()

    def draw(self, frame: Frame, width: int) -> Content:
        names = {charger.id: words.called(charger) for charger in frame.snapshot.chargers}
        return (
            columns.lines(
                draw_session(
                    session,
                    names.get(session.charger_id, session.charger_id),
                    frame.zone,
                    width,
                    _under_way(session, frame),
                )
                for session in self.sessions
            )
            if self.sessions
            else columns.styled("No car was plugged in.", "dim")
        )


class SessionTable(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Scrolls by key and wheel below the names of its columns."""

    HELP: ClassVar[str] = """\
Each time a car was plugged in, the newest on top. ~ before an energy: part of it is an estimate from the offered \
current. Solar is the part that the grid did not deliver; discharge of the home battery counts as one's own. Cost is \
that of the rest, - without a price. .. means still connected. Times are local. Arrow keys scroll."""
    BINDINGS = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._header = _Header(id="sessions-header")
        self._rows = _Rows()
        self.border_title = " Sessions "

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._rows

    def set_sessions(self, sessions: tuple[Session, ...]) -> None:
        """What to list from the next frame on."""
        if sessions != self._rows.sessions:
            self._rows.sessions = sessions
            count = text.plural(len(sessions), "session")
            self.border_title = f" {count} " if sessions else " Sessions "

    def show(self, frame: Frame) -> None:
        """Names of chargers and the zone come from `frame`."""
        self._header.show(frame)
        self._rows.show(frame)
