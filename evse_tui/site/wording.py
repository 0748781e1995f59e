"""What happened and why, in words: for headless lines and the event log. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from evse_protocol.messages import EventKind, Fault, Pilot, ResetReason, Slot
from evse_protocol.payloads import Event
from evse_tui.board.model import LinkState
from evse_tui.control.types import Access, ChargerGrant, Constraint, Reason, Timer
from evse_tui.settings import BY_NAME, COLOUR
from evse_tui.site.observe import SLOT_CONSTRAINTS
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import ChargerSnapshot, Level

_PHASES: Final = ("L1", "L2", "L3")
_SAID_BY_ACTION: Final = (Constraint.ROTATION, Constraint.SWITCHING_PHASES)
_TIMER_SUBJECTS: Final[Mapping[Constraint, str]] = {Constraint.WAITING_FOR_SURPLUS: "surplus"}
_WITH_LIMIT: Final = frozenset(SLOT_CONSTRAINTS.values())

FAULT_NAMES: Final[Mapping[Fault, str]] = {
    Fault.PILOT: "control pilot",
    Fault.DIODE: "diode of the car",
    Fault.RESIDUAL_CURRENT: "residual current",
    Fault.WELDED_CONTACTOR: "welded contactor",
    Fault.PROXIMITY: "cable not recognised",
    Fault.LOCK: "connector lock",
    Fault.OVERTEMPERATURE: "too hot",
    Fault.SENSOR: "temperature sensor",
    Fault.NO_12V: "no mains supply",
    Fault.CONFIG_CORRUPT: "configuration lost",
    Fault.WATCHDOG: "three watchdog resets",
    Fault.UNKNOWN_BOARD: "unknown board",
    Fault.INVARIANT: "internal check",
}

_PILOT_SENTENCES: Final[Mapping[Pilot, str]] = {
    Pilot.A: "no car connected",
    Pilot.B: "car connected",
    Pilot.C: "car asks for current",
    Pilot.D: "car asks for current with ventilation",
    Pilot.E: "control pilot shorted",
    Pilot.INVALID: "control pilot outside every state",
}


def amps_text(current_da: int) -> str:
    """`12.0 A`."""
    return f"{current_da / 10:.1f} A"


def reason_text(reason: Reason) -> str:
    """`mains L2`, `cable 20 A`, `override`."""
    text = reason.constraint.value
    if reason.phase is not None:
        text += f" {_PHASES[reason.phase]}"
    if reason.limit_da is not None and reason.constraint in _WITH_LIMIT:
        text += f" {reason.limit_da / 10:g} A"
    return text


def duration_text(duration_ms: int) -> str:
    """`41 s`, `4 min 10 s`, `3 h 20 min`, `2 d 3 h`; rounded up to whole seconds."""
    seconds = max(0, -(-duration_ms // 1_000))
    for above, unit, below, part in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= above:
            rest = seconds % above // below
            return f"{seconds // above} {unit}" + (f" {rest} {part}" if rest else "")
    return f"{seconds} s"


def timer_text(timer: Timer, at_ms: int) -> str:
    """`3 phases in 41 s if surplus stays above 4.3 kW`; `at_ms` is now, on the clock of `timer.due_ms`."""
    wait_ms = timer.due_ms - at_ms
    action = timer.what.value if timer.action is None else timer.action.value
    text = f"{action} now" if wait_ms <= 0 else f"{action} in {duration_text(wait_ms)}"
    subject = _TIMER_SUBJECTS.get(timer.what, timer.what.value)
    if timer.threshold_w is not None:
        side = "above" if timer.above else "below"
        return f"{text} if {subject} stays {side} {timer.threshold_w / 1_000:.1f} kW"
    if timer.what is Constraint.CAPACITY:
        return f"{text} if the capacity stays exceeded"
    return text if timer.action is None or timer.what in _SAID_BY_ACTION else f"{text}, {subject}"


def setting_text(name: str, value: int) -> str:
    """`current_max 16 A`, `mode Smart`, `color_solar #FFAA00`."""
    setting = BY_NAME[name]
    if setting.choices:
        return f"{name} {setting.choices[value - setting.lowest]}"
    if setting.unit == COLOUR:
        return f"{name} #{value:06X}"
    return f"{name} {value} {setting.unit}".rstrip()


def schedule_text(schedule: LocalSchedule) -> str:
    """`from 2026-03-28 23:30`, `.. until 2026-03-29 07:00`, `daily 23:30 to 07:00 from 2026-03-28`; local times."""
    start, stop = schedule.start, schedule.stop
    if stop is None:
        return f"from {start:%Y-%m-%d %H:%M}"
    if schedule.daily:
        return f"daily {start:%H:%M} to {stop:%H:%M} from {start:%Y-%m-%d}"
    return f"from {start:%Y-%m-%d %H:%M} until {stop:%Y-%m-%d %H:%M}"


def granted_da(grant: ChargerGrant | None) -> int:
    """Current of a grant in 0.1 A; 0 for none and for every access but ALLOW."""
    return grant.limit_da if grant is not None and grant.access is Access.ALLOW else 0


def step_text(before: ChargerGrant | None, after: ChargerGrant) -> str:
    """`16.0 A -> 9.4 A, mains L2`; without current on either side only the reason."""
    old, new = granted_da(before), granted_da(after)
    if old == new == 0:
        return f"no current, {reason_text(after.reason)}"
    return f"{amps_text(old)} -> {amps_text(new)}, {reason_text(after.reason)}"


def is_step(before: ChargerGrant | None, after: ChargerGrant) -> bool:
    """Whether a change deserves a line: 1 A, start, stop, or another reason for giving nothing."""
    old, new = granted_da(before), granted_da(after)
    if before is None or (old == 0) != (new == 0) or abs(new - old) >= 10:
        return True
    return old == new == 0 and before.reason.constraint is not after.reason.constraint


def step_level(grant: ChargerGrant) -> Level:
    """Lost measurements warn; everything else is daily life."""
    lost = (Constraint.MAINS_LATE, Constraint.MAINS_GONE, Constraint.FAULT)
    return Level.WARNING if grant.reason.constraint in lost else Level.INFO


def charger_line(charger: ChargerSnapshot, wall_s: float, zone: tzinfo | None = None) -> str:
    """`TIME ID STATE AMPS A - REASON` in `zone`, by default local time: `14:03:07 1 Charging 12.0 A - mains L2`."""
    time = datetime.fromtimestamp(wall_s, UTC).astimezone(zone).strftime("%H:%M:%S")
    online = charger.link is LinkState.ONLINE
    offered_da = charger.board.offered_da if charger.board is not None and online else 0
    reason = reason_text(charger.grant.reason) if charger.grant is not None and online else _away(charger.link)
    return f"{time} {charger.id} {charger.state.title} {amps_text(offered_da)} - {reason}"


def _away(link: LinkState) -> str:
    """One word for all that comes and goes while a board is looked for."""
    present = (LinkState.READ_ONLY, LinkState.OTHER_HOST, LinkState.SILENT)
    return f"board {link.value}" if link in present else Constraint.NO_BOARD.value


def fault_text(faults: int) -> str:
    """Names of the faults in a mask."""
    return ", ".join(FAULT_NAMES[fault] for fault in Fault if faults & fault) or "none"


def board_event_text(event: Event) -> tuple[Level, str] | None:
    """A board's event as a line of the log; None for what the host's own lines say already."""
    match event.kind:
        case EventKind.RESET:
            latched = f", latched: {fault_text(event.value)}" if event.value else ""
            level = Level.WARNING if latched or event.code != ResetReason.POWER_ON else Level.INFO
            return level, f"board reset: {_name(ResetReason, event.code)}{latched}"
        case EventKind.PILOT:
            return _pilot(event.code, event.value)
        case EventKind.CONTACTOR:
            if event.code == 2:
                return None  # C2 alone connects nothing: it moves before and after C1
            if event.code == 0:
                return Level.INFO, "contactor open"
            return Level.INFO, f"contactor closed, {3 if event.code & 2 else 1}-phase, {amps_text(event.value)} offered"
        case EventKind.FAULT_SET:
            return Level.FAULT, f"fault: {fault_text(event.value)}"
        case EventKind.FAULT_CLEARED:
            return Level.INFO, f"fault over: {fault_text(event.value)}"
        case EventKind.LEASE_EXPIRED:
            return Level.WARNING, f"lease expired, fallback {amps_text(event.value)}"
        case EventKind.STOP:
            return Level.WARNING, "stopped at the button" if event.code else "stop cleared"
        case EventKind.COMMISSIONING:
            words = ("commissioning window closed", "commissioning window open", "configuration written")
            return Level.INFO, words[event.code] if event.code < len(words) else "commissioning"
        case EventKind.BUTTON:
            return Level.INFO, f"button pressed for {event.value / 1000:.1f} s"
        case EventKind.CARD:
            return None  # its reader tells, without the whole number
        case EventKind.PHASES:
            return Level.INFO, f"{event.code} phase{'' if event.code == 1 else 's'} in use"
        case EventKind.INVARIANT:
            return Level.FAULT, f"the board broke its invariant {event.code} and reset itself"
        case EventKind.BINDING:
            if event.code == Slot.HOST:
                return None
            return Level.INFO, f"board limit {amps_text(event.value)}, {_name(Slot, event.code)}"
    return None


def _pilot(code: int, before: int) -> tuple[Level, str] | None:
    if code == Pilot.B and before in (Pilot.C, Pilot.D):
        return Level.INFO, "car asks for no more current"
    if code not in _PILOT_SENTENCES:  # UNKNOWN while CP is disconnected, or a newer firmware's
        return None
    pilot = Pilot(code)
    return Level.WARNING if pilot in (Pilot.E, Pilot.INVALID) else Level.INFO, _PILOT_SENTENCES[pilot]


def _name(kind: type[ResetReason] | type[Slot], code: int) -> str:
    return kind(code).name.lower().replace("_", " ") if code in tuple(kind) else f"{code}"
