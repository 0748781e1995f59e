"""Request bodies become the site's typed commands and measurements. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

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
)
from evse_tui.site.schedule import LocalSchedule

_ACTIONS: Final = {action.name.lower(): action for action in BoardAction}


def command_of(charger_id: str, asked: models.ChargerCommand) -> Command:
    """The site's command for one charger."""
    match asked:
        case models.ModeCommand():
            return SetMode(charger_id, Mode[asked.mode.upper()], _schedule(asked.schedule))
        case models.ScheduleCommand():
            return SetSchedule(charger_id, _schedule(asked.schedule))
        case models.BoostCommand():
            return SetBoost(charger_id, asked.on, asked.energy_wh)
        case models.OverrideCommand():
            return SetOverride(charger_id, asked.current_da)
        case models.C2Command():
            return SetC2(charger_id, C2Mode[asked.c2.upper()])
        case models.BoardCommand():
            return DoBoardAction(charger_id, _ACTIONS[asked.action])
        case models.LockHoldCommand():
            return SetLockHold(charger_id, asked.on)
        case models.CardCommand():
            return SwipeCard(charger_id, asked.card.upper())
        case models.BacklightCommand():
            return SetBacklight(charger_id, asked.level, asked.seconds)
        case models.CustomButtonCommand():
            return SetCustomButton(charger_id, asked.on)


def _schedule(asked: models.Schedule | None) -> LocalSchedule | None:
    if asked is None:
        return None
    stop = None if asked.stop is None else datetime.fromisoformat(asked.stop)
    return LocalSchedule(datetime.fromisoformat(asked.start), stop, asked.daily)


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
