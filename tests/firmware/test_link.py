"""Sessions and commands of the shipped link, around a core that records what reaches it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from evse_protocol import messages
from evse_protocol.framing import Frame, crc32c, encode_frame
from evse_protocol.messages import MESSAGES, Access, BoardKind, Capability, Fault, LedPattern, Result, Slot
from evse_protocol.payloads import (
    SCHEMA_HASH,
    Acknowledge,
    Backlight,
    Bootloader,
    BusRequest,
    BusResponse,
    Config,
    ConfigGet,
    ConfigSet,
    Display,
    EventAck,
    Grant,
    Led,
    LockHold,
    Payload,
    Ping,
    Pong,
    Reboot,
    Reply,
    Resume,
    Unlock,
    WeldEvidence,
    encode_payload,
)
from evse_protocol.schema import Way
from tests.firmware.link_host import LinkHost, only

GRANT = Grant(limit_da=120, phases=3, access=Access.ALLOW, valid_until_ms=5000)
FIELDS = (160, 1, 0, 1, 2, 3, 1, 0, 1, 160, 60, 80)
COMMANDS: list[Payload] = [
    GRANT,
    ConfigSet(*FIELDS),
    Acknowledge(Fault.DIODE),
    Resume(),
    Unlock(),
    LockHold(1),
    Reboot(7),
    Bootloader(7),
    Led(LedPattern.BLINK, 1, 2, 3, 400),
    WeldEvidence(12),
]


def test_the_line_starts_with_a_delimiter() -> None:
    assert LinkHost().first_bytes == b"\x00"


def test_identity_tells_who_the_board_is() -> None:
    host = LinkHost(boot=9, largest_payload=64)
    identity = host.hello(host_id=0xDEAD_BEEF)
    assert identity.host_id == 0xDEAD_BEEF
    assert (identity.boot, identity.reset_reason) == (9, 1)
    assert (identity.protocol, identity.schema) == (messages.PROTOCOL_VERSION, SCHEMA_HASH)
    assert (identity.board, identity.serial) == (BoardKind.SIMULATED, 4711)
    assert identity.capabilities == Capability.SIMULATED
    assert identity.largest_payload == 64
    assert identity.config_crc == 0x1234_5678


def test_a_session_is_new_per_boot_and_per_host() -> None:
    host = LinkHost(boot=7)
    first = host.hello(host_id=1).session
    assert first != 0
    assert host.hello(host_id=1).session == first
    second = host.hello(host_id=2).session
    third = host.hello(host_id=1).session
    assert LinkHost(boot=8).hello(host_id=1).session not in {first, second, third}
    assert len({first, second, third}) == 3


def test_a_session_number_is_the_documented_one() -> None:
    parts = (0x0A0B0C0D, 0xCAFE, 1)
    expected = crc32c(b"".join(part.to_bytes(4, "little") for part in parts))
    assert LinkHost(boot=parts[0]).hello(host_id=parts[1]).session == expected


def test_a_session_number_is_never_zero() -> None:
    # CRC-32C of boot 7, this host id and count 1 is 0: found by inverting the CRC, which is linear.
    host_id = _host_id_for_session_zero(boot=7)
    assert crc32c((7).to_bytes(4, "little") + host_id.to_bytes(4, "little") + (1).to_bytes(4, "little")) == 0
    assert LinkHost(boot=7).hello(host_id).session != 0


def _host_id_for_session_zero(boot: int) -> int:
    def session(host_id: int) -> int:
        return crc32c(boot.to_bytes(4, "little") + host_id.to_bytes(4, "little") + (1).to_bytes(4, "little"))

    origin = session(0)
    rows = [(session(1 << bit) ^ origin, 1 << bit) for bit in range(32)]
    target, host_id = origin, 0
    for column in reversed(range(32)):
        pivot = next((row for row in rows if row[0] >> column & 1), None)
        assert pivot is not None
        rows = [
            (row[0] ^ pivot[0], row[1] ^ pivot[1]) if row[0] >> column & 1 else row for row in rows if row is not pivot
        ]
        if target >> column & 1:
            target, host_id = target ^ pivot[0], host_id ^ pivot[1]
    return host_id


@pytest.mark.parametrize("session", [0, 1, 0xFFFF_FFFF])
def test_another_session_has_no_effect(session: int) -> None:
    host = LinkHost()
    before = only(host.send(GRANT, session, 5), Reply)
    assert before.result is Result.WRONG_SESSION
    host.hello()
    (frame,) = host.send(GRANT, session, 6)
    assert (frame.session, frame.sequence) == (session, 6)
    assert only([frame], Reply).result is Result.WRONG_SESSION
    assert only([frame], Reply).command == messages.GRANT.id
    assert host.fake.calls == 0


def test_the_former_owner_is_told() -> None:
    host = LinkHost()
    old = host.hello(host_id=1).session
    new = host.hello(host_id=2).session
    assert only(host.send(GRANT, old, 1), Reply).result is Result.WRONG_SESSION
    assert only(host.send(GRANT, new, 1), Reply).result is Result.OK


def test_the_reply_is_the_cores_and_carries_session_and_sequence() -> None:
    host = LinkHost()
    session = host.hello().session
    host.fake.reply.applied_da = 60
    host.fake.reply.binding = Slot.CABLE
    host.fake.reply.phases = 3
    (frame,) = host.send(GRANT, session, 41)
    assert (frame.session, frame.sequence) == (session, 41)
    reply = only([frame], Reply)
    assert (reply.command, reply.result, reply.applied_da, reply.binding) == (0x10, Result.OK, 60, Slot.CABLE)
    grant = host.fake.grant
    assert (grant.limit_da, grant.phases, grant.access, grant.valid_until_ms) == (120, 3, 1, 5000)


def test_a_duplicate_gets_the_stored_reply_and_no_effect() -> None:
    host = LinkHost()
    session = host.hello().session
    host.fake.reply.detail = 1
    first = host.send(GRANT, session, 1)
    host.fake.reply.detail = 2
    assert host.send(GRANT, session, 1) == first
    assert host.fake.calls == 1
    assert host.send(GRANT, session, 2) != first
    assert host.fake.calls == 2


@pytest.mark.parametrize(
    ("newest", "then", "executed"),
    [(0, 1, True), (65_535, 0, True), (10, 9, False), (0, 65_535, False), (5, 32_772, True), (5, 32_773, False)],
)
def test_sequences_are_modular(newest: int, then: int, executed: bool) -> None:
    host = LinkHost()
    session = host.hello().session
    assert host.send(GRANT, session, newest)
    assert bool(host.send(GRANT, session, then)) is executed
    assert host.fake.calls == 1 + executed


def test_a_repeated_hello_does_not_open_the_door_to_an_old_command() -> None:
    host = LinkHost()
    session = host.hello().session
    first = host.send(GRANT, session, 10)
    assert host.hello().session == session
    assert host.send(GRANT, session, 9) == []
    assert host.send(GRANT, session, 10) == first
    assert host.fake.calls == 1


def test_a_new_session_starts_with_any_sequence() -> None:
    host = LinkHost()
    assert host.send(GRANT, host.hello(host_id=1).session, 1000)
    session = host.hello(host_id=2).session
    assert host.send(GRANT, session, 1000)
    assert host.fake.calls == 2


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.MESSAGE.name)
def test_every_command_reaches_the_core(command: Payload) -> None:
    host = LinkHost()
    reply = only(host.send(command, host.hello().session, 1), Reply)
    assert (reply.result, reply.command) == (Result.OK, command.MESSAGE.id)
    assert (host.fake.calls, host.fake.last) == (1, command.MESSAGE.id)


def test_arguments_reach_the_core() -> None:
    host = LinkHost()
    session = host.hello().session
    arguments = []
    commands: list[Payload] = [Acknowledge(Fault.DIODE), LockHold(1), Reboot(99), WeldEvidence(12)]
    for sequence, command in enumerate(commands):
        host.send(command, session, sequence)
        arguments.append(host.fake.argument)
    assert arguments == [Fault.DIODE, 1, 99, 12]


def test_a_bad_payload_is_invalid() -> None:
    host = LinkHost()
    session = host.hello().session
    for sequence, message in enumerate(message for message in MESSAGES if message.command):
        payload = bytes(message.largest + 1)
        assert only(host.send_raw(message.id, payload, session, sequence), Reply).result is Result.INVALID
    assert only(host.send_raw(messages.GRANT.id, bytes.fromhex("2103030100000000"), session, 100), Reply).result is (
        Result.INVALID
    )
    assert host.fake.calls == 0


def test_an_unknown_command_is_unsupported() -> None:
    host = LinkHost()
    session = host.hello().session
    reply = only(host.send_raw(0x7E, b"anything", session, 1), Reply)
    assert (reply.command, reply.result) == (0x7E, Result.UNSUPPORTED)


def test_an_echo_of_its_own_words_is_not_answered() -> None:
    host = LinkHost()
    session = host.hello().session
    for message in MESSAGES:
        if message.way is Way.TO_HOST:
            assert host.send_raw(message.id, bytes(message.smallest), session, 1) == []


def test_config_get_answers_with_the_configuration() -> None:
    host = LinkHost()
    session = host.hello().session
    assert only(host.send(ConfigGet(), session, 1), Reply).result is Result.UNSUPPORTED
    host.send(ConfigSet(*FIELDS), session, 2)
    host.fake.commissioned = 1
    (frame,) = host.send(ConfigGet(), session, 3)
    assert (frame.session, frame.sequence) == (session, 3)
    assert only([frame], Config) == Config(*FIELDS)
    assert host.send(ConfigGet(), session, 3) == [frame]


def test_ping_needs_no_session() -> None:
    host = LinkHost(now_ms=1234)
    assert only(host.send(Ping(0xABCD)), Pong) == Pong(0xABCD, 1234)


@pytest.mark.parametrize(
    "command",
    [Display(0, b"hello"), Backlight(100, 10), BusRequest(1, 100, b"\x01\x04\x00\x00\x00\x02\x71\xcb")],
    ids=lambda command: command.MESSAGE.name,
)
def test_what_the_board_does_not_have_is_unsupported(command: Payload) -> None:
    host = LinkHost()
    assert only(host.send(command, host.hello().session, 1), Reply).result is Result.UNSUPPORTED


def test_display_and_backlight() -> None:
    host = LinkHost(port=True)
    session = host.hello().session
    assert only(host.send(Display(3, b"12.0 A"), session, 1), Reply).result is Result.OK
    line = host.fake.display
    assert (line.line, bytes(line.text[0 : line.text_count])) == (3, b"12.0 A")
    assert only(host.send(Backlight(100, 30), session, 2), Reply).result is Result.OK
    assert (host.fake.backlight.level, host.fake.backlight.seconds) == (100, 30)
    host.fake.config.backlight_max = 40
    host.fake.commissioned = 1
    host.send(Backlight(100, 30), session, 3)
    assert host.fake.backlight.level == 40
    host.send(Backlight(20, 30), session, 4)
    assert host.fake.backlight.level == 20


def test_one_bus_request_is_in_flight() -> None:
    host = LinkHost(port=True)
    session = host.hello().session
    request = BusRequest(1, 100, b"\x01\x04\x00\x00\x00\x02\x71\xcb")
    assert only(host.send(request, session, 1), Reply).result is Result.OK
    assert only(host.send(request, session, 2), Reply).result is Result.BUSY
    response = host.ffi.new("evse_msg_bus_response_t *", {"tag": 1, "result": 0, "data_count": 2, "data": b"ok"})
    assert host.library.shim_bus_response(response)
    assert only(host.send(EventAck(0, 0)), BusResponse).data == b"ok"
    assert only(host.send(request, session, 3), Reply).result is Result.OK


def test_a_full_line_drops_whole_replies_and_a_retransmission_gets_them() -> None:
    host = LinkHost()
    session = host.hello().session
    for sequence in range(200):
        wire = encode_frame_of(GRANT, session, sequence)
        host.library.shim_node_receive(wire, len(wire), host.now_ms)
    frames = host.send_bytes(b"\x00")
    assert 0 < len(frames) < 200
    assert [frame.sequence for frame in frames] == list(range(len(frames)))
    assert host.fake.calls == 200
    assert host.send(GRANT, session, 199)[0].sequence == 199
    assert host.fake.calls == 200


def encode_frame_of(payload: Payload, session: int, sequence: int) -> bytes:
    message_id, data = encode_payload(payload)
    return encode_frame(Frame(message_id, 0, session, sequence, data))


def test_no_bytes_get_a_command_through_without_the_session() -> None:
    random = Random(5)  # repeatable on purpose
    host = LinkHost(port=True)
    session = host.hello().session
    wires: list[Callable[[], bytes]] = [
        lambda: random.randbytes(random.randint(1, 80)),
        lambda: encode_frame_of(random.choice(COMMANDS), random.getrandbits(32), random.getrandbits(16)),
        lambda: encode_frame_of(GRANT, session, 1)[: random.randint(0, 20)] + b"\x00",
    ]
    for _ in range(3000):
        host.send_bytes(random.choice(wires)())
    assert host.fake.calls == 0
