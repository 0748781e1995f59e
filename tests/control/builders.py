"""Short ways to say what a controller sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evse_tui.control.types import (
    BatterySample,
    BoardObservation,
    C2Mode,
    ChargerObservation,
    ChargerSettings,
    Constraint,
    Mode,
    Observation,
    PhaseCurrents,
    Sample,
    SiteSettings,
)

IDLE: PhaseCurrents = (0, 0, 0)


def board(offered_da: int = 0, *, phases: int = 3, **changes: object) -> BoardObservation:
    """A plugged car that requests current on a three-phase board; it charges if something is offered."""
    seen = BoardObservation(
        plugged=True,
        requests=True,
        closed=offered_da > 0,
        offered_da=offered_da,
        limit_da=160,
        limit_slot=Constraint.CABLE,
        phases=phases,
        phases_available=(1, 3),
    )
    return replace(seen, **changes)  # type: ignore[arg-type]  # field names, checked by replace


def charger(
    mode: Mode = Mode.SMART,
    seen: BoardObservation | None = None,
    ev_da: PhaseCurrents | None = None,
    now_ms: int = 0,
    *,
    name: str = "1",
    c2: C2Mode = C2Mode.ALWAYS_ON,
    **wishes: Any,
) -> ChargerObservation:
    """One charger, by default three-phase with a maximum of 16 A; its EV meter was read now."""
    settings = replace(ChargerSettings(mode=mode, current_max_da=160, c2=c2), **wishes)
    ev = None if ev_da is None else Sample(ev_da, now_ms)
    return ChargerObservation(name, settings, board() if seen is None else seen, ev)


def site(
    now_ms: int,
    mains_da: PhaseCurrents | None,
    *chargers: ChargerObservation,
    battery_da: int | None = None,
    settings: SiteSettings | None = None,
) -> Observation:
    """The site with mains and battery read now."""
    return Observation(
        SiteSettings() if settings is None else settings,
        chargers,
        None if mains_da is None else Sample(mains_da, now_ms),
        battery=None if battery_da is None else BatterySample(battery_da, now_ms),
    )
