"""A scripted peer and a line with delays and faults, for tests of the host's session. Not a model of the board."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from evse_protocol.board_clock import wrapped_difference
from evse_protocol.framing import RETRANSMISSION, Frame, FrameReader, encode_frame
from evse_protocol.messages import (
    INACTIVE_DA,
    PROTOCOL_VERSION,
    SLOT_COUNT,
    Access,
    EventKind,
    Fault,
    Flag,
    Hold,
    Pilot,
    Result,
    Slot,
)
from evse_protocol.payloads import (
    SCHEMA_HASH,
    Config,
    ConfigGet,
    Event,
    EventAck,
    Grant,
    Hello,
    Identity,
    Payload,
    PilotTrace,
    Ping,
    Pong,
    Reply,
    Status,
    Trace,
    decode_payload,
    encode_payload,
)
from evse_protocol.session import HostSession
from evse_protocol.session_events import SessionEvent

_E = TypeVar("_E")
HOST_ID = 0x1234_5678

STATUS = Status(
    counter=0,
    board_ms=0,
    pilot=Pilot.A,
    flags=Flag.COMMISSIONED,
    cp_high_mv=12_000,
    cp_low_mv=0,
    temperature_dc=250,
    slots_da=(160,) + (INACTIVE_DA,) * (SLOT_COUNT - 1),
    binding=Slot.HARDWARE,
    limit_da=160,
    offered_da=0,
    duty_permille=1000,
    phases=3,
    access=Access.DENY,
    lease_ms=0,
    hold=Hold.NONE,
    hold_ms=0,
    faults=Fault(0),
    events_lost=0,
)


@dataclass
class Peer:
    """Answers as wire.md says, with knobs for every way of being difficult. Its clock is `offset_ms` + the line's."""

    serial: int = 7
    boot: int = 3
    offset_ms: int = 1_000_000
    schema: int = SCHEMA_HASH
    session: int = 0
    mute: bool = False
    result: Result = Result.OK
    config: Config | None = None
    counter: int = 0
    effects: list[tuple[int, int, Payload]] = field(default_factory=list)
    """Session, sequence and payload of each command that had an effect."""
    copies: list[Frame] = field(default_factory=list)
    """Every command frame that arrived."""
    hellos: int = 0
    acknowledged: list[EventAck] = field(default_factory=list)
    _host_id: int = 0
    _sessions: int = 100
    _stored: tuple[int, bytes] | None = None
    _reader: FrameReader = field(default_factory=FrameReader)

    def restart(self) -> None:
        self.boot += 1
        self.session = self._host_id = self.counter = 0
        self._stored = None

    def taken_by_another(self) -> None:
        self._sessions += 1
        self.session, self._host_id, self._stored = self._sessions, 0xBAD, None

    def board_ms(self, now_ms: int) -> int:
        return (self.offset_ms + now_ms) % (1 << 32)

    def frame(self, payload: Payload, sequence: int = 0, session: int | None = None) -> bytes:
        message_id, data = encode_payload(payload)
        return encode_frame(Frame(message_id, 0, self.session if session is None else session, sequence, data))

    def status(self, now_ms: int, **facts: object) -> bytes:
        data = self.frame(replace(STATUS, counter=self.counter % (1 << 16), board_ms=self.board_ms(now_ms), **facts))  # type: ignore[arg-type]  # facts are fields of Status
        self.counter += 1
        return data

    def event(self, number: int, boot: int | None = None) -> bytes:
        return self.frame(Event(self.boot if boot is None else boot, number, 0, EventKind.BUTTON, 1, 60))

    def receive(self, data: bytes, now_ms: int) -> list[bytes]:
        answers = [self._answer(frame, now_ms) for frame in self._reader.feed(data)]
        return [] if self.mute else [answer for answer in answers if answer]

    def _answer(self, frame: Frame, now_ms: int) -> bytes:
        payload = decode_payload(frame.type, frame.payload)
        match payload:
            case Hello(host_id):
                self.hellos += 1
                if not self.mute and (self.session == 0 or host_id != self._host_id):
                    self._sessions += 1
                    self.session, self._host_id, self._stored = self._sessions, host_id, None
                return self.frame(self.identity(host_id))
            case Ping(token):
                return self.frame(Pong(token, self.board_ms(now_ms)))
            case EventAck():
                self.acknowledged.append(payload)
                return b""
            case Trace(duration_ms) if duration_ms:
                samples = PilotTrace(self.board_ms(now_ms), 1, (12_000, 0) * 14)
                return self._command(frame, payload, now_ms) + self.frame(samples)
        return self._command(frame, payload, now_ms)

    def _command(self, frame: Frame, payload: Payload, now_ms: int) -> bytes:
        self.copies.append(frame)
        if self.mute:
            return b""
        if frame.session != self.session:
            return self.frame(reply(frame.type, Result.WRONG_SESSION), frame.sequence, frame.session)
        if self._stored is not None:
            ahead = (frame.sequence - self._stored[0]) % (1 << 16)
            if ahead == 0:
                return self._stored[1]
            if ahead >= 1 << 15:
                return b""
        result = self.result
        if isinstance(payload, Grant) and wrapped_difference(payload.valid_until_ms, self.board_ms(now_ms)) <= 0:
            result = Result.EXPIRED
        if result is Result.OK:
            self.effects.append((frame.session, frame.sequence, payload))
        answer = self.config if isinstance(payload, ConfigGet) and self.config else reply(frame.type, result)
        self._stored = (frame.sequence, self.frame(answer, frame.sequence))
        return self._stored[1]

    def identity(self, host_id: int) -> Identity:
        return Identity(
            host_id=host_id,
            session=self.session or 1,
            boot=self.boot,
            reset_reason=1,
            protocol=PROTOCOL_VERSION,
            schema=self.schema,
            firmware_major=0,
            firmware_minor=1,
            firmware_patch=0,
            board=1,
            serial=self.serial,
            capabilities=0,
            largest_payload=64,
            config_crc=0,
        )


def reply(command: int, result: Result = Result.OK) -> Reply:
    return Reply(command, result, 0, Slot.HARDWARE, 0, Hold.NONE, 0, 0)


Fate = Callable[[], list[int]]
"""Delays in ms of the copies of one transmission; empty if it is lost."""


class Line:
    """A session and a peer joined by a line whose faults `fate` decides; time in ms starts at 0."""

    def __init__(self, peer: Peer | None = None, fate: Fate = lambda: [2], start_ms: int = 0) -> None:
        self.peer = peer or Peer()
        self.session = HostSession(HOST_ID)
        self.now_ms = start_ms
        self.events: list[SessionEvent] = []
        self.fate = fate
        self.status_every_ms: int | None = 1000
        self._transit: list[tuple[int, int, bool, bytes]] = []
        self._order = 0
        self._status_due_ms = start_ms

    def start(self) -> None:
        self.session.start(self.now_ms)
        self.collect()

    def collect(self) -> None:
        """Takes what the session says and wants to send."""
        data = self.session.take_bytes()
        if data:
            self.send(data, to_peer=True)
        self.events += self.session.take_events()

    def send(self, data: bytes, *, to_peer: bool) -> None:
        for delay_ms in self.fate():
            self._order += 1
            heapq.heappush(self._transit, (self.now_ms + delay_ms, self._order, to_peer, data))

    def online(self) -> Line:
        """Greets and learns the board's clock."""
        self.start()
        self.run(50)
        self.events.clear()
        return self

    def run(self, duration_ms: int) -> None:
        end_ms = self.now_ms + duration_ms
        while True:
            due = [end_ms]
            wakeup = self.session.next_wakeup_ms
            if wakeup is not None:
                due.append(wakeup)
            if self._transit:
                due.append(self._transit[0][0])
            if self.status_every_ms is not None and not self.peer.mute:
                due.append(self._status_due_ms)
            self.now_ms = max(self.now_ms, min(due))
            if wakeup is not None and wakeup <= self.now_ms:
                self.session.tick(self.now_ms)
                after = self.session.next_wakeup_ms
                assert after is None or after > self.now_ms, "a wake-up that does not move on"
                self.collect()
            if self.status_every_ms is not None and self._status_due_ms <= self.now_ms:
                self._status_due_ms = self.now_ms + self.status_every_ms
                if not self.peer.mute:
                    self.send(self.peer.status(self.now_ms), to_peer=False)
            while self._transit and self._transit[0][0] <= self.now_ms:
                _, _, to_peer, data = heapq.heappop(self._transit)
                self._deliver(data, to_peer)
            if self.now_ms >= end_ms:
                return

    def _deliver(self, data: bytes, to_peer: bool) -> None:
        if to_peer:
            for answer in self.peer.receive(data, self.now_ms):
                self.send(answer, to_peer=False)
        else:
            self.session.receive(data, self.now_ms)
            self.collect()

    def said(self, kind: type[_E]) -> list[_E]:
        return [event for event in self.events if isinstance(event, kind)]


def was_sent_again(frame: Frame) -> bool:
    return bool(frame.flags & RETRANSMISSION)
