"""Builds the shipped firmware as a shared library and opens it with cffi (ABI mode, no Python headers).

The library is kept in the user's cache directory under a name that hashes sources, flags and compiler, so that it is
built once; parallel processes may build at the same time, the last rename wins and all results are equal. Beside it
are its declarations as cffi's Python module: parsing the headers at each start would take as long as the first paint.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import cffi
import platformdirs

from evse_tui.errors import UserError

if TYPE_CHECKING:
    from _cffi_backend import FFI

CFLAGS: Final = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden")
WHOLE_PROGRAM: Final = "-flto"
"""Halves the time of a step; left out where the compiler has no linker for it."""
_ROOMS: Final = ("gen", "core", "link", "port", "port/sim")
_HEADERS: Final = ("port/sim/evse_sim.h", "port/sim/pilot.h", "port/sim/monitor.h")
"""What Python sees of the library: declarations in plain C."""
_MODULE: Final = "evse_sim"


class FirmwareError(UserError):
    """The simulated board can't be built; the message is one sentence for the user."""


class NoCompiler(FirmwareError):  # noqa: N818  # reads better where it is caught
    """There is no C compiler on this machine."""


def source_root() -> Path:
    """The folder with the C sources: `firmware/` of a checkout, or the copy inside an installed package.

    Raises:
        FirmwareError: neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package.parent / "firmware", package / "_firmware"):
        if (root / "port" / "sim" / "evse_sim.c").is_file():
            return root
    raise FirmwareError("the C sources of the simulated board are missing from this installation")


def compiler() -> list[str]:
    """The C compiler's command: `$CC`, else `cc`.

    Raises:
        NoCompiler: it can't be found.
    """
    command = shlex.split(os.environ.get("CC", "")) or ["cc"]
    if shutil.which(command[0]) is None:
        raise NoCompiler(
            f"no C compiler ({command[0]}) was found: the simulated board needs one; real boards do not. "
            "Install gcc or clang, or set CC"
        )
    return command


def build(extra_flags: Sequence[str] = (), cache: Path | None = None) -> Path:
    """The path of the library, built unless the cache (default: the user's) already has it.

    Raises:
        NoCompiler: there is no C compiler.
        FirmwareError: the sources are missing or do not compile, or the cache can't be made.
    """
    root = source_root()
    sources = [path for room in _ROOMS for path in sorted((root / room).glob("*.c"))]
    headers = [path for room in _ROOMS for path in sorted((root / room).glob("*.h"))]
    command = compiler()
    flags = (*CFLAGS, *extra_flags)
    kind = (command, flags, sys.platform, platform.machine(), cffi.__version__)
    digest = hashlib.sha256(repr(kind).encode())
    for path in (*sources, *headers):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)} {len(content)}\n".encode() + content)
    folder = platformdirs.user_cache_path("evse-tui", appauthor=False) if cache is None else cache
    library = folder / f"evse-sim-{digest.hexdigest()[:20]}.so"
    if library.is_file() and _declarations(library).is_file():
        return library
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FirmwareError(
            f"the simulated board can't be kept in {folder} ({error.strerror}): set XDG_CACHE_HOME"
        ) from error
    with tempfile.TemporaryDirectory(dir=folder, prefix="build-") as scratch:
        unfinished = Path(scratch) / library.name
        includes = [f"-I{root / room}" for room in _ROOMS]
        common = [*flags, *includes, *map(str, sources), "-o", str(unfinished)]
        done = _run([*command, WHOLE_PROGRAM, *common])
        if done.returncode != 0:
            done = _run([*command, *common])
        if done.returncode != 0:
            first = "\n".join(done.stderr.splitlines()[:8])
            raise FirmwareError(f"the simulated board does not compile with {command[0]}:\n{first}")
        _declared(root, Path(scratch)).replace(_declarations(library))
        unfinished.replace(library)
    return library


def _declarations(library: Path) -> Path:
    """The Python module with what can be called in a library."""
    return library.with_suffix(".py")


def _declared(root: Path, folder: Path) -> Path:
    """Writes that module into a folder."""
    parsed = cffi.FFI()
    for header in _HEADERS:
        parsed.cdef(_plain(root / header))
    parsed.set_source(_MODULE, None)
    return Path(parsed.compile(str(folder)))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # S603: the user's own compiler on our own sources
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


class Library:
    """The opened library: `ffi` for memory, `c` for functions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        module = ModuleType(_MODULE)
        SourceFileLoader(_MODULE, str(_declarations(path))).exec_module(module)
        self.ffi: FFI = module.ffi
        self.c: Any = self.ffi.dlopen(str(path))


def _plain(header: Path) -> str:
    """A header without its preprocessor lines."""
    return "\n".join(line for line in header.read_text().splitlines() if not line.startswith("#"))


@functools.cache
def load() -> Library:
    """The library for this process.

    Raises:
        NoCompiler: there is no C compiler.
        FirmwareError: the sources are missing or do not compile.
    """
    return Library(build())
