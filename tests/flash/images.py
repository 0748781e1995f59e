"""Images to flash, whole ones and damaged ones, made here."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

DIO, QIO = 2, 0


def hex_record(kind: int, address: int, data: bytes) -> str:
    record = bytes((len(data),)) + address.to_bytes(2, "big") + bytes((kind,)) + data
    return ":" + (record + bytes((-sum(record) & 0xFF,))).hex().upper()


def hex_text(content: bytes, start: int = 0) -> str:
    rows = [hex_record(0, start + place, content[place : place + 16]) for place in range(0, len(content), 16)]
    return "\n".join([*rows, hex_record(1, 0, b"")]) + "\n"


def hex_file(folder: Path, content: bytes = bytes(range(200))) -> Path:
    path = folder / "evse.hex"
    path.write_text(hex_text(content))
    return path


def esp_app(
    content: bytes = b"", *, mode: int = DIO, chip: int = 0, hashed: bool = True, version: bytes = b"1.2.3"
) -> bytes:
    description = struct.pack("<II8x32s32s", 0xABCD5432, 0, version, b"evse") + content
    segments = [(0x3F400020, description), (0x40080000, bytes(40))]
    data = struct.pack("<BBBBI8xHBHH4xB", 0xE9, len(segments), mode, 0x20, 0x40081000, chip, 0, 0, 399, int(hashed))
    checksum = 0xEF
    for address, segment in segments:
        data += struct.pack("<II", address, len(segment)) + segment
        for byte in segment:
            checksum ^= byte
    data += bytes(15 - len(data) % 16) + bytes((checksum,))
    return data + hashlib.sha256(data).digest() if hashed else data


def esp_build(folder: Path, **changed: bytes) -> Path:
    """A build folder of ESP-IDF; `changed` replaces a file by the first word of its name."""
    files = {
        "0x1000": ("bootloader/bootloader.bin", esp_app(version=b"boot")),
        "0x8000": ("partition_table/partition-table.bin", b"\xaa\x50" + bytes(0xBFE)),
        "0x10000": ("evse.bin", esp_app(bytes(1000))),
    }
    build = folder / "build"
    for name, content in files.values():
        path = build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(changed.get(path.name.partition(".")[0].partition("-")[0], content))
    arguments = {
        "flash_files": {address: name for address, (name, _) in files.items()},
        "extra_esptool_args": {"chip": "esp32", "before": "default_reset", "after": "hard_reset", "stub": True},
    }
    (build / "flasher_args.json").write_text(json.dumps(arguments))
    return build
