"""Decisions."""

from __future__ import annotations

from typing import Final

from evse_tui.api.v1.models import grant as models
from evse_tui.api.v1.views.words import name
from evse_tui.control.types import ChargerGrant, Reason, Timer
from evse_tui.site.wording import reason_text, timer_text

_PHASES: Final = ("L1", "L2", "L3")


def grant_view(grant: ChargerGrant, at_ms: int) -> models.Grant:
    """`at_ms`: the moment of the snapshot, from which timers count."""
    return models.Grant(
        access=name(grant.access),
        limit_da=grant.limit_da,
        phases=grant.phases,
        reason=_reason(grant.reason),
        runner_up=None if grant.runner_up is None else _reason(grant.runner_up),
        timers=[_timer(timer, at_ms) for timer in grant.timers],
    )


def _reason(reason: Reason) -> models.Reason:
    return models.Reason(
        constraint=name(reason.constraint),
        phase=None if reason.phase is None else _PHASES[reason.phase],
        limit_da=reason.limit_da,
        text=reason_text(reason),
    )


def _timer(timer: Timer, at_ms: int) -> models.Timer:
    return models.Timer(
        action=None if timer.action is None else name(timer.action),
        due_in_ms=timer.due_ms - at_ms,
        waits_for=name(timer.what),
        threshold_w=timer.threshold_w,
        above=timer.above,
        text=timer_text(timer, at_ms),
    )
