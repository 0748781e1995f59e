"""C: firmware/gen/evse_messages.h and evse_codec.{h,c}."""

from __future__ import annotations

from enum import IntFlag

from evse_protocol import messages
from evse_protocol.codegen.names import GENERATED, enum_prefix, first_with_fields, schema_hash, snake
from evse_protocol.schema import SIZE, EnumType, Field, Kind, Message, Way

_ITEM = {
    Kind.U8: "uint8_t",
    Kind.U16: "uint16_t",
    Kind.U32: "uint32_t",
    Kind.I16: "int16_t",
    Kind.U16_ARRAY: "uint16_t",
    Kind.I16_REST: "int16_t",
    Kind.BYTES_REST: "uint8_t",
}
_ACCESSOR = {
    Kind.U8: "u8",
    Kind.U16: "u16",
    Kind.U32: "u32",
    Kind.I16: "i16",
    Kind.U16_ARRAY: "u16",
    Kind.I16_REST: "i16",
    Kind.BYTES_REST: "u8",
}
_REST = (Kind.I16_REST, Kind.BYTES_REST)
_RANGE = {"uint8_t": (0, 0xFF), "uint16_t": (0, 0xFFFF), "uint32_t": (0, 0xFFFF_FFFF), "int16_t": (-0x8000, 0x7FFF)}
_HEAD = f"/* {GENERATED} */\n/* clang-format off */\n"


def messages_h() -> str:
    """Enumerations, ids, constants and one struct for each message that has fields."""
    parts = [
        _HEAD + "#ifndef EVSE_MESSAGES_H\n#define EVSE_MESSAGES_H\n\n#include <stdint.h>\n",
        _constants(),
        *(_enumeration(enum) for enum in messages.ENUMS),
        _ids(),
        *(_struct(message) for message in messages.MESSAGES if message.fields),
        "#endif\n",
    ]
    return "\n".join(parts)


def codec_h() -> str:
    """Prototypes; a message without fields has no codec, its payload is empty."""
    lines = [
        _HEAD + "#ifndef EVSE_CODEC_H",
        "#define EVSE_CODEC_H",
        "",
        "#include <stdbool.h>",
        "#include <stdint.h>",
        "",
        '#include "evse_messages.h"',
        "",
        "/* Decoders return false, and leave *out undefined, for a wrong length or a field out of bounds; they accept",
        " * exactly what the Python side accepts. Encoders return the number of bytes, at most EVSE_SIZE_*; `out` must",
        " * have room for them. The linker drops what a board does not use. */",
    ]
    for message in messages.MESSAGES:
        if message.fields:
            lines += [f"{_decode_head(message)};", f"{_encode_head(message)};"]
    lines += ["", "/* True for the ids that only a board sends. */", f"{_FROM_BOARD_HEAD};"]
    return "\n".join([*lines, "", "#endif", ""])


def codec_c() -> str:
    """Decoders and encoders, byte by byte: independent of the endianness and alignment of the target."""
    return "\n".join(
        [_HEAD + _PRELUDE, *(_decode(m) + "\n" + _encode(m) for m in messages.MESSAGES if m.fields), _from_board()]
    )


_FROM_BOARD_HEAD = "bool evse_from_board(uint8_t message)"


def _from_board() -> str:
    cases = [f"    case EVSE_MSG_{message.name}:" for message in messages.MESSAGES if message.way is Way.TO_HOST]
    rest = ["        return true;", "    default:", "        return false;", "    }"]
    return "\n".join([_FROM_BOARD_HEAD, "{", "    switch (message) {", *cases, *rest, "}", ""])


_PRELUDE = """#include "evse_codec.h"

static uint8_t get_u8(const uint8_t *at) { return at[0]; }

static uint16_t get_u16(const uint8_t *at) { return (uint16_t)(at[0] | (uint16_t)((uint16_t)at[1] << 8)); }

static uint32_t get_u32(const uint8_t *at) { return get_u16(at) | ((uint32_t)get_u16(at + 2) << 16); }

/* Conversion to a signed type beyond its range is the compiler's choice in C11; this is the same on all of them. */
static int16_t get_i16(const uint8_t *at)
{
    const uint16_t raw = get_u16(at);
    return raw <= 0x7FFFu ? (int16_t)raw : (int16_t)(-1 - (int16_t)(0xFFFFu - raw));
}

static void put_u8(uint8_t *at, uint8_t value) { at[0] = value; }

static void put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value & 0xFFu);
    at[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, (uint16_t)(value & 0xFFFFu));
    put_u16(at + 2, (uint16_t)(value >> 16));
}

static void put_i16(uint8_t *at, int16_t value) { put_u16(at, (uint16_t)value); }
"""


def _comment(text: str) -> str:
    return f"/* {text} */"


def _constants() -> str:
    return (
        f"#define EVSE_PROTOCOL_VERSION {messages.PROTOCOL_VERSION}u\n"
        f"#define EVSE_SCHEMA_HASH 0x{schema_hash():08X}UL\n"
        f"#define EVSE_INACTIVE_DA {messages.INACTIVE_DA}u /* a slot with this value does not limit */\n"
        f"#define EVSE_HIGHEST_LIMIT_DA {messages.HIGHEST_LIMIT_DA}u\n"
        f"#define EVSE_LONGEST_LEASE_MS {messages.LONGEST_LEASE_MS}u\n"
        f"#define EVSE_LARGEST_PAYLOAD {messages.LARGEST_PAYLOAD}u\n"
        f"#define EVSE_SMALLEST_BOARD_PAYLOAD {messages.SMALLEST_BOARD_PAYLOAD}u\n"
        f"#define EVSE_SLOT_COUNT {messages.SLOT_COUNT}u\n"
    )


def _enumeration(enum: EnumType) -> str:
    doc = _comment((enum.__doc__ or "").strip().splitlines()[0])
    name = f"evse_{snake(enum.__name__)}_t"
    prefix = f"EVSE_{enum_prefix(enum)}_"
    if issubclass(enum, IntFlag):
        # An enumerator is an int, which has 16 bits on AVR: flags are unsigned macros instead.
        mask = sum(int(member) for member in enum)
        wide = mask > 0xFFFF
        suffix = "UL" if wide else "u"
        rows = [f"#define {prefix}{member.name} 0x{int(member):04X}{suffix}" for member in enum]
        rows.append(f"#define EVSE_{enum_prefix(enum)}_MASK 0x{mask:04X}{suffix}")
        return "\n".join([doc, f"typedef {'uint32_t' if wide else 'uint16_t'} {name};", *rows, ""])
    rows = [f"    {prefix}{member.name} = {int(member)}," for member in enum]
    return "\n".join([doc, "typedef enum {", *rows, f"}} {name};", ""])


def _ids() -> str:
    ids = [f"#define EVSE_MSG_{message.name} 0x{message.id:02X}u" for message in messages.MESSAGES]
    sizes = [f"#define EVSE_SIZE_{message.name} {message.largest}u" for message in messages.MESSAGES]
    return "\n".join(["/* Message ids. */", *ids, "", "/* Bytes of the longest payload. */", *sizes, ""])


def _struct(message: Message) -> str:
    name = f"evse_msg_{message.name.lower()}_t"
    first = first_with_fields(message)
    if first is not message:
        return f"{_comment(message.doc)}\ntypedef evse_msg_{first.name.lower()}_t {name};\n"
    rows = []
    for field in message.fields:
        note = _comment(field.doc + (f", {field.unit}" if field.unit else ""))
        item = _ITEM[field.kind]
        if field.kind in _REST:
            rows.append(f"    uint8_t {field.label}_count;")
        size = f"[{field.count}]" if field.kind in (*_REST, Kind.U16_ARRAY) else ""
        rows.append(f"    {item} {field.label}{size}; {note}")
    return "\n".join([_comment(message.doc), "typedef struct {", *rows, f"}} {name};", ""])


def _decode_head(message: Message) -> str:
    name = message.name.lower()
    return f"bool evse_decode_{name}(const uint8_t *payload, uint8_t length, evse_msg_{name}_t *out)"


def _encode_head(message: Message) -> str:
    name = message.name.lower()
    return f"uint8_t evse_encode_{name}(const evse_msg_{name}_t *in, uint8_t *out)"


def refusal(field: Field, value: str) -> str:
    """A C condition that is true when `value` is out of bounds; empty when the type itself is the bound."""
    least, most = _RANGE[_ITEM[field.kind]]
    if field.enum is not None and issubclass(field.enum, IntFlag):
        return f"({value} & ({_ITEM[field.kind]})~EVSE_{enum_prefix(field.enum)}_MASK) != 0"
    allowed = sorted({int(choice) for choice in field.allowed})
    if allowed and allowed != list(range(allowed[0], allowed[-1] + 1)):
        return " && ".join(f"{value} != {choice}" for choice in allowed)
    conditions = []
    if field.lowest > least:
        conditions.append(f"{value} < {field.lowest}")
    if field.highest < most:
        conditions.append(f"{value} > {field.highest}")
    return " || ".join(conditions)


def _decode(message: Message) -> str:
    first = first_with_fields(message)
    if first is not message:
        body = [f"    return evse_decode_{first.name.lower()}(payload, length, out);"]
        return "\n".join([_decode_head(message), "{", *body, "}", ""])
    if message.fields[-1].kind in _REST:
        rest = message.fields[-1]
        size = SIZE[rest.kind]
        least = f"length < {message.smallest} || " if message.smallest else ""
        odd = f" || (length - {message.smallest}) % {size} != 0" if size > 1 else ""
        body = [f"    if ({least}length > {message.largest}{odd}) {{"]
    else:
        body = [f"    if (length != {message.smallest}) {{"]
    body += ["        return false;", "    }"]
    at = 0
    for field in message.fields:
        get = f"get_{_ACCESSOR[field.kind]}"
        size = SIZE[field.kind]
        if field.kind in _REST:
            count = f"(length - {at})" + (f" / {size}" if size > 1 else "")
            body.append(f"    out->{field.label}_count = (uint8_t)({count});")
            limit, index = f"out->{field.label}_count", "[i]"
        else:
            limit, index = str(field.count), "[i]"
        if field.kind in (*_REST, Kind.U16_ARRAY):
            offset = "i" if size == 1 else f"{size} * i"
            body += [
                f"    for (uint8_t i = 0; i < {limit}; i++) {{",
                f"        out->{field.label}{index} = {get}(payload + {at} + {offset});",
            ]
            if condition := refusal(field, f"out->{field.label}[i]"):
                body += [f"        if ({condition}) {{", "            return false;", "        }"]
            body.append("    }")
            at += size * field.count
            continue
        body.append(f"    out->{field.label} = {get}(payload + {at});")
        if condition := refusal(field, f"out->{field.label}"):
            body += [f"    if ({condition}) {{", "        return false;", "    }"]
        at += size
    return "\n".join([_decode_head(message), "{", *body, "    return true;", "}", ""])


def _encode(message: Message) -> str:
    first = first_with_fields(message)
    if first is not message:
        return "\n".join(
            [_encode_head(message), "{", f"    return evse_encode_{first.name.lower()}(in, out);", "}", ""]
        )
    body = []
    at = 0
    length = str(message.smallest)
    for field in message.fields:
        put = f"put_{_ACCESSOR[field.kind]}"
        size = SIZE[field.kind]
        if field.kind in (*_REST, Kind.U16_ARRAY):
            limit = str(field.count)
            offset = "i" if size == 1 else f"{size} * i"
            if field.kind in _REST:
                limit = "count"
                name = f"in->{field.label}_count"
                body.append(f"    const uint8_t count = {name} < {field.count} ? {name} : {field.count};")
                length = f"(uint8_t)({at} + " + ("count)" if size == 1 else f"{size} * count)")
            body += [
                f"    for (uint8_t i = 0; i < {limit}; i++) {{",
                f"        {put}(out + {at} + {offset}, in->{field.label}[i]);",
                "    }",
            ]
            at += size * field.count
            continue
        body.append(f"    {put}(out + {at}, in->{field.label});")
        at += size
    return "\n".join([_encode_head(message), "{", *body, f"    return {length};", "}", ""])
