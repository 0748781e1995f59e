"""The solar law: how many amperes, summed over phases, the SOLAR cars may draw together.

Budget = own draw E + solar_max_import - neutralised sum. As long as E is taken at the time of the mains sample, the
budget does not depend on what the cars do, so it can be followed directly: no integrator, no gain, no oscillation
with a late meter. It falls at once and rises with a 2 s filter. While cars answer a change E is a range; then the old
budget stands for as long as it is possible."""

from __future__ import annotations

FILTER_MS = 2_000
OFFSET_MAX_DA = 12
_OFFSET_FILTER_MS = 10_000


class SurplusBudget:
    """The filtered budget of the SOLAR cars."""

    def __init__(self) -> None:
        self._value: int | None = None
        self._at_ms = 0
        self._rest = 0

    def update(self, draw_low_da: int, draw_high_da: int, allowed_da: int, now_ms: int) -> int:
        """The budget in 0.1 A summed over phases.

        Args:
            draw_low_da: proven draw of the SOLAR cars at the time of the sample, summed over phases.
            draw_high_da: possible draw.
            allowed_da: solar_max_import - neutralised sum - reservations.
            now_ms: arrival of the sample.
        """
        low = draw_low_da + allowed_da
        high = draw_high_da + allowed_da
        if self._value is None:
            self._value = low
        elif high <= self._value:
            self._value = high
            self._rest = 0
        elif low > self._value:
            elapsed = max(0, now_ms - self._at_ms)
            whole, self._rest = divmod((low - self._value) * elapsed + self._rest, elapsed + FILTER_MS)
            self._value = min(low, self._value + whole)
        self._at_ms = now_ms
        return self._value

    def forget(self) -> None:
        """Mains were gone: the old budget means nothing any more."""
        self._value = None


class PilotOffset:
    """What a car draws less than it is offered, 0..1.2 A, because of its coarse grid; learned while it is settled."""

    def __init__(self) -> None:
        self._milli = 0
        self._at_ms: int | None = None

    @property
    def value_da(self) -> int:
        return self._milli // 1000

    def observe(self, offered_da: int, drawn_da: int, now_ms: int) -> None:
        """Takes a settled pair of offer and measured draw; a difference beyond 1.2 A is the car's own choice."""
        difference = offered_da - drawn_da
        last_ms, self._at_ms = self._at_ms, now_ms
        if last_ms is None or not 0 <= difference <= OFFSET_MAX_DA:
            return
        elapsed = max(0, now_ms - last_ms)
        self._milli += (difference * 1000 - self._milli) * elapsed // (elapsed + _OFFSET_FILTER_MS)
