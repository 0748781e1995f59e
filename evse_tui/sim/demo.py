"""The demo: simulated boards, cars and a house that feed a site through the same doors as real ones."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Final

from evse_tui.clock import Clock
from evse_tui.sim.battery import HomeBattery
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.car import MAINS_V, Car, CarParameters
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet, report_failure
from evse_tui.sim.house import House
from evse_tui.sim.meter import Meter
from evse_tui.sim.pv import Pv, Weather
from evse_tui.sim.traces import Trace
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.world import Reading, World, deciamps
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    EvMeasurement,
    MainsMeasurement,
    PriceMeasurement,
    PvMeasurement,
    SiteView,
    Source,
)

_FIRST_SERIAL: Final = 1001
_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class DemoParameters:
    """What the demo's house has. Everything follows from `seed`."""

    boards: int = 1
    seed: int = 1
    start_hour: float = 10.0
    """Time of day at which the demo begins."""
    weather: Weather | None = Weather.MIXED
    pv_peak_w: float = 8_000
    battery: bool = True
    price_milli_per_kwh: int = 280
    """Of energy from the grid, at any hour: the demo's day does not follow the clock on the wall."""
    period_ms: int = 1_000
    delay_ms: int = 0
    """Of all meters."""
    stay_ms: tuple[int, int] = (4 * _HOUR_MS, 9 * _HOUR_MS)
    """Shortest and longest time that a car stays."""
    away_ms: tuple[int, int] = (_HOUR_MS // 3, 2 * _HOUR_MS)
    house_trace: Trace | None = None
    pv_trace: Trace | None = None


class DemoWorld:
    """Boards with cars that come and go, and meters that feed a `SiteView` as `Source.SIMULATION`.

    Usage: make it, give `openers` to the site's links (charger id -> opener), `start(site)`, and `stop()` at the end.
    Runs on any `Clock`; on a virtual loop in step with it.

    Raises:
        NoCompiler, FirmwareError: see `SimulatedBoard`.
    """

    def __init__(self, clock: Clock, parameters: DemoParameters | None = None) -> None:
        p = DemoParameters() if parameters is None else parameters
        self.parameters = p
        self._clock = clock
        self.fleet = Fleet(clock)
        self.chargers = {
            str(number): SimulatedCharger(SimulatedBoard(_FIRST_SERIAL - 1 + number))
            for number in range(1, p.boards + 1)
        }
        for charger in self.chargers.values():
            self.fleet.add(charger)
        self.openers = {
            name: SimulatedOpener(self.fleet, charger, f"simulated:{name}") for name, charger in self.chargers.items()
        }
        self.world = World(
            House(p.seed, base=p.house_trace),
            tuple(self.chargers.values()),
            pv=Pv(p.seed, peak_w=p.pv_peak_w, weather=p.weather, trace=p.pv_trace),
            battery=HomeBattery() if p.battery else None,
            rotations=[number % 3 for number in range(p.boards)],
            start_ms=round(p.start_hour * _HOUR_MS),
        )
        self.reading: Reading | None = None
        """The newest truth, for displays of the simulation itself."""
        self._meter: Meter[Reading] = Meter(p.period_ms, p.delay_ms)
        self._task: asyncio.Task[None] | None = None

    def rotation(self, charger_id: str) -> int:
        """Mains phase index of this charger's L1, which the site must be configured with."""
        return self.world.rotations[list(self.chargers).index(charger_id)]

    def start(self, site: SiteView) -> None:
        """Begins to run and to feed `site`."""
        for number, (name, charger) in enumerate(self.chargers.items()):
            rng = random.Random(f"cars {self.parameters.seed} {name}")  # a simulation, not a secret
            self._arrival(charger, charger.now_ms + 3_000 + 20_000 * number, rng)
        self.fleet.start()
        self._task = asyncio.get_running_loop().create_task(self._run(site), name="simulated house")
        self._task.add_done_callback(report_failure)

    async def stop(self) -> None:
        """Ends the run and frees the boards."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self.fleet.stop()

    def assert_invariants(self) -> None:
        """Raises `InvariantViolation` if the monitor of any board has seen one."""
        for charger in self.chargers.values():
            charger.board.assert_invariants()

    async def _run(self, site: SiteView) -> None:
        site.feed(PriceMeasurement(self.parameters.price_milli_per_kwh), Source.SIMULATION)
        begin_ms = self.fleet.now_ms
        second = 0
        while True:
            now_ms = self.fleet.now_ms
            self.reading = self.world.read(now_ms)
            if self._meter.wants(now_ms):
                self._meter.sample(self.reading, now_ms)
            arrived = self._meter.arrived(now_ms)
            if arrived is not None:
                self._feed(site, arrived)
            second = max(second + 1, (now_ms - begin_ms) // 1000)
            next_ms = min(begin_ms + 1000 * second, max(now_ms + 1, self._meter.next_ms(now_ms)))
            await self._clock.sleep_ms(max(1, next_ms - self.fleet.now_ms))

    def _feed(self, site: SiteView, reading: Reading) -> None:
        """Chargers and battery first: the mains value makes the site decide."""
        for name, ev_a, ev_wh in zip(self.chargers, reading.ev_a, reading.ev_wh, strict=True):
            power_w = round(sum(ev_a) * MAINS_V)
            site.feed(EvMeasurement(name, deciamps(ev_a), power_w, round(ev_wh)), Source.SIMULATION)
        site.feed(PvMeasurement(round(reading.pv_w)), Source.SIMULATION)
        if reading.battery_soc is not None:
            soc_permille = round(reading.battery_soc * 1000)
            site.feed(BatteryMeasurement(round(reading.battery_a * 10), soc_permille), Source.SIMULATION)
        site.feed(CircuitMeasurement(deciamps(reading.circuit_a)), Source.SIMULATION)
        site.feed(MainsMeasurement(deciamps(reading.mains_a)), Source.SIMULATION)

    def _arrival(self, charger: SimulatedCharger, when_ms: int, rng: random.Random) -> None:
        """A car comes, stays for a while and leaves; then the next one."""
        phases = 3 if rng.random() < 0.7 else 1
        parameters = CarParameters(
            phases=phases, max_da=160 if phases == 3 else 320, battery_wh=rng.choice((40_000, 60_000, 77_000))
        )
        soc = rng.uniform(0.2, 0.6)
        leaves_ms = when_ms + rng.randint(*self.parameters.stay_ms)
        charger.at(when_ms, lambda: charger.plug(Car(parameters, soc=soc)))

        def leave() -> None:
            charger.unplug()
            self._arrival(charger, charger.now_ms + rng.randint(*self.parameters.away_ms), rng)

        charger.at(leaves_ms, leave)
