"""What is known about one charger, in panels that each draw the selected charger of a frame."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.content import Content

from evse_protocol.messages import INACTIVE_DA, Capability, Flag, Pilot, Slot
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import BoardSnapshot, ChargerSnapshot, Freshness, MeterSnapshot
from evse_tui.site.wording import timer_text
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.bars import bar
from evse_tui.ui.widgets.charger_card import draw_full
from evse_tui.ui.widgets.event_log import draw_events
from evse_tui.ui.widgets.facts import OLD, Fact, draw_facts, old
from evse_tui.ui.widgets.panel import Panel

_LCD: Final = 21
"""Columns of the board's display."""
_LCD_ROWS: Final = 8
_NEWEST: Final = 20
"""Events below the panels of a large terminal."""


class ChargerPanel(Panel, can_focus=True):
    """Draws the selected charger."""

    TITLE: ClassVar[str]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes="panel")

    def draw(self, frame: Frame, width: int) -> Content:
        charger = frame.selected
        self.set_title(self.TITLE if charger is None else self.title_for(charger, frame))
        return columns.styled("No charger.", OLD) if charger is None else self.draw_charger(charger, frame, width)

    def title_for(self, charger: ChargerSnapshot, frame: Frame) -> str:
        """The words in the upper border; by default with the age of the board's values if they are not live."""
        age = text.age(frame.board_age_ms(charger))
        return self.TITLE if frame.board_live(charger) or charger.board is None else f"{self.TITLE}, {age} old"

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        """The text for `charger` in `width` columns."""
        raise NotImplementedError


class StatePanel(ChargerPanel):
    """The card of the dashboard, in full."""

    TITLE = "State"
    HELP = """\
What the charger does, the current it may draw and the reason that binds. actual: what the car draws (~ is a model, \
not a meter). offered: what the control pilot tells the car. limit: the most it could offer."""

    def title_for(self, charger: ChargerSnapshot, _frame: Frame) -> str:
        return words.called(charger)

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        return draw_full(charger, frame, width)


class DecisionPanel(ChargerPanel):
    """What control decided, why, and what it waits for."""

    TITLE = "Decision"
    HELP = """\
What this program decided for the charger: the current and the constraint that binds, the one that would bind next, \
what the board confirmed, and every timer that is running with what it waits for."""

    def title_for(self, _charger: ChargerSnapshot, frame: Frame) -> str:
        decided_ms = frame.snapshot.decided_ms
        return self.TITLE if decided_ms is None else f"{self.TITLE}, {text.age(frame.now_ms - decided_ms)} ago"

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        grant = charger.grant
        applied = text.UNKNOWN if charger.applied_da is None else text.amps(charger.applied_da)
        facts = [
            Fact("Granted", words.granted(grant), "bold"),
            Fact("Next limit", words.runner_up(grant)),
            Fact("Confirmed", old(applied, live=frame.board_live(charger))),
        ]
        timers = () if grant is None else grant.timers
        for index, timer in enumerate(sorted(timers, key=lambda timer: timer.due_ms)):
            facts.append(Fact("" if index else "Waiting", timer_text(timer, frame.now_ms), "$text-primary"))
        if not timers:
            facts.append(Fact("Waiting", "for nothing", OLD))
        return draw_facts(facts, width)


class PlanPanel(ChargerPanel):
    """What the user wants: mode, schedule, boost, limits."""

    TITLE = "Wishes"
    HELP = """\
What you asked for. The keys {mode}, {override}, {schedule} and {boost} change mode, override, schedule and boost; \
the session limit is a setting."""

    def title_for(self, _charger: ChargerSnapshot, _frame: Frame) -> str:
        return self.TITLE

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        limit_kwh = charger.settings.get("session_limit", 0)
        override = f", override {text.amps(charger.override_da)}" if charger.override_da else ""
        facts = [
            Fact("Mode", words.MODE_TITLES[charger.mode] + override, "bold" if charger.mode is not Mode.OFF else ""),
            Fact("Schedule", words.schedule(charger.schedule, frame)),
            Fact("Boost", words.boost(charger.boost)),
            Fact("Limit", f"{limit_kwh} kWh a session" if limit_kwh else "none for a session"),
        ]
        return draw_facts(facts, width)


class ChargerEventsPanel(ChargerPanel):
    """The newest events of this charger, where there is room."""

    TITLE = "Newest events"
    HELP = """\
The newest events of this charger, the newest on top. The screen Events has all of them, of every charger and of the \
site."""

    def title_for(self, _charger: ChargerSnapshot, _frame: Frame) -> str:
        return self.TITLE

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        found = [event for event in frame.snapshot.events if event.charger_id == charger.id]
        return draw_events(tuple(found[-_NEWEST:]), frame, width)


class SessionPanel(ChargerPanel):
    """Since the cable was plugged in, the car's own meter, and what is known about the car."""

    TITLE = "Session"
    HELP = """\
Energy and time since the cable was plugged in (~ is an estimate from the offered current), what the car's meter \
says and how old that is, and what somebody told about the car."""

    def title_for(self, _charger: ChargerSnapshot, _frame: Frame) -> str:
        return self.TITLE

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        session = charger.session
        if session is None:
            facts = [Fact("Session", "not known yet" if charger.board is None else "no car")]
        else:
            mark = "~" if session.estimated else ""
            facts = [
                Fact("Energy", mark + text.energy(session.energy_wh), "bold"),
                Fact("Plugged in", f"{text.duration(session.duration_ms + frame.behind_ms)}"),
                Fact("Charging", text.duration(session.charging_ms)),
            ]
        facts.append(Fact("Counted", text.energy(charger.total_wh)))
        facts += _meter_facts(charger.ev, frame, modelled=charger.ev_modelled)
        facts += _car_facts(charger)
        return draw_facts(facts, width)


def _meter_facts(meter: MeterSnapshot, frame: Frame, *, modelled: bool) -> list[Fact]:
    if meter.freshness is Freshness.ABSENT or meter.currents_da is None:
        return [Fact("Meter", "none" if meter.kind == "Disabled" else "no data yet", OLD)]
    live = frame.meter_live(meter)
    style = "" if live else OLD
    source = "model" if modelled else f"{meter.kind}, {text.age(frame.meter_age_ms(meter))} old"
    currents = " ".join(f"{current_da / 10:.1f}" for current_da in meter.currents_da)
    facts = [
        Fact("Meter", source, "" if live else "$text-warning"),
        Fact("Currents", old(f"{'~' if modelled else ''}{currents} A", live=live), style),
    ]
    if meter.power_w is not None:
        facts.append(Fact("Power", old(text.power(meter.power_w), live=live), style))
    if meter.import_wh is not None:
        facts.append(Fact("Register", old(text.energy(meter.import_wh), live=live), style))
    return facts


def _car_facts(charger: ChargerSnapshot) -> list[Fact]:
    car = charger.ev_state
    if car is None:
        return []
    facts = []
    if car.current_soc is not None:
        full = "" if car.full_soc is None else f" of {car.full_soc} %"
        facts.append(Fact("Car", f"{car.current_soc} %{full}"))
    if car.energy_request_wh is not None:
        facts.append(Fact("Car wants", text.energy(car.energy_request_wh)))
    if car.evccid:
        facts.append(Fact("EVCCID", car.evccid))
    return facts


class SlotsPanel(ChargerPanel):
    """The board's own limits by name; the lowest binds."""

    TITLE = "Slots"
    HELP = """\
The limits that the board itself keeps: it never offers more than the lowest of them, whatever a host says. "binds" \
marks the one that decides now. "host" is what this program granted; "-" is a slot that limits nothing."""

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        board = charger.board
        if board is None:
            return columns.styled("Nothing heard from the board yet.", OLD)
        live = frame.board_live(charger)
        active = [limit_da for limit_da in board.slots_da if limit_da != INACTIVE_DA]
        full_da = max([*active, board.limit_da, 60])
        room = width - 17 - 9 - 8
        rows = []
        for slot, limit_da in zip(Slot, board.slots_da, strict=False):
            binds = slot == board.binding
            style = "bold" if binds and live else OLD if not live else ""
            value = text.UNKNOWN if limit_da == INACTIVE_DA else old(text.amps(limit_da), live=live)
            pieces = [columns.styled(f"{words.SLOTS[slot]:<17}{value:>9}", style)]
            if room >= 8:
                drawn = limit_da != INACTIVE_DA
                pieces += [Content(" "), bar(limit_da, limit_da, full_da, room, live=live) if drawn else Content("")]
                pieces = [columns.fit(Content("").join(pieces), 17 + 9 + 1 + room)]
            pieces.append(columns.styled("  binds" if binds else "", style))
            rows.append(Content("").join(pieces).truncate(width, ellipsis=True))
        return columns.lines(rows)


PILOT_WORDS: Final = {
    Pilot.UNKNOWN: "not classified",
    Pilot.A: "A, no car",
    Pilot.B: "B, car connected",
    Pilot.C: "C, car asks for current",
    Pilot.D: "D, asks with ventilation",
    Pilot.E: "E, shorted",
    Pilot.INVALID: "outside every state",
}


class BoardPanel(ChargerPanel):
    """Contactors, lock, control pilot, temperature, and what the board waits for."""

    TITLE = "Board"
    HELP = """\
What the board says about itself. C1 connects the car (and L1), C2 adds L2 and L3. The control pilot is a 1 kHz \
signal between board and car: its high level is the car's answer, its duty the offered current. "lease": how long \
the board goes on without hearing from this program."""

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        board = charger.board
        if board is None:
            return columns.styled("Nothing heard from the board yet.", OLD)
        live = frame.board_live(charger)
        style = "" if live else OLD
        facts = [
            Fact("Contactors", old(f"C1 {_closed(board, Flag.C1)}, C2 {_closed(board, Flag.C2)}", live=live), style),
            Fact("Offered", old(_offered(board), live=live), style),
            Fact("Pilot", old(_pilot(board.pilot), live=live), style),
            Fact("", old(_levels(board), live=live), style),
            Fact("Lock", old(_lock(charger, board), live=live), style),
            Fact("Temperature", old(text.temperature(board.temperature_dc), live=live), style),
            Fact("Lease", text.lease(max(0, charger.health.lease_ms - frame.behind_ms))),
        ]
        held = words.hold(board, frame.board_age_ms(charger) or 0)
        facts.append(Fact("Waiting", held or "for nothing", "$text-primary" if held and live else OLD))
        if notes := _notes(board):
            facts.append(Fact("Also", notes))
        if board.faults:
            names = ", ".join(fault.name for fault in words.faults(board.faults))
            facts.append(Fact("Faults", f"! {names}", "bold $text-error"))
        return draw_facts(facts, width, 12)


def _closed(board: BoardSnapshot, contactor: Flag) -> str:
    return "closed" if board.flags & contactor else "open"


def _offered(board: BoardSnapshot) -> str:
    if board.duty_permille >= 1000:
        return "nothing (duty 100 %)"
    phases = text.plural(board.phases, "phase")
    return f"{text.amps(board.offered_da)}, {phases}, duty {board.duty_permille / 10:.1f} %"


def _pilot(pilot: int) -> str:
    return PILOT_WORDS[Pilot(pilot)] if pilot in tuple(Pilot) else f"unknown ({pilot})"


def _levels(board: BoardSnapshot) -> str:
    return f"high {board.cp_high_mv / 1000:.1f} V, low {board.cp_low_mv / 1000:.1f} V"


def _lock(charger: ChargerSnapshot, board: BoardSnapshot) -> str:
    if charger.identity is not None and not charger.identity.capabilities & Capability.SOCKET_LOCK:
        return "none"
    held = ", kept without a car" if board.flags & Flag.LOCK_HOLD else ""
    wished = ", to be kept" if charger.lock_hold and not held else ""
    return ("locked" if board.flags & Flag.LOCKED else "open") + held + wished


def _notes(board: BoardSnapshot) -> str:
    notes = (
        (board.flags & Flag.BUTTON, "button pressed"),
        (board.flags & Flag.SWITCH, "switch on"),
        (board.flags & Flag.STOPPED, "stopped by button"),
        (board.flags & Flag.FALLBACK, "fallback current"),
        (board.flags & Flag.COMMISSIONING_OPEN, "commissioning open"),
        (not board.flags & Flag.COMMISSIONED, "not commissioned"),
        (not board.flags & Flag.CP_CONNECTED, "pilot disconnected"),
        (not board.flags & Flag.DIODE_OK, "diode not seen"),
    )
    return ", ".join(words for present, words in notes if present)


class ReaderPanel(ChargerPanel):
    """The card reader."""

    TITLE = "Card reader"
    HELP = """\
Whether a card must be shown before charging, what the reader said last, and the last card. The setting rfid_reader \
chooses what the reader does; {card} shows a card from here."""

    def title_for(self, _charger: ChargerSnapshot, _frame: Frame) -> str:
        return self.TITLE

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        facts = [
            Fact("Reader", charger.rfid.status),
            Fact("Card", charger.rfid.last_card or "none"),
            Fact("Allowed", "yes" if charger.authorised else "no: show a card", "" if charger.authorised else "bold"),
        ]
        return draw_facts(facts, width)


class FrontPanel(ChargerPanel):
    """The board's display, as the host sends it."""

    TITLE = "Front"
    HELP = """\
The text that this program sends to the board's display, and its backlight. While it does not reach the board, \
the board shows a screen of its own."""

    def title_for(self, charger: ChargerSnapshot, frame: Frame) -> str:
        panel = charger.panel
        if charger.identity is not None and not frame.board_live(charger):
            return "Front, not reached"
        left = f" {panel.backlight_left_s} s" if panel.backlight_left_s else ""
        return f"Front, light {panel.backlight.lower()}{left}{', button on' if panel.custom_button else ''}"

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        if charger.identity is not None and not charger.identity.capabilities & Capability.DISPLAY:
            return columns.styled("This board has no display.", OLD)
        if not charger.panel.lines:
            return columns.styled("Nothing is sent to the display.", OLD)
        rows = [f"│{line[:_LCD]:<{_LCD}}│" for line in charger.panel.lines[:_LCD_ROWS]]
        style = "bold" if charger.panel.backlight == "ON" else ""
        style = style if frame.board_live(charger) else OLD
        return columns.lines([columns.styled(row, style) for row in (f"┌{'─' * _LCD}┐", *rows, f"└{'─' * _LCD}┘")])


class LinkPanel(ChargerPanel):
    """The link to the board in a few rows."""

    TITLE = "Link"
    HELP = """\
The serial link to the board. p50 and p99: half of the commands were answered faster than the first value, all but \
1 % faster than the second. A healthy link shows zeros. More is on the screen Diagnostics."""

    def title_for(self, _charger: ChargerSnapshot, _frame: Frame) -> str:
        return self.TITLE

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        health = charger.health
        trips = f"{text.milliseconds(health.round_trip_p50_ms)} / {text.milliseconds(health.round_trip_p99_ms)}"
        heard_ms = None if health.last_frame_age_ms is None else health.last_frame_age_ms + frame.behind_ms
        facts = [
            Fact("State", charger.link.value, "" if frame.board_live(charger) else "bold $text-warning"),
            Fact("Port", charger.port),
            Fact("Heard", "never" if heard_ms is None else f"{text.age(heard_ms)} ago"),
            Fact("p50 / p99", trips),
            Fact("Trouble", f"{health.retries} retries, {health.crc_errors} CRC, {health.telemetry_missed} gaps"),
            Fact("", f"{text.plural(health.resets_seen, 'reset')}, {text.plural(health.reconnects, 'reconnect')}"),
        ]
        return draw_facts(facts, width)
