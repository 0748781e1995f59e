"""The plant that judges a controller: boards, cars, house, PV, home battery and meters, in steps of one second.

Numbers are those of control.md, "Plant for judging". Currents are in 0.1 A, floats inside (this is physics, not a
decision), integers where a meter reports them. A controller is anything with `decide(observation, now_ms) -> Decision`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from evse_tui.control.types import (
    Access,
    BatterySample,
    BoardObservation,
    ChargerGrant,
    ChargerObservation,
    ChargerSettings,
    Constraint,
    Decision,
    Observation,
    Sample,
    SiteSettings,
)

VOLTS = 230
STEP_MS = 1000
HOUSE_SPLIT = (0.5, 0.25, 0.25)

Phases = tuple[float, float, float]


class Decider(Protocol):
    """What the plant needs of a controller."""

    def decide(self, observation: Observation, now_ms: int) -> Decision:
        """One pass."""


@dataclass(frozen=True, slots=True)
class MeterKind:
    """A sample every `period_s`, of the currents `delay_s` ago."""

    period_s: int = 1
    delay_s: int = 1


class Meter:
    """Delays and thins out a series of readings."""

    def __init__(self, kind: MeterKind) -> None:
        self._kind = kind
        self._line: deque[Phases] = deque(maxlen=kind.delay_s + 1)
        self.sample: Sample | None = None
        self.muted = False

    def measure(self, currents_da: Phases, now_s: int) -> bool:
        """Feeds the true value of this second; True if a new sample arrived."""
        self._line.append(currents_da)
        if self.muted or now_s % self._kind.period_s or len(self._line) <= self._kind.delay_s:
            return False
        a, b, c = self._line[0]
        self.sample = Sample((round(a), round(b), round(c)), now_s * 1000)
        return True


@dataclass(slots=True)
class Car:
    """Dead time 2 s, +3 / -6 A/s, whole amps minus 0.2 A, 8 s to start."""

    max_da: float = 160
    phases: int = 3
    grid_da: int = 10
    dead_s: int = 2
    start_s: int = 8
    wants: bool = True
    """False: full or scheduled by itself; it stays in B."""
    draw_da: float = 0.0
    energy_wh: float = 0.0
    _offers: deque[float] = field(default_factory=deque)
    _closed_s: int = 0
    _seen: float = 0.0

    def step(self, offered_da: float, closed: bool, phases: int) -> Phases:
        """One second under this duty cycle; returns the draw on the charger's phases."""
        self._closed_s = self._closed_s + 1 if closed else 0
        self._offers.append(offered_da if closed else 0.0)
        while len(self._offers) > self.dead_s:
            old = self._offers.popleft()
            self._seen = old
        target = 0.0
        if closed and self._closed_s > self.start_s and self.wants:
            seen = min(self._seen, offered_da) if offered_da < 60 else self._seen
            if seen >= 60:
                target = min(self.max_da, seen // self.grid_da * self.grid_da - 2)
        if closed:
            self.draw_da = min(target, self.draw_da + 30) if target > self.draw_da else max(target, self.draw_da - 60)
        else:
            self.draw_da = 0.0
        used = min(self.phases, phases)
        self.energy_wh += self.draw_da / 10 * VOLTS * used / 3600
        return self.draw_da, self.draw_da * (used > 1), self.draw_da * (used > 2)


@dataclass(slots=True)
class Board:
    """Duty cycle, contactor and phase sequence of board.md, as far as a controller can feel them."""

    limit_da: int = 160
    limit_slot: Constraint = Constraint.CABLE
    phases_available: tuple[int, ...] = (1, 3)
    phases: int = 3
    offered_da: int = 0
    closed: bool = False
    plugged: bool = True
    plugged_ms: int = 0
    switches: int = 0
    _requests_s: int = 0
    _quiet_s: int = 99
    _raised_s: int = -99
    _off_until_s: int = -1
    _to_three_s: int = 0
    _stopping_s: int = 0

    def step(self, grant: ChargerGrant | None, car: Car, now_s: int) -> None:
        """One second under this grant."""
        wish = 0
        if grant is not None and grant.access is Access.ALLOW and grant.limit_da >= 60 and self.plugged:
            wish = min(grant.limit_da, self.limit_da)
        if grant is not None and wish and grant.phases != self.phases and grant.phases in self.phases_available:
            wish = 0
            ready = grant.phases == 1 or now_s - self._to_three_s >= 600
            if ready and not self.closed:
                if grant.phases == 1:
                    self._to_three_s = now_s
                self.phases = grant.phases
                self.switches += 1
                self._off_until_s = now_s + 77  # 60 s of the board, then 25 s of the car, 8 of which every start takes
        if now_s < self._off_until_s:
            wish = 0
        if wish > self.offered_da:
            if now_s - self._raised_s >= 5 or not self.offered_da:
                self.offered_da, self._raised_s = wish, now_s
        else:
            self.offered_da = wish
        self._requests_s = self._requests_s + 1 if self.offered_da and car.wants and self.plugged else 0
        if self._requests_s > 1:
            self.closed, self._stopping_s = True, 0
        elif self.closed:
            self._stopping_s += 1
            if self._stopping_s > 3 or car.draw_da == 0:
                self.closed = False

    def observe(self) -> BoardObservation:
        return BoardObservation(
            plugged=self.plugged,
            requests=self._requests_s > 0 or self.closed,
            closed=self.closed,
            offered_da=self.offered_da,
            limit_da=self.limit_da,
            limit_slot=self.limit_slot,
            phases=self.phases,
            phases_available=self.phases_available,
            plugged_ms=self.plugged_ms,
        )


@dataclass(slots=True)
class Station:
    """A charger of the plant."""

    id: str
    settings: ChargerSettings
    board: Board = field(default_factory=Board)
    car: Car = field(default_factory=Car)
    metered: bool = True


@dataclass(slots=True)
class Plant:
    """The whole site. `step` feeds one second and lets the controller decide on it."""

    controller: Decider
    stations: Sequence[Station]
    settings: SiteSettings = field(default_factory=SiteSettings)
    kind: MeterKind = MeterKind()
    battery: BatterySample | None = None
    now_s: int = 0
    grid_da: Phases = (0.0, 0.0, 0.0)
    """True current of this second, + import."""
    others_da: Phases = (0.0, 0.0, 0.0)
    """True current of this second without our cars."""
    drawn_da: list[Phases] = field(default_factory=list)
    decision: Decision | None = None
    mains: Meter = field(init=False)
    meters: list[Meter] = field(init=False)

    def __post_init__(self) -> None:
        self.mains = Meter(self.kind)
        self.meters = [Meter(self.kind) for _ in self.stations]

    def step(self, house_da: Phases, pv_da: Phases = (0.0, 0.0, 0.0), battery_da: int | None = None) -> Decision:
        """One second: physics, meters, decision."""
        self.now_s += 1
        grants = self.decision.grants if self.decision is not None else (None,) * len(self.stations)
        total = [h - p for h, p in zip(house_da, pv_da, strict=True)]
        self.others_da = (total[0], total[1], total[2])
        self.drawn_da = []
        for station, meter, grant in zip(self.stations, self.meters, grants, strict=True):
            station.board.step(grant, station.car, self.now_s)
            drawn = station.car.step(station.board.offered_da, station.board.closed, station.board.phases)
            self.drawn_da.append(drawn)
            meter.measure(drawn, self.now_s)
            for i, current in enumerate(drawn):
                total[(station.settings.rotation + i) % 3] += current
        self.grid_da = (total[0], total[1], total[2])
        self.mains.measure(self.grid_da, self.now_s)
        now_ms = self.now_s * 1000
        if battery_da is not None:
            self.battery = BatterySample(battery_da, now_ms)
        chargers = tuple(
            ChargerObservation(s.id, s.settings, s.board.observe(), meter.sample if s.metered else None)
            for s, meter in zip(self.stations, self.meters, strict=True)
        )
        observation = Observation(self.settings, chargers, self.mains.sample, battery=self.battery)
        self.decision = self.controller.decide(observation, now_ms)
        return self.decision

    def change(self, index: int = 0, **wishes: object) -> None:
        """Changes settings of a station."""
        station = self.stations[index]
        station.settings = replace(station.settings, **wishes)  # type: ignore[arg-type]  # checked by the callers
