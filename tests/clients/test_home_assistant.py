"""Home Assistant: the custom component, and the YAML packages of the SmartEVSE documentation.

Their field lists and requests; what was run for real is in docs/clients.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import Command, MainsMeasurement, SetC2, SetMode, SetOverride, SetSetting
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_meter, make_snapshot
from tests.clients.contract import NUMBER, Fields, at, check_fields

COMPONENT: Final[Fields] = {
    "version": str,
    "mode": str,
    "mode_id": int,
    "car_connected": bool,
    "serialnr": int,
    "wifi.status": str,
    "wifi.ssid": str,
    "wifi.rssi": int,
    "wifi.bssid": str,
    "evse.temp": NUMBER,
    "evse.access": int,
    "evse.mode": int,
    "evse.loadbl": int,
    "evse.solar_stop_timer": int,
    "evse.state": str,
    "evse.state_id": int,
    "evse.error": str,
    "evse.error_id": int,
    "settings.charge_current": NUMBER,
    "settings.override_current": NUMBER,
    "settings.current_min": NUMBER,
    "settings.current_max": NUMBER,
    "settings.current_main": NUMBER,
    "settings.current_max_circuit": NUMBER,
    "settings.current_max_sum_mains": NUMBER,
    "settings.solar_max_import": NUMBER,
    "settings.solar_start_current": NUMBER,
    "settings.solar_stop_time": NUMBER,
    "settings.enable_C2": str,
    "settings.mains_meter": str,
    "settings.starttime": NUMBER,
    "home_battery.current": NUMBER,
    "home_battery.last_update": NUMBER,
    "ev_meter.import_active_power": NUMBER,
    "ev_meter.import_active_energy": NUMBER,
    "ev_meter.export_active_energy": NUMBER,
    "ev_meter.total_kwh": NUMBER,
    "ev_meter.charged_kwh": NUMBER,
    **{f"ev_meter.currents.{name}": NUMBER for name in ("TOTAL", "L1", "L2", "L3")},
    "mains_meter.import_active_energy": NUMBER,
    "mains_meter.export_active_energy": NUMBER,
    **{f"phase_currents.{name}": NUMBER for name in ("TOTAL", "L1", "L2", "L3")},
    "phase_currents.last_data_update": NUMBER,
}
MODES: Final = ("OFF", "NORMAL", "SOLAR", "SMART", "PAUSE")
C2_OPTIONS: Final = ("Not present", "Always Off", "Solar Off", "Always On", "Auto")


async def settings(client: Client) -> Any:
    async with client.get("/settings") as response:
        assert response.status == 200
        return await response.json()


async def test_component_finds_every_field(client: Client, site: RecordingSite) -> None:
    bare = make_charger(board=None, grant=None, session=None, ev=make_meter(), serial=0)
    for snapshot in (make_snapshot(), make_snapshot(bare, mains=make_meter(), battery=make_meter(), surplus=None)):
        site.snapshot = snapshot
        document = await settings(client)
        check_fields(document, COMPONENT)
        for path in ("settings.starttime", "phase_currents.last_data_update"):
            datetime.fromtimestamp(at(document, path), UTC)


@pytest.mark.parametrize("mode", Mode)
async def test_component_knows_every_option_it_is_shown(client: Client, site: RecordingSite, mode: Mode) -> None:
    site.snapshot = make_snapshot(make_charger(mode=mode, settings={**make_charger().settings, "enable_c2": int(mode)}))
    document = await settings(client)
    assert MODES[document["mode_id"]] == document["mode"]
    assert document["settings"]["enable_C2"] in C2_OPTIONS


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/settings?mode=2", SetMode("1", Mode.SOLAR)),
        ("/settings?enable_C2=4", SetC2("1", C2Mode.AUTO)),
        ("/settings?override_current=67.0", SetOverride("1", 67)),
        ("/settings?override_current=130.00000000000003", SetOverride("1", 130)),
        ("/settings?stop_timer=12.0", SetSetting("solar_stop_time", 12)),
        ("/settings?solar_start_current=6.0", SetSetting("solar_start_current", 6)),
        ("/settings?solar_max_import=0.0", SetSetting("solar_max_import", 0)),
    ],
)
async def test_component_writes_with_an_empty_form(
    client: Client, site: RecordingSite, path: str, command: Command
) -> None:
    async with client.post(path, data={}) as response:
        assert response.status == 200
    assert site.commands == [command]


@pytest.mark.parametrize(
    "path",
    [
        "/currents?L1=12&L2=-3&L3=0",
        "/currents?L1=12%20&L2=-3%20&L3=0",  # the folded lines of a template
        "/currents?L1=12.7&L2=-3&L3=0.30000000000000004",
    ],
)
async def test_rest_commands_come_with_an_empty_json_object(client: Client, site: RecordingSite, path: str) -> None:
    headers = {"accept": "application/json", "Content-Type": "application/json"}
    async with client.post(path, data="{}", headers=headers) as response:
        assert response.status == 200
        assert await response.json() == {
            "original": {"L1": 12, "L2": -3, "L3": 0},
            "L1": 12,
            "L2": -3,
            "L3": 0,
            "TOTAL": 9,
        }
    assert site.fed == [MainsMeasurement((12, -3, 0))]


async def test_rest_sensor_attributes_are_branches(client: Client) -> None:
    document = await settings(client)
    for branch in ("evse", "settings", "ev_meter", "mains_meter", "phase_currents"):
        assert isinstance(document[branch], dict)
    # the templates of the package divide and format these
    assert document["settings"]["charge_current"] / 10 == 12.0
    assert document["phase_currents"]["TOTAL"] / 10 == -1.0
