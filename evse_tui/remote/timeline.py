"""When a remote moment was, on our clock. Pure."""

from __future__ import annotations

from typing import Final

MOST_DRIFT: Final = 0.001
"""How much faster than theirs our clock may run; crystals differ by a tenth of that."""


class Timeline:
    """Learns, over one connection, what to add to the remote clock.

    A snapshot can't arrive before it is made, so each arrival bounds the difference of the clocks from above. The
    lowest bound counts, and rises only as fast as clocks can drift: what was held up on its way is as old as it is.
    """

    def __init__(self) -> None:
        self._offset_ms: float | None = None
        self._learned_ms = 0

    def offset_ms(self, at_ms: int, arrived_ms: int, *, any_speed: bool = False) -> int:
        """What to add to the remote clock's `at_ms`, of a message that arrived at `arrived_ms` of ours.

        With `any_speed` the remote clock may be faster or slower than time, as that of a simulated house.
        """
        bound_ms = float(arrived_ms - at_ms)
        if self._offset_ms is not None and not any_speed:
            bound_ms = min(bound_ms, self._offset_ms + MOST_DRIFT * (arrived_ms - self._learned_ms))
        self._offset_ms, self._learned_ms = bound_ms, arrived_ms
        return round(bound_ms)
