"""Another host's session, followed from what both sides sent: it sends nothing itself.

For recordings: what the session says is what the recorded host's own session said, as far as bytes can tell.
"""

from __future__ import annotations

from evse_protocol.command_channel import Command
from evse_protocol.framing import Frame, FrameReader
from evse_protocol.messages import Access
from evse_protocol.payloads import Grant, Hello, Payload, Ping, Pong, encode_payload
from evse_protocol.session import DEFAULT_TTL_MS, SILENT_AFTER_MS, HostSession
from evse_protocol.session_events import SessionState


class OverheardSession(HostSession):
    """Give it the board's bytes with `receive` as any session, and those of the host with `overhear`."""

    def __init__(self) -> None:
        super().__init__(host_id=0)
        self._host = FrameReader()
        self._wishes: dict[int, int] = {}
        """Tickets by message id: the owner asked for these, and the recorded host may have, too."""
        self._ping_sent_ms = 0

    def start(self, now_ms: int) -> None:
        """The port was opened; the greeting is the recorded host's."""
        self._lost_ms = None
        self._host = FrameReader()
        self.board.reopened()
        self._hellos = 0
        self._enter(SessionState.GREETING)

    def overhear(self, data: bytes, now_ms: int) -> None:
        """Takes bytes that the host wrote, in any portions."""
        self.counters.bytes_sent += len(data)
        for frame in self._host.feed(data):
            self.counters.frames_sent += 1
            payload = self._decode(frame)
            if payload is not None:
                self._follow(payload, frame, now_ms)

    def tick(self, now_ms: int) -> None:
        """Only silence is noticed."""
        if self._overdue(now_ms):
            self._enter(SessionState.SILENT)

    @property
    def next_wakeup_ms(self) -> int | None:
        if self._watched and self.last_frame_ms is not None:
            return self.last_frame_ms + SILENT_AFTER_MS
        return None

    def grant(self, limit_da: int, phases: int, access: Access, now_ms: int, ttl_ms: int = DEFAULT_TTL_MS) -> None:
        """Nothing is granted: what the host granted is on the wire."""

    def command(self, payload: Payload, now_ms: int) -> int:
        """Nothing is sent. If the recorded host sent the same kind of command, its answer carries this ticket."""
        ticket = self._next_ticket
        self._next_ticket += 1
        self._wishes[payload.MESSAGE.id] = ticket
        return ticket

    def _follow(self, payload: Payload, frame: Frame, now_ms: int) -> None:
        if isinstance(payload, Hello):
            self._take_hello(payload, now_ms)
        elif isinstance(payload, Ping):
            self._ping_token, self._ping_sent_ms = payload.token, now_ms
        elif payload.MESSAGE.command:
            self._commands.follow(self._command(payload), frame.sequence, bool(frame.flags), now_ms)

    def _take_hello(self, hello: Hello, now_ms: int) -> None:
        self.host_id = hello.host_id
        if self.state is not SessionState.GREETING:
            self._abandon("the host greeted the board again")
            self._hellos = 0
            self._enter(SessionState.GREETING)
        self._hellos += 1
        self._hello_sent_ms = now_ms

    def _command(self, payload: Payload) -> Command:
        message_id, data = encode_payload(payload)
        if isinstance(payload, Grant):
            return Command(None, message_id, data, payload.valid_until_ms)
        return Command(self._wishes.pop(message_id, 0), message_id, data)

    def _take_pong(self, pong: Pong, now_ms: int) -> None:
        self.board.clock.observe(pong.board_ms, now_ms)
        if pong.token == self._ping_token:
            self._ping_token = None
            self.round_trip.sample(now_ms - self._ping_sent_ms)

    def _ping(self, now_ms: int) -> None:
        """The host's own ping is on the wire."""

    def _write(self, frame: Frame) -> None:
        """Nothing is written."""
