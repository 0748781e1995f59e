"""The capture file: what went over the wire of one or more boards, and what the meters said, with times. Pure.

It is a subset of pcapng (draft-ietf-opsawg-pcapng), so that Wireshark opens it as it is; `protocol/wireshark/evse.lua`
shows the frames. All of it is little-endian, in this order:

- one Section Header Block, version 1.0, with the option shb_userappl `evse-tui capture 2`: the 2 is `VERSION`;
- one Interface Description Block for each board: link type 147 (USER0), if_name the port, if_description the charger's
  id, a space and its name, if_tsresol 3 (ms), if_tsoffset the whole second of wall time at which the capture's clock
  reads 0;
- then, in a capture of a site, one Interface Description Block for its meters: link type 148 (USER1), if_name `meters`;
  if_description and opt_comment say what the packets are;
- Enhanced Packet Blocks in order of time. The time stamp is on a monotonic clock, in ms. One packet is one piece of
  the wire: the bytes up to and with a zero byte, or the longest possible frame without one. epb_flags tells the
  direction, 1 from the board, 2 to it. A piece with the comment `remembered` went over the wire before the capture
  began: the greeting, without which the rest can't be understood.
- A packet without bytes and direction is a mark, its comment says of what: `opened`, `closed`, `failed SENTENCE` (the
  port could not be opened), `lost N` (pieces that were not written because the disk did not follow), or `note {..}`
  (what the host meant, as JSON; see `evse_tui.replay.notes`).
- A packet of the meters' interface is one reading that reached the site, a JSON object in UTF-8: docs/captures.md tells
  its fields, `evse_tui.replay.readings` reads and writes them. One with the comment `remembered` arrived before the
  capture began.

Version 1 had no meters; it is read as well.

A reader ends at the first block that is not whole: after a power cut the tail may be missing or zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from struct import Struct
from typing import BinaryIO, Final

from evse_tui.errors import UserError

VERSION: Final = 2
_READ: Final = (1, 2)
MAGIC: Final = b"\x0a\x0d\x0d\x0a"
"""The first bytes of every pcapng file."""
OPENED: Final = "opened"
CLOSED: Final = "closed"
FAILED: Final = "failed "
REMEMBERED: Final = "remembered"
NOTE: Final = "note "
LOST: Final = "lost "

_APPLICATION: Final = "evse-tui capture "
_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_PACKET: Final = 6
_USER0, _USER1 = 147, 148
_ORDER: Final = 0x1A2B3C4D
_UNKNOWN_LENGTH: Final = 0xFFFF_FFFF_FFFF_FFFF
_COMMENT, _USER_APPLICATION = 1, 4
_NAME, _DESCRIPTION, _RESOLUTION, _OFFSET = 2, 3, 9, 14
_METERS: Final = (
    (_NAME, "meters"),
    (_DESCRIPTION, "readings that reach the site, one JSON object in each packet"),
    (_COMMENT, "UTF-8 JSON; _da 0.1 A, _w W, _wh Wh, _ms ms; + is import or charging; evse-tui's docs/captures.md"),
)
_FLAGS: Final = 2
_MS: Final = 3
_LARGEST_BLOCK: Final = 1 << 16

_BLOCK: Final = Struct("<II")
_LENGTH: Final = Struct("<I")
_SECTION_BODY: Final = Struct("<IHHQ")
_INTERFACE_BODY: Final = Struct("<HHI")
_PACKET_BODY: Final = Struct("<IIIII")
_OPTION: Final = Struct("<HH")
_SECONDS: Final = Struct("<q")
_PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")


class CaptureError(UserError):
    """A capture can't be read or written: one sentence."""


@unique
class Direction(Enum):
    """Which way a piece went; the value is the sign that users read."""

    FROM_BOARD = "<"
    TO_BOARD = ">"


_CODES: Final = {Direction.FROM_BOARD: 1, Direction.TO_BOARD: 2}
_DIRECTIONS: Final = {code: direction for direction, code in _CODES.items()}
_DIRECTION_OPTIONS: Final = {direction: Struct("<HHI").pack(_FLAGS, 4, code) for direction, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """One board of a capture."""

    port: str
    charger_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A piece of the wire, or a mark (no direction, no data)."""

    link: int
    """Index of the board."""
    at_ms: int
    """On the capture's clock."""
    direction: Direction | None
    data: bytes
    comment: str = ""


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """What a meter said."""

    at_ms: int
    """On the capture's clock."""
    data: bytes
    """A JSON object."""
    comment: str = ""


def encode_header(links: Sequence[Link], start_s: int, *, meters: bool = False) -> bytes:
    """What a file begins with; `start_s` is the whole second of wall time at which its clock reads 0."""
    application = _option(_USER_APPLICATION, f"{_APPLICATION}{VERSION}".encode())
    section = _block(_SECTION, _SECTION_BODY.pack(_ORDER, 1, 0, _UNKNOWN_LENGTH), application)
    interfaces = [
        _interface(_USER0, start_s, ((_NAME, link.port), (_DESCRIPTION, f"{link.charger_id} {link.name}".rstrip())))
        for link in links
    ]
    if meters:
        interfaces.append(_interface(_USER1, start_s, _METERS))
    return section + b"".join(interfaces)


def encode_record(record: Record) -> bytes:
    """One packet of a board's link."""
    return _encode_packet(record.link, record.at_ms, record.data, record.comment, record.direction)


def encode_reading(reading: MeterRecord, links: int) -> bytes:
    """One packet of the meters, whose interface follows those of so many `links`."""
    return _encode_packet(links, reading.at_ms, reading.data, reading.comment, None)


def _encode_packet(interface: int, at_ms: int, data: bytes, comment: str, direction: Direction | None) -> bytes:
    size = len(data)
    body = _PACKET_BODY.pack(interface, at_ms >> 32, at_ms & 0xFFFF_FFFF, size, size)
    options = _option(_COMMENT, comment.encode()) if comment else b""
    if direction is not None:
        options += _DIRECTION_OPTIONS[direction]
    return _block(_PACKET, body + data + _PADDING[size % 4], options)


class Capture:
    """A capture to read, as often as needed. Its header is read at once."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """`file` must be seekable; it stays the caller's.

        Raises:
            CaptureError: it is not a capture of ours.
        """
        self._file = file
        self._name = name
        self.links: tuple[Link, ...] = ()
        self.has_meters = False
        self.start_s = 0
        """Wall time at which the capture's clock reads 0."""
        self.cut = False
        """Whether reading ended before the file did: its tail is damaged."""
        self._first = self._read_header()

    def records(self, offset: int | None = None) -> Iterator[tuple[int, Record | MeterRecord]]:
        """Each record or reading after its place in the file, from the beginning or a place that was told before."""
        place = self._first if offset is None else offset
        while True:
            self._file.seek(place)
            kind, body = self._read_block()
            if kind is None:
                return
            if kind == _PACKET:
                record = self._packet(body)
                if record is None:
                    self.cut = True
                    return
                yield place, record
            place += len(body) + _BLOCK.size + _LENGTH.size

    def _read_header(self) -> int:
        self._file.seek(0)
        kind, body = self._read_block()
        known = kind == _SECTION and len(body) >= _SECTION_BODY.size and _SECTION_BODY.unpack_from(body)[0] == _ORDER
        application = _options(body[_SECTION_BODY.size :]).get(_USER_APPLICATION, b"").decode("utf-8", "replace")
        if not known or not application.startswith(_APPLICATION):
            raise CaptureError(f"{self._name} is not a capture of evse-tui.")
        if application not in [f"{_APPLICATION}{version}" for version in _READ]:
            raise CaptureError(f"{self._name} is a capture of a newer evse-tui: update this one.")
        links = []
        while True:
            place = self._file.tell()
            kind, body = self._read_block()
            if kind != _INTERFACE or len(body) < _INTERFACE_BODY.size or self.has_meters:
                break
            if _INTERFACE_BODY.unpack_from(body)[0] == _USER1:
                self.has_meters = True
                continue
            options = _options(body[_INTERFACE_BODY.size :])
            names = [options.get(code, b"").decode("utf-8", "replace") for code in (_NAME, _DESCRIPTION)]
            links.append(Link(names[0], *names[1].split(" ", 1)))
            offset = options.get(_OFFSET, b"")
            if len(offset) == _SECONDS.size:
                self.start_s = _SECONDS.unpack(offset)[0]
        self.cut = False
        if not links:
            raise CaptureError(f"{self._name} ends before its first board: nothing was recorded.")
        self.links = tuple(links)
        return place

    def _read_block(self) -> tuple[int | None, bytes]:
        """Kind and body, or None at the end or where the file is damaged."""
        head = self._file.read(_BLOCK.size)
        if len(head) < _BLOCK.size:
            self.cut = bool(head)
            return None, b""
        kind, length = _BLOCK.unpack(head)
        rest = length - _BLOCK.size
        if not _LENGTH.size <= rest <= _LARGEST_BLOCK or length % 4:
            self.cut = True
            return None, b""
        body = self._file.read(rest)
        if len(body) < rest or _LENGTH.unpack_from(body, rest - _LENGTH.size)[0] != length:
            self.cut = True
            return None, b""
        return kind, body[: -_LENGTH.size]

    def _packet(self, body: bytes) -> Record | MeterRecord | None:
        if len(body) < _PACKET_BODY.size:
            return None
        link, high, low, size, _original = _PACKET_BODY.unpack_from(body)
        end = _PACKET_BODY.size + size
        if link >= len(self.links) + self.has_meters or end > len(body):
            return None
        options = _options(body[end + len(_PADDING[size % 4]) :])
        flags = (options.get(_FLAGS) or b"\0")[0] & 3
        comment = options.get(_COMMENT, b"").decode("utf-8", "replace")
        at_ms, data = high << 32 | low, body[_PACKET_BODY.size : end]
        if link == len(self.links):
            return MeterRecord(at_ms, data, comment)
        return Record(link, at_ms, _DIRECTIONS.get(flags), data, comment)


def _interface(link_type: int, start_s: int, words: Iterable[tuple[int, str]]) -> bytes:
    options = b"".join([_option(code, text.encode()) for code, text in words])
    options += _option(_RESOLUTION, bytes((_MS,))) + _option(_OFFSET, _SECONDS.pack(start_s))
    return _block(_INTERFACE, _INTERFACE_BODY.pack(link_type, 0, 0), options)


def _block(kind: int, body: bytes, options: bytes) -> bytes:
    end = _OPTION.pack(0, 0) if options else b""
    length = _BLOCK.size + len(body) + len(options) + len(end) + _LENGTH.size
    return b"".join((_BLOCK.pack(kind, length), body, options, end, _LENGTH.pack(length)))


def _option(code: int, value: bytes) -> bytes:
    return _OPTION.pack(code, len(value)) + value + _PADDING[len(value) % 4]


def _options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place + _OPTION.size <= len(data):
        code, size = _OPTION.unpack_from(data, place)
        if code == 0:
            break
        place += _OPTION.size
        found[code] = data[place : place + size]
        place += size + len(_PADDING[size % 4])
    return found
