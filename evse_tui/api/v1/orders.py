"""Request bodies become the site's typed commands and measurements, and commands the bodies that ask for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from evse_tui.api.v1.models import command as models
from evse_tui.api.v1.models.meter import EvReading, EvStateReading, MainsReading
from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import (
    BoardAction,
    Command,
    DoBoardAction,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    SetBacklight,
    SetBoost,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SwipeCard,
    TracePilot,
)
from evse_tui.site.schedule import LocalSchedule

ChargerOrder = (
    SetMode
    | SetSchedule
    | SetBoost
    | SetOverride
    | SetC2
    | DoBoardAction
    | SetLockHold
    | SwipeCard
    | SetBacklight
    | SetCustomButton
    | TracePilot
)
"""The commands that have a body of their own; a setting is changed by a PATCH."""

_ACTIONS: Final = {action.name.lower(): action for action in BoardAction}

_PAIRS: Final[Mapping[type[models.ChargerCommand], type[ChargerOrder]]] = {
    models.ModeCommand: SetMode,
    models.ScheduleCommand: SetSchedule,
    models.BoostCommand: SetBoost,
    models.OverrideCommand: SetOverride,
    models.C2Command: SetC2,
    models.BoardCommand: DoBoardAction,
    models.LockHoldCommand: SetLockHold,
    models.CardCommand: SwipeCard,
    models.BacklightCommand: SetBacklight,
    models.CustomButtonCommand: SetCustomButton,
    models.PilotTraceCommand: TracePilot,
}
"""Their fields have the same names; a command has the id of its charger besides."""
_BODIES: Final = {command: body for body, command in _PAIRS.items()}


def command_of(charger_id: str, asked: models.ChargerCommand) -> Command:
    """The site's command for one charger."""
    fields = {name: _read(name, getattr(asked, name)) for name in asked.__struct_fields__}
    return _PAIRS[type(asked)](charger_id, **fields)


def asked_of(command: ChargerOrder) -> models.ChargerCommand:
    """The inverse of `command_of`: the body that asks for `command`."""
    body = _BODIES[type(command)]
    return body(**{name: _written(name, getattr(command, name)) for name in body.__struct_fields__})


def _read(name: str, value: Any) -> Any:
    match name:
        case "mode":
            return Mode[value.upper()]
        case "c2":
            return C2Mode[value.upper()]
        case "action":
            return _ACTIONS[value]
        case "card":
            return value.upper()
        case "schedule":
            return None if value is None else _schedule(value)
    return value


def _written(name: str, value: Any) -> Any:
    match name:
        case "mode" | "c2" | "action":
            return value.name.lower()
        case "schedule":
            return None if value is None else _planned(value)
    return value


def _schedule(asked: models.Schedule) -> LocalSchedule:
    stop = None if asked.stop is None else datetime.fromisoformat(asked.stop)
    return LocalSchedule(datetime.fromisoformat(asked.start), stop, asked.daily)


def _planned(schedule: LocalSchedule) -> models.Schedule:
    stop = None if schedule.stop is None else schedule.stop.isoformat(timespec="minutes")
    return models.Schedule(start=schedule.start.isoformat(timespec="minutes"), stop=stop, daily=schedule.daily)


def mains_of(reading: MainsReading) -> MainsMeasurement:
    return MainsMeasurement(reading.currents_da, reading.import_wh, reading.export_wh)


def ev_of(charger_id: str, reading: EvReading) -> EvMeasurement:
    return EvMeasurement(charger_id, reading.currents_da, reading.power_w, reading.import_wh, reading.export_wh)


def ev_state_of(charger_id: str, reading: EvStateReading) -> EvStateMeasurement:
    return EvStateMeasurement(
        charger_id,
        reading.current_soc,
        reading.full_soc,
        reading.energy_capacity_wh,
        reading.energy_request_wh,
        reading.evccid,
    )
