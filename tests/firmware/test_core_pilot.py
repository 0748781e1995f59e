"""Control pilot: duty from current, classes with hysteresis, filters, diode, the blind time and a missing supply."""

from __future__ import annotations

from typing import Any

import pytest

from evse_protocol.messages import Fault, Flag, Hold, Pilot, Slot
from tests.firmware.core_bench import (
    A_MV,
    B_MV,
    C_MV,
    D_MV,
    E_MV,
    INACTIVE,
    LOCKED,
    Bench,
    booted,
    charging,
    offering,
)
from tests.firmware.core_library import load


def core() -> Any:
    return load(True)[1]


def told_ma(permille: int) -> int:
    """IEC 61851-1, what a car reads from a duty cycle."""
    return permille * 60 if permille <= 850 else (permille - 640) * 250


def test_duty_tells_as_much_as_the_limit_allows_and_never_more() -> None:
    for limit in range(60, 801):
        permille = core().duty_permille(limit)
        assert told_ma(permille) <= limit * 100
        better = [p for p in range(100, 961) if told_ma(permille) < told_ma(p) <= limit * 100]
        assert better == []


def test_duty_below_six_ampere_is_a_stop_and_never_digital_communication() -> None:
    assert {core().duty_permille(limit) for limit in range(60)} == {1000}
    assert all(not 30 <= core().duty_permille(limit) <= 80 for limit in range(801))
    assert core().duty_permille(65_535) == 960


@pytest.mark.parametrize(("limit", "permille"), [(60, 100), (160, 266), (320, 533), (510, 850), (640, 896), (800, 960)])
def test_duty_examples(limit: int, permille: int) -> None:
    assert core().duty_permille(limit) == permille


def test_reported_offer_is_what_the_duty_tells_rounded_up() -> None:
    for permille in range(100, 961):
        assert core().duty_offered_da(permille) == -(-told_ma(permille) // 100)
    assert core().duty_offered_da(1000) == 0
    assert all(core().duty_offered_da(core().duty_permille(limit)) == limit for limit in range(60, 511))


BOUNDARIES = [
    (Pilot.A, Pilot.B, 10_000, 200),
    (Pilot.B, Pilot.C, 7_500, 250),
    (Pilot.C, Pilot.D, 5_000, 200),
    (Pilot.D, Pilot.E, 2_000, 200),
]


@pytest.mark.parametrize(("above", "below", "level", "hysteresis"), BOUNDARIES)
def test_class_boundaries_with_hysteresis(above: Pilot, below: Pilot, level: int, hysteresis: int) -> None:
    classify = core().pilot_class
    assert classify(level - hysteresis, above) == above
    assert classify(level - hysteresis - 1, above) == below
    assert classify(level + hysteresis - 1, below) == below
    assert classify(level + hysteresis, below) == above
    assert classify(level, Pilot.UNKNOWN) == above
    assert classify(level - 1, Pilot.UNKNOWN) == below


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (A_MV, Pilot.A),
        (B_MV, Pilot.B),
        (C_MV, Pilot.C),
        (D_MV, Pilot.D),
        (E_MV, Pilot.E),
        (14_001, Pilot.INVALID),
        (-3_001, Pilot.INVALID),
    ],
)
def test_nominal_levels(level: int, expected: Pilot) -> None:
    assert all(core().pilot_class(level, before) == expected for before in Pilot)


def test_an_input_that_saturates_below_twelve_volt_still_reads_a() -> None:
    assert core().pilot_class((3_060 - 1_723) * 1_000 // 130, Pilot.B) == Pilot.A


def test_c_is_confirmed_after_500_ms_and_lost_within_50() -> None:
    bench = offering().cp(C_MV)
    assert bench.until(lambda: bench.pilot == Pilot.C) in range(500, 503)
    bench.run(1_000).cp(B_MV)
    assert bench.until(lambda: bench.pilot == Pilot.B) <= 50


def test_a_mix_of_classes_still_leaves_c_in_time() -> None:
    bench = charging()
    begin = bench.elapsed
    while bench.c1:
        bench.cp(B_MV if bench.elapsed % 2 else A_MV).run(1)
        assert bench.elapsed - begin <= 50
    assert bench.pilot == Pilot.B
    assert Flag.PLUGGED in bench.flags


def test_one_good_sample_does_not_confirm_c_and_one_bad_does_not_lose_it() -> None:
    bench = offering().cp(C_MV).run(400).cp(B_MV).run(1).cp(C_MV).run(400)
    assert bench.pilot == Pilot.B
    bench = charging().cp(B_MV).run(29).cp(C_MV).run(1_000)
    assert bench.c1


def test_three_good_diode_samples_before_the_first_close() -> None:
    bench = booted().cp(C_MV, -3_000)
    bench.cp(B_MV, -3_000).run(100)
    bench.grant()
    bench.run(10)
    assert bench.duty < 1000
    assert Flag.DIODE_OK not in bench.flags
    bench.cp(B_MV).run(2)
    assert Flag.DIODE_OK not in bench.flags
    bench.run(1)
    assert Flag.DIODE_OK in bench.flags


@pytest.mark.parametrize(("low", "good"), [(-10_000, True), (-9_999, False)])
def test_diode_threshold(low: int, good: bool) -> None:
    bench = booted().cp(B_MV, low).run(100)
    bench.grant()
    bench.run(10)
    assert (Flag.DIODE_OK in bench.flags) is good


def test_diode_is_not_judged_at_full_duty_and_the_verdict_lapses_after_a_soft_stop() -> None:
    bench = charging()
    bench.grant(0)
    bench.cp(C_MV, 6_000).run(5_990)
    assert bench.c1
    assert Flag.DIODE_OK in bench.flags
    bench.run(200)
    assert not bench.c1
    assert Flag.DIODE_OK not in bench.flags
    assert bench.faults == Fault(0)


def test_nothing_is_classified_while_cp_is_off_and_for_300_ms_after() -> None:
    bench = offering(LOCKED)
    bench.keep(88_000)
    bench.until(lambda: not bench.out.cp_connected, 3_000)
    before = list(bench.status.slots_da)
    bench.cp(E_MV).grant()
    off_ms = bench.until(lambda: bool(bench.out.cp_connected))
    assert bench.pilot == Pilot.UNKNOWN
    bench.cp(A_MV).run(299)
    assert bench.pilot == Pilot.UNKNOWN
    assert Flag.PLUGGED in bench.flags
    assert Flag.LOCKED in bench.flags
    assert bench.faults == Fault(0)
    assert list(bench.status.slots_da) == before
    assert off_ms <= 4_000
    seen = bench.run(50).status
    assert seen.pilot == Pilot.A
    assert not seen.flags & Flag.PLUGGED


@pytest.mark.parametrize(
    ("level", "missing"), [(3_699, False), (3_700, True), (4_600, True), (4_800, True), (4_801, False)]
)
def test_usb_power_alone_is_no_car(level: int, missing: bool) -> None:
    bench = booted().cp(level).run(999)
    assert Fault.NO_12V not in bench.faults
    bench.run(2)
    assert (Fault.NO_12V in bench.faults) is missing
    if missing:
        assert bench.pilot == Pilot.UNKNOWN
        assert Flag.PLUGGED not in bench.flags
        bench.cp(A_MV).run(999)
        assert Fault.NO_12V in bench.faults
        bench.run(2)
        assert Fault.NO_12V not in bench.faults


def test_no_supply_means_no_offer() -> None:
    bench = offering()
    bench.grant(0)
    bench.run(10).cp(4_600).run(1_100)
    bench.grant()
    bench.run(10)
    assert bench.duty == 1000
    assert bench.faults == Fault.NO_12V


def test_boot_waits_for_ten_seconds_of_stable_pilot() -> None:
    bench = Bench().cp(B_MV).run(5_000).cp(A_MV).run(200).cp(B_MV)
    bench.grant()
    bench.run(9_900)
    assert bench.hold[0] == Hold.BOOT
    assert bench.offered == 0
    bench.grant()
    bench.run(200)
    assert bench.offered == 160


def test_boot_hold_counts_down() -> None:
    bench = Bench().cp(B_MV).run(4_030)
    bench.grant()
    hold, left = bench.hold
    assert hold == Hold.BOOT
    assert 5_900 <= left <= 6_100


def test_static_twelve_volt_without_a_car_or_a_grant() -> None:
    bench = booted()
    bench.grant()
    bench.run(1_000)
    assert bench.duty == 1000
    bench = booted().cp(B_MV).run(1_000)
    assert bench.duty == 1000
    assert bench.slot(Slot.HOST) == 0
    assert bench.slot(Slot.STOP) == INACTIVE
