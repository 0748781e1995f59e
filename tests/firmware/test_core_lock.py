"""Connector lock of socket boards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evse_protocol.messages import Access, Capability, Fault, Flag, Hold, Result
from tests.firmware.core_bench import (
    A_MV,
    ALL_CAPABILITIES,
    B_MV,
    LOCKED,
    PP_MV,
    Bench,
    booted,
    charging,
    offering,
)


def waiting() -> Bench:
    """A car in B, a grant, a bolt that does not move by itself."""
    bench = booted(LOCKED, bolt_follows=False)
    bench.inputs.pp_mv = PP_MV[320]
    bench.cp(B_MV).run(100)
    bench.grant()
    return bench


def test_locks_in_b_before_pwm() -> None:
    bench = waiting().run(2)
    assert (bench.out.lock_drive, bench.duty) == (1, 1000)
    assert bench.hold[0] == Hold.LOCKING
    bench.inputs.lock_engaged = True
    bench.run(3)
    assert bench.offered == 160
    assert Flag.LOCKED in bench.flags


def test_no_lock_without_something_to_offer() -> None:
    bench = booted(LOCKED)
    bench.inputs.pp_mv = PP_MV[320]
    bench.cp(B_MV).run(1_000)
    assert not bench.inputs.lock_engaged


@pytest.mark.parametrize("lock", [2, 3])
def test_pulse_of_600_ms_five_tries_five_seconds_apart_then_a_fault(lock: int) -> None:
    bench = booted(LOCKED | {"lock": lock}, bolt_follows=False)
    bench.inputs.pp_mv = PP_MV[320]
    bench.cp(B_MV).run(100)
    bench.grant()
    edges: list[tuple[int, int]] = []
    begin = bench.elapsed
    drive = 0
    for _ in range(26_000):
        if bench.elapsed % 1_000 == 0:
            bench.grant()
        bench.run(1)
        if bench.out.lock_drive != drive:
            drive = bench.out.lock_drive
            edges.append((bench.elapsed - begin, drive))
    pulses = [(t, drive) for t, drive in edges if drive]
    ends = [t for t, drive in edges if not drive]
    assert [drive for _, drive in pulses] == [1] * 5
    assert [end - start for (start, _), end in zip(pulses, ends, strict=True)] == [600] * 5
    assert [t - pulses[0][0] for t, _ in pulses] == [0, 5_000, 10_000, 15_000, 20_000]
    assert bench.faults == Fault.LOCK
    assert bench.duty == 1000
    bench.run(30_000)
    assert bench.out.lock_drive == 0
    bench.unplug().run(100)
    assert bench.faults == Fault(0)


def test_releases_after_one_second_of_a_with_c1_open() -> None:
    bench = charging(LOCKED).unplug()
    bench.run(1_000)
    assert bench.inputs.lock_engaged
    bench.run(100)
    assert not bench.inputs.lock_engaged


def test_never_releases_while_closed() -> None:
    bench = charging(LOCKED)
    bench.grant(160, access=Access.DENY)
    bench.unlock()
    while bench.c1:
        assert bench.out.lock_drive != -1
        bench.run(1)
    for _ in range(249):
        assert bench.out.lock_drive != -1
        bench.run(1)
    bench.run(10)
    assert bench.out.lock_drive == -1


def test_deny_releases_and_pause_does_not() -> None:
    bench = offering(LOCKED)
    bench.grant(0, access=Access.PAUSE)
    bench.run(5_000)
    assert bench.inputs.lock_engaged
    bench.grant(0, access=Access.DENY)
    bench.run(1_000)
    assert not bench.inputs.lock_engaged
    bench.grant(160)
    bench.run(1_000)
    assert bench.inputs.lock_engaged


def test_unlock_stops_and_releases_once_open() -> None:
    bench = charging(LOCKED)
    assert bench.unlock().result == Result.OK
    bench.run(1)
    assert (bench.c1, bench.duty) == (True, 1000)
    bench.cp(B_MV)
    bench.keep(2_000)
    assert not bench.inputs.lock_engaged
    bench.keep(5_000)
    assert not bench.inputs.lock_engaged
    bench.resume()
    bench.keep(6_000)
    assert bench.inputs.lock_engaged


def test_lock_hold_keeps_the_cable_in_a() -> None:
    bench = offering(LOCKED)
    assert bench.lock_hold(True).result == Result.OK
    bench.unplug().run(10_000)
    assert bench.inputs.lock_engaged
    assert Flag.LOCK_HOLD in bench.flags
    bench.lock_hold(False)
    bench.run(10)
    assert not bench.inputs.lock_engaged


def test_unlock_overrides_lock_hold() -> None:
    bench = offering(LOCKED)
    bench.lock_hold(True)
    bench.unplug().run(2_000)
    bench.unlock()
    bench.run(10)
    assert not bench.inputs.lock_engaged
    assert Flag.STOPPED not in bench.flags


def test_feedback_lost_while_closed_stops_softly_after_500_ms() -> None:
    bench = charging(LOCKED)
    bench.bolt_follows = False
    bench.inputs.lock_engaged = False
    bench.run(499)
    assert bench.duty < 1000
    bench.run(3)
    assert (bench.duty, bench.c1) == (1000, True)
    assert bench.until(lambda: not bench.c1, 7_000) in range(5_998, 6_003)


def test_a_short_loss_of_feedback_is_forgiven() -> None:
    bench = charging(LOCKED)
    bench.bolt_follows = False
    bench.inputs.lock_engaged = False
    bench.run(400)
    bench.inputs.lock_engaged = True
    bench.run(2_000)
    assert bench.c1


def test_a_weld_holds_the_lock() -> None:
    bench = charging(LOCKED)
    bench.feedback_follows = False
    bench.unplug().run(2_000)
    assert Fault.WELDED_CONTACTOR in bench.faults
    bench.unlock()
    bench.run(5_000)
    assert bench.inputs.lock_engaged
    bench.inputs.c1_feedback = False
    bench.run(1)
    bench.acknowledge()
    bench.run(10)
    assert not bench.inputs.lock_engaged


def test_a_reset_leaves_the_bolt_where_it_is() -> None:
    bench = offering(LOCKED)
    bench.boot()
    bench.run(5_000)
    assert bench.inputs.lock_engaged
    bench.unplug().run(1_100)
    assert not bench.inputs.lock_engaged


def test_a_bolt_stuck_in_is_a_fault_that_ends_when_it_comes_out() -> None:
    bench = offering(LOCKED, bolt_follows=True)
    bench.bolt_follows = False
    bench.unplug().run(30_000)
    assert bench.faults == Fault.LOCK
    bench.unlock()
    bench.run(10)
    assert bench.out.lock_drive == -1
    bench.inputs.lock_engaged = False
    bench.run(1_000)
    assert bench.faults == Fault(0)


def test_fixed_cables_and_boards_without_a_lock_refuse() -> None:
    for bench in (offering(), offering({"connector": 1, "cable_da": 0})):
        assert bench.out.lock_drive == 0
        assert bench.unlock().result == Result.UNSUPPORTED
        assert bench.lock_hold(True).result == Result.UNSUPPORTED
        assert Flag.LOCK_HOLD not in bench.flags


def test_a_lock_needs_the_capability() -> None:
    bench = Bench(None, start_ms=0, capabilities=ALL_CAPABILITIES & ~Capability.SOCKET_LOCK).cp(A_MV).run(100)
    bench.press(5_100)
    assert Flag.COMMISSIONING_OPEN in bench.flags


def test_a_bolt_in_place_gets_no_more_pulses() -> None:
    bench = charging(LOCKED)
    for _ in range(12_000):
        bench.run(1)
        assert bench.out.lock_drive == 0


def pulses(bench: Bench, ms: int, each_100_ms: Callable[[int], object]) -> int:
    """Milliseconds in `ms` for which the actuator is driven, while something happens each 100 ms."""
    driven = 0
    for at in range(0, ms, 100):
        each_100_ms(at)
        for _ in range(100):
            bench.run(1)
            driven += bench.out.lock_drive != 0
    return driven


def test_a_host_cannot_heat_the_actuator_by_repeating_unlock() -> None:
    """600 ms each 5 s, as by itself: a bolt that is jammed may be tried for ever, but not without a break."""
    bench = waiting().run(700)
    bench.inputs.lock_engaged = True
    bench.run(5_000)
    assert pulses(bench, 20_000, lambda _: bench.unlock()) <= 4 * 601
