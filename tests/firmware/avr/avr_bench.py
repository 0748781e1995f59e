"""The emulator bench as a Python object: `firmware/port/atmega328p/bench`, one process, one line of JSON a command."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pytest

PORT: Final = Path(__file__).parents[3] / "firmware" / "port" / "atmega328p"
PROGRAMS: Final = Path(__file__).parent / "programs"
CYCLES_PER_MS: Final = 16_000
_HEADERS: Final = Path("/usr/include/simavr/sim_avr.h")


def make(folder: Path, target: str) -> None:
    """Builds `target` in `folder`; fails with what make said."""
    done = subprocess.run(["make", "-C", str(folder), target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@cache
def bench_program() -> Path:
    """The bench, built; skips the test where its tools are missing."""
    for tool in ("avr-gcc", "cc", "make"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if not _HEADERS.exists():
        pytest.skip("libsimavr is not installed")
    make(PORT / "bench", "build/avr-bench")
    return PORT / "bench" / "build" / "avr-bench"


@dataclass(frozen=True)
class Event:
    """An edge at a pin or in the plant."""

    cycle: int
    name: str
    value: int

    @property
    def ms(self) -> float:
        return self.cycle / CYCLES_PER_MS


@dataclass(frozen=True)
class Change:
    """What the test did to the world, from this cycle on."""

    cycle: int
    members: dict[str, float | str]


class BenchError(Exception):
    """The bench refused a command, or ended."""


@dataclass
class AvrBench:
    """A running bench. `events` and `uart` collect what it told; `state` is its newest whole answer."""

    process: subprocess.Popen[str]
    cycle: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    uart: bytearray = field(default_factory=bytearray)

    @classmethod
    def start(cls, elf: Path, *options: str) -> AvrBench:
        """Powers the chip up with this image; `options` as in the bench's usage."""
        process = subprocess.Popen(
            [str(bench_program()), *options, str(elf)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        bench = cls(process)
        bench.read()
        return bench

    def __enter__(self) -> AvrBench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> int:
        """Ends stdin; the bench must follow at once. Returns its exit status."""
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            return process.wait(10)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def do(self, verb: str, **members: float | str) -> dict[str, Any]:
        """One command and its answer.

        Raises:
            BenchError: it was refused.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": verb, **members}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"the bench ended at {verb}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BenchError(f"{verb} {members}: {answer['error']}")
        self.cycle = answer["cycle"]
        if "events" in answer:
            assert answer["events_lost"] == 0, "too many events between two answers"
            self.events += [Event(*event) for event in answer.pop("events")]
            self.uart += bytes.fromhex(answer.pop("uart", ""))
            self.state.update(answer)
        return answer

    @property
    def ms(self) -> float:
        """Virtual time since the first power-up."""
        return self.cycle / CYCLES_PER_MS

    def run(self, ms: float = 0, cycles: int = 0) -> AvrBench:
        self.do("run", ms=ms, cycles=cycles)
        return self

    def until(self, name: str, value: int, within_ms: float) -> Event:
        """Runs to the next event of this name and value; fails if there is none in time."""
        answer = self.do("run", ms=within_ms, until=name, **{"is": value})
        assert answer["met"], f"no {name} = {value} within {within_ms} ms; {self.state}"
        return next(event for event in reversed(self.events) if (event.name, event.value) == (name, value))

    def set(self, **members: float | str) -> AvrBench:
        self.do("set", **members)
        self.changes.append(Change(self.cycle, members))
        return self

    def send(self, data: bytes) -> AvrBench:
        for start in range(0, len(data), 1000):
            self.do("send", hex=data[start : start + 1000].hex())
        return self

    def take_uart(self) -> bytes:
        data = bytes(self.uart)
        self.uart.clear()
        return data

    def read(self) -> dict[str, Any]:
        return self.do("read")

    @property
    def figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = self.read()["figures"]
        return figures

    def peek(self, address: int) -> int:
        """One byte of the data space."""
        value: int = self.do("peek", address=address)["value"]
        return value

    def patch(self, address: int, code: bytes) -> AvrBench:
        """Other instructions in the flash, as a bit error or a wild loop would act."""
        self.do("patch", address=address, hex=code.hex())
        return self

    def repair(self) -> AvrBench:
        """The flash is as it was loaded again."""
        self.do("repair")
        return self

    def eeprom(self) -> bytes:
        return bytes.fromhex(self.do("eeprom")["hex"])

    def named(self, *names: str) -> list[Event]:
        return [event for event in self.events if event.name in names]

    @contextmanager
    def branch(self) -> Iterator[AvrBench]:
        """What happens inside did not happen afterwards; worst figures are kept."""
        before = (self.cycle, dict(self.state), list(self.events), list(self.changes), bytearray(self.uart))
        self.do("checkpoint")
        try:
            yield self
        finally:
            self.do("rollback")
            self.cycle, self.state, self.events, self.changes, self.uart = before


@cache
def program(name: str, folder: Path) -> Path:
    """One of the bench's own little programs, compiled into `folder`."""
    bench_program()
    elf = folder / f"{name}.elf"
    source, flags = PROGRAMS / f"{name}.c", ["-std=gnu11", "-Os", "-Wall", "-Werror"]
    command = ["avr-gcc", "-mmcu=atmega328p", "-DF_CPU=16000000UL", *flags, "-o", str(elf), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return elf
