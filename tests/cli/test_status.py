"""`evse-tui status` against the real API of a site, from another thread as another process would be."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from evse_tui.api.app import make_app
from evse_tui.cli import main
from evse_tui.clock import LoopClock
from evse_tui.control.types import Mode
from evse_tui.site.snapshot import ChargerState
from tests.api.factory import RecordingSite, make_charger, make_snapshot

GARAGE = make_charger()
SHED = replace(GARAGE, id="shed", name="Shed", serial=51447, mode=Mode.SOLAR, state=ChargerState.A, no_power=False)


async def status(site: RecordingSite, *words: str, path: str = "") -> tuple[int, str]:
    """The site's exit status and address."""
    async with TestServer(make_app(site, clock=LoopClock())) as server:
        url = str(server.make_url("/")).rstrip("/") + path
        return await asyncio.to_thread(main, ["status", url, *words]), url


async def told(site: RecordingSite, capsys: pytest.CaptureFixture[str], *words: str, path: str = "") -> str:
    """What a status that ends well prints."""
    assert (await status(site, *words, path=path))[0] == 0
    return capsys.readouterr().out


async def told_as_json(site: RecordingSite, capsys: pytest.CaptureFixture[str], path: str = "") -> Any:
    return json.loads(await told(site, capsys, "--json", path=path))


async def test_every_charger_is_shown_below_its_name_and_the_site_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown = (await told(RecordingSite(make_snapshot(GARAGE, SHED)), capsys)).split("\n\n")
    assert [part.splitlines()[0] for part in shown[:2]] == ["1  Carport", "shed  Shed"]
    assert "mode     SMART" in shown[0]
    assert "state    Ready to Charge" in shown[1]
    assert "mode     SOLAR" in shown[1]
    assert [line.split()[0] for line in shown[2].splitlines()] == ["mains", "battery"]
    assert "mains" not in shown[0] + shown[1]


async def test_a_single_charger_needs_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    shown = await told(RecordingSite(make_snapshot(GARAGE)), capsys)
    rows = [line.split()[0] for line in shown.splitlines()]
    assert rows == ["state", "mode", "offered", "car", "mains", "battery", "charged", "error"]


async def test_json_is_the_document_of_before_and_names_every_charger(capsys: pytest.CaptureFixture[str]) -> None:
    site = RecordingSite(make_snapshot(GARAGE, SHED))
    document = await told_as_json(site, capsys)
    chargers = document.pop("chargers")
    assert (document["serialnr"], document["mode"]) == (51446, "SMART")
    assert [(each["id"], each["name"], each["serialnr"], each["mode"]) for each in chargers] == [
        ("1", "Carport", 51446, "SMART"),
        ("shed", "Shed", 51447, "SOLAR"),
    ]
    assert set(chargers[1]) == {"id", "name", *document}
    [alone] = (await told_as_json(RecordingSite(make_snapshot(GARAGE)), capsys))["chargers"]
    assert alone["serialnr"] == 51446


async def test_the_address_of_one_charger_tells_of_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    site = RecordingSite(make_snapshot(GARAGE, replace(SHED, id="2")))
    document = await told_as_json(site, capsys, "/evse/2")
    assert document["serialnr"] == 51447
    assert "chargers" not in document
    assert "Carport" not in await told(site, capsys, path="/evse/2")
