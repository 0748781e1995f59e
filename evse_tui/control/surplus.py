"""The solar law: how many amperes, summed over phases, the SOLAR cars may draw together.

Budget = own draw E + solar_max_import - neutralised sum - reservations. As long as E is taken at the time of the
mains sample, the budget does not depend on what the cars do, so it can be followed directly: no integrator, no gain,
no oscillation with a late meter. It falls at once; it rises to its least of the last 1 s, so that a raise is one
step and the board's 5 s window is not spent on half of it. While cars answer a change E is a range; then the old
budget stands for as long as it is possible."""

from __future__ import annotations

from collections import deque

from evse_tui.control.hard_limits import PeakHold

RISE_MS = 1_000
OFFSET_MAX_DA = 12
_RATHER_LESS_DA = 1
"""Between two steps of the car, the lower one a little earlier: too little is sold, too much is bought."""
DEAD_BAND_DA = 5
"""Half a step of a car that goes in steps of 1 A."""


class SurplusBudget:
    """The filtered budget of the SOLAR cars."""

    def __init__(self) -> None:
        self._raw: int | None = None
        self._fallen = PeakHold(RISE_MS)

    def update(self, draw_low_da: int, draw_high_da: int, allowed_da: int, now_ms: int) -> int:
        """The budget in 0.1 A summed over phases.

        Args:
            draw_low_da: proven draw of the SOLAR cars at the time of the sample, summed over phases.
            draw_high_da: possible draw.
            allowed_da: solar_max_import - neutralised sum - reservations.
            now_ms: now.
        """
        low = draw_low_da + allowed_da
        high = draw_high_da + allowed_da
        raw = low if self._raw is None else min(max(self._raw, low), high)
        self._raw = raw
        self._fallen.add(-raw, now_ms)
        return -(self._fallen.at(now_ms) or 0)


class PilotOffset:
    """What a car draws less than it is offered, 0..1.2 A, because of its coarse grid; learned from settled offers.

    Offers end anywhere between two steps of the car, so the middle of what was seen is the offset for which the draw is
    nearest to the wish, and half of what was seen apart is half a step: the dead band.
    """

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=8)
        self._offered_da = 0

    @property
    def value_da(self) -> int:
        return max(0, (min(self._seen) + max(self._seen)) // 2 - _RATHER_LESS_DA) if self._seen else 0

    @property
    def dead_band_da(self) -> int:
        if len(self._seen) < 4:
            return DEAD_BAND_DA
        return max(2, min(DEAD_BAND_DA, (max(self._seen) - min(self._seen) + 1) // 2))

    def observe(self, offered_da: int, drawn_da: int) -> None:
        """Takes a settled pair of offer and measured draw; a difference beyond 1.2 A is the car's own choice."""
        difference = offered_da - drawn_da
        if offered_da == self._offered_da or not 0 <= difference <= OFFSET_MAX_DA:
            return
        self._offered_da = offered_da
        self._seen.append(difference)
