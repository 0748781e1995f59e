"""The original fork's own web page, display clients, and the phone app: JavaScript and Dart on the same fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pytest

from evse_tui.control.types import Mode
from evse_tui.site.commands import Command, MainsMeasurement, SetMode, SetOverride, SetSetting
from evse_tui.site.schedule import LocalSchedule
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_snapshot
from tests.clients.contract import NUMBER, Fields, check_fields

PAGE: Final[Fields] = {
    "version": str,
    "serialnr": int,
    "mode": str,
    "mode_id": int,
    "car_connected": bool,
    "evse.pwm": NUMBER,
    "evse.loadbl": int,
    "evse.state": str,
    "evse.temp": NUMBER,
    "evse.temp_max": NUMBER,
    "evse.error": str,
    "evse.rfid": str,
    "evse.solar_stop_timer": NUMBER,
    **{
        f"settings.{name}": NUMBER  # toFixed() is called on most of them
        for name in (
            "current_min",
            "current_max",
            "override_current",
            "charge_current",
            "starttime",
            "stoptime",
            "repeat",
            "solar_start_current",
            "solar_max_import",
            "solar_stop_time",
            "lcdlock",
            "lock",
            "cablelock",
        )
    },
    "settings.enable_C2": str,
    "settings.mains_meter": str,
    "mqtt.status": str,
    "mqtt.host": str,
    "mqtt.port": int,
    "mqtt.username": str,
    "mqtt.topic_prefix": str,
    "mqtt.tls": bool,
    "ocpp.mode": str,
    "ocpp.auto_auth": str,
    "ocpp.backend_url": str,
    "ocpp.cb_id": str,
    "ocpp.auth_key": str,
    "ocpp.auto_auth_idtag": str,
    "ocpp.status": str,
    "home_battery.current": NUMBER,
    "home_battery.last_update": NUMBER,
    "ev_meter.description": str,
    "ev_meter.import_active_power": NUMBER,
    "ev_meter.total_wh": NUMBER,
    "ev_meter.charged_wh": NUMBER,
    **{f"ev_meter.currents.{name}": NUMBER for name in ("TOTAL", "L1", "L2", "L3")},
    **{f"phase_currents.{name}": NUMBER for name in ("TOTAL", "L1", "L2", "L3")},
    **{f"phase_currents.original_data.{name}": NUMBER for name in ("TOTAL", "L1", "L2", "L3")},
    "phase_currents.last_data_update": NUMBER,
}

APP: Final[Fields] = {
    "serialnr": int,
    "version": str,
    "mode": str,
    "evse.state": str,
    "evse.state_id": int,
    "evse.connected": bool,
    "evse.error": str,
    "evse.loadbl": int,
    "evse.nrofphases": int,
    "evse.solar_stop_timer": int,
    "settings.current_min": int,
    "settings.current_max": int,
    "settings.charge_current": int,
    "settings.override_current": int,
    "settings.mains_meter": str,
    "ev_meter.description": str,
    "ev_meter.import_active_power": NUMBER,
    "ev_meter.charged_wh": NUMBER,
    **{f"phase_currents.{name}": int for name in ("L1", "L2", "L3")},
}


async def settings(client: Client) -> Any:
    async with client.get("/settings") as response:
        assert response.status == 200
        return await response.json()


@pytest.mark.parametrize("fields", [PAGE, APP], ids=["page", "app"])
async def test_every_field_is_found(client: Client, fields: Fields) -> None:
    check_fields(await settings(client), fields)


@pytest.mark.parametrize(
    ("query", "reply", "commands"),
    [
        (
            "mode=1&starttime=&stoptime=&repeat=0&override_current=0",
            {"mode": "1", "starttime": 0, "stoptime": 0, "repeat": 0, "override_current": 0},
            [SetMode("1", Mode.NORMAL), SetOverride("1", 0)],
        ),
        (
            "mode=3&starttime=&stoptime=&repeat=0&override_current=83.00000000000001",
            {"mode": "3", "starttime": 0, "stoptime": 0, "repeat": 0, "override_current": 83},
            [SetMode("1", Mode.SMART), SetOverride("1", 83)],
        ),
        (
            "mode=2&starttime=&stoptime=&repeat=0&override_current=0",
            {"mode": "2", "starttime": 0, "stoptime": 0, "repeat": 0},
            [SetMode("1", Mode.SOLAR)],
        ),
        (
            "mode=0&starttime=&stoptime=&repeat=0",
            {"mode": "0", "starttime": 0, "stoptime": 0, "repeat": 0},
            [SetMode("1", Mode.OFF)],
        ),
    ],
)
async def test_buttons_send_empty_times(
    client: Client, site: RecordingSite, query: str, reply: dict[str, Any], commands: list[Command]
) -> None:
    async with client.post(f"/settings?{query}") as response:
        assert await response.json() == reply
    assert site.commands == commands


async def test_a_planned_time_is_shown_and_looks_like_off(client: Client, site: RecordingSite) -> None:
    start = datetime.fromisoformat("2033-04-14T23:31")
    query = "mode=1&starttime=2033-04-14T23%3A31&stoptime=&repeat=1&override_current=0"
    async with client.post(f"/settings?{query}") as response:
        reply = await response.json()
    assert reply["starttime"] == int(start.timestamp())
    assert site.commands[0] == SetMode("1", Mode.NORMAL, LocalSchedule(start, None, daily=True))
    document = await settings(client)
    assert (document["mode_id"], document["settings"]["starttime"]) == (0, reply["starttime"])


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/settings?solar_start_current=5", SetSetting("solar_start_current", 5)),
        ("/settings?lcdlock=1", SetSetting("lcd_lock", 1, "1")),
        ("/settings?stop_timer=7", SetSetting("solar_stop_time", 7)),
    ],
)
async def test_jquery_posts_without_data(client: Client, site: RecordingSite, path: str, command: Command) -> None:
    headers = {"X-Requested-With": "XMLHttpRequest", "Content-Length": "0"}
    async with client.post(path, headers=headers) as response:
        assert response.status == 200
    assert site.commands == [command]


@pytest.mark.parametrize(
    "path", ["/settings?ocpp_update=1&ocpp_mode=1", "/settings?override_pwm=100", "/settings?required_evccid=AB"]
)
async def test_what_does_not_exist_here_is_ignored(client: Client, site: RecordingSite, path: str) -> None:
    async with client.post(path) as response:
        assert (response.status, await response.json()) == (200, {})
    assert site.commands == []


async def test_a_display_cancels_the_plan_with_a_time_in_the_past(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(wall_s=1_800_000_000)
    async with client.post("/settings?mode=1&starttime=2033-04-14T23:31") as response:
        assert (await response.json())["starttime"] > 0
    query = "mode=3&override_current=0&starttime=2025-05-15T00:27&stoptime=2025-05-15T00:27&repeat=0"
    async with client.post(f"/settings?{query}", headers={"Content-Length": "0"}) as response:
        reply = await response.json()
    assert reply == {"mode": "3", "override_current": 0, "starttime": 0, "stoptime": 0, "repeat": 0}
    document = await settings(client)
    assert (document["mode_id"], document["settings"]["starttime"]) == (3, 0)


async def test_the_app_posts_an_empty_form(client: Client, site: RecordingSite) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post("/settings?override_current=83", data=b"", headers=headers) as response:
        assert (await response.json()) == {"override_current": 83}


async def test_meters_on_a_microcontroller_post_plain_floats(client: Client, site: RecordingSite) -> None:
    """`to_string` of a C++ float."""
    async with client.post("/currents?L1=12.000000&L2=-0.500000&L3=103.999996") as response:
        assert (await response.json())["TOTAL"] == 115
    assert site.fed == [MainsMeasurement((12, 0, 103))]
