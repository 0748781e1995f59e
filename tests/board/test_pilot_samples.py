"""Samples of the control pilot in a bounded ring, pulled by a cursor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evse_protocol.payloads import PilotTrace
from evse_tui.board.pilot_samples import EVERYTHING, MOST_SAMPLES, PilotRing, PilotSamples

_WRAP = 1 << 32


def frame(board_ms: int, count: int = 14, high_mv: int = 9_000, period_ms: int = 1) -> PilotTrace:
    return PilotTrace(board_ms % _WRAP, period_ms, (high_mv, -12_000) * count)


def filled(*frames: PilotTrace, kept_ms: int = 60_000) -> PilotRing:
    ring = PilotRing(kept_ms)
    for number, trace in enumerate(frames):
        ring.add(trace, 1_000 + number)
    return ring


def test_an_empty_ring_has_nothing_to_say() -> None:
    assert PilotRing().after(EVERYTHING, 5) == PilotSamples()
    assert filled(PilotTrace(1, 1, ())).after(EVERYTHING, 5) == PilotSamples()


def test_frames_that_follow_each_other_have_no_gap() -> None:
    found = filled(frame(100, 14, 9_000), frame(114, 2, 6_000)).after(EVERYTHING, 1_031)
    assert found.times_ms == tuple(range(100, 116))
    assert found.high_mv == (9_000,) * 14 + (6_000,) * 2
    assert found.low_mv == (-12_000,) * 16
    assert found.gaps == (0,), "nobody knows what was before the first one"
    assert found.age_ms == 30


def test_a_cursor_gives_what_is_newer() -> None:
    ring = filled(frame(100), frame(114), frame(130))
    found = ring.after(120, 1_002)
    assert found.times_ms == (*range(121, 128), *range(130, 144))
    assert found.gaps == (7,)
    assert ring.after(143, 1_002) == PilotSamples(age_ms=0)


def test_a_lost_frame_is_a_gap() -> None:
    found = filled(frame(0), frame(28, period_ms=2)).after(EVERYTHING, 1_001)
    assert found.times_ms == (*range(14), *range(28, 56, 2))
    assert found.gaps == (0, 14)


def test_the_clock_of_the_board_wraps() -> None:
    found = filled(frame(_WRAP - 14), frame(0)).after(EVERYTHING, 1_001)
    assert found.times_ms == tuple(range(_WRAP - 14, _WRAP + 14))
    assert found.gaps == (0,)


def test_a_restarted_board_goes_on_where_time_is() -> None:
    ring = PilotRing()
    ring.add(frame(500_000), 10_000)
    ring.add(frame(20), 13_000)
    found = ring.after(500_013, 13_000)
    assert found.times_ms[0] == 500_014 + 3_000
    assert found.gaps == (0,)


def test_a_slow_reader_is_told_what_he_missed() -> None:
    ring = filled(*(frame(14 * number) for number in range(100)), kept_ms=140)
    oldest = ring.after(EVERYTHING, 1_100).times_ms[0]
    assert oldest == 14 * 90
    assert ring.after(oldest - 1, 1_100).gaps == ()
    assert ring.after(5, 1_100).gaps == (0,)


def test_a_cursor_of_another_life_gets_everything() -> None:
    assert len(filled(frame(100)).after(10**9, 1_000).times_ms) == 14


def test_a_cursor_stays_good_when_the_ring_was_emptied() -> None:
    ring = filled(frame(100))
    ring.clear()
    assert ring.after(50, 1_000) == PilotSamples()
    ring.add(frame(200), 1_100)
    assert ring.after(113, 1_100).times_ms == tuple(range(200, 214))


def test_an_answer_is_bounded_and_the_next_one_goes_on() -> None:
    ring = filled(*(frame(14 * number) for number in range(1_000)))
    first = ring.after(EVERYTHING, 2_000)
    second = ring.after(first.times_ms[-1], 2_000)
    assert len(first.times_ms) == MOST_SAMPLES
    assert first.times_ms + second.times_ms == tuple(range(14_000))
    assert second.gaps == ()


@given(
    st.lists(
        st.tuples(st.integers(0, _WRAP - 1), st.integers(1, 255), st.integers(0, 28), st.integers(0, 5_000)),
        max_size=30,
    ),
    st.integers(-1, _WRAP),
)
def test_whatever_a_board_says_times_ascend_and_the_ring_is_bounded(
    frames: list[tuple[int, int, int, int]], cursor_ms: int
) -> None:
    ring, now_ms = PilotRing(2_000), 0
    for board_ms, period_ms, count, wait_ms in frames:
        now_ms += wait_ms
        ring.add(PilotTrace(board_ms, period_ms, (1,) * count), now_ms)
    everything = ring.after(EVERYTHING, now_ms)
    assert list(everything.times_ms) == sorted(set(everything.times_ms))
    assert len(everything.times_ms) == len(everything.high_mv) == len(everything.low_mv)
    assert len(everything.times_ms) <= 2_000 + 28
    newer = tuple(time_ms for time_ms in everything.times_ms if time_ms > cursor_ms)
    ahead = everything.times_ms and cursor_ms > everything.times_ms[-1]
    assert ring.after(cursor_ms, now_ms).times_ms == (everything.times_ms if ahead else newer)
