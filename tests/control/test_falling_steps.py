"""Every further edge of the house lowers the offer at once, also while the car still answers the last fall.

"Decrease at once and unfiltered" (control.md, Loops). During the answer to a *falling* change the car's own draw can't
rise, so what the mains rise by is house: the draw counted is at most the estimate from which the running offer was
computed (0 without a meter and without proof), never the old offer. Existing clients feed /currents in this way, often
without an EV meter, and their user expects each step to show at the car within milliseconds.
"""

from __future__ import annotations

import pytest

from evse_tui.control.controller import Controller
from evse_tui.control.types import PhaseCurrents
from tests.control.builders import board, charger, site

SETTLED_MS = 60_000


def offer(controller: Controller, now_ms: int, mains: PhaseCurrents, offered: int, ev: PhaseCurrents | None) -> int:
    """One pass with the board already at the last offer; the new offer in 0.1 A."""
    decision = controller.decide(site(now_ms, mains, charger(seen=board(offered), ev_da=ev, now_ms=now_ms)), now_ms)
    return decision.grants[0].limit_da


@pytest.mark.parametrize("spacing_ms", [20, 1_000, 3_000])
def test_falling_steps_without_an_ev_meter(spacing_ms: int) -> None:
    controller = Controller()
    offered = 0
    for now_ms in range(0, SETTLED_MS, 1_000):
        offered = offer(controller, now_ms, (20, 20, 20), offered, None)
    assert offered == 160
    now_ms = SETTLED_MS
    for mains in (130, 140, 150, 160, 170, 180):
        now_ms += spacing_ms
        offered = offer(controller, now_ms, (mains, 20, 20), offered, None)
        assert offered == 250 - mains


@pytest.mark.parametrize("spacing_ms", [3_000, 6_000])
def test_falling_steps_with_an_ev_meter_that_follows(spacing_ms: int) -> None:
    controller = Controller()
    offered = 0
    for now_ms in range(0, SETTLED_MS, 1_000):
        drawn = (offered, offered, offered)
        offered = offer(controller, now_ms, (20 + offered, 20 + offered, 20 + offered), offered, drawn)
    assert offered == 160
    now_ms = SETTLED_MS
    for house in (100, 110, 120, 130, 140, 150):
        now_ms += spacing_ms
        drawn = (offered, offered, offered)
        offered = offer(controller, now_ms, (house + offered, offered, offered), offered, drawn)
        assert offered == 250 - house
