"""Markdown: the tables of protocol/SPEC.md, between `<!-- generated: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntFlag
from typing import Final

from evse_protocol import messages
from evse_protocol.codegen.names import schema_hash
from evse_protocol.framing import HEADER, LARGEST_STUFFED, OVERHEAD
from evse_protocol.schema import SIZE, EnumType, Field, Kind, Message

_SECTION: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def spec_md(text: str) -> str:
    """SPEC.md with its tables brought up to date; `ValueError` when a table has no place in it."""
    places = {match[2] for match in _SECTION.finditer(text)}
    if places != set(_TABLES):
        raise ValueError(f"SPEC.md has places for {sorted(places)}, there are tables for {sorted(_TABLES)}.")
    return _SECTION.sub(lambda match: f"{match[1]}\n{_TABLES[match[2]]()}\n{match[3]}", text)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _constants() -> str:
    return _table(
        ("Constant", "Value"),
        [
            ("protocol version", str(messages.PROTOCOL_VERSION)),
            ("schema hash", f"0x{schema_hash():08X}"),
            ("frame header", f"{HEADER.size} bytes"),
            ("header and CRC", f"{OVERHEAD} bytes"),
            (
                "longest payload",
                f"{messages.LARGEST_PAYLOAD} bytes; {messages.SMALLEST_BOARD_PAYLOAD} on a small board",
            ),
            ("longest stuffed frame", f"{LARGEST_STUFFED} bytes and the delimiter"),
            ("longest lease", f"{messages.LONGEST_LEASE_MS} ms"),
            ("highest limit", f"{messages.HIGHEST_LIMIT_DA} x 0.1 A"),
            ("inactive slot", str(messages.INACTIVE_DA)),
        ],
    )


def _index() -> str:
    return _table(
        ("Id", "Message", "Way", "Command", "Payload bytes"),
        [
            (
                f"0x{message.id:02X}",
                f"[{message.name}](#{message.name.lower()})",
                message.way.value,
                "yes" if message.command else "",
                _size(message),
            )
            for message in messages.MESSAGES
        ],
    )


def _size(message: Message) -> str:
    return str(message.smallest) if message.smallest == message.largest else f"{message.smallest}-{message.largest}"


def _payloads() -> str:
    parts = []
    for message in messages.MESSAGES:
        parts.append(f"### {message.name}\n\n0x{message.id:02X}, {message.way.value}. {message.doc}\n")
        if not message.fields:
            parts.append("No payload.\n")
            continue
        rows = []
        offset = 0
        for field in message.fields:
            rows.append((str(offset), field.label, _type(field), field.unit, _bounds(field), field.doc))
            offset += SIZE[field.kind] * field.count
        parts.append(_table(("Offset", "Field", "Type", "Unit", "Bounds", "Meaning"), rows))
    return "\n".join(parts)


def _type(field: Field) -> str:
    match field.kind:
        case Kind.U16_ARRAY:
            return f"u16 x {field.count}"
        case Kind.I16_REST:
            return f"i16 x 0-{field.count}"
        case Kind.BYTES_REST:
            return f"bytes, 0-{field.count}"
        case _:
            return str(field.kind.value)


def _bounds(field: Field) -> str:
    if field.enum is not None:
        return f"[{field.enum.__name__}](#{field.enum.__name__.lower()})"
    if field.allowed:
        return ", ".join(str(int(value)) for value in field.allowed)
    return "" if (field.lowest, field.highest) == field.range else f"{field.lowest}-{field.highest}"


def _enumerations() -> str:
    return "\n".join(_enumeration(enum) for enum in messages.ENUMS)


def _enumeration(enum: EnumType) -> str:
    doc = (enum.__doc__ or "").strip()
    if issubclass(enum, IntFlag):
        rows = [(f"0x{int(member):04X}", str(member.name)) for member in enum]
        return f"### {enum.__name__}\n\n{doc} Bits.\n\n{_table(('Bit', 'Name'), rows)}"
    rows = [(str(int(member)), str(member.name)) for member in enum]
    return f"### {enum.__name__}\n\n{doc}\n\n{_table(('Value', 'Name'), rows)}"


_TABLES: Final[dict[str, Callable[[], str]]] = {
    "constants": _constants,
    "index": _index,
    "payloads": _payloads,
    "enumerations": _enumerations,
}
