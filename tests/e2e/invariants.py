"""The invariants of the board, checked on the JSON lines that `sim-board` prints: from outside, after every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OPENS_AT_ONCE = frozenset({"pilot", "diode", "residual_current", "welded_contactor"})
LEAVES_C_MS = 100
SOFT_STOP_MS = 6_100


@dataclass(frozen=True)
class BoardLine:
    """One line of `sim-board`."""

    t_ms: int
    boot: int
    pilot: str
    cp_on: bool
    diode: bool
    lock: bool
    c1: bool
    c2: bool
    slots: Mapping[str, int]
    binding: str | None
    limit_da: int
    duty_permille: int
    phases: int
    access: str
    lease_ms: int
    fault: tuple[str, ...]
    display: Sequence[str]
    backlight: int
    led: Sequence[str | int]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> BoardLine:
        """Takes exactly the documented keys.

        Raises:
            TypeError: a key is missing or unknown.
        """
        values = dict(raw)
        values["slots"] = {name: da for name, da in values["slots"].items() if da is not None}
        values["fault"] = tuple(values["fault"])
        return cls(**values)

    @property
    def offered_da(self) -> int:
        """Current that the duty cycle tells the car, 0.1 A; 0 at 100 %: IEC 61851-1 table A.8, rounded down."""
        if self.duty_permille >= 1000:
            return 0
        if self.duty_permille <= 850:
            return self.duty_permille * 6 // 10
        return (self.duty_permille - 640) * 25 // 10


class InvariantWatch:
    """Feed it every line in order; it raises on the first one that breaks an invariant."""

    def __init__(self) -> None:
        self._before: BoardLine | None = None
        self._left_c_ms: int | None = None
        self._stopped_ms: int | None = None

    def check(self, line: BoardLine) -> None:
        """Raises AssertionError naming the invariant."""
        self._follow_time(line)
        self._contactor(line)
        self._slots(line)
        self._phases(line)
        self._before = line

    def _follow_time(self, line: BoardLine) -> None:
        if line.pilot == "C":
            self._left_c_ms = None
        elif self._left_c_ms is None:
            self._left_c_ms = line.t_ms
        if line.duty_permille < 1000:
            self._stopped_ms = None
        elif self._stopped_ms is None:
            self._stopped_ms = line.t_ms

    def _contactor(self, line: BoardLine) -> None:
        if not line.c1:
            return
        assert line.diode, f"invariant 1: closed without a good diode: {line}"
        assert not OPENS_AT_ONCE & set(line.fault), f"invariant 1: closed with a fault: {line}"
        assert line.lock, f"invariant 1: closed without lock: {line}"
        if self._left_c_ms is not None:
            assert line.t_ms - self._left_c_ms <= LEAVES_C_MS, f"invariant 2: closed outside C: {line}"
        if self._stopped_ms is not None:
            assert line.t_ms - self._stopped_ms <= SOFT_STOP_MS, f"invariant 1: soft stop too long: {line}"
        else:
            assert line.offered_da >= 60, f"invariant 1: closed with less than 6 A offered: {line}"
            assert line.lease_ms > 0, f"invariant 1: closed without a lease: {line}"

    def _slots(self, line: BoardLine) -> None:
        lowest = min(line.slots.values(), default=0)
        assert line.limit_da <= lowest, f"invariant 3: limit above a slot: {line}"
        assert line.offered_da <= lowest, f"invariant 3: offer above a slot: {line}"
        before = self._before
        if before is not None and line.boot == before.boot:
            rose = line.slots.get("host", 0) > before.slots.get("host", 0)
            assert not rose or line.lease_ms > 0, f"invariant 4: the host slot rose without a grant: {before} {line}"

    def _phases(self, line: BoardLine) -> None:
        before = self._before
        if before is None or line.boot != before.boot:
            return
        if line.c2 and not before.c2:
            assert not before.c1, f"invariant 5: C2 closed while C1 was closed: {before} {line}"
        if line.c1 and before.c1:
            assert line.c2 == before.c2, f"invariant 5: C2 moved under C1: {before} {line}"
