"""Python: evse_protocol/payloads.py, typed dataclasses around the compiled Constructs."""

from __future__ import annotations

from enum import IntFlag

from evse_protocol import messages
from evse_protocol.codegen.names import GENERATED, camel, schema_hash, snake
from evse_protocol.schema import Field, Kind, Message


def payloads_py() -> str:
    """The whole module."""
    enums = sorted({field.enum.__name__ for message in messages.MESSAGES for field in message.fields if field.enum})
    names = [camel(message.name) for message in messages.MESSAGES]
    head = f'''"""Typed payloads: one frozen dataclass for each message.

{GENERATED}

Bytes come from the compiled Construct of `evse_protocol.messages`; bounds are checked in both directions.
Fields with an enumeration have its type; everything else is a plain integer, tuple or bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

from construct import ConstructError

from evse_protocol import messages
from evse_protocol.messages import {", ".join(enums)}
from evse_protocol.schema import Message, flaw

SCHEMA_HASH: Final = 0x{schema_hash():08X}
"""32 bits over all message definitions; host and board command each other only when theirs are equal."""
'''
    parts = [
        head,
        _PRELUDE,
        "# Bounded, because values are checked first; several times faster than the conversion itself.\n"
        + "\n".join(f"_{snake(name)}: Final = cache({name})" for name in enums),
        *(_message(message) for message in messages.MESSAGES),
        "Payload = (\n    " + "\n    | ".join(names) + "\n)\n",
        "_DECODERS: Final[dict[int, Callable[[bytes], Payload]]] = {\n"
        + "".join(f"    0x{m.id:02X}: _decode_{m.name.lower()},\n" for m in messages.MESSAGES)
        + "}\n",
        "_ENCODERS: Final[dict[type[Any], Callable[[Any], bytes]]] = {\n"
        + "".join(f"    {camel(m.name)}: _encode_{m.name.lower()},\n" for m in messages.MESSAGES)
        + "}\n",
        _POSTLUDE,
    ]
    return "\n\n\n".join(part.rstrip("\n") for part in parts) + "\n"


_PRELUDE = '''class PayloadError(ValueError):
    """A payload that the contract does not allow; the message is one sentence for people."""


_compiled: Final[dict[int, Any]] = {}
# Filled on first use: compiling all of them would cost more at start than most runs need.


def _codec(message: Message) -> Any:
    codec = _compiled.get(message.id)
    if codec is None:
        codec = _compiled[message.id] = message.struct().compile()
    return codec


def _parse(message: Message, data: bytes) -> Any:
    try:
        return _codec(message).parse(data)
    except (ConstructError, struct.error) as error:
        raise PayloadError(f"{message.name}: a payload of {len(data)} bytes does not fit.") from error


def _build(message: Message, values: dict[str, Any]) -> bytes:
    try:
        built: bytes = _codec(message).build(values)
    except struct.error as error:
        raise PayloadError(f"{message.name}: {error}.") from error
    return built


def _refused(message: Message, values: dict[str, Any]) -> PayloadError:
    return PayloadError(f"{message.name}: {flaw(message, values)}.")
'''

_POSTLUDE = '''def encode_payload(payload: Payload) -> tuple[int, bytes]:
    """Message id and bytes; `PayloadError` when a field is out of bounds."""
    return payload.MESSAGE.id, _ENCODERS[type(payload)](payload)


def decode_payload(message_id: int, data: bytes) -> Payload:
    """The payload of a message; `PayloadError` for an unknown id, a wrong length or a field out of bounds."""
    decoder = _DECODERS.get(message_id)
    if decoder is None:
        raise PayloadError(f"There is no message 0x{message_id:02X}.")
    return decoder(data)
'''


def _type(field: Field) -> str:
    if field.kind is Kind.BYTES_REST:
        return "bytes"
    if field.kind in (Kind.U16_ARRAY, Kind.I16_REST):
        return "tuple[int, ...]"
    return field.enum.__name__ if field.enum else "int"


def _doc(field: Field) -> str:
    text = field.doc[0].upper() + field.doc[1:]
    unit = f" [{field.unit}]" if field.unit else ""
    bounds = f"; {' or '.join(str(int(v)) for v in field.allowed)}" if field.allowed and not field.enum else ""
    return f"{text}{bounds}{unit}."


def _accepts(field: Field, name: str) -> str:
    """A Python condition that holds when `name` is within bounds."""
    if field.kind is Kind.BYTES_REST:
        return f"len({name}) <= {field.count}"
    if field.kind is Kind.I16_REST:
        inside = f"(not {name} or ({field.lowest} <= min({name}) and max({name}) <= {field.highest}))"
        return f"len({name}) <= {field.count} and {inside}"
    if field.kind is Kind.U16_ARRAY:
        return f"len({name}) == {field.count} and {field.lowest} <= min({name}) and max({name}) <= {field.highest}"
    if field.enum is not None and issubclass(field.enum, IntFlag):
        return f"0 <= {name} <= {field.highest} and not {name} & ~{field.highest}"
    allowed = sorted({int(value) for value in field.allowed})
    if allowed and allowed != list(range(allowed[0], allowed[-1] + 1)):
        return f"{name} in {tuple(allowed)}"
    return f"{field.lowest} <= {name} <= {field.highest}"


def _message(message: Message) -> str:
    name = camel(message.name)
    low = message.name.lower()
    rows = [
        "@dataclass(frozen=True, slots=True)",
        f"class {name}:",
        f'    """{message.doc}"""',
        "",
        f"    MESSAGE: ClassVar[Message] = messages.{message.name}",
    ]
    for field in message.fields:
        rows += [f"    {field.label}: {_type(field)}", f'    """{_doc(field)}"""']
    if not message.fields:
        rows += [
            "",
            "",
            f"def _decode_{low}(data: bytes) -> {name}:",
            "    if data:",
            f'        raise PayloadError(f"{message.name}: a payload of {{len(data)}} bytes does not fit.")',
            f"    return {name}()",
            "",
            "",
            f"def _encode_{low}(payload: {name}) -> bytes:",
            '    return b""',
        ]
        return "\n".join(rows)
    fields = message.fields
    rows += ["", "", f"def _decode_{low}(data: bytes) -> {name}:", f"    raw = _parse(messages.{message.name}, data)"]
    rows += [f'    {field.label} = raw["{field.label}"]' for field in fields]
    check = "\n        and ".join(_accepts(field, field.label) for field in fields)
    rows += [
        f"    if not (\n        {check}\n    ):",
        f"        raise _refused(messages.{message.name}, raw)",
        f"    return {name}(",
    ]
    for field in fields:
        value = field.label
        if field.kind in (Kind.U16_ARRAY, Kind.I16_REST):
            value = f"tuple({value})"
        elif field.enum:
            value = f"_{snake(field.enum.__name__)}({value})"
        rows.append(f"        {value},")
    rows += ["    )", "", "", f"def _encode_{low}(payload: {name}) -> bytes:"]
    rows += [f"    {field.label} = payload.{field.label}" for field in fields]
    pairs = ", ".join(f'"{field.label}": {field.label}' for field in fields)
    rows += [
        f"    values: dict[str, Any] = {{{pairs}}}",
        f"    if not (\n        {check}\n    ):",
        f"        raise _refused(messages.{message.name}, values)",
        f"    return _build(messages.{message.name}, values)",
    ]
    return "\n".join(rows)
