"""Recorded bytes in words: one line for each frame, with field names and units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from evse_protocol.framing import DELIMITER, RETRANSMISSION, Frame, decode_frame
from evse_protocol.messages import INACTIVE_DA, MESSAGES
from evse_protocol.payloads import PayloadError, decode_payload
from evse_protocol.schema import Field

_NAMES: Final = {message.id: message.name for message in MESSAGES}
_TENTHS: Final = {"0.1 A": "A", "0.1 C": "°C", "0.1 %": "%"}
_HEXADECIMAL: Final = frozenset({"host_id", "session", "schema", "capabilities", "config_crc"})
_SHOWN_BYTES: Final = 32


def describe_frames(data: bytes) -> list[str]:
    """One line for each piece between zero bytes: a frame with its fields, or what is wrong with it.

    What comes before the first zero byte may be the middle of something, such as a boot loader's text; what follows the
    last one is unfinished.
    """
    *pieces, rest = data.split(DELIMITER)
    lines = [_describe_piece(piece, first=number == 0) for number, piece in enumerate(pieces) if piece]
    if rest:
        lines.append(f"unfinished: {_raw(rest)}")
    return lines


def describe_frame(frame: Frame) -> str:
    """A frame in words: name, session, sequence, then its fields or why they can't be read."""
    words = _words(frame)
    head = f"{words.name} session {frame.session:08x} sequence {frame.sequence}{' again' if words.again else ''}"
    return f"{head}: {words.fields}" if words.fields else head


@dataclass(frozen=True, slots=True)
class FrameWords:
    """One piece of the wire in words."""

    name: str
    """Of the message; `damaged` if it is no frame."""
    sequence: int | None
    again: bool
    """Whether it was sent before."""
    fields: str
    """With their values; why they can't be read; or the bytes."""


def describe_piece(data: bytes) -> FrameWords:
    """The bytes up to and with a zero byte."""
    stuffed = data.removesuffix(DELIMITER)
    frame = decode_frame(stuffed)
    return FrameWords("damaged", None, False, _raw(stuffed)) if frame is None else _words(frame)


def _words(frame: Frame) -> FrameWords:
    again = bool(frame.flags & RETRANSMISSION)
    name = _NAMES.get(frame.type)
    if name is None:
        return FrameWords(f"unknown type 0x{frame.type:02x}", frame.sequence, again, _raw(frame.payload))
    try:
        payload = decode_payload(frame.type, frame.payload)
    except PayloadError as error:
        return FrameWords(name, frame.sequence, again, f"not allowed: {error}")
    fields = ", ".join(_describe_field(field, getattr(payload, field.label)) for field in payload.MESSAGE.fields)
    return FrameWords(name, frame.sequence, again, fields)


def describe_bytes(data: bytes) -> str:
    """One piece of the wire, with its zero byte: a frame, or what is wrong with it."""
    return _describe_piece(data.removesuffix(DELIMITER), first=False)


def _describe_piece(piece: bytes, *, first: bool) -> str:
    frame = decode_frame(piece)
    if frame is not None:
        return describe_frame(frame)
    return f"{'before the first frame' if first else 'damaged'}: {_raw(piece)}"


def _describe_field(field: Field, value: object) -> str:
    if isinstance(value, tuple):
        text = "[" + ", ".join(_describe_value(field, item) for item in value) + "]"
    else:
        text = _describe_value(field, value)
    return f"{field.label} {text}"


def _describe_value(field: Field, value: object) -> str:
    if isinstance(value, bytes) and field.label == "text" and value.isascii():
        return repr(value.decode("ascii"))
    if isinstance(value, bytes):
        return value.hex(" ") or "empty"
    if isinstance(value, IntFlag):
        return value.name or "none"
    if isinstance(value, IntEnum):
        return value.name
    if not isinstance(value, int):
        return str(value)
    if field.label == "command" and value in _NAMES:
        return _NAMES[value]
    if field.label in _HEXADECIMAL:
        return f"{value:08x}"
    if field.unit == "0.1 A" and value == INACTIVE_DA:
        return "inactive"
    if field.unit in _TENTHS:
        return f"{value} ({value / 10:.1f} {_TENTHS[field.unit]})"
    return f"{value} {field.unit}".rstrip()


def _raw(data: bytes) -> str:
    shown = data[:_SHOWN_BYTES]
    more = f" and {len(data) - len(shown)} more" if len(data) > len(shown) else ""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in shown)
    return f"{len(data)} bytes: {shown.hex(' ')}{more} |{text}|"
