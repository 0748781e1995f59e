"""Frames in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evse_protocol.framing import RETRANSMISSION, Frame, encode_frame
from evse_protocol.messages import Access, Fault
from evse_protocol.payloads import Acknowledge, Display, Grant, Payload, Resume, encode_payload
from evse_tui.board.decode import describe_frames
from tests.protocol.scripted import HOST_ID, Peer


def encoded(payload: Payload, flags: int = 0) -> bytes:
    message_id, data = encode_payload(payload)
    return encode_frame(Frame(message_id, flags, 0x65, 7, data))


def test_fields_have_names_and_units() -> None:
    (line,) = describe_frames(encoded(Grant(125, 3, Access.ALLOW, 70_000), RETRANSMISSION))
    head, fields = line.split(": ")
    assert head == "GRANT session 00000065 sequence 7 again"
    assert fields == "limit_da 125 (12.5 A), phases 3, access ALLOW, valid_until_ms 70000 ms"
    assert describe_frames(encoded(Resume())) == ["RESUME session 00000065 sequence 7"]
    assert describe_frames(encoded(Acknowledge(Fault.PILOT | Fault.LOCK)))[0].endswith("faults PILOT|LOCK")
    assert describe_frames(encoded(Acknowledge(Fault(0))))[0].endswith("faults none")
    assert describe_frames(encoded(Display(1, b"Hi")))[0].endswith("line 1, text 'Hi'")


def test_status_and_identity() -> None:
    peer = Peer(session=0x65)
    (status,) = describe_frames(peer.status(0))
    assert "slots_da [160 (16.0 A), inactive, inactive" in status
    assert "temperature_dc 250 (25.0 °C)" in status
    assert "duty_permille 1000 (100.0 %)" in status
    assert f"host_id {HOST_ID:08x}" in describe_frames(peer.frame(peer.identity(HOST_ID)))[0]


def test_everything_that_is_no_frame_says_what_it_is() -> None:
    good = encoded(Resume())
    damaged = bytes([good[0], good[1] ^ 1]) + good[2:]
    lines = describe_frames(b"rst:0x1\r\n\x00" + good + damaged + good[:5])
    assert lines[0] == "before the first frame: 9 bytes: 72 73 74 3a 30 78 31 0d 0a |rst:0x1..|"
    assert lines[1] == "RESUME session 00000065 sequence 7"
    assert lines[2].startswith(f"damaged: {len(good) - 1} bytes")
    assert lines[3].startswith("unfinished: 5 bytes")


def test_what_the_contract_does_not_allow_is_shown_as_such() -> None:
    assert "not allowed: GRANT" in describe_frames(encode_frame(Frame(0x10, 0, 1, 1, b"\x00")))[0]
    assert describe_frames(encode_frame(Frame(0x7F, 0, 1, 1, b"ab")))[0] == (
        "unknown type 0x7f session 00000001 sequence 1: 2 bytes: 61 62 |ab|"
    )


@given(st.binary(max_size=600))
def test_any_bytes_have_a_description(data: bytes) -> None:
    pieces = [piece for piece in data.split(b"\x00") if piece]
    assert len(describe_frames(data)) == len(pieces)
