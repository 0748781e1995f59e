"""From a board's STATUS to what control needs to know about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evse_protocol.messages import INACTIVE_DA, Capability, Flag, Pilot, Slot
from evse_protocol.payloads import Config, Identity, Status
from evse_tui.control.types import BoardObservation, Constraint
from evse_tui.site.snapshot import BoardSnapshot

SLOT_CONSTRAINTS: Final[Mapping[Slot, Constraint]] = {
    Slot.HARDWARE: Constraint.HARDWARE,
    Slot.CABLE: Constraint.CABLE,
    Slot.TEMPERATURE: Constraint.TEMPERATURE,
    Slot.CONFIGURATION: Constraint.CONFIGURATION,
    Slot.STOP: Constraint.STOP,
    Slot.SWITCH: Constraint.SWITCH,
    Slot.SIMPLIFIED: Constraint.SIMPLIFIED,
}
"""The board's own slots; the host's is what control decides."""


def own_limit(status: Status) -> tuple[int, Constraint]:
    """Minimum of the board's slots except the host's in 0.1 A, and the first that binds; no active slot is 0 A."""
    limits = [(status.slots_da[slot], slot) for slot in SLOT_CONSTRAINTS if status.slots_da[slot] != INACTIVE_DA]
    if not limits:
        return 0, Constraint.HARDWARE
    limit_da, slot = min(limits)
    return limit_da, SLOT_CONSTRAINTS[slot]


def phases_available(status: Status, identity: Identity | None, config: Config | None) -> tuple[int, ...]:
    """What a grant may ask for: (1,), (3,) or (1, 3). Until the board's configuration is known, what it uses now."""
    if config is None or identity is None:
        return (status.phases,)
    if config.phases == 1:
        return (1,)
    return (1, 3) if config.c2 and identity.capabilities & Capability.C2 else (3,)


def observe(status: Status, phases: tuple[int, ...], plugged_ms: int) -> BoardObservation:
    """What control sees of a board; `plugged_ms` is when this plug-in began, host clock."""
    limit_da, slot = own_limit(status)
    closed = Flag.C1 in status.flags
    return BoardObservation(
        plugged=Flag.PLUGGED in status.flags,
        requests=closed or status.pilot in (Pilot.C, Pilot.D),
        closed=closed,
        offered_da=status.offered_da,
        limit_da=limit_da,
        limit_slot=slot,
        phases=status.phases,
        phases_available=phases,
        faulted=bool(status.faults),
        plugged_ms=plugged_ms,
    )


def picture(status: Status, age_ms: int) -> BoardSnapshot:
    """STATUS as windows see it."""
    return BoardSnapshot(
        age_ms=age_ms,
        pilot=status.pilot,
        flags=status.flags,
        cp_high_mv=status.cp_high_mv,
        cp_low_mv=status.cp_low_mv,
        temperature_dc=status.temperature_dc,
        slots_da=status.slots_da,
        binding=status.binding,
        limit_da=status.limit_da,
        offered_da=status.offered_da,
        duty_permille=status.duty_permille,
        phases=status.phases,
        access=status.access,
        hold=status.hold,
        hold_ms=status.hold_ms,
        faults=status.faults,
    )
