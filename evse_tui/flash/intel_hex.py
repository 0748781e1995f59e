"""Intel HEX: records to memory. Pure.

Format: Intel, Hexadecimal Object File Format Specification, revision A, 1988. A record is `:`, then in hexadecimal
the number of data bytes, a 16-bit address, the type, the data and a checksum that makes the sum of all bytes 0.
"""

from __future__ import annotations

from typing import Final

from evse_tui.flash.errors import RefusedError

_DATA, _END, _SEGMENT, _START_SEGMENT, _LINEAR, _START_LINEAR = range(6)
_AROUND_DATA: Final = 5
"""Bytes of a record besides its data."""


def read(text: str, name: str) -> dict[int, int]:
    """Each byte by its address.

    Raises:
        RefusedError: it is damaged or incomplete; names the line.
    """
    memory: dict[int, int] = {}
    base = 0
    ended = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if ended:
            raise RefusedError(f"{name} line {number}: something follows the end record.")
        kind, address, data = _record(line.strip(), f"{name} line {number}")
        if kind == _DATA:
            for place, byte in enumerate(data, base + address):
                if place in memory:
                    raise RefusedError(f"{name} line {number}: address 0x{place:04X} is written twice.")
                memory[place] = byte
        elif kind == _END:
            ended = True
        elif kind in (_SEGMENT, _LINEAR) and len(data) == 2:
            base = int.from_bytes(data, "big") << (4 if kind == _SEGMENT else 16)
        elif kind not in (_START_SEGMENT, _START_LINEAR):
            raise RefusedError(f"{name} line {number}: records of type {kind} are not known.")
    if not ended:
        raise RefusedError(f"{name} has no end record: it is incomplete, build or copy it again.")
    return memory


def _record(line: str, where: str) -> tuple[int, int, bytes]:
    try:
        record = bytes.fromhex(line[1:]) if line.startswith(":") else b""
    except ValueError:
        record = b""
    if len(record) < _AROUND_DATA or len(record) != _AROUND_DATA + record[0]:
        raise RefusedError(f"{where} is no Intel HEX record.")
    if sum(record) & 0xFF:
        raise RefusedError(f"{where} has a wrong checksum: the file is damaged, build or copy it again.")
    return record[3], int.from_bytes(record[1:3], "big"), record[4:-1]
