"""What one pass costs: CPU time and memory of `decide()` for a few and for many chargers."""

from __future__ import annotations

import copy
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from statistics import median

from benchmarks.control.plant import Decider, Plant, Station
from evse_tui.control.types import C2Mode, ChargerSettings, Decision, Mode, Observation, Sample, SiteSettings

_STARTING_S = range(4, 15)
_SETTLED_S = range(50, 80)
_BETWEEN_MS = 500


@dataclass(frozen=True, slots=True)
class Cost:
    """Median CPU time of one pass with a fresh mains sample, ms."""

    mains_only: float
    """Nothing else is new."""
    all_new: float
    """Every charger brings a new STATUS and a new EV sample."""
    starting: float
    """The same while every car answers its start, so that its draw is a range."""


@dataclass(slots=True)
class _Timed:
    """Takes the time of a controller, and lets it pass once more half a second later with nothing but new mains."""

    decider: Decider
    all_new_ns: dict[int, int] = field(default_factory=dict)
    mains_only_ns: dict[int, int] = field(default_factory=dict)

    def decide(self, observation: Observation, now_ms: int) -> Decision:
        decision = self._pass(observation, now_ms, self.all_new_ns)
        if now_ms // 1000 in _SETTLED_S and observation.mains is not None:
            l1, l2, l3 = observation.mains.currents_da
            later_ms = now_ms + _BETWEEN_MS
            moved = Sample((l1 + now_ms // 1000 % 5, l2, l3), later_ms)
            decision = self._pass(replace(observation, mains=moved), later_ms, self.mains_only_ns)
        return decision

    def _pass(self, observation: Observation, now_ms: int, taken: dict[int, int]) -> Decision:
        start = time.process_time_ns()
        decision = self.decider.decide(observation, now_ms)
        taken[now_ms // 1000] = time.process_time_ns() - start
        return decision


def decide_ms(chargers: int, make: Callable[[], Decider]) -> Cost:
    """The cost of a pass for so many chargers on three phases, a quarter of them SOLAR."""
    timed = _Timed(make())
    plant = _plant(chargers, timed)
    for second in range(_SETTLED_S.stop):
        plant.step((10.0 + second % 3, 10.0, 10.0), (100.0, 100.0, 100.0))
    return Cost(
        mains_only=median(timed.mains_only_ns.values()) / 1e6,
        all_new=median(timed.all_new_ns[second] for second in _SETTLED_S) / 1e6,
        starting=median(timed.all_new_ns[second] for second in _STARTING_S) / 1e6,
    )


def memory_kib(chargers: int, make: Callable[[], Decider]) -> float:
    """What a controller keeps between passes, after a minute, KiB a charger."""
    plant = _plant(chargers, make())
    for _ in range(60):
        plant.step((10.0, 10.0, 10.0))
    tracemalloc.start()
    controller = copy.deepcopy(plant.controller)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del controller
    return size / 1024 / chargers


def machine_ns() -> float:
    """CPU time of one trivial call, ns: what the figures of `decide_ms` are to be read against."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time_ns()
        for _ in range(100_000):
            max(1, 2)
        best = min(best, (time.process_time_ns() - start) / 100_000)
    return best


def _plant(chargers: int, decider: Decider) -> Plant:
    wishes = ChargerSettings(mode=Mode.SMART, current_max_da=160, c2=C2Mode.ALWAYS_ON)
    stations = [
        Station(f"{i:04}", replace(wishes, mode=Mode.SOLAR if i % 4 == 0 else Mode.SMART, rotation=i % 3))
        for i in range(chargers)
    ]
    limits = SiteSettings(current_main_da=100 * chargers, current_max_circuit_da=100 * chargers)
    return Plant(decider, stations, limits)
