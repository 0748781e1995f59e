"""Typed payloads: one frozen dataclass for each message.

Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit.

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
from evse_protocol.messages import Access, BusResult, EventKind, Fault, Flag, Hold, LedPattern, Pilot, Result, Slot
from evse_protocol.schema import Message, flaw

SCHEMA_HASH: Final = 0x98E1D059
"""32 bits over all message definitions; host and board command each other only when theirs are equal."""


class PayloadError(ValueError):
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


# Bounded, because values are checked first; several times faster than the conversion itself.
_access: Final = cache(Access)
_bus_result: Final = cache(BusResult)
_event_kind: Final = cache(EventKind)
_fault: Final = cache(Fault)
_flag: Final = cache(Flag)
_hold: Final = cache(Hold)
_led_pattern: Final = cache(LedPattern)
_pilot: Final = cache(Pilot)
_result: Final = cache(Result)
_slot: Final = cache(Slot)


@dataclass(frozen=True, slots=True)
class Hello:
    """Opens a session. Frozen. Sent with session 0; may be repeated."""

    MESSAGE: ClassVar[Message] = messages.HELLO
    host_id: int
    """Random number of this host process."""
    protocol: int
    """Protocol version of the host."""


def _decode_hello(data: bytes) -> Hello:
    raw = _parse(messages.HELLO, data)
    host_id = raw["host_id"]
    protocol = raw["protocol"]
    if not (
        0 <= host_id <= 4294967295
        and 0 <= protocol <= 255
    ):
        raise _refused(messages.HELLO, raw)
    return Hello(
        host_id,
        protocol,
    )


def _encode_hello(payload: Hello) -> bytes:
    host_id = payload.host_id
    protocol = payload.protocol
    values: dict[str, Any] = {"host_id": host_id, "protocol": protocol}
    if not (
        0 <= host_id <= 4294967295
        and 0 <= protocol <= 255
    ):
        raise _refused(messages.HELLO, values)
    return _build(messages.HELLO, values)


@dataclass(frozen=True, slots=True)
class Identity:
    """Answers HELLO. Frozen."""

    MESSAGE: ClassVar[Message] = messages.IDENTITY
    host_id: int
    """Echo of HELLO."""
    session: int
    """Session number for commands; new per boot and per host id."""
    boot: int
    """Boot counter, stored."""
    reset_reason: int
    """Why the board booted."""
    protocol: int
    """Protocol version of the board."""
    schema: int
    """Hash of all message definitions."""
    firmware_major: int
    """Firmware version."""
    firmware_minor: int
    """Firmware version."""
    firmware_patch: int
    """Firmware version."""
    board: int
    """Kind of board."""
    serial: int
    """Serial number."""
    capabilities: int
    """What the board has."""
    largest_payload: int
    """Longest payload the board takes [bytes]."""
    config_crc: int
    """CRC-32C of the stored CONFIG payload, 0 if none."""


def _decode_identity(data: bytes) -> Identity:
    raw = _parse(messages.IDENTITY, data)
    host_id = raw["host_id"]
    session = raw["session"]
    boot = raw["boot"]
    reset_reason = raw["reset_reason"]
    protocol = raw["protocol"]
    schema = raw["schema"]
    firmware_major = raw["firmware_major"]
    firmware_minor = raw["firmware_minor"]
    firmware_patch = raw["firmware_patch"]
    board = raw["board"]
    serial = raw["serial"]
    capabilities = raw["capabilities"]
    largest_payload = raw["largest_payload"]
    config_crc = raw["config_crc"]
    if not (
        0 <= host_id <= 4294967295
        and 1 <= session <= 4294967295
        and 0 <= boot <= 4294967295
        and 0 <= reset_reason <= 255
        and 0 <= protocol <= 255
        and 0 <= schema <= 4294967295
        and 0 <= firmware_major <= 255
        and 0 <= firmware_minor <= 255
        and 0 <= firmware_patch <= 255
        and 0 <= board <= 65535
        and 0 <= serial <= 4294967295
        and 0 <= capabilities <= 4294967295
        and 0 <= largest_payload <= 255
        and 0 <= config_crc <= 4294967295
    ):
        raise _refused(messages.IDENTITY, raw)
    return Identity(
        host_id,
        session,
        boot,
        reset_reason,
        protocol,
        schema,
        firmware_major,
        firmware_minor,
        firmware_patch,
        board,
        serial,
        capabilities,
        largest_payload,
        config_crc,
    )


def _encode_identity(payload: Identity) -> bytes:
    host_id = payload.host_id
    session = payload.session
    boot = payload.boot
    reset_reason = payload.reset_reason
    protocol = payload.protocol
    schema = payload.schema
    firmware_major = payload.firmware_major
    firmware_minor = payload.firmware_minor
    firmware_patch = payload.firmware_patch
    board = payload.board
    serial = payload.serial
    capabilities = payload.capabilities
    largest_payload = payload.largest_payload
    config_crc = payload.config_crc
    values: dict[str, Any] = {"host_id": host_id, "session": session, "boot": boot, "reset_reason": reset_reason, "protocol": protocol, "schema": schema, "firmware_major": firmware_major, "firmware_minor": firmware_minor, "firmware_patch": firmware_patch, "board": board, "serial": serial, "capabilities": capabilities, "largest_payload": largest_payload, "config_crc": config_crc}
    if not (
        0 <= host_id <= 4294967295
        and 1 <= session <= 4294967295
        and 0 <= boot <= 4294967295
        and 0 <= reset_reason <= 255
        and 0 <= protocol <= 255
        and 0 <= schema <= 4294967295
        and 0 <= firmware_major <= 255
        and 0 <= firmware_minor <= 255
        and 0 <= firmware_patch <= 255
        and 0 <= board <= 65535
        and 0 <= serial <= 4294967295
        and 0 <= capabilities <= 4294967295
        and 0 <= largest_payload <= 255
        and 0 <= config_crc <= 4294967295
    ):
        raise _refused(messages.IDENTITY, values)
    return _build(messages.IDENTITY, values)


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for the board's clock; not a command, answered by PONG."""

    MESSAGE: ClassVar[Message] = messages.PING
    token: int
    """Echoed; the host's clock [ms]."""


def _decode_ping(data: bytes) -> Ping:
    raw = _parse(messages.PING, data)
    token = raw["token"]
    if not (
        0 <= token <= 4294967295
    ):
        raise _refused(messages.PING, raw)
    return Ping(
        token,
    )


def _encode_ping(payload: Ping) -> bytes:
    token = payload.token
    values: dict[str, Any] = {"token": token}
    if not (
        0 <= token <= 4294967295
    ):
        raise _refused(messages.PING, values)
    return _build(messages.PING, values)


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers PING."""

    MESSAGE: ClassVar[Message] = messages.PONG
    token: int
    """Echo of PING."""
    board_ms: int
    """Board clock when PONG was built [ms]."""


def _decode_pong(data: bytes) -> Pong:
    raw = _parse(messages.PONG, data)
    token = raw["token"]
    board_ms = raw["board_ms"]
    if not (
        0 <= token <= 4294967295
        and 0 <= board_ms <= 4294967295
    ):
        raise _refused(messages.PONG, raw)
    return Pong(
        token,
        board_ms,
    )


def _encode_pong(payload: Pong) -> bytes:
    token = payload.token
    board_ms = payload.board_ms
    values: dict[str, Any] = {"token": token, "board_ms": board_ms}
    if not (
        0 <= token <= 4294967295
        and 0 <= board_ms <= 4294967295
    ):
        raise _refused(messages.PONG, values)
    return _build(messages.PONG, values)


@dataclass(frozen=True, slots=True)
class Reply:
    """Answers a command with what was applied, not with an echo. Carries the command's session and sequence."""

    MESSAGE: ClassVar[Message] = messages.REPLY
    command: int
    """Message id of the command."""
    result: Result
    """Verdict."""
    applied_da: int
    """GRANT: current offered to the car now; else 0 [0.1 A]."""
    binding: Slot
    """GRANT: the slot that binds the effective limit; else 0."""
    phases: int
    """GRANT: phases in use now; else 0; 0 or 1 or 3."""
    hold: Hold
    """Why the applied value is not the limit yet."""
    hold_ms: int
    """Remaining time of the hold [ms]."""
    detail: int
    """ACKNOWLEDGE: faults still latched; CONFIG_SET: CRC-32C now stored; else 0."""


def _decode_reply(data: bytes) -> Reply:
    raw = _parse(messages.REPLY, data)
    command = raw["command"]
    result = raw["result"]
    applied_da = raw["applied_da"]
    binding = raw["binding"]
    phases = raw["phases"]
    hold = raw["hold"]
    hold_ms = raw["hold_ms"]
    detail = raw["detail"]
    if not (
        0 <= command <= 255
        and 0 <= result <= 9
        and 0 <= applied_da <= 65535
        and 0 <= binding <= 7
        and phases in (0, 1, 3)
        and 0 <= hold <= 10
        and 0 <= hold_ms <= 4294967295
        and 0 <= detail <= 4294967295
    ):
        raise _refused(messages.REPLY, raw)
    return Reply(
        command,
        _result(result),
        applied_da,
        _slot(binding),
        phases,
        _hold(hold),
        hold_ms,
        detail,
    )


def _encode_reply(payload: Reply) -> bytes:
    command = payload.command
    result = payload.result
    applied_da = payload.applied_da
    binding = payload.binding
    phases = payload.phases
    hold = payload.hold
    hold_ms = payload.hold_ms
    detail = payload.detail
    values: dict[str, Any] = {"command": command, "result": result, "applied_da": applied_da, "binding": binding, "phases": phases, "hold": hold, "hold_ms": hold_ms, "detail": detail}
    if not (
        0 <= command <= 255
        and 0 <= result <= 9
        and 0 <= applied_da <= 65535
        and 0 <= binding <= 7
        and phases in (0, 1, 3)
        and 0 <= hold <= 10
        and 0 <= hold_ms <= 4294967295
        and 0 <= detail <= 4294967295
    ):
        raise _refused(messages.REPLY, values)
    return _build(messages.REPLY, values)


@dataclass(frozen=True, slots=True)
class Grant:
    """The lease: a current until a deadline on the board's clock."""

    MESSAGE: ClassVar[Message] = messages.GRANT
    limit_da: int
    """Current limit per phase; below 60 acts as pause [0.1 A]."""
    phases: int
    """Phases to use; 1 or 3."""
    access: Access
    """Allow, pause or deny."""
    valid_until_ms: int
    """Deadline on the board's clock, at most 30 s ahead [ms]."""


def _decode_grant(data: bytes) -> Grant:
    raw = _parse(messages.GRANT, data)
    limit_da = raw["limit_da"]
    phases = raw["phases"]
    access = raw["access"]
    valid_until_ms = raw["valid_until_ms"]
    if not (
        0 <= limit_da <= 800
        and phases in (1, 3)
        and 0 <= access <= 2
        and 0 <= valid_until_ms <= 4294967295
    ):
        raise _refused(messages.GRANT, raw)
    return Grant(
        limit_da,
        phases,
        _access(access),
        valid_until_ms,
    )


def _encode_grant(payload: Grant) -> bytes:
    limit_da = payload.limit_da
    phases = payload.phases
    access = payload.access
    valid_until_ms = payload.valid_until_ms
    values: dict[str, Any] = {"limit_da": limit_da, "phases": phases, "access": access, "valid_until_ms": valid_until_ms}
    if not (
        0 <= limit_da <= 800
        and phases in (1, 3)
        and 0 <= access <= 2
        and 0 <= valid_until_ms <= 4294967295
    ):
        raise _refused(messages.GRANT, values)
    return _build(messages.GRANT, values)


@dataclass(frozen=True, slots=True)
class ConfigGet:
    """Asks for the stored configuration; answered by CONFIG."""

    MESSAGE: ClassVar[Message] = messages.CONFIG_GET


def _decode_config_get(data: bytes) -> ConfigGet:
    if data:
        raise PayloadError(f"CONFIG_GET: a payload of {len(data)} bytes does not fit.")
    return ConfigGet()


def _encode_config_get(payload: ConfigGet) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Config:
    """Answers CONFIG_GET; a board that was never commissioned answers with REPLY result UNSUPPORTED instead."""

    MESSAGE: ClassVar[Message] = messages.CONFIG
    hardware_max_da: int
    """What board, wiring and breaker stand [0.1 A]."""
    connector: int
    """Socket or fixed cable; 1 or 2."""
    cable_da: int
    """Rating of a fixed cable; 0 for a socket [0.1 A]."""
    monitor: int
    """Residual current monitor; 1 or 2."""
    lock: int
    """Lock actuator; 1 or 2 or 3."""
    phases: int
    """Phases wired; 1 or 3."""
    c2: int
    """1 if the second contactor is present."""
    fallback_da: int
    """Current after the lease expired: 0, or 60 and more [0.1 A]."""
    switch_function: int
    """Function of the switch input; 1 or 2 or 3 or 4 or 5."""
    limit_da: int
    """The configuration slot, at most hardware_max_da [0.1 A]."""
    phase_wait_s: int
    """Control pilot off while C2 moves [s]."""
    backlight_max: int
    """Highest backlight level [%]."""


def _decode_config(data: bytes) -> Config:
    raw = _parse(messages.CONFIG, data)
    hardware_max_da = raw["hardware_max_da"]
    connector = raw["connector"]
    cable_da = raw["cable_da"]
    monitor = raw["monitor"]
    lock = raw["lock"]
    phases = raw["phases"]
    c2 = raw["c2"]
    fallback_da = raw["fallback_da"]
    switch_function = raw["switch_function"]
    limit_da = raw["limit_da"]
    phase_wait_s = raw["phase_wait_s"]
    backlight_max = raw["backlight_max"]
    if not (
        60 <= hardware_max_da <= 800
        and 1 <= connector <= 2
        and 0 <= cable_da <= 800
        and 1 <= monitor <= 2
        and 1 <= lock <= 3
        and phases in (1, 3)
        and 0 <= c2 <= 1
        and 0 <= fallback_da <= 800
        and 1 <= switch_function <= 5
        and 0 <= limit_da <= 800
        and 30 <= phase_wait_s <= 600
        and 0 <= backlight_max <= 100
    ):
        raise _refused(messages.CONFIG, raw)
    return Config(
        hardware_max_da,
        connector,
        cable_da,
        monitor,
        lock,
        phases,
        c2,
        fallback_da,
        switch_function,
        limit_da,
        phase_wait_s,
        backlight_max,
    )


def _encode_config(payload: Config) -> bytes:
    hardware_max_da = payload.hardware_max_da
    connector = payload.connector
    cable_da = payload.cable_da
    monitor = payload.monitor
    lock = payload.lock
    phases = payload.phases
    c2 = payload.c2
    fallback_da = payload.fallback_da
    switch_function = payload.switch_function
    limit_da = payload.limit_da
    phase_wait_s = payload.phase_wait_s
    backlight_max = payload.backlight_max
    values: dict[str, Any] = {"hardware_max_da": hardware_max_da, "connector": connector, "cable_da": cable_da, "monitor": monitor, "lock": lock, "phases": phases, "c2": c2, "fallback_da": fallback_da, "switch_function": switch_function, "limit_da": limit_da, "phase_wait_s": phase_wait_s, "backlight_max": backlight_max}
    if not (
        60 <= hardware_max_da <= 800
        and 1 <= connector <= 2
        and 0 <= cable_da <= 800
        and 1 <= monitor <= 2
        and 1 <= lock <= 3
        and phases in (1, 3)
        and 0 <= c2 <= 1
        and 0 <= fallback_da <= 800
        and 1 <= switch_function <= 5
        and 0 <= limit_da <= 800
        and 30 <= phase_wait_s <= 600
        and 0 <= backlight_max <= 100
    ):
        raise _refused(messages.CONFIG, values)
    return _build(messages.CONFIG, values)


@dataclass(frozen=True, slots=True)
class ConfigSet:
    """Stores a configuration. All but limit_da and backlight_max are safety fields: they change only in the commissioning window. BUSY while C1 is closed."""

    MESSAGE: ClassVar[Message] = messages.CONFIG_SET
    hardware_max_da: int
    """What board, wiring and breaker stand [0.1 A]."""
    connector: int
    """Socket or fixed cable; 1 or 2."""
    cable_da: int
    """Rating of a fixed cable; 0 for a socket [0.1 A]."""
    monitor: int
    """Residual current monitor; 1 or 2."""
    lock: int
    """Lock actuator; 1 or 2 or 3."""
    phases: int
    """Phases wired; 1 or 3."""
    c2: int
    """1 if the second contactor is present."""
    fallback_da: int
    """Current after the lease expired: 0, or 60 and more [0.1 A]."""
    switch_function: int
    """Function of the switch input; 1 or 2 or 3 or 4 or 5."""
    limit_da: int
    """The configuration slot, at most hardware_max_da [0.1 A]."""
    phase_wait_s: int
    """Control pilot off while C2 moves [s]."""
    backlight_max: int
    """Highest backlight level [%]."""


def _decode_config_set(data: bytes) -> ConfigSet:
    raw = _parse(messages.CONFIG_SET, data)
    hardware_max_da = raw["hardware_max_da"]
    connector = raw["connector"]
    cable_da = raw["cable_da"]
    monitor = raw["monitor"]
    lock = raw["lock"]
    phases = raw["phases"]
    c2 = raw["c2"]
    fallback_da = raw["fallback_da"]
    switch_function = raw["switch_function"]
    limit_da = raw["limit_da"]
    phase_wait_s = raw["phase_wait_s"]
    backlight_max = raw["backlight_max"]
    if not (
        60 <= hardware_max_da <= 800
        and 1 <= connector <= 2
        and 0 <= cable_da <= 800
        and 1 <= monitor <= 2
        and 1 <= lock <= 3
        and phases in (1, 3)
        and 0 <= c2 <= 1
        and 0 <= fallback_da <= 800
        and 1 <= switch_function <= 5
        and 0 <= limit_da <= 800
        and 30 <= phase_wait_s <= 600
        and 0 <= backlight_max <= 100
    ):
        raise _refused(messages.CONFIG_SET, raw)
    return ConfigSet(
        hardware_max_da,
        connector,
        cable_da,
        monitor,
        lock,
        phases,
        c2,
        fallback_da,
        switch_function,
        limit_da,
        phase_wait_s,
        backlight_max,
    )


def _encode_config_set(payload: ConfigSet) -> bytes:
    hardware_max_da = payload.hardware_max_da
    connector = payload.connector
    cable_da = payload.cable_da
    monitor = payload.monitor
    lock = payload.lock
    phases = payload.phases
    c2 = payload.c2
    fallback_da = payload.fallback_da
    switch_function = payload.switch_function
    limit_da = payload.limit_da
    phase_wait_s = payload.phase_wait_s
    backlight_max = payload.backlight_max
    values: dict[str, Any] = {"hardware_max_da": hardware_max_da, "connector": connector, "cable_da": cable_da, "monitor": monitor, "lock": lock, "phases": phases, "c2": c2, "fallback_da": fallback_da, "switch_function": switch_function, "limit_da": limit_da, "phase_wait_s": phase_wait_s, "backlight_max": backlight_max}
    if not (
        60 <= hardware_max_da <= 800
        and 1 <= connector <= 2
        and 0 <= cable_da <= 800
        and 1 <= monitor <= 2
        and 1 <= lock <= 3
        and phases in (1, 3)
        and 0 <= c2 <= 1
        and 0 <= fallback_da <= 800
        and 1 <= switch_function <= 5
        and 0 <= limit_da <= 800
        and 30 <= phase_wait_s <= 600
        and 0 <= backlight_max <= 100
    ):
        raise _refused(messages.CONFIG_SET, values)
    return _build(messages.CONFIG_SET, values)


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Acknowledges latched faults whose cause is gone."""

    MESSAGE: ClassVar[Message] = messages.ACKNOWLEDGE
    faults: Fault
    """Which."""


def _decode_acknowledge(data: bytes) -> Acknowledge:
    raw = _parse(messages.ACKNOWLEDGE, data)
    faults = raw["faults"]
    if not (
        0 <= faults <= 8191 and not faults & ~8191
    ):
        raise _refused(messages.ACKNOWLEDGE, raw)
    return Acknowledge(
        _fault(faults),
    )


def _encode_acknowledge(payload: Acknowledge) -> bytes:
    faults = payload.faults
    values: dict[str, Any] = {"faults": faults}
    if not (
        0 <= faults <= 8191 and not faults & ~8191
    ):
        raise _refused(messages.ACKNOWLEDGE, values)
    return _build(messages.ACKNOWLEDGE, values)


@dataclass(frozen=True, slots=True)
class Resume:
    """Clears the stop slot."""

    MESSAGE: ClassVar[Message] = messages.RESUME


def _decode_resume(data: bytes) -> Resume:
    if data:
        raise PayloadError(f"RESUME: a payload of {len(data)} bytes does not fit.")
    return Resume()


def _encode_resume(payload: Resume) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Releases the lock once C1 is open."""

    MESSAGE: ClassVar[Message] = messages.UNLOCK


def _decode_unlock(data: bytes) -> Unlock:
    if data:
        raise PayloadError(f"UNLOCK: a payload of {len(data)} bytes does not fit.")
    return Unlock()


def _encode_unlock(payload: Unlock) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class LockHold:
    """Keeps the cable locked in state A."""

    MESSAGE: ClassVar[Message] = messages.LOCK_HOLD
    on: int
    """1 keep, 0 let go."""


def _decode_lock_hold(data: bytes) -> LockHold:
    raw = _parse(messages.LOCK_HOLD, data)
    on = raw["on"]
    if not (
        0 <= on <= 1
    ):
        raise _refused(messages.LOCK_HOLD, raw)
    return LockHold(
        on,
    )


def _encode_lock_hold(payload: LockHold) -> bytes:
    on = payload.on
    values: dict[str, Any] = {"on": on}
    if not (
        0 <= on <= 1
    ):
        raise _refused(messages.LOCK_HOLD, values)
    return _build(messages.LOCK_HOLD, values)


@dataclass(frozen=True, slots=True)
class Reboot:
    """Restarts the board; BUSY while C1 is closed."""

    MESSAGE: ClassVar[Message] = messages.REBOOT
    boot: int
    """Boot counter of the boot to end, so that a stray frame can't reboot twice."""


def _decode_reboot(data: bytes) -> Reboot:
    raw = _parse(messages.REBOOT, data)
    boot = raw["boot"]
    if not (
        0 <= boot <= 4294967295
    ):
        raise _refused(messages.REBOOT, raw)
    return Reboot(
        boot,
    )


def _encode_reboot(payload: Reboot) -> bytes:
    boot = payload.boot
    values: dict[str, Any] = {"boot": boot}
    if not (
        0 <= boot <= 4294967295
    ):
        raise _refused(messages.REBOOT, values)
    return _build(messages.REBOOT, values)


@dataclass(frozen=True, slots=True)
class Bootloader:
    """Restarts into the bootloader; BUSY while C1 is closed."""

    MESSAGE: ClassVar[Message] = messages.BOOTLOADER
    boot: int
    """Boot counter of the boot to end."""


def _decode_bootloader(data: bytes) -> Bootloader:
    raw = _parse(messages.BOOTLOADER, data)
    boot = raw["boot"]
    if not (
        0 <= boot <= 4294967295
    ):
        raise _refused(messages.BOOTLOADER, raw)
    return Bootloader(
        boot,
    )


def _encode_bootloader(payload: Bootloader) -> bytes:
    boot = payload.boot
    values: dict[str, Any] = {"boot": boot}
    if not (
        0 <= boot <= 4294967295
    ):
        raise _refused(messages.BOOTLOADER, values)
    return _build(messages.BOOTLOADER, values)


@dataclass(frozen=True, slots=True)
class Led:
    """A pattern for the status light."""

    MESSAGE: ClassVar[Message] = messages.LED
    pattern: LedPattern
    """Which."""
    red: int
    """Level."""
    green: int
    """Level."""
    blue: int
    """Level."""
    ttl_ms: int
    """How long it stands [ms]."""


def _decode_led(data: bytes) -> Led:
    raw = _parse(messages.LED, data)
    pattern = raw["pattern"]
    red = raw["red"]
    green = raw["green"]
    blue = raw["blue"]
    ttl_ms = raw["ttl_ms"]
    if not (
        0 <= pattern <= 3
        and 0 <= red <= 255
        and 0 <= green <= 255
        and 0 <= blue <= 255
        and 0 <= ttl_ms <= 65535
    ):
        raise _refused(messages.LED, raw)
    return Led(
        _led_pattern(pattern),
        red,
        green,
        blue,
        ttl_ms,
    )


def _encode_led(payload: Led) -> bytes:
    pattern = payload.pattern
    red = payload.red
    green = payload.green
    blue = payload.blue
    ttl_ms = payload.ttl_ms
    values: dict[str, Any] = {"pattern": pattern, "red": red, "green": green, "blue": blue, "ttl_ms": ttl_ms}
    if not (
        0 <= pattern <= 3
        and 0 <= red <= 255
        and 0 <= green <= 255
        and 0 <= blue <= 255
        and 0 <= ttl_ms <= 65535
    ):
        raise _refused(messages.LED, values)
    return _build(messages.LED, values)


@dataclass(frozen=True, slots=True)
class Display:
    """One line of text."""

    MESSAGE: ClassVar[Message] = messages.DISPLAY
    line: int
    """0 is the top one."""
    text: bytes
    """Printable ASCII."""


def _decode_display(data: bytes) -> Display:
    raw = _parse(messages.DISPLAY, data)
    line = raw["line"]
    text = raw["text"]
    if not (
        0 <= line <= 7
        and len(text) <= 21
    ):
        raise _refused(messages.DISPLAY, raw)
    return Display(
        line,
        text,
    )


def _encode_display(payload: Display) -> bytes:
    line = payload.line
    text = payload.text
    values: dict[str, Any] = {"line": line, "text": text}
    if not (
        0 <= line <= 7
        and len(text) <= 21
    ):
        raise _refused(messages.DISPLAY, values)
    return _build(messages.DISPLAY, values)


@dataclass(frozen=True, slots=True)
class Backlight:
    """Backlight level, clamped to the configured maximum."""

    MESSAGE: ClassVar[Message] = messages.BACKLIGHT
    level: int
    """0 is off [%]."""
    seconds: int
    """How long [s]."""


def _decode_backlight(data: bytes) -> Backlight:
    raw = _parse(messages.BACKLIGHT, data)
    level = raw["level"]
    seconds = raw["seconds"]
    if not (
        0 <= level <= 100
        and 0 <= seconds <= 65535
    ):
        raise _refused(messages.BACKLIGHT, raw)
    return Backlight(
        level,
        seconds,
    )


def _encode_backlight(payload: Backlight) -> bytes:
    level = payload.level
    seconds = payload.seconds
    values: dict[str, Any] = {"level": level, "seconds": seconds}
    if not (
        0 <= level <= 100
        and 0 <= seconds <= 65535
    ):
        raise _refused(messages.BACKLIGHT, values)
    return _build(messages.BACKLIGHT, values)


@dataclass(frozen=True, slots=True)
class WeldEvidence:
    """A meter of this charger alone saw current for 2 s, 5 s and more after the contactor opened."""

    MESSAGE: ClassVar[Message] = messages.WELD_EVIDENCE
    current_da: int
    """What it saw [0.1 A]."""


def _decode_weld_evidence(data: bytes) -> WeldEvidence:
    raw = _parse(messages.WELD_EVIDENCE, data)
    current_da = raw["current_da"]
    if not (
        11 <= current_da <= 65535
    ):
        raise _refused(messages.WELD_EVIDENCE, raw)
    return WeldEvidence(
        current_da,
    )


def _encode_weld_evidence(payload: WeldEvidence) -> bytes:
    current_da = payload.current_da
    values: dict[str, Any] = {"current_da": current_da}
    if not (
        11 <= current_da <= 65535
    ):
        raise _refused(messages.WELD_EVIDENCE, values)
    return _build(messages.WELD_EVIDENCE, values)


@dataclass(frozen=True, slots=True)
class Trace:
    """Asks for PILOT_TRACE messages."""

    MESSAGE: ClassVar[Message] = messages.TRACE
    duration_ms: int
    """For how long; 0 ends it [ms]."""


def _decode_trace(data: bytes) -> Trace:
    raw = _parse(messages.TRACE, data)
    duration_ms = raw["duration_ms"]
    if not (
        0 <= duration_ms <= 60000
    ):
        raise _refused(messages.TRACE, raw)
    return Trace(
        duration_ms,
    )


def _encode_trace(payload: Trace) -> bytes:
    duration_ms = payload.duration_ms
    values: dict[str, Any] = {"duration_ms": duration_ms}
    if not (
        0 <= duration_ms <= 60000
    ):
        raise _refused(messages.TRACE, values)
    return _build(messages.TRACE, values)


@dataclass(frozen=True, slots=True)
class BusRequest:
    """Modbus RTU request for the board's RS-485; acknowledged at once, answered by BUS_RESPONSE; one in flight."""

    MESSAGE: ClassVar[Message] = messages.BUS_REQUEST
    tag: int
    """Echoed in the response."""
    timeout_ms: int
    """How long to wait for the answer [ms]."""
    data: bytes
    """Request with its CRC."""


def _decode_bus_request(data: bytes) -> BusRequest:
    raw = _parse(messages.BUS_REQUEST, data)
    tag = raw["tag"]
    timeout_ms = raw["timeout_ms"]
    data = raw["data"]
    if not (
        0 <= tag <= 255
        and 10 <= timeout_ms <= 5000
        and len(data) <= 56
    ):
        raise _refused(messages.BUS_REQUEST, raw)
    return BusRequest(
        tag,
        timeout_ms,
        data,
    )


def _encode_bus_request(payload: BusRequest) -> bytes:
    tag = payload.tag
    timeout_ms = payload.timeout_ms
    data = payload.data
    values: dict[str, Any] = {"tag": tag, "timeout_ms": timeout_ms, "data": data}
    if not (
        0 <= tag <= 255
        and 10 <= timeout_ms <= 5000
        and len(data) <= 56
    ):
        raise _refused(messages.BUS_REQUEST, values)
    return _build(messages.BUS_REQUEST, values)


@dataclass(frozen=True, slots=True)
class EventAck:
    """The host has stored all events up to this one; not a command. Ignored for another boot."""

    MESSAGE: ClassVar[Message] = messages.EVENT_ACK
    boot: int
    """Boot counter of the events."""
    number: int
    """Newest stored event."""


def _decode_event_ack(data: bytes) -> EventAck:
    raw = _parse(messages.EVENT_ACK, data)
    boot = raw["boot"]
    number = raw["number"]
    if not (
        0 <= boot <= 4294967295
        and 0 <= number <= 4294967295
    ):
        raise _refused(messages.EVENT_ACK, raw)
    return EventAck(
        boot,
        number,
    )


def _encode_event_ack(payload: EventAck) -> bytes:
    boot = payload.boot
    number = payload.number
    values: dict[str, Any] = {"boot": boot, "number": number}
    if not (
        0 <= boot <= 4294967295
        and 0 <= number <= 4294967295
    ):
        raise _refused(messages.EVENT_ACK, values)
    return _build(messages.EVENT_ACK, values)


@dataclass(frozen=True, slots=True)
class Status:
    """Telemetry: at once on a change, else 1 to 10 times a second. Unacknowledged and counted."""

    MESSAGE: ClassVar[Message] = messages.STATUS
    counter: int
    """Counts every STATUS, so that the host knows how many it missed."""
    board_ms: int
    """Board clock when STATUS was built [ms]."""
    pilot: Pilot
    """Filtered control pilot state."""
    flags: Flag
    """Single facts."""
    cp_high_mv: int
    """Control pilot, high part [mV]."""
    cp_low_mv: int
    """Control pilot, low part; newest PWM cycle [mV]."""
    temperature_dc: int
    """Temperature [0.1 C]."""
    slots_da: tuple[int, ...]
    """Limits in the order of Slot; 65535 is inactive [0.1 A]."""
    binding: Slot
    """The slot that binds."""
    limit_da: int
    """Effective limit [0.1 A]."""
    offered_da: int
    """What the duty cycle tells the car now; 0 is none [0.1 A]."""
    duty_permille: int
    """Duty cycle; 1000 is static +12 V [0.1 %]."""
    phases: int
    """Phases that C1 closes now or would close: C2's position; 1 or 3."""
    access: Access
    """Access of the newest grant."""
    lease_ms: int
    """Remaining time of the lease; 0 is expired [ms]."""
    hold: Hold
    """Why the board does not do what the limit allows."""
    hold_ms: int
    """Remaining time of the hold [ms]."""
    faults: Fault
    """Active and latched faults."""
    events_lost: int
    """Events dropped from a full ring in this boot; stays at 65535."""


def _decode_status(data: bytes) -> Status:
    raw = _parse(messages.STATUS, data)
    counter = raw["counter"]
    board_ms = raw["board_ms"]
    pilot = raw["pilot"]
    flags = raw["flags"]
    cp_high_mv = raw["cp_high_mv"]
    cp_low_mv = raw["cp_low_mv"]
    temperature_dc = raw["temperature_dc"]
    slots_da = raw["slots_da"]
    binding = raw["binding"]
    limit_da = raw["limit_da"]
    offered_da = raw["offered_da"]
    duty_permille = raw["duty_permille"]
    phases = raw["phases"]
    access = raw["access"]
    lease_ms = raw["lease_ms"]
    hold = raw["hold"]
    hold_ms = raw["hold_ms"]
    faults = raw["faults"]
    events_lost = raw["events_lost"]
    if not (
        0 <= counter <= 65535
        and 0 <= board_ms <= 4294967295
        and 0 <= pilot <= 6
        and 0 <= flags <= 8191 and not flags & ~8191
        and -32768 <= cp_high_mv <= 32767
        and -32768 <= cp_low_mv <= 32767
        and -32768 <= temperature_dc <= 32767
        and len(slots_da) == 8 and 0 <= min(slots_da) and max(slots_da) <= 65535
        and 0 <= binding <= 7
        and 0 <= limit_da <= 800
        and 0 <= offered_da <= 800
        and 0 <= duty_permille <= 1000
        and phases in (1, 3)
        and 0 <= access <= 2
        and 0 <= lease_ms <= 30000
        and 0 <= hold <= 10
        and 0 <= hold_ms <= 4294967295
        and 0 <= faults <= 8191 and not faults & ~8191
        and 0 <= events_lost <= 65535
    ):
        raise _refused(messages.STATUS, raw)
    return Status(
        counter,
        board_ms,
        _pilot(pilot),
        _flag(flags),
        cp_high_mv,
        cp_low_mv,
        temperature_dc,
        tuple(slots_da),
        _slot(binding),
        limit_da,
        offered_da,
        duty_permille,
        phases,
        _access(access),
        lease_ms,
        _hold(hold),
        hold_ms,
        _fault(faults),
        events_lost,
    )


def _encode_status(payload: Status) -> bytes:
    counter = payload.counter
    board_ms = payload.board_ms
    pilot = payload.pilot
    flags = payload.flags
    cp_high_mv = payload.cp_high_mv
    cp_low_mv = payload.cp_low_mv
    temperature_dc = payload.temperature_dc
    slots_da = payload.slots_da
    binding = payload.binding
    limit_da = payload.limit_da
    offered_da = payload.offered_da
    duty_permille = payload.duty_permille
    phases = payload.phases
    access = payload.access
    lease_ms = payload.lease_ms
    hold = payload.hold
    hold_ms = payload.hold_ms
    faults = payload.faults
    events_lost = payload.events_lost
    values: dict[str, Any] = {"counter": counter, "board_ms": board_ms, "pilot": pilot, "flags": flags, "cp_high_mv": cp_high_mv, "cp_low_mv": cp_low_mv, "temperature_dc": temperature_dc, "slots_da": slots_da, "binding": binding, "limit_da": limit_da, "offered_da": offered_da, "duty_permille": duty_permille, "phases": phases, "access": access, "lease_ms": lease_ms, "hold": hold, "hold_ms": hold_ms, "faults": faults, "events_lost": events_lost}
    if not (
        0 <= counter <= 65535
        and 0 <= board_ms <= 4294967295
        and 0 <= pilot <= 6
        and 0 <= flags <= 8191 and not flags & ~8191
        and -32768 <= cp_high_mv <= 32767
        and -32768 <= cp_low_mv <= 32767
        and -32768 <= temperature_dc <= 32767
        and len(slots_da) == 8 and 0 <= min(slots_da) and max(slots_da) <= 65535
        and 0 <= binding <= 7
        and 0 <= limit_da <= 800
        and 0 <= offered_da <= 800
        and 0 <= duty_permille <= 1000
        and phases in (1, 3)
        and 0 <= access <= 2
        and 0 <= lease_ms <= 30000
        and 0 <= hold <= 10
        and 0 <= hold_ms <= 4294967295
        and 0 <= faults <= 8191 and not faults & ~8191
        and 0 <= events_lost <= 65535
    ):
        raise _refused(messages.STATUS, values)
    return _build(messages.STATUS, values)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the event ring, repeated each second until acknowledged; the oldest first."""

    MESSAGE: ClassVar[Message] = messages.EVENT
    boot: int
    """Boot counter."""
    number: int
    """Counts events of a boot from 0."""
    board_ms: int
    """When [ms]."""
    kind: EventKind
    """What."""
    code: int
    """Depends on kind."""
    value: int
    """Depends on kind."""


def _decode_event(data: bytes) -> Event:
    raw = _parse(messages.EVENT, data)
    boot = raw["boot"]
    number = raw["number"]
    board_ms = raw["board_ms"]
    kind = raw["kind"]
    code = raw["code"]
    value = raw["value"]
    if not (
        0 <= boot <= 4294967295
        and 0 <= number <= 4294967295
        and 0 <= board_ms <= 4294967295
        and 0 <= kind <= 12
        and 0 <= code <= 255
        and 0 <= value <= 4294967295
    ):
        raise _refused(messages.EVENT, raw)
    return Event(
        boot,
        number,
        board_ms,
        _event_kind(kind),
        code,
        value,
    )


def _encode_event(payload: Event) -> bytes:
    boot = payload.boot
    number = payload.number
    board_ms = payload.board_ms
    kind = payload.kind
    code = payload.code
    value = payload.value
    values: dict[str, Any] = {"boot": boot, "number": number, "board_ms": board_ms, "kind": kind, "code": code, "value": value}
    if not (
        0 <= boot <= 4294967295
        and 0 <= number <= 4294967295
        and 0 <= board_ms <= 4294967295
        and 0 <= kind <= 12
        and 0 <= code <= 255
        and 0 <= value <= 4294967295
    ):
        raise _refused(messages.EVENT, values)
    return _build(messages.EVENT, values)


@dataclass(frozen=True, slots=True)
class PilotTrace:
    """Raw control pilot samples, high and low alternating, one pair a PWM cycle."""

    MESSAGE: ClassVar[Message] = messages.PILOT_TRACE
    board_ms: int
    """Time of the first sample [ms]."""
    period_ms: int
    """Time between pairs [ms]."""
    samples_mv: tuple[int, ...]
    """High, low, high, low, .. [mV]."""


def _decode_pilot_trace(data: bytes) -> PilotTrace:
    raw = _parse(messages.PILOT_TRACE, data)
    board_ms = raw["board_ms"]
    period_ms = raw["period_ms"]
    samples_mv = raw["samples_mv"]
    if not (
        0 <= board_ms <= 4294967295
        and 1 <= period_ms <= 255
        and len(samples_mv) <= 28 and (not samples_mv or (-32768 <= min(samples_mv) and max(samples_mv) <= 32767))
    ):
        raise _refused(messages.PILOT_TRACE, raw)
    return PilotTrace(
        board_ms,
        period_ms,
        tuple(samples_mv),
    )


def _encode_pilot_trace(payload: PilotTrace) -> bytes:
    board_ms = payload.board_ms
    period_ms = payload.period_ms
    samples_mv = payload.samples_mv
    values: dict[str, Any] = {"board_ms": board_ms, "period_ms": period_ms, "samples_mv": samples_mv}
    if not (
        0 <= board_ms <= 4294967295
        and 1 <= period_ms <= 255
        and len(samples_mv) <= 28 and (not samples_mv or (-32768 <= min(samples_mv) and max(samples_mv) <= 32767))
    ):
        raise _refused(messages.PILOT_TRACE, values)
    return _build(messages.PILOT_TRACE, values)


@dataclass(frozen=True, slots=True)
class BusResponse:
    """Outcome of BUS_REQUEST."""

    MESSAGE: ClassVar[Message] = messages.BUS_RESPONSE
    tag: int
    """Echo."""
    result: BusResult
    """Outcome."""
    data: bytes
    """Response with its CRC."""


def _decode_bus_response(data: bytes) -> BusResponse:
    raw = _parse(messages.BUS_RESPONSE, data)
    tag = raw["tag"]
    result = raw["result"]
    data = raw["data"]
    if not (
        0 <= tag <= 255
        and 0 <= result <= 3
        and len(data) <= 61
    ):
        raise _refused(messages.BUS_RESPONSE, raw)
    return BusResponse(
        tag,
        _bus_result(result),
        data,
    )


def _encode_bus_response(payload: BusResponse) -> bytes:
    tag = payload.tag
    result = payload.result
    data = payload.data
    values: dict[str, Any] = {"tag": tag, "result": result, "data": data}
    if not (
        0 <= tag <= 255
        and 0 <= result <= 3
        and len(data) <= 61
    ):
        raise _refused(messages.BUS_RESPONSE, values)
    return _build(messages.BUS_RESPONSE, values)


Payload = (
    Hello
    | Identity
    | Ping
    | Pong
    | Reply
    | Grant
    | ConfigGet
    | Config
    | ConfigSet
    | Acknowledge
    | Resume
    | Unlock
    | LockHold
    | Reboot
    | Bootloader
    | Led
    | Display
    | Backlight
    | WeldEvidence
    | Trace
    | BusRequest
    | EventAck
    | Status
    | Event
    | PilotTrace
    | BusResponse
)


_DECODERS: Final[dict[int, Callable[[bytes], Payload]]] = {
    0x01: _decode_hello,
    0x02: _decode_identity,
    0x03: _decode_ping,
    0x04: _decode_pong,
    0x05: _decode_reply,
    0x10: _decode_grant,
    0x11: _decode_config_get,
    0x12: _decode_config,
    0x13: _decode_config_set,
    0x14: _decode_acknowledge,
    0x15: _decode_resume,
    0x16: _decode_unlock,
    0x17: _decode_lock_hold,
    0x18: _decode_reboot,
    0x19: _decode_bootloader,
    0x1A: _decode_led,
    0x1B: _decode_display,
    0x1C: _decode_backlight,
    0x1D: _decode_weld_evidence,
    0x1E: _decode_trace,
    0x1F: _decode_bus_request,
    0x20: _decode_event_ack,
    0x30: _decode_status,
    0x31: _decode_event,
    0x32: _decode_pilot_trace,
    0x33: _decode_bus_response,
}


_ENCODERS: Final[dict[type[Any], Callable[[Any], bytes]]] = {
    Hello: _encode_hello,
    Identity: _encode_identity,
    Ping: _encode_ping,
    Pong: _encode_pong,
    Reply: _encode_reply,
    Grant: _encode_grant,
    ConfigGet: _encode_config_get,
    Config: _encode_config,
    ConfigSet: _encode_config_set,
    Acknowledge: _encode_acknowledge,
    Resume: _encode_resume,
    Unlock: _encode_unlock,
    LockHold: _encode_lock_hold,
    Reboot: _encode_reboot,
    Bootloader: _encode_bootloader,
    Led: _encode_led,
    Display: _encode_display,
    Backlight: _encode_backlight,
    WeldEvidence: _encode_weld_evidence,
    Trace: _encode_trace,
    BusRequest: _encode_bus_request,
    EventAck: _encode_event_ack,
    Status: _encode_status,
    Event: _encode_event,
    PilotTrace: _encode_pilot_trace,
    BusResponse: _encode_bus_response,
}


def encode_payload(payload: Payload) -> tuple[int, bytes]:
    """Message id and bytes; `PayloadError` when a field is out of bounds."""
    return payload.MESSAGE.id, _ENCODERS[type(payload)](payload)


def decode_payload(message_id: int, data: bytes) -> Payload:
    """The payload of a message; `PayloadError` for an unknown id, a wrong length or a field out of bounds."""
    decoder = _DECODERS.get(message_id)
    if decoder is None:
        raise PayloadError(f"There is no message 0x{message_id:02X}.")
    return decoder(data)
