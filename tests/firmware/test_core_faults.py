"""The table of faults: trips, actions, clears, and what survives a reset."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evse_protocol.messages import Capability, EventKind, Fault, Flag, Hold, Pilot, ResetReason, Result
from tests.firmware.core_bench import (
    A_MV,
    ALL_CAPABILITIES,
    B_MV,
    C_MV,
    E_MV,
    LOW_MV,
    WITH_C2,
    Bench,
    booted,
    charging,
    offering,
)

CHANGES = (EventKind.FAULT_SET, EventKind.FAULT_CLEARED)

# --- PILOT, DIODE


def bad_pilot(bench: Bench) -> None:
    bench.cp(E_MV).run(25).cp(B_MV)


def bad_diode(bench: Bench) -> None:
    bench.cp(B_MV, -5_000).run(25).cp(B_MV)


@pytest.mark.parametrize(("spoil", "fault"), [(bad_pilot, Fault.PILOT), (bad_diode, Fault.DIODE)])
def test_clears_after_30_good_seconds(spoil: Callable[[Bench], None], fault: Fault) -> None:
    bench = offering()
    spoil(bench)
    assert bench.faults == fault
    assert bench.duty == 1000
    bench.run(29_900)
    assert bench.faults == fault
    bench.run(110)
    assert bench.faults == Fault(0)
    assert [kind for kind, _, value in bench.events if kind in CHANGES and value == fault] == [
        EventKind.FAULT_SET,
        EventKind.FAULT_CLEARED,
    ]


@pytest.mark.parametrize(("spoil", "fault"), [(bad_pilot, Fault.PILOT), (bad_diode, Fault.DIODE)])
def test_the_fifth_in_one_plug_in_needs_an_unplug(spoil: Callable[[Bench], None], fault: Fault) -> None:
    bench = offering()
    for _ in range(4):
        spoil(bench)
        assert bench.faults == fault
        bench.keep(37_000)
        assert bench.faults == Fault(0)
        assert bench.offered == 160
    spoil(bench)
    bench.keep(200_000)
    assert bench.faults == fault
    bench.unplug().run(100)
    assert bench.faults == Fault(0)


def test_an_unplug_starts_the_count_again() -> None:
    bench = offering()
    for _ in range(7):
        bad_pilot(bench)
        bench.keep(37_000)
        bench.unplug().run(100).cp(B_MV)
    assert bench.faults == Fault(0)


def test_a_bad_cycle_starts_the_30_seconds_again() -> None:
    bench = offering()
    bad_pilot(bench)
    bench.run(20_000).cp(E_MV).run(1).cp(B_MV).run(20_000)
    assert bench.faults == Fault.PILOT
    bench.run(10_100)
    assert bench.faults == Fault(0)


def test_an_unplug_stays_visible_in_a_fault() -> None:
    bench = offering()
    bad_pilot(bench)
    assert bench.duty == 1000
    bench.unplug().run(100)
    assert bench.pilot == Pilot.A


# --- RESIDUAL_CURRENT


def residual(bench: Bench) -> Bench:
    bench.inputs.rcm_ok = False
    bench.run(2)
    assert bench.faults == Fault.RESIDUAL_CURRENT
    return bench


def test_residual_current_opens_within_20_ms_without_a_soft_stop() -> None:
    bench = charging(WITH_C2)
    bench.inputs.rcm_ok = False
    assert bench.until(lambda: not bench.c1) == 2
    assert (bench.c2, bench.duty) == (False, 1000)


def test_a_single_reading_is_not_confirmed() -> None:
    bench = charging()
    for _ in range(10):
        bench.inputs.rcm_ok = False
        bench.run(1)
        bench.inputs.rcm_ok = True
        bench.run(1)
    assert bench.c1
    assert bench.faults == Fault(0)


def test_nothing_closes_on_an_unconfirmed_reading() -> None:
    bench = offering().cp(C_MV).run(500)
    assert not bench.c1
    bench.inputs.rcm_ok = False
    bench.run(1)
    assert not bench.c1


def test_residual_current_needs_good_input_and_unplug_and_acknowledge() -> None:
    bench = residual(charging())
    bench.cp(B_MV).run(60_000)
    assert bench.acknowledge().result == Result.NOT_CLEARED
    bench.unplug().run(100)
    reply = bench.acknowledge()
    assert (reply.result, reply.detail) == (Result.NOT_CLEARED, Fault.RESIDUAL_CURRENT)
    bench.inputs.rcm_ok = True
    bench.run(1)
    reply = bench.acknowledge(Fault.RESIDUAL_CURRENT)
    assert (reply.result, reply.detail) == (Result.OK, 0)
    assert bench.faults == Fault(0)


def test_residual_current_does_not_clear_by_itself() -> None:
    bench = residual(charging())
    bench.inputs.rcm_ok = True
    bench.cp(B_MV).run(60_000).unplug().run(60_000)
    assert bench.faults == Fault.RESIDUAL_CURRENT


def test_residual_current_that_comes_back_needs_another_unplug() -> None:
    bench = residual(charging()).unplug().run(100)
    bench.cp(B_MV).run(100)
    bench.inputs.rcm_ok = True
    bench.run(100)
    bench.inputs.rcm_ok = False
    bench.run(2)
    bench.inputs.rcm_ok = True
    bench.run(100)
    assert bench.acknowledge().result == Result.NOT_CLEARED
    bench.unplug().run(100)
    assert bench.acknowledge().result == Result.OK


def test_residual_current_survives_a_reset() -> None:
    bench = residual(charging())
    bench.inputs.rcm_ok = True
    bench.events.clear()
    bench.boot()
    bench.cp(B_MV).run(20_000)
    assert bench.faults == Fault.RESIDUAL_CURRENT
    assert bench.events[0] == (EventKind.RESET, ResetReason.POWER_ON, Fault.RESIDUAL_CURRENT)
    assert EventKind.FAULT_SET not in bench.event_kinds()
    assert bench.acknowledge().result == Result.NOT_CLEARED
    bench.unplug().run(100)
    assert bench.acknowledge().result == Result.OK
    bench.run(1).boot()
    assert bench.faults == Fault(0)


def test_residual_current_is_a_fault_at_boot() -> None:
    bench = Bench(start_ms=0)
    bench.inputs.rcm_ok = False
    bench.run(2)
    assert bench.faults == Fault.RESIDUAL_CURRENT


def test_without_a_monitor_the_input_says_nothing() -> None:
    bench = charging({"monitor": 2})
    bench.inputs.rcm_ok = False
    bench.run(1_000)
    assert bench.c1


def test_acknowledge_by_a_button_held_three_seconds() -> None:
    bench = residual(charging()).unplug().run(100)
    bench.inputs.rcm_ok = True
    bench.press(2_900)
    assert bench.faults == Fault.RESIDUAL_CURRENT
    bench.press(3_100)
    assert bench.faults == Fault(0)
    assert Flag.COMMISSIONING_OPEN not in bench.flags


# --- WELDED_CONTACTOR


def welded() -> Bench:
    bench = charging()
    bench.feedback_follows = False
    bench.grant(0)
    bench.until(lambda: not bench.c1, 7_000)
    return bench


def test_feedback_250_ms_after_opening_is_a_weld() -> None:
    bench = welded().run(248)
    assert bench.faults == Fault(0)
    bench.run(3)
    assert bench.faults == Fault.WELDED_CONTACTOR


def test_a_contactor_that_opens_in_time_is_no_weld() -> None:
    bench = welded().run(240)
    bench.inputs.c1_feedback = False
    bench.run(1_000)
    assert bench.faults == Fault(0)


def test_a_weld_survives_a_reset_and_clears_by_acknowledge_once_open() -> None:
    bench = welded().run(300)
    bench.boot()
    bench.run(1)
    assert bench.faults == Fault.WELDED_CONTACTOR
    assert bench.acknowledge().result == Result.NOT_CLEARED
    bench.inputs.c1_feedback = False
    bench.run(1)
    assert bench.acknowledge().result == Result.OK
    bench.run(1).boot()
    assert bench.faults == Fault(0)


def test_a_weld_never_closes_again() -> None:
    bench = welded().run(300)
    bench.inputs.c1_feedback = False
    bench.cp(B_MV).run(1_000).cp(C_MV)
    for _ in range(60):
        bench.keep(1_000)
        assert not bench.c1
        assert bench.duty == 1000


def test_without_the_capability_feedback_is_ignored() -> None:
    bench = charging(capabilities=ALL_CAPABILITIES & ~Capability.CONTACTOR_FEEDBACK)
    bench.feedback_follows = False
    bench.grant(0)
    bench.run(20_000)
    assert bench.faults == Fault(0)


def test_host_evidence_counts_only_over_samples_taken_5_s_after_opening() -> None:
    bench = charging()
    assert bench.weld_evidence().result == Result.BUSY
    bench.cp(B_MV)
    bench.until(lambda: not bench.c1)
    bench.run(6_998)
    assert bench.weld_evidence().result == Result.BUSY
    bench.run(3)
    assert bench.weld_evidence(10).result == Result.INVALID
    assert bench.faults == Fault(0)
    assert bench.weld_evidence(11).result == Result.OK
    assert bench.faults == Fault.WELDED_CONTACTOR


def test_a_reset_opens_as_well_and_host_evidence_waits_as_long() -> None:
    bench = charging(capabilities=ALL_CAPABILITIES & ~Capability.CONTACTOR_FEEDBACK)
    bench.boot(ResetReason.WATCHDOG)
    bench.run(6_998)
    assert bench.weld_evidence().result == Result.BUSY
    assert bench.faults == Fault(0)
    bench.run(3)
    assert bench.weld_evidence().result == Result.OK
    assert bench.faults == Fault.WELDED_CONTACTOR


# --- WATCHDOG


def test_three_watchdog_resets_within_an_hour_close_nothing_until_acknowledged() -> None:
    bench = Bench(start_ms=0)
    for count in range(1, 4):
        bench.boot(ResetReason.WATCHDOG)
        bench.run(1_000)
        assert (Fault.WATCHDOG in bench.faults) is (count == 3)
    bench.boot(ResetReason.POWER_ON)
    assert bench.faults == Fault.WATCHDOG
    bench.cp(B_MV)
    bench.keep(11_000)
    assert bench.duty == 1000
    assert bench.acknowledge().result == Result.OK
    bench.keep(31_000)
    assert bench.offered == 160
    bench.boot(ResetReason.WATCHDOG)
    assert bench.faults == Fault(0)


def test_an_hour_of_uptime_forgives() -> None:
    bench = Bench(start_ms=0)
    for _ in range(2):
        bench.boot(ResetReason.WATCHDOG)
    for _ in range(120):
        bench.late(30_000)
    bench.run(50)
    for _ in range(2):
        bench.boot(ResetReason.WATCHDOG)
    assert bench.faults == Fault(0)
    bench.boot(ResetReason.WATCHDOG)
    assert bench.faults == Fault.WATCHDOG


@pytest.mark.parametrize("reason", [r for r in ResetReason if r != ResetReason.WATCHDOG])
def test_other_resets_do_not_count(reason: ResetReason) -> None:
    bench = Bench(start_ms=0)
    for _ in range(5):
        bench.boot(reason)
    assert bench.faults == Fault(0)


# --- UNKNOWN_BOARD and the rest


def test_an_unknown_board_closes_nothing_and_cannot_be_acknowledged() -> None:
    bench = Bench(start_ms=0, recognised=False).cp(B_MV)
    bench.keep(12_000)
    bench.cp(C_MV)
    bench.keep(2_000)
    assert (bench.c1, bench.c2, bench.duty, bench.faults) == (False, False, 1000, Fault.UNKNOWN_BOARD)
    assert bench.acknowledge().result == Result.NOT_CLEARED
    assert bench.faults == Fault.UNKNOWN_BOARD


def test_every_fault_shows_a_red_light_over_the_host_pattern() -> None:
    bench = offering()
    assert bench.led(10_000).result == Result.OK
    bench.run(1)
    assert (bench.out.led.red, bench.out.led.green, bench.out.led.blue) == (1, 2, 3)
    bad_pilot(bench)
    assert (bench.out.led.red, bench.out.led.pattern) == (255, 3)


def test_the_host_pattern_has_a_time_to_live() -> None:
    bench = booted()
    local = bytes(bench.ffi.buffer(bench.ffi.addressof(bench.out.led)))
    bench.led(1_000)
    bench.run(999)
    assert bytes(bench.ffi.buffer(bench.ffi.addressof(bench.out.led))) != local
    bench.run(2)
    assert bytes(bench.ffi.buffer(bench.ffi.addressof(bench.out.led))) == local


def test_local_patterns_differ_by_state() -> None:
    boards = [Bench(None, start_ms=0).run(1), booted(), booted().cp(B_MV).run(100), offering(), charging()]
    boards.append(offering().press(100))
    seen = [bytes(b.ffi.buffer(b.ffi.addressof(b.out.led))) for b in boards]
    assert len(set(seen)) == len(seen)


def test_a_light_needs_the_capability() -> None:
    assert booted(capabilities=ALL_CAPABILITIES & ~Capability.LED).led(100).result == Result.UNSUPPORTED


def test_a_fault_blocks_the_contactor_for_30_seconds_as_a_named_hold() -> None:
    bench = charging()
    bench.inputs.temperature_dc = 720
    bench.run(10)
    bench.cp(B_MV).run(100)
    bench.inputs.temperature_dc = 200
    bench.run(10)
    bench.grant()
    bench.run(5_000)
    assert bench.hold[0] == Hold.RECLOSE
    assert 20_000 < bench.hold[1] <= 25_000


def test_a_car_in_a_and_low_readings_of_the_input_at_full_duty_are_no_fault() -> None:
    bench = booted().cp(A_MV, LOW_MV * 2).run(1_000)
    assert bench.faults == Fault(0)
