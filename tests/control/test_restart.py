"""A new host, or a link that comes back, goes on with a car that charges."""

from __future__ import annotations

import pytest

from evse_tui.control.controller import Controller
from evse_tui.control.types import Access, Constraint, Mode
from tests.control.builders import board, charger, site


@pytest.mark.parametrize("mode", [Mode.NORMAL, Mode.SMART, Mode.SOLAR])
def test_a_restarted_host_does_not_interrupt_a_charging_car(mode: Mode) -> None:
    controller = Controller()
    now = 1_000_000
    first = controller.decide(site(now, (20, 20, 20), charger(mode, board(120), (118, 118, 118), now)), now)
    assert first.grants[0].access is Access.ALLOW


def test_it_keeps_the_minimum_until_the_first_mains_sample_is_late() -> None:
    controller = Controller()
    seen = charger(Mode.SMART, board(120), (118, 118, 118), 0)
    grant = controller.decide(site(0, None, seen), 0).grants[0]
    assert (grant.access, grant.limit_da) == (Access.ALLOW, 60)
    grant = controller.decide(site(0, None, seen), 11_001).grants[0]
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.MAINS_ABSENT)


def test_an_idle_car_waits_for_mains() -> None:
    grant = Controller().decide(site(0, None, charger(Mode.SMART)), 0).grants[0]
    assert (grant.access, grant.reason.constraint) == (Access.PAUSE, Constraint.MAINS_ABSENT)
