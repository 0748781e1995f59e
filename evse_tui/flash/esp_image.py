"""ESP32 firmware images: whether one is whole, and for this chip. Pure.

Format: Espressif, esptool documentation, "Firmware Image Format": a header of 24 bytes, segments of 8 bytes of header
and their data, zeros to one byte before a multiple of 16, a checksum, and a SHA-256 of all before it if the header
says so. The description of an application (ESP-IDF, esp_app_format) is at the start of its first segment.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from struct import Struct
from typing import Final

from evse_tui.flash.errors import RefusedError

MAGIC: Final = 0xE9
ESP32: Final = 0
"""Chip id."""
DIO: Final = 2
_MODES: Final = {0: "QIO", 1: "QOUT", 2: "DIO", 3: "DOUT"}
_HEADER: Final = Struct("<BBBBI8xHBHH4xB")
"""Magic, segments, flash mode, size and speed, entry, .. chip id, revisions, .., whether a hash follows."""
_SEGMENT: Final = Struct("<II")
_MOST_SEGMENTS: Final = 16
_SEED: Final = 0xEF
_HASH_SIZE: Final = 32
_DESCRIPTION: Final = Struct("<II8x32s32s")
"""Magic, secure version, .., version, project name."""
_DESCRIPTION_MAGIC: Final = 0xABCD5432


@dataclass(frozen=True, slots=True)
class EspImage:
    """What an image says of itself; empty where it says nothing (a bootloader does not)."""

    version: str
    project: str


def check(data: bytes, name: str) -> EspImage:
    """Reads an image.

    Raises:
        RefusedError: it is damaged, for another chip, or would drive pins that the board needs.
    """
    if len(data) < _HEADER.size or data[0] != MAGIC:
        raise RefusedError(f"{name} is no ESP32 firmware image.")
    _, segments, mode, _, _, chip, _, _, _, has_hash = _HEADER.unpack_from(data)
    if chip != ESP32:
        raise RefusedError(f"{name} is for another chip (id {chip}), not for the ESP32.")
    if mode != DIO:
        found = _MODES.get(mode, str(mode))
        raise RefusedError(f"{name} has flash mode {found}: only DIO leaves pins 9 and 10 of a v3.1 board to its lock.")
    end = _end_of_segments(data, segments, name)
    if has_hash:
        wanted = data[end : end + _HASH_SIZE]
        if hashlib.sha256(data[:end]).digest() != wanted:
            raise RefusedError(f"{name} does not fit its SHA-256: the file is damaged, build or copy it again.")
        end += _HASH_SIZE
    if len(data) != end:
        raise RefusedError(f"{name} has {len(data) - end} bytes after its end: it is damaged, build or copy it again.")
    return _describe(data)


def _end_of_segments(data: bytes, segments: int, name: str) -> int:
    incomplete = RefusedError(f"{name} ends before its last segment: it is incomplete, build or copy it again.")
    if not 0 < segments <= _MOST_SEGMENTS:
        raise RefusedError(f"{name} is no ESP32 firmware image: it has {segments} segments.")
    place = _HEADER.size
    checksum = _SEED
    for _ in range(segments):
        if place + _SEGMENT.size > len(data):
            raise incomplete
        _, size = _SEGMENT.unpack_from(data, place)
        place += _SEGMENT.size
        if place + size > len(data):
            raise incomplete
        for byte in data[place : place + size]:
            checksum ^= byte
        place += size
    end = (place | 15) + 1
    if end > len(data):
        raise incomplete
    if data[end - 1] != checksum:
        raise RefusedError(f"{name} has a wrong checksum: the file is damaged, build or copy it again.")
    return end


def _describe(data: bytes) -> EspImage:
    place = _HEADER.size + _SEGMENT.size
    if len(data) < place + _DESCRIPTION.size:
        return EspImage("", "")
    magic, _, version, project = _DESCRIPTION.unpack_from(data, place)
    if magic != _DESCRIPTION_MAGIC:
        return EspImage("", "")
    return EspImage(_text(version), _text(project))


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("ascii", "replace")
