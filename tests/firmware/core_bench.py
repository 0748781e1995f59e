"""A board on the bench: the core with inputs set by hand, nonvolatile memory, and a car of a few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from evse_protocol.messages import Access, Capability, EventKind, Fault, Flag, Hold, Pilot, ResetReason, Slot
from tests.firmware.core_library import Sabotage, load

WRAP: Final = 1 << 32
A_MV: Final = 12_000
B_MV: Final = 9_000
C_MV: Final = 6_000
D_MV: Final = 3_000
E_MV: Final = 0
LOW_MV: Final = -12_000
INACTIVE: Final = 0xFFFF
PP_MV: Final = {130: 2000, 200: 1300, 320: 600, 630: 300}
ALL_CAPABILITIES: Final = sum(Capability)

CONFIG: Final[dict[str, int]] = {
    "hardware_max_da": 320,
    "connector": 2,  # fixed
    "cable_da": 320,
    "monitor": 1,  # fitted
    "lock": 1,  # none
    "phases": 3,
    "c2": 0,
    "fallback_da": 0,
    "switch_function": 1,  # none
    "limit_da": 320,
    "phase_wait_s": 60,
    "backlight_max": 100,
}
SOCKET: Final = {"connector": 1, "cable_da": 0}
LOCKED: Final = {**SOCKET, "lock": 2}
WITH_C2: Final = {"c2": 1}


@dataclass(frozen=True)
class Reply:
    """REPLY as the core fills it."""

    result: int
    applied_da: int
    binding: Slot
    phases: int
    hold: Hold
    hold_ms: int
    detail: int


@dataclass
class Bench:
    """Starts at `start_ms`, by default 3 s before the clock wraps, unplugged."""

    config: dict[str, int] | None = field(default_factory=dict)
    start_ms: int = WRAP - 3_000
    reason: ResetReason = ResetReason.POWER_ON
    capabilities: int = ALL_CAPABILITIES
    recognised: bool = True
    bolt_follows: bool = True
    feedback_follows: bool = True
    writes_nv: bool = True
    sanitize: bool = True

    def __post_init__(self) -> None:
        self.ffi, self.c = load(self.sanitize)
        self.evse = self.ffi.new("evse_t *")
        self.inputs = self.ffi.new("evse_inputs_t *")
        self.out = self.ffi.new("evse_outputs_t *")
        self.nv: Any = self.ffi.new("evse_nv_t *")
        self.ffi.buffer(self.nv)[:] = b"\xff" * self.ffi.sizeof("evse_nv_t")
        self.now = self.start_ms
        self.elapsed = 0
        self.events: list[tuple[EventKind, int, int]] = []
        self._event: Any = self.ffi.new("evse_msg_event_t *")
        self._job: Any = self.ffi.new("evse_nv_job_t *")
        self.cp(A_MV)
        self.inputs.pp_mv = 3300
        self.inputs.temperature_dc = 250
        self.inputs.rcm_ok = True
        self.inputs.switch_closed = True
        self.out.cp_connected = True
        self.out.duty_permille = 1000
        if self.config is not None:
            self._commission({**CONFIG, **self.config})
        self.boot(self.reason)

    # --- life of the board

    def _commission(self, config: dict[str, int]) -> None:
        """Writes a configuration as an installer does, in a life of its own that leaves no record."""
        self.boot(ResetReason.POWER_ON)
        self.run(1).press(5_100)
        result = self.set_config(config).result
        if result != 0:
            raise ValueError(f"configuration refused: {result}")
        self.store()
        self.ffi.buffer(self.nv.record)[:] = b"\xff" * self.ffi.sizeof(self.nv.record)
        self.events.clear()
        self.now = self.start_ms
        self.elapsed = 0

    def boot(self, reason: ResetReason = ResetReason.POWER_ON) -> None:
        board: Any = self.ffi.new(
            "evse_board_t *",
            {"serial": 7, "capabilities": self.capabilities, "kind": 1, "recognised": self.recognised},
        )
        self.c.evse_init(self.evse, board, self.nv, int(reason), self.now)
        self.out.c1 = self.out.c2 = self.out.reset = False
        self.out.cp_connected = True
        self.out.duty_permille = 1000
        self.out.lock_drive = 0
        if self.writes_nv:
            self.store()

    def store(self) -> None:
        """Writes every pending job."""
        for offset, data in self.jobs():
            self.ffi.buffer(self.nv)[offset : offset + len(data)] = data

    def jobs(self) -> Any:
        """Yields (offset, bytes) of each pending job; the next request reports it as written."""
        job = self._job
        while self.c.evse_nv_pending(self.evse, job):
            yield job.offset, bytes(self.ffi.buffer(job.bytes, job.length))
            self.c.evse_nv_written(self.evse, job)

    def run(self, ms: int) -> Bench:
        """`ms` steps of 1 ms; bolt, feedback and nonvolatile memory follow the outputs."""
        end = self.elapsed + ms
        while self.elapsed < end:
            self._after(self.c.shim_run(self.evse, self.inputs, self.now, end - self.elapsed, self.out))
        return self

    def until(self, condition: Callable[[], bool], limit_ms: int = 5_000) -> int:
        """Milliseconds until the condition holds, looked at after every step; fails at the limit."""
        for ms in range(limit_ms):
            if condition():
                return ms
            self._after(self.c.shim_run(self.evse, self.inputs, self.now, 1, self.out))
        raise AssertionError(f"not within {limit_ms} ms")

    def late(self, ms: int) -> None:
        """One step that comes `ms` late."""
        self.now = (self.now + ms - 1) % WRAP
        self.elapsed += ms - 1
        self._after(self.c.shim_run(self.evse, self.inputs, self.now, 1, self.out))

    def _after(self, done: int) -> None:
        self.now = (self.now + done) % WRAP
        self.elapsed += done
        if self.bolt_follows and self.out.lock_drive != 0:
            self.inputs.lock_engaged = self.out.lock_drive > 0
        if self.feedback_follows:
            self.inputs.c1_feedback = self.out.c1
        if self.writes_nv:
            self.store()
        event = self._event
        while self.c.evse_event(self.evse, event):
            self.events.append((EventKind(event.kind), event.code, event.value))

    # --- the world

    def cp(self, high_mv: int, low_mv: int = LOW_MV) -> Bench:
        self.inputs.cp_high_mv = high_mv
        self.inputs.cp_low_mv = low_mv
        return self

    def unplug(self) -> Bench:
        return self.cp(A_MV)

    def press(self, ms: int) -> Bench:
        self.inputs.button = True
        self.run(ms)
        self.inputs.button = False
        return self.run(1)

    # --- the host

    def grant(self, da: int = 160, phases: int = 3, access: Access = Access.ALLOW, ttl_ms: int = 30_000) -> Reply:
        grant = {"limit_da": da, "phases": phases, "access": int(access), "valid_until_ms": (self.now + ttl_ms) % WRAP}
        return self._command(self.c.evse_grant, self.ffi.new("evse_msg_grant_t *", grant))

    def keep(self, ms: int, da: int = 160, phases: int = 3) -> Bench:
        """Runs while the host renews the same grant each second."""
        for _ in range(ms // 1000):
            self.grant(da, phases)
            self.run(1000)
        self.grant(da, phases)
        return self.run(ms % 1000)

    def set_config(self, config: dict[str, int]) -> Reply:
        return self._command(self.c.evse_config_set, self.ffi.new("evse_msg_config_t *", config))

    def acknowledge(self, faults: int = 0xFFFF) -> Reply:
        return self._command(self.c.evse_acknowledge, faults)

    def resume(self) -> Reply:
        return self._command(self.c.evse_resume)

    def unlock(self) -> Reply:
        return self._command(self.c.evse_unlock)

    def lock_hold(self, on: bool) -> Reply:
        return self._command(self.c.evse_lock_hold, on)

    def reboot(self, boot: int, bootloader: bool = False) -> Reply:
        return self._command(self.c.evse_reboot, boot, bootloader)

    def weld_evidence(self, da: int = 20) -> Reply:
        return self._command(self.c.evse_weld_evidence, da)

    def led(self, ttl_ms: int) -> Reply:
        led = {"pattern": 1, "red": 1, "green": 2, "blue": 3, "ttl_ms": ttl_ms}
        return self._command(self.c.evse_led, self.ffi.new("evse_msg_led_t *", led))

    def _command(self, function: Any, *arguments: Any) -> Reply:
        reply = self.ffi.new("evse_msg_reply_t *")
        self.ffi.buffer(reply)[:] = b"\xee" * self.ffi.sizeof("evse_msg_reply_t")
        function(self.evse, *arguments, self.now, reply)
        return Reply(
            reply.result,
            reply.applied_da,
            Slot(reply.binding),
            reply.phases,
            Hold(reply.hold),
            reply.hold_ms,
            reply.detail,
        )

    # --- what can be seen

    @property
    def status(self) -> Any:
        status = self.ffi.new("evse_msg_status_t *")
        self.c.evse_status(self.evse, self.now, status)
        return status

    @property
    def pilot(self) -> Pilot:
        return Pilot(self.status.pilot)

    @property
    def faults(self) -> Fault:
        return Fault(self.status.faults)

    @property
    def flags(self) -> Flag:
        return Flag(self.status.flags)

    @property
    def hold(self) -> tuple[Hold, int]:
        status = self.status
        return Hold(status.hold), status.hold_ms

    @property
    def c1(self) -> bool:
        return bool(self.out.c1)

    @property
    def c2(self) -> bool:
        return bool(self.out.c2)

    @property
    def duty(self) -> int:
        return int(self.out.duty_permille)

    @property
    def offered(self) -> int:
        return int(self.status.offered_da)

    def slot(self, slot: Slot) -> int:
        return int(self.status.slots_da[slot])

    def event_kinds(self) -> list[EventKind]:
        return [kind for kind, _, _ in self.events]

    def sabotage(self, function: Sabotage | None) -> None:
        """Installs a hook between decision and check; keep the board alive while it is in place."""
        if function is None:
            self.c.shim_set_sabotage(self.ffi.NULL)
            self._callback = None
        else:
            self._callback = self.ffi.callback("void(evse_t *, evse_outputs_t *)", function)
            self.c.shim_set_sabotage(self._callback)


def booted(config: dict[str, int] | None = None, **facts: Any) -> Bench:
    """A commissioned board whose boot wait is over, unplugged, no grant."""
    return Bench(config or {}, **facts).run(10_100)


def offering(config: dict[str, int] | None = None, da: int = 160, phases: int = 3, **facts: Any) -> Bench:
    """A car in B that is offered `da`."""
    bench = booted(config, **facts)
    bench.inputs.pp_mv = PP_MV[320]
    bench.cp(B_MV).run(100)
    bench.grant(da, phases)
    bench.run(1000)
    return bench


def charging(config: dict[str, int] | None = None, da: int = 160, phases: int = 3, **facts: Any) -> Bench:
    """A car that charges."""
    bench = offering(config, da, phases, **facts)
    bench.cp(C_MV).run(1000)
    if not bench.c1:
        raise AssertionError(f"not charging: {bench.hold} {bench.faults!r} {bench.pilot!r}")
    return bench
