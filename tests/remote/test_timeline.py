"""Whatever happens on the way, an old snapshot is never taken for a new one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evse_tui.remote.timeline import MOST_DRIFT, Timeline


def test_the_fastest_message_counts() -> None:
    timeline = Timeline()
    assert timeline.offset_ms(1_000, 51_080) == 50_080
    assert timeline.offset_ms(2_000, 52_005) == 50_005
    assert timeline.offset_ms(3_000, 53_040) == round(50_005 + MOST_DRIFT * 1_035)


def test_what_was_held_up_is_as_old_as_it_is() -> None:
    timeline = Timeline()
    timeline.offset_ms(1_000, 51_000)
    late_ms = 60_000
    shown_at_ms = 2_000 + timeline.offset_ms(2_000, 52_000 + late_ms)
    assert 52_000 + late_ms - shown_at_ms > 0.99 * late_ms


@given(
    st.integers(0, 10**9),
    st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 30_000)), min_size=1, max_size=50),
    st.floats(-1e-4, 1e-4),
)
def test_never_from_the_future_and_never_too_fresh(
    apart_ms: int, messages: list[tuple[int, int]], drift: float
) -> None:
    """Ages are at least what the slowest wait says, less the shortest way that a message has taken."""
    timeline = Timeline()
    at_ms, shortest_ms = 0, 10**9
    for step_ms, way_ms in messages:
        at_ms += step_ms
        made_ms = apart_ms + at_ms * (1 + drift)
        arrived_ms = round(made_ms) + way_ms
        shortest_ms = min(shortest_ms, way_ms)
        age_ms = arrived_ms - (at_ms + timeline.offset_ms(at_ms, arrived_ms))
        assert age_ms >= 0
        # what drift allows since the beginning, and a rounding
        allowed_ms = (MOST_DRIFT + abs(drift)) * (at_ms + 30_000) + 2
        assert age_ms >= way_ms - shortest_ms - allowed_ms


def test_clocks_that_drift_apart_do_not_look_stale() -> None:
    timeline = Timeline()
    for hour in range(24 * 7):
        at_ms = hour * 3_600_000
        arrived_ms = round(at_ms * 1.0001)
        assert arrived_ms - (at_ms + timeline.offset_ms(at_ms, arrived_ms)) <= 1


def test_a_simulated_house_may_run_at_any_speed() -> None:
    for speed in (0.1, 1, 60):
        timeline = Timeline()
        for second in range(100):
            at_ms, arrived_ms = round(second * 1_000 * speed), second * 1_000
            assert at_ms + timeline.offset_ms(at_ms, arrived_ms, any_speed=True) == arrived_ms
