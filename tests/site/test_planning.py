"""Schedules, boost and session limit on the shipped firmware, in virtual time."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evse_tui.control.types import Constraint, Mode
from evse_tui.sim.car import Car, CarParameters
from evse_tui.site.commands import SetBoost, SetMode, SetSchedule, SetSetting
from evse_tui.site.schedule import LocalSchedule, moment_s
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot, ChargerState, CommandState
from evse_tui.store import Store
from tests.site.bench import Bench, play

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _charging(charger: ChargerSnapshot) -> bool:
    return charger.state is ChargerState.C


def _constraint(site: Site) -> Constraint:
    grant = site.snapshot.charger("1").grant
    assert grant is not None
    return grant.reason.constraint


def _texts(site: Site) -> list[str]:
    return [event.text for event in site.snapshot.events]


def _bench(now: str, directory: Path | None = None, **charger: int) -> Bench:
    start_s = moment_s(_local(now), AMSTERDAM)
    return Bench(wall_s=start_s, timezone="Europe/Amsterdam", directory=directory, charger=charger)


def test_a_night_over_the_change_of_the_clock_ends_off(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = False
        plan = LocalSchedule(_local("2026-03-29T01:58"), _local("2026-03-29T03:02"))
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            assert (await site.execute(SetMode("1", Mode.NORMAL, plan))).accepted
            await bench.live(site, 5)
            charger = site.snapshot.charger("1")
            assert charger.mode is Mode.NORMAL
            assert _constraint(site) is Constraint.SCHEDULE
            assert charger.schedule is not None
            assert (charger.schedule.open, charger.schedule.daily) == (False, False)
            assert charger.schedule.stop_s is not None
            assert charger.schedule.stop_s - charger.schedule.start_s == 240  # not 64 min: an hour is skipped
            assert charger.commands[-1].what == "mode Normal, from 2026-03-29 01:58 until 2026-03-29 03:02"
            assert charger.commands[-1].state is CommandState.OBSERVED
            assert not charger.no_power
            await bench.until(site, _charging, 60)
            opened = site.snapshot.charger("1").schedule
            assert opened is not None
            assert opened.open
            await bench.until(site, lambda c: c.mode is Mode.OFF, 300)
            now = datetime.fromtimestamp(bench.clock.wall_s(), AMSTERDAM)
            assert (now.hour, now.minute, now.second // 2) == (3, 2, 0)
            await bench.live(site, 8)
            assert not bench.chargers["1"].view.c1
            assert site.snapshot.charger("1").schedule is None
            assert "the schedule is over: mode Off" in _texts(site)
        store = await Store.open(tmp_path)
        assert store.stored.schedules == {}
        assert store.stored.settings["1", "mode"] == Mode.OFF
        await store.close()

    play(_bench("2026-03-29T01:57", tmp_path), story)


def test_daily_windows_go_on_in_wall_time() -> None:
    async def story(bench: Bench) -> None:
        bench.ev_meter = False
        plan = LocalSchedule(_local("2026-10-24T23:59"), _local("2026-10-25T00:01"), daily=True)
        async with bench.host() as site:
            await bench.live(site, 2)
            assert (await site.execute(SetSchedule("1", plan))).accepted
            assert site.snapshot.charger("1").mode is Mode.NORMAL
            for day in range(3):
                shown = site.snapshot.charger("1").schedule
                assert shown is not None
                assert (shown.start_s, shown.daily) == (moment_s(plan.start + timedelta(days=day), AMSTERDAM), True)
                bench.clock.step(shown.start_s - bench.clock.wall_s() - 3)  # nobody waits for a whole day
                await bench.live(site, 2)
                assert _constraint(site) is Constraint.SCHEDULE
                await bench.live(site, 3)
                assert _constraint(site) is Constraint.NOT_CONNECTED
                await bench.live(site, 120)
                assert _constraint(site) is Constraint.SCHEDULE
            assert site.snapshot.charger("1").mode is Mode.NORMAL

    play(_bench("2026-10-24T23:50", mode=1), story)


def test_a_start_alone_disappears_and_the_mode_goes_on(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 2)
            await site.execute(SetSchedule("1", LocalSchedule(_local("2026-05-01T12:02"))))
            await bench.live(site, 60)
            assert _constraint(site) is Constraint.SCHEDULE
            await bench.live(site, 60)
            charger = site.snapshot.charger("1")
            assert (charger.mode, charger.schedule) == (Mode.NORMAL, None)
            assert _constraint(site) is Constraint.NOT_CONNECTED
            assert "the schedule is over" in _texts(site)

    play(_bench("2026-05-01T12:00", tmp_path, mode=1), story)


def test_schedules_survive_sigkill_and_mean_the_same_after_it(tmp_path: Path) -> None:
    plan = LocalSchedule(_local("2026-05-01T12:10"), _local("2026-05-01T12:20"))

    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 2)
            await site.execute(SetMode("1", Mode.SMART, plan))
            # what SIGKILL leaves is what was committed: copies of the files
            for name in ("before", "within", "after"):
                shutil.copytree(tmp_path / "data", tmp_path / name)

    play(_bench("2026-05-01T12:00", tmp_path / "data"), story)

    async def restart(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            charger = site.snapshot.charger("1")
            shown.append((charger.mode, _constraint(site), charger.schedule is not None))

    shown: list[tuple[Mode, Constraint, bool]] = []
    for name, now in (("before", "12:05"), ("within", "12:15"), ("after", "12:25")):
        play(_bench(f"2026-05-01T{now}", tmp_path / name), restart)
    assert shown == [
        (Mode.SMART, Constraint.SCHEDULE, True),
        (Mode.SMART, Constraint.NOT_CONNECTED, True),
        (Mode.OFF, Constraint.OFF, False),  # the host slept over it
    ]


def test_who_chooses_a_mode_wants_it_now() -> None:
    async def story(bench: Bench) -> None:
        plan = LocalSchedule(_local("2026-05-01T13:00"))
        async with bench.host() as site:
            await bench.live(site, 2)
            for command in (SetMode("1", Mode.NORMAL), SetSetting("mode", 1, "1"), SetSchedule("1", None)):
                assert (await site.execute(SetSchedule("1", plan))).accepted
                assert site.snapshot.charger("1").schedule is not None
                assert (await site.execute(command)).accepted
                assert site.snapshot.charger("1").schedule is None
            await site.execute(SetMode("1", Mode.NORMAL, plan))
            await site.execute(SetSetting("current_max", 16, "1"))
            assert site.snapshot.charger("1").schedule is not None
            over = LocalSchedule(_local("2026-05-01T11:00"), _local("2026-05-01T11:30"))
            refused = await site.execute(SetSchedule("1", over))
            assert (refused.accepted, refused.detail) == (False, "the schedule is over already")
            assert site.snapshot.charger("1").schedule is not None
            outcome = await site.execute(SetMode("1", Mode.NORMAL, over))
            assert (outcome.accepted, outcome.detail) == (True, "the schedule was left out: it is over already")
            assert site.snapshot.charger("1").schedule is None
            backwards = LocalSchedule(plan.start, over.start)
            for command in (SetSchedule("1", backwards), SetMode("1", Mode.OFF, backwards)):
                refused = await site.execute(command)
                assert (refused.accepted, refused.detail) == (False, "the stop of a schedule must be after its start")
            assert site.snapshot.charger("1").mode is Mode.NORMAL

    play(_bench("2026-05-01T12:00"), story)


def test_a_full_disk_keeps_a_finished_schedule_closed_and_is_tried_again() -> None:
    async def story(bench: Bench) -> None:
        plan = LocalSchedule(_local("2026-05-01T12:00"), _local("2026-05-01T12:02"))
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            await site.execute(SetMode("1", Mode.NORMAL, plan))
            await bench.until(site, _charging, 60)
            site._store._database._connection.execute("PRAGMA query_only = ON")
            await bench.live(site, 120)
            assert not bench.chargers["1"].view.c1
            assert site.snapshot.charger("1").mode is Mode.NORMAL
            assert _constraint(site) is Constraint.SCHEDULE
            site._store._database._connection.execute("PRAGMA query_only = OFF")
            await bench.live(site, 2)
            assert site.snapshot.charger("1").mode is Mode.OFF
            assert _texts(site).count("the schedule is over: mode Off") == 1

    play(_bench("2026-05-01T11:59:50"), story)


def _solar() -> Bench:
    return Bench(charger={"mode": 2, "enable_c2": 1, "current_max": 16})


def test_a_boost_in_solar_ends_with_its_energy() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            refused = await site.execute(SetBoost("1", True, 500))
            assert (refused.accepted, refused.detail) == (False, "boost: no car is connected")
            bench.plug(Car(CarParameters(phases=1)))
            await bench.live(site, 10)
            assert not _charging(site.snapshot.charger("1"))
            refused = await site.execute(SetBoost("1", True, 0))
            assert (refused.accepted, refused.detail) == (False, "boost: 0 is not within 1 to 1000000 Wh")
            assert (await site.execute(SetBoost("1", True, 200))).accepted
            charger = site.snapshot.charger("1")
            assert charger.boost is not None
            assert (charger.boost.energy_wh, charger.boost.left_wh) == (200, 200)
            assert charger.commands[-1].state is CommandState.ACCEPTED
            await bench.until(site, _charging, 60)
            assert site.snapshot.charger("1").commands[-1].state is CommandState.OBSERVED
            await bench.live(site, 60)
            boost = site.snapshot.charger("1").boost
            assert boost is not None
            assert boost.left_wh is not None
            assert 0 < boost.left_wh < 200
            await bench.until(site, lambda c: c.boost is None, 400)
            session = site.snapshot.charger("1").session
            assert session is not None
            assert session.energy_wh is not None
            assert 200 <= session.energy_wh <= 202
            await bench.until(site, lambda c: not _charging(c), 900)
            assert _texts(site).count("boost over: 0.2 kWh reached") == 1
            assert "set: boost for 0.2 kWh" in _texts(site)

    play(_solar(), story)


def test_a_boost_belongs_to_its_plug_in() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            for unplug_unseen in (False, True):
                bench.plug(Car(CarParameters(phases=1)))
                await bench.live(site, 12)
                assert (await site.execute(SetBoost("1", True))).accepted
                await bench.until(site, _charging, 60)
                boost = site.snapshot.charger("1").boost
                assert boost is not None
                assert (boost.energy_wh, boost.left_wh) == (None, None)
                if unplug_unseen:
                    bench.openers["1"].unplug_adapter()
                    await bench.live(site, 2)
                    bench.chargers["1"].unplug()
                    await bench.live(site, 2)
                    bench.plug(Car(CarParameters(phases=1)))
                    await bench.live(site, 2)
                    bench.openers["1"].plug_adapter()
                    await bench.live(site, 20)
                else:
                    bench.chargers["1"].unplug()
                    await bench.live(site, 3)
                assert site.snapshot.charger("1").boost is None
                assert _texts(site)[-8:].count("boost over: the car was disconnected") == 1 or unplug_unseen
            assert _texts(site).count("boost over: the car was disconnected") == 2
            assert (await site.execute(SetBoost("1", True))).accepted
            assert (await site.execute(SetBoost("1", False))).accepted
            assert site.snapshot.charger("1").boost is None

    play(_solar(), story)


def test_a_restart_forgets_the_boost(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            await site.execute(SetBoost("1", True))
        async with bench.host() as site:
            await bench.live(site, 3)
            assert site.snapshot.charger("1").boost is None

    play(Bench(directory=tmp_path, charger={"mode": 2}), story)


def test_a_session_limit_stops_and_says_so_once() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.until(site, lambda c: not _charging(c), 900)
            session = site.snapshot.charger("1").session
            assert session is not None
            assert session.energy_wh in range(1_000, 1_010)
            await bench.live(site, 120)
            assert not bench.chargers["1"].view.c1
            assert _constraint(site) is Constraint.SESSION_LIMIT
            assert len([text for text in _texts(site) if "session limit" in text]) == 1
            await site.execute(SetSetting("session_limit", 2, "1"))
            await bench.until(site, _charging, 60)

    play(Bench(charger={"mode": 1, "enable_c2": 3, "session_limit": 1}), story)


@pytest.mark.parametrize("step_s", [-6 * 3_600.0, 6 * 3_600.0])
def test_steps_of_the_wall_clock_touch_no_session_lease_or_age(step_s: float) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.until(site, _charging, 60)
            await bench.live(site, 60)
            before = site.snapshot.charger("1").session
            assert before is not None
            bench.clock.step(step_s)
            for _ in range(30):
                await bench.live(site, 1)
                assert bench.chargers["1"].view.c1
                assert bench.chargers["1"].board.view().lease_ms > 3_500
            snapshot = site.snapshot
            charger = snapshot.charger("1")
            assert charger.session is not None
            assert charger.session.started_s == before.started_s
            assert charger.session.duration_ms - before.duration_ms in range(29_900, 30_100)
            assert charger.session.charging_ms - before.charging_ms in range(29_900, 30_100)
            assert (charger.session.energy_wh or 0) - (before.energy_wh or 0) in range(20, 90)
            assert charger.board is not None
            assert charger.board.age_ms < 1_100
            assert snapshot.mains.age_ms is not None
            assert snapshot.mains.age_ms < 1_100
            assert snapshot.warnings == ()

    play(Bench(charger={"mode": 3, "enable_c2": 3}), story)


def test_a_schedule_follows_a_clock_that_is_set_right() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 2)
            plan = LocalSchedule(_local("2026-05-01T12:30"), _local("2026-05-01T13:30"), daily=True)
            await site.execute(SetSchedule("1", plan))
            for step_s, expected in (
                (3_600, Constraint.NOT_CONNECTED),
                (3_600, Constraint.SCHEDULE),
                (-3_600, Constraint.NOT_CONNECTED),
                (-7_200, Constraint.SCHEDULE),
            ):
                bench.clock.step(step_s)
                await bench.live(site, 2)
                assert _constraint(site) is expected

    play(_bench("2026-05-01T12:00", mode=1), story)
