"""Whatever a client sends: nothing out of range gets through, and nothing that is no number changes anything."""

from __future__ import annotations

import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.measurements import parse_currents, parse_ev_meter
from evse_tui.api.compat.write import plan_settings, put
from evse_tui.api.responses import encode
from evse_tui.api.v1.models.base import HIGHEST_CURRENT_DA, HIGHEST_ENERGY_WH
from evse_tui.control.types import Mode
from evse_tui.settings import BY_NAME
from evse_tui.site.commands import (
    SetBacklight,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
)
from tests.api.factory import make_charger, make_meter, make_snapshot

_KEYS = (
    "mode",
    "override_current",
    "disable_override_current",
    "stop_timer",
    "enable_C2",
    "current_min",
    "current_max_sum_mains",
    "solar_start_current",
    "solar_max_import",
    "max_sum_mains_timer",
    "cablelock",
    "starttime",
    "stoptime",
    "repeat",
    "backlight",
    "custombutton",
    "lcdlock",
    "current_max",
)
_VALUES = st.one_of(
    st.integers(-70, 700).map(str), st.integers().map(str), st.floats().map(str), st.text(), st.just("1" + "0" * 400)
)
_NO_NUMBERS = st.text().filter(lambda text: atol(text) is None)


@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES), st.sampled_from(Mode), st.sampled_from(["API", "Disabled"]))
def test_every_command_is_within_its_range(query: dict[str, str], mode: Mode, mains: str) -> None:
    charger = make_charger(mode=mode)
    snapshot = make_snapshot(charger, mains=make_meter(kind=mains))
    reply: dict[str, object] = {}
    lowest, highest = charger.settings["current_min"], charger.settings["current_max"]
    for step in plan_settings(query, snapshot, charger, UTC):
        match step.command:
            case SetSetting(name, value, _):
                assert BY_NAME[name].allows(value)
                lowest = value if name == "current_min" else lowest
            case SetMode(_, wanted):
                assert mains == "API" or wanted not in (Mode.SMART, Mode.SOLAR)
                mode = wanted
            case SetOverride(_, current_da):
                assert mode is not Mode.SOLAR
                assert current_da == 0 or 10 * lowest <= current_da <= 10 * highest
            case SetBacklight(_, level, seconds):
                assert level in (0, 100)
                assert 0 <= seconds <= 0xFFFF
            case SetC2() | SetLockHold() | SetCustomButton() | None:
                pass
            case other:
                raise AssertionError(f"{other} can't be asked for here")
        put(reply, step.path, step.accepted)
    assert json.loads(encode(reply)) == reply


@given(st.dictionaries(st.sampled_from([key for key in _KEYS if key != "disable_override_current"]), _NO_NUMBERS))
def test_what_is_no_number_changes_nothing(query: dict[str, str]) -> None:
    snapshot = make_snapshot()
    assert all(step.command is None for step in plan_settings(query, snapshot, snapshot.chargers[0], UTC))


@given(st.dictionaries(st.sampled_from(["L1", "L2", "L3", "battery_current", "l1", ""]), _VALUES))
def test_currents_are_whole_and_plausible_or_nothing(query: dict[str, str]) -> None:
    parsed = parse_currents(query, "API")
    numbers = [atol(query.get(name, "")) for name in ("L1", "L2", "L3")]
    usable = all(number is not None and abs(number) <= HIGHEST_CURRENT_DA for number in numbers)
    assert parsed.mains_da == (tuple(numbers) if usable else None)
    assert parsed.battery_da is None or abs(parsed.battery_da) <= HIGHEST_CURRENT_DA
    assert set(parsed.refused) <= set(query)


@given(st.dictionaries(st.sampled_from(["import_active_energy", "export_active_energy", "L1", "L2", "L3"]), _VALUES))
def test_energies_are_never_negative(query: dict[str, str]) -> None:
    reading = parse_ev_meter(query)
    for energy in (reading.import_wh, reading.export_wh):
        assert energy is None or 0 <= energy <= HIGHEST_ENERGY_WH
