"""What a group fuse sees while boards, hosts and lines fail at bad moments: the shipped firmware in virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from evse_protocol.messages import ResetReason
from evse_tui.site.commands import SetOverride, SetSetting
from evse_tui.site.site import Site
from tests.site.bench import Bench, play


def _bench(boards: int, circuit_a: int, directory: Path | None = None) -> Bench:
    charger = {"mode": 1, "current_max": 16, "enable_c2": 3}
    return Bench(boards=boards, charger=charger, site={"current_max_circuit": circuit_a}, directory=directory)


async def _within(bench: Bench, site: Site, seconds: int, most_da: int) -> None:
    for _ in range(seconds):
        await bench.live(site, 1)
        closed = [one for one in bench.chargers.values() if one.view.c1]
        assert sum(one.view.offered_da for one in closed) <= most_da
        for phase in range(3):
            assert sum(one.currents_a()[phase] for one in bench.chargers.values()) <= most_da / 10 + 0.01


@pytest.mark.parametrize("ev_meter", [True, False])
def test_a_watchdog_resets_a_board_that_charges(ev_meter: bool) -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = ev_meter
        async with bench.host() as site:
            await bench.all_charge(site, 30)
            bench.chargers["1"].board.reset(ResetReason.WATCHDOG)
            await _within(bench, site, 90, 160)
            assert bench.chargers["1"].view.c1

    play(_bench(2, 16), story)


@pytest.mark.parametrize("after_s", [0, 1, 3, 5])
def test_a_board_is_lost_and_back_while_others_are_raised(after_s: int) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.all_charge(site, 30)
            await site.execute(SetOverride("2", 60))
            await _within(bench, site, after_s, 200)
            bench.openers["1"].unplug_adapter()
            await site.execute(SetOverride("2", 160))
            await _within(bench, site, after_s + 2, 200)
            bench.openers["1"].plug_adapter()
            await _within(bench, site, 6, 200)
            bench.chargers["1"].board.set_mute(True)
            await _within(bench, site, 15, 200)
            bench.chargers["1"].board.set_mute(False)
            await _within(bench, site, 60, 200)
            assert all(one.view.c1 for one in bench.chargers.values())

    play(_bench(2, 20), story)


def test_a_host_begins_while_two_boards_are_away(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.all_charge(site, 30)
        for name in "12":
            bench.openers[name].unplug_adapter()
        async with bench.host() as site:
            await _within(bench, site, 40, 240)
            assert bench.chargers["3"].view.offered_da == 160
            for name in "12":
                bench.openers[name].plug_adapter()
                await _within(bench, site, 40, 240)
            assert all(one.view.c1 for one in bench.chargers.values())

    play(_bench(3, 24, tmp_path), story)


def test_the_limit_is_lowered_while_a_board_is_away() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.all_charge(site, 30)
            bench.openers["1"].unplug_adapter()
            await _within(bench, site, 2, 240)
            await site.execute(SetSetting("current_max_circuit", 14, None))
            await _within(bench, site, 10, 240)  # the lost board has its lease and a soft stop
            await _within(bench, site, 60, 140)
            assert bench.chargers["2"].view.offered_da == 140

    play(_bench(2, 24), story)


def test_a_board_that_is_heard_and_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        feed = bench.fleet.feed
        async with bench.host() as site:
            await bench.all_charge(site, 30)
            deaf = bench.chargers["1"]
            monkeypatch.setattr(
                bench.fleet, "feed", lambda charger, data: None if charger is deaf else feed(charger, data)
            )
            await _within(bench, site, 60, 160)
            assert not deaf.view.c1
            monkeypatch.undo()
            await _within(bench, site, 60, 160)
            assert deaf.view.c1

    play(_bench(2, 16), story)
