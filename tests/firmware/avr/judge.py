"""board.md's invariants, judged at the chip's pins to the cycle: from edges, the plant and the host's grants alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from evse_protocol.messages import Access
from tests.firmware.avr.avr_bench import CYCLES_PER_MS, Change, Event
from tests.firmware.avr.host import Accepted

STATIC: Final = 16_000
C_V: Final = (4.8, 7.75)
GRANT_GRACE_MS: Final = 40
"""A grant acts before its answer has crossed the line."""
LEASE_GRACE_MS: Final = 60
"""The host's estimate of the board's clock, and a step."""
OPEN_WITHIN_MS: Final = {"not_c": 100.0, "diode": 52.0, "residual": 20.0, "unlocked": 520.0, "static": 6_100.0}
C_FILTER_MS: Final = 450
C2_LEAD_MS: Final = 99
PHASE_WAIT_MS: Final = 30_000

WORLD: Final[dict[str, Any]] = {
    "car_ohm": 0.0,
    "diode_shorted": False,
    "cp_short": False,
    "residual": "low",
    "pp_ohm": 0.0,
    "celsius": 25.0,
    "source_high_v": 12.0,
    "source_ohm": 1000.0,
    "drop_v": 0.7,
}


def told_a(high: int) -> float:
    """Current that this many cycles of 16000 tell a car; 0 for a static level. IEC 61851-1 tables A.7 and A.8."""
    percent = high / 160
    if high == STATIC:
        return 0.0
    return percent * 0.6 if percent <= 85 else (percent - 64) * 2.5


def pilot_high_v(world: Mapping[str, Any]) -> float:
    """Settled high part."""
    if world["cp_short"]:
        return 0.0
    car, source_v, source_ohm = world["car_ohm"], world["source_high_v"], world["source_ohm"]
    if car <= 0:
        return float(source_v)
    drop = 0.0 if world["diode_shorted"] else world["drop_v"]
    return float((source_v * car + drop * source_ohm) / (car + source_ohm))


@dataclass
class Judge:
    """Feed `run` with everything that was recorded; `broken` tells what was wrong, `closed` how often C1 closed."""

    config: Mapping[str, int]
    grants: list[Accepted]
    broken: list[str] = field(default_factory=list)
    closed: int = 0
    rises: int = 0
    pins: dict[str, int] = field(default_factory=lambda: {"high": STATIC, "c1": 0, "c2": 0, "cp_off": 0, "bolt": 0})
    world: dict[str, Any] = field(default_factory=lambda: dict(WORLD))
    since: dict[str, float] = field(default_factory=dict)
    in_c_since: float | None = None
    c2_since: float = 0.0
    cp_off_since: float = 0.0
    longest_cp_off: float = 0.0
    phases: int = 0

    def run(self, events: Iterable[Event], changes: Iterable[Change], end_cycle: int) -> Judge:
        """Judges from power-up to `end_cycle`."""
        timeline: list[Event | Change] = [*changes, *events]
        for item in sorted(timeline, key=lambda item: item.cycle):
            ms = item.cycle / CYCLES_PER_MS
            self._held(ms)
            if isinstance(item, Change):
                self.world.update(item.members)
            else:
                self._edge(item.name, item.value, ms)
            self._follow(ms)
        self._held(end_cycle / CYCLES_PER_MS)
        return self

    def _fail(self, ms: float, what: str) -> None:
        self.broken.append(f"{ms:.3f} ms: {what}: {self.pins} {self.world}")

    # --- time

    def _conditions(self) -> dict[str, bool]:
        volts = pilot_high_v(self.world)
        in_c = not self.pins["cp_off"] and C_V[0] <= volts <= C_V[1]
        modulated = self.pins["high"] != STATIC
        return {
            "not_c": not in_c,
            "diode": bool(self.world["diode_shorted"]) and modulated,
            "residual": self.world["residual"] != "low" and self.config["monitor"] == 1,
            "unlocked": not self.pins["bolt"] and self.config["lock"] > 1 and modulated,
            "static": not modulated and bool(self.pins["c1"]),
        }

    def _follow(self, ms: float) -> None:
        for name, holds in self._conditions().items():
            if holds:
                self.since.setdefault(name, ms)
            else:
                self.since.pop(name, None)
        if "not_c" in self.since:
            self.in_c_since = None
        elif self.in_c_since is None:
            self.in_c_since = ms
        if self.world["car_ohm"] <= 0:
            self.phases = 0

    def _held(self, ms: float) -> None:
        """The state that ends now was allowed until now."""
        told_da = told_a(self.pins["high"]) * 10
        if not self.pins["cp_off"] and told_da > self._lease_da(ms) + 0.01:
            self._fail(ms, "3, 4: tells more than the lease")
        if not self.pins["c1"]:
            return
        for name, since in self.since.items():
            if ms - since > OPEN_WITHIN_MS[name]:
                self._fail(ms, f"1, 2: closed for {ms - since:.1f} ms with {name}")

    def _lease_da(self, ms: float) -> float:
        """The most that any grant allows around this time; 0 without one, or the fallback."""
        best = 0.0
        for index, grant in enumerate(self.grants):
            replaced_ms = self.grants[index + 1].ms if index + 1 < len(self.grants) else float("inf")
            if grant.ms - GRANT_GRACE_MS <= ms <= min(replaced_ms, grant.until_ms) + LEASE_GRACE_MS:
                best = max(best, grant.limit_da if grant.access is Access.ALLOW else 0)
        return best

    # --- edges

    def _edge(self, name: str, value: int, ms: float) -> None:
        before = dict(self.pins)
        if name == "reset":
            self.pins.update({"high": STATIC, "c1": 0, "c2": 0, "cp_off": 0})
            self.since.clear()
        elif name in self.pins:
            self.pins[name] = value
        if name == "period" and value not in (0, STATIC):
            self._fail(ms, f"no 1 kHz: {value}")
        elif name == "high" and value != before["high"]:
            self._duty(value, ms)
        elif name == "cp_off":
            self._cp_relay(value, ms)
        elif name == "c2":
            self._c2(value, before, ms)
        elif name == "c1" and value:
            self._close(ms)

    def _duty(self, high: int, ms: float) -> None:
        self.rises += high != STATIC
        if high != STATIC and not 1_600 <= high <= 15_360:
            self._fail(ms, f"no duty of ours: {high}")
        highest_da = min(self.config["hardware_max_da"], self.config["limit_da"], self.config["cable_da"] or 800)
        if told_a(high) * 10 > highest_da + 0.01:
            self._fail(ms, "3: tells more than the configuration")

    def _cp_relay(self, off: int, ms: float) -> None:
        if off:
            self.cp_off_since = ms
        else:
            self.longest_cp_off = max(self.longest_cp_off, ms - self.cp_off_since)

    def _c2(self, on: int, before: Mapping[str, int], ms: float) -> None:
        if before["c1"]:
            self._fail(ms, "5: C2 moved under C1")
        if on:
            self.c2_since = ms

    def _close(self, ms: float) -> None:
        self.closed += 1
        wrong = [name for name in ("not_c", "diode", "residual", "unlocked") if name in self.since]
        if wrong or self.pins["high"] == STATIC or told_a(self.pins["high"]) < 6:
            self._fail(ms, f"1: closed with {wrong}")
        if self.in_c_since is None or ms - self.in_c_since < C_FILTER_MS:
            self._fail(ms, "closed without waiting for C")
        if self.pins["c2"] and ms - self.c2_since < C2_LEAD_MS:
            self._fail(ms, "5: C1 too soon after C2")
        phases = 3 if self.pins["c2"] or not self.config["c2"] else 1
        if self.phases not in (0, phases) and self.longest_cp_off < PHASE_WAIT_MS:
            self._fail(ms, "5: other phases without the sequence")
        self.phases, self.longest_cp_off = phases, 0.0
