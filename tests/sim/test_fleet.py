"""The shipped firmware, the shipped link and a car, together on one clock."""

from __future__ import annotations

import asyncio

import pytest

from evse_protocol.messages import Access, Flag
from evse_tui.board.client import BoardClient
from evse_tui.board.events import BoardReset, ClientEvent
from evse_tui.board.model import LinkState
from evse_tui.board.ports import PortError
from evse_tui.clock import Clock, LoopClock, SystemClock
from evse_tui.sim.board import SimulatedBoard
from evse_tui.sim.car import Car, CarParameters
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.virtual_time import run_virtual


class Site:
    """Boards with a client each, and grants renewed once a second."""

    def __init__(self, clock: Clock, boards: int = 1) -> None:
        self.clock = clock
        self.fleet = Fleet(clock)
        self.chargers = [SimulatedCharger(SimulatedBoard(number + 1)) for number in range(boards)]
        for charger in self.chargers:
            self.fleet.add(charger)
        self.openers = [SimulatedOpener(self.fleet, charger, "simulated") for charger in self.chargers]
        self.events: list[ClientEvent] = []
        self.clients = [
            BoardClient(opener, clock, on_event=self.events.append, host_id=1 + number)
            for number, opener in enumerate(self.openers)
        ]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Site:
        self.fleet.start()
        self._tasks = [asyncio.create_task(client.run()) for client in self.clients]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for charger in self.chargers:
            charger.board.assert_invariants()
        await self.fleet.stop()

    def link(self) -> LinkState:
        """State of the first board's link."""
        return self.clients[0].state

    async def charge(self, seconds: int, limit_da: int = 160, phases: int = 3) -> None:
        for _ in range(seconds):
            for client in self.clients:
                client.grant(limit_da, phases, Access.ALLOW)
            await self.clock.sleep_ms(1_000)


def test_a_car_charges_and_a_silent_host_ends_it() -> None:
    async def scenario() -> None:
        async with Site(LoopClock()) as site:
            (charger,) = site.chargers
            charger.plug(Car(CarParameters(phases=3)))
            await site.charge(60)
            assert site.link() is LinkState.ONLINE
            assert charger.view.c1
            assert charger.view.c2
            assert charger.currents_a() == pytest.approx((15.8, 15.8, 15.8))
            assert charger.ev_wh > 50
            stopped_ms = charger.now_ms
            await site.clock.sleep_ms(5_000 + 6_100)
            assert not charger.view.c1
            assert charger.view.now_ms - stopped_ms <= 5_000 + 6_100
            await site.charge(30)
            assert charger.view.c1, "it goes on when the host is back"

    run_virtual(scenario())


def test_virtual_time_is_exact_and_reproducible() -> None:
    async def scenario() -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        async with Site(LoopClock()) as site:
            (charger,) = site.chargers
            charger.plug(Car())
            for limit_da in (160, 100, 60, 130):
                site.clients[0].grant(limit_da, 3, Access.ALLOW)
                await site.charge(20, limit_da)
                seen.append((charger.view.now_ms, charger.view.duty_permille))
                assert charger.now_ms == site.clock.now_ms()
        return seen

    first = run_virtual(scenario())
    assert first == run_virtual(scenario())
    assert [duty for _, duty in first] == [266, 166, 100, 216]


def test_several_boards_charge_side_by_side() -> None:
    async def scenario() -> None:
        async with Site(LoopClock(), boards=3) as site:
            for charger in site.chargers:
                charger.plug(Car())
            await site.charge(45)
            assert [charger.view.c1 for charger in site.chargers] == [True] * 3
            assert all(client.state is LinkState.ONLINE for client in site.clients)
            assert {charger.now_ms for charger in site.chargers} == {site.clock.now_ms()}

    run_virtual(scenario())


def test_real_time_answers_at_once() -> None:
    async def scenario() -> None:
        async with Site(SystemClock(speed=20)) as site:
            while site.link() is not LinkState.ONLINE:
                await site.clock.sleep_ms(100)
            await site.charge(5)
            health = site.clients[0].health
            assert health.round_trip_p50_ms is not None
            assert health.round_trip_p50_ms <= 40, "2 ms of real time"

    asyncio.run(scenario())


def test_a_pause_of_the_process_is_not_simulated() -> None:
    class Jumping(SystemClock):
        ms = 0

        def now_ms(self) -> int:
            return self.ms

    async def run() -> None:
        clock = Jumping()
        fleet = Fleet(clock)
        charger = SimulatedCharger(SimulatedBoard(1))
        fleet.add(charger)
        fleet.start()
        before_ms = charger.now_ms
        clock.ms += 60_000
        await asyncio.sleep(0)  # the fleet's first look at the clock
        assert charger.now_ms - before_ms == 2_000
        assert fleet.now_ms == charger.now_ms
        await fleet.stop()

    asyncio.run(run())


def test_a_reset_keeps_the_link_and_tells_the_host() -> None:
    async def scenario() -> None:
        async with Site(LoopClock()) as site:
            (charger,) = site.chargers
            charger.plug(Car())
            await site.charge(30)
            boot = charger.view.boot
            charger.board.reset()
            await site.charge(40)
            assert any(isinstance(event, BoardReset) for event in site.events)
            assert charger.view.boot == boot + 1
            assert charger.view.c1, "the same host charges again after the boot's wait"
            assert Flag.COMMISSIONED in charger.view.flags

    run_virtual(scenario())


def test_a_pulled_adapter_is_a_lost_port_and_comes_back() -> None:
    async def scenario() -> None:
        async with Site(LoopClock()) as site:
            await site.charge(3)
            site.openers[0].unplug_adapter()
            await site.clock.sleep_ms(3_000)
            assert site.link() is LinkState.WAITING
            with pytest.raises(PortError, match="unplugged"):
                await site.openers[0].open(asyncio.Protocol())
            site.openers[0].plug_adapter()
            await site.clock.sleep_ms(40_000)
            assert site.link() is LinkState.ONLINE
            with pytest.raises(PortError, match="in use"):
                await site.openers[0].open(asyncio.Protocol())

    run_virtual(scenario())


def test_a_stopped_fleet_takes_nothing() -> None:
    async def scenario() -> None:
        site = Site(LoopClock())
        async with site:
            transport = await site.openers[0].open(asyncio.Protocol())
        transport.write(b"late")
        transport.close()
        assert site.fleet.chargers == ()

    run_virtual(scenario())
