"""Which readings of a meter prove that a contactor is welded, and which must not."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest

from evse_protocol.messages import Fault, Flag
from evse_tui.control.types import Sample
from evse_tui.site.weld_watch import WeldEvidence, WeldWatch
from tests.site.samples import CHARGING, STATUS, status

CLOSED = status(**CHARGING)
OPEN_S = 10
"""Until then the contactor is closed."""
FINE = Fault(0)
COUNTS_S = OPEN_S + 20
"""From then on a sample is certainly of 5 s after the opening, and later."""

Told = list[tuple[float, WeldEvidence]]


class Stand:
    """A board that says once a second how its contactor is, and a meter whose energy register moves with current."""

    def __init__(self) -> None:
        self.watch = WeldWatch()
        self.told: Told = []
        self.wh = 0
        self.board(-100)
        self.meter(-100, 0)  # it knows what rest is

    def board(self, seconds: float, *, closed: bool = False, faults: Fault = FINE) -> None:
        one = CLOSED if closed else STATUS
        self.watch.take_status(status(flags=one.flags, faults=faults), round(seconds * 1_000))

    def meter(self, seconds: float, current_da: int, *, phase: int = 0, still: bool = False) -> None:
        self.wh += not still
        l1, l2, l3 = (current_da * (phase == index) for index in range(3))
        evidence = self.watch.take_sample(Sample((l1, l2, l3), round(seconds * 1_000)), (self.wh,))
        if evidence is not None:
            self.told.append((seconds, evidence))

    def live(self, seconds: Iterable[int], current_da: int, *, still: bool = False) -> Stand:
        """Both speak once a second, the meter a moment after the board."""
        for second in seconds:
            self.board(second, closed=second < OPEN_S)
            self.meter(second + 0.5, current_da, still=still)
        return self


def test_current_long_after_the_opening_for_ten_seconds() -> None:
    stand = Stand().live(range(COUNTS_S + 10), 160)
    assert stand.told == []
    stand.live([COUNTS_S + 10], 160)
    assert stand.told == [(COUNTS_S + 10.5, WeldEvidence(160, 30_500))]


def test_the_first_sample_that_counts() -> None:
    for first_s, found in ((20.999, False), (21.0, True)):
        stand = Stand()
        stand.board(0, closed=True)
        for second in range(1, 32):
            stand.board(second)
            if second < 20:
                stand.meter(second, 0)
        for sample_s in (first_s, 26, 31):
            stand.meter(sample_s, 160)
        assert bool(stand.told) is found


@pytest.mark.parametrize("delay_s", [0, 5, 10, 15])
def test_a_late_meter_of_a_healthy_contactor(delay_s: int) -> None:
    stand = Stand()
    for second in range(120):
        stand.board(second, closed=second < OPEN_S)
        stand.meter(second + 0.5, 160 if second - delay_s < OPEN_S else 0)
    assert stand.told == []


def test_what_flows_at_rest_and_just_below_the_threshold() -> None:
    for current_da in (0, 3, 10, -10):
        assert Stand().live(range(120), current_da).told == []
    for current_da in (11, -11):
        assert Stand().live(range(60), current_da).told[0][1].current_da == 11


@pytest.mark.parametrize("phase", range(3))
def test_any_phase_suffices_and_the_lowest_reading_is_told(phase: int) -> None:
    stand = Stand().live(range(COUNTS_S), 0)
    for second, current_da in enumerate((160, *(156, 170) * 5), start=COUNTS_S):
        stand.board(second)
        stand.meter(second, current_da, phase=phase)
    assert [evidence.current_da for _, evidence in stand.told] == [156]


def test_a_current_that_has_fallen_begins_anew() -> None:
    stand = Stand().live(range(COUNTS_S + 5), 160).live(range(COUNTS_S + 5, COUNTS_S + 15), 154)
    assert stand.told == []
    assert stand.live([COUNTS_S + 15], 154).told == [(COUNTS_S + 15.5, WeldEvidence(154, 35_500))]


@pytest.mark.parametrize("amps", [6, 13, 32])
def test_a_sliding_average_behind_a_healthy_contactor(amps: int) -> None:
    for seconds in (10, 30, 60):
        mean, slow = Stand(), Stand()
        for second in range(300):
            passed = max(0, second - OPEN_S)
            for stand, left in ((mean, max(0.0, 1 - passed / seconds)), (slow, math.exp(-passed / seconds))):
                stand.board(second, closed=second < OPEN_S)
                stand.meter(second + 0.5, round(10 * amps * left))
        assert (mean.told, slow.told) == ([], [])


@pytest.mark.parametrize("current_da", [12, 160])
def test_a_meter_that_never_shows_rest_proves_nothing(current_da: int) -> None:
    """Watts taken for amperes, a bad zero, another load behind it."""
    stand = Stand()
    stand.watch = WeldWatch()
    assert stand.live(range(300), current_da).told == []
    stand.live([300], 0)
    assert len(stand.live(range(301, 312), current_da).told) == 1


def test_what_was_kept_while_the_network_was_down() -> None:
    """A queue delivers ten minutes of charging, 40 values a second, long after the contactor opened."""
    stand = Stand().live(range(OPEN_S - 5), 160)
    for second in range(OPEN_S - 5, OPEN_S + 600):
        stand.board(second, closed=second < OPEN_S)
    for number in range(600):
        if number % 40 == 0:
            stand.board(OPEN_S + 600 + number // 40)
        stand.meter(OPEN_S + 600 + number / 40, 160)
    stand.live(range(OPEN_S + 615, OPEN_S + 630), 0)
    assert stand.told == []
    assert len(stand.live(range(OPEN_S + 630, OPEN_S + 641), 160).told) == 1


def test_a_single_spike_or_two_prove_nothing() -> None:
    stand = Stand().live(range(COUNTS_S), 0)
    for second in range(COUNTS_S, COUNTS_S + 60):
        stand.board(second)
        stand.meter(second, 160 if second % 3 else 0)
    assert stand.told == []


def test_many_samples_in_less_than_ten_seconds() -> None:
    stand = Stand().live(range(COUNTS_S), 0)
    for tick in range(100):
        stand.board(COUNTS_S + tick / 10)
        stand.meter(COUNTS_S + tick / 10, 160)
    assert stand.told == []
    stand.meter(COUNTS_S + 10, 160)
    assert len(stand.told) == 1


def test_a_slow_meter_needs_as_many_samples_and_a_silent_one_begins_anew() -> None:
    def at_period(period_s: int) -> Told:
        stand = Stand()
        for second in range(COUNTS_S + 4 * period_s):
            stand.board(second)
            if (second - COUNTS_S) % period_s == 0:
                stand.meter(second, 160 * (second >= COUNTS_S))
        return stand.told

    assert [seconds for seconds, _ in at_period(10)] == [COUNTS_S + 20]
    assert at_period(12) == []


def test_a_sender_that_repeats_its_last_value() -> None:
    stand = Stand().live(range(COUNTS_S + 1), 160)
    assert stand.live(range(COUNTS_S + 1, 300), 160, still=True).told == []
    stand = Stand().live(range(COUNTS_S + 2), 160)
    stand.live([COUNTS_S + 2], 0, still=True)
    assert stand.live(range(COUNTS_S + 3, 300), 160, still=True).told == []


def test_a_current_that_moves_needs_no_register() -> None:
    stand = Stand().live(range(COUNTS_S), 0, still=True)
    for second in range(COUNTS_S, COUNTS_S + 11):
        stand.board(second)
        stand.meter(second, 160 + second % 2, still=True)
    assert len(stand.told) == 1


def test_each_row_of_samples_stands_alone() -> None:
    stand = Stand().live(range(COUNTS_S), 0)
    for second in range(COUNTS_S, COUNTS_S + 60):
        stand.board(second)
        if second % 10 == 0:
            stand.meter(second, 0 if second % 30 == 0 else 160)  # two at a time
    assert stand.told == []
    stand.meter(COUNTS_S + 59, 0)
    for tick in range(1, 12):  # many in half a second
        stand.meter(COUNTS_S + 59 + tick / 20, 160)
    assert stand.told == []


def test_a_silence_of_the_board_may_hide_a_movement() -> None:
    for silence_s, found in ((3, True), (4, False)):
        stand = Stand().live(range(COUNTS_S), 160)
        stand.live(range(COUNTS_S - 1 + silence_s, COUNTS_S + 20), 160)
        assert bool(stand.told) is found


def test_while_the_board_is_closed_or_silent() -> None:
    stand = Stand()
    for second in range(120):
        stand.board(second, closed=True)
        stand.meter(second + 0.5, 160)
    assert stand.told == []
    stand = Stand().live(range(COUNTS_S), 0)
    for second in range(COUNTS_S + 3, 120):
        stand.meter(second, 160)  # nothing is heard of the board
    assert stand.told == []


def test_a_contactor_that_closes_again_begins_anew() -> None:
    stand = Stand().live(range(COUNTS_S + 1), 160)
    stand.board(COUNTS_S + 1, closed=True)
    stand.meter(COUNTS_S + 1.5, 160)
    stand.live(range(COUNTS_S + 2, COUNTS_S + 24), 160)
    assert stand.told == []
    stand.live(range(COUNTS_S + 24, COUNTS_S + 33), 160)
    assert len(stand.told) == 1


def test_a_new_session_begins_anew_and_tells_again() -> None:
    stand = Stand().live(range(COUNTS_S + 11), 160)
    assert len(stand.told) == 1
    stand.watch.lost()
    stand.live(range(COUNTS_S + 11, COUNTS_S + 41), 160)
    assert len(stand.told) == 1
    stand.live([COUNTS_S + 41], 160)
    assert len(stand.told) == 2


def test_it_is_told_again_until_the_board_shows_the_fault() -> None:
    stand = Stand().live(range(COUNTS_S + 40), 160)
    assert [seconds for seconds, _ in stand.told] == [COUNTS_S + 10.5, COUNTS_S + 21.5, COUNTS_S + 32.5]
    for second in range(COUNTS_S + 40, COUNTS_S + 90):
        stand.board(second, faults=Fault.WELDED_CONTACTOR)
        stand.meter(second + 0.5, 160)
    assert len(stand.told) == 3
    stand.live(range(COUNTS_S + 90, COUNTS_S + 101), 160)  # somebody has acknowledged it
    assert len(stand.told) == 4


def test_other_faults_do_not_hide_it() -> None:
    stand = Stand()
    for second in range(COUNTS_S + 1):
        stand.board(second, faults=Fault.DIODE)
        stand.meter(second + 0.5, 160)
    assert len(stand.told) == 1


def test_forgotten_samples_do_not_count() -> None:
    stand = Stand().live(range(COUNTS_S + 10), 160)
    stand.watch.forget_samples()
    stand.live([COUNTS_S + 10], 160)
    assert stand.told == []


def test_a_closed_second_contactor_is_not_the_question() -> None:
    stand = Stand()
    for second in range(COUNTS_S + 1):
        stand.watch.take_status(status(flags=STATUS.flags | Flag.C2), second * 1_000)
        stand.meter(second + 0.5, 160)
    assert len(stand.told) == 1
