"""`GET /settings`: one snapshot becomes the document that SmartEVSE clients know. Pure.

Every path is always there, with a value of its type. What this project has no source for has a neutral value:

- `wifi`: connected, no name, 0 dBm. The board hangs on a cable; that the API answers is all a client wants to know.
- `evse.loadbl` 0: every charger is balanced by the host, none is a slave. `settings.modem` Not present.
- `settings.lock` 1 where the board has an actuator for the connector, else 0: which kind only the board knows.
- `mqtt`: what was set with `mqtt_*`, disconnected. `ocpp`: not configured, disconnected. `ev_meter.address` 0.

`ev_state` is there once somebody has told something; what is unknown in it is -1.

A measurement that never came is 0, as in the original. A board that is away offers 0 A at 100 % duty and 0 C.
"""

from __future__ import annotations

from typing import Any, Final

from evse_protocol.messages import Capability
from evse_tui import __version__
from evse_tui.api.compat.cards import shown_number
from evse_tui.api.compat.mqtt import UNSET, MqttShown
from evse_tui.api.compat.names import ACCESS, COLORS, INTERNAL_MODE, RFID_READERS, c2_name, rgb
from evse_tui.api.compat.schedule import shown_schedule
from evse_tui.board.model import LinkState
from evse_tui.control.types import Constraint, Mode, PhaseCurrents
from evse_tui.site.snapshot import (
    BoardSnapshot,
    ChargerSnapshot,
    ChargerState,
    EvStateSnapshot,
    Freshness,
    MeterSnapshot,
    Snapshot,
)

Json = dict[str, Any]

TEMPERATURE_MAX_C: Final = 71
"""The board stops at this temperature: its slot `temperature`."""
DUTY_FULL: Final = 1024
"""`evse.pwm` counts 1024ths."""
DRAWS_DA: Final = 10
"""A phase with more than this is in use."""
_NO_POWER_ID: Final = 1
_NOTHING: Final = (0, 0, 0)


def settings_document(
    snapshot: Snapshot, charger: ChargerSnapshot, *, mqtt: MqttShown = UNSET, legacy_units: bool = False
) -> Json:
    """The whole document for one charger.

    Currents are in 0.1 A or A as the original has them; power in W and energy in Wh, or with `legacy_units` in kW and
    kWh with one decimal (`total_wh`/`total_kwh` and `charged_wh`/`charged_kwh` are always both there).
    """
    board = _live_board(charger)
    plugged = charger.plugged
    mode = _shown_mode(charger)
    document = {
        "version": __version__,
        "serialnr": charger.serial,
        "mode": mode.name,
        "mode_id": int(mode),
        "car_connected": plugged,
        "wifi": {"status": "WL_CONNECTED", "ssid": "", "rssi": 0, "bssid": ""},
        "evse": _evse(snapshot, charger, board),
        "settings": _settings(snapshot, charger, board),
        "mqtt": mqtt.document(charger.serial),
        "ocpp": {
            "mode": "Disabled",
            "backend_url": "",
            "cb_id": "",
            "auth_key": "",
            "auto_auth": "Disabled",
            "auto_auth_idtag": "",
            "status": "Disconnected",
        },
        "home_battery": {"current": _battery_da(snapshot.battery), "last_update": snapshot.battery.updated_s},
        "ev_meter": ev_meter(charger, legacy_units=legacy_units),
        "mains_meter": {
            "import_active_energy": _scaled(snapshot.mains.import_wh or 0, legacy_units),
            "export_active_energy": _scaled(snapshot.mains.export_wh or 0, legacy_units),
        },
        "phase_currents": _phase_currents(snapshot, charger),
        "backlight": {"timer": charger.panel.backlight_left_s, "status": charger.panel.backlight},
        "color": {name: rgb(charger.settings[f"color_{name}"]) for name in COLORS},
    }
    if charger.ev_state is not None:
        document["ev_state"] = _ev_state(charger.ev_state)
    return document


def by_phase(currents_da: PhaseCurrents) -> dict[str, int]:
    """`{L1, L2, L3}`."""
    return {"L1": currents_da[0], "L2": currents_da[1], "L3": currents_da[2]}


def with_total(currents_da: PhaseCurrents) -> dict[str, int]:
    """`{TOTAL, L1, L2, L3}`."""
    return {"TOTAL": sum(currents_da), **by_phase(currents_da)}


def neutralised_da(snapshot: Snapshot, charger: ChargerSnapshot, raw_da: PhaseCurrents) -> PhaseCurrents:
    """The mains without the home battery while this charger is in SOLAR, else `raw_da`."""
    if charger.mode is Mode.SOLAR and snapshot.surplus is not None:
        return snapshot.surplus.neutralised_da
    return raw_da


def ev_meter(charger: ChargerSnapshot, *, legacy_units: bool = False) -> Json:
    """The branch `ev_meter`. Modelled or lost currents are not measurements: 0.

    The total is the meter's register, import less export; without one it is what the host has counted.
    """
    meter = charger.ev
    registered = None if meter.import_wh is None else max(0, meter.import_wh - (meter.export_wh or 0))
    total_wh = charger.total_wh or 0 if registered is None else registered
    charged_wh = 0 if charger.session is None else charger.session.energy_wh or 0
    return {
        "description": meter.kind,
        "address": 0,
        "import_active_power": _scaled(meter.power_w or 0, legacy_units),
        "total_wh": total_wh,
        "charged_wh": charged_wh,
        "total_kwh": _thousandth(total_wh),
        "charged_kwh": _thousandth(charged_wh),
        "import_active_energy": _scaled(meter.import_wh or 0, legacy_units),
        "export_active_energy": _scaled(meter.export_wh or 0, legacy_units),
        "currents": with_total(_measured_da(charger) or _NOTHING),
    }


def _evse(snapshot: Snapshot, charger: ChargerSnapshot, board: BoardSnapshot | None) -> Json:
    state, error, error_id = _state_and_error(charger)
    return {
        "temp": round(board.temperature_dc / 10) if board else 0,
        "temp_max": TEMPERATURE_MAX_C,
        "connected": charger.plugged,
        "access": ACCESS.get(_shown_mode(charger), 1) if charger.authorised else ACCESS[Mode.OFF],
        "mode": INTERNAL_MODE.get(charger.mode, 0),
        "loadbl": 0,
        "pwm": round(board.duty_permille * DUTY_FULL / 1000) if board else DUTY_FULL,
        "custombutton": charger.panel.custom_button,
        "solar_stop_timer": _solar_stop_timer_s(snapshot, charger),
        "state": state,
        "state_id": int(charger.state),
        "error": error,
        "error_id": error_id,
        "rfidreader": RFID_READERS[charger.settings["rfid_reader"]],
        "nrofphases": _phases(charger, board),
        "rfid": charger.rfid.status,
        "rfid_lastread": shown_number(charger.rfid.last_card),
    }


def _settings(snapshot: Snapshot, charger: ChargerSnapshot, board: BoardSnapshot | None) -> Json:
    site, own = snapshot.settings, charger.settings
    lockable = charger.identity is not None and bool(charger.identity.capabilities & Capability.SOCKET_LOCK)
    return {
        "charge_current": board.offered_da if board else 0,
        "override_current": charger.override_da,
        "current_min": own["current_min"],
        "current_max": own["current_max"],
        "current_main": site["current_main"],
        "current_max_circuit": site["current_max_circuit"],
        "current_max_sum_mains": site["current_max_sum_mains"],
        "max_sum_mains_time": site["max_sum_mains_time"],
        "solar_max_import": site["solar_max_import"],
        "solar_start_current": site["solar_start_current"],
        "solar_stop_time": site["solar_stop_time"],
        "enable_C2": c2_name(own["enable_c2"]),
        "modem": "Not present",
        "mains_meter": snapshot.mains.kind,
        **shown_schedule(charger),
        "lcdlock": own["lcd_lock"],
        "lock": int(lockable),
        "cablelock": int(charger.lock_hold),
    }


def _phase_currents(snapshot: Snapshot, charger: ChargerSnapshot) -> Json:
    drawn = _measured_da(charger)
    if drawn is not None:
        charging = [current > DRAWS_DA for current in drawn]
    else:
        in_use = _phases(charger, _live_board(charger)) if charger.state is ChargerState.C else 0
        charging = [phase < in_use for phase in range(3)]
    raw = snapshot.mains.currents_da or _NOTHING
    return {
        **with_total(neutralised_da(snapshot, charger, raw)),
        "last_data_update": snapshot.mains.updated_s,
        "charging_L1": charging[0],
        "charging_L2": charging[1],
        "charging_L3": charging[2],
        "original_data": with_total(raw),
    }


def _state_and_error(charger: ChargerSnapshot) -> tuple[str, str, int]:
    """In REST lack of power is part of the state, not an error; a real error is never hidden by it."""
    title = charger.state.title
    if charger.error_id not in (0, _NO_POWER_ID):
        return title, charger.error, charger.error_id
    if charger.no_power or charger.error_id == _NO_POWER_ID:
        title += " - Waiting for Solar" if charger.mode is Mode.SOLAR else " - No Power Available"
    return title, "None", 0


def _shown_mode(charger: ChargerSnapshot) -> Mode:
    """OFF while the schedule keeps it closed, as in the original; a pause is a pause."""
    closed = charger.schedule is not None and not charger.schedule.open
    return Mode.OFF if closed and charger.mode is not Mode.PAUSE else charger.mode


def _ev_state(told: EvStateSnapshot) -> Json:
    """%, Wh and s; the host does not compute on, so the first state of charge is the computed one, too."""
    soc, full = _or_unknown(told.current_soc), _or_unknown(told.full_soc)
    return {
        "initial_soc": soc,
        "computed_soc": soc,
        "full_soc": full,
        "remaining_soc": max(0, full - soc) if soc >= 0 and full >= 0 else -1,
        "energy_capacity": _or_unknown(told.energy_capacity_wh),
        "energy_request": _or_unknown(told.energy_request_wh),
        "time_until_full": -1,
        "evccid": told.evccid,
    }


def _or_unknown(value: int | None) -> int:
    return -1 if value is None else value


def _live_board(charger: ChargerSnapshot) -> BoardSnapshot | None:
    return charger.board if charger.link is LinkState.ONLINE else None


def _phases(charger: ChargerSnapshot, board: BoardSnapshot | None) -> int:
    """Phases in use, else granted, else 0: unknown."""
    if board is not None:
        return board.phases
    return charger.grant.phases if charger.grant is not None else 0


def _measured_da(charger: ChargerSnapshot) -> PhaseCurrents | None:
    if charger.ev_modelled or charger.ev.freshness in (Freshness.ABSENT, Freshness.GONE):
        return None
    return charger.ev.currents_da


def _battery_da(battery: MeterSnapshot) -> int:
    if battery.currents_da is None or battery.freshness is Freshness.GONE:
        return 0
    return battery.currents_da[0]


def _solar_stop_timer_s(snapshot: Snapshot, charger: ChargerSnapshot) -> int:
    """Seconds until SOLAR stops, 0 while the timer does not run."""
    if charger.mode is not Mode.SOLAR or charger.grant is None:
        return 0
    due = [timer.due_ms for timer in charger.grant.timers if timer.what is Constraint.WAITING_FOR_SURPLUS]
    return max(0, -((snapshot.at_ms - min(due)) // 1000)) if due else 0


def _thousandth(value: int) -> float:
    """W or Wh in thousands with one decimal, halves up."""
    return (value + 50) // 100 / 10


def _scaled(value: int, legacy_units: bool) -> int | float:
    return _thousandth(value) if legacy_units else value
