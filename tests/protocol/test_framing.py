"""The frame layer on its own: round trips, refusals, resynchronisation, bounds."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_protocol.framing import LARGEST_STUFFED, Frame, FrameReader, crc32c, decode_frame, encode_frame
from evse_protocol.messages import LARGEST_PAYLOAD
from tests.firmware.link_library import FirmwareReader, firmware_encode

PING = Frame(3, 0, 0x01020304, 0x0506, b"\x00\x07\x00\x08")

frames = st.builds(
    Frame,
    type=st.integers(0, 0xFF),
    flags=st.sampled_from((0, 1)),
    session=st.integers(0, 0xFFFF_FFFF),
    sequence=st.integers(0, 0xFFFF),
    payload=st.binary(max_size=LARGEST_PAYLOAD),
)


def test_the_crc_is_the_published_one() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_the_layout_is_the_documented_one() -> None:
    # type, flags 0 | session, sequence, length, 0 | 7, 0 | 8, then the CRC, which has no zero here.
    assert encode_frame(PING)[:-5].hex(" ") == "02 03 08 04 03 02 01 06 05 04 02 07 06 08"
    assert encode_frame(PING)[-5:-1] == crc32c(bytes.fromhex("0300 04030201 0605 04 00070008")).to_bytes(4, "little")
    assert encode_frame(PING).endswith(b"\x00")


@settings(deadline=None)
@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 1500), max_size=8))
def test_frames_survive_any_split(sent: list[Frame], cuts: list[int]) -> None:
    stream = b"\x00" + b"".join(encode_frame(frame) for frame in sent)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    reader = FrameReader()
    received = [frame for begin, end in pairwise(edges) for frame in reader.feed(stream[begin:end])]
    assert received == sent
    assert (reader.frames, reader.damaged, reader.garbage_bytes) == (len(sent), 0, 0)


@settings(deadline=None)
@given(frames, st.integers(0, 1023))
def test_the_firmware_writes_the_same_bytes_anywhere_in_its_ring(frame: Frame, offset: int) -> None:
    wire = encode_frame(frame)
    written = firmware_encode(frame, offset)
    assert written == wire * (1024 // len(wire))


@settings(deadline=None)
@given(frames, st.data())
def test_flipped_bits_are_never_a_frame(frame: Frame, data: st.DataObject) -> None:
    wire = bytearray(encode_frame(frame))
    bits = data.draw(st.sets(st.integers(0, 8 * (len(wire) - 1) - 1), min_size=1, max_size=3))
    for bit in bits:
        wire[bit // 8] ^= 1 << bit % 8
    assert FrameReader().feed(bytes(wire)) == []
    assert FirmwareReader().feed(bytes(wire)) == []


def test_any_zero_resynchronises() -> None:
    wire = encode_frame(PING)
    for cut in range(1, len(wire)):
        reader = FrameReader()
        assert reader.feed(b"\x00" + wire[:cut] + b"\x00" + wire + wire)[-2:] == [PING, PING]


@pytest.mark.parametrize(
    "frame",
    [
        Frame(256, 0, 0, 0, b""),
        Frame(1, 2, 0, 0, b""),
        Frame(1, 0, 1 << 32, 0, b""),
        Frame(1, 0, 0, 1 << 16, b""),
        Frame(1, 0, 0, 0, bytes(LARGEST_PAYLOAD + 1)),
    ],
)
def test_a_frame_out_of_range_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        encode_frame(frame)


def test_decode_needs_exactly_one_frame() -> None:
    stuffed = encode_frame(PING)[:-1]
    assert decode_frame(stuffed) == PING
    assert decode_frame(b"") is None
    assert decode_frame(stuffed + b"\x01") is None
    assert decode_frame(stuffed[:-1]) is None
    assert decode_frame(b"\x00" + stuffed) is None


def test_the_reader_keeps_at_most_one_frame() -> None:
    reader = FrameReader()
    for _ in range(1000):
        assert reader.feed(b"\x01" * 100) == []
        assert sys.getsizeof(reader._pending) < LARGEST_STUFFED + 100
    assert reader.feed(b"\x00" + encode_frame(PING)) == [PING]
    assert reader.garbage_bytes == 100_000


def test_a_small_board_takes_its_largest_payload_and_no_more() -> None:
    reader = FirmwareReader(largest_payload=64)
    fits = Frame(3, 0, 0, 0, bytes(64))
    assert reader.feed(encode_frame(fits) + encode_frame(Frame(3, 0, 0, 0, bytes(65))) + encode_frame(PING)) == [
        fits,
        PING,
    ]
