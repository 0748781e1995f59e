"""Sampling locked to the PWM edges, with a timer and a PWM counter of our own."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from .library import load, new

_, LIB = load()

_PERIOD: Final = 1000
_MISSED: Final = 32767
_STATIC: Final = 1000
_HIGH_MV: Final = 6000
_LOW_MV: Final = -12000


@dataclass
class _Sample:
    phase: int
    low: bool
    duty: int
    mv: int


@dataclass
class _Bench:
    """Alarms, each served `latency` microseconds late; a conversion and the step take time as well."""

    latency: Callable[[], int] = lambda: 3
    conversion: int = 30
    step: int = 60
    duty: int = _STATIC
    now: int = 0
    wanted: int | None = None
    samples: list[_Sample] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    cycle: Any = None

    def __post_init__(self) -> None:
        self.cycle = new("cycle_t *")
        LIB.cycle_init(self.cycle, 0)

    def _pass(self, us: int) -> None:
        """The PWM takes a new duty with the rising edge."""
        before = self.now // _PERIOD
        self.now += us
        if self.now // _PERIOD != before and self.wanted is not None:
            self.duty, self.wanted = self.wanted, None

    def alarm(self) -> None:
        """One interrupt, as safety.c serves it."""
        self._pass(self.latency())
        duty, phase = self.duty, self.now % _PERIOD
        low = bool(self.cycle.low_due)
        mv = _MISSED
        if LIB.cycle_in_window(self.cycle, phase, duty):
            mv = _HIGH_MV if phase < duty else _LOW_MV
            self._pass(self.conversion)
        self.samples.append(_Sample(phase, low, duty, mv))
        LIB.cycle_clock(self.cycle, self.now & 0xFFFFFFFF)
        if LIB.cycle_sampled(self.cycle, mv, duty):
            self.pairs.append((self.cycle.high_mv, self.cycle.low_mv))
            self._pass(self.step + self.conversion)
        self._pass(LIB.cycle_wait_us(self.cycle, self.now % _PERIOD, self.duty))

    def run(self, ms: int) -> None:
        end = self.now + ms * _PERIOD
        while self.now < end:
            self.alarm()


def _settled(duty: int, **parts: Any) -> _Bench:
    bench = _Bench(duty=duty, **parts)
    bench.run(5)
    bench.samples.clear()
    bench.pairs.clear()
    return bench


@pytest.mark.parametrize("duty", [80, 100, 266, 500, 850, 900, 960])
def test_both_halves_are_sampled_where_the_design_wants_them(duty: int) -> None:
    bench = _settled(duty)
    bench.run(100)
    assert {s.phase for s in bench.samples if not s.low} <= set(range(50, 56))
    middle = (duty + _PERIOD) // 2
    assert {s.phase for s in bench.samples if s.low} <= set(range(middle, middle + 6))
    assert 99 <= len(bench.pairs) <= 101
    assert set(bench.pairs) == {(_HIGH_MV, _LOW_MV)}


def test_without_an_edge_the_level_is_read_once_a_millisecond() -> None:
    bench = _settled(_STATIC)
    bench.run(100)
    assert not any(s.low for s in bench.samples)
    assert 99 <= len(bench.pairs) <= 101
    assert set(bench.pairs) == {(_HIGH_MV, _HIGH_MV)}


def test_a_late_interrupt_never_reports_the_wrong_half() -> None:
    chance = random.Random(7)

    def latency() -> int:
        return chance.choice((1, 2, 3, 20, 60, 200, 700))

    bench = _Bench(latency=latency)
    for _ in range(400):
        bench.wanted = chance.choice((100, 266, 500, 900, 960, _STATIC))
        bench.run(5)
    assert {s.mv for s in bench.samples if s.low} <= {_LOW_MV, _MISSED}
    assert {s.mv for s in bench.samples if not s.low} <= {_HIGH_MV, _MISSED}
    assert any(s.mv == _MISSED for s in bench.samples)
    edges = [(s.phase, s.duty) for s in bench.samples if s.mv == _LOW_MV]
    assert all(duty + 15 <= phase <= _PERIOD - 15 for phase, duty in edges)
    edges = [(s.phase, s.duty) for s in bench.samples if s.mv == _HIGH_MV and s.duty < _STATIC]
    assert all(40 <= phase <= duty - 15 for phase, duty in edges)


def test_what_was_missed_is_invalid_for_the_core_in_both_halves() -> None:
    """Above every level that a pilot circuit reaches; as a low half it is no diode."""
    cycle = new("cycle_t *")
    LIB.cycle_init(cycle, 0)
    assert LIB.cycle_sampled(cycle, _MISSED, 500)
    assert not LIB.cycle_sampled(cycle, _MISSED, 500)
    assert (cycle.high_mv, cycle.low_mv) == (_MISSED, _MISSED)


def test_one_interrupt_late_by_most_of_a_cycle_costs_one_reading() -> None:
    bench = _settled(100)
    late = iter([500])
    bench.latency = lambda: next(late, 3)
    bench.run(20)
    assert bench.pairs.count((_MISSED, _LOW_MV)) <= 1
    assert len([pair for pair in bench.pairs if _MISSED in pair]) <= 1
    assert len(bench.pairs) >= 19


def test_the_step_gets_both_halves_of_one_cycle() -> None:
    bench = _settled(500)
    bench.wanted = 900
    bench.run(10)
    bench.wanted = _STATIC
    bench.run(10)
    assert set(bench.pairs) <= {(_HIGH_MV, _LOW_MV), (_HIGH_MV, _HIGH_MV)}


def test_the_pwm_starts_with_at_most_one_cycle_without_a_low_half() -> None:
    bench = _settled(_STATIC)
    bench.wanted = 100
    bench.run(10)
    start = next(i for i, s in enumerate(bench.samples) if s.duty == 100)
    assert [pair for pair in bench.pairs[start:] if pair[1] > 0] in ([], [(_HIGH_MV, _HIGH_MV)])


def test_milliseconds_neither_drift_nor_jump_when_the_counter_wraps() -> None:
    cycle = new("cycle_t *")
    now = 0xFFFFFFFF - 5_000_000
    LIB.cycle_init(cycle, now)
    chance = random.Random(3)
    elapsed = 0
    for _ in range(10_000):
        step = chance.randrange(1, 2_500)
        elapsed += step
        LIB.cycle_clock(cycle, (now + elapsed) & 0xFFFFFFFF)
        assert cycle.now_ms == elapsed // 1000
