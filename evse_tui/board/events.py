"""What a board client tells the site: frozen values, delivered in order on the loop."""

from __future__ import annotations

from dataclasses import dataclass

from evse_protocol.payloads import BusResponse, Event, Identity, PilotTrace, Reply, Status
from evse_tui.board.model import LinkState


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The state of the link, or its explanation, changed."""

    state: LinkState
    detail: str


@dataclass(frozen=True, slots=True)
class StatusArrived:
    """A STATUS, and how many were lost before it."""

    status: Status
    missed: int


@dataclass(frozen=True, slots=True)
class EventArrived:
    """An EVENT not seen before; the board keeps it until `BoardClient.acknowledge_event`."""

    event: Event


@dataclass(frozen=True, slots=True)
class GrantAnswered:
    """The board's answer to the newest grant: applied, or refused (`reply.result`)."""

    reply: Reply
    round_trip_ms: int


@dataclass(frozen=True, slots=True)
class GrantFailed:
    """A grant was not made or stayed unanswered; `detail` is one sentence."""

    detail: str


@dataclass(frozen=True, slots=True)
class BoardReset:
    """The board restarted since it was last greeted."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class TraceArrived:
    """Samples of the control pilot, while `BoardClient.trace` asks for them."""

    trace: PilotTrace


@dataclass(frozen=True, slots=True)
class StreamArrived:
    """What a BUS_REQUEST brought."""

    payload: BusResponse


ClientEvent = (
    LinkChanged | StatusArrived | EventArrived | GrantAnswered | GrantFailed | BoardReset | TraceArrived | StreamArrived
)
