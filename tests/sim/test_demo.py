"""The demo's world feeds a site at its meters' pace and is the same for the same seed."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.clock import LoopClock
from evse_tui.sim.demo import DemoParameters, DemoWorld
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import (
    BatteryMeasurement,
    Command,
    EvMeasurement,
    MainsMeasurement,
    Measurement,
    Outcome,
    PvMeasurement,
    Source,
)
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot

Fed = list[tuple[int, Measurement]]


class Notebook:
    """A site that only writes down what it is fed."""

    def __init__(self, clock: LoopClock) -> None:
        self._clock = clock
        self.fed: Fed = []

    @property
    def snapshot(self) -> Snapshot:
        raise NotImplementedError

    def snapshots(self) -> AsyncIterator[Snapshot]:
        raise NotImplementedError

    @property
    def memory(self) -> Memory:
        raise NotImplementedError

    async def execute(self, command: Command) -> Outcome:
        raise NotImplementedError

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        raise NotImplementedError

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        assert source is Source.SIMULATION
        self.fed.append((self._clock.now_ms(), measurement))


def feed(parameters: DemoParameters, duration_ms: int) -> Fed:
    async def scenario() -> Fed:
        clock = LoopClock()
        world = DemoWorld(clock, parameters)
        site = Notebook(clock)
        world.start(site)
        await clock.sleep_ms(duration_ms)
        world.assert_invariants()
        await world.stop()
        return site.fed

    return run_virtual(scenario())


def times_of(fed: Fed, kind: type) -> list[int]:
    return [ms for ms, measurement in fed if isinstance(measurement, kind)]


def test_one_seed_feeds_the_same_values() -> None:
    parameters = DemoParameters(boards=2, seed=5)
    first = feed(parameters, 30_000)
    assert first == feed(parameters, 30_000)
    assert first != feed(DemoParameters(boards=2, seed=6), 30_000)


def test_meters_speak_at_their_period_after_their_delay() -> None:
    assert times_of(feed(DemoParameters(), 4_500), MainsMeasurement) == [0, 1_000, 2_000, 3_000, 4_000]
    late = feed(DemoParameters(period_ms=10_000, delay_ms=1_500), 25_000)
    assert times_of(late, MainsMeasurement) == [1_500, 11_500, 21_500]


def test_the_mains_value_comes_last_and_every_source_speaks() -> None:
    fed = feed(DemoParameters(boards=3), 500)
    kinds = [type(measurement) for _, measurement in fed]
    assert kinds[-1] is MainsMeasurement
    assert kinds.count(EvMeasurement) == 3
    assert BatteryMeasurement in kinds
    assert PvMeasurement in kinds
    assert BatteryMeasurement not in [type(m) for _, m in feed(DemoParameters(battery=False), 500)]


def test_cars_come_and_go() -> None:
    async def scenario() -> list[bool]:
        clock = LoopClock()
        world = DemoWorld(clock, DemoParameters(stay_ms=(20_000, 30_000), away_ms=(20_000, 30_000)))
        world.start(Notebook(clock))
        (charger,) = world.chargers.values()
        seen = []
        for _ in range(120):
            await clock.sleep_ms(1_000)
            seen.append(charger.car is not None)
        await world.stop()
        return [there for there, _ in itertools.groupby(seen)]

    assert run_virtual(scenario())[:4] == [False, True, False, True]
