"""Judging a board by what it says: levels and limits of board.md. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from evse_protocol.messages import Connector, Fault, Flag, LockKind, Pilot
from evse_protocol.payloads import Config, Status
from evse_tui.board.model import LinkHealth
from evse_tui.board.pilot_levels import DIODE_MV, STATIC_PERMILLE, state_of
from evse_tui.board.pilot_samples import PilotSamples

_PILOT_HIGH_MV: Final = {
    Pilot.A: (9_800, 13_000),
    Pilot.B: (7_250, 10_200),
    Pilot.C: (4_750, 7_750),
    Pilot.D: (1_800, 5_200),
    Pilot.E: (-1_000, 2_200),
}
"""Boundaries of the states with their hysteresis."""
_TEMPERATURE_DC: Final = (-300, 649)
"""Below it the sensor is dead; from 65 C on the current is reduced."""
_SLOW_MS: Final = 250
_WORST_LOSS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    name: str
    good: bool
    text: str

    @property
    def line(self) -> str:
        """For a report: aligned, a problem marked by a word."""
        return f"{self.name:<15} {'' if self.good else 'PROBLEM: '}{self.text}"


def status_checks(status: Status, config: Config | None) -> list[Check]:
    """What a STATUS says about the board's health; `config` is None if it is not commissioned."""
    return [
        _commissioned(status),
        _pilot(status),
        _temperature(status),
        _lock(status, config),
        Check("Faults", not status.faults, (status.faults.name or "none").replace("|", ", ")),
        Check("Events lost", status.events_lost == 0, str(status.events_lost)),
    ]


def link_check(health: LinkHealth, asked: int, answered: int) -> Check:
    """How good the link is, from `asked` questions."""
    lost = health.retries + (asked - answered)
    p99 = health.round_trip_p99_ms or 0.0
    good = lost <= _WORST_LOSS * asked and health.crc_errors <= _WORST_LOSS * health.frames_received and p99 <= _SLOW_MS
    return Check(
        "Link",
        good,
        f"{answered} of {asked} questions answered, {health.retries} sent again, round trip p50 "
        f"{health.round_trip_p50_ms or 0:.0f} ms p99 {p99:.0f} ms, {health.crc_errors} damaged frames, "
        f"{health.garbage_bytes} garbage bytes, {health.telemetry_missed} telemetry frames missed",
    )


def trace_check(samples: PilotSamples, status: Status) -> Check:
    """What a second of the control pilot looks like, cycle by cycle; `status` says whether there is PWM."""
    name, count = "Pilot trace", len(samples.times_ms)
    if not count:
        return Check(name, False, "no samples came")
    states = Counter(state_of(high_mv) for high_mv in samples.high_mv)
    parts = [", ".join(f"{state.name} {times}" for state, times in sorted(states.items())) + f" of {count} cycles"]
    parts.append(f"high {_range(samples.high_mv)}")
    good = Pilot.E not in states
    if status.duty_permille != STATIC_PERMILLE:
        parts.append(f"low {_range(samples.low_mv)}")
        good = good and sum(low_mv > DIODE_MV for low_mv in samples.low_mv) <= _WORST_LOSS * count
    if lost := len(samples.gaps) - 1:
        parts.append(f"{lost} gaps")
    return Check(name, good, ", ".join(parts))


def _range(levels_mv: tuple[int, ...]) -> str:
    return f"{min(levels_mv) / 1_000:.2f} to {max(levels_mv) / 1_000:.2f} V"


def _commissioned(status: Status) -> Check:
    good = bool(status.flags & Flag.COMMISSIONED)
    return Check("Commissioned", good, "yes" if good else "no: it does not charge until it is configured")


def _pilot(status: Status) -> Check:
    text = f"{status.pilot.name}, high {status.cp_high_mv / 1000:.1f} V"
    lowest, highest = _PILOT_HIGH_MV.get(status.pilot, (-15_000, 15_000))
    good = lowest <= status.cp_high_mv <= highest and status.pilot not in (Pilot.E, Pilot.INVALID)
    if status.duty_permille != STATIC_PERMILLE:
        text += f", low {status.cp_low_mv / 1000:.1f} V"
        good = good and status.cp_low_mv <= DIODE_MV
    return Check("Control pilot", good, f"{text}, duty {status.duty_permille / 10:.1f} %")


def _temperature(status: Status) -> Check:
    lowest, highest = _TEMPERATURE_DC
    return Check("Temperature", lowest <= status.temperature_dc <= highest, f"{status.temperature_dc / 10:.1f} °C")


def _lock(status: Status, config: Config | None) -> Check:
    if config is None or config.connector != Connector.SOCKET or config.lock == LockKind.NONE:
        return Check("Lock", not status.faults & Fault.LOCK, "none configured")
    locked = bool(status.flags & Flag.LOCKED)
    needed = bool(status.flags & Flag.C1)
    return Check("Lock", not status.faults & Fault.LOCK and (locked or not needed), "locked" if locked else "open")
