"""Homey: a driver that polls `/settings`, and writes with an empty POST and reads back until `===` within 3 s."""

from __future__ import annotations

from typing import Any, Final

import pytest

from evse_tui.control.types import Mode
from evse_tui.site.commands import BatteryMeasurement, MainsMeasurement
from evse_tui.site.snapshot import ChargerState
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_snapshot
from tests.clients.contract import NUMBER, Fields, at, check_fields

DRIVER: Final[Fields] = {
    "serialnr": int,
    "version": str,
    "mode_id": int,
    "car_connected": bool,
    "evse.state": str,
    "evse.state_id": int,
    "evse.error_id": int,
    "evse.nrofphases": int,
    "evse.rfid": str,
    "evse.rfid_lastread": str,
    "settings.override_current": int,
    "settings.charge_current": int,
    "settings.enable_C2": str,
    "ev_meter.import_active_power": NUMBER,
    "ev_meter.total_wh": int,
    "ev_meter.total_kwh": NUMBER,
    "ev_meter.charged_wh": int,
    "ev_meter.currents.TOTAL": int,
    "phase_currents.TOTAL": int,
}


async def settings(client: Client) -> Any:
    async with client.get("/settings") as response:
        assert response.status == 200
        return await response.json()


async def test_driver_finds_every_field(client: Client) -> None:
    check_fields(await settings(client), DRIVER)


@pytest.mark.parametrize(
    ("query", "path", "expected"),
    [
        *((f"mode={mode:d}", "mode_id", int(mode)) for mode in (Mode.OFF, Mode.NORMAL, Mode.SOLAR, Mode.SMART)),
        ("override_current=83", "settings.override_current", 83),
        ("override_current=0", "settings.override_current", 0),
        ("disable_override_current=1", "settings.override_current", 0),
    ],
)
async def test_writes_are_verified_by_identity(
    client: Client, site: RecordingSite, query: str, path: str, expected: int
) -> None:
    async with client.post(f"/settings?{query}") as response:
        assert response.status == 200
        await response.json()
    found = at(await settings(client), path)
    assert type(found) is int
    assert found == expected


async def test_override_reads_zero_after_solar(client: Client, site: RecordingSite) -> None:
    """Choosing Solar and clearing the override is one press in the driver."""
    site.snapshot = make_snapshot(make_charger(mode=Mode.SOLAR))
    async with client.post("/settings?disable_override_current=1") as response:
        assert (await response.json())["disable_override_current"] == "OK"
    assert (await settings(client))["settings"]["override_current"] == 0


async def test_meters_are_fed_in_tenths_of_an_ampere(client: Client, site: RecordingSite) -> None:
    async with client.post("/currents?L1=-52&L2=13&L3=8&battery_current=-40") as response:
        assert response.status == 200
        assert (await response.json())["battery_current"] == -40
    assert site.fed == [BatteryMeasurement(-40), MainsMeasurement((-52, 13, 8))]


async def test_reboot_is_200_whatever_it_says(client: Client) -> None:
    async with client.post("/reboot") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("state", "charging"), [(ChargerState.C, True), (ChargerState.B, False), (ChargerState.B1, False)]
)
async def test_state_id_2_is_charging(client: Client, site: RecordingSite, state: ChargerState, charging: bool) -> None:
    site.snapshot = make_snapshot(make_charger(state=state))
    assert ((await settings(client))["evse"]["state_id"] == 2) is charging
