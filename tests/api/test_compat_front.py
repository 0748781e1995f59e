"""What clients do with a charger's front: light, lock, cards, display; what they tell of the car; and the restart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evse_tui.api.compat.names import COLORS, NOT_ALLOWED
from evse_tui.api.lcd import bitmap
from evse_tui.api.server import RunningServer
from evse_tui.site.commands import (
    BoardAction,
    DoBoardAction,
    EvStateMeasurement,
    SetLockHold,
    SetSetting,
    SwipeCard,
)
from evse_tui.site.snapshot import PanelSnapshot, RfidSnapshot
from tests.api.conftest import Client, exchange
from tests.api.factory import RecordingSite, make_charger, make_snapshot
from tests.api.test_compat import get, post
from tests.api.test_read import EV_STATE_TYPES, TYPES, assert_types


@pytest.mark.parametrize("name", COLORS)
async def test_colors(client: Client, site: RecordingSite, name: str) -> None:
    red_green_blue = {"R": 1, "G": 170, "B": 255}
    assert await post(client, f"/color_{name}?R=1&G=170.9&B=255%20") == {"color": {name: red_green_blue}}
    assert site.commands == [SetSetting(f"color_{name}", 0x01AAFF, "1")]
    assert (await get(client))["color"][name] == red_green_blue


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        ("", {}),
        ("R=1&G=2", {}),
        ("R=256&G=2&B=3", {"color": {"off": {"R": NOT_ALLOWED}}}),
        ("R=-1&G=&B=x", {"color": {"off": {"R": NOT_ALLOWED, "G": NOT_ALLOWED, "B": NOT_ALLOWED}}}),
    ],
)
async def test_half_a_color_is_none(client: Client, site: RecordingSite, query: str, reply: dict[str, Any]) -> None:
    assert await post(client, f"/color_off?{query}") == reply
    assert site.commands == []


@pytest.mark.parametrize(("query", "held"), [("?1", True), ("?1=", True), ("?1=0", True), ("?0", False), ("", False)])
async def test_cablelock_is_the_name_of_its_parameter(
    client: Client, site: RecordingSite, query: str, held: bool
) -> None:
    assert await post(client, f"/cablelock{query}") == {"cablelock": int(held)}
    assert site.commands == [SetLockHold("1", held)]
    assert (await get(client))["settings"]["cablelock"] == int(held)


READING = make_charger(settings={**make_charger().settings, "rfid_reader": 1}, rfid=RfidSnapshot("Ready to read card"))


async def test_a_card_from_afar(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(READING)
    assert await post(client, "/rfid?rfid=11223344556677") == {"rfid": "11223344556677", "rfid_status": "Present"}
    assert site.commands == [SwipeCard("1", "11223344556677")]
    evse = (await get(client))["evse"]
    assert (evse["rfidreader"], evse["rfid"], evse["rfid_lastread"]) == ("EnableAll", "Present", "11223344556677")


async def test_six_bytes_are_read_back_as_six_bytes(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(READING)
    assert (await post(client, "/rfid?rfid=112233445566"))["rfid"] == "112233445566"
    assert (await get(client))["evse"]["rfid_lastread"] == "112233445566"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", "Missing rfid parameter"),
        ("?rfid=", "Invalid RFID length"),
        ("?rfid=1122", "Invalid RFID length"),
        ("?rfid=hello", "Invalid RFID hex string"),
    ],
)
async def test_what_is_no_card_is_told(client: Client, site: RecordingSite, query: str, status: str) -> None:
    assert await post(client, f"/rfid{query}") == {"rfid_status": "RFID reader not enabled"}
    site.snapshot = make_snapshot(READING)
    assert await post(client, f"/rfid{query}") == {"rfid_status": status}
    assert site.commands == []


async def test_nobody_charges_before_a_card_was_shown(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(replace(READING, authorised=False))
    document = await get(client)
    assert (document["mode"], document["evse"]["access"]) == ("SMART", 0)


async def test_what_is_told_of_the_car(client: Client, site: RecordingSite) -> None:
    assert "ev_state" not in await get(client)
    query = "current_soc=55&full_soc=80&energy_capacity=64000&energy_request=-1&evccid=0123AB"
    assert await post(client, f"/ev_state?{query}") == {
        "current_soc": 55,
        "full_soc": 80,
        "energy_capacity": 64000,
        "energy_request": -1,
        "evccid": "0123AB",
    }
    assert site.fed == [EvStateMeasurement("1", 55, 80, 64000, None, "0123AB")]
    document = await get(client)
    assert_types(document, TYPES | {"ev_state": EV_STATE_TYPES})
    assert document["ev_state"] == {
        "initial_soc": 55,
        "computed_soc": 55,
        "full_soc": 80,
        "remaining_soc": 25,
        "energy_capacity": 64000,
        "energy_request": -1,
        "time_until_full": -1,
        "evccid": "0123AB",
    }
    assert await post(client, "/ev_state?current_soc=101&full_soc=x&evccid=%00") == {
        "current_soc": NOT_ALLOWED,
        "full_soc": NOT_ALLOWED,
        "evccid": NOT_ALLOWED,
    }
    assert await post(client, "/ev_state") == {}
    assert len(site.fed) == 1


async def test_lcd_is_a_bitmap_in_one_chunk(server: RunningServer, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(make_charger(panel=PanelSnapshot(lines=("CHARGING", "12.0 A"))))
    request = b"GET /lcd HTTP/1.1\r\nHost: localhost\r\nAccept: image/bmp\r\nConnection: close\r\n\r\n"
    status, head, body = await exchange(server.port, request)
    assert status == 200
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert b"\r\nContent-Type: image/bmp" in head
    assert b"Content-Length" not in head
    assert body[:5] == b"43e\r\n"  # 1086
    picture = body[5 : 5 + 1086]
    assert body[5 + 1086 :] == b"\r\n0\r\n\r\n"
    assert picture == bitmap(("CHARGING", "12.0 A")) != bitmap(())
    assert picture[:2] == b"BM"

    status, head, body = await exchange(server.port, b"GET /evse/1/lcd HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert (status, body) == (200, picture)
    assert b"\r\nContent-Length: 1086" in head


async def test_head_of_lcd_has_no_body(server: RunningServer) -> None:
    request = b"HEAD /lcd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, _, body = await exchange(server.port, request)
    assert (status, body) == (200, b"")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "text/plain"),
        ("text/html,*/*;q=0.8", "text/plain"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
    ],
)
async def test_reboot_answers_in_words_or_json(
    client: Client, site: RecordingSite, accept: str, content_type: str
) -> None:
    sentences = {"": "The board restarts.", "It charges.": "It charges."}
    for refusal, sentence in sentences.items():
        site.refuse = refusal
        async with client.post("/reboot", headers={"Accept": accept}) as response:
            assert (response.status, response.content_type) == (200, content_type)
            if content_type == "text/plain":
                assert await response.text() == sentence
            else:
                assert await response.json() == {"reboot": not refusal, "detail": sentence}
    assert site.commands == [DoBoardAction("1", BoardAction.REBOOT)]
