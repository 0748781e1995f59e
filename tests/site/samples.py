"""Values that tests of this room share."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from evse_protocol.messages import INACTIVE_DA, Access, Fault, Flag, Hold, Pilot, Slot
from evse_protocol.payloads import Identity, Status
from evse_tui.board.ports import PortError
from evse_tui.control import types as control

STATUS = Status(
    counter=1,
    board_ms=60_000,
    pilot=Pilot.A,
    flags=Flag.CP_CONNECTED | Flag.COMMISSIONED,
    cp_high_mv=12_000,
    cp_low_mv=0,
    temperature_dc=250,
    slots_da=(160, 200, INACTIVE_DA, 160, INACTIVE_DA, 0, INACTIVE_DA, INACTIVE_DA),
    binding=Slot.HOST,
    limit_da=0,
    offered_da=0,
    duty_permille=1000,
    phases=3,
    access=Access.PAUSE,
    lease_ms=0,
    hold=Hold.NONE,
    hold_ms=0,
    faults=Fault(0),
    events_lost=0,
)

CHARGING: dict[str, Any] = {
    "pilot": Pilot.C,
    "flags": STATUS.flags | Flag.PLUGGED | Flag.C1 | Flag.C2,
    "offered_da": 120,
    "duty_permille": 200,
    "access": Access.ALLOW,
}

IDENTITY = Identity(
    host_id=1,
    session=1,
    boot=1,
    reset_reason=1,
    protocol=1,
    schema=1,
    firmware_major=1,
    firmware_minor=0,
    firmware_patch=0,
    board=1,
    serial=1001,
    capabilities=0,
    largest_payload=64,
    config_crc=0,
)


def status(**changes: Any) -> Status:
    """A STATUS of an idle board, with changes."""
    return replace(STATUS, **changes)


def grant(
    access: control.Access = control.Access.ALLOW,
    limit_da: int = 120,
    constraint: control.Constraint = control.Constraint.MAINS,
    phase: int | None = None,
    reason_da: int | None = None,
) -> control.ChargerGrant:
    """A decision for charger 1."""
    return control.ChargerGrant("1", access, limit_da, 3, control.Reason(constraint, phase, reason_da))


class NoPort:
    """A port that is never there."""

    port = "/dev/none"

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        raise PortError(f"There is no port {self.port}.")
