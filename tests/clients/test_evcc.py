"""Programs in Go decode into structs: a float where an int is declared, or 0 for a bool, is an error there.

evcc reads this API as a custom charger (docs/clients.md has the configuration), the Victron driver with structs.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import Command, SetC2, SetMode, SetOverride
from evse_tui.site.snapshot import ChargerState, PanelSnapshot
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_meter, make_snapshot
from tests.clients.contract import NUMBER, Fields, check_fields

EVCC: Final[Fields] = {
    "car_connected": bool,
    "mode_id": int,
    "evse.state_id": int,
    "evse.access": int,
    "evse.nrofphases": int,
    "settings.charge_current": int,
    "settings.override_current": int,
    "ev_meter.import_active_power": int,
    "ev_meter.total_wh": int,
    "ev_meter.charged_wh": int,
    **{f"ev_meter.currents.{name}": int for name in ("TOTAL", "L1", "L2", "L3")},
    **{f"phase_currents.{name}": int for name in ("TOTAL", "L1", "L2", "L3")},
    **{f"phase_currents.charging_{name}": bool for name in ("L1", "L2", "L3")},
}

VICTRON: Final[Fields] = {
    "serialnr": int,
    "version": str,
    "mode_id": int,
    "mqtt.topic_prefix": str,
    "settings.current_min": NUMBER,
    "settings.current_max": NUMBER,
    "settings.charge_current": NUMBER,
    "ev_meter.total_wh": NUMBER,
    "ev_meter.charged_wh": NUMBER,
    "ocpp.mode": str,
    "ocpp.backend_url": str,
    "ocpp.cb_id": str,
    "ocpp.auth_key": str,
    "ocpp.auto_auth": str,
    "ocpp.auto_auth_idtag": str,
    "ocpp.status": str,
}

HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json"}


async def settings(client: Client) -> Any:
    async with client.get("/settings", headers=HEADERS) as response:
        assert response.status == 200
        return await response.json()


@pytest.mark.parametrize("fields", [EVCC, VICTRON], ids=["evcc", "victron"])
async def test_types_hold_in_every_situation(client: Client, site: RecordingSite, fields: Fields) -> None:
    for charger in (
        make_charger(),
        make_charger(board=None, grant=None, session=None, ev=make_meter(), plugged=False, state=ChargerState.A),
        make_charger(mode=Mode.SOLAR, no_power=True, panel=PanelSnapshot(custom_button=True)),
    ):
        site.snapshot = make_snapshot(charger)
        check_fields(await settings(client), fields)


STATUS: Final = {0: "A", 2: "C"}
"""evcc's letters by `evse.state_id`, everything else is B: the expression of docs/clients.md."""


@pytest.mark.parametrize(
    ("state", "letter"),
    [
        (ChargerState.A, "A"),
        (ChargerState.B, "B"),
        (ChargerState.B1, "B"),
        (ChargerState.C1, "B"),
        (ChargerState.C, "C"),
    ],
)
async def test_status_letters(client: Client, site: RecordingSite, state: ChargerState, letter: str) -> None:
    site.snapshot = make_snapshot(make_charger(state=state))
    assert STATUS.get((await settings(client))["evse"]["state_id"], "B") == letter


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/settings?mode=1", SetMode("1", Mode.NORMAL)),
        ("/settings?mode=4", SetMode("1", Mode.PAUSE)),
        ("/settings?override_current=100", SetOverride("1", 100)),
        ("/settings?override_current=62.5", SetOverride("1", 62)),  # milliampere steps: a duty cycle knows 0.1 A
        ("/settings?enable_C2=1", SetC2("1", C2Mode.ALWAYS_OFF)),
    ],
)
async def test_writes(client: Client, site: RecordingSite, path: str, command: Command) -> None:
    async with client.post(path, data=b"", headers=HEADERS) as response:
        assert response.status == 200
        assert isinstance(await response.json(), dict)
    assert site.commands == [command]


async def test_a_struct_decodes_the_answer_to_an_unknown_key(client: Client) -> None:
    async with client.post("/settings?ocpp_update=1&ocpp_auto_auth=1", headers=HEADERS) as response:
        assert (response.status, await response.json()) == (200, {})
