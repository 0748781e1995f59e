"""The capture file: what is written is read, whatever is cut off."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.board.recording_file import (
    Capture,
    CaptureError,
    Direction,
    Link,
    MeterRecord,
    Record,
    encode_header,
    encode_reading,
    encode_record,
)

LINKS = (Link("/dev/ttyUSB0", "1", "Garage left"), Link("socket://host:1", "yard"))
RECORDS = (
    Record(0, 0, None, b"", "opened"),
    Record(0, 3, Direction.TO_BOARD, b"\x03abc\x00", "remembered"),
    Record(1, 4, Direction.FROM_BOARD, b"\x02\x01\x00"),
    MeterRecord(5, b'{"meter":"pv"}', "remembered"),
    Record(0, 1 << 40, Direction.FROM_BOARD, b"\x00"),
)
Any = Record | MeterRecord
record = st.builds(
    Record,
    st.integers(0, 1),
    st.integers(0, 1 << 50),
    st.sampled_from([None, *Direction]),
    st.binary(max_size=260),
    st.text(max_size=30),
)
reading = st.builds(MeterRecord, st.integers(0, 1 << 50), st.binary(max_size=260), st.text(max_size=30))


def written(records: Sequence[Any]) -> bytes:
    return encode_header(LINKS, 1_700_000_000, meters=True) + b"".join(
        encode_record(found) if isinstance(found, Record) else encode_reading(found, len(LINKS)) for found in records
    )


def read(data: bytes) -> tuple[list[Any], bool]:
    capture = Capture(io.BytesIO(data), "F")
    return [found for _, found in capture.records()], capture.cut


@given(st.lists(record | reading, max_size=6))
def test_what_is_written_is_read(records: list[Any]) -> None:
    assert read(written(records)) == (records, False)


def test_the_header_says_who_and_when() -> None:
    capture = Capture(io.BytesIO(written(RECORDS)), "F")
    assert capture.links == LINKS
    assert capture.has_meters
    assert capture.start_s == 1_700_000_000


def test_every_cut_leaves_what_was_whole() -> None:
    data = written(RECORDS)
    begin = len(encode_header(LINKS, 0, meters=True))
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


def test_a_capture_of_the_first_version_has_no_meters() -> None:
    boards_only = [found for found in RECORDS if isinstance(found, Record)]
    data = encode_header(LINKS, 1_700_000_000) + b"".join(map(encode_record, boards_only))
    capture = Capture(io.BytesIO(data.replace(b"evse-tui capture 2", b"evse-tui capture 1")), "F")
    assert capture.links == LINKS
    assert not capture.has_meters
    assert [found for _, found in capture.records()] == boards_only
    stray = data + encode_reading(MeterRecord(9, b"{}"), len(LINKS))
    assert read(stray) == (boards_only, True)


def test_the_meters_have_an_interface_that_explains_itself() -> None:
    """What other tools go by, read without our reader: type, interface and packet numbers of pcapng."""
    data, blocks = written(RECORDS), []
    while data:
        kind, size = struct.unpack_from("<II", data)
        blocks.append((kind, data[8 : size - 4]))
        data = data[size:]
    interfaces = [body for kind, body in blocks if kind == 1]
    assert [struct.unpack_from("<H", body)[0] for body in interfaces] == [147, 147, 148]
    assert b"meters" in interfaces[-1]
    assert b"JSON" in interfaces[-1]
    packets = [body for kind, body in blocks if kind == 6]
    assert [body[20:34] for body in packets if struct.unpack_from("<I", body)[0] == 2] == [b'{"meter":"pv"}']


def test_others_are_refused_in_a_sentence() -> None:
    with pytest.raises(CaptureError, match="F is not a capture"):
        read(b"GIF89a")
    foreign = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    with pytest.raises(CaptureError, match="F is not a capture"):
        read(foreign)
    with pytest.raises(CaptureError, match="newer evse-tui"):
        read(written(RECORDS).replace(b"evse-tui capture 2", b"evse-tui capture 3"))
    with pytest.raises(CaptureError, match="nothing was recorded"):
        read(encode_header((), 0))
