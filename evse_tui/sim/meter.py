"""A meter samples every period and its value arrives after a delay."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Meter(Generic[_T]):
    """Pure: time is an argument, never smaller than before."""

    def __init__(self, period_ms: int = 1_000, delay_ms: int = 0) -> None:
        if period_ms <= 0 or delay_ms < 0:
            raise ValueError("a meter needs a positive period and a delay of 0 or more")
        self.period_ms = period_ms
        self.delay_ms = delay_ms
        self._next_ms: int | None = None
        self._travelling: deque[tuple[int, _T]] = deque()

    def wants(self, now_ms: int) -> bool:
        """Whether the next sample is due; the first one is at once."""
        return self._next_ms is None or now_ms >= self._next_ms

    def sample(self, value: _T, now_ms: int) -> None:
        """Takes a value at `now_ms`."""
        start_ms = now_ms if self._next_ms is None else self._next_ms
        self._next_ms = start_ms + ((now_ms - start_ms) // self.period_ms + 1) * self.period_ms
        self._travelling.append((now_ms + self.delay_ms, value))

    def arrived(self, now_ms: int) -> _T | None:
        """The newest value that has arrived since the last call; None if there is none."""
        value = None
        while self._travelling and self._travelling[0][0] <= now_ms:
            value = self._travelling.popleft()[1]
        return value

    def next_ms(self, now_ms: int) -> int:
        """When `wants` or `arrived` will have something."""
        due_ms = now_ms if self._next_ms is None else self._next_ms
        return min(due_ms, self._travelling[0][0]) if self._travelling else due_ms
