"""The compatible endpoints over HTTP, with literal queries and replies."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from evse_tui.api.app import make_app
from evse_tui.api.compat.names import COLORS, NOT_ALLOWED
from evse_tui.api.server import RunningServer
from evse_tui.clock import Clock
from evse_tui.config import Compatibility
from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import (
    BatteryMeasurement,
    Command,
    EvMeasurement,
    MainsMeasurement,
    SetBacklight,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
)
from evse_tui.site.schedule import LocalSchedule
from tests.api.conftest import Client, exchange
from tests.api.factory import RecordingSite, make_charger, make_meter, make_snapshot
from tests.api.test_read import TYPES, assert_types

HUGE = "1" + "0" * 400


async def post(client: Client, path: str) -> Any:
    async with client.post(path) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"
        return await response.json()


async def get(client: Client, path: str = "/settings") -> Any:
    async with client.get(path) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"
        return await response.json()


async def test_settings_document(client: Client) -> None:
    assert_types(await get(client), TYPES)


@pytest.mark.parametrize(
    ("query", "reply", "commands"),
    [
        ("mode=2", {"mode": "2"}, [SetMode("1", Mode.SOLAR)]),
        ("mode=0", {"mode": "0"}, [SetMode("1", Mode.OFF)]),
        ("mode=1.0", {"mode": "1.0"}, [SetMode("1", Mode.NORMAL)]),
        ("mode=4%20", {"mode": "4 "}, [SetMode("1", Mode.PAUSE)]),
        ("mode=5", {"mode": NOT_ALLOWED}, []),
        ("mode=-1", {"mode": NOT_ALLOWED}, []),
        ("mode=", {"mode": NOT_ALLOWED}, []),
        ("mode=SOLAR", {"mode": NOT_ALLOWED}, []),
        (f"mode={HUGE}", {"mode": NOT_ALLOWED}, []),
        ("mode=1&mode=3", {"mode": "1"}, [SetMode("1", Mode.NORMAL)]),
        ("override_current=67.0", {"override_current": 67}, [SetOverride("1", 67)]),
        ("override_current=160", {"override_current": 160}, [SetOverride("1", 160)]),
        ("override_current=0", {"override_current": 0}, [SetOverride("1", 0)]),
        ("override_current=59", {"override_current": NOT_ALLOWED}, []),
        ("override_current=161", {"override_current": NOT_ALLOWED}, []),
        ("override_current=", {"override_current": NOT_ALLOWED}, []),
        ("override_current", {"override_current": NOT_ALLOWED}, []),
        ("override_current=NaN", {"override_current": NOT_ALLOWED}, []),
        (f"override_current={HUGE}", {"override_current": NOT_ALLOWED}, []),
        (f"override_current=-{HUGE}", {"override_current": NOT_ALLOWED}, []),
        ("disable_override_current=1", {"disable_override_current": "OK"}, [SetOverride("1", 0)]),
        ("disable_override_current", {"disable_override_current": "OK"}, [SetOverride("1", 0)]),
        ("stop_timer=0", {"stop_timer": True}, [SetSetting("solar_stop_time", 0)]),
        ("stop_timer=60", {"stop_timer": True}, [SetSetting("solar_stop_time", 60)]),
        ("stop_timer=61", {"stop_timer": False}, []),
        ("stop_timer=", {"stop_timer": False}, []),
        ("enable_C2=4", {"settings": {"enable_C2": "Auto"}}, [SetC2("1", C2Mode.AUTO)]),
        ("enable_C2=0", {"settings": {"enable_C2": "Not present"}}, [SetC2("1", C2Mode.NOT_PRESENT)]),
        ("enable_C2=5", {"settings": {"enable_C2": NOT_ALLOWED}}, []),
        ("enable_C2=", {"settings": {"enable_C2": NOT_ALLOWED}}, []),
        ("enable_C2=Auto", {"settings": {"enable_C2": NOT_ALLOWED}}, []),
        ("current_min=8", {"current_min": 8}, [SetSetting("current_min", 8, "1")]),
        ("current_min=5", {"current_min": NOT_ALLOWED}, []),
        ("current_min=17", {"current_min": NOT_ALLOWED}, []),
        ("current_max_sum_mains=0", {"current_max_sum_mains": 0}, [SetSetting("current_max_sum_mains", 0)]),
        ("current_max_sum_mains=600", {"current_max_sum_mains": 600}, [SetSetting("current_max_sum_mains", 600)]),
        ("current_max_sum_mains=9", {"current_max_sum_mains": NOT_ALLOWED}, []),
        ("current_max_sum_mains=", {"current_max_sum_mains": NOT_ALLOWED}, []),
        ("max_sum_mains_timer=60", {"max_sum_mains_time": 60}, [SetSetting("max_sum_mains_time", 60)]),
        ("max_sum_mains_timer=61", {"max_sum_mains_time": NOT_ALLOWED}, []),
        ("solar_start_current=48", {"solar_start_current": 48}, [SetSetting("solar_start_current", 48)]),
        ("solar_start_current=49", {"solar_start_current": NOT_ALLOWED}, []),
        ("solar_start_current=", {"solar_start_current": NOT_ALLOWED}, []),
        ("solar_max_import=0", {"solar_max_import": 0}, [SetSetting("solar_max_import", 0)]),
        ("solar_max_import=-1", {"solar_max_import": NOT_ALLOWED}, []),
        ("cablelock=1", {"cablelock": 1}, [SetLockHold("1", True)]),
        ("cablelock=2", {"cablelock": NOT_ALLOWED}, []),
        ("", {}, []),
        ("unknown=1&MODE=2&current_max=80&current_main=200", {}, []),
        ("starttime=2033-04-14T23:31&stoptime=2033-04-14T23:59&repeat=1", {}, []),
        ("lcdlock=1", {"lcdlock": 1}, [SetSetting("lcd_lock", 1, "1")]),
        ("lcdlock=2", {"lcdlock": NOT_ALLOWED}, []),
        ("lcdlock=", {"lcdlock": NOT_ALLOWED}, []),
        ("custombutton=1", {"custombutton": True}, [SetCustomButton("1", True)]),
        ("custombutton=7", {"custombutton": True}, [SetCustomButton("1", True)]),
        ("custombutton=0", {"custombutton": False}, [SetCustomButton("1", False)]),
        ("custombutton=on", {"custombutton": NOT_ALLOWED}, []),
        ("backlight=1", {"Backlight": 1}, [SetBacklight("1", 100, 120)]),
        ("backlight=0", {"Backlight": 0}, [SetBacklight("1", 0, 0)]),
        ("backlight=546", {"Backlight": 546}, [SetBacklight("1", 100, 65520)]),
        ("backlight=547", {"Backlight": NOT_ALLOWED}, []),
        ("backlight=-1", {"Backlight": NOT_ALLOWED}, []),
        ("backlight=", {"Backlight": NOT_ALLOWED}, []),
        ("%zz&%ff=%ff&=&&;&mode", {"mode": NOT_ALLOWED}, []),
    ],
)
async def test_post_settings(
    client: Client, site: RecordingSite, query: str, reply: dict[str, Any], commands: list[Command]
) -> None:
    assert await post(client, f"/settings?{query}") == reply
    assert site.commands == commands


async def test_everything_at_once_happens_in_the_documented_order(client: Client, site: RecordingSite) -> None:
    query = "override_current=90&stop_timer=5&enable_C2=1&mode=1&solar_max_import=2&current_min=9&cablelock=0"
    assert await post(client, f"/settings?{query}") == {
        "current_min": 9,
        "mode": "1",
        "settings": {"enable_C2": "Always Off"},
        "stop_timer": True,
        "override_current": 90,
        "solar_max_import": 2,
        "cablelock": 0,
    }
    assert site.commands == [
        SetSetting("current_min", 9, "1"),
        SetMode("1", Mode.NORMAL),
        SetC2("1", C2Mode.ALWAYS_OFF),
        SetSetting("solar_stop_time", 5),
        SetOverride("1", 90),
        SetSetting("solar_max_import", 2),
        SetLockHold("1", False),
    ]


async def test_override_obeys_the_minimum_of_the_same_request(client: Client) -> None:
    assert await post(client, "/settings?override_current=60&current_min=10") == {
        "current_min": 10,
        "override_current": NOT_ALLOWED,
    }


async def test_no_override_in_solar_not_even_in_the_reply(client: Client, site: RecordingSite) -> None:
    assert await post(client, "/settings?mode=2&override_current=100") == {"mode": "2"}
    assert site.commands == [SetMode("1", Mode.SOLAR)]
    assert await post(client, "/settings?disable_override_current=1") == {"disable_override_current": "OK"}
    assert len(site.commands) == 1
    assert await post(client, "/settings?mode=1&override_current=100") == {"mode": "1", "override_current": 100}


async def test_smart_and_solar_without_mains_meter_only_echo(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(make_charger(mode=Mode.NORMAL), mains=make_meter(kind="Disabled"))
    assert await post(client, "/settings?mode=2&override_current=100") == {"mode": "2", "override_current": 100}
    assert await post(client, "/settings?mode=3") == {"mode": "3"}
    assert site.commands == [SetOverride("1", 100)]


async def test_what_the_site_refuses_is_never_echoed(client: Client, site: RecordingSite) -> None:
    site.refuse = "the disk is full"
    query = "mode=1&enable_C2=1&stop_timer=5&override_current=90&current_min=9&cablelock=1&disable_override_current=1"
    assert await post(client, f"/settings?{query}") == {
        "current_min": NOT_ALLOWED,
        "disable_override_current": NOT_ALLOWED,
        "mode": NOT_ALLOWED,
        "settings": {"enable_C2": NOT_ALLOWED},
        "stop_timer": False,
        "override_current": NOT_ALLOWED,
        "cablelock": NOT_ALLOWED,
    }


async def test_a_strict_client_reads_back_what_it_wrote(client: Client) -> None:
    await post(client, "/settings?mode=1&enable_C2=1&stop_timer=5&override_current=90&current_min=9&cablelock=1")
    document = await get(client)
    assert (document["mode"], document["mode_id"], document["evse"]["mode"]) == ("NORMAL", 1, 0)
    read = {key: document["settings"][key] for key in ("enable_C2", "solar_stop_time", "override_current")}
    assert read == {"enable_C2": "Always Off", "solar_stop_time": 5, "override_current": 90}
    assert document["settings"]["current_min"] == 9
    assert document["settings"]["cablelock"] == 1


START = datetime.fromisoformat("2033-04-14T23:31")
STOP = datetime.fromisoformat("2033-04-15T06:00")
PLAN = "starttime=2033-04-14T23:31&stoptime=2033-04-15T06:00"


@pytest.mark.parametrize(
    ("query", "schedule", "reply"),
    [
        ("starttime=2033-04-14T23:31", LocalSchedule(START), {"starttime": START}),
        (f"{PLAN}&repeat=1", LocalSchedule(START, STOP, True), {"starttime": START, "stoptime": STOP, "repeat": 1}),
        (f"{PLAN}&repeat=2", LocalSchedule(START, STOP), {"starttime": START, "stoptime": STOP, "repeat": 0}),
        ("starttime=%222033-04-14T23:31%22", LocalSchedule(START), {"starttime": START}),
        (
            "starttime=2023-04-14T23:31&stoptime=2033-04-15T06:00&repeat=1",
            None,
            {"starttime": 0, "stoptime": 0, "repeat": 0},
        ),
        ("starttime=tomorrow", None, {"starttime": 0}),
        ("starttime=", None, {"starttime": 0}),
        ("stoptime=2033-04-15T06:00&repeat=1", None, {}),
        ("", None, {}),
    ],
)
async def test_a_mode_comes_with_its_schedule_or_cancels_it(
    client: Client, site: RecordingSite, query: str, schedule: LocalSchedule | None, reply: dict[str, Any]
) -> None:
    await post(client, "/settings?mode=1&starttime=2034-01-01T00:00")
    told = {key: int(value.timestamp()) if isinstance(value, datetime) else value for key, value in reply.items()}
    assert await post(client, f"/settings?mode=3&{query}") == {"mode": "3"} | told
    assert site.commands[-1] == SetMode("1", Mode.SMART, schedule)
    document = await get(client)
    shown = {key: document["settings"][key] for key in ("starttime", "stoptime", "repeat")}
    assert shown == {"starttime": 0, "stoptime": 0, "repeat": 0} | told
    waiting = schedule is not None
    assert (document["mode"], document["mode_id"]) == (("OFF", 0) if waiting else ("SMART", 3))
    assert (document["evse"]["access"], document["evse"]["mode"]) == (0 if waiting else 1, 1)


async def test_a_schedule_that_the_site_refuses_is_not_echoed(client: Client, site: RecordingSite) -> None:
    site.refuse = "the disk is full"
    assert await post(client, f"/settings?mode=1&{PLAN}") == {"mode": NOT_ALLOWED, "starttime": 0, "stoptime": 0}


async def test_mqtt_is_shown_back_until_a_restart(client: Client, site: RecordingSite) -> None:
    before = await get(client)
    reply = await post(client, "/settings?mqtt_update=1&mqtt_host=10.0.0.28&mqtt_port=8883&mqtt_password=x&mqtt_tls=1")
    assert reply == {"mqtt_host": "10.0.0.28", "mqtt_port": 8883, "mqtt_password_set": True, "mqtt_tls": True}
    told = {"host": "10.0.0.28", "port": 8883, "password_set": True, "tls": True}
    assert (await get(client))["mqtt"] == before["mqtt"] | told
    assert site.commands == []


async def test_currents_in_smart_are_the_raw_ones(client: Client, site: RecordingSite) -> None:
    assert await post(client, "/currents?battery_current=-35&L1=12%20&L2=-7&L3=0.30000000000000004") == {
        "battery_current": -35,
        "original": {"L1": 12, "L2": -7, "L3": 0},
        "L1": 12,
        "L2": -7,
        "L3": 0,
        "TOTAL": 5,
    }
    assert site.fed == [BatteryMeasurement(-35), MainsMeasurement((12, -7, 0))]
    document = await get(client)
    assert document["home_battery"]["current"] == -35
    assert document["phase_currents"]["original_data"] == {"TOTAL": 5, "L1": 12, "L2": -7, "L3": 0}


async def test_currents_in_solar_are_neutralised(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(make_charger(mode=Mode.SOLAR))
    assert await post(client, "/currents?L1=1&L2=2&L3=3") == {
        "original": {"L1": 1, "L2": 2, "L3": 3},
        "L1": 23,
        "L2": -39,
        "L3": -94,
        "TOTAL": -110,
    }


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        ("L1=1&L2=2", {}),
        ("", {}),
        ("L1=1&L2=2&L3=", {"L3": NOT_ALLOWED}),
        ("L1=NaN&L2=inf&L3=3", {"L1": NOT_ALLOWED, "L2": NOT_ALLOWED}),
        (f"L1=1&L2=2&L3={HUGE}", {"L3": NOT_ALLOWED}),
        ("L1=1&L2=2&L3=-10001", {"L3": NOT_ALLOWED}),
        ("battery_current=", {"battery_current": NOT_ALLOWED}),
        ("battery_current=99999", {"battery_current": NOT_ALLOWED}),
    ],
)
async def test_half_a_measurement_is_none(
    client: Client, site: RecordingSite, query: str, reply: dict[str, Any]
) -> None:
    assert await post(client, f"/currents?{query}") == reply
    assert site.fed == []


async def test_first_of_repeated_keys_counts(client: Client, site: RecordingSite) -> None:
    await post(client, "/currents?L1=1&L1=9&L2=2&L3=3&L3=9")
    assert site.fed == [MainsMeasurement((1, 2, 3))]


async def test_mains_currents_only_for_the_meter_api(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(mains=make_meter(kind="Eastron3P"))
    assert await post(client, "/currents?L1=1&L2=2&L3=3&battery_current=5") == {"battery_current": 5}
    assert site.fed == [BatteryMeasurement(5)]


async def test_ev_meter_takes_each_field_alone(client: Client, site: RecordingSite) -> None:
    assert await post(client, "/ev_meter?L1=50&L2=51&L3=52") == {
        "ev_meter": {"currents": {"TOTAL": 153, "L1": 50, "L2": 51, "L3": 52}}
    }
    assert await post(client, "/ev_meter?import_active_power=3500.7") == {"ev_meter": {"import_active_power": 3500}}
    assert await post(client, "/ev_meter?import_active_energy=5700000&export_active_energy=50") == {
        "ev_meter": {
            "import_active_energy": 5_700_000,
            "export_active_energy": 50,
            "total_wh": 5_699_950,
            "charged_wh": 4321,
            "total_kwh": 5700.0,
            "charged_kwh": 4.3,
        }
    }
    assert site.fed == [
        EvMeasurement("1", (50, 51, 52)),
        EvMeasurement("1", power_w=3500),
        EvMeasurement("1", import_wh=5_700_000, export_wh=50),
    ]


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        ("", {}),
        ("L1=1&L2=2", {}),
        ("import_active_energy=-1&export_active_energy=-1", {}),
        ("import_active_energy=-2", {"ev_meter": {"import_active_energy": NOT_ALLOWED}}),
        (f"import_active_power={HUGE}", {"ev_meter": {"import_active_power": NOT_ALLOWED}}),
        ("import_active_energy=", {"ev_meter": {"import_active_energy": NOT_ALLOWED}}),
    ],
)
async def test_unknown_or_unusable_ev_readings_change_nothing(
    client: Client, site: RecordingSite, query: str, reply: dict[str, Any]
) -> None:
    assert await post(client, f"/ev_meter?{query}") == reply
    assert site.fed == []


async def test_ev_meter_on_a_wire_is_not_overwritten(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(make_charger(ev=make_meter(kind="Eastron3P")))
    assert await post(client, "/ev_meter?L1=50&L2=51&L3=52") == {}
    assert site.fed == []


@pytest.mark.parametrize(
    "head_and_body",
    [
        b"\r\n",
        b"Content-Length: 0\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: application/json\r\n\r\n{}",
        b"Content-Length: 6\r\nContent-Type: application/json\r\n\r\nmode=0",
        b"Content-Length: 6\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nmode=0",
        b"Content-Length: 6\r\nContent-Type: multipart/form-data\r\n\r\nmode=0",
        b"Content-Length: 6\r\nContent-Type: \xff;;;/nonsense\r\n\r\n\x00\xff\x00\xff\x00\xff",
        b"Content-Length: 6\r\nContent-Encoding: gzip\r\n\r\nmode=0",
        b"Transfer-Encoding: chunked\r\n\r\n6\r\nmode=0\r\n0\r\n\r\n",
        b"Content-Length: 16384\r\n\r\n" + b"x" * 16384,
    ],
    ids=["none", "empty form", "empty json", "lying json", "form", "multipart", "garbage", "gzip", "chunked", "16 KiB"],
)
async def test_bodies_are_ignored_whatever_their_type(
    server: RunningServer, site: RecordingSite, head_and_body: bytes
) -> None:
    line = b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    status, _, body = await exchange(server.port, line + head_and_body)
    assert (status, json.loads(body)) == (200, {"mode": "2"})
    assert site.commands == [SetMode("1", Mode.SOLAR)]


async def test_http_1_0_works(server: RunningServer) -> None:
    status, _, body = await exchange(server.port, b"POST /currents?L1=1&L2=2&L3=3 HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert (status, json.loads(body)["TOTAL"]) == (200, 6)


@pytest.mark.parametrize("prefix", ["", "/evse/1"])
@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/currents", "POST"),
        ("GET", "/ev_meter", "POST"),
        ("GET", "/ev_state", "POST"),
        ("GET", "/reboot", "POST"),
        ("POST", "/lcd", "GET,HEAD"),
        ("GET", "/cablelock", "POST"),
        ("GET", "/rfid", "POST"),
        *(("GET", f"/color_{name}", "POST") for name in COLORS),
        ("PUT", "/currents", "POST"),
        ("DELETE", "/settings", "GET,HEAD,POST"),
    ],
)
async def test_wrong_method_is_405_with_allow(
    client: Client, site: RecordingSite, prefix: str, method: str, path: str, allow: str
) -> None:
    async with client.request(method, f"{prefix}{path}?L1=1&L2=2&L3=3") as response:
        assert response.status == 405
        assert response.headers["Allow"] == allow
        assert response.headers["Content-Type"] == "application/problem+json"
        assert await response.json() == {"type": "about:blank", "title": "Method Not Allowed", "status": 405}
    assert site.fed == []
    assert site.commands == []


@pytest.mark.parametrize("path", ["/nowhere", "/settings/", "/evse", "/evse/9/settings", "/../etc"])
async def test_elsewhere_is_404_with_a_problem_document(client: Client, path: str) -> None:
    async with client.get(path) as response:
        assert response.status == 404
        assert response.headers["Content-Type"] == "application/problem+json"
        document = await response.json()
        assert (document["type"], document["title"], document["status"]) == ("about:blank", "Not Found", 404)


async def test_head_has_no_body(client: Client) -> None:
    async with client.head("/settings") as response:
        assert response.status == 200
        assert await response.read() == b""


async def test_two_boards_have_the_same_surface_each(client: Client, site: RecordingSite) -> None:
    left = make_charger(id="left", serial=1, mode=Mode.SMART)
    site.snapshot = make_snapshot(left, make_charger(id="right hand", serial=2, mode=Mode.NORMAL))
    assert (await get(client))["serialnr"] == 1
    assert (await get(client, "/evse/left/settings"))["serialnr"] == 1
    assert (await get(client, "/evse/right%20hand/settings"))["serialnr"] == 2
    assert await post(client, "/evse/right%20hand/settings?mode=4") == {"mode": "4"}
    assert await post(client, "/settings?current_min=7&solar_max_import=3") == {"current_min": 7, "solar_max_import": 3}
    assert await post(client, "/evse/right%20hand/ev_meter?L1=1&L2=2&L3=3") == {
        "ev_meter": {"currents": {"TOTAL": 6, "L1": 1, "L2": 2, "L3": 3}}
    }
    assert site.commands == [
        SetMode("right hand", Mode.PAUSE),
        SetSetting("current_min", 7, "left"),
        SetSetting("solar_max_import", 3),
    ]
    assert site.fed == [EvMeasurement("right hand", (1, 2, 3))]
    right = await get(client, "/evse/right%20hand/settings")
    assert (right["mode"], right["settings"]["current_min"], right["settings"]["solar_max_import"]) == ("PAUSE", 6, 3)


async def test_the_configured_charger_answers_at_the_root(site: RecordingSite, clock: Clock) -> None:
    site.snapshot = make_snapshot(make_charger(id="left", serial=1), make_charger(id="right", serial=2))
    app = make_app(site, clock=clock, compatibility=Compatibility("right"))
    async with TestClient(TestServer(app)) as client:
        assert (await get(client))["serialnr"] == 2
        assert (await get(client, "/evse/left/settings"))["serialnr"] == 1
        await post(client, "/settings?mode=1")
        assert site.commands == [SetMode("right", Mode.NORMAL)]
        site.snapshot = make_snapshot(make_charger(id="left", serial=1))  # started with other boards: --board
        assert (await get(client))["serialnr"] == 1


async def test_legacy_units_are_a_matter_of_configuration(site: RecordingSite, clock: Clock) -> None:
    app = make_app(site, clock=clock, compatibility=Compatibility(legacy_units=True))
    async with TestClient(TestServer(app)) as client:
        document = await get(client)
        assert document["ev_meter"]["import_active_power"] == 8.1
        assert document["mains_meter"]["import_active_energy"] == 8614.8


async def test_site_without_charger_says_so(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(chargers=())
    async with client.get("/settings") as response:
        assert response.status == 404
        assert (await response.json())["detail"] == "This site has no charger."
