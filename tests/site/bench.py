"""A site on simulated boards in virtual time: the shipped firmware, real cars' behaviour, a house of our choice."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ParamSpec

from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, Meters, SiteConfig
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.car import Car
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import BatteryMeasurement, EvMeasurement, MainsMeasurement
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, ChargerState
from evse_tui.store import Store

_P = ParamSpec("_P")
_WALL_START_S = 1_700_000_000.0


class WallClock(LoopClock):
    """Virtual time whose wall clock can be set, as people and time servers do."""

    def step(self, seconds: float) -> None:
        """Sets the wall clock forward, or back."""
        self._wall_start_s += seconds


class Bench:
    """The boards stay, sites come and go, as hosts do."""

    def __init__(
        self,
        *,
        boards: int = 1,
        site: Mapping[str, int] | None = None,
        charger: Mapping[str, int] | None = None,
        meters: Meters | None = None,
        directory: Path | None = None,
        demo: bool = False,
        wall_s: float = _WALL_START_S,
        timezone: str = "UTC",
        grid_relay_from: str | None = None,
    ) -> None:
        self.clock = WallClock(wall_s)
        self.fleet = Fleet(self.clock)
        self.chargers = {str(n): SimulatedCharger(SimulatedBoard(1000 + n)) for n in range(1, boards + 1)}
        for simulated in self.chargers.values():
            self.fleet.add(simulated)
        self.openers = {
            name: SimulatedOpener(self.fleet, simulated, f"simulated:{name}")
            for name, simulated in self.chargers.items()
        }
        self.config = SiteConfig(
            settings=dict(site or {}),
            meters=meters or Meters(),
            timezone=timezone,
            grid_relay_from=grid_relay_from,
            chargers=tuple(
                ChargerConfig(name, opener.port, settings=dict(charger or {})) for name, opener in self.openers.items()
            ),
        )
        self.house_da = (0, 0, 0)
        self.battery_da: int | None = None
        self.ev_meter = True
        self._directory = directory
        self._demo = demo

    @asynccontextmanager
    async def host(self) -> AsyncIterator[Site]:
        """A host from its start to its orderly end."""
        site = Site(self.config, await Store.open(self._directory), self.clock, self.openers, demo=self._demo)
        await site.start()
        try:
            yield site
        finally:
            await site.stop()

    def plug(self, car: Car | None = None, name: str = "1") -> None:
        """A car comes."""
        self.chargers[name].plug(car or Car())

    def feed(self, site: Site) -> None:
        """One reading of all meters."""
        mains = list(self.house_da)
        for name, simulated in self.chargers.items():
            amps = simulated.currents_a()
            currents = (round(amps[0] * 10), round(amps[1] * 10), round(amps[2] * 10))
            for phase in range(3):
                mains[phase] += currents[phase]
            if self.ev_meter:
                site.feed(EvMeasurement(name, currents, sum(currents) * 23, round(simulated.ev_wh)))
        if self.battery_da is not None:
            site.feed(BatteryMeasurement(self.battery_da))
        site.feed(MainsMeasurement((mains[0], mains[1], mains[2])))

    async def live(self, site: Site, seconds: int) -> None:
        """Meters speak once a second."""
        for _ in range(seconds):
            await self.clock.sleep_ms(1_000)
            self.feed(site)

    async def until(
        self, site: Site, condition: Callable[[ChargerSnapshot], bool], seconds: int, name: str = "1"
    ) -> None:
        """Lives until a charger's snapshot fulfils `condition`; fails after `seconds`."""
        for _ in range(seconds):
            if condition(site.snapshot.charger(name)):
                return
            await self.live(site, 1)
        raise AssertionError(f"not within {seconds} s: {site.snapshot.charger(name)}")

    async def all_charge(self, site: Site, then_s: int) -> None:
        """Plugs a car into every charger; from the moment when all charge it lives on for `then_s`."""
        for name in self.chargers:
            self.plug(name=name)
        for name in self.chargers:
            await self.until(site, lambda charger: charger.state is ChargerState.C, 90, name)
        await self.live(site, then_s)


def in_virtual_time(test: Callable[_P, Coroutine[Any, Any, None]]) -> Callable[_P, None]:
    """Makes a test of a coroutine function."""

    @functools.wraps(test)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        run_virtual(test(*args, **kwargs))

    return run


def play(bench: Bench, story: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
    """Runs a story to its end, then checks the invariants of every board and that no task is left."""

    async def run() -> None:
        bench.fleet.start()
        try:
            await story(bench)
            for simulated in bench.chargers.values():
                simulated.board.assert_invariants()
            assert asyncio.all_tasks() == {asyncio.current_task()}
        finally:
            await bench.fleet.stop()

    run_virtual(run())
