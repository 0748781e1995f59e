"""What is told about a car stays as long as the car."""

from __future__ import annotations

from evse_tui.site.commands import EvStateMeasurement
from evse_tui.site.ev_state import EvState
from evse_tui.site.site import Site
from evse_tui.site.snapshot import EvStateSnapshot
from tests.site.bench import Bench, play


def test_what_is_not_told_stays() -> None:
    state = EvState()
    assert state.snapshot is None
    state.feed(EvStateMeasurement("1", current_soc=0, evccid="00:11"), 7.9)
    state.feed(EvStateMeasurement("1", full_soc=80, energy_capacity_wh=60_000, energy_request_wh=0), 8.1)
    assert state.snapshot == EvStateSnapshot(0, 80, 60_000, 0, "00:11", 8)
    state.feed(EvStateMeasurement("1", current_soc=55, evccid=""), 9.0)
    assert state.snapshot == EvStateSnapshot(55, 80, 60_000, 0, "", 9)
    state.forget()
    assert state.snapshot is None


def _told(site: Site) -> EvStateSnapshot | None:
    return site.snapshot.charger("1").ev_state


def test_it_is_forgotten_at_unplug() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 5)
            site.feed(EvStateMeasurement("1", current_soc=40))
            told = _told(site)
            assert told is not None
            assert told.current_soc == 40
            await bench.live(site, 5)
            assert _told(site) == told
            bench.chargers["1"].unplug()
            await bench.live(site, 3)
            assert _told(site) is None

    play(Bench(), story)


def test_a_car_that_went_while_the_link_was_down_takes_it_along() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            site.feed(EvStateMeasurement("1", current_soc=40))
            simulated = bench.chargers["1"]
            simulated.board.set_mute(True)
            await bench.live(site, 5)
            simulated.unplug()
            await bench.live(site, 3)
            bench.plug()
            await bench.live(site, 3)
            simulated.board.set_mute(False)
            await bench.live(site, 10)
            assert site.snapshot.charger("1").plugged
            assert _told(site) is None

    play(Bench(), story)
