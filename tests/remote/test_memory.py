"""The past over the API is the past that the store keeps."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from evse_tui.api.v1.views.past import charger_point, session_view, site_point, total_view
from evse_tui.control.types import Mode
from evse_tui.remote import past
from evse_tui.remote.client import Client
from evse_tui.remote.memory import RemoteMemory
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Level
from evse_tui.store import (
    MJ_PER_WH,
    SITE,
    ChargerBucket,
    ChargerSeries,
    LogEntry,
    Session,
    SiteBucket,
    SiteSeries,
    Store,
    StoreError,
)
from evse_tui.store.history import Span, SubjectBucket
from tests.api.factory import RecordingSite
from tests.remote.served import serving
from tests.remote.strangers import answer, problem, stranger

NOON = 1_700_000_000 - 1_700_000_000 % 86_400
MINUTES = 300


def site_minute(number: int) -> SiteBucket:
    """A minute in which everything is known, or only some of it."""
    start_s = NOON + 60 * number
    if number % 7 == 3:
        return SiteBucket(start_s, 60, pv_ms=30_000, pv_mj=30_000 * number)
    return SiteBucket(
        start_s,
        60,
        mains_ms=60_000,
        mains_l1=60_000 * number,
        mains_l2=-60_000 * 5,
        mains_l3=60_000,
        mains_min_l1=number - 1,
        mains_min_l2=-9,
        mains_min_l3=0,
        mains_max_l1=number + 1,
        mains_max_l2=2,
        mains_max_l3=3,
        removed=60_000 * 11,
        imported_mj=MJ_PER_WH * 7,
        exported_mj=MJ_PER_WH // 2,
        battery_ms=60_000,
        battery=60_000 * 100,
        soc_ms=60_000,
        soc=60_000 * 512,
        pv_ms=60_000,
        pv_mj=60_000 * 1_234,
        price_ms=60_000,
        price=60_000 * 251,
        charged_mj=MJ_PER_WH * 5,
        solar_mj=MJ_PER_WH * 3,
        unpriced_mj=MJ_PER_WH if number == 100 else 0,
        cost_u=500,
        main_da=250,
        circuit_da=160,
        capacity_da=None,
    )


def charger_minute(number: int) -> ChargerBucket:
    return ChargerBucket(
        NOON + 60 * number,
        60,
        online_ms=60_000,
        offered=60_000 * 120,
        offered_min_da=100,
        offered_max_da=130,
        granted=60_000 * 125,
        plugged_ms=60_000,
        charging_ms=50_000,
        three_ms=40_000,
        ev_ms=60_000,
        ev_l1=60_000 * 118,
        ev_l2=60_000 * 117,
        ev_l3=0,
        ev_max_da=119,
        modelled_ms=60_000 if number % 2 else 0,
        charged_mj=MJ_PER_WH * 5,
        solar_mj=MJ_PER_WH * 3,
        cost_u=500,
        reason="mains",
        reason_ms=60_000,
    )


def plug_in(number: int) -> Session:
    started_s = NOON + 1_000 * number
    return Session(
        "1" if number % 3 else "2",
        started_s,
        started_s + 500,
        duration_ms=500_000,
        charging_ms=400_000,
        energy_wh=1_000 + number,
        estimated=bool(number % 2),
        solar_mj=MJ_PER_WH * number,
        cost_u=1_000 * number,
        max_da=160,
        phases=3,
        card="C1C1",
        mode=Mode.SOLAR,
    )


def line(number: int) -> LogEntry:
    whose, level = ("1", None, "2")[number % 3], list(Level)[number % 2]
    return LogEntry(number + 1, NOON + number + 0.5, whose, level.value, f"line {number}")


SESSIONS = [plug_in(number) for number in range(9)]
LINES = [line(number) for number in range(30)]


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.open(None)
    spans = [Span(site_minute(number), (SubjectBucket("1", charger_minute(number)),)) for number in range(MINUTES)]
    await store.remember(spans, SESSIONS)
    await store.record(LINES)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def memory(store: Store) -> AsyncIterator[Memory]:
    async with serving(RecordingSite(memory=store)) as server, Client(server.url) as client:
        yield RemoteMemory(client)


WINDOWS = [(NOON, NOON + 60 * MINUTES, 500), (NOON + 90, NOON + 7_000, 40), (NOON - 86_400, NOON + 86_400, 100)]


@pytest.mark.parametrize(("from_s", "to_s", "points"), WINDOWS)
async def test_history_has_the_same_means(store: Store, memory: Memory, from_s: int, to_s: int, points: int) -> None:
    ours, theirs = await store.history(SITE, from_s, to_s, points), await memory.history(SITE, from_s, to_s, points)
    assert isinstance(ours, SiteSeries)
    assert isinstance(theirs, SiteSeries)
    assert ours.step_s == theirs.step_s
    assert len(ours.points) > 3
    assert [site_point(bucket) for bucket in theirs.points] == [site_point(bucket) for bucket in ours.points]

    cars, remote_cars = await store.history("1", from_s, to_s, points), await memory.history("1", from_s, to_s, points)
    assert isinstance(cars, ChargerSeries)
    assert isinstance(remote_cars, ChargerSeries)
    assert [charger_point(bucket) for bucket in remote_cars.points] == [charger_point(bucket) for bucket in cars.points]


async def test_history_is_as_coarse_as_asked(memory: Memory) -> None:
    for finest_s in (60, 900, 3_600):
        series = await memory.history(SITE, NOON, NOON + 60 * MINUTES, 500, finest_s)
        assert series.step_s == finest_s


async def test_history_of_nothing(memory: Memory) -> None:
    assert (await memory.history(SITE, NOON, NOON)).points == ()
    assert isinstance(await memory.history("1", NOON, NOON), ChargerSeries)
    assert (await memory.history("nobody", NOON, NOON + 60)).points == ()


@pytest.mark.parametrize("subject", [SITE, "1"])
@pytest.mark.parametrize("step_s", [3_600, 900, 86_400])
async def test_totals_are_those_of_the_store(store: Store, memory: Memory, subject: str, step_s: int) -> None:
    """Apart from PV where it was not always known: here in half of every seventh minute."""
    edges = range(NOON - step_s, NOON + 60 * MINUTES + step_s, step_s)
    ours, theirs = await store.totals(subject, edges), await memory.totals(subject, edges)
    assert len(ours) == len(theirs) > 1
    for total, remote in zip(ours, theirs, strict=True):
        shown = total_view(total, "", of_site=subject == SITE)
        assert total_view(replace(remote, pv_mj=total.pv_mj), "", of_site=subject == SITE) == shown
        assert remote.pv_mj == pytest.approx(total.pv_mj, rel=0.2)


async def test_totals_of_a_year_come_in_parts(memory: Memory) -> None:
    edges = [NOON + day * 86_400 for day in range(-365, 2)]
    days = await memory.totals(SITE, edges)
    assert [(day.start_s, day.end_s) for day in days] == list(itertools.pairwise(edges))
    assert sum(day.charged_mj for day in days) == sum(site_minute(number).charged_mj for number in range(MINUTES))


async def test_no_edges_no_totals(memory: Memory) -> None:
    assert await memory.totals(SITE, ()) == await memory.totals(SITE, (NOON,)) == ()


async def test_sessions_in_pages(store: Store, memory: Memory) -> None:
    for query in ({}, {"charger_id": "2"}, {"from_s": NOON + 2_000.5, "to_s": NOON + 7_000}, {"limit": 4}):
        ours, theirs = await store.sessions(**query), await memory.sessions(**query)
        assert ours
        assert [session_view(row) for row in theirs] == [session_view(row) for row in ours]
    first = await memory.sessions(limit=5)
    assert (*first, *await memory.sessions(before=first[-1].id)) == await memory.sessions()
    assert {row.cost_u for row in await memory.sessions()} == {row.cost_u for row in SESSIONS}


async def test_events_in_pages(store: Store, memory: Memory) -> None:
    for query in (
        {},
        {"charger_id": "1"},
        {"charger_id": "", "limit": 5},
        {"levels": ("info",), "limit": 7},
        {"levels": ("warning", "fault")},
        {"from_s": NOON + 3.2, "to_s": NOON + 20.5, "limit": 6},
        {"before": 12},
    ):
        ours = await store.events(**query)
        assert ours
        assert await memory.events(**query) == ours


async def test_what_can_not_be_asked_is_one_sentence() -> None:
    for says in (answer("200 OK", "application/json", "{}"), problem("503 x", "The disk is gone."), b""):
        async with stranger(says) as server, Client(server.url) as client:
            memory = RemoteMemory(client)
            for question in (
                memory.history(SITE, 0, 60),
                memory.totals(SITE, (0, 60)),
                memory.sessions(),
                memory.events(),
            ):
                with pytest.raises(StoreError):
                    await question


async def test_a_mode_of_a_newer_site_is_not_guessed() -> None:
    told = session_view(replace(SESSIONS[0], id=1))
    told.mode = "lunar"
    with pytest.raises(KeyError):
        past.session(told)
