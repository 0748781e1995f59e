"""The house: a base load split 50/25/25 % over the phases, and appliances whose edges are shorter than a minute."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final

from evse_tui.sim.car import MAINS_V, PhaseAmps
from evse_tui.sim.traces import DAY_MS, MINUTE_MS, Trace

SPLIT: Final = (0.5, 0.25, 0.25)


@dataclass(frozen=True, slots=True)
class Appliance:
    """A switched load on one phase. It runs for a while, and within that time cycles on and off."""

    name: str
    current_a: float
    runs_a_day: float
    hours: tuple[int, ...]
    """Hours of the day in which it may start."""
    minutes: tuple[int, int]
    """Shortest and longest run."""
    on_ms: int = 0
    """Time on within a cycle; 0: on for the whole run."""
    off_ms: int = 0


APPLIANCES: Final = (
    Appliance("kettle", 8.7, 5, (6, 7, 8, 10, 13, 16, 19, 21), (2, 4)),
    Appliance("hob", 7.8, 2, (7, 12, 17, 18, 19), (12, 25), on_ms=18_000, off_ms=22_000),
    Appliance("oven", 10.0, 1, (11, 17, 18), (30, 50), on_ms=60_000, off_ms=40_000),
)
"""control.md, "Plant for judging": the kettle's 8.7 A and the hob's 18 s on, 22 s off; the rest are typical values."""


@dataclass(frozen=True, slots=True)
class _Run:
    start_ms: int
    end_ms: int
    phase: int
    appliance: Appliance

    def current_a(self, time_ms: int) -> float:
        if not self.start_ms <= time_ms < self.end_ms:
            return 0.0
        cycle_ms = self.appliance.on_ms + self.appliance.off_ms
        if cycle_ms and (time_ms - self.start_ms) % cycle_ms >= self.appliance.on_ms:
            return 0.0
        return self.appliance.current_a


class House:
    """Currents of one house; `seed` and time alone decide them.

    `base` replaces the synthetic base load; `appliances` may be empty.
    """

    def __init__(self, seed: int, *, base: Trace | None = None, appliances: tuple[Appliance, ...] = APPLIANCES) -> None:
        self._seed = seed
        self._base = base
        self._appliances = appliances
        self._day = -1
        self._runs: dict[int, list[_Run]] = {}
        self._synthetic: Trace | None = None

    def currents_a(self, time_ms: int) -> PhaseAmps:
        """L1..L3 in A at `time_ms` after the first midnight."""
        day, of_day_ms = divmod(time_ms, DAY_MS)
        if day != self._day:
            self._prepare(day)
        base = self._synthetic if self._base is None else self._base
        base_w = 0.0 if base is None else base.power_w(time_ms if self._base is not None else of_day_ms)
        currents = [base_w * share / MAINS_V for share in SPLIT]
        for run in self._runs.get(of_day_ms // MINUTE_MS, ()):
            currents[run.phase] += run.current_a(of_day_ms)
        return (currents[0], currents[1], currents[2])

    def _prepare(self, day: int) -> None:
        rng = random.Random(f"house {self._seed} {day}")  # a simulation, not a secret
        self._day = day
        if self._base is None:
            self._synthetic = _synthetic_base(rng)
        self._runs = {}
        for appliance in self._appliances:
            count = int(appliance.runs_a_day) + (rng.random() < appliance.runs_a_day % 1)
            for _ in range(count):
                start_ms = rng.choice(appliance.hours) * 3_600_000 + rng.randrange(3_600_000)
                end_ms = min(DAY_MS, start_ms + rng.randint(*appliance.minutes) * MINUTE_MS)
                run = _Run(start_ms, end_ms, rng.choices(range(3), SPLIT)[0], appliance)
                for minute in range(start_ms // MINUTE_MS, -(-end_ms // MINUTE_MS)):
                    self._runs.setdefault(minute, []).append(run)


def _synthetic_base(rng: random.Random) -> Trace:
    """Stand-by, a fridge and people who get up and come home."""
    standby_w = rng.uniform(120, 220)
    fridge_phase, fridge_minutes = rng.randrange(60), rng.randint(15, 25)
    noise_w = 0.0
    watts = []
    for minute in range(1440):
        hour = minute / 60
        people_w = 350 * math.exp(-(((hour - 7.5) / 1.2) ** 2)) + 600 * math.exp(-(((hour - 19.5) / 2.2) ** 2))
        fridge_w = 90 if (minute + fridge_phase) % 60 < fridge_minutes else 0
        noise_w = 0.9 * noise_w + rng.gauss(0, 18)
        watts.append(max(60.0, standby_w + people_w + fridge_w + noise_w))
    return Trace(tuple(watts))
