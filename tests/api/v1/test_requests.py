"""What requests make of the site: commands, measurements, settings, and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pytest

from evse_tui.api.v1.models.command import BoardActionName, C2Name, ModeName
from evse_tui.config import DISABLED
from evse_tui.control.types import C2Mode, Mode
from evse_tui.settings import SETTINGS, Scope
from evse_tui.site.commands import (
    BatteryMeasurement,
    BoardAction,
    CircuitMeasurement,
    Command,
    DoBoardAction,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    Measurement,
    Outcome,
    PriceMeasurement,
    PvMeasurement,
    SetBacklight,
    SetBoost,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SetSetting,
    SwipeCard,
)
from evse_tui.site.schedule import LocalSchedule
from tests.api.conftest import Client
from tests.api.factory import RecordingSite, make_charger, make_meter, make_snapshot
from tests.api.v1.client import get, send

COMMANDS = "/chargers/1/commands"
NIGHT = LocalSchedule(
    datetime.fromisoformat("2026-11-22T23:30"), datetime.fromisoformat("2026-11-23T06:00"), daily=True
)
NIGHT_SENT = {"start": "2026-11-22T23:30", "stop": "2026-11-23T06:00", "daily": True}

ACCEPTED: list[tuple[dict[str, Any], Command]] = [
    ({"command": "mode", "mode": "solar"}, SetMode("1", Mode.SOLAR)),
    ({"command": "mode", "mode": "smart", "schedule": NIGHT_SENT}, SetMode("1", Mode.SMART, NIGHT)),
    ({"command": "schedule", "schedule": None}, SetSchedule("1", None)),
    (
        {"command": "schedule", "schedule": {"start": "2028-02-29T00:00"}},
        SetSchedule("1", LocalSchedule(datetime.fromisoformat("2028-02-29"))),
    ),
    ({"command": "boost", "on": True, "energy_wh": 5000}, SetBoost("1", True, 5000)),
    ({"command": "boost", "on": False}, SetBoost("1", False)),
    ({"command": "override", "current_da": 80}, SetOverride("1", 80)),
    ({"command": "c2", "c2": "always_off"}, SetC2("1", C2Mode.ALWAYS_OFF)),
    ({"command": "board", "action": "unlock"}, DoBoardAction("1", BoardAction.UNLOCK)),
    ({"command": "lock_hold", "on": True}, SetLockHold("1", True)),
    ({"command": "card", "card": "04a3b2c1"}, SwipeCard("1", "04A3B2C1")),
    ({"command": "backlight", "level": 40, "seconds": 120}, SetBacklight("1", 40, 120)),
    ({"command": "custom_button", "on": True}, SetCustomButton("1", True)),
]

REFUSED: list[dict[str, Any]] = [
    {},
    {"command": "charge"},
    {"mode": "solar"},
    {"command": "mode"},
    {"command": "mode", "mode": 2},
    {"command": "mode", "mode": "SOLAR"},
    {"command": "mode", "mode": "solar", "schedule": {}},
    {"command": "mode", "mode": "solar", "card": "04A3B2C1"},
    {"command": "schedule"},
    {"command": "schedule", "schedule": {"start": "2026-02-29T00:00"}},
    {"command": "schedule", "schedule": {"start": "2026-04-31T00:00"}},
    {"command": "schedule", "schedule": {"start": "2026-11-22T24:00"}},
    {"command": "schedule", "schedule": {"start": "2026-11-22T23:30\n"}},
    {"command": "schedule", "schedule": {"start": "2026-11-22T23:30Z"}},
    {"command": "boost", "on": 1},
    {"command": "boost", "on": True, "energy_wh": 0},
    {"command": "override", "current_da": 801},
    {"command": "override", "current_da": -1},
    {"command": "override", "current_da": None},
    {"command": "c2", "c2": "auto "},
    {"command": "board", "action": "bootloader"},
    {"command": "card", "card": "04A3B2C"},
    {"command": "card", "card": "04A3B2C1\n"},
    {"command": "card", "card": "04A3B2C1D5"},
    {"command": "backlight", "level": 101, "seconds": 1},
    {"command": "backlight", "level": 1, "seconds": 3601},
]


@pytest.mark.parametrize(("body", "command"), ACCEPTED, ids=[str(body) for body, _ in ACCEPTED])
async def test_a_command_reaches_the_site(
    client: Client, site: RecordingSite, body: dict[str, Any], command: Command
) -> None:
    assert await send(client, "POST", COMMANDS, body) == (202, {"id": None, "detail": ""})
    assert site.commands == [command]


@pytest.mark.parametrize("body", REFUSED, ids=str)
async def test_a_command_that_does_not_fit_is_422(client: Client, site: RecordingSite, body: dict[str, Any]) -> None:
    status, problem = await send(client, "POST", COMMANDS, body)
    assert (status, site.commands) == (422, [])
    assert problem["detail"]


async def test_a_refusal_of_the_site_is_409_with_its_sentence(client: Client, site: RecordingSite) -> None:
    site.refuse = "the override does not apply in Solar"
    status, problem = await send(client, "POST", COMMANDS, {"command": "override", "current_da": 80})
    assert (status, problem["detail"]) == (409, "The override does not apply in Solar.")


async def test_what_changes_nothing_is_no_success(
    client: Client, site: RecordingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old clients must get an echo for SOLAR without a mains meter; new ones are told."""

    async def execute(_: Command) -> Outcome:
        return Outcome(True, "nothing was changed: this mode needs a mains meter")

    monkeypatch.setattr(site, "execute", execute)
    status, problem = await send(client, "POST", COMMANDS, {"command": "mode", "mode": "solar"})
    assert status == 409
    assert problem["detail"] == "Nothing was changed: this mode needs a mains meter."


async def test_commands_to_nobody_are_404(client: Client, site: RecordingSite) -> None:
    status, _ = await send(client, "POST", "/chargers/9/commands", {"command": "boost", "on": True})
    assert (status, site.commands) == (404, [])


def test_names_of_commands_are_those_of_the_site() -> None:
    assert list(get_args(ModeName)) == [mode.name.lower() for mode in Mode]
    assert list(get_args(C2Name)) == [c2.name.lower() for c2 in C2Mode]
    assert list(get_args(BoardActionName)) == [action.name.lower() for action in BoardAction]


FED: list[tuple[str, dict[str, Any], Measurement]] = [
    ("/meters/mains", {"currents_da": [52, -13, 8]}, MainsMeasurement((52, -13, 8))),
    (
        "/meters/mains",
        {"currents_da": [0, 0, 0], "import_wh": 7, "export_wh": None},
        MainsMeasurement((0, 0, 0), import_wh=7),
    ),
    ("/meters/circuit", {"currents_da": [1, 2, 3]}, CircuitMeasurement((1, 2, 3))),
    ("/meters/battery", {"current_da": -40}, BatteryMeasurement(-40)),
    ("/meters/battery", {"current_da": 0, "soc_permille": 955}, BatteryMeasurement(0, 955)),
    ("/meters/pv", {"power_w": 5564}, PvMeasurement(5564)),
    ("/meters/price", {"milli_per_kwh": -12}, PriceMeasurement(-12)),
    ("/meters/ev/1", {"currents_da": [60, 0, 0], "power_w": 1380}, EvMeasurement("1", (60, 0, 0), 1380)),
    ("/meters/ev/1", {"import_wh": 12}, EvMeasurement("1", import_wh=12)),
    (
        "/chargers/1/ev_state",
        {"current_soc": 40, "evccid": "0A:1B"},
        EvStateMeasurement("1", current_soc=40, evccid="0A:1B"),
    ),
]


@pytest.mark.parametrize(("path", "body", "measurement"), FED, ids=[f"{path} {body}" for path, body, _ in FED])
async def test_a_measurement_reaches_the_site(
    client: Client, site: RecordingSite, path: str, body: dict[str, Any], measurement: Measurement
) -> None:
    assert await send(client, "POST", path, body) == (204, None)
    assert site.fed == [measurement]


@pytest.mark.parametrize("path", ["mains", "circuit", "battery", "pv", "ev/1"])
async def test_a_meter_that_is_not_fed_here_says_so(client: Client, site: RecordingSite, path: str) -> None:
    off = make_meter(kind=DISABLED)
    site.snapshot = make_snapshot(make_charger(ev=off), mains=off, circuit=off, battery=off, pv=off)
    body = {"battery": {"current_da": 1}, "pv": {"power_w": 1}}.get(path, {"currents_da": [1, 2, 3]})
    status, problem = await send(client, "POST", f"/meters/{path}", body)
    assert (status, site.fed) == (409, [])
    assert DISABLED in problem["detail"]


async def test_settings_change_together(client: Client, site: RecordingSite) -> None:
    status, changed = await send(client, "PATCH", "/settings", {"current_main": 35, "solar_start_current": 6})
    assert status == 200
    assert (changed["settings"]["current_main"], changed["settings"]["solar_start_current"]) == (35, 6)
    assert changed["commands"].keys() == {"current_main", "solar_start_current"}
    assert site.commands == [SetSetting("current_main", 35), SetSetting("solar_start_current", 6)]


async def test_settings_of_a_charger_are_its_own(client: Client, site: RecordingSite) -> None:
    status, changed = await send(client, "PATCH", "/chargers/1/settings", {"current_max": 10})
    assert (status, changed["settings"]["current_max"]) == (200, 10)
    assert site.commands == [SetSetting("current_max", 10, "1")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/settings", {"current_main": 35, "solar_start_current": 49}),
        ("/settings", {"current_main": 35, "current_max_sum_mains": 5}),
        ("/settings", {"current_max": 10}),
        ("/settings", {"current_main": None}),
        ("/settings", []),
        ("/chargers/1/settings", {"current_main": 20}),
        ("/chargers/1/settings", {"mode": 5}),
    ],
)
async def test_one_bad_value_changes_nothing(client: Client, site: RecordingSite, path: str, body: Any) -> None:
    status, problem = await send(client, "PATCH", path, body)
    assert (status, site.commands) == (422, [])
    assert problem["detail"]


async def test_off_is_allowed_where_there_is_one(client: Client, site: RecordingSite) -> None:
    site.snapshot = replace(site.snapshot, settings={**site.snapshot.settings, "current_max_sum_mains": 40})
    status, changed = await send(client, "PATCH", "/settings", {"current_max_sum_mains": 0})
    assert (status, changed["settings"]["current_max_sum_mains"]) == (200, 0)


async def test_a_refused_setting_says_what_was_changed_before(
    client: Client, site: RecordingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def execute(command: Command) -> Outcome:
        full = command == SetSetting("current_main", 35)
        return Outcome(True, command_id=1) if full else Outcome(False, "the disk is full")

    monkeypatch.setattr(site, "execute", execute)
    status, problem = await send(client, "PATCH", "/settings", {"solar_start_current": 6, "current_main": 35})
    assert (status, problem["detail"]) == (409, "The disk is full. Changed before that: current_main.")


@pytest.mark.parametrize(
    ("path", "scope"), [("/settings", Scope.SITE), ("/chargers/1/settings", Scope.CHARGER)], ids=str
)
async def test_the_table_of_settings_says_everything(
    client: Client, site: RecordingSite, path: str, scope: Scope
) -> None:
    rows = (await get(client, path))["settings"]
    expected = [setting for setting in SETTINGS if setting.scope is scope]
    assert [row["name"] for row in rows] == [setting.name for setting in expected]
    values = site.snapshot.settings if scope is Scope.SITE else site.snapshot.chargers[0].settings
    for row, setting in zip(rows, expected, strict=True):
        assert row["value"] == values[setting.name]
        assert (row["lowest"], row["highest"], row["default"]) == (setting.lowest, setting.highest, setting.default)
        assert (row["unit"], row["doc"], tuple(row["choices"])) == (setting.unit, setting.doc, setting.choices)
