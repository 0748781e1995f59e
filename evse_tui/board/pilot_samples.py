"""Raw control pilot samples in the order of time: what PILOT_TRACE brings, kept for a while. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from evse_protocol.payloads import PilotTrace

KEPT_MS: Final = 60_000
MOST_SAMPLES: Final = 10_000
"""Of one answer."""
EVERYTHING: Final = -1
"""A cursor before the first sample."""
NOT_ASKED: Final = "Nobody has asked for a trace."
_WRAP: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class PilotSamples:
    """The high and the low level of one PWM cycle each, oldest first; all three have the same length."""

    times_ms: tuple[int, ...] = ()
    """Strictly ascending, on the board's clock, which goes on over its restarts; the last one is the next cursor."""
    high_mv: tuple[int, ...] = ()
    low_mv: tuple[int, ...] = ()
    gaps: tuple[int, ...] = ()
    """Positions before which something was lost: the line was busy, the trace or the link broke off."""
    age_ms: int | None = None
    """Since the newest sample arrived, in this answer or not; None if none is kept."""
    obstacle: str = ""
    """Why nothing comes, one sentence; empty while samples come, or are about to."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Samples without a gap."""

    start_ms: int
    period_ms: int
    high_mv: tuple[int, ...]
    low_mv: tuple[int, ...]
    after_gap: bool

    @property
    def times_ms(self) -> range:
        return range(self.start_ms, self.start_ms + len(self.high_mv) * self.period_ms, self.period_ms)


class PilotRing:
    """The newest samples of one board."""

    def __init__(self, kept_ms: int = KEPT_MS) -> None:
        self._kept_ms = kept_ms
        self._runs: deque[_Run] = deque()
        self._next_ms: int | None = None
        """When the next sample would be without a gap; None before the first one ever."""
        self._next_board_ms = 0
        """The same on the board's wrapping clock."""
        self.arrived_ms: int | None = None
        """When the newest frame arrived, on the host's clock."""

    def add(self, trace: PilotTrace, now_ms: int) -> None:
        """Takes a frame that arrived at `now_ms` of the host's clock, which counts where the board's steps back."""
        high_mv, low_mv = trace.samples_mv[::2], trace.samples_mv[1::2]
        if not low_mv:
            return
        start_ms = trace.board_ms
        if self._next_ms is not None and self.arrived_ms is not None:
            ahead_ms = (trace.board_ms - self._next_board_ms) % _WRAP
            start_ms = self._next_ms + (ahead_ms if ahead_ms < _WRAP // 2 else max(1, now_ms - self.arrived_ms))
        run = _Run(start_ms, trace.period_ms, high_mv[: len(low_mv)], low_mv, start_ms != self._next_ms)
        self._runs.append(run)
        self.arrived_ms = now_ms
        self._next_ms = run.start_ms + len(low_mv) * trace.period_ms
        self._next_board_ms = trace.board_ms + len(low_mv) * trace.period_ms
        while self._runs[0].times_ms[-1] < self._next_ms - self._kept_ms:
            self._runs.popleft()

    def clear(self) -> None:
        """Forgets the samples; times go on, so that a cursor stays good."""
        self._runs.clear()

    def after(self, cursor_ms: int, now_ms: int) -> PilotSamples:
        """The samples after `cursor_ms`, the oldest ones first and at most `MOST_SAMPLES`.

        A cursor that lies ahead of all samples is from another life of this host, and gets everything.
        """
        if not self._runs or self.arrived_ms is None:
            return PilotSamples()
        newest = self._runs[-1]
        if cursor_ms > newest.times_ms[-1]:
            cursor_ms = EVERYTHING
        found = list(islice(self._walk(cursor_ms), MOST_SAMPLES))
        times_ms, high_mv, low_mv, gaps = zip(*found, strict=True) if found else ((), (), (), ())
        return PilotSamples(
            times_ms,
            high_mv,
            low_mv,
            tuple(place for place, after_gap in enumerate(gaps) if after_gap),
            now_ms - self.arrived_ms,
        )

    def _walk(self, cursor_ms: int) -> Iterator[tuple[int, int, int, bool]]:
        for place, run in enumerate(self._runs):
            # What was dropped from the ring before a slow reader came for it is lost for him.
            lost = run.after_gap or (place == 0 and EVERYTHING < cursor_ms < run.start_ms - run.period_ms)
            if run.times_ms[-1] <= cursor_ms:
                continue
            for number, sample in enumerate(zip(run.times_ms, run.high_mv, run.low_mv, strict=True)):
                if sample[0] > cursor_ms:
                    yield *sample, lost and number == 0
