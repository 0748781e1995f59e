"""The document of `GET /settings`: every path, every type, and the few rules behind the values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from evse_protocol.messages import Capability, Flag
from evse_tui.api.compat.read import settings_document
from evse_tui.api.documents import Documents
from evse_tui.board.model import LinkState
from evse_tui.control.types import Constraint, Mode, Timer
from evse_tui.site.snapshot import ChargerState, Freshness, PanelSnapshot, RfidSnapshot, ScheduleSnapshot
from tests.api.factory import make_board, make_charger, make_grant, make_meter, make_snapshot
from tests.site.samples import IDENTITY

_PHASES = {"TOTAL": int, "L1": int, "L2": int, "L3": int}
_COLOR = {"R": int, "G": int, "B": int}
TYPES: dict[str, Any] = {
    "version": str,
    "serialnr": int,
    "mode": str,
    "mode_id": int,
    "car_connected": bool,
    "wifi": {"status": str, "ssid": str, "rssi": int, "bssid": str},
    "evse": {
        "temp": int,
        "temp_max": int,
        "pwm": int,
        "loadbl": int,
        "solar_stop_timer": int,
        "connected": bool,
        "access": int,
        "mode": int,
        "state": str,
        "state_id": int,
        "error": str,
        "error_id": int,
        "nrofphases": int,
        "rfidreader": str,
        "rfid": str,
        "rfid_lastread": str,
        "custombutton": bool,
    },
    "settings": {
        "charge_current": int,
        "override_current": int,
        "current_min": int,
        "current_max": int,
        "current_main": int,
        "current_max_circuit": int,
        "current_max_sum_mains": int,
        "max_sum_mains_time": int,
        "solar_max_import": int,
        "solar_start_current": int,
        "solar_stop_time": int,
        "enable_C2": str,
        "modem": str,
        "mains_meter": str,
        "starttime": int,
        "stoptime": int,
        "repeat": int,
        "lcdlock": int,
        "lock": int,
        "cablelock": int,
    },
    "mqtt": {
        "host": str,
        "port": int,
        "topic_prefix": str,
        "username": str,
        "password_set": bool,
        "tls": bool,
        "status": str,
    },
    "ocpp": {
        "mode": str,
        "backend_url": str,
        "cb_id": str,
        "auth_key": str,
        "auto_auth": str,
        "auto_auth_idtag": str,
        "status": str,
    },
    "home_battery": {"current": int, "last_update": int},
    "ev_meter": {
        "description": str,
        "address": int,
        "import_active_power": int,
        "total_wh": int,
        "charged_wh": int,
        "total_kwh": float,
        "charged_kwh": float,
        "import_active_energy": int,
        "export_active_energy": int,
        "currents": _PHASES,
    },
    "mains_meter": {"import_active_energy": int, "export_active_energy": int},
    "phase_currents": {
        **_PHASES,
        "last_data_update": int,
        "charging_L1": bool,
        "charging_L2": bool,
        "charging_L3": bool,
        "original_data": _PHASES,
    },
    "backlight": {"timer": int, "status": str},
    "color": {"off": _COLOR, "normal": _COLOR, "smart": _COLOR, "solar": _COLOR, "custom": _COLOR},
}
EV_STATE_TYPES = {
    "initial_soc": int,
    "computed_soc": int,
    "full_soc": int,
    "remaining_soc": int,
    "energy_capacity": int,
    "energy_request": int,
    "time_until_full": int,
    "evccid": str,
}

BARE = make_charger(
    link=LinkState.WAITING,
    link_detail="No such port.",
    serial=0,
    board=None,
    grant=None,
    applied_da=None,
    plugged=False,
    state=ChargerState.A,
    mode=Mode.OFF,
    ev=make_meter(),
    session=None,
)
NOTHING_YET = make_snapshot(BARE, mains=make_meter(), battery=make_meter(), surplus=None)


def assert_types(document: Any, types: Any, path: str = "") -> None:
    """Exactly the keys and exactly the JSON types of the table; a bool is no int."""
    if isinstance(types, dict):
        assert set(document) == set(types), path
        for key, expected in types.items():
            assert_types(document[key], expected, f"{path}.{key}")
    else:
        assert type(document) is types, f"{path}: {document!r} is no {types.__name__}"


def document_of(**charger: Any) -> dict[str, Any]:
    snapshot = make_snapshot(make_charger(**charger))
    return settings_document(snapshot, snapshot.chargers[0])


@pytest.mark.parametrize("snapshot", [make_snapshot(), NOTHING_YET], ids=["charging", "nothing known"])
def test_every_path_has_its_type(snapshot: Any) -> None:
    document = json.loads(Documents().settings(snapshot, snapshot.chargers[0]))
    assert_types(document, TYPES)


def test_values_of_a_charging_car() -> None:
    document = document_of()
    assert document["mode"] == "SMART"
    assert document["mode_id"] == 3
    assert document["serialnr"] == 51446
    assert document["evse"] == {
        "temp": 25,
        "temp_max": 71,
        "connected": True,
        "access": 1,
        "mode": 1,
        "loadbl": 0,
        "pwm": 205,
        "custombutton": False,
        "solar_stop_timer": 0,
        "state": "Charging",
        "state_id": 2,
        "error": "None",
        "error_id": 0,
        "rfidreader": "Disabled",
        "nrofphases": 3,
        "rfid": "Not Installed",
        "rfid_lastread": "",
    }
    assert document["settings"]["charge_current"] == 120
    assert document["settings"]["enable_C2"] == "Always On"
    assert document["settings"]["mains_meter"] == "API"
    assert document["mqtt"]["topic_prefix"] == "SmartEVSE/51446"
    assert document["home_battery"] == {"current": 100, "last_update": 1_699_999_995}
    assert document["ev_meter"] == {
        "description": "API",
        "address": 0,
        "import_active_power": 8142,
        "total_wh": 5_670_049,
        "charged_wh": 4321,
        "total_kwh": 5670.0,
        "charged_kwh": 4.3,
        "import_active_energy": 5_670_149,
        "export_active_energy": 100,
        "currents": {"TOTAL": 354, "L1": 118, "L2": 119, "L3": 117},
    }
    assert document["mains_meter"] == {"import_active_energy": 8_614_800, "export_active_energy": 5_289_300}


def test_legacy_units_are_thousands_with_one_decimal() -> None:
    snapshot = make_snapshot()
    document = settings_document(snapshot, snapshot.chargers[0], legacy_units=True)
    meter = document["ev_meter"]
    assert meter["import_active_power"] == 8.1
    assert meter["import_active_energy"] == 5670.1
    assert meter["total_wh"] == 5_670_049
    assert meter["total_kwh"] == 5670.0
    assert document["mains_meter"] == {"import_active_energy": 8614.8, "export_active_energy": 5289.3}


@pytest.mark.parametrize(
    ("mode", "mode_id", "access", "internal"),
    [
        (Mode.OFF, 0, 0, 0),
        (Mode.NORMAL, 1, 1, 0),
        (Mode.SOLAR, 2, 1, 2),
        (Mode.SMART, 3, 1, 1),
        (Mode.PAUSE, 4, 2, 0),
    ],
)
def test_internal_mode_is_not_mode_id(mode: Mode, mode_id: int, access: int, internal: int) -> None:
    document = document_of(mode=mode)
    assert (document["mode"], document["mode_id"]) == (mode.name, mode_id)
    assert (document["evse"]["access"], document["evse"]["mode"]) == (access, internal)


def test_phase_currents_are_neutralised_only_in_solar() -> None:
    raw = {"TOTAL": -10, "L1": 57, "L2": -6, "L3": -61}
    smart = document_of(mode=Mode.SMART)["phase_currents"]
    assert {key: smart[key] for key in raw} == raw
    solar = document_of(mode=Mode.SOLAR)["phase_currents"]
    assert {key: solar[key] for key in raw} == {"TOTAL": -110, "L1": 23, "L2": -39, "L3": -94}
    assert smart["original_data"] == solar["original_data"] == raw
    assert solar["last_data_update"] == 1_699_999_999


@pytest.mark.parametrize(
    ("facts", "state", "error", "error_id"),
    [
        ({"no_power": True}, "Connected to EV - No Power Available", "None", 0),
        ({"no_power": True, "mode": Mode.SOLAR}, "Connected to EV - Waiting for Solar", "None", 0),
        (
            {"no_power": True, "error": "No Power Available", "error_id": 1},
            "Connected to EV - No Power Available",
            "None",
            0,
        ),
        (
            {"no_power": True, "error": "Temperature High", "error_id": 3},
            "Connected to EV",
            "Temperature High",
            3,
        ),
        ({"error": "Communication Error", "error_id": 2}, "Connected to EV", "Communication Error", 2),
    ],
)
def test_lack_of_power_is_a_state_and_never_hides_an_error(
    facts: dict[str, Any], state: str, error: str, error_id: int
) -> None:
    evse = document_of(state=ChargerState.B, **facts)["evse"]
    assert (evse["state"], evse["error"], evse["error_id"]) == (state, error, error_id)
    assert evse["state_id"] == 1


def test_old_numbers_of_a_lost_board_are_not_shown_as_live() -> None:
    document = document_of(link=LinkState.WAITING, grant=None)
    assert document["settings"]["charge_current"] == 0
    assert document["evse"]["pwm"] == 1024
    assert document["evse"]["temp"] == 0
    assert document["evse"]["nrofphases"] == 0


def test_modelled_or_lost_ev_currents_are_not_measurements() -> None:
    modelled = document_of(ev_modelled=True)["ev_meter"]["currents"]
    gone = document_of(ev=replace(make_charger().ev, freshness=Freshness.GONE))["ev_meter"]["currents"]
    assert modelled == gone == {"TOTAL": 0, "L1": 0, "L2": 0, "L3": 0}


def test_total_is_the_register_else_what_the_host_counted() -> None:
    assert document_of(total_wh=777)["ev_meter"]["total_wh"] == 5_670_049
    unmetered = document_of(total_wh=777, ev=make_meter())["ev_meter"]
    assert (unmetered["total_wh"], unmetered["total_kwh"], unmetered["import_active_energy"]) == (777, 0.8, 0)
    assert document_of(ev=make_meter())["ev_meter"]["total_wh"] == 0


def test_old_battery_value_is_not_shown() -> None:
    battery = make_meter(freshness=Freshness.GONE, currents_da=(100, 0, 0), updated_s=5)
    snapshot = make_snapshot(battery=battery)
    assert settings_document(snapshot, snapshot.chargers[0])["home_battery"] == {"current": 0, "last_update": 5}


def test_charging_phases_are_those_that_draw() -> None:
    one = document_of(ev=make_meter(freshness=Freshness.FRESH, currents_da=(118, 2, 0)))["phase_currents"]
    assert [one[f"charging_L{n}"] for n in (1, 2, 3)] == [True, False, False]
    no_meter = document_of(ev=make_meter(), board=make_board(phases=1))["phase_currents"]
    assert [no_meter[f"charging_L{n}"] for n in (1, 2, 3)] == [True, False, False]
    idle = document_of(ev=make_meter(), state=ChargerState.B)["phase_currents"]
    assert [idle[f"charging_L{n}"] for n in (1, 2, 3)] == [False, False, False]


@pytest.mark.parametrize(
    ("mode", "is_open", "shown", "access"),
    [
        (Mode.SOLAR, False, "OFF", 0),
        (Mode.SOLAR, True, "SOLAR", 1),
        (Mode.OFF, True, "OFF", 0),
        (Mode.PAUSE, False, "PAUSE", 2),
    ],
)
def test_a_closed_schedule_looks_like_off(mode: Mode, is_open: bool, shown: str, access: int) -> None:
    planned = ScheduleSnapshot(1_700_010_000.0, 1_700_020_000.0, daily=True, open=is_open)
    document = document_of(mode=mode, schedule=planned)
    assert (document["mode"], document["mode_id"], document["evse"]["access"]) == (shown, Mode[shown], access)
    told = {key: document["settings"][key] for key in ("starttime", "stoptime", "repeat")}
    assert told == {"starttime": 1_700_010_000, "stoptime": 1_700_020_000, "repeat": 1}


def test_panel_colors_and_cards() -> None:
    lit = PanelSnapshot(backlight="DIMMED", backlight_left_s=90, custom_button=True)
    own = {**make_charger().settings, "rfid_reader": 2, "lcd_lock": 1, "color_solar": 0x0102FF}
    document = document_of(panel=lit, settings=own, rfid=RfidSnapshot("Card Stored", "0411223344556677"))
    assert document["backlight"] == {"timer": 90, "status": "DIMMED"}
    assert document["evse"]["custombutton"] is True
    assert document["settings"]["lcdlock"] == 1
    assert document["color"]["solar"] == {"R": 1, "G": 2, "B": 255}
    assert document["color"]["normal"] == {"R": 0, "G": 255, "B": 0}
    read = {key: document["evse"][key] for key in ("rfidreader", "rfid", "rfid_lastread")}
    assert read == {"rfidreader": "EnableOne", "rfid": "Card Stored", "rfid_lastread": "0411223344556677"}


def test_cable_lock_is_the_wish_and_lock_is_what_the_board_has() -> None:
    assert document_of(lock_hold=True)["settings"]["cablelock"] == 1
    assert document_of(board=make_board(flags=Flag.LOCK_HOLD))["settings"]["cablelock"] == 0
    assert document_of()["settings"]["lock"] == 0
    assert document_of(identity=replace(IDENTITY, capabilities=Capability.SOCKET_LOCK))["settings"]["lock"] == 1
    assert document_of(identity=replace(IDENTITY, capabilities=Capability.C2))["settings"]["lock"] == 0


def test_solar_stop_timer_in_whole_seconds() -> None:
    timers = (Timer(Constraint.WAITING_FOR_SURPLUS, due_ms=100_000 + 59_001),)
    grant = make_grant(timers=timers)
    assert document_of(mode=Mode.SOLAR, grant=grant)["evse"]["solar_stop_timer"] == 60
    assert document_of(mode=Mode.SMART, grant=grant)["evse"]["solar_stop_timer"] == 0


def test_document_is_built_once_for_a_snapshot() -> None:
    documents = Documents()
    snapshot = make_snapshot(make_charger(id="1"), make_charger(id="2", serial=2))
    first, second = (documents.settings(snapshot, charger) for charger in snapshot.chargers)
    assert first != second
    assert documents.settings(snapshot, snapshot.chargers[0]) is first
    equal = replace(snapshot)
    assert documents.settings(equal, equal.chargers[0]) is not first
