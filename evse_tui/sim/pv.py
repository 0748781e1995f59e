"""Photovoltaics: seeded days of three kinds of weather, or a measured day."""

from __future__ import annotations

import math
import random
from enum import Enum, unique

from evse_tui.sim.car import MAINS_V, PhaseAmps
from evse_tui.sim.traces import DAY_MS, Trace


@unique
class Weather(Enum):
    CLEAR = "clear"
    CLOUDY = "cloudy"
    MIXED = "mixed"
    """Clouds that pass in minutes."""


class Pv:
    """Production of one inverter; `seed` and time alone decide it. `weather` None draws it anew for every day."""

    def __init__(
        self,
        seed: int,
        *,
        peak_w: float = 8_000,
        weather: Weather | None = None,
        trace: Trace | None = None,
        phases: int = 3,
    ) -> None:
        self._seed = seed
        self._peak_w = peak_w
        self._weather = weather
        self._trace = trace
        self._phases = phases
        self._day = -1
        self._today: Trace | None = None

    def power_w(self, time_ms: int) -> float:
        """Production in W at `time_ms` after the first midnight."""
        if self._trace is not None:
            return self._trace.power_w(time_ms)
        day, of_day_ms = divmod(time_ms, DAY_MS)
        if self._today is None or day != self._day:
            self._day = day
            self._today = self._synthetic(day)
        return self._today.power_w(of_day_ms)

    def currents_a(self, time_ms: int) -> PhaseAmps:
        """Currents that the inverter feeds into L1..L3."""
        current_a = self.power_w(time_ms) / MAINS_V
        if self._phases == 1:
            return (current_a, 0.0, 0.0)
        return (current_a / 3, current_a / 3, current_a / 3)

    def _synthetic(self, day: int) -> Trace:
        rng = random.Random(f"pv {self._seed} {day}")  # a simulation, not a secret
        weather = rng.choice(tuple(Weather)) if self._weather is None else self._weather
        clear_aim = 0.25 if weather is Weather.CLOUDY else 1.0
        spread = 0.0 if weather is Weather.CLEAR else 0.05
        passing = 1.0  # share of the clear sky that gets through
        cloud = False
        watts = []
        for minute in range(1440):
            height = math.sin(math.pi * (minute / 60 - 5.5) / 15)  # sunrise 5:30, sunset 20:30
            clear_w = self._peak_w * max(0.0, height) ** 1.3
            if weather is Weather.MIXED and rng.random() < (0.12 if cloud else 0.08):
                cloud = not cloud
            passing += ((0.3 if cloud else clear_aim) - passing) * 0.5 + rng.gauss(0, spread)
            passing = min(1.1, max(0.05, passing))
            watts.append(clear_w * passing)
        return Trace(tuple(watts), smooth=True)
