"""Boards and their links."""

from __future__ import annotations

from evse_protocol.messages import (
    INACTIVE_DA,
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
from evse_protocol.payloads import Identity as IdentityPayload
from evse_tui.api.v1.models.board import Board, Identity, Link, Links
from evse_tui.api.v1.views.words import name, name_of, names_of
from evse_tui.site.snapshot import BoardSnapshot, ChargerSnapshot, Snapshot


def identity_view(identity: IdentityPayload) -> Identity:
    return Identity(
        kind=name_of(BoardKind, identity.board),
        serial=identity.serial,
        firmware=f"{identity.firmware_major}.{identity.firmware_minor}.{identity.firmware_patch}",
        protocol=identity.protocol,
        schema_hash=f"{identity.schema:08x}",
        capabilities=names_of(Capability, identity.capabilities),
        boot=identity.boot,
        reset_reason=name_of(ResetReason, identity.reset_reason),
        host_id=f"{identity.host_id:08x}",
        session=f"{identity.session:08x}",
        largest_payload=identity.largest_payload,
        config_crc=f"{identity.config_crc:08x}",
    )


def board_view(board: BoardSnapshot) -> Board:
    return Board(
        age_ms=max(0, board.age_ms),
        pilot=name_of(Pilot, board.pilot),
        cp_high_mv=board.cp_high_mv,
        cp_low_mv=board.cp_low_mv,
        temperature_dc=board.temperature_dc,
        slots_da={
            name(slot): None if limit_da == INACTIVE_DA else limit_da
            for slot, limit_da in zip(Slot, board.slots_da, strict=False)
        },
        binding=name_of(Slot, board.binding),
        limit_da=board.limit_da,
        offered_da=board.offered_da,
        duty_permille=board.duty_permille,
        phases=board.phases,
        access=name_of(Access, board.access),
        hold=name_of(Hold, board.hold),
        hold_left_ms=board.hold_ms,
        faults=names_of(Fault, board.faults),
        flags=names_of(Flag, board.flags),
    )


def link_view(charger: ChargerSnapshot) -> Link:
    health = charger.health
    return Link(
        charger_id=charger.id,
        port=charger.port,
        state=name(charger.link),
        detail=charger.link_detail,
        round_trip_p50_ms=health.round_trip_p50_ms,
        round_trip_p99_ms=health.round_trip_p99_ms,
        frames_received=health.frames_received,
        frames_sent=health.frames_sent,
        bytes_received=health.bytes_received,
        bytes_sent=health.bytes_sent,
        retries=health.retries,
        failures=health.failures,
        crc_errors=health.crc_errors,
        garbage_bytes=health.garbage_bytes,
        telemetry_missed=health.telemetry_missed,
        resets_seen=health.resets_seen,
        reconnects=health.reconnects,
        grants_refused=health.grants_refused,
        lease_ms=health.lease_ms,
        clock_offset_ms=health.clock_offset_ms,
        clock_drift_ppm=health.clock_drift_ppm,
        last_frame_age_ms=health.last_frame_age_ms,
    )


def links_view(snapshot: Snapshot) -> Links:
    return Links(at_ms=snapshot.at_ms, links=[link_view(charger) for charger in snapshot.chargers])
