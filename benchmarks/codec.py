"""Frames a second: Construct payload, CRC and stuffing, against plain `struct` on the same bytes."""

from __future__ import annotations

import struct

from benchmarks.table import median_ns, show
from evse_protocol.framing import Frame, FrameReader, encode_frame
from evse_protocol.messages import Access, Fault, Flag, Hold, Pilot, Slot
from evse_protocol.payloads import Grant, Payload, Status, decode_payload, encode_payload

STATUS = Status(
    counter=1234,
    board_ms=123_456_789,
    pilot=Pilot.C,
    flags=Flag.CP_CONNECTED | Flag.DIODE_OK | Flag.C1 | Flag.PLUGGED,
    cp_high_mv=6012,
    cp_low_mv=-11_950,
    temperature_dc=312,
    slots_da=(160, 160, 0xFFFF, 160, 0xFFFF, 97, 0xFFFF, 0xFFFF),
    binding=Slot.HOST,
    limit_da=97,
    offered_da=97,
    duty_permille=161,
    phases=3,
    access=Access.ALLOW,
    lease_ms=4321,
    hold=Hold.NONE,
    hold_ms=0,
    faults=Fault(0),
    events_lost=0,
)
GRANT = Grant(limit_da=97, phases=3, access=Access.ALLOW, valid_until_ms=123_461_789)
STRUCTS = {Status: struct.Struct("<HIBHhhh8HBHHHBBHBIHH"), Grant: struct.Struct("<HBBI")}


def _rows(payload: Payload) -> list[list[str]]:
    message_id, data = encode_payload(payload)
    frame = Frame(type=message_id, flags=0, session=0x1234_5678, sequence=7, payload=data)
    wire = encode_frame(frame)
    plain = STRUCTS[type(payload)]
    values = plain.unpack(data)
    reader = FrameReader()

    def encode() -> bytes:
        number, body = encode_payload(payload)
        return encode_frame(Frame(type=number, flags=0, session=0x1234_5678, sequence=7, payload=body))

    def decode() -> Payload:
        (received,) = reader.feed(wire)
        return decode_payload(received.type, received.payload)

    if decode() != payload:
        raise RuntimeError("the codec does not return what it was given")
    name = type(payload).__name__.upper()
    out = []
    for way, ours, base in (
        ("encode", encode, lambda: plain.pack(*values)),
        ("decode", decode, lambda: plain.unpack(data)),
    ):
        ours_ns, base_ns = median_ns(ours, 2000), median_ns(base, 2000)
        out.append([f"{name} {way}", f"{1e9 / ours_ns:,.0f}", f"{1e9 / base_ns:,.0f}", f"{ours_ns / base_ns:.0f}"])
    return out


def run() -> None:
    """Prints the table."""
    show(
        "Codec, whole frames (aim: 20,000 frames/s each way)",
        ("", "frames/s", "struct only/s", "ratio"),
        _rows(STATUS) + _rows(GRANT),
        "Baseline: struct.pack/unpack of the payload alone, without CRC, stuffing, bounds or types.",
    )
