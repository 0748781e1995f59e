"""From measurement to contactor: the site on the shipped firmware, in virtual time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import pytest

from evse_protocol.messages import Flag
from evse_tui.board.model import LinkState
from evse_tui.config import Meters
from evse_tui.control.types import C2Mode, Constraint, Mode
from evse_tui.sim.car import Car, CarParameters
from evse_tui.site.commands import (
    BoardAction,
    DoBoardAction,
    MainsMeasurement,
    SetC2,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
    Source,
)
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, ChargerState, CommandState, Freshness
from evse_tui.site.wording import charger_line
from evse_tui.store import BoardEvent, Energy, LogEntry, Store
from tests.site.bench import Bench, play


def _charging(charger: ChargerSnapshot) -> bool:
    return charger.state is ChargerState.C


def _offered(charger: ChargerSnapshot) -> int:
    assert charger.board is not None
    return charger.board.offered_da


def test_normal_from_start_to_charging() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            charger = site.snapshot.charger("1")
            assert (charger.link, charger.serial, charger.state) == (LinkState.ONLINE, 1001, ChargerState.A)
            assert (charger.mode, charger.error) == (Mode.OFF, "None")
            bench.plug()
            await bench.live(site, 5)
            charger = site.snapshot.charger("1")
            assert (charger.plugged, charger.state) == (True, ChargerState.B1)
            assert charger.grant is not None
            assert charger.grant.reason.constraint is Constraint.OFF
            assert (await site.execute(SetMode("1", Mode.NORMAL))).accepted
            await bench.until(site, _charging, 60)
            await bench.live(site, 120)
            charger = site.snapshot.charger("1")
            assert re.fullmatch(r"14:03:07 1 Charging 13.0 A - [a-z ]+", charger_line(charger, 50_587, UTC))
            assert _offered(charger) == 130
            assert charger.ev.currents_da in ((118,) * 3, (128,) * 3)  # this car draws whole amps less 0.2 A
            assert charger.applied_da == 130
            assert charger.session is not None
            assert charger.session.energy_wh is not None
            assert charger.session.energy_wh > 200
            assert not charger.session.estimated
            texts = [event.text for event in site.snapshot.events]
            assert "car connected" in texts
            assert any(text.startswith("0.0 A -> 13.0 A, ") for text in texts)
            bench.chargers["1"].unplug()
            await bench.live(site, 3)
            charger = site.snapshot.charger("1")
            assert (charger.plugged, charger.state) == (False, ChargerState.A)

    play(Bench(charger={"enable_c2": 3}), story)


def test_a_mode_is_requested_accepted_observed() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            bench.plug()
            await bench.live(site, 2)
            await site.execute(SetMode("1", Mode.NORMAL))
            assert site.snapshot.charger("1").commands[-1].state is CommandState.ACCEPTED
            await bench.live(site, 2)
            command = site.snapshot.charger("1").commands[-1]
            assert (command.what, command.state) == ("mode Normal", CommandState.OBSERVED)
            await bench.live(site, 32)
            assert site.snapshot.charger("1").commands == ()

    play(Bench(), story)


def test_smart_follows_the_mains_in_the_same_call() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 120)
            assert _offered(site.snapshot.charger("1")) == 160
            bench.house_da = (0, 170, 0)
            bench.feed(site)
            await bench.clock.sleep_ms(10)
            simulated = bench.chargers["1"].view
            assert simulated.offered_da <= 80  # 25 A minus 17 A, on the duty within 10 ms
            grant = site.snapshot.charger("1").grant
            assert grant is not None
            assert (grant.reason.constraint, grant.reason.phase) == (Constraint.MAINS, 1)
            bench.house_da = (0, 300, 0)
            await bench.live(site, 15)
            charger = site.snapshot.charger("1")
            assert not bench.chargers["1"].view.c1
            assert charger.no_power
            bench.house_da = (0, 0, 0)
            await bench.until(site, lambda c: _offered(c) == 160, 300)

    play(Bench(charger={"mode": 3, "enable_c2": 3, "current_max": 16}), story)


def test_smart_waits_for_mains_data_and_says_so() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.clock.sleep_ms(30_000)
            charger = site.snapshot.charger("1")
            assert charger.grant is not None
            assert charger.grant.reason.constraint is Constraint.MAINS_ABSENT
            assert (charger.error, charger.error_id) == ("Communication Error", 2)
            await bench.until(site, _charging, 60)
            assert site.snapshot.charger("1").error == "None"
            await bench.clock.sleep_ms(45_000)
            assert site.snapshot.mains.freshness is Freshness.GONE
            assert not bench.chargers["1"].view.c1
            assert site.snapshot.charger("1").error_id == 2
            texts = [event.text for event in site.snapshot.events]
            assert "mains data are late" in texts
            assert "mains data are lost" in texts

    play(Bench(charger={"mode": 3}), story)


def test_solar_starts_with_the_sun_and_stops_without() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug(Car(CarParameters(phases=1)))
            bench.house_da = (-20, 0, 0)
            await bench.live(site, 60)
            charger = site.snapshot.charger("1")
            assert not _charging(charger)
            assert charger.no_power
            bench.house_da = (-120, 0, 0)
            await bench.until(site, _charging, 300)
            bench.house_da = (20, 0, 0)
            await bench.until(site, lambda c: not _charging(c), 300)

    play(Bench(charger={"mode": 2, "enable_c2": 1, "current_max": 16}, site={"solar_stop_time": 2}), story)


def test_a_lost_board_stops_by_itself_and_comes_back() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            bench.openers["1"].unplug_adapter()
            await bench.live(site, 12)
            charger = site.snapshot.charger("1")
            assert charger.link is not LinkState.ONLINE
            assert charger.link_detail
            assert charger.error == "Communication Error"
            assert charger.state is ChargerState.B1
            assert charger_line(charger, 0, UTC) == "00:00:00 1 Charging Stopped 0.0 A - no board"
            assert not bench.chargers["1"].view.c1  # lease 5 s, soft stop 6 s
            assert charger.board is not None
            assert charger.board.age_ms > 10_000
            outcome = await site.execute(DoBoardAction("1", BoardAction.UNLOCK))
            assert not outcome.accepted
            assert "nothing was sent" in outcome.detail
            bench.openers["1"].plug_adapter()
            await bench.until(site, _charging, 120)

    play(Bench(charger={"mode": 1}), story)


def test_a_mute_board_delays_no_other(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug(name="1")
            bench.plug(name="2")
            await bench.until(site, _charging, 60, "1")
            await bench.until(site, _charging, 60, "2")
            bench.chargers["1"].board.set_mute(True)
            for _ in range(20):
                await bench.live(site, 1)
                assert bench.chargers["2"].view.c1
                lease_ms = bench.chargers["2"].board.view().lease_ms
                assert lease_ms > 3_500
            assert not bench.chargers["1"].view.c1
            assert site.snapshot.charger("1").link is not LinkState.ONLINE

    play(Bench(boards=2, charger={"mode": 1, "current_max": 6}), story)


def test_a_restarted_host_resumes_without_a_stop(tmp_path: Path) -> None:
    for mode in (Mode.NORMAL, Mode.SMART, Mode.SOLAR):

        async def story(bench: Bench, mode: Mode = mode) -> None:
            simulated = bench.chargers["1"]
            if mode is Mode.SOLAR:
                bench.house_da = (-120, 0, 0)
            async with bench.host() as site:
                await site.execute(SetMode("1", mode))
                bench.plug(Car(CarParameters(phases=1)))
                await bench.until(site, _charging, 300)
                await bench.live(site, 60)
                overridden = (await site.execute(SetOverride("1", 100))).accepted
                assert overridden == (mode is not Mode.SOLAR)
                await bench.live(site, 30)
                assert (_offered(site.snapshot.charger("1")) == 100) == overridden
                session = site.snapshot.charger("1").session
                assert session is not None
            resets = simulated.view.resets
            async with bench.host() as site:
                assert site.snapshot.charger("1").mode is mode
                assert site.snapshot.charger("1").override_da == 0
                for _ in range(40):
                    await bench.live(site, 1)
                    assert simulated.view.c1
                    assert simulated.view.offered_da >= 60
                resumed = site.snapshot.charger("1").session
                assert resumed is not None
                assert resumed.started_s == session.started_s
                assert resumed.duration_ms > session.duration_ms
                assert (resumed.energy_wh or 0) > (session.energy_wh or 0)
            assert simulated.view.resets == resets

        play(Bench(directory=tmp_path / mode.name, charger={"enable_c2": 1, "current_max": 16}), story)


def test_a_restarted_host_without_mains_data_goes_to_the_minimum_and_stops(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        simulated = bench.chargers["1"]
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 20)
        async with bench.host():
            await bench.clock.sleep_ms(3_000)
            assert simulated.view.c1
            assert simulated.view.offered_da == 60
            await bench.clock.sleep_ms(16_000)
            assert not simulated.view.c1

    play(Bench(directory=tmp_path, charger={"mode": 3}), story)


@pytest.mark.parametrize("meters_ms", [100, 899, 1_000, 1_700, 5_000])
def test_the_lease_is_renewed_once_a_second_however_often_the_meters_speak(meters_ms: int) -> None:
    async def story(bench: Bench) -> None:
        board = bench.chargers["1"].board
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            for passed_ms in range(100, 30_000, 100):
                await bench.clock.sleep_ms(100)
                if passed_ms % meters_ms < 100:
                    bench.feed(site)
                assert board.view().lease_ms > 3_000

    play(Bench(charger={"mode": 1}), story)


def test_a_stopped_host_grants_nothing_more() -> None:
    async def story(bench: Bench) -> None:
        simulated = bench.chargers["1"]
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
        assert simulated.view.c1  # the lease still runs
        site.feed(MainsMeasurement((0, 0, 0)))
        assert not (await site.execute(SetMode("1", Mode.OFF))).accepted
        await bench.clock.sleep_ms(11_200)
        assert not simulated.view.c1

    play(Bench(charger={"mode": 1}), story)


def test_commands_before_the_connection_are_kept() -> None:
    async def story(bench: Bench) -> None:
        bench.openers["1"].unplug_adapter()
        bench.plug()
        async with bench.host() as site:
            await bench.live(site, 3)
            assert (await site.execute(SetMode("1", Mode.NORMAL))).accepted
            assert (await site.execute(SetSetting("current_max", 10, "1"))).accepted
            command = site.snapshot.charger("1").commands[-1]
            assert (command.state, command.detail) == (CommandState.ACCEPTED, "kept until the board connects")
            bench.openers["1"].plug_adapter()
            await bench.until(site, _charging, 120)
            await bench.live(site, 20)
            assert _offered(site.snapshot.charger("1")) == 100
            assert all(command.state is CommandState.OBSERVED for command in site.snapshot.charger("1").commands)

    play(Bench(), story)


def test_board_actions_are_observed_on_the_board() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            bench.chargers["1"].press_button(200)
            await bench.until(site, lambda c: not _charging(c), 20)
            await bench.live(site, 10)
            assert (await site.execute(DoBoardAction("1", BoardAction.RESUME))).accepted
            await bench.until(site, lambda c: c.commands[-1].state is CommandState.OBSERVED, 5)
            await bench.until(site, _charging, 60)
            refused = await site.execute(DoBoardAction("1", BoardAction.REBOOT))
            assert not refused.accepted
            assert site.snapshot.charger("1").commands[-1].state is CommandState.FAILED
            await site.execute(SetMode("1", Mode.OFF))
            await bench.until(site, lambda c: not _charging(c), 20)
            await bench.live(site, 10)
            assert (await site.execute(DoBoardAction("1", BoardAction.REBOOT))).accepted
            await bench.until(site, lambda c: c.commands[-1].state is CommandState.OBSERVED, 20)
            assert bench.chargers["1"].view.resets == 1

    play(Bench(charger={"mode": 1}), story)


def test_lock_hold_is_told_again_after_a_reset_of_the_board(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        board = bench.chargers["1"].board
        async with bench.host() as site:
            await bench.live(site, 12)
            assert (await site.execute(SetLockHold("1", True))).accepted
            await bench.live(site, 3)
            assert board.view().flags & Flag.LOCK_HOLD
            assert site.snapshot.charger("1").commands[-1].state is CommandState.OBSERVED
        async with bench.host() as site:
            board.reset()
            await bench.live(site, 15)
            assert board.view().flags & Flag.LOCK_HOLD
            assert (await site.execute(SetLockHold("1", False))).accepted
            await bench.live(site, 3)
            assert not board.view().flags & Flag.LOCK_HOLD

    play(Bench(directory=tmp_path), story)


def test_phases_change_only_as_the_board_can() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 20)
            assert bench.chargers["1"].view.c2
            assert (await site.execute(SetC2("1", C2Mode.ALWAYS_OFF))).accepted
            await bench.until(site, lambda c: _charging(c) and c.board is not None and c.board.phases == 1, 200)
            assert not bench.chargers["1"].view.c2

    play(Bench(charger={"mode": 1, "enable_c2": 3}), story)


def test_a_car_that_was_swapped_while_no_host_looked_has_its_own_session(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        simulated = bench.chargers["1"]
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 60)
            first = site.snapshot.charger("1").session
            assert first is not None
            assert first.energy_wh
        await bench.clock.sleep_ms(20_000)
        simulated.unplug()
        await bench.clock.sleep_ms(20_000)
        bench.plug()
        await bench.clock.sleep_ms(20_000)
        async with bench.host() as site:
            await bench.live(site, 3)
            second = site.snapshot.charger("1").session
            assert second is not None
            assert second.started_s > first.started_s + 60
            assert second.energy_wh == 0

    play(Bench(directory=tmp_path, charger={"mode": 1}), story)


@pytest.mark.parametrize("another_car", [False, True])
@pytest.mark.parametrize("back_ms", range(0, 1_000, 250))
def test_a_car_that_was_swapped_while_the_line_was_silent_has_its_own_session(back_ms: int, another_car: bool) -> None:
    """The line comes back at any moment between two STATUS, so that the event of the unplug comes before or after."""

    async def story(bench: Bench) -> None:
        simulated = bench.chargers["1"]
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 60)
            first = site.snapshot.charger("1").session
            assert first is not None
            bench.fleet.connect(simulated, None)  # the port stays open, what the board says is lost
            simulated.unplug()
            await bench.clock.sleep_ms(8_000)
            assert site.snapshot.charger("1").link is LinkState.SILENT
            if another_car:
                bench.plug()
            await bench.clock.sleep_ms(8_000 + back_ms)
            transport = bench.openers["1"]._transport
            assert transport is not None
            bench.fleet.connect(simulated, transport.deliver)
            await bench.live(site, 4)
            second = site.snapshot.charger("1").session
            assert second is not None
            assert site.snapshot.charger("1").plugged is another_car
            assert (second.started_s > first.started_s + 60) is another_car
            assert (second.energy_wh == 0) is another_car

    play(Bench(charger={"mode": 1}), story)


def test_a_killed_host_keeps_what_it_knew_ten_seconds_ago(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        site = Site(bench.config, await Store.open(tmp_path), bench.clock, bench.openers)
        await site.start()
        bench.plug()
        await bench.until(site, _charging, 60)
        await bench.live(site, 100)
        session, total_wh = site.snapshot.charger("1").session, site.snapshot.charger("1").total_wh
        assert session is not None
        assert total_wh is not None
        # what SIGKILL leaves is what was committed: a copy of the files
        left = tmp_path / "left"
        shutil.copytree(tmp_path, left)
        await site.stop()
        store = await Store.open(left)
        energy = store.stored.energy["1"]
        await store.close()
        assert energy.plugged
        assert energy.started_s == session.started_s
        assert session.duration_ms - energy.duration_ms <= 12_000
        assert 0 <= total_wh - energy.total_mj // 3_600_000 <= 32  # 12 s of 13 A on three phases

    play(Bench(directory=tmp_path, charger={"mode": 1}), story)


@pytest.mark.parametrize(("mode", "most"), [(1, 14), (0, 4)])
def test_energy_is_committed_while_it_flows_and_seldom_else(
    mode: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 60)
            committed: list[Energy] = []
            record = site._store.record

            async def count(log: Sequence[LogEntry], events: Sequence[BoardEvent], energy: Sequence[Energy]) -> None:
                committed.extend(energy)
                await record(log, events, energy)

            monkeypatch.setattr(site._store, "record", count)
            await bench.live(site, 125)
            assert most - 3 < len(committed) <= most

    play(Bench(charger={"mode": mode}), story)


def test_board_events_are_stored_and_acknowledged(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
        async with bench.host() as site:
            before = [event.text for event in site.snapshot.events]
            await bench.live(site, 10)
            assert before.count("car connected") == 1
            assert [event.text for event in site.snapshot.events].count("car connected") == 1
            numbers = [event.number for event in site.snapshot.events]
            assert numbers == sorted(set(numbers))

    play(Bench(directory=tmp_path, charger={"mode": 1}), story)


def test_without_an_ev_meter_draw_is_modelled_and_energy_estimated() -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = False
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 60)
            charger = site.snapshot.charger("1")
            assert charger.ev_modelled
            assert charger.ev.currents_da == (130, 130, 130)
            assert charger.session is not None
            assert charger.session.estimated
            assert charger.session.energy_wh is not None
            assert 120 < charger.session.energy_wh < 160  # 13 A on three phases for a minute

    play(Bench(charger={"mode": 1, "enable_c2": 3}, meters=Meters(circuit="Disabled")), story)


def test_in_the_demo_an_outside_sender_takes_the_mains_over() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            site.feed(MainsMeasurement((1, 1, 1)), Source.SIMULATION)
            assert site.snapshot.mains.simulated
            site.feed(MainsMeasurement((50, 50, 50)))
            site.feed(MainsMeasurement((2, 2, 2)), Source.SIMULATION)
            assert site.snapshot.mains.currents_da == (50, 50, 50)
            assert not site.snapshot.mains.simulated
            await bench.clock.sleep_ms(59_000)
            site.feed(MainsMeasurement((3, 3, 3)), Source.SIMULATION)
            assert site.snapshot.mains.currents_da == (50, 50, 50)
            await bench.clock.sleep_ms(1_001)
            site.feed(MainsMeasurement((4, 4, 4)), Source.SIMULATION)
            assert site.snapshot.mains.currents_da == (4, 4, 4)
            texts = [event.text for event in site.snapshot.events]
            assert "mains: an outside sender takes over from the simulation" in texts
            assert "mains: the outside sender is silent, the simulation goes on" in texts

    play(Bench(demo=True), story)


def test_nothing_lifts_the_current_above_what_the_board_was_commissioned_for() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            outcome = await site.execute(SetSetting("current_max", 16, "1"))
            assert (outcome.accepted, outcome.detail) == (True, "")
            outcome = await site.execute(SetSetting("current_max", 32, "1"))
            assert outcome.accepted
            assert outcome.detail == "the board keeps to 16.0 A, for which it was commissioned"
            for _ in range(60):
                await bench.live(site, 1)
                assert _offered(site.snapshot.charger("1")) <= 160
            assert _offered(site.snapshot.charger("1")) == 160

    play(Bench(charger={"mode": 1}, site={"current_max_circuit": 40}), story)
