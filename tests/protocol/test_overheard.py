"""A session that only listens, against the one that it listens to."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_protocol.messages import Access
from evse_protocol.overheard import OverheardSession
from evse_protocol.payloads import Unlock
from evse_protocol.session import HostSession
from evse_protocol.session_events import Answered, GrantAnswer, SessionEvent, SessionState
from tests.protocol.scripted import Line, Peer
from tests.protocol.test_session_properties import drive


class TappedLine(Line):
    """Whatever the session writes and gets, a listener gets, too."""

    listener: OverheardSession
    heard: list[SessionEvent]

    def start(self) -> None:
        self.listener, self.heard = OverheardSession(), []
        self.listener.start(self.now_ms)
        super().start()

    def collect(self) -> None:
        data = self.session.take_bytes()
        if data:
            self.listener.overhear(data, self.now_ms)
            self.send(data, to_peer=True)
        self.listener.tick(self.now_ms)
        self.events += self.session.take_events()
        self.heard += self.listener.take_events()
        assert self.listener.take_bytes() == b""

    def _deliver(self, data: bytes, to_peer: bool) -> None:
        if not to_peer:
            self.listener.receive(data, self.now_ms)
        super()._deliver(data, to_peer)


def same(line: TappedLine) -> None:
    """What bytes tell, both know."""
    for heard, session in ((line.listener, line.session),):
        assert facts(heard) == facts(session)


def facts(session: HostSession) -> tuple[object, ...]:
    counters, reader = session.counters, session.reader
    return (
        session.identity,
        session.board.status,
        session.board.status_arrived_ms,
        session.last_frame_ms,
        session.retries,
        (counters.frames_received, counters.bytes_received, counters.frames_sent, counters.bytes_sent),
        (counters.telemetry_missed, counters.resets_seen, counters.undecodable),
        (reader.frames, reader.damaged, reader.garbage_bytes),
    )


def test_on_a_good_line_it_knows_everything() -> None:
    line = TappedLine()
    line.start()
    for number in range(20):
        line.run(500)
        line.session.grant(60 + number, 3, Access.ALLOW, line.now_ms)
        if number % 5 == 0:
            line.session.command(Unlock(), line.now_ms)
        line.collect()
    line.run(400)
    same(line)
    assert line.listener.state is SessionState.ONLINE
    assert [event.reply for event in line.heard if isinstance(event, GrantAnswer)] == [
        event.reply for event in line.said(GrantAnswer)
    ]
    assert list(line.listener.round_trip.samples) == list(line.session.round_trip.samples)
    assert line.listener.board.lease_ms(line.now_ms) == line.session.board.lease_ms(line.now_ms) > 0


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0, 0.5),
    copies=st.floats(0, 0.5),
    delay_ms=st.integers(1, 400),
    restart=st.booleans(),
)
def test_on_a_bad_line_it_knows_what_went_over_it(
    seed: int, loss: float, copies: float, delay_ms: int, restart: bool
) -> None:
    dice = random.Random(seed)  # a replayable fault, no secret

    def fate() -> list[int]:
        count = 0 if dice.random() < loss else 1 + (dice.random() < copies)
        return [dice.randint(1, delay_ms) for _ in range(count)]

    line = TappedLine(fate=fate)
    drive(line, seed)
    if restart:
        line.peer.restart()
    line.fate = lambda: [2]
    line.run(70_000)
    same(line)
    assert line.listener.state is line.session.state


def test_a_restart_and_another_host_are_seen() -> None:
    line = TappedLine(Peer())
    line.start()
    line.run(2_000)
    line.peer.restart()
    line.run(3_000)
    assert line.listener.counters.resets_seen == line.session.counters.resets_seen == 1
    for _ in range(2):
        line.peer.taken_by_another()
        line.run(3_000)
    assert line.session.state is SessionState.OTHER_HOST
    assert line.listener.state is SessionState.OTHER_HOST


def test_silence_is_noticed() -> None:
    line = TappedLine(Peer())
    line.start()
    line.run(2_000)
    line.peer.mute = True
    line.run(5_000)
    assert line.listener.state is line.session.state is SessionState.SILENT


def test_a_wish_is_answered_when_the_recorded_host_had_it_too() -> None:
    line = TappedLine()
    line.start()
    line.run(1_000)
    ticket = line.listener.command(Unlock(), line.now_ms)
    line.listener.grant(160, 3, Access.ALLOW, line.now_ms)
    line.run(1_000)
    assert not [event for event in line.heard if isinstance(event, Answered)]
    line.session.command(Unlock(), line.now_ms)
    line.collect()
    line.run(100)
    assert [event.ticket for event in line.heard if isinstance(event, Answered)] == [ticket]
