"""One simulated board: the shipped firmware, with the world at its terminals, in Python's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique
from types import TracebackType
from typing import Any, Final

from evse_protocol.messages import Fault, Flag, LedPattern, Pilot, ResetReason, Slot
from evse_tui.sim.firmware import FirmwareError, Library, load

_CHUNK: Final = 2048


@unique
class Plug(Enum):
    """What hangs on the control pilot, with its nominal pull-down in ohm (IEC 61851-1) behind a diode."""

    A = 0
    B = 2740
    C = 882
    D = 246

    @property
    def ohm(self) -> int:
        return self.value


CABLE_OHM: Final = {13: 1500, 20: 680, 32: 220, 63: 100}
"""Proximity resistor by the cable's rating in A."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """Terminals and published state after the newest step; see `evse_sim_view_t`. Currents in 0.1 A."""

    now_ms: int
    board_ms: int
    boot: int
    c1: bool
    """Main contacts, welding included."""
    c2: bool
    c1_drive: bool
    c2_drive: bool
    cp_connected: bool
    duty_permille: int
    cp_high_mv: int
    cp_low_mv: int
    locked: bool
    pilot: Pilot
    flags: Flag
    slots_da: tuple[int, ...]
    """In the order of Slot; INACTIVE_DA for none."""
    binding: Slot
    limit_da: int
    offered_da: int
    phases: int
    access: int
    lease_ms: int
    hold: int
    hold_ms: int
    faults: Fault
    resets: int
    violations: int
    violation_ms: int

    @property
    def closed_phases(self) -> int:
        """Phases through which current can flow: 0, 1 or 3. C2 switches L2 and L3 behind C1."""
        if not self.c1:
            return 0
        return 3 if self.c2 else 1


@dataclass(frozen=True, slots=True)
class PanelView:
    """What the board's front shows; see `evse_sim_panel_t`."""

    lines: tuple[str, ...]
    """Eight lines of at most 21 characters."""
    backlight: int
    """%, as clamped by the board; 0 once its seconds are over."""
    led: LedPattern
    color: tuple[int, int, int]
    """Red, green, blue, 0-255."""


class InvariantViolation(AssertionError):  # noqa: N818  # it is an error by its base
    """The independent monitor saw an invariant of board.md broken at the terminals."""


class SimulatedBoard:
    """A board at time 0, commissioned (16 A, socket, 3 phases, C2, residual current monitor) unless `blank`.

    The setters change the world outside the board; the board notices in its next step. Not thread-safe.

    Raises:
        NoCompiler: there is no C compiler.
        FirmwareError: the firmware does not compile or did not start.
    """

    def __init__(self, serial: int, *, blank: bool = False, library: Library | None = None) -> None:
        library = load() if library is None else library
        self.serial = serial
        self._ffi = library.ffi
        self._c = library.c
        self._sim: Any = self._c.evse_sim_new(serial, int(blank))
        if self._sim == self._ffi.NULL:
            raise FirmwareError("the simulated board did not start")
        self._world: Any = self._c.evse_sim_world(self._sim)
        self._raw: Any = self._ffi.new("evse_sim_view_t *")
        self._raw_panel: Any = self._ffi.new("evse_sim_panel_t *")
        self._bytes: Any = self._ffi.new("uint8_t[]", _CHUNK)
        self._now_ms = 0

    def close(self) -> None:
        """Frees the board; it may be called again."""
        if self._sim is not None:
            self._c.evse_sim_free(self._sim)
            self._sim = self._world = None

    def __enter__(self) -> SimulatedBoard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # time and the serial line

    @property
    def now_ms(self) -> int:
        """Simulated ms since the board was made, resets included."""
        return self._now_ms

    def run(self, duration_ms: int) -> int:
        """Runs up to `duration_ms` steps and returns how many: fewer after a step that changed something of the view
        (its times, voltages and lease apart) or of the panel, or that has bytes to send."""
        done = int(self._c.evse_sim_run(self._sim, duration_ms))
        self._now_ms += done
        return done

    @property
    def handle(self) -> Any:
        """The board in C."""
        return self._sim

    def passed(self, duration_ms: int) -> None:
        """Time that `Lockstep` has run."""
        self._now_ms += duration_ms

    @property
    def changes(self) -> int:
        """Counts the steps that changed something of view or panel; times, voltages and lease apart."""
        return int(self._c.evse_sim_changes(self._sim))

    def run_for(self, duration_ms: int) -> None:
        """Runs all of `duration_ms`, throwing away what the board sends."""
        end_ms = self._now_ms + duration_ms
        while self._now_ms < end_ms:
            self.run(end_ms - self._now_ms)
            self.transmit()

    def receive(self, data: bytes) -> int:
        """Gives bytes from the host to the board's next step; returns how many its FIFO took."""
        return int(self._c.evse_sim_receive(self._sim, data, len(data)))

    def transmit(self) -> bytes:
        """Takes what the board has sent."""
        length = self._c.evse_sim_transmit(self._sim, self._bytes, _CHUNK)
        return bytes(self._ffi.buffer(self._bytes, length))

    def view(self) -> BoardView:
        """The board after its newest step."""
        raw = self._raw
        self._c.evse_sim_view(self._sim, raw)
        return BoardView(
            now_ms=self._now_ms,
            board_ms=raw.board_ms,
            boot=raw.boot,
            c1=raw.c1 != 0,
            c2=raw.c2 != 0,
            c1_drive=raw.c1_drive != 0,
            c2_drive=raw.c2_drive != 0,
            cp_connected=raw.cp_connected != 0,
            duty_permille=raw.duty_permille,
            cp_high_mv=raw.cp_high_mv,
            cp_low_mv=raw.cp_low_mv,
            locked=raw.locked != 0,
            pilot=Pilot(raw.pilot),
            flags=Flag(raw.flags),
            slots_da=tuple(raw.slots_da),
            binding=Slot(raw.binding),
            limit_da=raw.limit_da,
            offered_da=raw.offered_da,
            phases=raw.phases,
            access=raw.access,
            lease_ms=raw.lease_ms,
            hold=raw.hold,
            hold_ms=raw.hold_ms,
            faults=Fault(raw.faults),
            resets=raw.resets,
            violations=raw.violations,
            violation_ms=raw.violation_ms,
        )

    def panel(self) -> PanelView:
        """The board's front after its newest step."""
        raw = self._raw_panel
        self._c.evse_sim_panel(self._sim, raw)
        return PanelView(
            lines=tuple(_text(bytes(self._ffi.buffer(line))) for line in raw.lines),
            backlight=raw.backlight,
            led=LedPattern(raw.led_pattern),
            color=(raw.led_red, raw.led_green, raw.led_blue),
        )

    def assert_invariants(self) -> None:
        """Checks what the monitor has seen so far.

        Raises:
            InvariantViolation: with the invariants' numbers and the time of the first.
        """
        self._c.evse_sim_view(self._sim, self._raw)
        bits = int(self._raw.violations)
        if bits:
            numbers = ", ".join(str(n) for n in range(32) if bits >> n & 1)
            raise InvariantViolation(
                f"board {self.serial}: invariant {numbers} of board.md was broken, first at {self._raw.violation_ms} ms"
            )

    # the world

    def plug(self, state: Plug = Plug.B, *, cable_a: int = 32) -> None:
        """Connects a car in this state by a cable of this rating."""
        self._world.pp_ohm = CABLE_OHM[cable_a]
        self._world.car_ohm = state.ohm

    def unplug(self) -> None:
        """Takes car and cable away."""
        self._world.pp_ohm = 0
        self._world.car_ohm = 0

    def set_car(self, state: Plug) -> None:
        """Changes what the car presents; the cable stays in the socket."""
        self._world.car_ohm = state.ohm

    def set_car_ohm(self, ohm: int) -> None:
        """Any pull-down, for tolerance corners; 0 is none."""
        self._world.car_ohm = ohm

    def set_proximity_ohm(self, ohm: int) -> None:
        """Any proximity resistor; 0 is none."""
        self._world.pp_ohm = ohm

    def set_diode(self, good: bool) -> None:
        self._world.diode_ok = good

    def set_cp_short(self, shorted: bool) -> None:
        """Control pilot to protective earth."""
        self._world.cp_short = shorted

    def set_supply(self, present: bool) -> None:
        """False leaves only USB power."""
        self._world.supply_12v = present

    def set_temperature_dc(self, temperature_dc: int) -> None:
        """In 0.1 C."""
        self._world.temperature_dc = temperature_dc

    def set_residual_current(self, tripped: bool) -> None:
        self._world.rcm_fault = tripped

    def set_welded(self, welded: bool) -> None:
        """True holds the main contacts of C1 closed from now on."""
        self._world.c1_welded = welded

    def set_feedback_open(self, unwired: bool) -> None:
        """True takes the wire off the contactor's feedback input, as on boards that have none."""
        self._world.feedback_open = unwired

    def set_lock_jammed(self, jammed: bool) -> None:
        """True keeps the bolt where it is."""
        self._world.lock_jammed = jammed

    def set_lock_forced(self, forced: bool) -> None:
        """True pulls the bolt out."""
        self._world.lock_forced = forced

    def set_button(self, pressed: bool) -> None:
        self._world.button = pressed

    def set_switch(self, closed: bool) -> None:
        self._world.switch_closed = closed

    def set_mute(self, mute: bool) -> None:
        """True cuts the serial line, both ways."""
        self._world.mute = mute

    def present_card(self, number: int) -> None:
        """Holds an RFID card to the reader for one step."""
        self._world.card = number

    def reset(self, reason: ResetReason = ResetReason.EXTERNAL) -> None:
        """Resets the processor; nonvolatile memory, contacts' travel and the bolt stay."""
        self._c.evse_sim_reset(self._sim, reason)

    def set_clock(self, board_ms: int) -> None:
        """Starts a boot at this value of the board's clock; before the first run."""
        self._c.evse_sim_clock(self._sim, board_ms)

    def force(self, *, c1: bool | None = None, c2: bool | None = None, duty_permille: int | None = None) -> None:
        """Overrides what the core drives, to test the monitor; None leaves an output to the core."""
        values = (-1 if value is None else int(value) for value in (c1, c2, duty_permille))
        self._c.evse_sim_force(self._sim, *values)

    # nonvolatile memory

    def nonvolatile(self) -> bytes:
        """A copy of the nonvolatile memory."""
        length = self._c.evse_sim_nv(self._sim, self._ffi.NULL, 0)
        buffer = self._ffi.new("uint8_t[]", length)
        self._c.evse_sim_nv(self._sim, buffer, length)
        return bytes(self._ffi.buffer(buffer, length))

    def load_nonvolatile(self, content: bytes) -> None:
        """Overwrites it; read by the firmware at its next boot."""
        self._c.evse_sim_nv_load(self._sim, content, len(content))

    def cut_power_after(self, written_bytes: int | None) -> None:
        """Cuts the power when this many more bytes of nonvolatile memory were written; None never."""
        self._c.evse_sim_nv_cut(self._sim, -1 if written_bytes is None else written_bytes)


def _text(line: bytes) -> str:
    """A zero-terminated line of the display."""
    return line.partition(b"\0")[0].decode("ascii", "replace")


class Lockstep:
    """Boards that run together, to the same millisecond; they must stand at the same time and stay open."""

    def __init__(self, boards: Sequence[SimulatedBoard]) -> None:
        if len({board.now_ms for board in boards}) > 1:
            raise ValueError("boards in step must stand at the same time")
        library = load()
        self._boards = tuple(boards)
        self._c = library.c
        self._handles = library.ffi.new("evse_sim_t *[]", [board.handle for board in boards])
        self._stopped = library.ffi.new("uint8_t[]", len(boards))
        self._flags = library.ffi.buffer(self._stopped)

    def run(self, duration_ms: int) -> tuple[int, bytes]:
        """As `SimulatedBoard.run`; also returns one byte per board, 1 for those that ended the run."""
        done = int(self._c.evse_sim_run_together(self._handles, len(self._boards), duration_ms, self._stopped))
        for board in self._boards:
            board.passed(done)
        return done, self._flags[:]
