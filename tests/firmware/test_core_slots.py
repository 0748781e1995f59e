"""Who decides the current: every slot, the lease and its fallback, the stop button, the switch, cable, temperature."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Access, EventKind, Fault, Flag, Hold, Result, Slot, SwitchFunction
from tests.firmware.core_bench import (
    A_MV,
    B_MV,
    C_MV,
    CONFIG,
    INACTIVE,
    PP_MV,
    SOCKET,
    WITH_C2,
    WRAP,
    Bench,
    booted,
    charging,
    offering,
)
from tests.firmware.core_library import load

# --- host slot


def test_reply_names_offer_binding_slot_and_phases() -> None:
    bench = offering(da=160)
    reply = bench.grant(160)
    assert (reply.result, reply.applied_da, reply.binding, reply.phases) == (Result.OK, 160, Slot.HOST, 3)
    bench.run(5_000)
    reply = bench.grant(400)
    assert (reply.applied_da, reply.binding, reply.hold) == (320, Slot.HARDWARE, Hold.NONE)


@pytest.mark.parametrize(
    ("ttl_ms", "result"),
    [(1, Result.OK), (30_000, Result.OK), (0, Result.EXPIRED), (-1, Result.EXPIRED), (30_001, Result.TOO_FAR)],
)
@pytest.mark.parametrize("start_ms", [WRAP - 15_000, WRAP - 10_200, 100_000])
def test_deadline_is_checked_modulo_32_bit(ttl_ms: int, result: Result, start_ms: int) -> None:
    bench = booted(start_ms=start_ms)
    assert bench.grant(ttl_ms=ttl_ms).result == result
    assert (bench.status.lease_ms > 0) is (result == Result.OK)


def test_a_refused_grant_renews_and_changes_nothing() -> None:
    bench = offering(da=160)
    lease = bench.status.lease_ms
    for reply in (bench.grant(100, ttl_ms=0), bench.grant(100, ttl_ms=30_001), bench.grant(100, phases=1)):
        assert reply.result != Result.OK
        assert reply.applied_da == 160
    assert bench.status.lease_ms == lease
    assert bench.slot(Slot.HOST) == 160


@pytest.mark.parametrize(
    ("config", "possible"),
    [({}, {3}), (WITH_C2, {1, 3}), ({"phases": 1}, {1})],
)
def test_only_wired_phases_can_be_granted(config: dict[str, int], possible: set[int]) -> None:
    bench = booted(config)
    for phases in (1, 3):
        expected = Result.OK if phases in possible else Result.NO_SUCH_PHASES
        assert bench.grant(phases=phases).result == expected


@pytest.mark.parametrize("access", [Access.PAUSE, Access.DENY])
def test_only_allow_opens_the_host_slot(access: Access) -> None:
    bench = offering()
    bench.grant(160, access=access)
    assert bench.slot(Slot.HOST) == 0
    assert bench.offered == 0


def test_below_six_ampere_acts_as_pause() -> None:
    bench = charging()
    bench.grant(59)
    bench.run(1)
    assert bench.duty == 1000
    assert bench.status.limit_da == 59


def test_no_charging_without_a_lease() -> None:
    bench = booted().cp(B_MV).run(20_000)
    assert bench.slot(Slot.HOST) == 0
    assert bench.duty == 1000


def test_expired_lease_stops_softly_by_default() -> None:
    bench = charging()
    bench.grant(160, ttl_ms=5_000)
    assert bench.until(lambda: bench.duty == 1000, 6_000) == 5_000
    assert bench.until(lambda: not bench.c1, 7_000) <= 6_010
    assert (EventKind.LEASE_EXPIRED, 0, 0) in bench.events


@pytest.mark.parametrize(("granted", "expected"), [(160, 80), (70, 70), (0, 0)])
def test_fallback_is_the_smaller_of_grant_and_fallback(granted: int, expected: int) -> None:
    bench = charging({"fallback_da": 80})
    bench.grant(granted, ttl_ms=1_000)
    bench.run(1_001)
    assert bench.slot(Slot.HOST) == expected
    assert bench.offered == expected
    assert (Flag.FALLBACK in bench.flags) is (expected > 0)


def test_fallback_stays_and_recloses_within_the_plug_in() -> None:
    bench = charging({"fallback_da": 80})
    bench.run(31_000)
    assert (bench.c1, bench.offered) == (True, 80)
    bench.cp(B_MV).run(6_000)
    assert not bench.c1
    bench.cp(C_MV).run(1_000)
    assert bench.c1


def test_no_fallback_after_an_unplug() -> None:
    bench = charging({"fallback_da": 80}).run(31_000).unplug().run(2_000)
    assert bench.slot(Slot.HOST) == 0
    bench.cp(B_MV).run(10_000)
    assert bench.duty == 1000


def test_no_fallback_from_a_lease_granted_before_the_plug_in() -> None:
    bench = booted({"fallback_da": 80})
    bench.grant(160, ttl_ms=5_000)
    bench.cp(B_MV).run(1_000)
    assert bench.offered == 160
    bench.run(5_000)
    assert bench.slot(Slot.HOST) == 0


def test_no_fallback_from_a_lease_that_outlives_an_unplug() -> None:
    bench = charging({"fallback_da": 80})
    bench.grant(160, ttl_ms=20_000)
    bench.unplug().run(2_000)
    bench.cp(B_MV).run(1_000)
    assert bench.slot(Slot.HOST) == 160
    bench.run(20_000)
    assert bench.slot(Slot.HOST) == 0


@pytest.mark.parametrize("access", [Access.PAUSE, Access.DENY])
def test_no_fallback_unless_the_last_access_was_allow(access: Access) -> None:
    bench = charging({"fallback_da": 80})
    bench.grant(160, access=access, ttl_ms=1_000)
    bench.run(2_000)
    assert bench.slot(Slot.HOST) == 0


def test_no_fallback_after_a_reset() -> None:
    bench = charging({"fallback_da": 80}).run(31_000)
    bench.boot()
    bench.run(20_000)
    assert bench.slot(Slot.HOST) == 0
    assert not bench.c1


def test_an_expired_slot_rises_only_with_a_fresh_grant() -> None:
    bench = offering({"fallback_da": 80}).run(31_000).press(5_200)
    bench.run(1)
    assert bench.slot(Slot.HOST) == 80
    assert bench.set_config({**CONFIG, "fallback_da": 200}).result == Result.OK
    bench.run(5_000)
    assert bench.slot(Slot.HOST) == 80


def test_a_lowered_fallback_binds_an_expired_slot() -> None:
    bench = offering({"fallback_da": 80}).run(31_000).press(5_200).run(1)
    assert bench.set_config({**CONFIG, "fallback_da": 60}).result == Result.OK
    bench.run(1)
    assert (bench.slot(Slot.HOST), bench.offered) == (60, 60)


# --- configuration, hardware


def test_configuration_slot_binds() -> None:
    bench = offering({"limit_da": 130})
    assert (bench.offered, bench.status.binding) == (130, Slot.CONFIGURATION)


def test_hardware_maximum_binds() -> None:
    bench = offering({"hardware_max_da": 100, "limit_da": 100, "fallback_da": 0})
    assert (bench.offered, bench.status.binding) == (100, Slot.HARDWARE)


def test_fixed_cable_binds() -> None:
    bench = offering({"cable_da": 130})
    assert (bench.offered, bench.status.binding) == (130, Slot.CABLE)


def test_binding_event_names_slot_and_limit() -> None:
    bench = charging()
    bench.grant(100)
    bench.press(100)
    assert (EventKind.BINDING, Slot.STOP, 0) in bench.events


# --- cable


CLASSES = [
    (186, 0),
    (187, 630),
    (243, 630),
    (244, 630),
    (405, 630),
    (406, 320),
    (464, 320),
    (465, 320),
    (777, 320),
    (778, 200),
    (942, 200),
    (943, 200),
    (1595, 200),
    (1596, 130),
    (1728, 130),
    (1729, 130),
    (2346, 130),
    (2700, 130),
    (2701, 0),
    (3300, 0),
    (0, 0),
    (65_535, 0),
]


@pytest.mark.parametrize(("mv", "da"), CLASSES)
def test_proximity_classes(mv: int, da: int) -> None:
    assert load(True)[1].proximity_da(mv) == da


def test_cable_slot_is_inactive_without_a_car_and_binds_with_one() -> None:
    bench = booted(SOCKET)
    assert bench.slot(Slot.CABLE) == INACTIVE
    bench.inputs.pp_mv = PP_MV[130]
    bench.cp(B_MV).run(100)
    bench.grant(320)
    bench.run(5)
    assert (bench.offered, bench.status.binding) == (130, Slot.CABLE)


def test_no_cable_reading_no_charging_and_a_fault_after_three_misses() -> None:
    bench = booted(SOCKET).cp(B_MV).run(50)
    bench.grant()
    bench.run(1_900)
    assert (bench.slot(Slot.CABLE), bench.offered, bench.faults) == (0, 0, Fault(0))
    bench.run(200)
    assert bench.faults == Fault.PROXIMITY


@pytest.mark.parametrize("mv", [3300, 100, PP_MV[200], PP_MV[630]])
def test_three_misses_at_one_hertz_stop_softly_until_unplug(mv: int) -> None:
    bench = charging(SOCKET)
    bench.inputs.pp_mv = mv
    ms = bench.until(lambda: Fault.PROXIMITY in bench.faults)
    assert 2_000 <= ms <= 3_000
    assert bench.c1
    assert bench.duty == 1000
    assert bench.until(lambda: not bench.c1, 7_000) in range(6_000, 6_003)
    bench.inputs.pp_mv = PP_MV[320]
    bench.run(60_000)
    assert Fault.PROXIMITY in bench.faults
    bench.unplug().run(100)
    assert bench.faults == Fault(0)


def test_two_misses_are_forgiven() -> None:
    bench = charging(SOCKET)
    for _ in range(4):
        bench.inputs.pp_mv = 3300
        bench.run(2_000)
        bench.inputs.pp_mv = PP_MV[320]
        bench.run(1_000)
        bench.grant()
    assert bench.c1
    assert bench.faults == Fault(0)


def test_nothing_closes_on_a_miss() -> None:
    bench = offering(SOCKET)
    bench.inputs.pp_mv = 3300
    bench.run(1_000).cp(C_MV).run(700)
    assert (bench.c1, bench.faults) == (False, Fault(0))
    bench.inputs.pp_mv = PP_MV[320]
    bench.run(1_010)
    assert bench.c1


def test_fixed_cable_ignores_proximity() -> None:
    bench = charging()
    bench.inputs.pp_mv = 0
    bench.run(5_000)
    assert bench.c1


# --- stop


def test_a_press_of_50_ms_stops_softly_and_a_shorter_one_does_not() -> None:
    bench = charging().press(49)
    assert Flag.STOPPED not in bench.flags
    bench.inputs.button = True
    bench.run(51)
    assert Flag.STOPPED in bench.flags
    assert (bench.slot(Slot.STOP), bench.status.binding, bench.duty, bench.c1) == (0, Slot.STOP, 1000, True)
    assert bench.until(lambda: not bench.c1, 7_000) in range(5_999, 6_003)


def test_a_grant_never_clears_a_stop() -> None:
    bench = charging().press(60)
    for _ in range(20):
        bench.keep(1_000)
    assert (bench.slot(Slot.STOP), bench.c1) == (0, False)


def test_a_second_press_clears_a_stop_only_five_seconds_later() -> None:
    bench = offering().press(60).run(4_000).press(60)
    assert Flag.STOPPED in bench.flags
    bench.run(1_000).press(60)
    assert Flag.STOPPED not in bench.flags
    assert [code for kind, code, _ in bench.events if kind == EventKind.STOP] == [1, 0]


def test_resume_and_unplug_clear_a_stop() -> None:
    bench = offering().press(60)
    assert bench.resume().result == Result.OK
    assert Flag.STOPPED not in bench.flags
    bench.press(60).unplug().run(100)
    assert Flag.STOPPED not in bench.flags


def test_press_event_tells_how_long() -> None:
    bench = booted().press(1_234)
    assert (EventKind.BUTTON, 1, 1_234) in bench.events


def test_stop_works_without_a_host() -> None:
    bench = charging({"fallback_da": 60}).run(40_000)
    assert bench.c1
    bench.press(60).run(7_000)
    assert not bench.c1


def test_a_button_that_sticks_since_boot_stops_but_opens_no_window() -> None:
    bench = Bench(start_ms=0)
    bench.boot()
    bench.inputs.button = True
    bench.run(20_000)
    assert Flag.STOPPED in bench.flags
    assert Flag.COMMISSIONING_OPEN not in bench.flags


@pytest.mark.parametrize("clears", ["unplugged", "resumed", "pressed long ago"])
def test_a_button_that_sticks_stops_whatever_clears_the_stop(clears: str) -> None:
    bench = charging()
    bench.inputs.button = True
    bench.run(60)
    if clears == "unplugged":
        bench.cp(B_MV).run(100).unplug().run(100).cp(B_MV).run(100)
    elif clears == "resumed":
        assert bench.resume().result == Result.OK
    bench.keep(10_000)
    assert (bench.slot(Slot.STOP), bench.duty) == (0, 1000)
    bench.inputs.button = False
    bench.run(1)
    assert (bench.slot(Slot.STOP) == 0) is (clears == "pressed long ago")


# --- switch


@pytest.mark.parametrize(
    ("function", "open_slot"),
    [
        (SwitchFunction.NONE, INACTIVE),
        (SwitchFunction.STOP, 0),
        (SwitchFunction.LIMIT, 60),
        (SwitchFunction.REPORT, INACTIVE),
        (SwitchFunction.RFID, INACTIVE),
    ],
)
def test_switch_functions(function: SwitchFunction, open_slot: int) -> None:
    bench = offering({"switch_function": int(function)})
    assert bench.slot(Slot.SWITCH) == INACTIVE
    assert Flag.SWITCH in bench.flags
    bench.inputs.switch_closed = False
    bench.run(1)
    assert bench.slot(Slot.SWITCH) == open_slot
    assert Flag.SWITCH not in bench.flags
    bench.inputs.switch_closed = True
    bench.run(49)
    assert bench.slot(Slot.SWITCH) == open_slot
    bench.run(2)
    assert bench.slot(Slot.SWITCH) == INACTIVE


def test_switch_limit_is_18_ampere_on_one_phase() -> None:
    bench = offering({"switch_function": int(SwitchFunction.LIMIT), **WITH_C2}, da=320, phases=1)
    bench.inputs.switch_closed = False
    bench.run(1)
    assert (bench.offered, bench.status.binding) == (180, Slot.SWITCH)


def test_card_event() -> None:
    bench = booted()
    bench.inputs.card = 0xDEADBEEF
    bench.run(1)
    bench.inputs.card = 0
    bench.run(10)
    assert [value for kind, _, value in bench.events if kind == EventKind.CARD] == [0xDEADBEEF]


# --- temperature


@pytest.mark.parametrize(
    ("dc", "hardware", "slot"),
    [
        (649, 320, INACTIVE),
        (650, 320, 160),
        (679, 320, 160),
        (680, 320, 80),
        (709, 320, 80),
        (710, 320, 0),
        (1_500, 320, 0),
        (650, 100, 60),
        (680, 160, 60),
    ],
)
def test_temperature_ladder(dc: int, hardware: int, slot: int) -> None:
    bench = offering({"hardware_max_da": hardware, "limit_da": hardware, "cable_da": 320})
    bench.inputs.temperature_dc = dc
    bench.run(1)
    assert bench.slot(Slot.TEMPERATURE) == slot
    assert (Fault.OVERTEMPERATURE in bench.faults) is (slot == 0)


def test_steps_go_only_up_the_ladder_and_all_release_below_60() -> None:
    bench = offering()
    for dc, slot in [(650, 160), (640, 160), (680, 80), (650, 80), (600, 80), (599, INACTIVE)]:
        bench.inputs.temperature_dc = dc
        bench.run(1)
        assert bench.slot(Slot.TEMPERATURE) == slot


def test_overtemperature_stops_softly_and_clears_below_60() -> None:
    bench = charging()
    bench.inputs.temperature_dc = 710
    bench.run(1)
    assert (bench.c1, bench.duty, bench.faults) == (True, 1000, Fault.OVERTEMPERATURE)
    assert bench.until(lambda: not bench.c1, 7_000) in range(6_000, 6_003)
    bench.inputs.temperature_dc = 600
    bench.run(1)
    assert bench.faults == Fault.OVERTEMPERATURE
    bench.inputs.temperature_dc = 599
    bench.run(1)
    assert bench.faults == Fault(0)


@pytest.mark.parametrize(("dc", "bad"), [(-300, False), (-301, True), (1_101, True), (-32_768, True), (32_767, True)])
def test_a_sensor_out_of_range_for_three_seconds_stops_softly(dc: int, bad: bool) -> None:
    bench = charging()
    bench.inputs.temperature_dc = dc
    bench.run(2_999)
    assert Fault.SENSOR not in bench.faults
    bench.run(3)
    assert (Fault.SENSOR in bench.faults) is bad
    assert (bench.slot(Slot.TEMPERATURE) == 0) is bad
    assert (bench.duty == 1000) is bad


def test_sensor_clears_after_60_seconds_in_range() -> None:
    bench = booted()
    bench.inputs.temperature_dc = -400
    bench.run(3_100)
    bench.inputs.temperature_dc = 200
    bench.run(59_999)
    assert bench.faults == Fault.SENSOR
    bench.run(2)
    assert bench.faults == Fault(0)


def test_a_dead_sensor_never_reads_cool() -> None:
    bench = offering()
    bench.inputs.temperature_dc = 690
    bench.run(1)
    bench.inputs.temperature_dc = -2_000
    bench.run(1_000)
    assert bench.slot(Slot.TEMPERATURE) == 80


def test_not_commissioned_is_zero_ampere() -> None:
    bench = Bench(None, start_ms=0).run(11_000).cp(B_MV).run(100)
    reply = bench.grant()
    assert (reply.result, reply.binding, reply.applied_da) == (Result.OK, Slot.CONFIGURATION, 0)
    bench.run(100)
    assert (bench.slot(Slot.CONFIGURATION), bench.duty) == (0, 1000)
    bench.cp(C_MV).run(1_000)
    assert not bench.c1
    bench.cp(A_MV).run(10)


def test_a_grant_out_of_bounds_is_invalid() -> None:
    bench = offering(da=160)
    assert bench.grant(801).result == Result.INVALID
    assert bench.slot(Slot.HOST) == 160
