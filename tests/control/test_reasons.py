"""The reason names what the user is waiting for."""

from __future__ import annotations

from dataclasses import replace

from evse_tui.control.controller import Controller
from evse_tui.control.types import C2Mode, Constraint, Mode
from tests.control.builders import board, charger, site


def test_a_car_that_waits_for_its_phases_is_not_said_to_be_unready() -> None:
    waiting = replace(board(0, phases=3), requests=False)
    one_phase = charger(Mode.NORMAL, waiting, c2=C2Mode.ALWAYS_OFF)
    grant = Controller().decide(site(0, (0, 0, 0), one_phase), 0).grants[0]
    assert grant.phases == 1
    assert grant.reason.constraint is Constraint.SWITCHING_PHASES
