"""What a SOLAR car without a meter likely draws.

Hard limits count only what the mains have proven, a lower bound (modelled_draw.py). The surplus must not: every ampere
that a car draws beyond that bound would be sold on each of its phases. A car that follows its offer draws between the
bound and its offer minus 0.2 A, so the middle of the two is nearest on average; both errors are smaller than half a
step of the car and show on the mains at once. A bound farther below the offer than the car's coarsest usual step means
that the car may have a limit of its own: then the bound itself counts.
"""

from __future__ import annotations

from evse_tui.control.draw import DrawTracker
from evse_tui.control.modelled_draw import GRID_LOSS_DA

LIKELY_OFFSET_DA = GRID_LOSS_DA // 2
"""What a car in steps of 1 A, minus 0.2 A, draws less than it is offered: 0.2 to 1.1 A, rather less than the middle."""
_LEAST_LOSS_DA = 2
_LIKELY_ABOVE_PROVEN_DA = (GRID_LOSS_DA - _LEAST_LOSS_DA) // 2


def likely_da(draw: DrawTracker, offered_da: int, phases: int, arrived_ms: int) -> tuple[int, int]:
    """The draw at the time of the mains sample that arrived at `arrived_ms`, from least to most, summed over phases.

    Args:
        draw: of a car with or without a meter; a meter that speaks is believed.
        offered_da: what its board offers, per phase.
        phases: 1 or 3, the position of its second contactor.
        arrived_ms: host clock.
    """
    low, high = draw.at(arrived_ms)
    least, most = sum(low), sum(high)
    if draw.metered:
        return least, most
    if draw.answering:
        return least, most if draw.rising else most + _LIKELY_ABOVE_PROVEN_DA * phases
    if not 0 <= offered_da - low[0] <= GRID_LOSS_DA:
        return least, most
    middle = phases * max(low[0], (low[0] + offered_da - _LEAST_LOSS_DA) // 2)
    return middle, middle
