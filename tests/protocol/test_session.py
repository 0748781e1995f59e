"""The host's session against a scripted peer: one rule of wire.md each."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evse_protocol.board_clock import wrapped_difference
from evse_protocol.command_channel import QUEUE_LENGTH, RETRIES
from evse_protocol.framing import Frame, encode_frame
from evse_protocol.messages import Access, Fault, Result
from evse_protocol.payloads import (
    Acknowledge,
    Display,
    EventAck,
    Grant,
    PayloadError,
    Ping,
    Pong,
    Resume,
    Unlock,
    decode_payload,
)
from evse_protocol.session import NotReadyError
from evse_protocol.session_events import (
    Answered,
    BoardEvent,
    Failed,
    GrantAnswer,
    GrantFailure,
    Greeted,
    SessionState,
    StateChanged,
    Telemetry,
)
from tests.protocol.scripted import Line, Peer, reply, was_sent_again


def grant(line: Line, limit_da: int = 160, ttl_ms: int = 5_000) -> None:
    line.session.grant(limit_da, 3, Access.ALLOW, line.now_ms, ttl_ms)
    line.collect()


def command(line: Line, payload: Resume | Unlock | Acknowledge | Display) -> int:
    ticket = line.session.command(payload, line.now_ms)
    line.collect()
    return ticket


def state(line: Line) -> SessionState:
    return line.session.state


def sent_grants(line: Line) -> list[Grant]:
    payloads = [decode_payload(frame.type, frame.payload) for frame in line.peer.copies]
    return [payload for payload in payloads if isinstance(payload, Grant)]


class TestHello:
    def test_the_first_byte_ends_whatever_was_on_the_line(self) -> None:
        line = Line()
        line.session.start(0)
        assert line.session.take_bytes().startswith(b"\x00")

    def test_identity_brings_it_online_and_the_clock_is_asked_for_at_once(self) -> None:
        line = Line()
        line.status_every_ms = None
        line.start()
        line.run(10)
        assert state(line) is SessionState.ONLINE
        assert line.session.board.clock.board_ms(line.now_ms) == line.peer.board_ms(line.now_ms) - 2  # one way
        assert [type(event) for event in line.events] == [StateChanged, Greeted, StateChanged]

    def test_hello_is_repeated_until_somebody_answers(self) -> None:
        line = Line(Peer(mute=True))
        line.start()
        line.run(10_000)
        assert state(line) is SessionState.GREETING
        assert 10 < line.peer.hellos < 20
        line.peer.mute = False
        line.run(1_000)
        assert state(line) is SessionState.ONLINE

    def test_the_answer_to_a_repeated_hello_gives_no_round_trip(self) -> None:
        line = Line(Peer(mute=True))
        line.status_every_ms = None
        line.start()
        line.run(100)
        line.peer.mute = False
        line.run(103)  # the second HELLO goes out after 200 ms
        assert state(line) is SessionState.GREETING
        line.run(2)
        assert state(line) is SessionState.ONLINE
        assert list(line.session.round_trip.samples) == []

    def test_an_identity_for_another_host_is_not_ours(self) -> None:
        line = Line(Peer(mute=True))
        line.start()
        line.session.receive(b"\x00" + line.peer.frame(line.peer.identity(0xBAD)), 1)
        assert state(line) is SessionState.GREETING

    def test_another_schema_is_read_only(self) -> None:
        line = Line(Peer(schema=0xBAD)).online()
        line.run(5_000)
        assert state(line) is SessionState.READ_ONLY
        with pytest.raises(NotReadyError):
            line.session.command(Resume(), line.now_ms)
        grant(line)
        line.run(100)
        assert line.said(GrantFailure)
        assert not line.said(Telemetry), "a payload of another schema must not be guessed at"
        assert line.peer.copies == []


class TestSessions:
    def test_a_reset_of_the_board_is_noticed_by_its_telemetry(self) -> None:
        line = Line().online()
        line.peer.restart()
        line.run(2_000)
        greeted = line.said(Greeted)
        assert [event.restarted for event in greeted] == [True]
        assert state(line) is SessionState.ONLINE
        assert line.session.counters.resets_seen == 1

    def test_many_resets_are_not_another_host(self) -> None:
        line = Line().online()
        for _ in range(5):
            line.peer.restart()
            line.run(2_000)
        assert state(line) is SessionState.ONLINE
        assert line.session.counters.resets_seen == 5

    def test_a_command_with_a_lost_session_fails_and_greets_once(self) -> None:
        line = Line().online()
        line.status_every_ms = None
        line.peer.taken_by_another()
        ticket = command(line, Unlock())
        line.run(100)
        assert [event.ticket for event in line.said(Failed)] == [ticket]
        assert state(line) is SessionState.ONLINE
        assert line.peer.hellos == 2
        assert line.peer.effects == []

    def test_taken_twice_within_a_minute_it_stops(self) -> None:
        line = Line().online()
        line.peer.taken_by_another()
        line.run(30_000)
        line.peer.taken_by_another()
        line.run(30_000)
        hellos = line.peer.hellos
        assert state(line) is SessionState.OTHER_HOST
        line.run(120_000)
        assert line.peer.hellos == hellos == 2
        assert line.session.next_wakeup_ms is None
        line.start()
        line.run(100)
        assert state(line) is SessionState.ONLINE

    def test_taken_once_a_minute_it_comes_back(self) -> None:
        line = Line().online()
        for _ in range(4):
            line.peer.taken_by_another()
            line.run(61_000)
        assert state(line) is SessionState.ONLINE

    def test_answers_to_another_host_on_a_shared_line_mean_nothing(self) -> None:
        line = Line().online()
        line.send(line.peer.frame(line.peer.identity(0xBAD), session=77), to_peer=False)
        line.send(line.peer.frame(reply(Unlock.MESSAGE.id, Result.WRONG_SESSION), 1, session=77), to_peer=False)
        line.run(100)
        assert state(line) is SessionState.ONLINE
        assert line.peer.hellos == 1
        assert line.events == []

    def test_sequences_go_on_when_the_port_is_reopened_in_the_same_session(self) -> None:
        line = Line().online()
        command(line, Unlock())
        line.run(100)
        line.session.stop()
        line.run(100)
        line.start()
        line.run(100)
        command(line, Resume())
        line.run(100)
        assert [sequence for _, sequence, _ in line.peer.effects] == [1, 2]

    def test_another_board_on_the_port_is_not_a_reset(self) -> None:
        line = Line().online()
        line.session.stop()
        line.peer = Peer(serial=8, boot=90, offset_ms=5)
        line.start()
        line.run(100)
        assert line.session.counters.resets_seen == 0
        assert line.session.board.clock.board_ms(line.now_ms) is not None

    def test_a_board_that_lost_its_memory_while_the_port_was_closed_is_believed_at_once(self) -> None:
        line = Line(Peer(counter=500)).online()
        line.run(2_000)
        newest = line.session.board.status
        assert newest is not None
        line.session.stop()
        line.peer = Peer(offset_ms=0)  # same serial number and boot counter, earlier clock
        line.start()
        line.events.clear()
        line.run(1_500)
        assert line.said(Telemetry)
        assert line.session.board.status is not None
        assert line.session.board.status.board_ms < newest.board_ms
        assert line.session.counters.telemetry_missed == 0
        grant(line)
        line.run(100)
        assert line.said(GrantAnswer)[0].reply.result is Result.OK

    def test_silence_is_said_and_ends_with_the_next_frame(self) -> None:
        line = Line().online()
        line.peer.mute = True
        line.run(4_100)
        assert state(line) is SessionState.SILENT
        line.peer.mute = False
        line.run(1_100)
        assert state(line) is SessionState.ONLINE
        assert line.peer.hellos == 1


class TestCommands:
    def test_one_is_in_flight_and_the_queue_is_bounded(self) -> None:
        line = Line().online()
        tickets = [command(line, Unlock()) for _ in range(1 + QUEUE_LENGTH)]
        with pytest.raises(NotReadyError, match="too many"):
            line.session.command(Unlock(), line.now_ms)
        line.run(3)
        assert len(line.peer.copies) == 1
        line.run(200)
        assert [event.ticket for event in line.said(Answered)] == tickets

    def test_an_unanswered_one_fails_after_the_retries(self) -> None:
        line = Line().online()
        line.peer.mute = True
        ticket = command(line, Unlock())
        line.run(5_000)
        assert [event.ticket for event in line.said(Failed)] == [ticket]
        assert [was_sent_again(frame) for frame in line.peer.copies] == [False] + [True] * RETRIES
        assert line.session.counters.failures == 1
        assert line.session.retries == RETRIES

    def test_time_outs_double_between_100_and_800_ms(self) -> None:
        line = Line().online()
        for _ in range(20):
            command(line, Unlock())
            line.run(50)
        assert line.session.round_trip.timeout_ms == 100
        line.peer.mute = True
        start_ms = line.now_ms
        command(line, Unlock())
        dues = []
        for _ in range(5_000):
            before = len(line.peer.copies)
            line.run(1)
            if len(line.peer.copies) > before:
                dues.append(line.now_ms - start_ms)
        assert [later - earlier for earlier, later in pairwise(dues)] == [100, 200, 400, 800]

    def test_a_retransmission_gives_no_round_trip(self) -> None:
        line = Line().online()
        samples = len(line.session.round_trip.samples)
        line.fate = list
        command(line, Unlock())
        line.fate = lambda: [2]
        line.run(500)
        assert line.said(Answered)
        line.status_every_ms = None
        assert len(line.session.round_trip.samples) == samples

    def test_nothing_is_sent_offline(self) -> None:
        line = Line()
        with pytest.raises(NotReadyError, match="no session"):
            line.session.command(Unlock(), 0)

    def test_only_commands_are_commands(self) -> None:
        line = Line().online()
        for payload in (Ping(1), Grant(100, 3, Access.ALLOW, 1)):
            with pytest.raises(ValueError, match=payload.MESSAGE.name):
                line.session.command(payload, line.now_ms)

    def test_bounds_are_checked_before_anything_is_sent(self) -> None:
        line = Line().online()
        with pytest.raises(PayloadError):
            line.session.command(Display(9, b"x"), line.now_ms)
        with pytest.raises(ValueError, match="lease"):
            line.session.grant(100, 3, Access.ALLOW, line.now_ms, 30_001)
        assert line.session.take_bytes() == b""

    def test_a_refusal_is_an_answer(self) -> None:
        line = Line().online()
        line.peer.result = Result.BUSY
        command(line, Acknowledge(Fault.PILOT))
        line.run(50)
        (answered,) = line.said(Answered)
        assert answered.answer == reply(Acknowledge.MESSAGE.id, Result.BUSY)

    def test_stopping_fails_what_is_in_flight_and_waiting(self) -> None:
        line = Line().online()
        tickets = [command(line, Unlock()) for _ in range(3)]
        line.session.stop()
        line.collect()
        assert [event.ticket for event in line.said(Failed)] == tickets


class TestGrants:
    def test_the_deadline_is_on_the_boards_clock(self) -> None:
        line = Line(Peer(offset_ms=2**32 - 3_000)).online()
        grant(line, ttl_ms=5_000)
        line.run(50)
        ((_, _, applied),) = line.peer.effects
        assert isinstance(applied, Grant)
        assert 0 <= (2**32 - 3_000 + 50 + 5_000) % 2**32 - applied.valid_until_ms <= 2  # never beyond, less the transit
        assert 4_940 <= line.session.board.lease_ms(line.now_ms) <= 5_000

    def test_a_retransmission_keeps_its_deadline(self) -> None:
        line = Line().online()
        line.fate = list
        grant(line)
        line.run(500)
        line.fate = lambda: [2]
        line.run(1_500)
        deadlines = {sent.valid_until_ms for sent in sent_grants(line)}
        assert len(deadlines) == 1
        assert line.session.retries > 1
        assert line.said(GrantAnswer)

    def test_a_newer_one_replaces_the_one_in_flight_whose_answer_is_ignored(self) -> None:
        line = Line().online()
        grant(line, 100)
        grant(line, 80)
        line.run(50)
        assert [sent.limit_da for sent in sent_grants(line)] == [100, 80]
        (answer,) = line.said(GrantAnswer)
        assert answer.round_trip_ms == 4

    def test_a_newer_one_replaces_the_one_that_waits(self) -> None:
        line = Line().online()
        command(line, Unlock())
        grant(line, 100)
        grant(line, 80)
        line.run(50)
        assert [sent.limit_da for sent in sent_grants(line)] == [80]

    def test_a_grant_goes_before_waiting_commands(self) -> None:
        line = Line().online()
        command(line, Unlock())
        command(line, Resume())
        grant(line)
        line.run(50)
        assert [type(payload) for _, _, payload in line.peer.effects] == [Unlock, Grant, Resume]

    def test_a_deaf_board_is_noticed_although_newer_grants_keep_coming(self) -> None:
        line = Line().online()
        line.status_every_ms = 500
        deaf = Peer(mute=True)
        talking, line.peer = line.peer, deaf  # what is sent is lost; telemetry still comes
        for _ in range(60):
            line.session.receive(talking.status(line.now_ms), line.now_ms)
            grant(line)
            line.run(100)
        assert line.said(GrantFailure)
        assert line.session.counters.failures >= 1

    def test_a_slow_link_is_not_a_failure(self) -> None:
        line = Line(fate=lambda: [150])
        line.start()
        line.run(2_000)
        for limit_da in range(100, 160):
            grant(line, limit_da)
            line.run(100)
        line.run(2_000)
        assert not line.said(GrantFailure)
        assert [payload.limit_da for _, _, payload in line.peer.effects if isinstance(payload, Grant)][-1] == 159

    def test_sporadic_losses_on_a_slow_link_do_not_add_up_to_a_failure(self) -> None:
        line = Line(fate=lambda: [200])
        line.start()
        line.run(2_000)
        for number in range(200):
            lost = number % 8 < 3
            line.fate = (list) if lost else (lambda: [200])
            grant(line)
            line.run(120)
        assert line.session.retries > RETRIES
        assert not line.said(GrantFailure)

    def test_no_grant_without_a_fresh_sign_of_the_boards_clock(self) -> None:
        line = Line().online()
        line.peer.mute = True
        line.run(3_500)  # the newest STATUS or PONG is older than 3 s, or nearly
        line.run(3_500)
        grant(line)
        line.run(10)
        assert line.said(GrantFailure)
        assert line.session.counters.grants_refused == 1
        assert line.peer.copies == []

    def test_other_frames_keep_the_session_but_do_not_tell_the_clock(self) -> None:
        line = Line().online()
        line.peer.mute = True
        for number in range(5):
            line.send(line.peer.event(number), to_peer=False)
            line.run(1_000)
        assert state(line) is SessionState.ONLINE
        grant(line)
        line.run(10)
        (failure,) = line.said(GrantFailure)
        assert "clock" in failure.why

    def test_a_pong_for_another_host_is_no_round_trip(self) -> None:
        line = Line().online()
        samples = list(line.session.round_trip.samples)
        line.send(line.peer.frame(Pong(12_345, line.peer.board_ms(line.now_ms))), to_peer=False)
        line.run(10)
        assert list(line.session.round_trip.samples) == samples

    def test_a_delayed_grant_renews_nothing(self) -> None:
        line = Line().online()
        line.fate = lambda: [6_000]
        grant(line, ttl_ms=5_000)
        line.run(7_000)
        assert line.peer.copies
        assert line.peer.effects == []

    def test_a_refused_grant_is_counted(self) -> None:
        line = Line().online()
        line.peer.result = Result.NO_SUCH_PHASES
        grant(line)
        line.run(50)
        assert line.session.counters.grants_refused == 1
        assert line.session.board.lease_ms(line.now_ms) == 0


class TestTelemetry:
    def test_missed_ones_are_counted_across_the_wrap(self) -> None:
        line = Line(Peer(counter=65_534)).online()
        line.run(1_000)
        line.peer.counter += 3
        line.run(1_000)
        assert [event.missed for event in line.said(Telemetry)] == [0, 3]
        assert line.session.counters.telemetry_missed == 3

    def test_a_copy_or_an_overtaken_one_is_dropped(self) -> None:
        line = Line().online()
        early = line.peer.status(line.now_ms + 1)
        late = line.peer.status(line.now_ms + 2)
        line.session.receive(late + early + late, line.now_ms)
        line.collect()
        assert len(line.said(Telemetry)) == 1

    def test_pings_fill_the_gap_when_no_status_comes(self) -> None:
        line = Line().online()
        line.status_every_ms = None
        sent = line.session.counters.frames_sent
        line.run(10_000)
        assert state(line) is SessionState.ONLINE
        assert 8 <= line.session.counters.frames_sent - sent <= 11

    def test_no_pings_while_status_comes(self) -> None:
        line = Line().online()
        sent = line.session.counters.frames_sent
        line.run(10_000)
        assert line.session.counters.frames_sent == sent

    def test_damage_and_unknown_messages_disturb_nothing(self) -> None:
        line = Line().online()
        noise = encode_frame(Frame(0x7F, 0, line.peer.session, 0, b"??")) + b"\x07ROM boot\x00"
        line.session.receive(noise + line.peer.status(line.now_ms), line.now_ms)
        line.collect()
        assert len(line.said(Telemetry)) == 1
        assert line.session.counters.undecodable == 1
        assert line.session.reader.damaged == 1


class TestEvents:
    def deliver(self, line: Line, number: int) -> None:
        line.send(line.peer.event(number), to_peer=False)
        line.run(10)

    def test_each_is_told_once(self) -> None:
        line = Line().online()
        for number in (0, 0, 1, 1, 0, 3):
            self.deliver(line, number)
        told = [event.event.number for event in line.said(BoardEvent)]
        assert told == [0, 1, 3]

    def test_acknowledged_only_when_stored_and_again_when_repeated(self) -> None:
        line = Line().online()
        self.deliver(line, 0)
        self.deliver(line, 0)
        assert line.peer.acknowledged == []
        boot = line.peer.boot
        line.session.acknowledge_event(boot, 0)
        line.collect()
        line.run(10)
        self.deliver(line, 0)
        assert line.peer.acknowledged == [EventAck(boot, 0), EventAck(boot, 0)]

    def test_a_new_boot_counts_from_zero(self) -> None:
        line = Line().online()
        self.deliver(line, 0)
        line.peer.restart()
        line.run(2_000)
        self.deliver(line, 0)
        assert len(line.said(BoardEvent)) == 2


def test_wrapped_difference_is_signed() -> None:
    assert wrapped_difference(5, 2**32 - 5) == 10
    assert wrapped_difference(2**32 - 5, 5) == -10
    assert wrapped_difference(2**31 - 1, 0) == 2**31 - 1
