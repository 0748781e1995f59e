"""How names of the definitions are spelt in each language, and the hash over all of them."""

from __future__ import annotations

import hashlib
import re

from evse_protocol import messages
from evse_protocol.schema import EnumType, Message

GENERATED = "Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit."


def snake(camel: str) -> str:
    """`ResetReason` -> `reset_reason`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", camel).lower()


def camel(snake_name: str) -> str:
    """`CONFIG_SET` -> `ConfigSet`."""
    return "".join(part.capitalize() for part in snake_name.split("_"))


def enum_prefix(enum: EnumType) -> str:
    """`ResetReason` -> `RESET_REASON`."""
    return snake(enum.__name__).upper()


def first_with_fields(message: Message) -> Message:
    """The first message with the very same fields: CONFIG for CONFIG_SET, else the message itself."""
    return next(other for other in messages.MESSAGES if other.fields is message.fields)


def schema_hash() -> int:
    """32 bits over all that decides bytes and their meaning: ids, fields, bounds, enumerations; not over prose."""
    lines = [f"protocol {messages.PROTOCOL_VERSION}"]
    for message in messages.MESSAGES:
        lines.append(f"message {message.id} {message.name} {message.way.value} {message.command}")
        for field in message.fields:
            enum = field.enum.__name__ if field.enum else "-"
            lines.append(
                f"field {field.label} {field.kind.value} {field.count} {field.lowest} {field.highest} {enum} "
                f"{sorted(int(value) for value in field.allowed)} {field.unit}"
            )
    for enum_type in messages.ENUMS:
        lines += [f"enum {enum_type.__name__} {member.name} {int(member)}" for member in enum_type]
    return int.from_bytes(hashlib.sha256("\n".join(lines).encode()).digest()[:4], "little")
