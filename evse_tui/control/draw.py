"""What each car draws at the time of a mains sample, as a range while it answers a change.

With an EV meter: its 30 s history. Without one, or with one that is gone (64 s): the model. While the car answers a
start or a change of its offer (8 s + one meter period) the meters may disagree about when, so the draw is a range:
`low` is proven, `high` is possible. Outside of that, and once the lag between the meters is known, the two are
equal."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from evse_tui.control.alignment import MOVEMENT_DA, learn_lag, value_at
from evse_tui.control.freshness import EV_METER_GONE_MS, SourceAge
from evse_tui.control.modelled_draw import ModelledDraw
from evse_tui.control.types import BoardObservation, PhaseCurrents, Sample

HISTORY_MS = 30_000
ANSWER_MS = 8_000
"""A car's dead time and ramp."""
START_ANSWER_MS = 14_000
"""The same after the contactor closes: 8 s to start, then the ramp."""
METER_DELAY_MS = 6_000
"""What mains may lag behind; without a meter of the car nothing tells how much it is."""
ANSWERED_DA = 15
_DEAD_TIME_MS = 2_000
_NOTHING: PhaseCurrents = (0, 0, 0)


class DrawRange(NamedTuple):
    """Per phase of the charger, 0.1 A."""

    low: PhaseCurrents
    high: PhaseCurrents


class DrawTracker:
    """Follows one car."""

    def __init__(self) -> None:
        self._history: deque[Sample] = deque()
        self._age = SourceAge()
        self._model = ModelledDraw()
        self._offered_da = 0
        self._before_da = 0
        self._changed_ms: int | None = None
        self._window_ms = ANSWER_MS
        self._starting = False
        self._phases = 1
        self._lag_ms: int | None = None
        self._doubts = 0
        self._learn_from_ms: int | None = None
        self._learn_at_ms = 0
        self.metered = False
        self.meter_gone = False

    @property
    def rising(self) -> bool:
        """The change that the car answers is a start or a raise."""
        return self._offered_da > self._before_da

    def observe(self, board: BoardObservation | None, ev: Sample | None, mains_period_ms: int, now_ms: int) -> bool:
        """Takes the newest board status and meter sample; True if the meter sample is new."""
        offered = board.offered_da if board is not None and board.closed else 0
        self._phases = board.phases if board is not None else 1
        starts = self._offered_da == 0 and offered > 0
        if offered != self._offered_da:
            if self._changed_ms is None:
                self._before_da = self._offered_da
            if self._learn_from_ms is None and abs(offered - self._offered_da) >= MOVEMENT_DA:
                self._learn_from_ms = now_ms
            self._offered_da = offered
            self._changed_ms = now_ms
            self._window_ms = START_ANSWER_MS if starts or (self._starting and offered) else ANSWER_MS
            self._starting = self._window_ms == START_ANSWER_MS
            self._window_ms += max(mains_period_ms, self._age.period_ms)
            self._window_ms += 0 if self.metered else METER_DELAY_MS + mains_period_ms
            self._learn_at_ms = now_ms + self._window_ms
        self._model.observe_board(offered, board is not None and board.closed, now_ms, self._window_ms)
        new = ev is not None and self._age.observe(ev.arrived_ms)
        if new and ev is not None:
            self._history.append(ev)
        while len(self._history) > 1 and self._history[1].arrived_ms <= now_ms - HISTORY_MS:
            self._history.popleft()
        newest = self._history[-1] if self._history else None
        self.metered = newest is not None and now_ms - newest.arrived_ms <= EV_METER_GONE_MS
        self.meter_gone = newest is not None and not self.metered
        if self._changed_ms is not None and self._answered(self._changed_ms, now_ms):
            self._changed_ms = None
            self._starting = False
        return new

    def _answered(self, changed_ms: int, now_ms: int) -> bool:
        """The car's meter reads the offer, or the mains have proven it, or the time for an answer is over."""
        if now_ms - changed_ms >= self._window_ms:
            return True
        if not self.metered:
            return self.rising and self._model.value_da >= self._offered_da - ANSWERED_DA
        newest = self._history[-1]
        late_enough = newest.arrived_ms >= changed_ms + _DEAD_TIME_MS
        return late_enough and abs(max(newest.currents_da) - self._offered_da) <= ANSWERED_DA

    @property
    def answering(self) -> bool:
        """The car may still be moving after the last change of its offer."""
        return self._changed_ms is not None

    def learn(self, mains: Sequence[Sample], lines: tuple[int, ...], now_ms: int) -> bool:
        """Learns the lag between the meters once the car has answered a movement; True if there was one."""
        if self._learn_from_ms is None or now_ms < self._learn_at_ms:
            return False
        if self.metered:
            lag, moved = learn_lag(mains, self._history, lines, self._learn_from_ms)
            if lag is not None:
                self._lag_ms, self._doubts = lag, 0
            elif moved:
                self._doubts += 1
                if self._doubts > 1:
                    self._lag_ms = None
        self._learn_from_ms = None
        return True

    @property
    def settled_da(self) -> int | None:
        """Largest phase current of the newest EV meter reading; None without a meter."""
        return max(max(0, c) for c in self._history[-1].currents_da) if self.metered else None

    def observe_mains(self, mains_da: PhaseCurrents, lines: tuple[int, ...], alone: bool, now_ms: int) -> None:
        """Lets the model learn from a new mains sample."""
        self._model.observe_mains(mains_da, lines, alone, now_ms)

    def at(self, arrived_ms: int) -> DrawRange:
        """The draw at the time of the mains sample that arrived at `arrived_ms`."""
        if not self.metered:
            modelled = self._model.value_da
            low = _on(self._phases, modelled)
            if not self.answering:
                return DrawRange(low, low)
            return DrawRange(low, _on(self._phases, self._offered_da if self.rising else self._model.before_da))
        value = value_at(self._history, arrived_ms - (self._lag_ms or 0))
        if self._changed_ms is None or self._lag_ms is not None:
            return DrawRange(value, value)
        window = [value] + [s.currents_da for s in self._history if s.arrived_ms >= self._changed_ms - _DEAD_TIME_MS]
        low = (max(0, min(c[0] for c in window)), max(0, min(c[1] for c in window)), max(0, min(c[2] for c in window)))
        high = (max(c[0] for c in window), max(c[1] for c in window), max(c[2] for c in window))
        if self.rising:
            offer = _on(self._phases, self._offered_da)
            high = (max(high[0], offer[0]), max(high[1], offer[1]), max(high[2], offer[2]))
        return DrawRange(low, high)


def _on(phases: int, value_da: int) -> PhaseCurrents:
    return (value_da, value_da, value_da) if phases == 3 else (value_da, 0, 0)
