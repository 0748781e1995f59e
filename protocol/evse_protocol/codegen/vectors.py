"""Golden vectors: protocol/vectors/*.json, which Python and C both must reproduce. Seeds are fixed.

Payloads are built by the interpreted Constructs, so that the compiled codecs of both languages are judged by a third.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from cobs import cobs

from evse_protocol import messages
from evse_protocol.framing import LARGEST_STUFFED, Frame, crc32c, encode_frame
from evse_protocol.schema import Field, Kind, Message

_SEED: Final = 61851
Values = dict[str, Any]

# What an ESP32's mask ROM and second stage print on the same wires: the shape matters, not the words.
BOOT_TEXT: Final = (
    b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
    b"configsip: 0, SPIWP:0xee\r\nmode:DIO, clock div:2\r\nload:0x3fff0030,len:1344\r\nentry 0x400805f0\r\n"
)


def frames_json() -> str:
    """Every message at its lowest, highest and two seeded payloads, framed."""
    random = Random(_SEED)  # repeatable on purpose
    rows = []
    for message in messages.MESSAGES:
        for name, values in _samples(message, random):
            payload = build(message, values)
            frame = Frame(message.id, random.randrange(2), random.getrandbits(32), random.getrandbits(16), payload)
            rows.append({"name": f"{message.name} {name}", "fields": _plain(values), **_frame(frame)})
    return _json(rows)


def rejected_payloads_json() -> str:
    """Payloads that neither side may accept: wrong lengths, and each bound overstepped by one."""
    random = Random(_SEED)  # repeatable on purpose
    rows = []
    for message in messages.MESSAGES:
        good = dict(_samples(message, random))["seeded 1"]
        payload = build(message, good)
        wrong = {"too long": build(message, _extreme(message, highest=True)) + b"\x00"}
        if message.smallest:
            wrong["too short"] = payload[: message.smallest - 1]
        for field in message.fields:
            wrong |= {
                f"{field.label} {value}": build(message, good | {field.label: _repeat(field, value)})
                for value in _out_of_bounds(field)
            }
        rows += [
            {"name": f"{message.name} {name}", "type": message.id, "payload": payload.hex()}
            for name, payload in wrong.items()
        ]
    return _json(rows)


def streams_json() -> str:
    """Chunks as they arrive, the frames that must come out, and the counters of `FrameReader`."""
    random = Random(_SEED)  # repeatable on purpose
    ping = Frame(messages.PING.id, 0, 0, 0, bytes(4))
    grant = Frame(messages.GRANT.id, 1, 0xCAFE_F00D, 0xFFFF, bytes.fromhex("a000030110270000"))
    full = Frame(0x7F, 0, 0xFFFF_FFFF, 0x0101, b"\xff" * messages.LARGEST_PAYLOAD)
    zeros = Frame(0x7F, 0, 0, 0, bytes(messages.LARGEST_PAYLOAD))
    a, b = encode_frame(ping), encode_frame(grant)
    rows = [
        _stream("two frames", [b"\x00" + a + b], [ping, grant]),
        _stream("no delimiter before the first frame", [a], [ping]),
        _stream("delimiters alone", [b"\x00\x00\x00", b"\x00"], []),
        _stream("one byte at a time", [bytes([byte]) for byte in b"\x00" + a + b], [ping, grant]),
        _stream("split inside the delimiter's neighbourhood", [b"\x00" + a[:-1], a[-1:] + b[:1], b[1:]], [ping, grant]),
        _stream("longest payload without a zero", [b"\x00" + encode_frame(full)], [full]),
        _stream("longest payload of zeros", [b"\x00" + encode_frame(zeros)], [zeros]),
        _stream("boot text, then the board's first delimiter", [BOOT_TEXT, b"\x00" + b], [grant], text=True),
        _stream("boot text between two frames", [b"\x00" + a + BOOT_TEXT + b"\x00" + b], [ping, grant], damaged=1),
        _stream("start in the middle of a frame", [a[5:] + b], [grant], text=True),
        _stream("end cut off", [b"\x00" + a[:-3] + b"\x00" + b], [grant], damaged=1),
        _stream("lost delimiter takes its neighbour along", [b"\x00" + a[:-1] + b + a], [ping], damaged=1),
        _stream("delimiter inside a frame", [b"\x00" + a[:7] + b"\x00" + a[7:] + b], [grant], damaged=2),
        _stream("too long for a frame", [b"\x00" + b"\x55" * 300 + b"\x00" + a], [ping], damaged=1, oversize=1),
        _stream("too long, in pieces", [b"\x00"] + [b"\x55" * 100] * 40 + [b"\x00" + a], [ping], damaged=1, oversize=1),
        _stream("one byte too long", [b"\x00" + b"\x01" * (LARGEST_STUFFED + 1) + b"\x00"], [], damaged=1, oversize=1),
        _stream("length says less", [b"\x00" + _forged(grant, length=7) + b], [grant], damaged=1),
        _stream("length says more", [b"\x00" + _forged(grant, length=9) + b], [grant], damaged=1),
        _stream("reserved flag", [b"\x00" + _forged(grant, flags=2) + b], [grant], damaged=1),
        _stream("no payload and no room for a CRC", [b"\x00\x05\x11\x22\x33\x44\x00" + b], [grant], damaged=1),
    ]
    for _ in range(12):
        bit = random.randrange(8 * (len(b) - 1))
        flipped = bytearray(b)
        flipped[bit // 8] ^= 1 << bit % 8
        pieces = sum(1 for piece in bytes(flipped[:-1]).split(b"\x00") if piece)
        rows.append(_stream(f"bit {bit} flipped", [b"\x00" + bytes(flipped) + a], [ping], damaged=pieces))
    return _json(rows)


def build(message: Message, values: Values) -> bytes:
    """Payload by the interpreted Construct, without a check of bounds."""
    built: bytes = message.struct().build(values)
    return built


def _samples(message: Message, random: Random) -> Iterator[tuple[str, Values]]:
    yield "lowest", _extreme(message, highest=False)
    yield "highest", _extreme(message, highest=True)
    for number in (1, 2):
        yield f"seeded {number}", {field.label: _any_value(field, random) for field in message.fields}


def _extreme(message: Message, *, highest: bool) -> Values:
    values: Values = {}
    for field in message.fields:
        value = int(field.highest if highest else field.lowest)
        rest = field.kind in (Kind.BYTES_REST, Kind.I16_REST)
        values[field.label] = _repeat(field, value, 0 if rest and not highest else field.count)
    return values


def _any_value(field: Field, random: Random) -> Any:
    def one() -> int:
        if field.allowed:
            return int(random.choice(field.allowed))
        value = random.randint(field.lowest, field.highest)
        return value & field.highest if field.is_flag else value

    if field.kind is Kind.BYTES_REST:
        return random.randbytes(random.randint(0, field.count))
    if field.kind in (Kind.I16_REST, Kind.U16_ARRAY):
        count = field.count if field.kind is Kind.U16_ARRAY else random.randint(0, field.count)
        return [one() for _ in range(count)]
    return one()


def _repeat(field: Field, value: int, count: int | None = None) -> Any:
    if field.kind is Kind.BYTES_REST:
        return bytes([value]) * (field.count if count is None else count)
    if field.kind in (Kind.I16_REST, Kind.U16_ARRAY):
        return [value] * (field.count if count is None else count)
    return value


def _out_of_bounds(field: Field) -> list[int]:
    """Values next to the bounds that the type can hold, and those between allowed ones."""
    least, most = field.range
    if field.is_flag:
        return [1 << bit for bit in range(most.bit_length()) if not field.highest >> bit & 1]
    values = [field.lowest - 1, field.highest + 1, most]
    if field.allowed:
        values += [value for value in range(field.lowest, field.highest) if value not in field.allowed]
    return sorted({int(v) for v in values if least <= v <= most and not field.lowest <= v <= field.highest}) + [
        value for value in values if field.allowed and field.lowest < value < field.highest
    ]


def _forged(frame: Frame, *, length: int | None = None, flags: int | None = None) -> bytes:
    """A frame with a right CRC over a wrong header."""
    body = bytearray(cobs.decode(encode_frame(frame)[:-1])[:-4])
    body[1] = frame.flags if flags is None else flags
    body[8] = len(frame.payload) if length is None else length
    stuffed: bytes = cobs.encode(bytes(body) + crc32c(body).to_bytes(4, "little"))
    return stuffed + b"\x00"


def _stream(
    name: str, chunks: list[bytes], frames: list[Frame], *, damaged: int = 0, oversize: int = 0, text: bool = False
) -> dict[str, Any]:
    """`text`: garbage before the first delimiter, which is not damage."""
    good = sum(len(encode_frame(frame)) - 1 for frame in frames)
    stream = b"".join(chunks)
    return {
        "name": name,
        "chunks": [chunk.hex() for chunk in chunks],
        "frames": [_frame(frame) for frame in frames],
        "damaged": damaged,
        "oversize": oversize,
        "garbage_bytes": len(stream) - stream.count(b"\x00") - good if damaged or text else 0,
    }


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "type": frame.type,
        "flags": frame.flags,
        "session": frame.session,
        "sequence": frame.sequence,
        "payload": frame.payload.hex(),
        "wire": encode_frame(frame).hex(),
    }


def _plain(values: Values) -> Values:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _json(rows: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
