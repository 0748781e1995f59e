"""A commissioned ATmega328P board on the bench with a host and a car; and short ways to say what happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evse_protocol.messages import Fault
from tests.firmware.avr.avr_bench import CYCLES_PER_MS, PORT, AvrBench, Event, bench_program, make
from tests.firmware.avr.host import Host
from tests.firmware.avr.judge import Judge
from tests.firmware.core_bench import CONFIG
from tests.firmware.core_bench import Bench as Core

CAR_OHM: Final = {"A": 0.0, "B": 2740.0, "C": 882.0, "D": 246.0}
"""IEC 61851-1: 2.74 kOhm alone, with 1.3 kOhm, with 270 Ohm in parallel."""
PP_OHM: Final = {130: 1500.0, 200: 680.0, 320: 220.0, 630: 100.0}
BOOT_MS: Final = 10_300
EEPROM_SIZE: Final = 1024
WATCHDOG: Final = 1

FIXED: Final = {"hardware_max_da": 800, "limit_da": 800, "cable_da": 800}
SOCKET: Final = {"connector": 1, "cable_da": 0, "lock": 2, "c2": 1, "phase_wait_s": 30}


def image() -> Path:
    """The port's image, built; its budgets are judged elsewhere."""
    bench_program()
    make(PORT, "build/evse.elf")
    return PORT / "build" / "evse.elf"


def eeprom_of(config: dict[str, int]) -> bytes:
    """The whole EEPROM of a board that the shipped core has commissioned."""
    core = Core(config)
    return bytes(core.ffi.buffer(core.nv)).ljust(EEPROM_SIZE, b"\xff")


@dataclass
class Stand:
    """Bench, host, and the configuration that the board was commissioned with."""

    bench: AvrBench
    host: Host
    config: dict[str, int]
    may_reset: bool = False
    """Whether the watchdog may end a step here; nowhere else does an image reset itself unseen."""

    @classmethod
    def commissioned(cls, config: dict[str, int]) -> Stand:
        """Unplugged, online, the boot's wait is over. The shipped core itself commissioned the EEPROM."""
        bench = AvrBench.start(image())
        bench.do("off")
        bench.do("load_eeprom", hex=eeprom_of(config).hex())
        bench.do("on")
        bench.do("clear")
        bench.read()
        bench.events.clear()
        stand = cls(bench, Host(bench), {**CONFIG, **config})
        stand.host.run(BOOT_MS).online()
        return stand

    @contextmanager
    def branch(self) -> Iterator[Stand]:
        """What happens inside did not happen afterwards. At its end the judge has found nothing."""
        with self.bench.branch():
            twin = self.unjudged()
            yield twin
            twin.judged()

    def unjudged(self) -> Stand:
        """A twin for a branch of the bench that nobody judges at its end."""
        return Stand(self.bench, self.host.twin(), self.config)

    def judged(self) -> Judge:
        """The judge, who has found nothing."""
        self.bench.read()
        judge = Judge(self.config, self.host.accepted)
        judge.run(self.bench.events, self.bench.changes, self.bench.cycle)
        assert not judge.broken, "\n".join(judge.broken)
        assert not self.bench.state["halted"]
        assert self.may_reset or not [event for event in self.bench.named("reset") if event.value == WATCHDOG]
        return judge

    def car(self, state: str, ohm: float | None = None) -> Stand:
        """Plugs in, asks for power, or leaves; `ohm` other than the nominal."""
        self.bench.set(car_ohm=CAR_OHM[state] if ohm is None else ohm)
        return self

    def plug(self, cable_da: int = 320) -> Stand:
        """A cable of this rating and a car in B, confirmed."""
        self.bench.set(pp_ohm=PP_OHM[cable_da])
        self.car("B").host.run(100)
        return self

    def offer(self, da: int = 160, phases: int = 3) -> Stand:
        """Plugged in and offered `da`."""
        self.plug()
        self.host.grant(da, phases)
        self.host.until(lambda: self.bench.state["rises"] and self.bench.state["period"], 2_000)
        return self

    def charge(self, da: int = 160, phases: int = 3) -> Stand:
        """The car draws."""
        self.offer(da, phases).car("C")
        self.host.until(lambda: self.bench.state["c1_main"], 3_000)
        self.host.run(100)
        return self

    def opens(self, within_ms: float, since: int | None = None) -> float:
        """Milliseconds from now (or `since`) to the edge of C1, exact; the host goes on renewing."""
        start = self.bench.cycle if since is None else since
        seen = len(self.bench.events)

        def opened() -> Event | None:
            return next((event for event in self.bench.events[seen:] if (event.name, event.value) == ("c1", 0)), None)

        self.host.until(opened, within_ms + 20)
        event = opened()
        assert event is not None
        took_ms = (event.cycle - start) / CYCLES_PER_MS
        assert took_ms <= within_ms, f"C1 opened after {took_ms:.2f} ms"
        return took_ms

    @property
    def faults(self) -> Fault:
        return self.host.telemetry.faults
