"""What a session tells its owner: frozen values, in the order in which things happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from evse_protocol.payloads import BusResponse, Config, Event, Identity, PilotTrace, Reply, Status


@unique
class SessionState(Enum):
    """Where the session stands."""

    CLOSED = "closed"
    """No port."""
    GREETING = "greeting"
    """HELLO is sent until IDENTITY comes."""
    ONLINE = "online"
    READ_ONLY = "read-only"
    """The board's schema or protocol version is another: it gets no command and its payloads are not read."""
    OTHER_HOST = "another host"
    """Another host took the board twice within a minute; nothing is sent until the next `start`."""
    SILENT = "silent"
    """The session stands, but no frame has come for a while."""


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: SessionState


@dataclass(frozen=True, slots=True)
class Greeted:
    """The board answered HELLO."""

    identity: Identity
    restarted: bool
    """The same board as before, after a reset."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """A STATUS, and how many were lost before it."""

    status: Status
    missed: int


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """An EVENT that was not seen before. It stays in the board until `acknowledge_event`."""

    event: Event


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the command with this ticket; a refusal is an answer too."""

    ticket: int
    answer: Reply | Config


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer to the command with this ticket; `why` is one sentence."""

    ticket: int
    why: str


@dataclass(frozen=True, slots=True)
class GrantAnswer:
    """The answer to the newest GRANT; `round_trip_ms` counts from its first transmission."""

    reply: Reply
    round_trip_ms: int


@dataclass(frozen=True, slots=True)
class GrantFailure:
    """A GRANT was not made, or not answered; `why` is one sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """What a TRACE or BUS_REQUEST brought."""

    payload: PilotTrace | BusResponse


SessionEvent = (
    StateChanged | Greeted | Telemetry | BoardEvent | Answered | Failed | GrantAnswer | GrantFailure | Streamed
)


@dataclass(slots=True)
class Counters:
    """Counts since the session object was made."""

    frames_received: int = 0
    frames_sent: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    failures: int = 0
    """Commands without answer after all retries."""
    undecodable: int = 0
    """Undamaged frames whose payload the contract does not allow."""
    telemetry_missed: int = 0
    resets_seen: int = 0
    grants_refused: int = 0
    """By the board, or not made because its clock was not known."""
