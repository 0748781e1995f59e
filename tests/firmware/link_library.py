"""The shipped link and codec as a library for the tests, compiled once per run with all warnings and a sanitizer."""

from __future__ import annotations

import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from cffi import FFI

from evse_protocol.framing import Frame

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
STRICT = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wpedantic")
SANITIZER = ("-fsanitize=undefined", "-fno-sanitize-recover=all")
INCLUDES = tuple(f"-I{FIRMWARE / room}" for room in ("gen", "core", "link"))
SOURCES = (
    *sorted((FIRMWARE / "gen").glob("*.c")),
    *sorted((FIRMWARE / "link").glob("*.c")),
    FIRMWARE / "core" / "crc32c.c",
    Path(__file__).with_name("link_shim.c"),
)


def declarations(header: Path) -> str:
    """What cffi reads of a plain C header: no preprocessor, no comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


@cache
def load() -> tuple[FFI, Any]:
    """(ffi, library); raises when the compiler warns."""
    ffi = FFI()
    for header in (FIRMWARE / "gen" / "evse_messages.h", Path(__file__).with_name("link_shim.h")):
        ffi.cdef(declarations(header))
    codec = declarations(FIRMWARE / "gen" / "evse_codec.h")
    ffi.cdef(codec.replace("bool ", "_Bool "))
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "link.so"
        command = ["cc", *STRICT, *SANITIZER, "-shared", "-fPIC", *INCLUDES, *map(str, SOURCES), "-o", str(library)]
        subprocess.run(command, check=True)
        return ffi, ffi.dlopen(str(library))


class FirmwareReader:
    """The board's frame reader with the interface of `FrameReader`; one at a time, its state is static."""

    def __init__(self, largest_payload: int = 240) -> None:
        self._ffi, self._library = load()
        self._library.shim_reader_reset(largest_payload)

    def feed(self, data: bytes) -> list[Frame]:
        frames: Any = self._ffi.new("shim_frame_t[]", len(data) + 1)
        count = self._library.shim_read(data, len(data), frames, len(frames))
        return [
            Frame(f.type, f.flags, f.session, f.sequence, bytes(self._ffi.buffer(f.payload)[: f.length]))
            for f in frames[0:count]
        ]


def firmware_encode(frame: Frame, offset: int = 0) -> bytes:
    """The board's bytes for a frame as often as the ring holds it, the first byte at `offset` of the ring."""
    ffi, library = load()
    head = {"type": frame.type, "flags": frame.flags, "session": frame.session, "sequence": frame.sequence}
    source: Any = ffi.new("shim_frame_t *", head)
    source.length = len(frame.payload)
    ffi.buffer(source.payload)[: len(frame.payload)] = frame.payload
    out = ffi.new("uint8_t[4096]")
    return bytes(ffi.buffer(out, library.shim_write(source, offset, out, 4096)))
