"""States, reasons, holds and faults in words: pure, and shared by every widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from evse_protocol.messages import INACTIVE_DA, Fault, Flag, Hold, Slot
from evse_tui.board.model import LinkState
from evse_tui.control.types import Access, C2Mode, ChargerGrant, Constraint, Mode, Reason
from evse_tui.site.snapshot import (
    BoardSnapshot,
    BoostSnapshot,
    ChargerSnapshot,
    ChargerState,
    CommandSnapshot,
    CommandState,
    ScheduleSnapshot,
)
from evse_tui.ui import text
from evse_tui.ui.frame import Frame

PHASES: Final = ("L1", "L2", "L3")

MODE_TITLES: Final[Mapping[Mode, str]] = {
    Mode.OFF: "Off",
    Mode.NORMAL: "Normal",
    Mode.SOLAR: "Solar",
    Mode.SMART: "Smart",
    Mode.PAUSE: "Pause",
}
MODE_HELP: Final[Mapping[Mode, str]] = {
    Mode.OFF: "No charging",
    Mode.NORMAL: "A fixed current, within every limit",
    Mode.SOLAR: "Only what the sun leaves over",
    Mode.SMART: "All that the mains leave over",
    Mode.PAUSE: "Stop for now, keep the session",
}
C2_TITLES: Final[Mapping[C2Mode, str]] = {
    C2Mode.NOT_PRESENT: "Not present",
    C2Mode.ALWAYS_OFF: "Always Off",
    C2Mode.SOLAR_OFF: "Solar Off",
    C2Mode.ALWAYS_ON: "Always On",
    C2Mode.AUTO: "Auto",
}
C2_HELP: Final[Mapping[C2Mode, str]] = {
    C2Mode.NOT_PRESENT: "There is no second contactor",
    C2Mode.ALWAYS_OFF: "One phase, always",
    C2Mode.SOLAR_OFF: "One phase in Solar, else three",
    C2Mode.ALWAYS_ON: "Three phases, always",
    C2Mode.AUTO: "One or three, as the surplus allows",
}


@unique
class Tone(Enum):
    """How much attention a text wants; the value is a style of the theme."""

    CALM = ""
    QUIET = "dim"
    GOOD = "bold $text-success"
    WAITING = "bold $text-primary"
    WARNING = "bold $text-warning"
    FAULT = "bold $text-error"


@dataclass(frozen=True, slots=True)
class Headline:
    """The state of a charger: a glyph and words that stand without colour."""

    glyph: str
    words: str
    tone: Tone


def called(charger: ChargerSnapshot) -> str:
    """How a charger is named everywhere: `1 Garage`, and `Charger 1` where its name says the number already."""
    return charger.name if charger.id in charger.name.split() else f"{charger.id} {charger.name}".rstrip()


_LINK_HEADLINES: Final[Mapping[LinkState, Headline]] = {
    LinkState.CLOSED: Headline("?", "Not connected", Tone.WARNING),
    LinkState.OPENING: Headline("?", "Opening the port", Tone.WAITING),
    LinkState.GREETING: Headline("?", "Greeting the board", Tone.WAITING),
    LinkState.READ_ONLY: Headline("!", "Read-only", Tone.WARNING),
    LinkState.OTHER_HOST: Headline("!", "Another host", Tone.WARNING),
    LinkState.SILENT: Headline("?", "Board silent", Tone.WARNING),
    LinkState.WAITING: Headline("?", "Disconnected", Tone.WARNING),
}


def headline(charger: ChargerSnapshot) -> Headline:
    """What a glance should tell, the most important first: link, fault, wish, state."""
    if charger.link is not LinkState.ONLINE:
        return _LINK_HEADLINES[charger.link]
    board = charger.board
    if board is not None and board.faults:
        return Headline("!", "FAULT", Tone.FAULT)
    if charger.state is ChargerState.C1:
        return Headline("■", "Stopping", Tone.WAITING)
    if charger.state in (ChargerState.C, ChargerState.D):
        return Headline("►", "Charging", Tone.GOOD)
    if board is not None and board.flags & Flag.STOPPED:
        return Headline("■", "Stopped by button", Tone.WARNING)
    if charger.mode is Mode.OFF:
        return Headline("○", "Off, car connected" if charger.plugged else "Off", Tone.QUIET)
    if charger.mode is Mode.PAUSE:
        return Headline("‖", "Paused", Tone.WAITING)
    if not charger.plugged:
        return Headline("○", "No car", Tone.CALM)
    if charger.no_power:
        return Headline("◔", "Waiting for sun" if charger.mode is Mode.SOLAR else "Waiting for power", Tone.WAITING)
    if charger.state is ChargerState.B1:
        return Headline("■", "Not charging", Tone.WAITING)  # it may never have begun
    return Headline("◑", "Car connected", Tone.CALM)


_CONSTRAINT_WORDS: Final[Mapping[Constraint, str]] = {Constraint.OFF: "mode Off", Constraint.PAUSED: "mode Pause"}
"""Where the constraint's own name would only repeat the state."""


def reason(value: Reason) -> str:
    """The name of a constraint with its phase: `mains L2`."""
    words = _CONSTRAINT_WORDS.get(value.constraint, value.constraint.value)
    return words if value.phase is None else f"{words} {PHASES[value.phase]}"


def granted(grant: ChargerGrant | None) -> str:
    """What the charger may have and what binds it: `12.0 A - mains L2`."""
    if grant is None:
        return "no decision yet"
    if grant.access is Access.ALLOW:
        return f"{text.amps(grant.limit_da)} - {reason(grant.reason)}"
    return f"no current - {reason(grant.reason)}"


def runner_up(grant: ChargerGrant | None) -> str:
    """What would bind next: `circuit L1 16.0 A`."""
    if grant is None or grant.runner_up is None:
        return text.UNKNOWN
    value = grant.runner_up
    return reason(value) if value.limit_da is None else f"{reason(value)} {text.amps(value.limit_da)}"


def schedule(value: ScheduleSnapshot | None, frame: Frame) -> str:
    """`now, until Thu 07:00, every day`, `from Thu 23:30`, `none`."""
    if value is None:
        return "none"
    stop = "" if value.stop_s is None else f"until {text.day_time(value.stop_s, frame.zone)}"
    daily = "every day" if value.daily else ""
    start = "now" if value.open else f"from {text.day_time(value.start_s, frame.zone)}"
    return ", ".join(part for part in (start, stop, daily) if part)


def boost(value: BoostSnapshot | None) -> str:
    """`3.20 kWh of 10.00 kWh left`, `until unplugged`, `none`."""
    if value is None:
        return "none"
    if value.energy_wh is None:
        return "until unplugged"
    return f"{text.energy(value.left_wh)} of {text.energy(value.energy_wh)} left"


_HOLD_WORDS: Final[Mapping[Hold, str]] = {
    Hold.BOOT: "board settles for",
    Hold.RECLOSE: "re-close in",
    Hold.RAMP: "raise in",
    Hold.PHASE_DWELL: "3 phases in",
    Hold.PHASE_WAIT: "switching phases for",
    Hold.SOFT_STOP: "opens in",
    Hold.WAKE: "waking the car for",
    Hold.SIMPLIFIED: "checking the car for",
    Hold.LOCKING: "locking for",
    Hold.FILTER: "closing in",
}


def hold(board: BoardSnapshot, passed_ms: int) -> str:
    """What the board waits for, `passed_ms` after its STATUS was made; empty if nothing."""
    try:
        words = _HOLD_WORDS[Hold(board.hold)]
    except (KeyError, ValueError):  # none, or a hold of a newer firmware
        return ""
    return f"{words} {text.countdown(board.hold_ms - passed_ms)}"


SLOTS: Final[Mapping[Slot, str]] = {
    Slot.HARDWARE: "hardware",
    Slot.CABLE: "cable",
    Slot.TEMPERATURE: "temperature",
    Slot.CONFIGURATION: "configuration",
    Slot.STOP: "stop button",
    Slot.HOST: "host",
    Slot.SWITCH: "switch",
    Slot.SIMPLIFIED: "simplified pilot",
}


def ceiling(charger: ChargerSnapshot) -> tuple[int | None, str]:
    """The most this charger could ever offer now, in 0.1 A, and what says so: its own slots and its setting."""
    limits: list[tuple[int, str]] = []
    if "current_max" in charger.settings:
        limits.append((charger.settings["current_max"] * 10, "maximum"))
    if charger.board is not None:
        limits += [
            (limit_da, SLOTS[slot])
            for slot, limit_da in zip(Slot, charger.board.slots_da, strict=False)
            if slot is not Slot.HOST and limit_da != INACTIVE_DA
        ]
    return min(limits, key=lambda limit: limit[0]) if limits else (None, "")


@dataclass(frozen=True, slots=True)
class FaultWords:
    """A fault's name and the way out."""

    name: str
    way_out: str


FAULTS: Final[Mapping[Fault, FaultWords]] = {
    Fault.PILOT: FaultWords("Control pilot", "Check the cable and the car; it clears after 30 s, or unplug."),
    Fault.DIODE: FaultWords("Diode of the car", "Unplug the car; try another cable."),
    Fault.RESIDUAL_CURRENT: FaultWords("Residual current", "Unplug the car, then acknowledge."),
    Fault.WELDED_CONTACTOR: FaultWords("Welded contactor", "Switch the breaker off; call an electrician."),
    Fault.PROXIMITY: FaultWords("Cable not recognised", "Unplug the cable at the socket."),
    Fault.LOCK: FaultWords("Connector lock", "Push the plug in fully, or unplug."),
    Fault.OVERTEMPERATURE: FaultWords("Too hot", "It goes on by itself below 60 °C."),
    Fault.SENSOR: FaultWords("Temperature sensor", "Check the sensor; it clears after 60 s in range."),
    Fault.NO_12V: FaultWords("No mains supply", "The board runs on USB alone: switch the mains on."),
    Fault.CONFIG_CORRUPT: FaultWords("Configuration lost", "Commission the board again."),
    Fault.WATCHDOG: FaultWords("Three watchdog resets", "Acknowledge, and save a report."),
    Fault.UNKNOWN_BOARD: FaultWords("Unknown board", "This firmware does not know the chip; flash the right one."),
    Fault.INVARIANT: FaultWords("Internal check failed", "Acknowledge, and save a report."),
}


def faults(mask: int) -> tuple[FaultWords, ...]:
    """The faults of a STATUS, lowest bit first."""
    return tuple(FAULTS[fault] for fault in Fault if mask & fault)


_PROGRESS: Final = (CommandState.REQUESTED, CommandState.ACCEPTED, CommandState.OBSERVED)


def progress(command: CommandSnapshot) -> str:
    """How far a command is: `reboot: requested > accepted > (observed)`, what is still to come in brackets."""
    if command.state is CommandState.FAILED:
        return f"{command.what}: failed" + (f" - {command.detail}" if command.detail else "")
    reached = _PROGRESS.index(command.state)
    steps = (step.value if index <= reached else f"({step.value})" for index, step in enumerate(_PROGRESS))
    detail = f" - {command.detail}" if command.detail else ""
    return f"{command.what}: {' > '.join(steps)}{detail}"
