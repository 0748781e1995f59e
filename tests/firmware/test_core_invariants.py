"""Broken on purpose: for each invariant, a bug or a flipped bit between decision and check opens C1 and C2 in the same
step, is remembered, and resets the board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evse_protocol.messages import EventKind, Fault, ResetReason, Result
from tests.firmware.core_bench import B_MV, C_MV, LOCKED, WITH_C2, Bench, booted, charging, offering
from tests.firmware.core_library import load

Break = Callable[[Any, Any], None]


@pytest.fixture(autouse=True)
def no_sabotage_left() -> Iterator[None]:
    yield
    ffi, library = load(True)
    library.shim_set_sabotage(ffi.NULL)


def force(name: str, value: object) -> Break:
    return lambda _evse, outputs: setattr(outputs, name, value)


def corrupt(group: str, name: str, value: object) -> Break:
    return lambda evse, _outputs: setattr(getattr(evse, group), name, value)


def charging_on_one_phase() -> Bench:
    return charging(WITH_C2, phases=1)


def soft_stopping() -> Bench:
    bench = charging()
    bench.grant(0)
    return bench.run(5_990)


def close_with_c2_open(_evse: Any, outputs: Any) -> None:
    outputs.c1 = True
    outputs.c2 = False


def close_at_full_duty(_evse: Any, outputs: Any) -> None:
    outputs.c1 = True
    outputs.duty_permille = 1000


def leaving_c() -> Bench:
    return charging().cp(B_MV)


def other_phases() -> Bench:
    """The car was charged on three phases and is about to be charged again."""
    bench = charging(WITH_C2, start_ms=100_000).cp(B_MV)
    bench.keep(6_000)
    return bench.cp(C_MV).run(400)  # C2 has not moved yet


CASES: dict[str, tuple[int, Callable[[], Bench], Break, int]] = {
    "stuck on without a car": (2, lambda: booted().run(200), force("c1", True), 1),
    "stuck on after the car left C": (2, leaving_c, force("c1", True), 101),
    "closed without a good diode": (1, charging, corrupt("diode", "ok", False), 1),
    "closed with a residual current": (1, charging, corrupt("fault", "active", int(Fault.RESIDUAL_CURRENT)), 1),
    "closed without the lock": (1, lambda: charging(LOCKED), corrupt("lock", "ok", False), 1),
    "closed without lease or fallback": (1, charging, corrupt("host", "alive", False), 1),
    "closed at full duty for too long": (1, soft_stopping, force("c1", True), 200),
    "closed into a soft stop": (1, lambda: offering().cp(C_MV).run(400), close_at_full_duty, 1),
    "duty of digital communication": (3, offering, force("duty_permille", 50), 1),
    "duty above a slot": (3, charging, force("duty_permille", 267), 1),
    "duty while stopped": (3, charging, corrupt("input", "stopped", True), 1),
    "slot falls without the duty": (3, charging, lambda evse, _: evse.slots.da.__setitem__(2, 60), 1),
    "host slot rises by itself": (4, charging, corrupt("host", "granted_da", 320), 1),
    "C2 closes under load": (5, charging_on_one_phase, force("c2", True), 1),
    "C2 opens under load": (5, lambda: charging(WITH_C2), force("c2", False), 1),
    "C1 closes without the lead of C2": (5, lambda: offering(WITH_C2).cp(C_MV).run(505), force("c1", True), 1),
    "other phases without the sequence": (5, other_phases, close_with_c2_open, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_invariant_opens_stores_and_resets(name: str) -> None:
    invariant, prepare, spoil, within_ms = CASES[name]
    bench = prepare()
    bench.writes_nv = False
    bench.store()
    assert bench.evse.broken == 0
    bench.sabotage(lambda evse, outputs: spoil(evse, outputs))
    for _ in range(within_ms):
        if bench.evse.broken:
            break
        bench.run(1)
    assert bench.evse.broken == invariant
    assert (bench.c1, bench.c2, bench.duty) == (False, False, 1000)
    assert Fault.INVARIANT in bench.faults
    assert not bench.out.reset  # the id is not stored yet
    for _ in range(10):
        bench.run(1)
        assert (bench.c1, bench.c2, bench.duty) == (False, False, 1000)
    bench.sabotage(None)
    bench.store()
    assert bench.until(lambda: bool(bench.out.reset)) <= 1
    bench.events.clear()
    bench.writes_nv = True
    bench.boot(ResetReason.SOFTWARE)
    bench.run(1)
    assert bench.c.evse_reset_cause(bench.evse) == ResetReason.INVARIANT
    assert bench.events[:2] == [
        (EventKind.RESET, ResetReason.INVARIANT, Fault.INVARIANT),
        (EventKind.INVARIANT, invariant, 0),
    ]


def test_without_memory_the_reset_comes_after_a_second() -> None:
    bench = charging(writes_nv=False)
    bench.sabotage(force("duty_permille", 50))
    bench.run(1)
    bench.sabotage(None)
    assert bench.until(lambda: bool(bench.out.reset)) in range(998, 1_002)


def test_nothing_closes_after_a_broken_invariant_until_acknowledged() -> None:
    bench = charging()
    bench.sabotage(force("duty_permille", 50))
    bench.run(1)
    bench.sabotage(None)
    bench.until(lambda: bool(bench.out.reset))
    bench.boot(ResetReason.SOFTWARE)
    bench.cp(B_MV)
    bench.keep(12_000)
    assert (bench.faults, bench.duty) == (Fault.INVARIANT, 1000)
    assert bench.acknowledge(Fault.INVARIANT).result == Result.OK
    bench.keep(1_000)
    assert bench.offered == 160
    bench.events.clear()
    bench.boot()
    bench.run(1)
    assert EventKind.INVARIANT not in bench.event_kinds()


def test_the_check_is_quiet_in_ordinary_life() -> None:
    for bench in (booted(), offering(), charging(LOCKED | WITH_C2), soft_stopping(), other_phases()):
        bench.run(300)
        assert bench.evse.broken == 0
        assert bench.c.evse_broken_invariant(bench.evse, bench.inputs, bench.out, bench.now) == 0
