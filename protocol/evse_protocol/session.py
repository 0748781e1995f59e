"""The host's side of one link, without I/O: bytes and times go in, bytes and events come out.

The owner calls `receive` with what the port delivered and `tick` at `next_wakeup_ms`; after any call it takes
`take_bytes` to the port and `take_events` to its user. `now_ms` is the host's clock: it never steps back and should
count suspend. The rules are those of wire.md; the states are `SessionState`.
"""

from __future__ import annotations

from typing import Final

from evse_protocol.board_clock import wrapped_difference
from evse_protocol.board_view import BoardView
from evse_protocol.command_channel import Command, CommandChannel, QueueFullError
from evse_protocol.framing import DELIMITER, RETRANSMISSION, Frame, FrameReader, encode_frame
from evse_protocol.messages import IDENTITY, LONGEST_LEASE_MS, PROTOCOL_VERSION, STATUS, Access, Result
from evse_protocol.payloads import (
    SCHEMA_HASH,
    Backlight,
    BusResponse,
    Config,
    Display,
    Event,
    EventAck,
    Grant,
    Hello,
    Identity,
    Led,
    Payload,
    PayloadError,
    PilotTrace,
    Ping,
    Pong,
    Reply,
    Status,
    Trace,
    decode_payload,
    encode_payload,
)
from evse_protocol.round_trip import RoundTrip
from evse_protocol.session_events import (
    Answered,
    BoardEvent,
    Counters,
    Failed,
    GrantAnswer,
    GrantFailure,
    Greeted,
    SessionEvent,
    SessionState,
    StateChanged,
    Streamed,
    Telemetry,
)

DEFAULT_TTL_MS: Final = 5_000
SILENT_AFTER_MS: Final = 3_000
TAKEOVER_WINDOW_MS: Final = 60_000
_STATUS_OVERDUE_MS: Final = 1_200
"""The board sends a STATUS each second at rest; a little later it is time to ask."""
_PING_EVERY_MS: Final = 1_000
_WRAP: Final = 1 << 32
_YIELDING: Final = (Display, Backlight, Led, Trace)
"""What a person looks at: it must never delay a command."""


class NotReadyError(Exception):
    """The session can't take this command now; the message is one sentence."""


class HostSession:
    """One host talking to one board over one link, across any number of openings of the port."""

    def __init__(self, host_id: int) -> None:
        """`host_id` is a random number in 1 .. 2^32 - 1 that this process keeps."""
        self.host_id = host_id
        self.state = SessionState.CLOSED
        self.identity: Identity | None = None
        self.board = BoardView()
        self.last_frame_ms: int | None = None
        self.round_trip = RoundTrip()
        self.counters = Counters()
        self.reader = FrameReader()
        self._commands = CommandChannel(self.round_trip, self._send_command)
        self._session = 0
        self._same_schema = False
        """Whether the newest IDENTITY and this host may command each other."""
        self._next_ticket = 1
        self._hello_due_ms = 0
        self._hello_sent_ms = 0
        self._hellos = 0
        self._ping_due_ms = 0
        self._ping_token: int | None = None
        self._lost_ms: int | None = None
        """When this session was last taken away without a reset of the board."""
        self._bytes = bytearray()
        self._events: list[SessionEvent] = []

    # What the owner calls

    def start(self, now_ms: int) -> None:
        """The port is open: says HELLO until the board answers."""
        self._bytes.clear()
        self._bytes += DELIMITER
        self.counters.bytes_sent += 1
        self._lost_ms = None
        self.board.reopened()
        self._greet(now_ms)

    def stop(self) -> None:
        """The port is gone: everything in flight fails."""
        self._abandon("the port was closed before the board answered")
        self._bytes.clear()
        self._enter(SessionState.CLOSED)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Takes bytes from the port, in any portions."""
        self.counters.bytes_received += len(data)
        for frame in self.reader.feed(data):
            self.counters.frames_received += 1
            self._take(frame, now_ms)

    def tick(self, now_ms: int) -> None:
        """Does what has become due. Early and repeated calls are harmless."""
        if self.state is SessionState.GREETING and now_ms >= self._hello_due_ms:
            self._say_hello(now_ms)
        if self._overdue(now_ms):
            self._enter(SessionState.SILENT)
        if self._pings and now_ms >= self._ping_due_ms:
            self._ping(now_ms)
        failed = self._commands.poll(now_ms)
        if failed is not None:
            self.counters.failures += 1
            self._fail(failed, "the board did not answer")

    @property
    def next_wakeup_ms(self) -> int | None:
        """When to call `tick` next; None if nothing is due ever."""
        due = [self._hello_due_ms] if self.state is SessionState.GREETING else []
        if self._watched and self.last_frame_ms is not None:
            due.append(self.last_frame_ms + SILENT_AFTER_MS)
        if self._pings:
            due.append(self._ping_due_ms)
        if self._commands.due_ms is not None:
            due.append(self._commands.due_ms)
        return min(due, default=None)

    def grant(self, limit_da: int, phases: int, access: Access, now_ms: int, ttl_ms: int = DEFAULT_TTL_MS) -> None:
        """Grants `limit_da` (0.1 A per phase) until `ttl_ms` from now. The newest replaces any that is unanswered.

        The outcome is a `GrantAnswer` or a `GrantFailure`; a superseded grant has none.

        Raises:
            ValueError: `ttl_ms` is not in 1 .. 30 000, or a value is out of the wire's bounds.
        """
        if not 0 < ttl_ms <= LONGEST_LEASE_MS:
            raise ValueError(f"a lease lasts 1 to {LONGEST_LEASE_MS} ms, not {ttl_ms}")
        board_ms = self.board.clock.board_ms(now_ms)
        valid_until_ms = ((board_ms or 0) + ttl_ms) % _WRAP
        message_id, payload = encode_payload(Grant(limit_da, phases, access, valid_until_ms))
        if self.state is not SessionState.ONLINE:
            self._refuse_grant("there is no session with the board")
        elif board_ms is None:
            self._refuse_grant("the board's clock is not known: it has sent nothing for 3 s")
        else:
            self._submit(Command(None, message_id, payload, valid_until_ms), now_ms)

    def command(self, payload: Payload, now_ms: int) -> int:
        """Sends any other command; returns the ticket that its `Answered` or `Failed` will carry.

        DISPLAY, BACKLIGHT, LED and TRACE yield: any other command takes their place on the line, and they fail.

        Raises:
            NotReadyError: not online, too many commands waiting, or more than this board takes.
            PayloadError: a value is out of the wire's bounds.
        """
        if isinstance(payload, Grant) or not payload.MESSAGE.command:
            raise ValueError(f"{payload.MESSAGE.name} is not sent as a command")
        message_id, data = encode_payload(payload)
        if self.state is not SessionState.ONLINE or self.identity is None:
            raise NotReadyError(f"there is no session with the board for {payload.MESSAGE.name}")
        if len(data) > self.identity.largest_payload:
            raise NotReadyError(
                f"{payload.MESSAGE.name} has {len(data)} bytes, this board takes at most "
                f"{self.identity.largest_payload}"
            )
        ticket = self._next_ticket
        try:
            self._submit(Command(ticket, message_id, data, yields=isinstance(payload, _YIELDING)), now_ms)
        except QueueFullError:
            raise NotReadyError("too many commands are waiting for the board") from None
        self._next_ticket += 1
        return ticket

    def acknowledge_event(self, boot: int, number: int) -> None:
        """The events of this boot up to this number are stored: the board may forget them."""
        self._acknowledge(self.board.events.store(boot, number))

    def take_bytes(self) -> bytes:
        """What must be written to the port now; empty if nothing."""
        data = bytes(self._bytes)
        self._bytes.clear()
        return data

    @property
    def has_events(self) -> bool:
        """Whether `take_events` would return any."""
        return bool(self._events)

    def take_events(self) -> list[SessionEvent]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    @property
    def retries(self) -> int:
        """Retransmissions of commands."""
        return self._commands.retries

    @property
    def commands_waiting(self) -> int:
        """Commands queued behind the one in flight; bounded by `QUEUE_LENGTH` and one grant."""
        return self._commands.waiting

    # Frames from the board

    def _take(self, frame: Frame, now_ms: int) -> None:
        if self.state is SessionState.CLOSED:
            return
        self.last_frame_ms = now_ms
        if self.state is SessionState.GREETING:
            if frame.type == IDENTITY.id:
                self._take_identity(frame, now_ms)
            return
        if self.state is SessionState.SILENT:
            self._enter(SessionState.ONLINE if self._same_schema else SessionState.READ_ONLY)
        if frame.session != self._session and self.state is not SessionState.OTHER_HOST:
            # Anything else of another session is an answer to somebody else's question.
            if frame.type == STATUS.id:
                self._lose_session(now_ms)
            return
        if self._same_schema:
            payload = self._decode(frame)
            if payload is not None:
                self._take_payload(payload, frame, now_ms)

    def _take_payload(self, payload: Payload, frame: Frame, now_ms: int) -> None:
        if isinstance(payload, Status):
            self._take_status(payload, now_ms)
        elif self.state is SessionState.OTHER_HOST:
            return
        elif isinstance(payload, Pong):
            self._take_pong(payload, now_ms)
        elif isinstance(payload, Event):
            self._take_event(payload)
        elif isinstance(payload, Reply) and payload.result == Result.WRONG_SESSION:
            self._lose_session(now_ms)
        elif isinstance(payload, Reply | Config):
            self._take_answer(payload, frame.sequence, now_ms)
        elif isinstance(payload, PilotTrace | BusResponse):
            self._events.append(Streamed(payload))

    def _take_identity(self, frame: Frame, now_ms: int) -> None:
        identity = self._decode(frame)
        if not isinstance(identity, Identity) or identity.host_id != self.host_id:
            return
        if self._hellos == 1:  # Karn's rule
            self.round_trip.sample(now_ms - self._hello_sent_ms)
        before, self.identity = self.identity, identity
        self._same_schema = (identity.schema, identity.protocol) == (SCHEMA_HASH, PROTOCOL_VERSION)
        same_board = before is not None and before.serial == identity.serial
        restarted = same_board and before is not None and before.boot != identity.boot
        if not same_board or restarted:
            self.board = BoardView()
            self._lost_ms = None
            self.counters.resets_seen += restarted
        if identity.session != self._session:
            self._session = identity.session
            self._commands.restart()
        self._events.append(Greeted(identity, restarted))
        if not self._same_schema:
            self._enter(SessionState.READ_ONLY)
            return
        self._enter(SessionState.ONLINE)
        self._ping(now_ms)  # the first STATUS may be a second away, and a grant needs the board's clock

    def _take_status(self, status: Status, now_ms: int) -> None:
        missed = self.board.take_status(status, now_ms)
        if missed is not None:
            self.counters.telemetry_missed += missed
            self._ping_due_ms = now_ms + _STATUS_OVERDUE_MS
            self._events.append(Telemetry(status, missed))

    def _take_pong(self, pong: Pong, now_ms: int) -> None:
        self.board.clock.observe(pong.board_ms, now_ms)
        if pong.token == self._ping_token:  # else it answers another host on a shared line, or is a copy
            self._ping_token = None
            self.round_trip.sample(wrapped_difference(now_ms % _WRAP, pong.token))

    def _take_event(self, event: Event) -> None:
        if self.board.events.is_new(event):
            self._events.append(BoardEvent(event))
        else:  # repeated because it is not stored yet, or because the acknowledgement was lost
            self._acknowledge(self.board.events.acknowledgement(event))

    def _take_answer(self, answer: Reply | Config, sequence: int, now_ms: int) -> None:
        answered = self._commands.answered(sequence, now_ms)
        if answered is None:
            return
        command, round_trip_ms = answered
        if command.ticket is not None:
            self._events.append(Answered(command.ticket, answer))
        elif isinstance(answer, Reply):
            self._events.append(GrantAnswer(answer, round_trip_ms))
            if answer.result != Result.OK:
                self.counters.grants_refused += 1
            else:
                self.board.granted(command.valid_until_ms, now_ms)

    def _decode(self, frame: Frame) -> Payload | None:
        try:
            return decode_payload(frame.type, frame.payload)
        except PayloadError:
            self.counters.undecodable += 1
            return None

    # The session

    @property
    def _watched(self) -> bool:
        return self.state in (SessionState.ONLINE, SessionState.READ_ONLY)

    @property
    def _pings(self) -> bool:
        return self._same_schema and self.state in (SessionState.ONLINE, SessionState.SILENT)

    def _overdue(self, now_ms: int) -> bool:
        return self._watched and self.last_frame_ms is not None and now_ms - self.last_frame_ms >= SILENT_AFTER_MS

    def _lose_session(self, now_ms: int) -> None:
        """The board serves another session: after a reset, or because another host said HELLO."""
        self._abandon("the board restarted or another host took it over before it answered")
        if self._lost_ms is not None and now_ms - self._lost_ms < TAKEOVER_WINDOW_MS:
            self._enter(SessionState.OTHER_HOST)
            return
        self._lost_ms = now_ms  # taken back when IDENTITY shows a new boot
        self._greet(now_ms)

    def _greet(self, now_ms: int) -> None:
        self._hellos = 0
        self._enter(SessionState.GREETING)
        self._say_hello(now_ms)

    def _say_hello(self, now_ms: int) -> None:
        if self._hellos:
            self.round_trip.lost()
        self._hellos += 1
        self._hello_sent_ms = now_ms
        self._hello_due_ms = now_ms + self.round_trip.timeout_ms
        self._send(Hello(self.host_id, PROTOCOL_VERSION), session=0)

    def _ping(self, now_ms: int) -> None:
        self._ping_due_ms = now_ms + _PING_EVERY_MS
        self._ping_token = now_ms % _WRAP
        self._send(Ping(self._ping_token), session=self._session)

    def _acknowledge(self, acknowledgement: EventAck | None) -> None:
        if acknowledgement is not None and self.state is SessionState.ONLINE:
            self._send(acknowledgement, session=self._session)

    def _submit(self, command: Command, now_ms: int) -> None:
        yielded = self._commands.submit(command, now_ms)
        if yielded is not None:
            self._fail(yielded, "another command took its place")

    def _abandon(self, why: str) -> None:
        for command in self._commands.abandon():
            self._fail(command, why)

    def _fail(self, command: Command, why: str) -> None:
        self._events.append(GrantFailure(why) if command.ticket is None else Failed(command.ticket, why))

    def _refuse_grant(self, why: str) -> None:
        self.counters.grants_refused += 1
        self._events.append(GrantFailure(why))

    def _enter(self, state: SessionState) -> None:
        if state is not self.state:
            self.state = state
            self._events.append(StateChanged(state))

    # Bytes to the board

    def _send(self, payload: Payload, session: int) -> None:
        message_id, data = encode_payload(payload)
        self._write(Frame(message_id, 0, session, 0, data))

    def _send_command(self, command: Command, sequence: int, again: bool) -> None:
        flags = RETRANSMISSION if again else 0
        self._write(Frame(command.message_id, flags, self._session, sequence, command.payload))

    def _write(self, frame: Frame) -> None:
        data = encode_frame(frame)
        self._bytes += data
        self.counters.frames_sent += 1
        self.counters.bytes_sent += len(data)
