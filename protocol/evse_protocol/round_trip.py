"""Adaptive time-out for retransmissions: RFC 6298 with the bounds of a serial line."""

from __future__ import annotations

from collections import deque
from typing import Final

SHORTEST_TIMEOUT_MS: Final = 100
LONGEST_TIMEOUT_MS: Final = 800
_FIRST_TIMEOUT_MS: Final = 200
"""Before the first sample. A direct USB line answers in a few ms, a serial server in tens."""
_SAMPLES: Final = 256


class RoundTrip:
    """Smoothed round trip, its variation, and the time-out that follows from them; all in ms.

    Formulas of RFC 6298, section 2, with alpha = 1/8, beta = 1/4, K = 4. The caller keeps Karn's rule: it never gives a
    sample of a command that was sent more than once.
    """

    def __init__(self) -> None:
        self._smoothed: float | None = None
        self._variation = 0.0
        self._timeout: float = _FIRST_TIMEOUT_MS
        self.samples: deque[int] = deque(maxlen=_SAMPLES)
        """The newest samples, for percentiles."""

    @property
    def timeout_ms(self) -> int:
        """How long to wait for an answer before sending again."""
        return round(min(max(self._timeout, SHORTEST_TIMEOUT_MS), LONGEST_TIMEOUT_MS))

    def sample(self, round_trip_ms: int) -> None:
        """Takes an unambiguous round trip; it also ends the doubling after losses (RFC 6298, 5.7)."""
        self.samples.append(round_trip_ms)
        if self._smoothed is None:
            self._smoothed = round_trip_ms
            self._variation = round_trip_ms / 2
        else:
            self._variation += (abs(self._smoothed - round_trip_ms) - self._variation) / 4
            self._smoothed += (round_trip_ms - self._smoothed) / 8
        self._timeout = self._smoothed + 4 * self._variation

    def lost(self) -> None:
        """An answer did not come in time: the time-out doubles until the next sample."""
        self._timeout = min(2 * self.timeout_ms, LONGEST_TIMEOUT_MS)
