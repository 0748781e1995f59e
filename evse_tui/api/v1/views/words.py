"""Names of enumerations as the API writes them, and sentences about timers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum, IntFlag
from typing import Final

from evse_tui.api.v1.models.board import UNKNOWN
from evse_tui.control.types import Constraint, Timer, TimerAction

_ACTIONS: Final[Mapping[TimerAction | None, str]] = {
    TimerAction.START: "starts",
    TimerAction.STOP: "stops",
    TimerAction.ONE_PHASE: "1 phase",
    TimerAction.THREE_PHASES: "3 phases",
    TimerAction.ROTATE: "next car",
    TimerAction.RETRY: "tries again",
    None: "changes",
}
_QUANTITIES: Final[Mapping[Constraint, str]] = {
    Constraint.WAITING_FOR_SURPLUS: Constraint.SURPLUS.value,
    Constraint.CAPACITY: "import",
}
"""What a threshold is a threshold of, where it is not what the constraint is called."""


def name(member: Enum) -> str:
    """The name of a member in lower case."""
    return member.name.lower()


def name_of(kind: type[IntEnum], value: int) -> str:
    """The name of a number from the board; `unknown` if only a newer firmware knows it."""
    return kind(value).name.lower() if value in tuple(kind) else UNKNOWN


def names_of(kind: type[IntFlag], mask: int) -> list[str]:
    """The names of the bits that are set."""
    return [str(flag.name).lower() for flag in kind if mask & flag]


def timer_text(timer: Timer, at_ms: int) -> str:
    """`3 phases in 41 s if surplus stays above 4.3 kW`."""
    text = f"{_ACTIONS[timer.action]} in {_duration(timer.due_ms - at_ms)}"
    if timer.threshold_w is None:
        return text
    side = "above" if timer.above else "below"
    what = _QUANTITIES.get(timer.what, timer.what.value)
    return f"{text} if {what} stays {side} {timer.threshold_w / 1000:.1f} kW"


def _duration(duration_ms: int) -> str:
    seconds = max(0, -(-duration_ms // 1000))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min {seconds % 60} s"
