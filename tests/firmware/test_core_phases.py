"""One phase and three: the sequence, its timing, the dwell, the interlock of C1 and C2."""

from __future__ import annotations

import pytest

from evse_protocol.messages import EventKind, Fault, Flag, Hold, Slot
from tests.firmware.core_bench import A_MV, B_MV, C_MV, E_MV, WITH_C2, Bench, booted, charging, offering


def waited(bench: Bench, ms: int, da: int = 160, phases: int = 3) -> Bench:
    return bench.keep(ms, da, phases)


def test_c2_closes_100_ms_before_c1() -> None:
    bench = offering(WITH_C2).cp(C_MV)
    bench.until(lambda: bench.c2)
    assert not bench.c1
    assert bench.until(lambda: bench.c1) >= 100


def test_c2_stays_open_on_one_phase() -> None:
    bench = charging(WITH_C2, phases=1).run(5_000)
    assert (bench.c1, bench.c2, bench.status.phases) == (True, False, 1)


def test_c2_opens_100_ms_after_a_soft_stop() -> None:
    bench = charging(WITH_C2)
    bench.grant(0)
    bench.until(lambda: not bench.c1, 7_000)
    assert bench.c2
    assert bench.until(lambda: not bench.c2) == 100


def test_c2_opens_with_c1_on_a_fault() -> None:
    bench = charging(WITH_C2)
    bench.inputs.rcm_ok = False
    bench.until(lambda: not bench.c1)
    assert not bench.c2


def test_a_fault_in_the_lag_opens_c2_at_once() -> None:
    bench = charging(WITH_C2).cp(B_MV)
    bench.until(lambda: not bench.c1)
    bench.inputs.rcm_ok = False
    bench.run(2)
    assert not bench.c2


def test_no_c2_without_the_contactor() -> None:
    bench = charging()
    assert (bench.c1, bench.c2, bench.status.phases) == (True, False, 3)


def three_to_one(cooperative: bool = True) -> Bench:
    bench = charging(WITH_C2)
    waited(bench, 6_000)
    reply = bench.grant(160, phases=1)
    assert (reply.applied_da, reply.hold) == (0, Hold.SOFT_STOP)
    bench.run(1)
    assert bench.duty == 1000
    if cooperative:
        bench.cp(B_MV)
    return bench


@pytest.mark.parametrize("cooperative", [True, False])
def test_three_to_one_sequence(cooperative: bool) -> None:
    bench = three_to_one(cooperative)
    opened = bench.until(lambda: not bench.c1, 7_000)
    assert opened <= (50 if cooperative else 6_000)
    bench.cp(B_MV)
    assert bench.status.phases == 3
    assert bench.until(lambda: not bench.out.cp_connected) in (99, 100, 101)
    bench.until(lambda: not bench.c2 and bench.status.phases == 1, 10)
    assert not bench.out.cp_connected
    hold, left = bench.hold
    assert hold == Hold.PHASE_WAIT
    assert 60_900 <= left <= 61_000
    begin = bench.elapsed
    while not bench.out.cp_connected:
        waited(bench, 100, phases=1)
        assert bench.duty == 1000
    assert bench.elapsed - begin in range(59_900, 60_200)
    for _ in range(9):
        bench.run(100)
        assert bench.duty == 1000
    waited(bench, 200, phases=1)
    assert bench.offered == 160
    bench.cp(C_MV)
    waited(bench, 2_000, phases=1)
    assert (bench.c1, bench.c2) == (True, False)
    assert (EventKind.PHASES, 1, 0) in bench.events


def test_wait_is_configurable() -> None:
    bench = charging(WITH_C2 | {"phase_wait_s": 30})
    bench.grant(160, phases=1)
    bench.run(1).cp(B_MV)
    bench.until(lambda: not bench.out.cp_connected)
    assert bench.until(lambda: bool(bench.out.cp_connected), 31_000) in range(30_000, 30_003)


def test_one_to_three_waits_for_the_dwell() -> None:
    bench = charging(WITH_C2, phases=1)
    waited(bench, 10_000, phases=1)
    reply = bench.grant(160, phases=3)
    assert (reply.applied_da, reply.phases, reply.hold) == (0, 1, Hold.SOFT_STOP)
    bench.cp(B_MV).run(100)
    reply = bench.grant(160, phases=3)
    assert reply.hold == Hold.PHASE_DWELL
    assert 580_000 <= reply.hold_ms <= 600_000
    waited(bench, 570_000)
    assert bench.out.cp_connected
    begin = bench.elapsed
    while bench.out.cp_connected:
        waited(bench, 1_000)
        assert bench.elapsed - begin < 30_000
    waited(bench, 300)
    assert (bench.c1, bench.c2, bench.status.phases) == (False, True, 3)
    waited(bench, 61_200)
    assert bench.offered == 160
    bench.cp(C_MV)
    waited(bench, 1_000)
    assert (bench.c1, bench.c2) == (True, True)


def test_dwell_is_given_up_when_the_host_returns_to_one_phase() -> None:
    bench = charging(WITH_C2, phases=1)
    waited(bench, 10_000, phases=1)
    bench.grant(160, phases=3)
    bench.cp(B_MV).run(1_000)
    assert bench.offered == 0
    waited(bench, 6_000, phases=1)
    assert (bench.offered, bench.out.cp_connected) == (160, True)


def test_phases_are_free_until_something_was_offered() -> None:
    bench = booted(WITH_C2).cp(B_MV).run(100)
    bench.grant(0, phases=1)
    bench.run(5)
    assert bench.status.phases == 1
    bench.grant(160, phases=3)
    bench.run(1)
    assert (bench.status.phases, bench.offered, bench.out.cp_connected) == (3, 160, True)


def test_phases_are_free_after_an_unplug() -> None:
    bench = charging(WITH_C2, phases=1).cp(A_MV).run(2_000)
    bench.grant(160, phases=3)
    bench.cp(B_MV).run(5_000)
    assert (bench.status.phases, bench.offered) == (3, 160)


def test_a_reset_does_not_free_the_phases_of_a_plugged_car() -> None:
    bench = charging(WITH_C2, phases=3).cp(B_MV).run(1_000)
    bench.boot()
    bench.run(12_000)
    reply = bench.grant(160, phases=1)
    bench.run(200)
    assert reply.applied_da == 0
    assert not bench.out.cp_connected


def test_unplug_during_cp_off_is_seen_afterwards() -> None:
    bench = three_to_one()
    bench.until(lambda: not bench.out.cp_connected)
    bench.cp(A_MV).run(30_000)
    assert Flag.PLUGGED in bench.flags
    bench.run(31_000)
    assert Flag.PLUGGED not in bench.flags


def test_a_fault_during_the_wait_keeps_c2_open() -> None:
    bench = charging(WITH_C2, da=60, phases=1)
    waited(bench, 600_000, 60, 1)
    bench.grant(60, phases=3)
    bench.run(1).cp(B_MV)
    bench.until(lambda: not bench.out.cp_connected)
    waited(bench, 1_000, 60)
    assert bench.c2
    bench.inputs.rcm_ok = False
    bench.run(2)
    assert not bench.c2
    waited(bench, 70_000)
    assert (bench.c2, bench.out.cp_connected, bench.duty) == (False, True, 1000)
    assert Fault.RESIDUAL_CURRENT in bench.faults


def test_no_cp_off_for_phases_nobody_waits_for() -> None:
    bench = charging(WITH_C2).cp(B_MV).run(100)
    bench.grant(0, phases=1)
    bench.run(10_000)
    assert bench.out.cp_connected
    assert bench.slot(Slot.HOST) == 0


def test_pilot_is_not_judged_during_the_sequence() -> None:
    bench = three_to_one()
    bench.until(lambda: not bench.out.cp_connected)
    bench.cp(E_MV).run(50_000)
    assert bench.faults == Fault(0)


def test_a_host_that_changes_its_mind_ends_the_sequence_before_cp_goes_off() -> None:
    bench = charging(WITH_C2)
    waited(bench, 6_000)
    bench.grant(160, phases=1)
    bench.run(1_000)
    bench.grant(160, phases=3)
    bench.cp(B_MV).run(1_000)
    assert (bench.out.cp_connected, bench.c1, bench.status.phases, bench.offered) == (True, False, 3, 160)


def test_the_lead_of_c2_is_shown_as_the_filter() -> None:
    bench = offering(WITH_C2).cp(C_MV)
    bench.until(lambda: bench.c2)
    hold, left = bench.hold
    assert hold == Hold.FILTER
    assert 95 <= left <= 100


def test_a_car_in_b_sees_full_duty_for_100_ms_before_cp_goes_off() -> None:
    bench = offering(WITH_C2)
    bench.grant(160, phases=1)
    bench.until(lambda: bench.duty == 1000)
    assert bench.until(lambda: not bench.out.cp_connected) in (100, 101)


def test_a_pause_ends_the_sequence_before_cp_goes_off() -> None:
    bench = charging(WITH_C2)
    bench.grant(160, phases=1)
    bench.run(1_000)
    bench.grant(0, phases=1)
    bench.cp(B_MV).run(5_000)
    assert (bench.out.cp_connected, bench.c1, bench.status.phases) == (True, False, 3)
    bench.grant(160, phases=1)
    bench.run(200)
    assert not bench.out.cp_connected
