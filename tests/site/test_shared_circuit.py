"""Chargers that share a group fuse, when the link to one of them is lost."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path

import pytest

from evse_protocol.messages import Access, Flag
from evse_protocol.payloads import Config, ConfigGet, ConfigSet, Status
from evse_protocol.session import HostSession
from evse_protocol.session_events import SessionState
from evse_tui.board.model import LinkState
from evse_tui.control.types import C2Mode, Mode
from evse_tui.sim.car import Car, CarParameters
from evse_tui.site.commands import SetC2, SetMode, SetOverride
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerState
from evse_tui.site.unheard import LET_GO_MS, unheard_da
from tests.site.bench import Bench, play
from tests.site.samples import CHARGING, STATUS, status


async def _commission_fallback(bench: Bench, site: Site, fallback_da: int) -> None:
    """As an installer does: the button for 5 s, then the configuration."""
    await bench.live(site, 12)
    bench.chargers["1"].press_button(5_500)
    await bench.live(site, 7)
    client = site._chargers["1"].client
    config = await client.command(ConfigGet())
    assert isinstance(config, Config)
    await client.command(ConfigSet(**{**asdict(config), "fallback_da": fallback_da}))
    await bench.live(site, 2)


def _lose(bench: Bench, how: str) -> None:
    if how == "mute":  # it still hears us
        bench.chargers["1"].board.set_mute(True)
    else:
        bench.openers["1"].unplug_adapter()


@pytest.mark.parametrize("ev_meter", [True, False])
@pytest.mark.parametrize("how", ["unplugged", "mute"])
@pytest.mark.parametrize("fallback_da", [0, 60])
def test_the_share_of_a_lost_board_is_given_to_others_only_when_it_has_let_go(
    how: str, fallback_da: int, ev_meter: bool
) -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = ev_meter
        async with bench.host() as site:
            if fallback_da:
                await _commission_fallback(bench, site, fallback_da)
            await bench.all_charge(site, 120)
            _lose(bench, how)
            for _ in range(60):
                await bench.live(site, 1)
                offered_da = [one.view.offered_da for one in bench.chargers.values() if one.view.c1]
                assert sum(offered_da) <= 160
                assert sum(one.currents_a()[0] for one in bench.chargers.values()) <= 16
                assert bench.chargers["2"].view.c1  # nor is anybody stopped for it
            assert bench.chargers["1"].view.offered_da == fallback_da
            assert bench.chargers["2"].view.offered_da == 160 - fallback_da

    play(Bench(boards=2, charger={"mode": 1, "current_max": 16, "enable_c2": 3}), story)


def test_a_lost_board_without_a_car_holds_nothing() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            bench.openers["1"].unplug_adapter()
            bench.plug(name="2")
            await bench.until(site, lambda charger: charger.state is ChargerState.C, 60, "2")
            await bench.live(site, 5)
            assert bench.chargers["2"].view.offered_da == 160

    play(Bench(boards=2, charger={"mode": 1, "current_max": 16, "enable_c2": 3}), story)


def test_a_question_that_nobody_answers_makes_no_fallback_unknown() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await _commission_fallback(bench, site, 60)
            telemetry = site._chargers["1"].telemetry
            telemetry.read_config(again=True)
            _lose(bench, "mute")
            await bench.live(site, 10)
            assert telemetry.config is not None
            assert telemetry.config.fallback_da == 60

    play(Bench(), story)


def test_a_new_host_gives_nobody_the_share_of_a_board_that_it_has_not_heard(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.all_charge(site, 20)
        bench.openers["1"].unplug_adapter()
        async with bench.host() as site:
            for _ in range(40):
                await bench.live(site, 1)
                assert sum(one.view.offered_da for one in bench.chargers.values() if one.view.c1) <= 160
                assert bench.chargers["2"].view.c1
            assert bench.chargers["2"].view.offered_da == 160

    play(Bench(boards=2, charger={"mode": 1, "current_max": 16, "enable_c2": 3}, directory=tmp_path), story)


@pytest.mark.parametrize("seed", range(3))
def test_no_luck_overloads_the_group_fuse(seed: int) -> None:
    """Boards that come, go and fall mute, cars, wishes and a house at random."""
    chance = random.Random(seed)
    modes = (Mode.NORMAL, Mode.SMART, Mode.SOLAR, Mode.PAUSE, Mode.OFF)

    async def happen(bench: Bench, site: Site, name: str) -> None:
        match chance.randrange(8):
            case 0:
                bench.openers[name].unplug_adapter()
            case 1:
                bench.openers[name].plug_adapter()
            case 2:
                bench.chargers[name].board.set_mute(chance.random() < 0.5)
            case 3:
                bench.plug(Car(CarParameters(phases=chance.choice((1, 3)))), name)
            case 4:
                await site.execute(SetMode(name, chance.choice(modes)))
            case 5:
                await site.execute(SetC2(name, chance.choice(tuple(C2Mode))))
            case 6:
                await site.execute(SetOverride(name, chance.choice((0, 60, 100, 160))))
            case 7:
                bench.house_da = (chance.randrange(-200, 200), chance.randrange(-200, 200), chance.randrange(-200, 200))

    async def story(bench: Bench) -> None:
        bench.ev_meter = chance.random() < 0.5
        async with bench.host() as site:
            for name in bench.chargers:
                bench.plug(name=name)
            for _ in range(300):
                if chance.random() < 0.2:
                    await happen(bench, site, chance.choice("123"))
                await bench.live(site, 1)
                for phase in range(3):
                    closed = [one for one in bench.chargers.values() if one.view.closed_phases > phase]
                    assert sum(one.view.offered_da for one in closed) <= 200
                    assert sum(one.currents_a()[phase] for one in closed) <= 20.01

    play(
        Bench(boards=3, charger={"mode": 1, "current_max": 16, "enable_c2": 3}, site={"current_max_circuit": 20}), story
    )


@pytest.mark.parametrize("seed", [0, 2])
def test_lost_boards_overload_no_main_fuse(seed: int) -> None:
    """Cars that only boards lost and found again move; the main fuse binds."""
    chance = random.Random(seed)

    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            for name in bench.chargers:
                bench.plug(name=name)
            for _ in range(300):
                name, what = chance.choice("123"), chance.random()
                if what < 0.03:
                    bench.openers[name].unplug_adapter()
                elif what < 0.08:
                    bench.openers[name].plug_adapter()
                elif what < 0.09:
                    bench.chargers[name].board.set_mute(True)
                elif what < 0.12:
                    bench.chargers[name].board.set_mute(False)
                await bench.live(site, 1)
                for phase in range(3):
                    assert sum(one.currents_a()[phase] for one in bench.chargers.values()) <= 25.01

    play(
        Bench(boards=3, charger={"mode": 1, "current_max": 16, "enable_c2": 3}, site={"current_max_circuit": 60}), story
    )


class _OtherHost:
    """Another host on the line of a board, which gives it what its owner wants."""

    def __init__(self, bench: Bench, name: str) -> None:
        self._bench, self._name = bench, name
        self._session = HostSession(4711)
        transport = bench.openers[name]._transport
        assert transport is not None
        deliver = transport.deliver

        def both(data: bytes) -> None:
            self._session.receive(data, bench.clock.now_ms())
            deliver(data)

        bench.fleet.connect(bench.chargers[name], both)
        self._session.start(bench.clock.now_ms())

    async def grant(self, limit_da: int, seconds: int, site: Site) -> None:
        for _ in range(seconds):
            for _ in range(10):  # it says HELLO as often as it loses the board
                await self._bench.clock.sleep_ms(100)
                self._session.tick(self._bench.clock.now_ms())
                if self._session.state is SessionState.ONLINE and self._session.board.status is not None:
                    self._session.grant(limit_da, 3, Access.ALLOW, self._bench.clock.now_ms())
                self._session.take_events()
                self._bench.fleet.feed(self._bench.chargers[self._name], self._session.take_bytes())
            self._bench.feed(site)


def test_a_board_of_another_host_keeps_what_that_host_gives_it() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.all_charge(site, 60)
            other = _OtherHost(bench, "1")
            await other.grant(100, 10, site)
            assert site.snapshot.charger("1").link is LinkState.OTHER_HOST
            for _ in range(60):
                await other.grant(100, 1, site)
                assert sum(one.view.offered_da for one in bench.chargers.values() if one.view.c1) <= 160
            assert (bench.chargers["1"].view.offered_da, bench.chargers["2"].view.offered_da) == (100, 60)
            bench.fleet.connect(bench.chargers["1"], None)  # neither is heard from now on
            for _ in range(60):
                await bench.live(site, 1)
                assert sum(one.view.offered_da for one in bench.chargers.values() if one.view.c1) <= 160
            assert bench.chargers["2"].view.offered_da == 160

    play(Bench(boards=2, charger={"mode": 1, "current_max": 16, "enable_c2": 3}), story)


def test_of_grants_that_nobody_answered_the_highest_may_be_in_force() -> None:
    """A board raises seconds after it took the grant; what was sent when its line died took nothing back."""

    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, lambda charger: charger.state is ChargerState.C, 60)
            await bench.live(site, 60)
            grants = site._chargers["1"].grants
            assert grants.lent_da == 160
            bench.chargers["1"].board.set_mute(True)
            for override_da in (80, 100):
                await site.execute(SetOverride("1", override_da))
                await bench.clock.sleep_ms(300)
                assert grants.lent_da == 160
            bench.chargers["1"].board.set_mute(False)
            await bench.live(site, 3)
            assert grants.lent_da == 100

    play(Bench(charger={"mode": 1, "current_max": 16, "enable_c2": 3}), story)


LOST_MS = 100_000
LATER_MS = LOST_MS + LET_GO_MS + 1
CONFIG = Config(
    160, 1, 0, 1, 1, 3, 1, fallback_da=60, switch_function=1, limit_da=160, phase_wait_s=60, backlight_max=0
)
PLUGGED = status(flags=STATUS.flags | Flag.PLUGGED)


@pytest.mark.parametrize(
    ("seen", "config", "lent_da", "now_ms", "most_da"),
    [
        pytest.param(status(**CHARGING), CONFIG, 120, LATER_MS - 1, 120, id="its lease and a soft stop run on"),
        pytest.param(status(**CHARGING), CONFIG, 140, LOST_MS, 140, id="the last grant may have come"),
        pytest.param(status(**CHARGING), CONFIG, 80, LOST_MS, 120, id="or not"),
        pytest.param(status(**CHARGING), CONFIG, 120, LATER_MS, 60, id="then its fallback"),
        pytest.param(status(**CHARGING), CONFIG, 0, LATER_MS, 60, id="also if a pause did not come"),
        pytest.param(status(**CHARGING), None, 120, LATER_MS, 0, id="without a configuration it does not charge"),
        pytest.param(PLUGGED, CONFIG, 100, LATER_MS, 60, id="a car that was allowed may begin"),
        pytest.param(PLUGGED, CONFIG, 0, LATER_MS, 0, id="one that was not may not"),
        pytest.param(STATUS, CONFIG, 120, LOST_MS, 0, id="nor the next one"),
    ],
)
def test_what_may_still_be_offered(
    seen: Status, config: Config | None, lent_da: int, now_ms: int, most_da: int
) -> None:
    assert unheard_da(seen, config, lent_da, LOST_MS, now_ms) == most_da
