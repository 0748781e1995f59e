"""Both sides are fed the same hostile bytes and must agree: the same frames, the same verdicts, the same fields."""

from __future__ import annotations

from dataclasses import asdict
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_protocol.framing import FrameReader
from evse_protocol.payloads import PayloadError, decode_payload
from tests.firmware.link_library import FirmwareReader
from tests.protocol.codecs import BY_ID, firmware_decode
from tests.protocol.vectors import rows

WIRES = [bytes.fromhex(row["wire"]) for row in rows("frames.json")]
PAYLOADS = [(row["type"], bytes.fromhex(row["payload"])) for row in rows("frames.json")]


def python_decode(message_id: int, payload: bytes) -> dict[str, Any] | None:
    """Fields as the vectors spell them, or None when Python refuses the payload."""
    try:
        decoded = decode_payload(message_id, payload)
    except PayloadError:
        return None
    return {
        name: value.hex() if isinstance(value, bytes) else list(value) if isinstance(value, tuple) else int(value)
        for name, value in asdict(decoded).items()
    }


def assert_agreement(stream: bytes) -> int:
    """Feeds both sides; returns how many frames both accepted."""
    frames = FrameReader().feed(stream)
    assert FirmwareReader().feed(stream) == frames
    for frame in frames:
        if frame.type in BY_ID:
            assert firmware_decode(frame.type, frame.payload) == python_decode(frame.type, frame.payload)
    return len(frames)


def mutated(random: Random) -> bytes:
    """A few valid frames with a few things that lines, users and attackers do to them."""
    stream = bytearray(b"\x00" if random.random() < 0.7 else b"")
    for _ in range(random.randint(1, 5)):
        stream += random.choice(WIRES)
    for _ in range(random.randint(0, 4)):
        at = random.randrange(len(stream))
        match random.randrange(6):
            case 0:
                stream[at] ^= 1 << random.randrange(8)
            case 1:
                stream[at] = random.choice((0x00, 0x01, 0xFE, 0xFF))
            case 2:
                del stream[at : at + random.randint(1, 20)]
            case 3:
                stream[at:at] = random.randbytes(random.randint(1, 20))
            case 4:
                stream[at:at] = stream[: random.randint(0, 300)]
            case _:
                stream[at:at] = bytes([random.randrange(1, 256)]) * random.randint(200, 300)
        stream = stream or bytearray(b"\x00")
    return bytes(stream)


def test_mutated_streams() -> None:
    random = Random(1)  # repeatable on purpose
    accepted = sum(assert_agreement(mutated(random)) for _ in range(2000))
    assert accepted > 1000


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(stream: bytes) -> None:
    assert_agreement(stream)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(BY_ID)), st.binary(max_size=70))
def test_any_payload(message_id: int, payload: bytes) -> None:
    assert firmware_decode(message_id, payload) == python_decode(message_id, payload)


def test_mutated_payloads() -> None:
    random = Random(1)  # repeatable on purpose
    verdicts = set()
    for _ in range(5000):
        message_id, payload = random.choice(PAYLOADS)
        data = bytearray(payload)
        for _ in range(random.randint(0, 2) if data else 0):
            data[random.randrange(len(data))] = random.choice((0, 1, 2, 3, 0x7F, 0x80, 0xFF, random.randrange(256)))
        found = python_decode(message_id, bytes(data))
        assert firmware_decode(message_id, bytes(data)) == found
        verdicts.add(found is None)
    assert verdicts == {True, False}
