"""What is growth, and what only goes up and down."""

from __future__ import annotations

import random

import pytest

from benchmarks.trend import growth_percent


def test_a_straight_line_grows_by_its_ends() -> None:
    assert growth_percent([100, 102, 104, 106, 108]) == pytest.approx(100 * 8 / 104)
    assert growth_percent([5, 5]) == 0


def test_what_alternates_does_not_grow_however_it_ends() -> None:
    course = [174, 177] * 6
    assert growth_percent(course) < 0.5
    assert growth_percent(course[:-1]) == pytest.approx(0, abs=0.5)


def test_one_high_day_is_no_growth_and_one_low_day_hides_none() -> None:
    assert growth_percent([100.0] * 11 + [110]) == 0
    assert growth_percent([*range(100, 111), 100]) > 7


def test_a_leak_below_a_swing_as_large_is_seen_and_the_swing_alone_is_none() -> None:
    rng = random.Random(1)

    def seen(leak: float) -> int:
        courses = ([100 + leak * day / 11 + rng.uniform(-1, 1) for day in range(12)] for _ in range(200))
        return sum(growth_percent(course) > 1 for course in courses)

    assert seen(2) > 180
    assert seen(0) < 20


def test_growth_needs_a_course() -> None:
    with pytest.raises(ValueError, match="two"):
        growth_percent([1])
