"""Frames on the serial line: header, payload, CRC-32C; COBS-stuffed and ended by a zero byte.

Both a length and a 32-bit CRC: a CRC inside byte stuffing loses its Hamming guarantee, because one flipped bit in a
stuffing byte moves all that follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812  # it is a class
from typing import Final

from cobs import cobs
from fastcrc import crc32

from evse_protocol.messages import LARGEST_PAYLOAD

RETRANSMISSION: Final = 0x01
"""Flag bit 0: these bytes were sent before, flag aside. The other bits are reserved and must be 0."""
DELIMITER: Final = b"\x00"
HEADER: Final = Struct("<BBIHB")
"""type, flags, session, sequence, payload length."""
_CRC: Final = Struct("<I")
OVERHEAD: Final = HEADER.size + _CRC.size
LARGEST_BODY: Final = OVERHEAD + LARGEST_PAYLOAD
LARGEST_STUFFED: Final = LARGEST_BODY + 1
"""COBS adds one byte to at most 254; without the delimiter."""

crc32c = crc32.iscsi
"""CRC-32C (Castagnoli), of which 123456789 gives 0xE3069283."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `session` has 32 bits, `sequence` 16, `payload` at most 240 bytes."""

    type: int
    flags: int
    session: int
    sequence: int
    payload: bytes


def encode_frame(frame: Frame) -> bytes:
    """The bytes for the line, delimiter included; `ValueError` when a part is out of range."""
    payload = frame.payload
    if len(payload) > LARGEST_PAYLOAD:
        raise ValueError(f"A payload of {len(payload)} bytes is longer than {LARGEST_PAYLOAD}.")
    if frame.flags & ~RETRANSMISSION:
        raise ValueError(f"The flags 0x{frame.flags:02X} have reserved bits.")
    try:
        body = HEADER.pack(frame.type, frame.flags, frame.session, frame.sequence, len(payload)) + payload
    except StructError as error:
        raise ValueError(f"A frame header is out of range: {error}.") from error
    stuffed: bytes = cobs.encode(body + _CRC.pack(crc32c(body)))
    return stuffed + DELIMITER


def decode_frame(stuffed: bytes) -> Frame | None:
    """The frame between two delimiters, or None when the bytes are not exactly one valid frame."""
    if not OVERHEAD < len(stuffed) <= LARGEST_STUFFED:
        return None
    try:
        body: bytes = cobs.decode(stuffed)
    except cobs.DecodeError:
        return None
    size = len(body)
    # OVERHEAD first, because it may be shorter than its stuffing promised.
    if size < OVERHEAD or size != OVERHEAD + body[HEADER.size - 1]:
        return None
    if crc32c(body[:-4]) != _CRC.unpack_from(body, size - 4)[0]:
        return None
    kind, flags, session, sequence, _ = HEADER.unpack_from(body)
    if flags & ~RETRANSMISSION:
        return None
    return Frame(kind, flags, session, sequence, body[HEADER.size : -4])


class FrameReader:
    """Cuts a stream into frames. Any zero byte resynchronises; memory is bounded by one frame and the fed chunk.

    What came before the first zero is the middle of something unknown, such as the boot loader's text: it counts as
    garbage, not as damage.
    """

    __slots__ = ("_overflowing", "_pending", "_synchronised", "damaged", "frames", "garbage_bytes", "oversize")

    def __init__(self) -> None:
        self._pending = b""
        self._overflowing = False
        self._synchronised = False
        self.frames = 0
        """Valid frames."""
        self.damaged = 0
        """Delimited pieces that were not a frame, oversize ones included."""
        self.oversize = 0
        """Pieces longer than any frame; dropped up to the next zero."""
        self.garbage_bytes = 0
        """Bytes that belonged to no frame, delimiters aside."""

    def feed(self, data: bytes) -> list[Frame]:
        """Takes bytes in any portions; returns the frames that are complete now, in order."""
        *pieces, rest = (self._pending + data).split(DELIMITER)
        frames = []
        for piece in pieces:
            frame = self._piece(piece)
            if frame is not None:
                frames.append(frame)
        if len(rest) > LARGEST_STUFFED or self._overflowing:
            self._overflowing = True
            self.garbage_bytes += len(rest)
            rest = b""
        self._pending = rest
        return frames

    def _piece(self, piece: bytes) -> Frame | None:
        overflowing, self._overflowing = self._overflowing, False
        synchronised, self._synchronised = self._synchronised, True
        if not piece and not overflowing:
            return None
        oversize = overflowing or len(piece) > LARGEST_STUFFED
        frame = None if oversize else decode_frame(piece)
        if frame is not None:
            self.frames += 1
            return frame
        self.garbage_bytes += len(piece)
        if synchronised:
            self.damaged += 1
            self.oversize += oversize
        return None
