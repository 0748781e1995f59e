"""The control pilot over `/api/v1`: a command makes samples come, a GET reads them and changes nothing."""

from __future__ import annotations

import msgspec
import pytest

from evse_tui.api.v1.models.pilot import PilotSamples as Model
from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.site.commands import TracePilot
from evse_tui.site.pilot_trace import LONGEST_WATCH_MS
from tests.api.conftest import Client
from tests.api.factory import RecordingSite
from tests.api.v1.client import get, read, send
from tests.api.v1.test_real_site import serving
from tests.site.bench import Bench, play

SAMPLES = PilotSamples((5, 6), (9_000, 8_978), (-12_000, -11_950), (0,), 12, "")


def ask(**fields: object) -> dict[str, object]:
    return {"command": "pilot_trace", "watcher": "a", "duration_ms": 5_000, **fields}


async def test_samples_are_told_as_they_are(client: Client, site: RecordingSite) -> None:
    site.samples = SAMPLES
    told = await get(client, "/chargers/1/pilot")
    assert told == {
        "times_ms": [5, 6],
        "high_mv": [9_000, 8_978],
        "low_mv": [-12_000, -11_950],
        "gaps": [0],
        "age_ms": 12,
        "obstacle": "",
    }
    assert Model.__struct_fields__ == tuple(field.name for field in msgspec.structs.fields(Model)) == tuple(told)
    await get(client, "/chargers/1/pilot?after=0")
    await get(client, "/chargers/1/pilot?after=123456789012")
    assert site.asked_pilot == [("1", EVERYTHING), ("1", 0), ("1", 123_456_789_012)]
    assert site.commands == [], "a GET starts nothing"


@pytest.mark.parametrize(
    "query",
    ["after=", "after=-1", "after=1.5", "after=x", "after=1&after=2", "since=1", f"after={2**53}", "after=%D9%A1"],
)
async def test_a_cursor_that_is_none_is_refused(client: Client, site: RecordingSite, query: str) -> None:
    async with client.get(f"/api/v1/chargers/1/pilot?{query}") as response:
        assert (await read(response))["status"] == 422
    assert site.asked_pilot == []


async def test_another_charger_has_none(client: Client) -> None:
    async with client.get("/api/v1/chargers/x/pilot") as response:
        assert (await read(response))["status"] == 404


async def test_a_trace_is_a_command(client: Client, site: RecordingSite) -> None:
    for duration_ms in (0, 1, LONGEST_WATCH_MS):
        status, accepted = await send(client, "POST", "/chargers/1/commands", ask(duration_ms=duration_ms))
        assert (status, accepted) == (202, {"id": None, "detail": ""})
    assert site.commands == [TracePilot("1", "a", duration_ms) for duration_ms in (0, 1, LONGEST_WATCH_MS)]


@pytest.mark.parametrize(
    "fields",
    [
        {"duration_ms": -1},
        {"duration_ms": LONGEST_WATCH_MS + 1},
        {"duration_ms": "5"},
        {"duration_ms": None},
        {"watcher": ""},
        {"watcher": "a b"},
        {"watcher": "a\n"},
        {"watcher": "x" * 65},
        {"watcher": 1},
        {"more": 1},
    ],
)
async def test_a_trace_out_of_bounds_is_refused(client: Client, site: RecordingSite, fields: dict[str, object]) -> None:
    status, _ = await send(client, "POST", "/chargers/1/commands", ask(**fields))
    assert status == 422
    assert site.commands == []


def test_from_the_board_to_the_answer() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            await bench.live(site, 3)
            assert (await api.get("/chargers/1/pilot"))["obstacle"] == "Nobody has asked for a trace."
            assert (await api.command("pilot_trace", watcher="a", duration_ms=10_000))[0] == 202
            await bench.live(site, 2)
            first = await api.get("/chargers/1/pilot")
            assert (first["obstacle"], set(first["high_mv"])) == ("", {12_000})
            await bench.live(site, 1)
            second = await api.get(f"/chargers/1/pilot?after={first['times_ms'][-1]}")
            assert second["times_ms"][0] == first["times_ms"][-1] + 1
            for number in range(15):
                assert (await api.command("pilot_trace", watcher=f"w{number}", duration_ms=60_000))[0] == 202
            status, problem = await api.command("pilot_trace", watcher="late", duration_ms=60_000)
            assert (status, problem["detail"]) == (409, "Pilot trace: 16 others look at this charger already.")

    play(Bench(), story)
