"""What each car draws at the time of a mains sample, as a range while it answers a change.

With an EV meter: its 30 s history. Without one, or with one that is gone (64 s): the model. While the car answers a
start or a change of its offer (8 s + one meter period) the meters may disagree about when, so the draw is a range:
`low` is proven, `high` is possible. Outside of that, and once the lag between the meters is known, the two are
equal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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

    __slots__ = (
        "_age",
        "_before_da",
        "_changed_ms",
        "_doubts",
        "_history",
        "_lag_ms",
        "_learn_at_ms",
        "_learn_from_ms",
        "_model",
        "_newest",
        "_offered_da",
        "_peak_da",
        "_phases",
        "_starting",
        "_window_ms",
        "answering",
        "meter_gone",
        "metered",
        "rising",
        "settled_da",
        "teachable",
    )

    def __init__(self) -> None:
        self._history: list[Sample] = []
        """Oldest first."""
        self._newest = DrawRange(_NOTHING, _NOTHING)
        self._peak_da = 0
        """Largest phase of the newest reading, with its sign."""
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
        self.answering = False
        """The car may still be moving after the last change of its offer."""
        self.rising = False
        """The change that the car answers is a start or a raise."""
        self.settled_da: int | None = None
        """Largest phase current of the newest EV meter reading; None without a meter."""
        self.teachable = False
        """The mains may still tell something about the last change of the offer."""

    def observe(
        self,
        board: BoardObservation | None,
        ev: Sample | None,
        mains_da: PhaseCurrents | None,
        mains_period_ms: int,
        now_ms: int,
    ) -> bool:
        """Takes the newest board status and meter sample; True if the meter sample is new.

        Args:
            board: None while there is no session with it.
            ev: the newest reading of the car's meter.
            mains_da: the mains before this pass, None if the car was not watched then.
            mains_period_ms: how often they come.
            now_ms: now.
        """
        offered = board.offered_da if board is not None and board.closed else 0
        self._phases = board.phases if board is not None else 1
        if offered != self._offered_da:
            self._take_step(offered, mains_da, mains_period_ms, now_ms)
        history = self._history
        new = False
        if ev is not None and self._age.observe(ev.arrived_ms):
            new = True
            if not history or history[-1].currents_da != ev.currents_da:
                self._peak_da = max(ev.currents_da)
                drawn = value_at((ev,), ev.arrived_ms)
                self._newest = DrawRange(drawn, drawn)
            history.append(ev)
        if history:
            while len(history) > 1 and history[1].arrived_ms <= now_ms - HISTORY_MS:
                del history[0]
            self.metered = now_ms - history[-1].arrived_ms <= EV_METER_GONE_MS
            self.meter_gone = not self.metered
            self.settled_da = (self._peak_da if self._peak_da > 0 else 0) if self.metered else None
        if self._changed_ms is not None and self._answered(self._changed_ms, now_ms):
            self._changed_ms = None
            self._starting = self.answering = False
        return new

    def due_ms(self, now_ms: int) -> int:
        """When time alone changes what is known of a car that does not answer anything now."""
        history = self._history
        if len(history) > 1:
            return history[1].arrived_ms + HISTORY_MS
        return history[0].arrived_ms + EV_METER_GONE_MS + 1 if self.metered else now_ms + HISTORY_MS

    def _take_step(self, offered: int, mains_da: PhaseCurrents | None, mains_period_ms: int, now_ms: int) -> None:
        starts = self._offered_da == 0
        if self._changed_ms is None:
            self._before_da = self._offered_da
        if self._learn_from_ms is None and abs(offered - self._offered_da) >= MOVEMENT_DA:
            self._learn_from_ms = now_ms
        self._offered_da = offered
        self._changed_ms = now_ms
        self.answering = True
        self.rising = offered > self._before_da
        self._window_ms = START_ANSWER_MS if starts or (self._starting and offered) else ANSWER_MS
        self._starting = self._window_ms == START_ANSWER_MS
        self._window_ms += max(mains_period_ms, self._age.period_ms)
        self._window_ms += 0 if self.metered else METER_DELAY_MS + mains_period_ms
        self._learn_at_ms = now_ms + self._window_ms
        self._model.step(offered, mains_da, now_ms, self._window_ms)
        self.teachable = True

    def _answered(self, changed_ms: int, now_ms: int) -> bool:
        """The car's meter reads the offer, or the mains have proven it, or the time for an answer is over."""
        if now_ms - changed_ms >= self._window_ms:
            return True
        if not self.metered:
            return self.rising and self._model.value_da >= self._offered_da - ANSWERED_DA
        late_enough = self._history[-1].arrived_ms >= changed_ms + _DEAD_TIME_MS
        return late_enough and abs(self._peak_da - self._offered_da) <= ANSWERED_DA

    def observe_mains(self, mains_da: PhaseCurrents, lines: tuple[int, ...], alone: bool, now_ms: int) -> None:
        """Lets the model learn from a new mains sample."""
        self._model.observe_mains(mains_da, lines, alone, now_ms)
        self.teachable = self._model.waiting or self._learn_from_ms is not None

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

    def at(self, arrived_ms: int) -> DrawRange:
        """The draw at the time of the mains sample that arrived at `arrived_ms`."""
        if not self.metered:
            proven = self._model.value_da
            if not self.answering:
                return _even(self._phases, proven, proven)
            return _even(self._phases, proven, self._offered_da if self.rising else self._model.before_da)
        at_ms = arrived_ms - (self._lag_ms or 0)
        certain = not self.answering or self._lag_ms is not None
        if certain and self._history[-1].arrived_ms <= at_ms:
            return self._newest
        value = value_at(self._history, at_ms)
        if certain or self._changed_ms is None:
            return DrawRange(value, value)
        since_ms = self._changed_ms - _DEAD_TIME_MS
        seen = {value, *[sample.currents_da for sample in self._history if sample.arrived_ms >= since_ms]}
        l1, l2, l3 = zip(*seen, strict=True)
        low = (max(0, min(l1)), max(0, min(l2)), max(0, min(l3)))
        if not self.rising:
            return DrawRange(low, (max(l1), max(l2), max(l3)))
        offer = _on(self._phases, self._offered_da)
        return DrawRange(low, (max(*l1, offer[0]), max(*l2, offer[1]), max(*l3, offer[2])))


def _on(phases: int, value_da: int) -> PhaseCurrents:
    return (value_da, value_da, value_da) if phases == 3 else (value_da, 0, 0)


@lru_cache(maxsize=1024)
def _even(phases: int, low_da: int, high_da: int) -> DrawRange:
    return DrawRange(_on(phases, low_da), _on(phases, high_da))
