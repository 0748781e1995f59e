"""The shipped safety core as a library for the tests: compiled once per run with all warnings and a sanitizer."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from cffi import FFI

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
CORE = FIRMWARE / "core"
GENERATED = FIRMWARE / "gen"
HERE = Path(__file__).parent
STRICT = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow", "-fno-strict-aliasing")
SANITIZER = ("-fsanitize=undefined", "-fno-sanitize-recover=all")
INCLUDES = tuple(f"-I{folder}" for folder in (CORE, GENERATED, HERE))
SOURCES = (*sorted(CORE.glob("*.c")), GENERATED / "evse_codec.c", HERE / "core_shim.c")
HEADERS = (GENERATED / "evse_messages.h", CORE / "evse_state.h", CORE / "evse.h", HERE / "core_shim.h")

Sabotage = Callable[[Any, Any], None]
"""Called with (evse, outputs) between a step's decision and its check."""


def declarations(header: Path) -> str:
    """What cffi reads of a plain C header: no preprocessor, no comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def build(library: Path, *extra: str) -> None:
    """Compiles the core and its test hooks; raises when the compiler warns."""
    command = ["cc", *STRICT, *extra, "-DEVSE_SABOTAGE", "-shared", "-fPIC", *INCLUDES, *map(str, SOURCES)]
    subprocess.run([*command, "-o", str(library)], check=True)


@cache
def load(sanitize: bool = True) -> tuple[FFI, Any]:
    """(ffi, library) with evse.h and core_shim.h; the sizes that cffi computed are checked against the compiler's."""
    ffi = FFI()
    for header in HEADERS:
        ffi.cdef(declarations(header))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "core.so"
        build(path, *(SANITIZER if sanitize else ()))
        library: Any = ffi.dlopen(str(path))
    for which, name in enumerate(("evse_t", "evse_nv_t", "evse_inputs_t", "evse_outputs_t")):
        if ffi.sizeof(name) != library.shim_sizeof(which):
            raise RuntimeError(f"cffi and the compiler disagree on {name}")
    return ffi, library
