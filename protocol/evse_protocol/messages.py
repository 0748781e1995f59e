"""Every message of the wire, once. C, SPEC.md, vectors and the dissector are generated from this file.

Change a field here and run `make generate`; the schema hash changes with it, and a host and a board whose hashes
differ do not command each other. HELLO and IDENTITY are frozen for ever: they are how two sides that differ find out.

Suffixes: `_da` 0.1 A, `_mv` millivolt, `_ms` millisecond, `_s` second, `_dc` 0.1 degree Celsius. Times are on the
board's wrapping 32-bit millisecond clock unless said otherwise.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final

from evse_protocol.schema import Message, Way, bytes_rest, i16, i16_rest, u8, u16, u16_array, u32

PROTOCOL_VERSION: Final = 1
INACTIVE_DA: Final = 0xFFFF
"""A slot with this value does not limit."""
HIGHEST_LIMIT_DA: Final = 800
"""IEC 61851-1 duty cycles end at 80 A."""
LONGEST_LEASE_MS: Final = 30_000
LARGEST_PAYLOAD: Final = 240
SMALLEST_BOARD_PAYLOAD: Final = 64


class Access(IntEnum):
    """What the host allows: board.md, Slots."""

    DENY = 0
    ALLOW = 1
    PAUSE = 2


class Pilot(IntEnum):
    """Filtered control pilot state; UNKNOWN while CP is disconnected, for 300 ms after, and before a first verdict."""

    UNKNOWN = 0
    A = 1
    B = 2
    C = 3
    D = 4
    E = 5
    INVALID = 6


class Slot(IntEnum):
    """Named limits; the effective limit is the minimum of the active ones."""

    HARDWARE = 0
    CABLE = 1
    TEMPERATURE = 2
    CONFIGURATION = 3
    STOP = 4
    HOST = 5
    SWITCH = 6
    SIMPLIFIED = 7


class Fault(IntFlag):
    """Active or latched faults: board.md, Faults."""

    PILOT = 1 << 0
    DIODE = 1 << 1
    RESIDUAL_CURRENT = 1 << 2
    WELDED_CONTACTOR = 1 << 3
    PROXIMITY = 1 << 4
    LOCK = 1 << 5
    OVERTEMPERATURE = 1 << 6
    SENSOR = 1 << 7
    NO_12V = 1 << 8
    CONFIG_CORRUPT = 1 << 9
    WATCHDOG = 1 << 10
    UNKNOWN_BOARD = 1 << 11
    INVARIANT = 1 << 12


class Hold(IntEnum):
    """Why the board does not (yet) do what the limit would allow; the remaining time travels with it."""

    NONE = 0
    BOOT = 1
    """10 s of stable control pilot after a reset."""
    RECLOSE = 2
    """5 s after leaving C, 30 s after a fault."""
    RAMP = 3
    """A raise waits for its 5 s window."""
    PHASE_DWELL = 4
    """10 min before one phase may become three."""
    PHASE_WAIT = 5
    """The control pilot is off while C2 moves."""
    SOFT_STOP = 6
    """Duty is 100 % and the car has up to 6 s to leave C."""
    WAKE = 7
    """Control pilot off for 4 s to wake a sleeping car."""
    SIMPLIFIED = 8
    """C without B: no verdict on a simplified pilot yet."""
    LOCKING = 9
    """The connector lock has not confirmed."""
    FILTER = 10
    """C is seen and being confirmed before the contactor closes."""


class Flag(IntFlag):
    """Single facts of STATUS."""

    CP_CONNECTED = 1 << 0
    DIODE_OK = 1 << 1
    C1 = 1 << 2
    C2 = 1 << 3
    LOCKED = 1 << 4
    BUTTON = 1 << 5
    SWITCH = 1 << 6
    COMMISSIONED = 1 << 7
    COMMISSIONING_OPEN = 1 << 8
    PLUGGED = 1 << 9
    LOCK_HOLD = 1 << 10
    FALLBACK = 1 << 11
    STOPPED = 1 << 12


class Result(IntEnum):
    """Verdict of a command."""

    OK = 0
    WRONG_SESSION = 1
    EXPIRED = 2
    """The deadline of a GRANT has passed."""
    TOO_FAR = 3
    """The deadline of a GRANT lies more than 30 s ahead."""
    NO_SUCH_PHASES = 4
    """The board can't do the granted phases; nothing was renewed."""
    BUSY = 5
    """Not while the contactor is closed, or one is in flight."""
    NOT_PERMITTED = 6
    """Safety fields change only in the commissioning window."""
    INVALID = 7
    """A payload of the wrong length, or a field out of bounds."""
    UNSUPPORTED = 8
    """This board does not have that."""
    NOT_CLEARED = 9
    """The fault's cause is still there."""


class ResetReason(IntEnum):
    """Why the board booted."""

    UNKNOWN = 0
    POWER_ON = 1
    EXTERNAL = 2
    BROWN_OUT = 3
    WATCHDOG = 4
    SOFTWARE = 5
    INVARIANT = 6
    COMMANDED = 7


class Capability(IntFlag):
    """What a board has, apart from its commissioning."""

    SOCKET_LOCK = 1 << 0
    CONTACTOR_FEEDBACK = 1 << 1
    C2 = 1 << 2
    RESIDUAL_CURRENT_MONITOR = 1 << 3
    LED = 1 << 4
    DISPLAY = 1 << 5
    BACKLIGHT = 1 << 6
    BUS = 1 << 7
    RFID = 1 << 8
    SWITCH = 1 << 9
    SIMULATED = 1 << 10
    BOOTLOADER = 1 << 11


class BoardKind(IntEnum):
    """Where the firmware runs."""

    SIMULATED = 1
    ATMEGA328P = 2
    SMARTEVSE_V30 = 3
    SMARTEVSE_V31 = 4


class Connector(IntEnum):
    """How the vehicle is connected."""

    UNSET = 0
    SOCKET = 1
    FIXED = 2


class Monitor(IntEnum):
    """Residual current monitor."""

    UNSET = 0
    FITTED = 1
    NONE = 2


class LockKind(IntEnum):
    """Connector lock actuator."""

    UNSET = 0
    NONE = 1
    SOLENOID = 2
    MOTOR = 3


class SwitchFunction(IntEnum):
    """What the switch input does on the board itself."""

    UNSET = 0
    NONE = 1
    STOP = 2
    LIMIT = 3
    REPORT = 4
    RFID = 5


class EventKind(IntEnum):
    """What an EVENT tells; `code` and `value` depend on it."""

    RESET = 0
    """code: reset reason; value: latched faults."""
    PILOT = 1
    """code: new pilot state; value: old one."""
    CONTACTOR = 2
    """code: bit 0 C1, bit 1 C2; value: offered current in 0.1 A."""
    FAULT_SET = 3
    """value: the fault's bit."""
    FAULT_CLEARED = 4
    """value: the fault's bit."""
    LEASE_EXPIRED = 5
    """value: fallback in 0.1 A."""
    STOP = 6
    """code: 1 set, 0 cleared."""
    COMMISSIONING = 7
    """code: 1 window opened, 0 closed, 2 configuration written."""
    BUTTON = 8
    """code: 1 press; value: how long in ms, at release."""
    CARD = 9
    """value: low 32 bits of the RFID card's number."""
    PHASES = 10
    """code: phases now in use."""
    INVARIANT = 11
    """code: number of the broken invariant, after the reset it caused."""
    BINDING = 12
    """code: the slot that now binds; value: effective limit in 0.1 A."""


class BusResult(IntEnum):
    """Outcome of a bus request."""

    OK = 0
    TIMEOUT = 1
    CORRUPT = 2
    NOT_AVAILABLE = 3


class LedPattern(IntEnum):
    """Host patterns; a local fault overrides all of them."""

    OFF = 0
    STEADY = 1
    BREATHE = 2
    BLINK = 3


SLOT_COUNT: Final = len(Slot)

HELLO = Message(
    0x01,
    "HELLO",
    Way.TO_BOARD,
    "Opens a session. Frozen. Sent with session 0; may be repeated.",
    (u32("host_id", "random number of this host process"), u8("protocol", "protocol version of the host")),
)
IDENTITY = Message(
    0x02,
    "IDENTITY",
    Way.TO_HOST,
    "Answers HELLO. Frozen.",
    (
        u32("host_id", "echo of HELLO"),
        u32("session", "session number for commands; new per boot and per host id", lowest=1),
        u32("boot", "boot counter, stored"),
        u8("reset_reason", "why the board booted"),
        u8("protocol", "protocol version of the board"),
        u32("schema", "hash of all message definitions"),
        u8("firmware_major", "firmware version"),
        u8("firmware_minor", "firmware version"),
        u8("firmware_patch", "firmware version"),
        u16("board", "kind of board"),
        u32("serial", "serial number"),
        u32("capabilities", "what the board has"),
        u8("largest_payload", "longest payload the board takes", unit="bytes"),
        u32("config_crc", "CRC-32C of the stored CONFIG payload, 0 if none"),
    ),
)
PING = Message(
    0x03,
    "PING",
    Way.TO_BOARD,
    "Asks for the board's clock; not a command, answered by PONG.",
    (u32("token", "echoed; the host's clock", unit="ms"),),
)
PONG = Message(
    0x04,
    "PONG",
    Way.TO_HOST,
    "Answers PING.",
    (u32("token", "echo of PING"), u32("board_ms", "board clock when PONG was built", unit="ms")),
)
REPLY = Message(
    0x05,
    "REPLY",
    Way.TO_HOST,
    "Answers a command with what was applied, not with an echo. Carries the command's session and sequence.",
    (
        u8("command", "message id of the command"),
        u8("result", "verdict", enum=Result),
        u16("applied_da", "GRANT: current offered to the car now; else 0", unit="0.1 A"),
        u8("binding", "GRANT: the slot that binds the effective limit; else 0", enum=Slot),
        u8("phases", "GRANT: phases in use now; else 0", allowed=(0, 1, 3)),
        u8("hold", "why the applied value is not the limit yet", enum=Hold),
        u32("hold_ms", "remaining time of the hold", unit="ms"),
        u32("detail", "ACKNOWLEDGE: faults still latched; CONFIG_SET: CRC-32C now stored; else 0"),
    ),
)
GRANT = Message(
    0x10,
    "GRANT",
    Way.TO_BOARD,
    "The lease: a current until a deadline on the board's clock.",
    (
        u16("limit_da", "current limit per phase; below 60 acts as pause", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
        u8("phases", "phases to use", allowed=(1, 3)),
        u8("access", "allow, pause or deny", enum=Access),
        u32("valid_until_ms", "deadline on the board's clock, at most 30 s ahead", unit="ms"),
    ),
    command=True,
)
_CONFIG_FIELDS = (
    u16("hardware_max_da", "what board, wiring and breaker stand", unit="0.1 A", lowest=60, highest=HIGHEST_LIMIT_DA),
    u8("connector", "socket or fixed cable", allowed=(Connector.SOCKET, Connector.FIXED)),
    u16("cable_da", "rating of a fixed cable; 0 for a socket", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
    u8("monitor", "residual current monitor", allowed=(Monitor.FITTED, Monitor.NONE)),
    u8("lock", "lock actuator", allowed=(LockKind.NONE, LockKind.SOLENOID, LockKind.MOTOR)),
    u8("phases", "phases wired", allowed=(1, 3)),
    u8("c2", "1 if the second contactor is present", highest=1),
    u16("fallback_da", "current after the lease expired: 0, or 60 and more", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
    u8(
        "switch_function",
        "function of the switch input",
        allowed=(
            SwitchFunction.NONE,
            SwitchFunction.STOP,
            SwitchFunction.LIMIT,
            SwitchFunction.REPORT,
            SwitchFunction.RFID,
        ),
    ),
    u16("limit_da", "the configuration slot, at most hardware_max_da", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
    u16("phase_wait_s", "control pilot off while C2 moves", unit="s", lowest=30, highest=600),
    u8("backlight_max", "highest backlight level", unit="%", highest=100),
)
CONFIG_GET = Message(
    0x11, "CONFIG_GET", Way.TO_BOARD, "Asks for the stored configuration; answered by CONFIG.", (), command=True
)
CONFIG = Message(
    0x12,
    "CONFIG",
    Way.TO_HOST,
    "Answers CONFIG_GET; a board that was never commissioned answers with REPLY result UNSUPPORTED instead.",
    _CONFIG_FIELDS,
)
CONFIG_SET = Message(
    0x13,
    "CONFIG_SET",
    Way.TO_BOARD,
    "Stores a configuration. All but limit_da and backlight_max are safety fields: they change only in the "
    "commissioning window. BUSY while C1 is closed.",
    _CONFIG_FIELDS,
    command=True,
)
ACKNOWLEDGE = Message(
    0x14,
    "ACKNOWLEDGE",
    Way.TO_BOARD,
    "Acknowledges latched faults whose cause is gone.",
    (u16("faults", "which", enum=Fault),),
    command=True,
)
RESUME = Message(0x15, "RESUME", Way.TO_BOARD, "Clears the stop slot.", (), command=True)
UNLOCK = Message(0x16, "UNLOCK", Way.TO_BOARD, "Releases the lock once C1 is open.", (), command=True)
LOCK_HOLD = Message(
    0x17,
    "LOCK_HOLD",
    Way.TO_BOARD,
    "Keeps the cable locked in state A.",
    (u8("on", "1 keep, 0 let go", highest=1),),
    command=True,
)
REBOOT = Message(
    0x18,
    "REBOOT",
    Way.TO_BOARD,
    "Restarts the board; BUSY while C1 is closed.",
    (u32("boot", "boot counter of the boot to end, so that a stray frame can't reboot twice"),),
    command=True,
)
BOOTLOADER = Message(
    0x19,
    "BOOTLOADER",
    Way.TO_BOARD,
    "Restarts into the bootloader; BUSY while C1 is closed.",
    (u32("boot", "boot counter of the boot to end"),),
    command=True,
)
LED = Message(
    0x1A,
    "LED",
    Way.TO_BOARD,
    "A pattern for the status light.",
    (
        u8("pattern", "which", enum=LedPattern),
        u8("red", "level"),
        u8("green", "level"),
        u8("blue", "level"),
        u16("ttl_ms", "how long it stands", unit="ms"),
    ),
    command=True,
)
DISPLAY = Message(
    0x1B,
    "DISPLAY",
    Way.TO_BOARD,
    "One line of text.",
    (u8("line", "0 is the top one", highest=7), bytes_rest("text", 21, "printable ASCII")),
    command=True,
)
BACKLIGHT = Message(
    0x1C,
    "BACKLIGHT",
    Way.TO_BOARD,
    "Backlight level, clamped to the configured maximum.",
    (u8("level", "0 is off", unit="%", highest=100), u16("seconds", "how long", unit="s")),
    command=True,
)
WELD_EVIDENCE = Message(
    0x1D,
    "WELD_EVIDENCE",
    Way.TO_BOARD,
    "A meter of this charger alone saw current for 2 s, 5 s and more after the contactor opened.",
    (u16("current_da", "what it saw", unit="0.1 A", lowest=11),),
    command=True,
)
TRACE = Message(
    0x1E,
    "TRACE",
    Way.TO_BOARD,
    "Asks for PILOT_TRACE messages.",
    (u16("duration_ms", "for how long; 0 ends it", unit="ms", highest=60_000),),
    command=True,
)
BUS_REQUEST = Message(
    0x1F,
    "BUS_REQUEST",
    Way.TO_BOARD,
    "Modbus RTU request for the board's RS-485; acknowledged at once, answered by BUS_RESPONSE; one in flight.",
    (
        u8("tag", "echoed in the response"),
        u16("timeout_ms", "how long to wait for the answer", unit="ms", lowest=10, highest=5_000),
        bytes_rest("data", 56, "request with its CRC"),
    ),
    command=True,
)
EVENT_ACK = Message(
    0x20,
    "EVENT_ACK",
    Way.TO_BOARD,
    "The host has stored all events up to this one; not a command. Ignored for another boot.",
    (u32("boot", "boot counter of the events"), u32("number", "newest stored event")),
)
STATUS = Message(
    0x30,
    "STATUS",
    Way.TO_HOST,
    "Telemetry: at once on a change, else 1 to 10 times a second. Unacknowledged and counted.",
    (
        u16("counter", "counts every STATUS, so that the host knows how many it missed"),
        u32("board_ms", "board clock when STATUS was built", unit="ms"),
        u8("pilot", "filtered control pilot state", enum=Pilot),
        u16("flags", "single facts", enum=Flag),
        i16("cp_high_mv", "control pilot, high part", unit="mV"),
        i16("cp_low_mv", "control pilot, low part; newest PWM cycle", unit="mV"),
        i16("temperature_dc", "temperature", unit="0.1 C"),
        u16_array("slots_da", SLOT_COUNT, "limits in the order of Slot; 65535 is inactive", unit="0.1 A"),
        u8("binding", "the slot that binds", enum=Slot),
        u16("limit_da", "effective limit", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
        u16("offered_da", "what the duty cycle tells the car now; 0 is none", unit="0.1 A", highest=HIGHEST_LIMIT_DA),
        u16("duty_permille", "duty cycle; 1000 is static +12 V", unit="0.1 %", highest=1000),
        u8("phases", "phases that C1 closes now or would close: C2's position", allowed=(1, 3)),
        u8("access", "access of the newest grant", enum=Access),
        u16("lease_ms", "remaining time of the lease; 0 is expired", unit="ms", highest=LONGEST_LEASE_MS),
        u8("hold", "why the board does not do what the limit allows", enum=Hold),
        u32("hold_ms", "remaining time of the hold", unit="ms"),
        u16("faults", "active and latched faults", enum=Fault),
        u16("events_lost", "events dropped from a full ring in this boot; stays at 65535"),
    ),
)
EVENT = Message(
    0x31,
    "EVENT",
    Way.TO_HOST,
    "One entry of the event ring, repeated each second until acknowledged; the oldest first.",
    (
        u32("boot", "boot counter"),
        u32("number", "counts events of a boot from 0"),
        u32("board_ms", "when", unit="ms"),
        u8("kind", "what", enum=EventKind),
        u8("code", "depends on kind"),
        u32("value", "depends on kind"),
    ),
)
PILOT_TRACE = Message(
    0x32,
    "PILOT_TRACE",
    Way.TO_HOST,
    "Raw control pilot samples, high and low alternating, one pair a PWM cycle.",
    (
        u32("board_ms", "time of the first sample", unit="ms"),
        u8("period_ms", "time between pairs", unit="ms", lowest=1),
        i16_rest("samples_mv", 28, "high, low, high, low, ..", unit="mV"),
    ),
)
BUS_RESPONSE = Message(
    0x33,
    "BUS_RESPONSE",
    Way.TO_HOST,
    "Outcome of BUS_REQUEST.",
    (u8("tag", "echo"), u8("result", "outcome", enum=BusResult), bytes_rest("data", 61, "response with its CRC")),
)

MESSAGES: Final[tuple[Message, ...]] = (
    HELLO,
    IDENTITY,
    PING,
    PONG,
    REPLY,
    GRANT,
    CONFIG_GET,
    CONFIG,
    CONFIG_SET,
    ACKNOWLEDGE,
    RESUME,
    UNLOCK,
    LOCK_HOLD,
    REBOOT,
    BOOTLOADER,
    LED,
    DISPLAY,
    BACKLIGHT,
    WELD_EVIDENCE,
    TRACE,
    BUS_REQUEST,
    EVENT_ACK,
    STATUS,
    EVENT,
    PILOT_TRACE,
    BUS_RESPONSE,
)

ENUMS: Final[tuple[type[IntEnum] | type[IntFlag], ...]] = (
    Access,
    Pilot,
    Slot,
    Fault,
    Hold,
    Flag,
    Result,
    ResetReason,
    Capability,
    BoardKind,
    Connector,
    Monitor,
    LockKind,
    SwitchFunction,
    EventKind,
    BusResult,
    LedPattern,
)
