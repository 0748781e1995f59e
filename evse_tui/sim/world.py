"""House, PV, home battery and cars on one grid connection: the true currents that meters measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evse_tui.control.types import PhaseCurrents
from evse_tui.sim.battery import HomeBattery
from evse_tui.sim.car import MAINS_V, PhaseAmps
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.house import House
from evse_tui.sim.pv import Pv

_MS_PER_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The site at one moment, in A per phase; mains + import, battery (sum over phases) + charging."""

    at_ms: int
    house_a: PhaseAmps
    pv_w: float
    battery_a: float
    battery_soc: float | None
    """None: no battery."""
    ev_a: tuple[PhaseAmps, ...]
    """Each charger's own L1..L3."""
    ev_wh: tuple[float, ...]
    circuit_a: PhaseAmps
    """The chargers' group, by mains phase."""
    mains_a: PhaseAmps
    import_wh: float
    export_wh: float
    """Registers of the mains meter, which adds up the phases."""


class World:
    """Time is an argument. `start_ms` is the time of day at which the simulation's time 0 lies."""

    def __init__(
        self,
        house: House,
        chargers: Sequence[SimulatedCharger],
        *,
        pv: Pv | None = None,
        battery: HomeBattery | None = None,
        rotations: Sequence[int] | None = None,
        start_ms: int = 0,
    ) -> None:
        """`rotations`: the mains phase index of each charger's L1; default all 0.

        Raises:
            ValueError: not one rotation per charger, or not 0..2.
        """
        self.house = house
        self.chargers = tuple(chargers)
        self.pv = pv
        self.battery = battery
        self.rotations = tuple(rotations) if rotations is not None else (0,) * len(self.chargers)
        if len(self.rotations) != len(self.chargers) or not set(self.rotations) <= {0, 1, 2}:
            raise ValueError("one rotation of 0, 1 or 2 per charger is needed")
        self._start_ms = start_ms
        self._last: Reading | None = None

    def read(self, now_ms: int) -> Reading:
        """The truth at `now_ms`; chargers must have run until then. The battery's controller acts once a reading, and
        energies hold each reading's power until the next one: call it at least once a second."""
        time_ms = self._start_ms + now_ms
        house_a = self.house.currents_a(time_ms)
        pv_w = 0.0 if self.pv is None else self.pv.power_w(time_ms)
        pv_a = (0.0, 0.0, 0.0) if self.pv is None else self.pv.currents_a(time_ms)
        ev_a = tuple(charger.currents_a() for charger in self.chargers)
        circuit = [0.0, 0.0, 0.0]
        for currents, rotation in zip(ev_a, self.rotations, strict=True):
            for phase, current_a in enumerate(currents):
                circuit[(phase + rotation) % 3] += current_a
        battery_a = 0.0
        if self.battery is not None:
            net_w = (sum(house_a) + sum(circuit)) * MAINS_V - pv_w
            battery_a = self.battery.step(net_w, now_ms) / MAINS_V
        mains = [h + c - p + battery_a / 3 for h, c, p in zip(house_a, circuit, pv_a, strict=True)]
        import_wh, export_wh = self._registers(now_ms)
        self._last = Reading(
            at_ms=now_ms,
            house_a=house_a,
            pv_w=pv_w,
            battery_a=battery_a,
            battery_soc=None if self.battery is None else self.battery.soc,
            ev_a=ev_a,
            ev_wh=tuple(charger.ev_wh for charger in self.chargers),
            circuit_a=(circuit[0], circuit[1], circuit[2]),
            mains_a=(mains[0], mains[1], mains[2]),
            import_wh=import_wh,
            export_wh=export_wh,
        )
        return self._last

    def _registers(self, now_ms: int) -> tuple[float, float]:
        last = self._last
        if last is None:
            return 0.0, 0.0
        energy_wh = sum(last.mains_a) * MAINS_V * (now_ms - last.at_ms) / _MS_PER_HOUR
        return last.import_wh + max(0.0, energy_wh), last.export_wh + max(0.0, -energy_wh)


def deciamps(currents_a: PhaseAmps) -> PhaseCurrents:
    """Currents as a meter reports them: 0.1 A, rounded."""
    return (round(currents_a[0] * 10), round(currents_a[1] * 10), round(currents_a[2] * 10))
