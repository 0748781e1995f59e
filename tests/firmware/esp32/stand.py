"""The whole port on a chip of our own, and the unchanged host session at its UART, in virtual time.

`main/` is compiled as it is. `framework/` stands for the headers of ESP-IDF, `fake/chip.c` for the chip behind them.
That proves the wiring of the port - pins, polarities, order, locks, what happens while the flash is busy - and nothing
about the real chip's behaviour or speed.
"""

from __future__ import annotations

import atexit
import itertools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from cffi import FFI

from evse_protocol.messages import Access, Connector, LockKind, Monitor, Result, SwitchFunction
from evse_protocol.payloads import Config, ConfigSet, Event, Identity, Payload, Reply, Status
from evse_protocol.session import HostSession
from evse_protocol.session_events import (
    Answered,
    BoardEvent,
    Failed,
    GrantAnswer,
    Greeted,
    SessionState,
    Streamed,
    Telemetry,
)

from .library import FIRMWARE, FRAMEWORK, INCLUDES, PORT, STRICT, declarations

_FAKE: Final = Path(__file__).with_name("fake")
_CHUNK_MS: Final = 5
_RENEW_MS: Final = 1_000
_PINS: Final = 40
_PULLED_UP: Final = {0, 15, 16, 23, 25, 33}
"""While nobody drives them: the buttons, the switch of either board, and CP off during a reset."""
POWER_ON: Final = 1
WATCHDOG: Final = 7
"""Of esp_reset_reason_t."""
V30: Final = 1
V31: Final = 4
OHM: Final = {"A": 0, "B": 2740, "C": 882, "D": 246}
CONFIG: Final = ConfigSet(
    hardware_max_da=160,
    connector=Connector.SOCKET,
    cable_da=0,
    monitor=Monitor.FITTED,
    lock=LockKind.MOTOR,
    phases=3,
    c2=1,
    fallback_da=0,
    switch_function=SwitchFunction.NONE,
    limit_da=160,
    phase_wait_s=60,
    backlight_max=30,
)


def _linked_with() -> list[str]:
    """What the project tells the linker."""
    return re.findall(r'"(-Wl,[^"]+)"', (PORT / "main" / "CMakeLists.txt").read_text(encoding="utf-8"))


@cache
def _library() -> tuple[FFI, Path]:
    """Compiled once; each board loads a copy, because its state is static."""
    ffi = FFI()
    for header in ("chip.h", "flash.h"):
        ffi.cdef(declarations(_FAKE / header))
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    rooms = [FIRMWARE / name for name in ("core", "link", "gen")] + [
        PORT,
        PORT / "main",
        PORT / "components/evse",
        _FAKE,
    ]
    files = [path for room in rooms for path in sorted(room.glob("*.c"))] + [FIRMWARE / "port/sim/pilot.c"]
    command = [
        "cc",
        *(flag for flag in STRICT if flag not in ("-Wconversion", "-Wpedantic")),
        "-O1",
        "-fsanitize=undefined",
        "-fno-sanitize-recover=all",
        "-shared",
        "-fPIC",
    ]
    command += [*FRAMEWORK, f"-I{_FAKE}", *INCLUDES, f"-I{FIRMWARE / 'port/sim'}", *_linked_with(), *map(str, files)]
    target = folder / "board.so"
    subprocess.run([*command, "-o", str(target)], check=True)
    return ffi, target


_copies = itertools.count()


class Board:
    """One boot of the port; `rebooted` is the next one, with the same flash and the same world."""

    def __init__(self, package: int = V30, reset_reason: int = POWER_ON, before: Board | None = None) -> None:
        self.ffi, target = _library()
        copy = target.with_name(f"board{next(_copies)}.so")
        shutil.copy(target, copy)
        library: Any = self.ffi.dlopen(str(copy))
        self.library = library
        copy.unlink()
        self.chip: Any = self.library.chip
        self._flash: Any = self.library.fake_flash
        self._flash.operations_left = -1
        self.world: dict[str, int] = {
            "car_ohm": 0,
            "diode_ok": 1,
            "cp_short": 0,
            "supply_12v": 1,
            "pp_ohm": 0,
            "temperature_dc": 250,
            "latency_us": 3,
            "erase_ms": 50,
            "serial": 4711,
            "stalled": 0,
            "hang": 0,
            "slow_hz": 150_000,
            "measured_hz": 150_000,
            "sending": 0,
            "solenoid": 0,
            "jammed": 0,
            "bolt_ms": 0,
        }
        self.ffi.buffer(self._flash.bytes)[:] = b"\xff" * 16384
        self.kept[:] = b"\xa5" * len(self.kept) if before is None or reset_reason == POWER_ON else before.kept[:]
        self.pins: dict[int, int] = {}
        if before is not None:
            self.ffi.buffer(self._flash.bytes)[:] = self.ffi.buffer(before._flash.bytes)[:]
            self.world.update(before.world, bolt_ms=before.chip.bolt_ms, stalled=0, sending=0, hang=0)
        self.chip.package, self.chip.reset_reason = package, reset_reason
        self.chip.lock_pin = (17, 18) if package == V30 else (10, 9)
        self.set(**self.world)
        for pin in range(_PINS):
            self.pin(pin, before.pins[pin] if before else pin in _PULLED_UP)
        self.library.chip_boot()

    def set(self, **world: int) -> None:
        self.world.update(world)
        for name, value in world.items():
            setattr(self.chip, name, value)

    def pin(self, number: int, level: int) -> None:
        self.pins[number] = level
        self.library.chip_pin(number, level)

    def level(self, pin: int) -> int:
        level: int = self.chip.level[pin]
        return level

    def rebooted(self, reset_reason: int = WATCHDOG) -> Board:
        return Board(self.chip.package, reset_reason, self)

    @property
    def kept(self) -> Any:
        """Memory that outlives every reset but power-on."""
        return self.ffi.buffer(self.library.chip_kept(), self.library.chip_kept_bytes())

    def pulse(self, pin: int, after_us: int, length_us: int) -> None:
        self.library.chip_pulse(pin, after_us, length_us)

    @property
    def ms(self) -> int:
        now: int = self.chip.now_us
        return now // 1000

    def run(self, ms: int) -> None:
        self.library.chip_run(ms)
        assert self.ffi.string(self.chip.failure) == b""

    def send(self, data: bytes, port: int = 0) -> None:
        self.library.chip_send(port, data, len(data))

    def take(self, port: int = 0) -> bytes:
        out = self.ffi.new("uint8_t[8192]")
        return bytes(self.ffi.buffer(out, self.library.chip_take(port, out, 8192)))

    def picture(self) -> list[list[bool]]:
        """Rows of the display from the top."""
        pages = [bytes(page) for page in self.chip.picture]
        return [[bool(pages[y // 8][x] >> y % 8 & 1) for x in range(128)] for y in range(64)]

    def break_flash(self) -> None:
        """From now on one bit never clears."""
        self._flash.stuck = 0x10

    def erased(self) -> int:
        count: int = self._flash.erased
        return count


@dataclass
class Host:
    """Says HELLO, stores events, renews its grant each second while `renewing`, and collects what the board says."""

    board: Board
    renewing: bool = False
    limit_da: int = 160
    phases: int = 3
    access: Access = Access.ALLOW
    status: Status | None = None
    identity: Identity | None = None
    events: list[Event] = field(default_factory=list)
    told: list[Payload] = field(default_factory=list)
    answers: dict[int, Reply | Config] = field(default_factory=dict)
    granted: Reply | None = None
    watch: Callable[[], None] = lambda: None
    """Called every 5 ms."""

    def __post_init__(self) -> None:
        self.session = HostSession(host_id=0x5EED)
        self._renew_ms = 0
        self.session.start(self.board.ms)

    def _exchange(self) -> None:
        now_ms = self.board.ms
        self.session.receive(self.board.take(), now_ms)
        for event in self.session.take_events():
            self._take(event)
        if self.renewing and self.session.state is SessionState.ONLINE and now_ms >= self._renew_ms:
            self._renew_ms = now_ms + _RENEW_MS
            self.session.grant(self.limit_da, self.phases, self.access, now_ms, 5_000)
        self.session.tick(now_ms)
        data = self.session.take_bytes()
        if data:
            self.board.send(data)

    def _take(self, event: object) -> None:
        match event:
            case Telemetry():
                self.status = event.status
            case BoardEvent():
                self.events.append(event.event)
                self.session.acknowledge_event(event.event.boot, event.event.number)
            case GrantAnswer():
                self.granted = event.reply
            case Answered():
                self.answers[event.ticket] = event.answer
            case Greeted():
                self.identity = event.identity
            case Failed():
                raise AssertionError(event)
            case Streamed():
                self.told.append(event.payload)
            case _:
                pass

    def run(self, ms: int) -> Host:
        for _ in range(0, ms, _CHUNK_MS):
            self._exchange()
            self.board.run(_CHUNK_MS)
            self.watch()
        self._exchange()
        return self

    def until(self, condition: Callable[[], object], within_ms: int) -> int:
        """Milliseconds that it took, within a chunk."""
        start = self.board.ms
        while not condition():
            assert self.board.ms - start < within_ms, f"not within {within_ms} ms: {self.status}"
            self.run(_CHUNK_MS)
        return self.board.ms - start

    def online(self) -> Host:
        self.until(lambda: self.session.state is SessionState.ONLINE and self.status is not None, 3_000)
        return self

    def command(self, payload: Payload) -> Reply | Config:
        ticket = self.session.command(payload, self.board.ms)
        self.until(lambda: ticket in self.answers, 2_000)
        return self.answers[ticket]

    @property
    def now(self) -> Status:
        assert self.status is not None
        return self.status


@cache
def _commissioned(package: int, changes: tuple[tuple[str, int], ...]) -> Board:
    host = Host(Board(package)).online()
    host.run(100)
    host.board.pin(0, 0)
    host.run(5_200)
    host.board.pin(0, 1)
    host.run(100)
    reply = host.command(replace(CONFIG, **dict(changes)))
    assert isinstance(reply, Reply)
    assert reply.result == Result.OK
    host.run(1_000)
    return host.board


def commissioned(package: int = V30, **changes: int) -> Host:
    """The boot after an installer has commissioned the board on site: button held, command, memory written."""
    return Host(_commissioned(package, tuple(changes.items())).rebooted(POWER_ON)).online()


def charging(package: int = V30, **changes: int) -> Host:
    """A car draws 16 A on three phases."""
    host = commissioned(package, **changes)
    host.run(10_000)
    host.board.set(car_ohm=OHM["B"], pp_ohm=220)
    host.renewing = True
    host.until(lambda: host.now.offered_da == 160, 15_000)
    host.board.set(car_ohm=OHM["C"])
    host.until(lambda: host.board.level(32), 3_000)
    return host.run(500)
