"""The solar law: how many amperes, summed over phases, the SOLAR cars may draw together.

Budget = own draw E + solar_max_import - neutralised sum - reservations. As long as E is taken at the time of the
mains sample, the budget does not depend on what the cars do, so it can be followed directly: no integrator, no gain,
no oscillation with a late meter. It falls at once; it rises to its minimum over the last 2 s, so that a raise is one
step and the board's 5 s window is not spent on half of it. While cars answer a change E is a range; then the old
budget stands for as long as it is possible."""

from __future__ import annotations

from evse_tui.control.hard_limits import PeakHold

RISE_MS = 2_000
OFFSET_MAX_DA = 12


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
    """What a car draws less than it is offered, 0..1.2 A, because of its coarse grid: a mean over settled offers."""

    def __init__(self) -> None:
        self._milli: int | None = None
        self._offered_da = 0

    @property
    def value_da(self) -> int:
        return 0 if self._milli is None else self._milli // 1000

    def observe(self, offered_da: int, drawn_da: int) -> None:
        """Takes a settled pair of offer and measured draw; a difference beyond 1.2 A is the car's own choice."""
        difference = offered_da - drawn_da
        if offered_da == self._offered_da or not 0 <= difference <= OFFSET_MAX_DA:
            return
        self._offered_da = offered_da
        self._milli = difference * 1000 if self._milli is None else (3 * self._milli + difference * 1000) // 4
