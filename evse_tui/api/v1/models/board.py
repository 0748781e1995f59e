"""A board: its identity, its newest STATUS and the health of its link."""

from __future__ import annotations

from typing import Annotated

from evse_protocol.messages import (
    Access,
    BoardKind,
    Capability,
    Fault,
    Flag,
    Hold,
    Pilot,
    ResetReason,
    Slot,
)
from evse_tui.api.v1.models.base import Age, Count, Model, doc, names
from evse_tui.board.model import LinkState

UNKNOWN = "unknown"
"""A value that only a newer firmware could name."""

SlotName = Annotated[str, names(Slot, UNKNOWN)]


class Identity(Model):
    """Who the board says it is."""

    kind: Annotated[str, names(BoardKind, UNKNOWN)]
    serial: int
    firmware: Annotated[str, doc("Version of the firmware, `1.2.3`.")]
    protocol: int
    schema_hash: Annotated[str, doc("Hash of all message definitions, eight hex digits.")]
    capabilities: tuple[Annotated[str, names(Capability)], ...]
    boot: Annotated[int, doc("Boot counter.")]
    reset_reason: Annotated[str, names(ResetReason, UNKNOWN)]
    host_id: Annotated[str, doc("Our own number in this session, eight hex digits.")]
    session: Annotated[str, doc("Number of the session, eight hex digits.")]
    largest_payload: Annotated[int, doc("Bytes.")]
    config_crc: Annotated[str, doc("CRC-32C of the stored configuration, eight hex digits; zero if there is none.")]


class Board(Model):
    """The newest STATUS. It is kept, ageing, while the board is away."""

    age_ms: Age
    pilot: Annotated[str, names(Pilot), doc("Control pilot state.")]
    cp_high_mv: Annotated[int, doc("Control pilot, high half.")]
    cp_low_mv: Annotated[int, doc("Control pilot, low half.")]
    temperature_dc: int
    slots_da: Annotated[
        dict[str, int | None],
        doc(f"Limits by slot ({', '.join(slot.name.lower() for slot in Slot)}); null is inactive. The smallest binds."),
    ]
    binding: Annotated[SlotName, doc("The slot that binds.")]
    limit_da: Annotated[int, doc("Minimum of the active slots.")]
    offered_da: Annotated[int, doc("What the duty cycle tells the car now.")]
    duty_permille: int
    phases: int
    access: Annotated[str, names(Access, UNKNOWN)]
    hold: Annotated[str, names(Hold, UNKNOWN), doc("Why the board does not (yet) do what the limit allows.")]
    hold_left_ms: Annotated[int, doc("Remaining time of the hold when the STATUS was made.")]
    faults: Annotated[tuple[Annotated[str, names(Fault)], ...], doc("Active or latched.")]
    flags: Annotated[tuple[Annotated[str, names(Flag)], ...], doc("Facts that hold.")]


class Link(Model):
    """The serial link to one board. Counters start with the link; percentiles are over the last 256 samples."""

    charger_id: str
    port: str
    state: Annotated[str, names(LinkState)]
    detail: Annotated[str, doc("What is wrong and the way out, one sentence; empty while online.")]
    round_trip_p50_ms: float | None
    round_trip_p99_ms: float | None
    frames_received: Count
    frames_sent: Count
    bytes_received: Count
    bytes_sent: Count
    retries: Count
    failures: Annotated[Count, doc("Commands without a reply after all retries.")]
    crc_errors: Annotated[Count, doc("Damaged frames of any kind.")]
    garbage_bytes: Count
    telemetry_missed: Count
    resets_seen: Count
    reconnects: Count
    grants_refused: Count
    lease_ms: Annotated[int, doc("Remaining lease, estimated.")]
    clock_offset_ms: Annotated[int | None, doc("Board clock minus host clock.")]
    clock_drift_ppm: float | None
    last_frame_age_ms: Age | None


class Links(Model):
    """The link of every charger."""

    at_ms: Annotated[int, doc("Host clock at which the ages hold.")]
    links: list[Link]
