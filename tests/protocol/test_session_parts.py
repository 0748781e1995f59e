"""The parts of the session on their own: clock, view, inbox."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_protocol.board_clock import OLDEST_MS, BoardClock
from evse_protocol.board_view import BoardView
from evse_protocol.event_inbox import EventInbox
from evse_protocol.messages import EventKind
from evse_protocol.payloads import Event, EventAck
from tests.protocol.scripted import STATUS

WRAP = 1 << 32


class TestBoardClock:
    def test_it_counts_on_from_the_newest_message(self) -> None:
        clock = BoardClock()
        assert clock.board_ms(0) is None
        clock.observe(WRAP - 10, 1_000)
        assert clock.board_ms(1_004) == WRAP - 6
        assert clock.board_ms(1_010) == 0
        assert clock.board_ms(1_000 + OLDEST_MS) is not None
        assert clock.board_ms(1_001 + OLDEST_MS) is None

    def test_an_overtaken_message_is_ignored(self) -> None:
        clock = BoardClock()
        clock.observe(WRAP - 1, 100)
        clock.observe(5, 106)
        clock.observe(WRAP - 3, 107)
        assert clock.board_ms(107) == 6

    def test_offset_goes_on_over_the_wrap(self) -> None:
        clock = BoardClock()
        for now_ms in range(0, 10_000, 1_000):
            clock.observe((WRAP - 4_000 + now_ms) % WRAP, now_ms)
        assert clock.offset_ms == WRAP - 4_000

    @given(ppm=st.integers(-200, 200), delays=st.lists(st.integers(0, 20), min_size=20, max_size=20))
    def test_drift_is_found_under_jitter(self, ppm: int, delays: list[int]) -> None:
        clock = BoardClock()
        for second in range(600):
            sent_ms = second * 1_000
            delay_ms = 0 if second % 10 == 5 else delays[second % 20]
            clock.observe(round(sent_ms * (1 + ppm / 1e6)) + 777, sent_ms + delay_ms)
        assert clock.drift_ppm == pytest.approx(ppm, abs=5)

    def test_no_drift_before_a_minute_has_been_seen(self) -> None:
        clock = BoardClock()
        for now_ms in range(0, 50_000, 1_000):
            clock.observe(now_ms, now_ms)
        assert clock.drift_ppm is None


class TestBoardView:
    def test_the_lease_is_the_newest_word_of_the_board(self) -> None:
        view = BoardView()
        assert view.lease_ms(0) == 0
        view.take_status(replace(STATUS, board_ms=WRAP - 100, lease_ms=3_000), 1_000)
        assert view.lease_ms(1_500) == 2_500
        view.granted(4_900, 1_500)  # the board's clock stands at 400
        assert view.lease_ms(1_500) == 4_500
        view.take_status(replace(STATUS, counter=1, board_ms=500, lease_ms=0), 1_600)
        assert view.lease_ms(1_600) == 0

    def test_a_silent_board_counts_none_as_missed_until_it_speaks(self) -> None:
        view = BoardView()
        assert view.take_status(replace(STATUS, counter=65_535), 0) == 0
        assert view.take_status(replace(STATUS, counter=9, board_ms=60_000), 60_000) == 9


class TestEventInbox:
    def event(self, number: int, boot: int = 1) -> Event:
        return Event(boot, number, 0, EventKind.BUTTON, 1, 60)

    def test_only_what_is_stored_is_acknowledged(self) -> None:
        inbox = EventInbox()
        assert inbox.is_new(self.event(0))
        assert inbox.is_new(self.event(1))
        assert inbox.store(1, 0) == EventAck(1, 0)
        assert inbox.acknowledgement(self.event(0)) == EventAck(1, 0)
        assert inbox.acknowledgement(self.event(1)) is None
        assert inbox.acknowledgement(self.event(0, boot=2)) is None

    def test_an_older_word_takes_nothing_back(self) -> None:
        inbox = EventInbox()
        assert inbox.store(1, 5) == EventAck(1, 5)
        assert inbox.store(1, 3) == EventAck(1, 5)
        assert inbox.store(2, 0) == EventAck(2, 0)
