"""The table of sequences and their limits: closing, opening, soft stop, raises, re-close, sleep, simplified pilots."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Access, EventKind, Fault, Flag, Hold, Pilot, Slot
from tests.firmware.core_bench import (
    A_MV,
    B_MV,
    C_MV,
    D_MV,
    E_MV,
    INACTIVE,
    LOCKED,
    WITH_C2,
    WRAP,
    Bench,
    booted,
    charging,
    offering,
)


@pytest.mark.parametrize("config", [{}, WITH_C2, LOCKED])
def test_closes_within_three_seconds_of_c(config: dict[str, int]) -> None:
    bench = offering(config).cp(C_MV)
    assert 500 <= bench.until(lambda: bench.c1) <= 3_000


@pytest.mark.parametrize("level", [B_MV, A_MV])
def test_opens_within_100_ms_when_the_car_leaves_c(level: int) -> None:
    bench = charging().cp(level)
    assert bench.until(lambda: not bench.c1) <= 50


@pytest.mark.parametrize("level", [E_MV, D_MV, 14_500, -3_500])
def test_a_bad_pilot_opens_after_20_cycles(level: int) -> None:
    bench = charging().cp(level).run(19)
    assert bench.c1
    bench.run(1)
    assert not bench.c1
    assert bench.duty == 1000
    assert Fault.PILOT in bench.faults


def test_a_bad_diode_opens_after_20_cycles() -> None:
    bench = charging().cp(C_MV, -8_000).run(19)
    assert bench.c1
    bench.run(1)
    assert not bench.c1
    assert bench.faults == Fault.DIODE


def test_bad_cycles_must_be_in_a_row() -> None:
    bench = charging()
    for _ in range(5):
        bench.cp(C_MV, -8_000).run(19).cp(C_MV).run(1)
    assert bench.c1
    assert bench.faults == Fault(0)


def test_soft_stop_opens_when_the_car_leaves_c() -> None:
    bench = charging()
    reply = bench.grant(0)
    assert (reply.applied_da, reply.hold, reply.hold_ms) == (0, Hold.SOFT_STOP, 6_000)
    bench.run(1)
    assert bench.duty == 1000
    bench.run(2_000)
    assert bench.c1
    bench.cp(B_MV)
    assert bench.until(lambda: not bench.c1) <= 50


def test_soft_stop_opens_under_load_after_six_seconds() -> None:
    bench = charging()
    bench.grant(0)
    assert bench.until(lambda: not bench.c1, 7_000) in range(6_000, 6_003)


def test_a_new_grant_does_not_prolong_or_cancel_a_soft_stop() -> None:
    bench = charging()
    bench.grant(0)
    bench.run(3_000)
    bench.grant(160)
    bench.run(10)
    assert bench.duty == 1000
    assert bench.hold[0] == Hold.SOFT_STOP
    assert bench.until(lambda: not bench.c1, 7_000) <= 3_000


def test_down_at_once_in_the_next_step() -> None:
    bench = charging(da=320)
    reply = bench.grant(100)
    assert reply.applied_da == 100
    bench.run(1)
    assert bench.duty == 166


def test_up_at_most_every_five_seconds_and_kept_inside_the_window() -> None:
    bench = charging(da=100)
    bench.keep(5_000, 100)
    assert bench.grant(120).applied_da == 120
    bench.run(1_000)
    reply = bench.grant(160)
    assert (reply.applied_da, reply.hold, reply.hold_ms) == (120, Hold.RAMP, 4_001)
    bench.run(3_999)
    assert bench.offered == 120
    bench.run(2)
    assert bench.offered == 160


def test_a_fall_inside_the_window_does_not_open_it() -> None:
    bench = charging(da=100)
    bench.keep(5_000, 100)
    bench.grant(200)
    bench.run(1_000)
    bench.grant(100)
    bench.run(1_000)
    assert bench.grant(150).applied_da == 100
    bench.run(3_001)
    assert bench.offered == 150


def test_recloses_five_seconds_after_leaving_c() -> None:
    bench = charging().cp(B_MV)
    bench.until(lambda: not bench.c1)
    bench.cp(C_MV).run(1_000)
    bench.grant()
    assert bench.hold[0] == Hold.RECLOSE
    assert 5_000 <= bench.until(lambda: bench.c1, 6_000) + 1_000 <= 5_100


def test_recloses_thirty_seconds_after_a_fault() -> None:
    bench = charging().cp(E_MV).run(30)
    begin = bench.elapsed
    bench.cp(B_MV).run(100).cp(C_MV)
    while not bench.c1:
        bench.keep(1_000)
        assert bench.elapsed - begin < 40_000
    assert bench.elapsed - begin >= 30_000


def test_sleeping_car_gets_one_cp_off_of_four_seconds() -> None:
    bench = offering()
    begin = bench.elapsed - 1_000
    while bench.out.cp_connected:
        bench.grant()
        bench.run(100)
    assert bench.elapsed - begin in range(90_000, 90_200)
    assert bench.hold[0] == Hold.WAKE
    assert 3_800 <= bench.until(lambda: bool(bench.out.cp_connected)) <= 4_000
    for _ in range(200):
        bench.keep(1_000)
        assert bench.out.cp_connected
    bench.grant(0)
    bench.run(6_000)
    bench.keep(89_000)
    assert bench.out.cp_connected
    bench.keep(1_500)
    assert not bench.out.cp_connected


def test_no_wake_for_a_car_that_ended_the_charge_itself() -> None:
    bench = charging()
    bench.keep(5_000)
    bench.cp(B_MV).run(100)
    bench.grant(0)
    bench.run(6_000)
    for _ in range(200):
        bench.keep(1_000)
        assert bench.out.cp_connected


def test_a_car_that_the_board_sent_out_of_c_is_woken() -> None:
    bench = charging()
    bench.grant(0)
    bench.run(1).cp(B_MV).run(6_000)
    bench.keep(89_500)
    assert bench.out.cp_connected
    bench.keep(1_000)
    assert not bench.out.cp_connected


def test_wake_is_disarmed_by_c() -> None:
    bench = offering()
    bench.keep(80_000)
    bench.cp(C_MV)
    bench.keep(20_000)
    assert bench.out.cp_connected
    assert bench.c1


def test_car_wakes_after_cp_off() -> None:
    bench = offering()
    bench.keep(95_000)
    assert bench.pilot == Pilot.B
    bench.cp(C_MV)
    bench.keep(1_000)
    assert bench.c1


def simplified() -> Bench:
    bench = booted().cp(C_MV).run(600)
    bench.grant(200)
    return bench


def test_simplified_pilot_is_capped_at_ten_ampere_until_unplug() -> None:
    bench = simplified().run(1)
    assert bench.hold[0] == Hold.SIMPLIFIED
    bench.keep(9_800, 200)
    assert (bench.duty, bench.c1, bench.slot(Slot.SIMPLIFIED)) == (1000, False, INACTIVE)
    bench.keep(2_000, 200)
    assert bench.c1
    assert (bench.offered, bench.slot(Slot.SIMPLIFIED), bench.status.binding) == (100, 100, Slot.SIMPLIFIED)
    bench.cp(B_MV).run(1_000)
    assert bench.slot(Slot.SIMPLIFIED) == 100
    bench.unplug().run(100)
    assert bench.slot(Slot.SIMPLIFIED) == INACTIVE


def test_b_ends_the_suspicion_of_a_simplified_pilot() -> None:
    bench = simplified().run(5_000).cp(B_MV).run(50)
    bench.grant(200)
    bench.run(10)
    assert bench.offered == 200
    bench.cp(C_MV).run(1_000)
    assert bench.slot(Slot.SIMPLIFIED) == INACTIVE


def test_c_after_cp_off_is_no_evidence() -> None:
    bench = offering(da=200)
    bench.keep(89_500, 200)
    bench.cp(C_MV)
    bench.until(lambda: bool(bench.out.cp_connected))
    bench.grant(0)
    for _ in range(15):
        bench.grant(0)
        bench.run(1_000)
    assert bench.pilot == Pilot.C
    assert bench.slot(Slot.SIMPLIFIED) == INACTIVE


def test_boot_with_a_car_in_c_needs_the_simplified_verdict() -> None:
    bench = Bench(start_ms=5).cp(C_MV)
    bench.keep(10_400, 200)
    assert not bench.c1
    bench.keep(1_500, 200)
    assert bench.offered == 100
    assert bench.c1


def test_deny_stops_softly_and_pause_keeps_the_session() -> None:
    for access in (Access.PAUSE, Access.DENY):
        bench = charging()
        bench.grant(160, access=access)
        bench.run(1)
        assert bench.duty == 1000
        assert bench.c1
        assert bench.slot(Slot.HOST) == 0


def test_a_late_step_is_harmless() -> None:
    bench = charging()
    bench.late(700)
    assert bench.c1
    bench.cp(B_MV).late(700)
    bench.late(40)
    assert not bench.c1
    assert bench.faults == Fault(0)


@pytest.mark.parametrize("before_wrap_ms", [1, 500, 11_400, 12_000, 13_000])
def test_the_clock_may_wrap_at_any_moment(before_wrap_ms: int) -> None:
    bench = offering(LOCKED | WITH_C2, start_ms=WRAP - before_wrap_ms).cp(C_MV)
    assert bench.until(lambda: bench.c1) <= 3_000
    bench.grant(0)
    assert bench.until(lambda: not bench.c1, 7_000) in range(6_000, 6_003)


def test_timers_stay_over_for_weeks() -> None:
    bench = offering()
    bench.cp(C_MV)
    for _ in range(60):
        bench.late(1 << 26)  # 18.6 h each; 46 days in all
        bench.run(40)
    bench.cp(B_MV).run(100).cp(C_MV)
    bench.keep(8_000)
    assert bench.c1
    assert bench.faults == Fault(0)


def test_contactor_events_carry_both_contactors_and_the_offer() -> None:
    bench = charging(WITH_C2)
    assert [(code, value) for kind, code, value in bench.events if kind == EventKind.CONTACTOR] == [(2, 160), (3, 160)]
    assert Flag.C1 | Flag.C2 in bench.flags
