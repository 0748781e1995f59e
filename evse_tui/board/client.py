"""One board behind one port: owns the port, keeps the session, tells what happens."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import deque
from collections.abc import Callable
from enum import IntEnum

from evse_protocol import session_events as said
from evse_protocol.messages import Access, Result
from evse_protocol.payloads import (
    BusResponse,
    Config,
    Identity,
    Payload,
    PayloadError,
    PilotTrace,
    Reply,
    Status,
    Trace,
)
from evse_protocol.session import DEFAULT_TTL_MS, HostSession, NotReadyError
from evse_tui.board import wording
from evse_tui.board.events import (
    BoardReset,
    ClientEvent,
    EventArrived,
    GrantAnswered,
    GrantFailed,
    LinkChanged,
    StatusArrived,
    StreamArrived,
    TraceArrived,
)
from evse_tui.board.model import LinkHealth, LinkState
from evse_tui.board.ports import Opener, PortError
from evse_tui.board.reconnect import Reconnect
from evse_tui.clock import Clock
from evse_tui.errors import UserError

_LINK_STATES = {
    said.SessionState.GREETING: LinkState.GREETING,
    said.SessionState.ONLINE: LinkState.ONLINE,
    said.SessionState.READ_ONLY: LinkState.READ_ONLY,
    said.SessionState.OTHER_HOST: LinkState.OTHER_HOST,
    said.SessionState.SILENT: LinkState.SILENT,
}
_CLOSING_S = 1.5


class CommandError(UserError):
    """A command was refused or stayed unanswered: one sentence. `reply` is the refusal, if there was one."""

    def __init__(self, sentence: str, reply: Reply | None = None) -> None:
        super().__init__(sentence)
        self.reply = reply


class _Wire(asyncio.Protocol):
    """The port's side of one opening."""

    def __init__(self, client: BoardClient) -> None:
        self._client = client
        self.transport: asyncio.Transport | None = None
        self.congested = False
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport) and not transport.is_closing():
            self.transport = transport
            self._client.wire_opened(self)

    def data_received(self, data: bytes) -> None:
        self._client.wire_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if not self.lost.done():
            self.lost.set_result(None)

    def pause_writing(self) -> None:
        self.congested = True

    def resume_writing(self) -> None:
        self.congested = False


class BoardClient:
    """Opens the port, greets the board, renews what the site grants, reconnects.

    `on_event` is called on the loop, in order; it may call any method of the client. Nothing here blocks.
    """

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        *,
        on_event: Callable[[ClientEvent], None],
        host_id: int | None = None,
        jitter: Callable[[], float] = random.random,
        session: HostSession | None = None,
    ) -> None:
        """`host_id` is random unless given; `jitter` gives numbers in [0, 1); `session` is one of its own unless it is
        that of a recording."""
        self._opener = opener
        self._clock = clock
        self._on_event = on_event
        self._session = session or HostSession(host_id or 1 + secrets.randbelow(0xFFFF_FFFF))
        self._reconnect = Reconnect(jitter)
        self._wire: _Wire | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due_ms: int | None = None
        self._pending: dict[int, tuple[str, asyncio.Future[Reply | Config]]] = {}
        self._undelivered: deque[said.SessionEvent] = deque()
        self._greeted_ms = 0
        self._bytes_before = 0
        self._frames_before = 0
        self.state = LinkState.CLOSED
        self.detail = ""
        """One sentence: what is wrong and the way out; empty when online."""
        self.next_attempt_ms: int | None = None
        """While WAITING: when the port is tried again, on the host's clock."""
        self.applied: Reply | None = None
        """The newest answer to a grant."""

    @property
    def port(self) -> str:
        return self._opener.port

    @property
    def identity(self) -> Identity | None:
        """The board's newest IDENTITY."""
        return self._session.identity

    @property
    def status(self) -> Status | None:
        """The newest STATUS since the board's last restart; kept while the board is away."""
        return self._session.board.status

    @property
    def status_arrived_ms(self) -> int | None:
        """When it arrived, on the host's clock."""
        return self._session.board.status_arrived_ms

    @property
    def health(self) -> LinkHealth:
        """The link's numbers now."""
        now_ms = self._clock.now_ms()
        session = self._session
        counters, reader = session.counters, session.reader
        samples = sorted(session.round_trip.samples)
        return LinkHealth(
            round_trip_p50_ms=percentile(samples, 50),
            round_trip_p99_ms=percentile(samples, 99),
            frames_received=counters.frames_received,
            frames_sent=counters.frames_sent,
            bytes_received=counters.bytes_received,
            bytes_sent=counters.bytes_sent,
            retries=session.retries,
            failures=counters.failures,
            crc_errors=reader.damaged,
            garbage_bytes=reader.garbage_bytes,
            telemetry_missed=counters.telemetry_missed,
            resets_seen=counters.resets_seen,
            reconnects=max(0, self._reconnect.openings - 1),
            lease_ms=session.board.lease_ms(now_ms),
            clock_offset_ms=session.board.clock.offset_ms,
            clock_drift_ppm=session.board.clock.drift_ppm,
            last_frame_age_ms=None if session.last_frame_ms is None else now_ms - session.last_frame_ms,
            grants_refused=counters.grants_refused,
        )

    async def run(self) -> None:
        """Keeps the link until cancelled; the port is closed when this returns."""
        try:
            while True:
                sentence = await self._use_port()
                self.next_attempt_ms = due_ms = self._reconnect.lost(self._clock.now_ms())
                self._change(LinkState.WAITING, sentence)
                await self._clock.sleep_ms(due_ms - self._clock.now_ms())
                self.next_attempt_ms = None
                self._reconnect.waited()
        finally:
            self.next_attempt_ms = None
            self._change(LinkState.CLOSED, "")

    def grant(self, limit_da: int, phases: int, access: IntEnum, ttl_ms: int = DEFAULT_TTL_MS) -> None:
        """Sends a grant at once: `limit_da` in 0.1 A per phase on 1 or 3 `phases` for `ttl_ms`.

        The newest replaces an unanswered one. The outcome comes as `GrantAnswered` or `GrantFailed`. The first one can
        be made when the first `StatusArrived` has told the board's clock.

        Raises:
            ValueError: a value is out of the wire's bounds.
        """
        self._session.grant(limit_da, phases, Access(access), self._clock.now_ms(), ttl_ms)
        self._flush()
        self._settle_later()

    async def command(self, payload: Payload) -> Reply | Config:
        """Sends any other command and waits for the answer.

        Raises:
            CommandError: it was refused, could not be sent, or stayed unanswered after the retries.
        """
        name = payload.MESSAGE.name
        try:
            ticket = self._session.command(payload, self._clock.now_ms())
        except (NotReadyError, PayloadError) as error:
            raise CommandError(_sentence(str(error))) from error
        future: asyncio.Future[Reply | Config] = asyncio.get_running_loop().create_future()
        self._pending[ticket] = (name, future)
        self._flush()
        self._settle_later()
        try:
            answer = await future
        finally:
            del self._pending[ticket]
        if isinstance(answer, Reply) and answer.result != Result.OK:
            raise CommandError(wording.refusal(name, answer.result), answer)
        return answer

    async def trace(self, duration_ms: int) -> None:
        """Has the board send what it samples of the control pilot, as `TraceArrived`, for `duration_ms` from now on.

        Asked again it goes on without a gap; 0 ends it. Samples take half of the line: 76 bytes each 14 ms.

        Raises:
            CommandError: as `command`; also when a grant took its place on the line, which never waits for a trace.
        """
        await self.command(Trace(duration_ms))

    def acknowledge_event(self, boot: int, number: int) -> None:
        """The events of this boot up to this number are stored; the board may forget them."""
        self._session.acknowledge_event(boot, number)
        self._flush()

    # The port

    async def _use_port(self) -> str:
        """Opens the port and returns, when it is lost, the sentence that says why."""
        self._change(LinkState.OPENING, f"Opening {self.port}.")
        wire = _Wire(self)
        try:
            transport = await self._opener.open(wire)
        except PortError as error:
            return str(error)
        try:
            await asyncio.shield(wire.lost)
        finally:
            self._wire = None
            transport.close()
            self._session.stop()
            self._settle()
            await asyncio.wait((wire.lost,), timeout=_CLOSING_S)
            if not wire.lost.done():  # it still has bytes that nobody takes
                transport.abort()
                await asyncio.wait((wire.lost,), timeout=_CLOSING_S)
        return wording.lost(self.port)

    def wire_opened(self, wire: _Wire) -> None:
        """Called by the port's side."""
        self._wire = wire
        self._reconnect.opened()
        self._session.start(self._clock.now_ms())
        self._settle()

    def wire_received(self, data: bytes) -> None:
        """Called by the port's side."""
        self._session.receive(data, self._clock.now_ms())
        self._settle()

    def _flush(self) -> None:
        data = self._session.take_bytes()
        wire = self._wire
        # What a congested port can't take now would be out of date when it can; the session sends it again.
        if data and wire is not None and wire.transport is not None and not wire.congested:
            wire.transport.write(data)

    def _settle(self) -> None:
        """After the session was touched: bytes out first, then events, then the next wake-up."""
        self._flush()
        self._undelivered.extend(self._session.take_events())
        try:
            while self._undelivered:
                self._deliver(self._undelivered.popleft())
            self._describe()
        finally:  # a fault of the listener must not stop the link
            self._schedule()

    def _settle_later(self) -> None:
        # The caller is often in the middle of on_event: what it caused is told after it has returned.
        if self._session.has_events:
            asyncio.get_running_loop().call_soon(self._settle)
        else:
            self._schedule()

    def _schedule(self) -> None:
        due_ms = self._session.next_wakeup_ms
        if due_ms == self._timer_due_ms:
            return
        self._timer_due_ms = due_ms
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due_ms is not None:
            self._timer = self._clock.call_later_ms(max(1, due_ms - self._clock.now_ms()), self._wake)

    def _wake(self) -> None:
        self._timer = self._timer_due_ms = None
        self._session.tick(self._clock.now_ms())
        self._settle()

    # What the session says

    def _deliver(self, event: said.SessionEvent) -> None:
        match event:
            case said.Telemetry(status, missed):
                self._on_event(StatusArrived(status, missed))
            case said.GrantAnswer(reply, round_trip_ms):
                self.applied = reply
                self._on_event(GrantAnswered(reply, round_trip_ms))
            case said.GrantFailure(why):
                self._on_event(GrantFailed(_sentence(why)))
            case said.BoardEvent(board_event):
                self._on_event(EventArrived(board_event))
            case said.Streamed(PilotTrace() as trace):
                self._on_event(TraceArrived(trace))
            case said.Streamed(BusResponse() as response):
                self._on_event(StreamArrived(response))
            case said.Greeted(identity, restarted):
                if restarted:
                    self.applied = None
                    self._on_event(BoardReset(identity))
            case said.Answered(ticket, answer):
                if ticket in self._pending and not self._pending[ticket][1].done():
                    self._pending[ticket][1].set_result(answer)
            case said.Failed(ticket, why):
                if ticket in self._pending and not self._pending[ticket][1].done():
                    name, future = self._pending[ticket]
                    future.set_exception(CommandError(f"{name} failed: {why}."))
            case said.StateChanged(said.SessionState.ONLINE):
                self._reconnect.online(self._clock.now_ms())
            case said.StateChanged(said.SessionState.GREETING):
                self._greeted_ms = self._clock.now_ms()
                self._bytes_before = self._session.counters.bytes_received
                self._frames_before = self._session.counters.frames_received

    def _describe(self) -> None:
        state = _LINK_STATES.get(self._session.state)
        if state is self.state and state is not LinkState.GREETING:
            return  # only the wording for a greeting changes with time
        if state is LinkState.GREETING:
            counters = self._session.counters
            self._change(
                state,
                wording.greeting(
                    self.port,
                    self._clock.now_ms() - self._greeted_ms,
                    counters.bytes_received - self._bytes_before,
                    counters.frames_received - self._frames_before,
                ),
            )
        elif state is not None:
            self._change(state, wording.link(state, self.port, self.identity))

    def _change(self, state: LinkState, detail: str) -> None:
        if (state, detail) != (self.state, self.detail):
            self.state, self.detail = state, detail
            self._on_event(LinkChanged(state, detail))


def percentile(ordered: list[int], percent: int) -> float | None:
    """The nearest-rank percentile of an ascending list; None if it is empty."""
    if not ordered:
        return None
    return float(ordered[max(0, -(-len(ordered) * percent // 100) - 1)])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
