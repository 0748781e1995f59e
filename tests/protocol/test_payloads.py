"""The typed payloads: equal to the interpreted Constructs, strict in both directions, clear when they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_protocol import payloads
from evse_protocol.codegen.names import camel, schema_hash
from evse_protocol.messages import MESSAGES, Access, Fault, Flag, Hold, Pilot, Result, Slot
from evse_protocol.payloads import (
    SCHEMA_HASH,
    Display,
    Grant,
    Hello,
    Identity,
    PayloadError,
    PilotTrace,
    Reply,
    Resume,
    Status,
    decode_payload,
    encode_payload,
)
from evse_protocol.schema import Field, Kind, Message

STATUS = Status(
    counter=7,
    board_ms=123_456,
    pilot=Pilot.C,
    flags=Flag.CP_CONNECTED | Flag.C1,
    cp_high_mv=5980,
    cp_low_mv=-11_900,
    temperature_dc=-15,
    slots_da=(160, 200, 65535, 160, 65535, 120, 65535, 65535),
    binding=Slot.HOST,
    limit_da=120,
    offered_da=120,
    duty_permille=200,
    phases=3,
    access=Access.ALLOW,
    lease_ms=4200,
    hold=Hold.NONE,
    hold_ms=0,
    faults=Fault(0),
    events_lost=0,
)


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.allowed:
        one: st.SearchStrategy[int] = st.sampled_from([int(value) for value in field.allowed])
    else:
        one = st.integers(field.lowest, field.highest)
    if field.is_flag:
        one = one.map(lambda value: value & field.highest)
    if field.kind is Kind.BYTES_REST:
        return st.binary(max_size=field.count)
    if field.kind is Kind.U16_ARRAY:
        return st.tuples(*[one] * field.count)
    if field.kind is Kind.I16_REST:
        return st.lists(one, max_size=field.count).map(tuple)
    return one


def _messages() -> st.SearchStrategy[tuple[Message, dict[str, Any]]]:
    return st.sampled_from(MESSAGES).flatmap(
        lambda message: st.tuples(
            st.just(message), st.fixed_dictionaries({field.label: _values(field) for field in message.fields})
        )
    )


@settings(deadline=None)
@given(_messages())
def test_compiled_and_interpreted_agree(drawn: tuple[Message, dict[str, Any]]) -> None:
    message, values = drawn
    interpreted = message.struct().build(values)
    payload = getattr(payloads, camel(message.name))(**values)
    assert encode_payload(payload) == (message.id, interpreted)
    assert decode_payload(message.id, interpreted) == payload
    parsed = message.struct().parse(interpreted)
    assert all(getattr(payload, name) == _plain(parsed[name]) for name in values)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def test_hello_and_identity_are_frozen() -> None:
    """These bytes are how two sides that differ find out that they do; they must never change."""
    assert encode_payload(Hello(0x04030201, 0x05)) == (1, bytes([1, 2, 3, 4, 5]))
    identity = Identity(
        host_id=0x04030201,
        session=0x08070605,
        boot=0x0C0B0A09,
        reset_reason=0x0D,
        protocol=0x0E,
        schema=0x1211100F,
        firmware_major=0x13,
        firmware_minor=0x14,
        firmware_patch=0x15,
        board=0x1716,
        serial=0x1B1A1918,
        capabilities=0x1F1E1D1C,
        largest_payload=0x20,
        config_crc=0x24232221,
    )
    assert encode_payload(identity) == (2, bytes(range(1, 0x25)))


def test_enumerations_are_typed() -> None:
    decoded = decode_payload(*encode_payload(STATUS))
    assert isinstance(decoded, Status)
    assert type(decoded.pilot) is Pilot
    assert type(decoded.flags) is Flag
    assert Flag.C1 in decoded.flags
    assert type(decoded.binding) is Slot
    assert type(decoded.slots_da) is tuple


@pytest.mark.parametrize(
    ("message_id", "data", "sentence"),
    [
        (0x10, b"", "GRANT: a payload of 0 bytes does not fit."),
        (0x10, bytes(9), "GRANT: a payload of 9 bytes does not fit."),
        (0x10, bytes.fromhex("2103010100000000"), "GRANT: limit_da is 801, outside 0 to 800."),
        (0x10, bytes.fromhex("6400020100000000"), "GRANT: phases is 2, allowed are 1, 3."),
        (0x10, bytes.fromhex("6400010300000000"), "GRANT: access is 3, allowed are 0, 1, 2."),
        (0x14, b"\x00\x20", "ACKNOWLEDGE: faults is 8192, outside 0 to 8191."),
        (0x15, b"\x00", "RESUME: a payload of 1 bytes does not fit."),
        (0x1B, b"", "DISPLAY: a payload of 0 bytes does not fit."),
        (0x1B, b"\x00" + b"x" * 22, "DISPLAY: text has 22 items, at most 21 are allowed."),
        (0x32, bytes(4) + b"\x01\x00", "PILOT_TRACE: a payload of 6 bytes does not fit."),
        (0xEE, b"", "There is no message 0xEE."),
    ],
)
def test_a_refusal_is_one_sentence(message_id: int, data: bytes, sentence: str) -> None:
    with pytest.raises(PayloadError) as refused:
        decode_payload(message_id, data)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "payload",
    [
        Grant(801, 3, Access.ALLOW, 0),
        Grant(-1, 3, Access.ALLOW, 0),
        Grant(60, 2, Access.ALLOW, 0),
        Grant(60, 3, Access.ALLOW, 1 << 32),
        Display(8, b""),
        Display(0, b"x" * 22),
        PilotTrace(0, 1, (32_768,)),
        PilotTrace(0, 1, (0,) * 29),
        PilotTrace(0, 0, ()),
    ],
)
def test_what_is_out_of_bounds_is_not_sent(payload: Grant | Display | PilotTrace) -> None:
    with pytest.raises(PayloadError):
        encode_payload(payload)


def test_a_reply_to_a_command_without_current_has_no_phases() -> None:
    reply = Reply(Resume.MESSAGE.id, Result.OK, 0, Slot.HARDWARE, 0, Hold.NONE, 0, 0)
    assert decode_payload(*encode_payload(reply)) == reply


def test_the_hash_is_the_generators() -> None:
    assert schema_hash() == SCHEMA_HASH
