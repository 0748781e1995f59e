"""History, totals, sessions and events, from a store in memory."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from evse_tui.api.app import READS_AT_ONCE, make_app
from evse_tui.api.csv_text import lines
from evse_tui.api.v1 import past
from evse_tui.store import MJ_PER_WH, ChargerBucket, LogEntry, Session, SiteBucket, Store, StoreError
from evse_tui.store.history import Span, SubjectBucket
from tests.api.conftest import Client, FixedClock
from tests.api.factory import RecordingSite, make_snapshot
from tests.api.v1.client import get, read
from tests.memories import NoMemory

MIDNIGHT_S = 1_699_920_000
"""2023-11-14 in UTC."""
DAY_S = 86_400
SITE = SiteBucket(
    MIDNIGHT_S, 60, 60_000, 57 * 60_000, -6 * 60_000, 0, -10, -20, 0, 60, 0, 1, 100 * 60_000, 3 * MJ_PER_WH,
    MJ_PER_WH // 4, battery_ms=60_000, battery=100 * 60_000, soc_ms=60_000, soc=505 * 60_000, pv_ms=60_000,
    pv_mj=4_321 * 60_000, price_ms=60_000, price=-25 * 60_000, charged_mj=2 * MJ_PER_WH, solar_mj=MJ_PER_WH,
    cost_u=1_500, main_da=250, capacity_da=400,
)  # fmt: skip
CHARGER = ChargerBucket(
    MIDNIGHT_S, 60, 60_000, 120 * 60_000, 60, 160, 161 * 60_000, 60_000, 30_000, 30_000, 60_000, 118 * 60_000, 0, 0,
    119, charged_mj=2 * MJ_PER_WH, solar_mj=MJ_PER_WH, unpriced_mj=MJ_PER_WH, reason="mains L2", reason_ms=60_000,
)  # fmt: skip
SESSION = Session(
    "1", MIDNIGHT_S + 0.5, MIDNIGHT_S + 7_200.5, 7_200_000, 3_600_500, 11_000, False, 4_000 * MJ_PER_WH, 0, 1_234_567,
    160, 3, "09AF", 3,
)  # fmt: skip


class Clock(FixedClock):
    def wall_s(self) -> float:
        return MIDNIGHT_S + DAY_S


async def serve(memory: Any, zone: str = "UTC") -> TestClient[Any, Any]:
    app = make_app(RecordingSite(memory=memory), clock=Clock(), zone=ZoneInfo(zone))
    return TestClient(TestServer(app))


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.open(None)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def past_client(store: Store) -> AsyncIterator[Client]:
    async with await serve(store) as client:
        yield client


async def refused(client: Client, path: str) -> tuple[int, Any]:
    async with client.get(f"/api/v1{path}") as response:
        return response.status, await read(response)


async def table(client: Client, path: str) -> list[dict[str, str]]:
    """Rows of a CSV file by their header."""
    async with client.get(f"/api/v1{path}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        text = (await response.read()).decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


# history


async def test_a_minute_of_the_site(past_client: Client, store: Store) -> None:
    await store.remember([Span(SITE)], [])
    document = await get(past_client, f"/history?from={MIDNIGHT_S}&to={MIDNIGHT_S + 3_600}")
    assert document.pop("points") == [
        {
            "start_s": MIDNIGHT_S,
            "known_ms": 60_000,
            "mains_da": [57, -6, 0],
            "mains_min_da": [-10, -20, 0],
            "mains_max_da": [60, 0, 1],
            "neutralised_da": -49,
            "imported_wh": 3.0,
            "exported_wh": 0.25,
            "battery_da": 100,
            "soc_permille": 505,
            "pv_w": 4321,
            "price_milli_per_kwh": -25,
            "charged_wh": 2.0,
            "solar_wh": 1.0,
            "unpriced_wh": 0.0,
            "cost_milli": 1.5,
            "main_da": 250,
            "circuit_da": None,
            "capacity_da": 400,
        }
    ]
    assert document == {"of": "site", "from_s": MIDNIGHT_S, "to_s": MIDNIGHT_S + 3_600, "step_s": 60}
    assert await table(past_client, f"/history.csv?from={MIDNIGHT_S}&to={MIDNIGHT_S + 3_600}") == [
        {
            "Start (UTC)": "2023-11-14 00:00:00",
            "Known (s)": "60.0",
            "Mains L1 (A)": "5.7",
            "Mains L2 (A)": "-0.6",
            "Mains L3 (A)": "0.0",
            "Mains lowest L1 (A)": "-1.0",
            "Mains lowest L2 (A)": "-2.0",
            "Mains lowest L3 (A)": "0.0",
            "Mains highest L1 (A)": "6.0",
            "Mains highest L2 (A)": "0.0",
            "Mains highest L3 (A)": "0.1",
            "Mains sum without battery (A)": "-4.9",
            "Imported (Wh)": "3.0",
            "Exported (Wh)": "0.25",
            "Battery (A)": "10.0",
            "Battery charge (%)": "50.5",
            "PV (W)": "4321",
            "Price (per kWh)": "-0.025",
            "Charged (Wh)": "2.0",
            "Charged from own energy (Wh)": "1.0",
            "Charged without known price (Wh)": "0.0",
            "Cost": "0.0015",
            "Mains limit per phase (A)": "25.0",
            "Group limit per phase (A)": "",
            "Limit of the sum (A)": "40.0",
        }
    ]


async def test_a_minute_of_a_charger(past_client: Client, store: Store) -> None:
    await store.remember([Span(None, (SubjectBucket("garage", CHARGER),))], [])
    window = f"subject=garage&from={MIDNIGHT_S}&to={MIDNIGHT_S + 3_600}"
    document = await get(past_client, f"/history?{window}")
    assert document.pop("points") == [
        {
            "start_s": MIDNIGHT_S,
            "known_ms": 60_000,
            "offered_da": 120,
            "offered_min_da": 60,
            "offered_max_da": 160,
            "granted_da": 161,
            "current_da": [118, 0, 0],
            "current_max_da": 119,
            "modelled": False,
            "plugged_ms": 60_000,
            "charging_ms": 30_000,
            "three_phase_ms": 30_000,
            "charged_wh": 2.0,
            "solar_wh": 1.0,
            "unpriced_wh": 1.0,
            "cost_milli": None,
            "reason": "mains L2",
        }
    ]
    assert (document["of"], document["charger_id"]) == ("charger", "garage")
    (row,) = await table(past_client, f"/history.csv?{window}")
    assert (row["Offered (A)"], row["Charging (s)"], row["Cost"], row["Reason"]) == ("12.0", "30.0", "", "mains L2")
    assert (row["Current L1 (A)"], row["Current L2 (A)"], row["Current is a model"]) == ("11.8", "0.0", "no")


async def test_unknown_is_null_and_a_gap_is_a_gap(past_client: Client, store: Store) -> None:
    await store.remember([Span(SiteBucket(MIDNIGHT_S, 60)), Span(SiteBucket(MIDNIGHT_S + 180, 60))], [])
    points = (await get(past_client, f"/history?from={MIDNIGHT_S}&to={MIDNIGHT_S + 600}"))["points"]
    assert [point["start_s"] - MIDNIGHT_S for point in points] == [0, 180]
    unknown = ("mains_da", "mains_min_da", "neutralised_da", "imported_wh", "battery_da", "soc_permille", "pv_w")
    assert [points[0][name] for name in unknown] == [None] * len(unknown)
    assert (await get(past_client, "/history?subject=nobody"))["points"] == []
    (first, _) = await table(past_client, f"/history.csv?from={MIDNIGHT_S}&to={MIDNIGHT_S + 600}")
    assert (first["Mains L1 (A)"], first["Imported (Wh)"]) == ("", "")


async def test_points_are_bounded_and_the_last_day_is_usual(past_client: Client, store: Store) -> None:
    minutes = range(MIDNIGHT_S - DAY_S, MIDNIGHT_S + DAY_S, 60)
    await store.remember([Span(replace(SITE, start_s=start_s)) for start_s in minutes], [])
    document = await get(past_client, "/history?points=100")
    assert (document["from_s"], document["to_s"]) == (MIDNIGHT_S, MIDNIGHT_S + DAY_S)
    assert 50 <= len(document["points"]) <= 100
    assert sum(point["imported_wh"] for point in document["points"]) == 3 * 1_440
    assert len(await table(past_client, "/history.csv?points=2000")) == 1_440


@pytest.mark.parametrize("path", ["/history", "/history.csv", "/totals", "/totals.csv", "/sessions", "/events.csv"])
@pytest.mark.parametrize(
    "query", ["from=2&to=2", "from=3&to=2", "from=-1", "to=4102444801", "from=x", "from=1.5", "from=1&from=2", "till=3"]
)
async def test_no_range_is_refused(past_client: Client, path: str, query: str) -> None:
    status, problem = await refused(past_client, f"{path}?{query}")
    assert status == 422
    assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/history?points=1",
        "/history?points=2001",
        "/history?subject=a%20b",
        "/history?subject=",
        "/totals?period=year",
        "/totals?from=0&to=86400000",
        "/sessions?limit=0",
        "/sessions?limit=1001",
        "/sessions?before=0",
        "/sessions.csv?limit=3",
        "/events?after=1&before=2",
        "/events?after=1&from=2",
    ],
)
async def test_what_is_too_much_is_refused(past_client: Client, path: str) -> None:
    assert (await refused(past_client, path))[0] == 422


# totals


async def test_days_are_those_of_the_site(store: Store) -> None:
    """In Amsterdam the 29th of October 2023 had 25 hours."""
    first_s = 1_698_537_600  # 2023-10-29 00:00 UTC is 02:00 there
    hours = range(first_s - DAY_S, first_s + 2 * DAY_S, 3_600)
    await store.remember([Span(replace(SITE, start_s=start_s, length_s=3_600)) for start_s in hours], [])
    async with await serve(store, "Europe/Amsterdam") as client:
        document = await get(client, f"/totals?from={first_s}&to={first_s + DAY_S}")
        assert [(total["date"], total["imported_wh"]) for total in document["totals"]] == [
            ("2023-10-29", 75.0),
            ("2023-10-30", 72.0),
        ]
        assert document["totals"][0]["start_s"] == first_s - 7_200
        assert (document["charger_id"], document["period"]) == (None, "day")
        months = (await get(client, f"/totals?period=month&from={first_s}&to={first_s + 40 * DAY_S}"))["totals"]
        assert [total["date"] for total in months] == ["2023-10-01", "2023-11-01", "2023-12-01"]
        assert [total["charged_wh"] for total in months] == [144.0, None, None]
        rows = await table(client, f"/totals.csv?from={first_s}&to={first_s + 1}")
        assert [(row["Date (local)"], row["Start (UTC)"], row["Cost"]) for row in rows] == [
            ("2023-10-29", "2023-10-28 22:00:00", "0.0375")
        ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
async def test_the_beginning_and_the_end_of_time(store: Store, zone: str) -> None:
    async with await serve(store, zone) as client:
        for query in ("from=0&to=1", "from=4102444799&to=4102444800", "to=1", "from=0&to=1&period=month"):
            (await get(client, f"/totals?{query}"))["totals"]
            await table(client, f"/totals.csv?{query}")


async def test_totals_of_a_charger_say_nothing_of_the_grid(past_client: Client, store: Store) -> None:
    bucket = replace(CHARGER, length_s=3_600)
    await store.remember([Span(None, (SubjectBucket("1", bucket),))], [])
    day = (await get(past_client, f"/totals?subject=1&from={MIDNIGHT_S}&to={MIDNIGHT_S + DAY_S}"))["totals"][0]
    assert (day["charged_wh"], day["solar_wh"], day["unpriced_wh"]) == (2.0, 1.0, 1.0)
    assert [day[name] for name in ("imported_wh", "exported_wh", "pv_wh", "cost_milli")] == [None] * 4


# sessions


async def test_a_session(past_client: Client, store: Store) -> None:
    await store.remember([], [SESSION])
    assert await get(past_client, "/sessions") == {
        "sessions": [
            {
                "id": 1,
                "charger_id": "1",
                "started_s": MIDNIGHT_S + 0.5,
                "ended_s": MIDNIGHT_S + 7_200.5,
                "duration_ms": 7_200_000,
                "charging_ms": 3_600_500,
                "energy_wh": 11_000,
                "estimated": False,
                "solar_wh": 4_000,
                "cost_milli": 1_235,
                "max_da": 160,
                "phases": 3,
                "card": "09AF",
                "mode": "smart",
            }
        ],
        "next": None,
    }
    assert await table(past_client, "/sessions.csv") == [
        {
            "Number": "1",
            "Charger": "1",
            "Start (UTC)": "2023-11-14 00:00:00",
            "End (UTC)": "2023-11-14 02:00:00",
            "Connected (s)": "7200.0",
            "Charging (s)": "3600.5",
            "Energy (Wh)": "11000",
            "Energy is an estimate": "no",
            "Own energy (Wh)": "4000",
            "Cost": "1.235",
            "Highest current (A)": "16.0",
            "Phases": "3",
            "Card": "09AF",
            "Mode": "smart",
        }
    ]


async def test_sessions_come_in_pages_and_the_export_has_all(past_client: Client, store: Store) -> None:
    count = 2 * past.PAGE + 50
    await store.remember([], [replace(SESSION, started_s=MIDNIGHT_S + n, charger_id=str(n % 2)) for n in range(count)])
    seen, query = [], ""
    while True:
        page = await get(past_client, f"/sessions?limit=150{query}")
        seen += [session["id"] for session in page["sessions"]]
        if page["next"] is None:
            break
        query = f"&before={page['next']}"
    assert seen == list(range(count, 0, -1))
    rows = await table(past_client, "/sessions.csv")
    assert [int(row["Number"]) for row in rows] == seen
    chosen = await table(past_client, f"/sessions.csv?charger=1&from={MIDNIGHT_S + 10}&to={MIDNIGHT_S + 20}")
    assert [int(row["Number"]) for row in chosen] == [20, 18, 16, 14, 12]


# events


def entries(count: int, **facts: Any) -> list[LogEntry]:
    return [LogEntry(n, MIDNIGHT_S + n, *facts.get("of", ("1", "info", f"line {n}"))) for n in range(1, count + 1)]


async def test_older_events_are_read_from_the_store(past_client: Client, store: Store) -> None:
    await store.record(log=entries(1_000))
    numbers: list[int] = []
    before = 1_001
    while page := (await get(past_client, f"/events?before={before}&limit=300"))["events"]:
        numbers = [event["number"] for event in page] + numbers
        before = page[0]["number"]
    assert numbers == list(range(1, 1_001))
    some = (await get(past_client, f"/events?from={MIDNIGHT_S + 10}&to={MIDNIGHT_S + 12}"))["events"]
    assert some == [
        {"number": n, "wall_s": MIDNIGHT_S + n, "charger_id": "1", "level": "info", "text": f"line {n}"}
        for n in (10, 11)
    ]


async def test_events_are_chosen_by_charger_and_level(past_client: Client, store: Store) -> None:
    log = [
        LogEntry(n, MIDNIGHT_S + n, charger_id, level, "x")
        for n, (charger_id, level) in enumerate(
            [("1", "info"), ("1", "warning"), (None, "fault"), ("2", "fault"), ("1", "fault")], 1
        )
    ]
    await store.record(log=log)
    for query, numbers in (
        ("charger=1", [1, 2, 5]),
        ("level=warning", [2, 3, 4, 5]),
        ("level=fault&charger=1", [5]),
        ("level=info", [1, 2, 3, 4, 5]),
    ):
        events = (await get(past_client, f"/events?before=99&{query}"))["events"]
        assert [event["number"] for event in events] == numbers
        rows = await table(past_client, f"/events.csv?{query}")
        assert [int(row["Number"]) for row in rows] == numbers[::-1]


# what spreadsheets do

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", " ＋1", "=cmd|' /C calc'!A0"]  # noqa: RUF001
HARMLESS = ["", " ", "mains L2", "a=b", "'=1", '"', "a,b", "1-2", "Größe"]


@pytest.mark.parametrize("text", FORMULAS)
async def test_no_text_is_a_formula(past_client: Client, store: Store, text: str) -> None:
    await store.record(log=[LogEntry(1, MIDNIGHT_S, text, "info", text)])
    (row,) = await table(past_client, "/events.csv")
    assert (row["Text"], row["Charger"]) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize("text", HARMLESS)
async def test_other_texts_come_back_as_they_were(past_client: Client, store: Store, text: str) -> None:
    await store.record(log=[LogEntry(1, MIDNIGHT_S, None, "info", text)])
    (row,) = await table(past_client, "/events.csv")
    assert (row["Text"], row["Charger"]) == (text, "")


def test_numbers_are_no_text() -> None:
    assert lines([(-1, -0.5, None, "-1", 1e9)]) == "-1,-0.5,,'-1,1000000000.0\r\n"
    assert lines([('a"b', "c,d", "e\nf")]) == '"a""b","c,d","e\nf"\r\n'


# a store that fails


class Failing(NoMemory):
    """Answers so many pages, then the disk is gone."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.asked = 0

    async def sessions(self, *_args: Any, **_options: Any) -> tuple[Session, ...]:
        self.asked += 1
        if self.asked > self.pages:
            raise StoreError("the disk is gone")
        return tuple(replace(SESSION, id=n) for n in range(past.PAGE))

    async def history(self, *_args: Any, **_options: Any) -> Any:
        raise StoreError("the disk is gone")

    async def totals(self, *_args: Any, **_options: Any) -> Any:
        raise StoreError("the disk is gone")

    async def events(self, *_args: Any, **_options: Any) -> Any:
        raise StoreError("the disk is gone")


@pytest.mark.parametrize("path", ["/history", "/totals", "/sessions", "/events?before=1"])
async def test_a_store_that_fails_is_503(path: str) -> None:
    async with await serve(Failing(0)) as client:
        for asked in (path, path.replace("?before=1", "") + ".csv"):
            status, problem = await refused(client, asked)
            assert (status, problem["detail"]) == (503, "the disk is gone.")


async def test_a_file_that_is_not_whole_does_not_look_whole() -> None:
    async with await serve(Failing(2)) as client, client.get("/api/v1/sessions.csv") as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_head_of_a_table_reads_one_page() -> None:
    memory = Failing(9)
    async with await serve(memory) as client, client.head("/api/v1/sessions.csv") as response:
        assert (response.status, response.content_type) == (200, "text/csv")
        assert await response.read() == b""
    assert memory.asked == 1


async def test_questions_are_answered_a_few_at_a_time() -> None:
    class Slow(NoMemory):
        def __init__(self) -> None:
            self.running = self.most = 0
            self.full = asyncio.Event()
            self.go_on = asyncio.Event()

        async def sessions(self, *_args: Any, **_options: Any) -> tuple[Session, ...]:
            self.running += 1
            self.most = max(self.most, self.running)
            if self.running == READS_AT_ONCE:
                self.full.set()
            await self.go_on.wait()
            self.running -= 1
            return ()

    memory = Slow()
    async with await serve(memory) as client:
        asking = [asyncio.create_task(get(client, "/sessions")) for _ in range(20)]
        await asyncio.wait_for(memory.full.wait(), 10)
        assert (await get(client, "/site"))["number"] == make_snapshot().number  # the others are answered meanwhile
        memory.go_on.set()
        await asyncio.gather(*asking)
    assert memory.most == READS_AT_ONCE
