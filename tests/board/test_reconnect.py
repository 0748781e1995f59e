"""When a port is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evse_tui.board.reconnect import FIRST_WAIT_MS, LONGEST_WAIT_MS, STABLE_MS, Reconnect, Step


def test_waits_double_to_the_longest_and_start_again_after_a_stable_time() -> None:
    reconnect = Reconnect(lambda: 0.0)
    waits = [reconnect.lost(0) for _ in range(7)]
    assert waits == [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    reconnect.waited()
    reconnect.opened()
    reconnect.online(0)
    assert reconnect.lost(STABLE_MS - 1) == STABLE_MS - 1 + LONGEST_WAIT_MS
    reconnect.opened()
    reconnect.online(0)
    reconnect.online(STABLE_MS)
    assert reconnect.lost(STABLE_MS) == STABLE_MS + FIRST_WAIT_MS


def test_an_open_port_without_a_board_is_not_stable() -> None:
    reconnect = Reconnect(lambda: 0.0)
    reconnect.lost(0)
    reconnect.opened()
    assert reconnect.lost(1_000_000) == 1_000_000 + 2 * FIRST_WAIT_MS


def test_the_steps_follow_each_other() -> None:
    reconnect = Reconnect(lambda: 0.0)
    assert reconnect.step is Step.OPEN
    steps = []
    for act in (reconnect.opened, lambda: reconnect.lost(0), reconnect.waited, lambda: reconnect.lost(0)):
        act()
        steps.append(reconnect.step)
    assert steps == [Step.USE, Step.WAIT, Step.OPEN, Step.WAIT]
    assert reconnect.openings == 1


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=20))
def test_jitter_shortens_by_at_most_a_quarter(numbers: list[float]) -> None:
    jittered, plain = Reconnect(iter(numbers).__next__), Reconnect(lambda: 0.0)
    for _ in numbers:
        wait, longest = jittered.lost(0), plain.lost(0)
        assert 0.75 * longest <= wait <= longest
