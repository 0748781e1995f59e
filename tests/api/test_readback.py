"""Strict clients: what a POST answers is what the next GET shows, equal in JSON type too."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from evse_tui.control.types import Mode
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_snapshot
from tests.api.test_compat import get, post

NORMAL = make_charger(mode=Mode.NORMAL, settings={**make_charger().settings, "rfid_reader": 1})

WRITABLE: list[tuple[str, str, str, Any]] = [
    # request, where the reply has it ("" for nowhere), where the document has it, the value
    *[(f"/settings?mode={mode:d}", "", "mode_id", int(mode)) for mode in Mode],
    *[(f"/settings?mode={mode:d}", "", "mode", mode.name) for mode in Mode],
    ("/settings?override_current=67.0", "override_current", "settings.override_current", 67),
    ("/settings?override_current=0", "override_current", "settings.override_current", 0),
    ("/settings?disable_override_current=1", "", "settings.override_current", 0),
    ("/settings?stop_timer=15.0", "", "settings.solar_stop_time", 15),
    *[
        (f"/settings?enable_C2={number}", "settings.enable_C2", "settings.enable_C2", name)
        for number, name in enumerate(["Not present", "Always Off", "Solar Off", "Always On", "Auto"])
    ],
    ("/settings?current_min=8", "current_min", "settings.current_min", 8),
    ("/settings?current_max_sum_mains=600", "current_max_sum_mains", "settings.current_max_sum_mains", 600),
    ("/settings?current_max_sum_mains=0", "current_max_sum_mains", "settings.current_max_sum_mains", 0),
    ("/settings?max_sum_mains_timer=30", "max_sum_mains_time", "settings.max_sum_mains_time", 30),
    ("/settings?solar_start_current=6.0", "solar_start_current", "settings.solar_start_current", 6),
    ("/settings?solar_max_import=0", "solar_max_import", "settings.solar_max_import", 0),
    ("/settings?lcdlock=1", "lcdlock", "settings.lcdlock", 1),
    ("/settings?cablelock=1", "cablelock", "settings.cablelock", 1),
    ("/settings?custombutton=1", "custombutton", "evse.custombutton", True),
    ("/settings?custombutton=0", "custombutton", "evse.custombutton", False),
    ("/settings?backlight=1", "", "backlight.status", "ON"),
    ("/settings?backlight=0", "", "backlight.status", "OFF"),
    ("/settings?mqtt_host=a", "mqtt_host", "mqtt.host", "a"),
    ("/settings?mqtt_port=1884", "mqtt_port", "mqtt.port", 1884),
    ("/settings?mqtt_topic_prefix=b", "mqtt_topic_prefix", "mqtt.topic_prefix", "b"),
    ("/settings?mqtt_username=c", "mqtt_username", "mqtt.username", "c"),
    ("/settings?mqtt_password=d", "mqtt_password_set", "mqtt.password_set", True),
    ("/settings?mqtt_tls=1", "mqtt_tls", "mqtt.tls", True),
    ("/settings?mode=1&starttime=2033-04-14T23:31&repeat=1", "repeat", "settings.repeat", 1),
    ("/currents?L1=-12&L2=7&L3=3.9", "L1", "phase_currents.L1", -12),
    ("/currents?L1=-12&L2=7&L3=3.9", "TOTAL", "phase_currents.TOTAL", -2),
    ("/currents?L1=-12&L2=7&L3=3.9", "original.L3", "phase_currents.original_data.L3", 3),
    ("/currents?battery_current=-35", "battery_current", "home_battery.current", -35),
    ("/ev_meter?L1=50&L2=51&L3=52", "ev_meter.currents.TOTAL", "ev_meter.currents.TOTAL", 153),
    ("/ev_meter?import_active_power=3500", "ev_meter.import_active_power", "ev_meter.import_active_power", 3500),
    ("/ev_meter?import_active_energy=9000", "ev_meter.total_wh", "ev_meter.total_wh", 8900),
    ("/ev_meter?import_active_energy=9000", "ev_meter.total_kwh", "ev_meter.total_kwh", 8.9),
    ("/color_solar?R=1&G=2&B=3", "color.solar.G", "color.solar.G", 2),
    ("/cablelock?1", "cablelock", "settings.cablelock", 1),
    ("/rfid?rfid=11223344556677", "rfid", "evse.rfid_lastread", "11223344556677"),
    ("/rfid?rfid=112233445566", "rfid_status", "evse.rfid", "Present"),
    ("/ev_state?current_soc=55", "current_soc", "ev_state.initial_soc", 55),
    ("/ev_state?full_soc=80", "full_soc", "ev_state.full_soc", 80),
    ("/ev_state?energy_capacity=64000", "energy_capacity", "ev_state.energy_capacity", 64000),
    ("/ev_state?energy_request=9000", "energy_request", "ev_state.energy_request", 9000),
    ("/ev_state?evccid=0123AB", "evccid", "ev_state.evccid", "0123AB"),
]


def at(document: Any, path: str) -> Any:
    """`document[a][b]..` of `a.b..`."""
    return reduce(lambda branch, key: branch[key], path.split("."), document)


def same(left: Any, right: Any) -> bool:
    """JavaScript's `===` on JSON values: 1 is not true, and 1 is 1.0."""
    return left == right and isinstance(left, bool) is isinstance(right, bool)


@pytest.mark.parametrize(("request_", "answered", "shown", "value"), WRITABLE)
async def test_read_back(
    client: Client, site: RecordingSite, request_: str, answered: str, shown: str, value: Any
) -> None:
    site.snapshot = make_snapshot(NORMAL)
    reply = await post(client, request_)
    found = at(await get(client), shown)
    assert same(found, value)
    assert type(found) is type(value)
    if answered:
        assert same(at(reply, answered), value)


@pytest.mark.parametrize("request_", sorted({request for request, *_ in WRITABLE}))
async def test_each_board_has_the_whole_surface(client: Client, site: RecordingSite, request_: str) -> None:
    site.snapshot = make_snapshot(make_charger(id="left"), replace(NORMAL, id="right", serial=2))
    before = site.snapshot.chargers[0]
    await post(client, f"/evse/right{request_}")
    assert (await get(client, "/evse/right/settings"))["serialnr"] == 2
    assert site.snapshot.chargers[0] == before
    told = [getattr(message, "charger_id", None) for message in [*site.commands, *site.fed]]
    assert set(told) <= {"right", None}
    assert told or "mqtt" in request_


async def test_start_and_stop_are_read_back(client: Client) -> None:
    reply = await post(client, "/settings?mode=1&starttime=2033-04-14T23:31&stoptime=2033-04-15T06:00")
    document = await get(client)
    assert reply["starttime"] == document["settings"]["starttime"] > 0
    assert reply["stoptime"] == document["settings"]["stoptime"] > reply["starttime"]
    assert all(type(reply[key]) is int for key in ("starttime", "stoptime"))
