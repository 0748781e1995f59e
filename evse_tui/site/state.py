"""States and errors in the vocabulary of the SmartEVSE API (api.md, Names). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Final

from evse_protocol.messages import Fault, Flag, Pilot
from evse_protocol.payloads import Status
from evse_tui.control.types import Access, ChargerGrant, Constraint, Mode
from evse_tui.site.snapshot import ChargerState, Freshness


@unique
class ErrorId(IntEnum):
    """SmartEVSE error ids: the highest error flag's bit + 1; `title` is the text of the API."""

    NONE = 0
    NO_POWER = 1
    COMMUNICATION = 2
    TEMPERATURE = 3
    EV_METER = 4
    RCM_TRIPPED = 5
    RCM_TEST = 6
    TEST_IO = 7
    FLASH = 8

    @property
    def title(self) -> str:
        return _ERROR_TITLES[self]


_ERROR_TITLES: Final[Mapping[ErrorId, str]] = {
    ErrorId.NONE: "None",
    ErrorId.NO_POWER: "No Power Available",
    ErrorId.COMMUNICATION: "Communication Error",
    ErrorId.TEMPERATURE: "Temperature High",
    ErrorId.EV_METER: "EV Meter Comm Error",
    ErrorId.RCM_TRIPPED: "RCM Tripped",
    ErrorId.RCM_TEST: "RCM Test",
    ErrorId.TEST_IO: "Test IO",
    ErrorId.FLASH: "Flash Error",
}

_FAULT_ERRORS: Final[Mapping[Fault, ErrorId]] = {
    Fault.RESIDUAL_CURRENT: ErrorId.RCM_TRIPPED,
    Fault.OVERTEMPERATURE: ErrorId.TEMPERATURE,
    Fault.SENSOR: ErrorId.TEMPERATURE,
    Fault.CONFIG_CORRUPT: ErrorId.FLASH,
}
"""Faults that the original has, too; for all others its only general hardware error stands, never `None`."""

_LACK_OF_POWER: Final = frozenset(
    {
        Constraint.MAINS,
        Constraint.CIRCUIT,
        Constraint.CAPACITY,
        Constraint.GRID_RELAY,
        Constraint.UNBALANCE,
        Constraint.SHARE,
        Constraint.SURPLUS,
        Constraint.MINIMUM,
        Constraint.WAITING_FOR_SURPLUS,
        Constraint.WAITING_FOR_ROOM,
    }
)


def charger_state(status: Status | None, live: bool = True) -> ChargerState:
    """The state that an owner of the original would see; a board that never spoke is in state A.

    Of a board that has fallen silent (not `live`) nobody can say that it charges.
    """
    if status is None or Flag.PLUGGED not in status.flags:
        return ChargerState.A
    if not live:
        return ChargerState.B1
    offers = status.offered_da > 0
    if Flag.C1 in status.flags:
        return ChargerState.C if offers else ChargerState.C1
    if status.pilot is Pilot.D:
        return ChargerState.D
    if status.pilot is Pilot.C and not offers:
        return ChargerState.C1  # the car still asks, but gets nothing
    return ChargerState.B if offers else ChargerState.B1


def charger_error(status: Status | None, online: bool, mode: Mode, mains: Freshness, ev: Freshness) -> ErrorId:
    """The highest error that stands. `mains` and `ev` are the states of the meters that this charger depends on."""
    errors = [ErrorId.NONE]
    if not online or status is None:
        errors.append(ErrorId.COMMUNICATION)
    if mode in (Mode.SMART, Mode.SOLAR) and mains in (Freshness.ABSENT, Freshness.GONE):
        errors.append(ErrorId.COMMUNICATION)
    if ev is Freshness.GONE:
        errors.append(ErrorId.EV_METER)
    if status is not None and status.faults:
        errors += [_FAULT_ERRORS.get(fault, ErrorId.TEST_IO) for fault in Fault if status.faults & fault]
    return max(errors)


def lacks_power(status: Status | None, grant: ChargerGrant | None) -> bool:
    """Whether a connected car gets nothing because there is nothing to give."""
    if status is None or grant is None or Flag.PLUGGED not in status.flags:
        return False
    return grant.access is not Access.ALLOW and grant.reason.constraint in _LACK_OF_POWER
