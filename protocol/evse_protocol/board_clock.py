"""The host's estimate of the board's clock."""

from __future__ import annotations

from collections import deque
from typing import Final

OLDEST_MS: Final = 3_000
"""Without a STATUS or PONG for this long the board's time is not known well enough for a deadline."""
_WRAP: Final = 1 << 32
_WINDOW_MS: Final = 10_000
_WINDOWS: Final = 64
_SHORTEST_SPAN_MS: Final = 60_000


def wrapped_difference(later: int, earlier: int) -> int:
    """`later - earlier` on a wrapping 32-bit clock, in -2^31 .. 2^31 - 1."""
    return (later - earlier + _WRAP // 2) % _WRAP - _WRAP // 2


class BoardClock:
    """Board time = `board_ms` of the newest message + what has passed since it arrived (wire.md, the grant).

    The estimate lags by the transit time and never leads, so that a message delayed on its way can only shorten a
    lease.
    """

    def __init__(self) -> None:
        self._board_ms = 0
        """Unwrapped: counts on beyond 2^32."""
        self._arrived_ms: int | None = None
        self._window_start_ms = 0
        self._windows: deque[tuple[int, int]] = deque(maxlen=_WINDOWS)

    def observe(self, board_ms: int, now_ms: int) -> None:
        """Takes the board's time from a message that arrived now; one that was overtaken by a newer is ignored."""
        if self._arrived_ms is None:
            self._board_ms = board_ms
        else:
            step = wrapped_difference(board_ms, self._board_ms)
            if step < 0:
                return
            self._board_ms += step
        self._arrived_ms = now_ms
        self._record(now_ms, self._board_ms - now_ms)

    def age_ms(self, now_ms: int) -> int | None:
        """How long ago the newest message arrived; None if there was none."""
        return None if self._arrived_ms is None else now_ms - self._arrived_ms

    def board_ms(self, now_ms: int) -> int | None:
        """The board's wrapping clock now; None if it is not known or its newest sign is older than `OLDEST_MS`."""
        if self._arrived_ms is None or now_ms - self._arrived_ms > OLDEST_MS:
            return None
        return (self._board_ms + now_ms - self._arrived_ms) % _WRAP

    @property
    def offset_ms(self) -> int | None:
        """Board clock minus host clock at the newest message; without wrap-around."""
        return None if self._arrived_ms is None else self._board_ms - self._arrived_ms

    @property
    def drift_ppm(self) -> float | None:
        """How much faster the board's clock runs than the host's, once a minute has been seen.

        The slope between the least delayed messages of the oldest and the newest 10 s, over at most 10 min.
        """
        if len(self._windows) < 2:
            return None
        (first_ms, first_offset), (last_ms, last_offset) = self._windows[0], self._windows[-1]
        span_ms = last_ms - first_ms
        return None if span_ms < _SHORTEST_SPAN_MS else (last_offset - first_offset) / span_ms * 1e6

    def _record(self, now_ms: int, offset_ms: int) -> None:
        # A delay only ever makes the offset smaller: the largest of a window is the one with the least delay in it.
        if self._windows and now_ms - self._window_start_ms < _WINDOW_MS:
            if offset_ms >= self._windows[-1][1]:
                self._windows[-1] = (now_ms, offset_ms)
        else:
            self._window_start_ms = now_ms
            self._windows.append((now_ms, offset_ms))
