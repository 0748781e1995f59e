"""The session on a line that loses, doubles, delays and reorders: what must hold whatever happens."""

from __future__ import annotations

import contextlib
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_protocol.command_channel import QUEUE_LENGTH, RETRIES
from evse_protocol.framing import RETRANSMISSION, Frame
from evse_protocol.messages import Access
from evse_protocol.payloads import Grant, Unlock, decode_payload
from evse_protocol.round_trip import LONGEST_TIMEOUT_MS, SHORTEST_TIMEOUT_MS, RoundTrip
from evse_protocol.session import NotReadyError
from evse_protocol.session_events import Answered, Failed, SessionState
from tests.protocol.scripted import Line, Peer

FAULTY_MS = 20_000


def faulty_line(seed: int, loss: float, copies: float, delay_ms: int) -> Line:
    """Independent fates for each transmission; a later one may overtake an earlier one."""
    dice = random.Random(seed)  # a replayable fault, no secret

    def fate() -> list[int]:
        count = 0 if dice.random() < loss else 1 + (dice.random() < copies)
        return [dice.randint(1, delay_ms) for _ in range(count)]

    return Line(fate=fate)


faults = st.builds(
    faulty_line,
    seed=st.integers(0, 2**32),
    loss=st.floats(0, 0.5),
    copies=st.floats(0, 0.5),
    delay_ms=st.integers(1, 400),
)


def drive(line: Line, seed: int) -> list[int]:
    """Grants about once a second and a command now and then, for `FAULTY_MS`; returns the tickets."""
    dice = random.Random(seed)  # a replayable run, no secret
    tickets = []
    line.start()
    while line.now_ms < FAULTY_MS:
        line.run(dice.randint(1, 400))
        if dice.random() < 0.5:
            line.session.grant(60 + len(line.peer.effects) % 100, 3, Access.ALLOW, line.now_ms)
        if dice.random() < 0.2:
            with contextlib.suppress(NotReadyError):
                tickets.append(line.session.command(Unlock(), line.now_ms))
        line.collect()
    return tickets


@settings(max_examples=40, deadline=None)
@given(line=faults, seed=st.integers(0, 2**32))
def test_a_command_has_its_effect_at_most_once_and_always_an_outcome(line: Line, seed: int) -> None:
    tickets = drive(line, seed)
    line.fate = lambda: [2]
    line.run(60_000)
    done = [(session, sequence) for session, sequence, _ in line.peer.effects]
    assert len(done) == len(set(done))
    answered = [event.ticket for event in line.said(Answered)]
    failed = [event.ticket for event in line.said(Failed)]
    assert sorted(answered + failed) == tickets
    unlocked = sum(isinstance(payload, Unlock) for _, _, payload in line.peer.effects)
    assert len(answered) <= unlocked <= len(tickets)


@settings(max_examples=40, deadline=None)
@given(line=faults, seed=st.integers(0, 2**32))
def test_retransmission_never_changes_a_command_or_extends_a_deadline(line: Line, seed: int) -> None:
    drive(line, seed)
    first: dict[tuple[int, int], Frame] = {}
    copies: dict[tuple[int, int], int] = {}
    for frame in line.peer.copies:
        key = (frame.session, frame.sequence)
        before = first.setdefault(key, frame)
        copies[key] = copies.get(key, 0) + bool(frame.flags & RETRANSMISSION)
        assert (frame.type, frame.payload) == (before.type, before.payload)
    assert max(copies.values(), default=0) <= 2 * RETRIES  # each may be doubled by the line


@settings(max_examples=40, deadline=None)
@given(line=faults, seed=st.integers(0, 2**32), ttl_ms=st.integers(1, 30_000))
def test_no_deadline_lies_beyond_the_time_to_live(line: Line, seed: int, ttl_ms: int) -> None:
    made: dict[int, int] = {}
    line.start()
    dice = random.Random(seed)  # a replayable run, no secret
    for limit_da in range(60, 160):
        line.run(dice.randint(1, 300))
        line.session.grant(limit_da, 3, Access.ALLOW, line.now_ms, ttl_ms)
        made[limit_da] = line.now_ms
        line.collect()
    for frame in line.peer.copies:
        payload = decode_payload(frame.type, frame.payload)
        assert isinstance(payload, Grant)
        deadline = payload.valid_until_ms - line.peer.offset_ms
        assert deadline <= made[payload.limit_da] + ttl_ms


@settings(max_examples=20, deadline=None)
@given(line=faults, bursts=st.lists(st.integers(1, 40), max_size=10))
def test_the_queue_is_bounded(line: Line, bursts: list[int]) -> None:
    line.start()
    line.run(1_000)
    for burst in bursts:
        for _ in range(burst):
            try:
                line.session.command(Unlock(), line.now_ms)
            except NotReadyError:
                break
        line.collect()
        assert line.session.commands_waiting <= QUEUE_LENGTH
        line.run(100)


@settings(max_examples=25, deadline=None)
@given(line=faults, resets=st.lists(st.integers(100, 8_000), max_size=5))
def test_it_comes_back_online_when_the_line_does(line: Line, resets: list[int]) -> None:
    line.start()
    for pause_ms in resets:
        line.run(pause_ms)
        line.peer.restart()
    line.fate = lambda: [2]
    line.run(70_000)
    if line.session.state is SessionState.OTHER_HOST:  # frames of an old session can look like another host's
        line.start()
        line.run(5_000)
    assert line.session.state is SessionState.ONLINE


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400), portion=st.integers(1, 50))
def test_no_bytes_from_the_port_raise(data: bytes, portion: int) -> None:
    line = Line(Peer()).online()
    for start in range(0, len(data), portion):
        line.session.receive(data[start : start + portion], line.now_ms)
    line.collect()
    assert line.session.counters.bytes_received >= len(data)


@given(st.lists(st.one_of(st.none(), st.integers(0, 60_000)), max_size=50))
def test_the_time_out_stays_in_its_bounds(samples: list[int | None]) -> None:
    round_trip = RoundTrip()
    for sample in samples:
        before = round_trip.timeout_ms
        if sample is None:
            round_trip.lost()
            assert round_trip.timeout_ms == min(2 * before, LONGEST_TIMEOUT_MS)
        else:
            round_trip.sample(sample)
        assert SHORTEST_TIMEOUT_MS <= round_trip.timeout_ms <= LONGEST_TIMEOUT_MS
