"""The site's past in its store: a simulated house and car, kills, and disks that are full."""

from __future__ import annotations

from pathlib import Path

import pytest

from evse_tui.sim.car import Car
from evse_tui.site.commands import PriceMeasurement
from evse_tui.site.site import Site
from evse_tui.store import Store, StoreError
from evse_tui.store.buckets import MJ_PER_WH, SITE, ChargerBucket, SiteBucket
from evse_tui.store.history import LEVELS, SiteSeries, Span
from evse_tui.store.sessions import Session
from tests.site.bench import Bench, play

START_S = 1_700_000_000
NORMAL = {"mode": 1, "current_max": 16}


async def _points(store: Store, subject: str, finest_s: int = 60) -> tuple[SiteBucket | ChargerBucket, ...]:
    return (await store.history(subject, START_S - 86_400, START_S + 86_400, 5_000, finest_s)).points


def test_minutes_and_the_plug_in_reach_the_store() -> None:
    async def story(bench: Bench) -> None:
        bench.house_da = (20, 10, 0)
        bench.battery_da = 30
        async with bench.host() as site:
            store = site._store
            site.feed(PriceMeasurement(300))
            await bench.live(site, 60)
            bench.plug(Car())
            await bench.until(site, lambda charger: charger.state == 2, 60)
            await bench.live(site, 300)
            (running,) = await store.sessions()
            assert running.ended_s is None
            bench.chargers["1"].unplug()
            await bench.live(site, 121)
            session = site.snapshot.charger("1").session
            (row,) = await store.sessions()
            assert session is not None
            assert row.ended_s == pytest.approx(row.started_s + session.duration_ms / 1000)
            assert (row.energy_wh, row.charging_ms, row.estimated) == (session.energy_wh, session.charging_ms, False)
            assert (row.phases, row.mode, row.solar_mj) == (3, 1, 0)
            assert row.max_da == pytest.approx(160, abs=5)
            assert row.cost_u == pytest.approx(row.energy_wh * 300, abs=4 * 300)
            chargers = [point for point in await _points(store, "1") if isinstance(point, ChargerBucket)]
            sites = [point for point in await _points(store, SITE) if isinstance(point, SiteBucket)]
            charged = sum(point.charged_mj for point in chargers)
            # until the meter's first reading after the end the integral goes on for a second: withheld next time
            assert charged == pytest.approx(row.energy_wh * MJ_PER_WH, abs=5 * MJ_PER_WH)
            assert sum(point.charged_mj for point in sites) == charged
            assert sum(point.imported_mj for point in sites) > charged
            for level in LEVELS:
                assert sum(point.charged_mj for point in await _points(store, "1", level.length_s)) == charged
            last = sites[-1]
            assert (last.mains_da, last.battery_da, last.neutralised_da) == ((20, 10, 0), 30, 0)
            assert (last.main_da, last.circuit_da, last.capacity_da, last.price_milli_per_kwh) == (250, 160, None, 300)
            assert {point.reason for point in chargers} >= {"not connected"}
            assert all(point.mains_ms <= 60_000 for point in sites)

    play(Bench(charger=NORMAL), story)


def test_surplus_is_the_cars_own() -> None:
    async def story(bench: Bench) -> None:
        bench.house_da = (-200, -200, -200)
        async with bench.host() as site:
            bench.plug(Car())
            await bench.until(site, lambda charger: charger.state == 2, 60)
            await bench.live(site, 300)
            bench.chargers["1"].unplug()
            await bench.live(site, 61)
            (row,) = await site._store.sessions()
            assert row.energy_wh > 300
            assert row.solar_wh == pytest.approx(row.energy_wh, abs=2)
            assert row.cost_milli is None or row.unpriced_mj == 0

    play(Bench(charger=NORMAL), story)


def test_a_host_that_dies_loses_at_most_a_minute(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        store = await Store.open(tmp_path)
        site = Site(bench.config, store, bench.clock, bench.openers)
        await site.start()
        bench.plug(Car())
        await bench.until(site, lambda charger: charger.state == 2, 60)
        await bench.live(site, 200)
        used = site.snapshot.charger("1").session
        # dies: nothing more is written
        await site._tasks.close()
        await store.close()
        (left,) = await _rows(tmp_path)
        assert used is not None
        assert used.energy_wh is not None
        assert left.ended_s is None
        assert 0 < used.energy_wh - left.energy_wh < 200
        bench.chargers["1"].unplug()
        async with bench.host() as site:
            await bench.live(site, 61)
        (row,) = await _rows(tmp_path)
        assert row.ended_s is not None
        assert (row.started_s, row.id) == (left.started_s, left.id)
        assert row.energy_wh >= left.energy_wh

    play(Bench(charger=NORMAL, directory=tmp_path), story)


async def _rows(directory: Path) -> tuple[Session, ...]:
    store = await Store.open(directory)
    rows = await store.sessions()
    await store.close()
    return rows


def test_an_orderly_end_and_a_new_host_share_a_minute(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        for _ in range(2):
            async with bench.host() as site:
                await bench.live(site, 10)
        store = await Store.open(tmp_path)
        series = await store.history(SITE, START_S - 60, START_S + 60)
        await store.close()
        assert isinstance(series, SiteSeries)
        assert sum(point.mains_ms for point in series.points) == 2 * 9_000

    play(Bench(charger=NORMAL, directory=tmp_path), story)


def test_a_full_disk_is_said_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        full = True
        remember = Store.remember

        async def refuse(self: Store, spans: list[Span], sessions: list[Session]) -> None:
            if full:
                raise StoreError("the disk is full")
            await remember(self, spans, sessions)

        monkeypatch.setattr(Store, "remember", refuse)
        async with bench.host() as site:
            await bench.live(site, 200)
            assert "the disk is full" in site.snapshot.warnings
            assert await _points(site._store, SITE) == ()
            full = False
            await bench.live(site, 60)
            assert "the disk is full" not in site.snapshot.warnings
            assert len(await _points(site._store, SITE)) >= 4

    play(Bench(charger=NORMAL), story)
