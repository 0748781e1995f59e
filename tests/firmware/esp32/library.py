"""The plain C of the ESP32 port as a library for the tests, compiled once per run with all warnings and a sanitizer."""

from __future__ import annotations

import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from cffi import FFI

FIRMWARE: Final = Path(__file__).parents[3] / "firmware"
PORT: Final = FIRMWARE / "port" / "esp32"
STRICT: Final = ("-std=c11", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow", "-Wpedantic")
_SANITIZER: Final = ("-fsanitize=undefined", "-fno-sanitize-recover=all")
INCLUDES: Final = tuple(f"-I{folder}" for folder in (*(FIRMWARE / n for n in ("gen", "core", "link", "port")), PORT))
FRAMEWORK: Final = (
    '-DEVSE_GUARD_HEADER="guard_esp32.h"',
    f"-I{PORT / 'main'}",
    f"-I{PORT / 'components/evse'}",
    f"-I{Path(__file__).with_name('framework')}",
)
"""What main/ needs beyond the plain C."""
_HEADERS: Final = (
    FIRMWARE / "gen" / "evse_messages.h",
    FIRMWARE / "core" / "evse_state.h",
    FIRMWARE / "core" / "evse.h",
    *(PORT / f"{n}.h" for n in ("board", "scale", "cycle", "nv_map", "bus", "light", "card", "panel", "screen")),
)
_NUMBER: Final = re.compile(r"#define \w+ (0x)?[0-9A-Fa-f]+u?$")


def declarations(header: Path) -> str:
    """What cffi reads of a plain C header: declarations and numbers, no comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if not line.startswith("#") or _NUMBER.match(line))


def sources() -> list[Path]:
    return sorted(PORT.glob("*.c"))


@cache
def load() -> tuple[FFI, Any]:
    """(ffi, library); raises when the compiler warns."""
    ffi = FFI()
    ffi.cdef("#define INT16_MAX 32767")
    for header in _HEADERS:
        ffi.cdef(declarations(header))
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "esp32.so"
        files = map(str, sources())
        command = ["cc", *STRICT, *_SANITIZER, "-shared", "-fPIC", *INCLUDES, *files, "-o", str(library)]
        subprocess.run(command, check=True)
        return ffi, ffi.dlopen(str(library))


def new(declared: str, initial: Any = None) -> Any:
    """A C object of the test's own, without a static type."""
    return load()[0].new(declared, initial)
