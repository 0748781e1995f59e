"""The site without a board: commands, measurements, storage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from evse_tui.clock import LoopClock
from evse_tui.config import ChargerConfig, Meters, SiteConfig
from evse_tui.control.types import C2Mode, Constraint, Decision, Mode, Observation
from evse_tui.settings import SETTINGS, Scope
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    Command,
    EvMeasurement,
    MainsMeasurement,
    PriceMeasurement,
    PvMeasurement,
    SetBoost,
    SetC2,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SetSetting,
    SiteView,
    SwipeCard,
)
from evse_tui.site.rfid import Reader
from evse_tui.site.site import Site
from evse_tui.site.snapshot import CommandState, Freshness, Level
from evse_tui.site.tariff import PRICE
from evse_tui.store import ScheduleRow, Store
from tests.site.bench import in_virtual_time
from tests.site.samples import NoPort

CONFIG = SiteConfig(chargers=(ChargerConfig("1", "/dev/none"), ChargerConfig("yard", "/dev/none2", "Yard")))


@asynccontextmanager
async def running(
    directory: Path | None = None, config: SiteConfig = CONFIG, store: Store | None = None
) -> AsyncIterator[Site]:
    openers = {charger.id: NoPort() for charger in config.chargers}
    site = Site(config, store or await Store.open(directory), LoopClock(1_000.0), openers)
    await site.start()
    try:
        yield site
    finally:
        await site.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_first_start() -> None:
    async with running() as site:
        view: SiteView = site
        snapshot = view.snapshot
        assert [(c.id, c.name, c.mode, c.serial) for c in snapshot.chargers] == [
            ("1", "Charger 1", Mode.OFF, 0),
            ("yard", "Yard", Mode.OFF, 0),
        ]
        assert snapshot.settings["current_main"] == 25
        assert {s.name for s in SETTINGS if s.scope is Scope.SITE} == set(snapshot.settings)
        assert {s.name for s in SETTINGS if s.scope is Scope.CHARGER} == set(snapshot.charger("1").settings)
        assert snapshot.mains.freshness is Freshness.ABSENT
        grant = snapshot.charger("1").grant
        assert grant is not None
        assert grant.reason.constraint is Constraint.OFF
        assert snapshot.decided_ms == snapshot.at_ms
        await asyncio.sleep(1)
        assert site.snapshot.charger("1").link_detail == "There is no port /dev/none."
        assert "board waiting: There is no port /dev/none." in [event.text for event in site.snapshot.events]


@in_virtual_time
async def test_a_site_without_chargers_runs() -> None:
    async with running(config=SiteConfig()) as site:
        site.feed(MainsMeasurement((1, 2, 3)))
        assert site.snapshot.mains.currents_da == (1, 2, 3)


COMMITTED: list[tuple[Command, str, int]] = [
    (SetMode("1", Mode.SMART), "mode", 3),
    (SetC2("1", C2Mode.AUTO), "enable_c2", 4),
    (SetSetting("current_max", 16, "1"), "current_max", 16),
    (SetSetting("mode", 4, "1"), "mode", 4),
    (SetSetting("current_main", 35), "current_main", 35),
    (SetSetting("current_max_sum_mains", 0), "current_max_sum_mains", 0),
    (SetSetting("current_max_sum_mains", 600), "current_max_sum_mains", 600),
]


@pytest.mark.parametrize(("command", "name", "value"), COMMITTED)
def test_a_setting_survives_a_restart(tmp_path: Path, command: Command, name: str, value: int) -> None:
    @in_virtual_time
    async def story() -> None:
        async with running(tmp_path) as site:
            outcome = await site.execute(command)
            assert (outcome.accepted, outcome.detail) == (True, "")
            scope = site.snapshot.settings if command.charger_id is None else site.snapshot.charger("1").settings
            assert scope[name] == value
        async with running(tmp_path) as site:
            scope = site.snapshot.settings if command.charger_id is None else site.snapshot.charger("1").settings
            assert scope[name] == value

    story()


REFUSED: list[tuple[Command, str]] = [
    (SetMode("x", Mode.SMART), "there is no charger 'x'"),
    (SetSetting("volume", 11), "there is no setting 'volume'"),
    (SetSetting("current_max", 81, "1"), "current_max: 81 is not within 6 to 80 A"),
    (SetSetting("current_max_sum_mains", 5), "current_max_sum_mains: 5 is not within 10 to 600 A, or 0"),
    (SetSetting("current_max", 16), "current_max is a setting of each charger"),
    (SetSetting("current_main", 16, "1"), "current_main is a setting of the site"),
    (SetSetting("current_min", 14, "1"), "current_min of 14 A is above current_max of 13 A"),
    (SetSchedule("x", None), "there is no charger 'x'"),
    (SetBoost("1", True), "boost: there is no board now"),
    (SetOverride("1", 59), "override: 5.9 A is not within 6.0 A to 13.0 A"),
    (SetOverride("1", 131), "override: 13.1 A is not within 6.0 A to 13.0 A"),
]


@pytest.mark.parametrize(("command", "detail"), REFUSED)
def test_refused_with_a_sentence(command: Command, detail: str) -> None:
    @in_virtual_time
    async def story() -> None:
        async with running() as site:
            before = site.snapshot.charger("1").settings, site.snapshot.settings
            outcome = await site.execute(command)
            assert (outcome.accepted, outcome.detail) == (False, detail)
            assert (site.snapshot.charger("1").settings, site.snapshot.settings) == before

    story()


@in_virtual_time
async def test_solar_clears_the_override_and_refuses_a_new_one() -> None:
    async with running() as site:
        assert (await site.execute(SetOverride("1", 100))).accepted
        await site.execute(SetMode("1", Mode.SMART))
        assert site.snapshot.charger("1").override_da == 100
        await site.execute(SetMode("1", Mode.SOLAR))
        assert site.snapshot.charger("1").override_da == 0
        assert not (await site.execute(SetOverride("1", 100))).accepted
        await site.execute(SetMode("1", Mode.NORMAL))
        assert (await site.execute(SetOverride("1", 60))).accepted
        assert (await site.execute(SetOverride("1", 0))).accepted
        assert site.snapshot.charger("1").override_da == 0


@in_virtual_time
async def test_modes_that_need_a_mains_meter_change_nothing_without_one() -> None:
    async with running(config=SiteConfig(meters=Meters(mains="Disabled"), chargers=CONFIG.chargers)) as site:
        await site.execute(SetMode("1", Mode.NORMAL))
        for mode in (Mode.SMART, Mode.SOLAR):
            outcome = await site.execute(SetMode("1", mode))
            assert outcome.accepted
            assert "needs a mains meter" in outcome.detail
            assert site.snapshot.charger("1").mode is Mode.NORMAL
        site.feed(MainsMeasurement((1, 2, 3)))
        assert site.snapshot.mains.currents_da is None


@in_virtual_time
async def test_every_measurement_shows() -> None:
    async with running() as site:
        site.feed(CircuitMeasurement((1, 2, 3)))
        site.feed(BatteryMeasurement(-40, 500))
        site.feed(PvMeasurement(3_000))
        site.feed(MainsMeasurement((-10, -10, -10)))
        site.feed(EvMeasurement("yard", (70, 0, 0), 1_610, 12_345, 6))
        site.feed(EvMeasurement("yard", None, 1_700))
        snapshot = site.snapshot
        assert snapshot.circuit.currents_da == (1, 2, 3)
        assert (snapshot.battery.currents_da, snapshot.battery.soc_permille) == ((-40, 0, 0), 500)
        assert snapshot.pv.power_w == 3_000
        assert snapshot.mains.updated_s == 1_000
        ev = snapshot.charger("yard").ev
        assert (ev.currents_da, ev.power_w, ev.import_wh, ev.export_wh) == ((70, 0, 0), 1_700, 12_345, 6)
        assert snapshot.charger("1").ev.currents_da is None
        with pytest.raises(KeyError):
            site.feed(EvMeasurement("x"))
        await asyncio.sleep(0.01)
        surplus = site.snapshot.surplus
        assert surplus is not None
        assert (surplus.raw_sum_da, surplus.neutralised_sum_da) == (-30, 10)


@in_virtual_time
async def test_the_worked_example_of_the_battery() -> None:
    async with running() as site:
        await site.execute(SetMode("1", Mode.SOLAR))
        site.feed(BatteryMeasurement(100))
        site.feed(MainsMeasurement((-10, 0, 0)))
        surplus = site.snapshot.surplus
        assert surplus is not None
        assert surplus.neutralised_sum_da == -110


@in_virtual_time
async def test_one_turn_of_the_loop_makes_at_most_two_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as site:
        decided: list[int] = []
        decide = site._controller.decide

        def count(observation: Observation, now_ms: int) -> Decision:
            decided.append(now_ms)
            return decide(observation, now_ms)

        monkeypatch.setattr(site._controller, "decide", count)
        site.feed(BatteryMeasurement(1))
        assert decided == []
        for value in range(10):
            site.feed(MainsMeasurement((value, 0, 0)))
            site.feed(CircuitMeasurement((value, 0, 0)))
        assert len(decided) == 1  # in the call
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(decided) == 2


@in_virtual_time
async def test_a_full_disk_refuses_the_command_and_keeps_the_old_value() -> None:
    store = await Store.open(None)
    async with running(store=store) as site:
        await site.execute(SetMode("1", Mode.NORMAL))
        store._database._connection.execute("PRAGMA query_only = ON")
        outcome = await site.execute(SetMode("1", Mode.SMART))
        assert not outcome.accepted
        assert "read-only" in outcome.detail
        assert site.snapshot.charger("1").mode is Mode.NORMAL
        assert site.snapshot.charger("1").commands[-1].state is CommandState.FAILED
        await asyncio.sleep(3)
        assert any("read-only" in warning for warning in site.snapshot.warnings)
        store._database._connection.execute("PRAGMA query_only = OFF")
        await asyncio.sleep(3)
        assert site.snapshot.warnings == ()
        assert any(entry.text == "set: mode Normal" for entry in store._database.load().log)


@in_virtual_time
async def test_the_log_goes_on_after_a_restart() -> None:
    store = await Store.open(None)
    site = Site(SiteConfig(), store, LoopClock(), {})
    await site.start()
    await site.execute(SetSetting("current_main", 30))
    await site._recorder.write()
    stored = store._database.load()
    assert [(entry.number, entry.text) for entry in stored.log] == [(1, "set: current_main 30 A")]
    await site.stop()
    again = await Store.open(None)
    again._stored = stored
    site = Site(SiteConfig(), again, LoopClock(), {})
    site.log(None, Level.INFO, "next")
    assert [event.number for event in site.snapshot.events] == [1, 2]
    await again.close()
    site._tasks.failure.cancel()


@in_virtual_time
async def test_lock_hold_is_committed() -> None:
    store = await Store.open(None)
    async with running(store=store) as site:
        assert (await site.execute(SetLockHold("1", True))).accepted
        assert store._database.load().settings["1", "lock_hold"] == 1


@in_virtual_time
async def test_simultaneous_commands_end_as_the_last_one_says() -> None:
    store = await Store.open(None)
    async with running(store=store) as site:
        await asyncio.gather(*(site.execute(SetSetting("current_max", value, "1")) for value in range(6, 26)))
        assert site.snapshot.charger("1").settings["current_max"] == 25
        assert store._database.load().settings["1", "current_max"] == 25


@pytest.mark.parametrize("turns", range(6))
@in_virtual_time
async def test_who_stops_waiting_leaves_no_half_of_a_change(turns: int) -> None:
    """A window that closes, or a token that is revoked, cancels whoever waits for the commit."""
    store = await Store.open(None)
    async with running(store=store) as site:
        await site.execute(SetSetting("rfid_reader", Reader.LEARN, "1"))
        for command in (SetSetting("current_main", 16), SetMode("1", Mode.NORMAL), SwipeCard("1", "04A3B2C1")):
            waiting = asyncio.ensure_future(site.execute(command))
            for _ in range(turns):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.sleep(1)
        stored = store._database.load()
        assert site.snapshot.settings["current_main"] == stored.settings.get((None, "current_main"), 25)
        assert site.snapshot.charger("1").mode == stored.settings.get(("1", "mode"), Mode.OFF)
        assert ("04A3B2C1" in site._chargers["1"].reader._cards) == ("04A3B2C1" in stored.cards)
        assert all(command.state is not CommandState.REQUESTED for command in site.snapshot.commands)


@in_virtual_time
async def test_the_maximum_stays_above_the_minimum_whatever_the_order() -> None:
    async with running() as site:
        assert (await site.execute(SetSetting("current_min", 10, "1"))).accepted
        refused = await site.execute(SetSetting("current_max", 9, "1"))
        assert (refused.accepted, refused.detail) == (False, "current_min of 10 A is above current_max of 9 A")
        outcomes = await asyncio.gather(
            site.execute(SetSetting("current_min", 13, "1")), site.execute(SetSetting("current_max", 11, "1"))
        )
        assert [outcome.accepted for outcome in outcomes] == [True, False]
        assert site.snapshot.charger("1").settings["current_max"] == 13


@in_virtual_time
async def test_prices_registers_and_the_names_of_site_and_zone_show() -> None:
    async with running(config=replace(CONFIG, timezone="Pacific/Auckland")) as site:
        site.feed(PriceMeasurement(-12))
        site.feed(MainsMeasurement((1, 2, 3), 1_000, 50))
        site.feed(MainsMeasurement((4, 5, 6), export_wh=51))
        snapshot = site.snapshot
        assert snapshot.price_milli_per_kwh == -12
        assert (snapshot.mains.import_wh, snapshot.mains.export_wh) == (1_000, 51)
        assert (snapshot.name, snapshot.zone) == ("Home", "Pacific/Auckland")
        assert snapshot.rooms_da == (160, 160, 160)
        assert not snapshot.grid_relay


@in_virtual_time
async def test_a_garbled_schedule_of_the_store_is_said_and_left_out() -> None:
    store = await Store.open(None)
    await store.set_settings(
        {},
        {
            "1": ScheduleRow("1", "2026-05-01T12:00", "yesterday", False),
            "yard": ScheduleRow("yard", "2026-05-01T12:00", "2026-05-01T11:00", False),
        },
    )
    store._stored = store._database.load()
    async with running(store=store) as site:
        texts = [event.text for event in site.snapshot.events]
        assert "charger 1: the stored schedule is not used: its times can't be read" in texts
        assert "charger yard: the stored schedule is not used: the stop of a schedule must be after its start" in texts
        assert [charger.schedule for charger in site.snapshot.chargers] == [None, None]


@in_virtual_time
async def test_a_failed_part_is_not_silent() -> None:
    async with running() as site:

        async def broken() -> None:
            raise RuntimeError("boom")

        site.spawn(broken(), "broken")
        with pytest.raises(RuntimeError, match="boom"):
            await site.watch()
        assert any("boom" in warning for warning in site.snapshot.warnings)


def test_a_price_holds_until_the_next_one_also_over_a_restart(tmp_path: Path) -> None:
    async def tell(*prices: int) -> int | None:
        async with running(tmp_path) as site:
            known = site.snapshot.price_milli_per_kwh
            for price in prices:
                site.feed(PriceMeasurement(price))
            return known

    assert run_virtual(tell(240)) is None
    assert run_virtual(tell(-12, 250)) == 240
    assert run_virtual(tell()) == 250


@in_virtual_time
async def test_a_price_is_committed_within_a_second_and_tried_again() -> None:
    store = await Store.open(None)
    async with running(store=store) as site:
        site.feed(PriceMeasurement(240))
        await asyncio.sleep(1.5)
        assert store._database.load().settings[None, PRICE] == 240
        store._database._connection.execute("PRAGMA query_only = ON")
        site.feed(PriceMeasurement(250))
        await asyncio.sleep(1.5)
        assert site.snapshot.price_milli_per_kwh == 250
        store._database._connection.execute("PRAGMA query_only = OFF")
        await asyncio.sleep(1.5)
        assert store._database.load().settings[None, PRICE] == 250
