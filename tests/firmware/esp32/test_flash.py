"""Nonvolatile memory on a flash of our own: durable when told so, and a power cut loses one slot at most."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from cffi import FFI

from .library import FRAMEWORK, INCLUDES, PORT, STRICT, declarations
from .library import load as load_port

_FAKE: Final = Path(__file__).with_name("fake")
_SLOTS: Final = 4
_SECTOR: Final = 4096
_FOR_EVER: Final = -1
_PATIENCE: Final = 20
"""Calls in which a job must be done."""


@cache
def _load() -> tuple[FFI, Any]:
    ffi = FFI()
    for header in ("gen/evse_messages.h", "core/evse_state.h"):
        ffi.cdef(declarations(PORT.parents[1] / header))
    ffi.cdef("typedef struct { uint16_t offset; uint16_t length; const uint8_t *bytes; } evse_nv_job_t;")
    ffi.cdef("void port_nv_read(evse_nv_t *nv); bool port_nv_write(const evse_nv_job_t *job);")
    ffi.cdef(declarations(_FAKE / "flash.h"))
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "flash.so"
        files = (PORT / "main" / "flash.c", PORT / "nv_map.c", _FAKE / "flash.c")
        command = ["cc", *STRICT, "-shared", "-fPIC", *FRAMEWORK, f"-I{_FAKE}", *INCLUDES, *map(str, files)]
        command += ["-o", str(library)]
        subprocess.run(command, check=True)
        return ffi, ffi.dlopen(str(library))


_, PORT_LIB = load_port()
SLOTS: Final = [(s.offset, s.length) for s in map(PORT_LIB.nv_map_slot, range(_SLOTS))]


@pytest.fixture
def flash() -> Iterator[Any]:
    """An erased flash with its power on."""
    ffi, library = _load()
    fake: Any = library.fake_flash
    ffi.buffer(fake.bytes)[:] = b"\xff" * len(ffi.buffer(fake.bytes))
    fake.operations_left, fake.percent_of_last, fake.erased, fake.stuck, fake.absent = _FOR_EVER, 0, 0, 0, 0
    yield fake
    fake.operations_left, fake.stuck, fake.absent = _FOR_EVER, 0, 0
    assert _write(0, bytes(SLOTS[0][1]))  # the next test begins with a job of its own


def _write(slot: int, content: bytes) -> int:
    """Calls that it took, 0 if it was not done."""
    ffi, library = _load()
    offset, length = SLOTS[slot]
    assert len(content) == length
    kept = ffi.from_buffer("uint8_t[]", content)
    job: Any = ffi.new("evse_nv_job_t *", {"offset": offset, "length": length, "bytes": kept})
    return next((calls + 1 for calls in range(_PATIENCE) if library.port_nv_write(job)), 0)


def _read() -> bytes:
    ffi, library = _load()
    nv = ffi.new("evse_nv_t *")
    library.port_nv_read(nv)
    return bytes(ffi.buffer(nv))


def _content(slot: int, salt: int = 0) -> bytes:
    return bytes((slot * 41 + salt * 7 + i) & 0xFF for i in range(SLOTS[slot][1]))


def _slot(memory: bytes, slot: int) -> bytes:
    offset, length = SLOTS[slot]
    return memory[offset : offset + length]


def test_an_unwritten_flash_reads_as_blank(flash: Any) -> None:
    assert set(_read()) == {0xFF}
    flash.bytes[0] = 0
    assert _read()[0] == 0


def test_every_slot_comes_back_and_can_be_written_again(flash: Any) -> None:
    for salt in range(3):
        for slot in range(_SLOTS):
            assert _write(slot, _content(slot, salt))
    assert _read() == b"".join(_content(slot, 2) for slot in range(_SLOTS))
    assert flash.erased == 3 * _SLOTS


def test_each_call_does_one_operation_only(flash: Any) -> None:
    """Erase, write, and the reading that proves it."""
    assert _write(0, _content(0)) == 3
    assert flash.erased == 1


@pytest.mark.parametrize("percent", [0, 1, 50, 99, 100])
@pytest.mark.parametrize("operations", [1, 2])
@pytest.mark.parametrize("slot", range(_SLOTS))
def test_a_power_cut_harms_the_slot_being_written_alone(flash: Any, slot: int, operations: int, percent: int) -> None:
    for other in range(_SLOTS):
        assert _write(other, _content(other))
    flash.operations_left, flash.percent_of_last = operations, percent
    done = _write(slot, _content(slot, 9))
    memory = _read()
    assert not done or _slot(memory, slot) == _content(slot, 9)
    assert [_slot(memory, o) for o in range(_SLOTS) if o != slot] == [_content(o) for o in range(_SLOTS) if o != slot]


def test_a_bit_that_does_not_take_is_never_called_durable(flash: Any) -> None:
    flash.stuck = 0x10
    assert not _write(1, bytes(SLOTS[1][1]))
    flash.stuck = 0
    assert _write(1, _content(1))
    assert _slot(_read(), 1) == _content(1)


def test_a_flash_without_the_partition_is_blank_and_keeps_nothing(flash: Any) -> None:
    assert _write(2, _content(2))
    flash.absent = 1
    assert set(_read()) == {0xFF}
    assert not _write(2, _content(2))
