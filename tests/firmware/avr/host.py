"""The unchanged host session at the other end of the bench's line, in the bench's own time."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from evse_protocol.messages import Access, Result
from evse_protocol.payloads import Config, Event, Payload, Reply, Status
from evse_protocol.session import HostSession
from evse_protocol.session_events import Answered, BoardEvent, Failed, GrantAnswer, Greeted, SessionState, Telemetry
from tests.firmware.avr.avr_bench import AvrBench

CHUNK_MS: Final = 5
RENEW_MS: Final = 1_000


@dataclass(frozen=True)
class Accepted:
    """A grant that the board took, with the time at which its answer arrived."""

    ms: float
    limit_da: int
    access: Access
    until_ms: float


@dataclass
class Host:
    """Says HELLO, stores events, and renews `grant` each second while `renewing`."""

    bench: AvrBench
    limit_da: int = 0
    phases: int = 3
    access: Access = Access.ALLOW
    ttl_ms: int = 5_000
    renewing: bool = False
    status: Status | None = None
    events: list[Event] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    answers: dict[int, Reply | Config] = field(default_factory=dict)
    failed: list[Failed] = field(default_factory=list)
    boots: int = 0
    boot: int = 0
    """Boot counter of the newest IDENTITY."""

    def __post_init__(self) -> None:
        self.session = HostSession(host_id=0x5EED)
        self._granted: tuple[int, Access] = (0, Access.DENY)
        self._renew_ms = 0
        self.answered_grant: Reply | None = None
        self.session.start(self.now_ms)

    @property
    def now_ms(self) -> int:
        return int(self.bench.ms)

    def _exchange(self) -> None:
        now_ms = self.now_ms
        self.session.receive(self.bench.take_uart(), now_ms)
        for event in self.session.take_events():
            self._take(event, now_ms)
        if self.renewing and self.session.state is SessionState.ONLINE and now_ms >= self._renew_ms:
            self._send_grant()
        self.session.tick(now_ms)
        data = self.session.take_bytes()
        if data:
            self.bench.send(data)

    def _take(self, event: object, now_ms: int) -> None:
        if isinstance(event, Telemetry):
            self.status = event.status
        elif isinstance(event, BoardEvent):
            self.events.append(event.event)
            self.session.acknowledge_event(event.event.boot, event.event.number)
        elif isinstance(event, GrantAnswer):
            self.answered_grant = event.reply
            if event.reply.result == Result.OK:
                limit_da, access = self._granted
                self.accepted.append(Accepted(now_ms, limit_da, access, now_ms + self.ttl_ms))
        elif isinstance(event, Answered):
            self.answers[event.ticket] = event.answer
        elif isinstance(event, Failed):
            self.failed.append(event)
        elif isinstance(event, Greeted):
            self.boots += 1
            self.boot = event.identity.boot

    def _send_grant(self) -> None:
        self._granted = (self.limit_da, self.access)
        self._renew_ms = self.now_ms + RENEW_MS
        self.session.grant(self.limit_da, self.phases, self.access, self.now_ms, self.ttl_ms)

    def run(self, ms: float) -> Host:
        """Bench and host together, for `ms` of virtual time."""
        end = self.bench.ms + ms
        while self.bench.ms < end - 0.01:
            self._exchange()
            self.bench.run(min(CHUNK_MS, end - self.bench.ms))
        self._exchange()
        return self

    def until(self, condition: Callable[[], object], within_ms: float) -> float:
        """Runs until the condition holds; returns the ms that took, within CHUNK_MS."""
        start = self.bench.ms
        while not condition():
            assert self.bench.ms - start < within_ms, f"not within {within_ms} ms: {self.bench.state} {self.status}"
            self.run(CHUNK_MS)
        return self.bench.ms - start

    def online(self) -> Host:
        self.until(lambda: self.session.state is SessionState.ONLINE and self.status is not None, 3_000)
        return self

    def grant(self, da: int, phases: int = 3, access: Access = Access.ALLOW) -> Reply:
        """Grants now, and renews from now on; the board's answer."""
        self.limit_da, self.phases, self.access, self.renewing = da, phases, access, True
        self.answered_grant = None
        self._send_grant()
        self.until(lambda: self.answered_grant, 500)
        assert self.answered_grant is not None
        return self.answered_grant

    def command(self, payload: Payload) -> Reply | Config:
        """Sends any other command; the board's answer."""
        ticket = self.session.command(payload, self.now_ms)
        self.until(lambda: ticket in self.answers, 1_000)
        return self.answers[ticket]

    def twin(self) -> Host:
        """The same host on the same bench, for a branch."""
        return deepcopy(self, {id(self.bench): self.bench})

    @property
    def telemetry(self) -> Status:
        assert self.status is not None
        return self.status
