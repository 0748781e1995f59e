"""The generated C codec behind plain Python values."""

from __future__ import annotations

from typing import Any

from evse_protocol.messages import MESSAGES
from evse_protocol.schema import Kind, Message
from tests.firmware.link_library import load

BY_ID = {message.id: message for message in MESSAGES}


def _decoded(message: Message, payload: bytes) -> Any:
    """The C struct, or None when the firmware refuses the payload."""
    ffi, library = load()
    out = ffi.new(f"evse_msg_{message.name.lower()}_t *")
    accepted = getattr(library, f"evse_decode_{message.name.lower()}")(payload, len(payload), out)
    return out if accepted else None


def firmware_decode(message_id: int, payload: bytes) -> dict[str, Any] | None:
    """Fields as the vectors spell them, or None when the firmware refuses the payload."""
    message = BY_ID[message_id]
    if not message.fields:
        return None if payload else {}
    out = _decoded(message, payload)
    if out is None:
        return None
    ffi, _ = load()
    values: dict[str, Any] = {}
    for field in message.fields:
        value = getattr(out, field.label)
        if field.kind is Kind.BYTES_REST:
            value = bytes(ffi.buffer(value))[: getattr(out, f"{field.label}_count")].hex()
        elif field.kind is Kind.I16_REST:
            value = list(value)[: getattr(out, f"{field.label}_count")]
        elif field.kind is Kind.U16_ARRAY:
            value = list(value)
        values[field.label] = value
    return values


def firmware_reencode(message_id: int, payload: bytes) -> bytes:
    """The firmware's bytes for what it decoded from `payload`, which it must accept."""
    message = BY_ID[message_id]
    if not message.fields:
        return b""
    decoded = _decoded(message, payload)
    assert decoded is not None
    ffi, library = load()
    out = ffi.new("uint8_t[]", message.largest)
    length = getattr(library, f"evse_encode_{message.name.lower()}")(decoded, out)
    return bytes(ffi.buffer(out, length))
