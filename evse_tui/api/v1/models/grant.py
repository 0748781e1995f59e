"""Decisions and why: the grant with the constraint that binds, the runner-up and what the clock will do."""

from __future__ import annotations

from typing import Annotated

from evse_tui.api.v1.models.base import Model, PhaseName, doc, names
from evse_tui.control.types import Access, Constraint, TimerAction

ConstraintName = Annotated[str, names(Constraint)]


class Reason(Model):
    """What bound a grant, where, and at which value."""

    constraint: ConstraintName
    phase: Annotated[PhaseName | None, doc("Mains phase, for limits that have one.")]
    limit_da: Annotated[int | None, doc("What this constraint allows the charger per phase, 0.1 A.")]
    text: Annotated[str, doc("For people: `mains L2`.")]


class Timer(Model):
    """Something that will happen unless conditions change."""

    action: Annotated[Annotated[str, names(TimerAction)] | None, doc("What happens then.")]
    due_in_ms: Annotated[int, doc("From the moment of the snapshot; below zero it is overdue.")]
    waits_for: Annotated[ConstraintName, doc("The constraint whose condition must hold until then.")]
    threshold_w: Annotated[int | None, doc("Value of `waits_for`, W summed over phases, that must hold until then.")]
    above: Annotated[bool, doc("Whether it must stay above the threshold, or below it.")]
    text: Annotated[str, doc("For people: `3 phases in 41 s if surplus stays above 4.3 kW`.")]


class Grant(Model):
    """The newest decision for one charger."""

    access: Annotated[str, names(Access)]
    limit_da: Annotated[int, doc("Per phase, 0.1 A; 0 unless access is `allow`.")]
    phases: int
    reason: Annotated[Reason, doc("What binds.")]
    runner_up: Annotated[Reason | None, doc("What would bind next.")]
    timers: list[Timer]
