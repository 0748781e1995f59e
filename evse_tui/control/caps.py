"""What bounds one charger by itself: the user's wishes and the slots of its board."""

from __future__ import annotations

from evse_tui.control.types import Access, BoardObservation, ChargerSettings, Constraint, Mode, Reason

LOWEST_DA = 60
"""Below 6 A a control pilot means stop, never less: IEC 61851-1, table A.7."""


def refusal(settings: ChargerSettings, board: BoardObservation | None) -> tuple[Access, Constraint] | None:
    """Why this charger can't take part at all, and the access that goes with it; None if it can."""
    if settings.mode is Mode.OFF:
        return Access.DENY, Constraint.OFF
    if settings.mode is Mode.PAUSE:
        return Access.PAUSE, Constraint.PAUSED
    if board is None:
        return Access.PAUSE, Constraint.NO_BOARD
    if board.faulted:
        return Access.PAUSE, Constraint.FAULT
    if not board.plugged:
        return Access.PAUSE, Constraint.NOT_CONNECTED
    if board.limit_da < LOWEST_DA:
        return Access.PAUSE, board.limit_slot
    return None


def caps(settings: ChargerSettings, board: BoardObservation) -> list[Reason]:
    """Everything that caps this charger's current, lowest first, each with its value per phase."""
    found = [
        Reason(Constraint.CURRENT_MAX, limit_da=settings.current_max_da),
        Reason(board.limit_slot, limit_da=board.limit_da),
    ]
    if settings.override_da and settings.mode in (Mode.NORMAL, Mode.SMART):
        found.append(Reason(Constraint.OVERRIDE, limit_da=settings.override_da))
    return sorted(found, key=lambda reason: reason.limit_da or 0)


def floor_da(settings: ChargerSettings, cap_da: int) -> int:
    """The least this charger may be offered: `current_min`, but never more than its cap nor less than 6 A."""
    return max(LOWEST_DA, min(settings.current_min_da, cap_da))
