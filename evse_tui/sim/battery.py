"""A home battery that keeps the grid meter at zero as far as its limits and its charge allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MS_PER_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class BatteryParameters:
    capacity_wh: float = 10_000
    max_charge_w: float = 5_000
    max_discharge_w: float = 5_000
    min_soc: float = 0.05
    lag_ms: int = 1_500
    """Time constant of its own controller."""


class HomeBattery:
    """Pure: `step` takes time and what the rest of the house needs."""

    def __init__(self, parameters: BatteryParameters | None = None, *, soc: float = 0.5) -> None:
        self.parameters = BatteryParameters() if parameters is None else parameters
        self.stored_wh = soc * self.parameters.capacity_wh
        self.power_w = 0.0
        """+ charging, - discharging; stands until the next step."""
        self._now_ms: int | None = None

    @property
    def soc(self) -> float:
        """State of charge, 0..1."""
        return self.stored_wh / self.parameters.capacity_wh

    def step(self, net_load_w: float, now_ms: int) -> float:
        """Books the energy since the last step, then follows `net_load_w` (all loads minus production, without the
        battery) and returns the new power in W, + charging."""
        p = self.parameters
        elapsed_ms = 0 if self._now_ms is None else now_ms - self._now_ms
        self._now_ms = now_ms
        stored_wh = self.stored_wh + self.power_w * elapsed_ms / _MS_PER_HOUR
        self.stored_wh = min(p.capacity_wh, max(0.0, stored_wh))
        aim_w = min(p.max_charge_w, max(-p.max_discharge_w, -net_load_w))
        self.power_w += (aim_w - self.power_w) * min(1.0, elapsed_ms / p.lag_ms)
        if (self.power_w > 0 and self.soc >= 1.0) or (self.power_w < 0 and self.soc <= p.min_soc):
            self.power_w = 0.0
        return self.power_w
