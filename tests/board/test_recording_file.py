"""The capture file: what is written is read, whatever is cut off."""

from __future__ import annotations

import contextlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.board.recording_file import Capture, CaptureError, Direction, Link, Record, encode_header, encode_record

LINKS = (Link("/dev/ttyUSB0", "1", "Garage left"), Link("socket://host:1", "yard"))
RECORDS = (
    Record(0, 0, None, b"", "opened"),
    Record(0, 3, Direction.TO_BOARD, b"\x03abc\x00", "remembered"),
    Record(1, 4, Direction.FROM_BOARD, b"\x02\x01\x00"),
    Record(0, 1 << 40, Direction.FROM_BOARD, b"\x00"),
)
record = st.builds(
    Record,
    st.integers(0, 1),
    st.integers(0, 1 << 50),
    st.sampled_from([None, *Direction]),
    st.binary(max_size=260),
    st.text(max_size=30),
)


def written(records: tuple[Record, ...] | list[Record]) -> bytes:
    return encode_header(LINKS, 1_700_000_000) + b"".join(map(encode_record, records))


def read(data: bytes) -> tuple[list[Record], bool]:
    capture = Capture(io.BytesIO(data), "F")
    return [found for _, found in capture.records()], capture.cut


@given(st.lists(record, max_size=6))
def test_what_is_written_is_read(records: list[Record]) -> None:
    assert read(written(records)) == (records, False)


def test_the_header_says_who_and_when() -> None:
    capture = Capture(io.BytesIO(written(RECORDS)), "F")
    assert capture.links == LINKS
    assert capture.start_s == 1_700_000_000


def test_every_cut_leaves_what_was_whole() -> None:
    data = written(RECORDS)
    begin = len(encode_header(LINKS, 0))
    for end in range(begin, len(data)):
        records, cut = read(data[:end])
        assert records == list(RECORDS[: len(records)])
        assert cut is (data[:end] != written(records))


@pytest.mark.parametrize(
    "tail", [b"\0" * 64, b"\xff" * 64, b"\x06\0\0\0\x00\0\0\0", b"\x06\0\0\0\x10\0\0\0abcd\x14\0\0\0"]
)
def test_a_tail_of_rubbish_ends_it(tail: bytes) -> None:
    assert read(written(RECORDS) + tail) == (list(RECORDS), True)


@given(st.integers(0, 400), st.integers(1, 255))
def test_damage_never_raises_anything_but_its_sentence(place: int, flip: int) -> None:
    data = bytearray(written(RECORDS))
    data[place % len(data)] ^= flip
    with contextlib.suppress(CaptureError):
        read(bytes(data))


def test_reading_goes_on_at_a_place_that_was_told() -> None:
    capture = Capture(io.BytesIO(written(RECORDS)), "F")
    places = [place for place, _ in capture.records()]
    assert [found for _, found in capture.records(places[2])] == list(RECORDS[2:])


def test_others_are_refused_in_a_sentence() -> None:
    with pytest.raises(CaptureError, match="F is not a capture"):
        read(b"GIF89a")
    foreign = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    with pytest.raises(CaptureError, match="F is not a capture"):
        read(foreign)
    with pytest.raises(CaptureError, match="newer evse-tui"):
        read(written(RECORDS).replace(b"evse-tui capture 1", b"evse-tui capture 2"))
    with pytest.raises(CaptureError, match="nothing was recorded"):
        read(encode_header((), 0))
