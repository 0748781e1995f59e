"""The shipped safety core as a library for the tests: compiled with all warnings and a sanitizer."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
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
CACHE = ROOT / ".pytest_cache" / "firmware"
STRICT = ("-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow", "-fno-strict-aliasing")
SANITIZER = ("-fsanitize=undefined", "-fno-sanitize-recover=all")
INCLUDES = tuple(f"-I{folder}" for folder in (CORE, GENERATED, HERE))
SOURCES = (*sorted(CORE.glob("*.c")), GENERATED / "evse_codec.c", HERE / "core_shim.c")
HEADERS = (
    GENERATED / "evse_messages.h",
    CORE / "evse_state.h",
    CORE / "evse.h",
    CORE / "core_internal.h",
    HERE / "core_shim.h",
)

Sabotage = Callable[[Any, Any], None]
"""Called with (evse, outputs) between a step's decision and its check."""


def declarations(header: Path) -> str:
    """What cffi reads of a plain C header: no preprocessor, no comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\\\n", "", text)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def build(sanitize: bool) -> Path:
    """Compiles the core and its test hooks, once per state of the sources; raises when the compiler warns."""
    flags = (*STRICT, *(SANITIZER if sanitize else ()), "-DEVSE_SABOTAGE", "-shared", "-fPIC")
    inputs = (*SOURCES, *HEADERS, GENERATED / "evse_codec.h")
    digest = hashlib.sha256(" ".join(flags).encode())
    for source in inputs:
        digest.update(source.read_bytes())
    library = CACHE / f"core-{digest.hexdigest()[:16]}.so"
    if not library.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", *flags, *INCLUDES, *map(str, SOURCES), "-o", str(unfinished)], check=True)
        unfinished.replace(library)
    return library


@cache
def load(sanitize: bool) -> tuple[Any, Any]:
    """(ffi, library) with every header of the core; the sizes that cffi computed are checked against the compiler's."""
    ffi: Any = FFI()
    for header in HEADERS:
        ffi.cdef(declarations(header))
    library: Any = ffi.dlopen(str(build(sanitize)))
    for which, name in enumerate(("evse_t", "evse_nv_t", "evse_inputs_t", "evse_outputs_t")):
        if ffi.sizeof(name) != library.shim_sizeof(which):
            raise RuntimeError(f"cffi and the compiler disagree on {name}")
    return ffi, library
