"""Commissioning window, configuration and record in nonvolatile memory, reboot; the power may fail at any byte."""

from __future__ import annotations

from typing import Any

import pytest
from fastcrc.crc32 import iscsi

from evse_protocol.messages import CONFIG as CONFIG_MESSAGE
from evse_protocol.messages import Capability, EventKind, Fault, Flag, ResetReason, Result, Slot
from tests.firmware.core_bench import (
    ALL_CAPABILITIES,
    B_MV,
    C_MV,
    CONFIG,
    LOCKED,
    SOCKET,
    WITH_C2,
    Bench,
    booted,
    charging,
    offering,
)

SAFETY_FIELDS: dict[str, int] = {
    "hardware_max_da": 330,
    "connector": 1,
    "cable_da": 200,
    "monitor": 2,
    "lock": 2,
    "phases": 1,
    "c2": 1,
    "fallback_da": 60,
    "switch_function": 4,
    "phase_wait_s": 30,
}


def blank(**facts: Any) -> Bench:
    return Bench(None, start_ms=0, **facts).run(100)


def opened(bench: Bench) -> Bench:
    bench.press(5_100)
    assert Flag.COMMISSIONING_OPEN in bench.flags
    return bench


def stored(bench: Bench) -> dict[str, int] | None:
    config = bench.ffi.new("evse_msg_config_t *")
    if not bench.c.evse_config_get(bench.evse, config):
        return None
    return {name: getattr(config, name) for name in CONFIG}


# --- the window


def test_a_new_board_is_not_commissioned() -> None:
    bench = blank()
    assert Flag.COMMISSIONED not in bench.flags
    assert stored(bench) is None
    assert bench.c.evse_config_crc(bench.evse) == 0
    assert bench.slot(Slot.CONFIGURATION) == 0
    assert bench.faults == Fault(0)
    assert bench.set_config(CONFIG).result == Result.NOT_PERMITTED


def test_button_held_five_seconds_opens_the_window_for_ten_minutes() -> None:
    bench = blank().press(4_900)
    assert Flag.COMMISSIONING_OPEN not in bench.flags
    bench.resume()
    opened(bench)
    bench.run(599_000)
    assert Flag.COMMISSIONING_OPEN in bench.flags
    bench.run(1_000)
    assert Flag.COMMISSIONING_OPEN not in bench.flags
    assert [code for kind, code, _ in bench.events if kind == EventKind.COMMISSIONING] == [1, 0]
    assert bench.set_config(CONFIG).result == Result.NOT_PERMITTED


def test_the_hold_that_opens_the_window_leaves_no_stop_behind() -> None:
    assert Flag.STOPPED not in opened(blank()).flags
    assert Flag.STOPPED not in opened(offering()).flags


def test_the_window_stays_shut_when_the_contactor_was_closed() -> None:
    bench = charging()
    bench.inputs.button = True
    bench.run(2_000)
    bench.cp(B_MV).run(6_000)
    assert not bench.c1
    assert Flag.COMMISSIONING_OPEN not in bench.flags
    assert Flag.STOPPED in bench.flags


def test_commissioning_makes_a_board_that_charges() -> None:
    bench = opened(blank())
    reply = bench.set_config(CONFIG)
    assert reply.result == Result.OK
    assert (EventKind.COMMISSIONING, 2, 0) not in bench.events
    bench.run(10_000)
    assert (EventKind.COMMISSIONING, 2, 0) in bench.events
    bench.cp(B_MV).run(100)
    bench.grant()
    bench.run(1_000).cp(C_MV).run(1_000)
    assert bench.c1
    assert stored(bench) == CONFIG


@pytest.mark.parametrize(("name", "value"), SAFETY_FIELDS.items())
def test_safety_fields_change_only_in_the_window(name: str, value: int) -> None:
    bench = booted()
    change = {**CONFIG, name: value}
    if name in ("connector", "lock"):
        change |= SOCKET
    if name == "phases":
        change |= {"c2": 0}
    assert bench.set_config(change).result == Result.NOT_PERMITTED
    assert stored(bench) == CONFIG
    assert opened(bench).set_config(change).result == Result.OK
    assert stored(bench) == change


@pytest.mark.parametrize(("name", "value"), [("limit_da", 60), ("backlight_max", 30)])
def test_other_fields_change_at_any_time_with_c1_open(name: str, value: int) -> None:
    bench = offering()
    assert bench.set_config({**CONFIG, name: value}).result == Result.OK
    bench.run(1)
    assert bench.offered == (60 if name == "limit_da" else 160)


def test_busy_while_the_contactor_is_closed() -> None:
    bench = charging()
    assert bench.set_config({**CONFIG, "limit_da": 100}).result == Result.BUSY
    assert stored(bench) == CONFIG


def test_busy_while_the_last_one_is_being_written() -> None:
    bench = booted(writes_nv=False)
    bench.store()
    assert bench.set_config({**CONFIG, "limit_da": 100}).result == Result.OK
    assert bench.set_config({**CONFIG, "limit_da": 90}).result == Result.BUSY
    bench.store()
    assert bench.set_config({**CONFIG, "limit_da": 90}).result == Result.OK


def test_phases_stay_as_the_plugged_car_was_told() -> None:
    bench = opened(offering(WITH_C2))
    assert bench.set_config({**CONFIG, "c2": 0}).result == Result.BUSY
    bench.unplug().run(100)
    assert bench.set_config({**CONFIG, "c2": 0}).result == Result.OK


@pytest.mark.parametrize(
    "change",
    [
        {"limit_da": 321},
        {"fallback_da": 59},
        {"fallback_da": 330},
        {"cable_da": 0},
        {"cable_da": 59},
        {"connector": 1},
        {"lock": 2},
        {"phases": 1, "c2": 1},
    ],
)
def test_contradictions_are_invalid(change: dict[str, int]) -> None:
    bench = opened(blank())
    assert bench.set_config({**CONFIG, **change}).result == Result.INVALID
    assert stored(bench) is None


@pytest.mark.parametrize(
    ("capability", "change"),
    [
        (Capability.SOCKET_LOCK, LOCKED),
        (Capability.C2, WITH_C2),
        (Capability.RESIDUAL_CURRENT_MONITOR, {}),
        (Capability.SWITCH, {"switch_function": 2}),
        (Capability.SWITCH, {"switch_function": 3}),
    ],
)
def test_what_the_board_does_not_have_is_unsupported(capability: Capability, change: dict[str, int]) -> None:
    bench = opened(blank(capabilities=ALL_CAPABILITIES & ~capability))
    assert bench.set_config({**CONFIG, **change}).result == Result.UNSUPPORTED


def test_a_grant_for_phases_that_are_gone_is_void() -> None:
    bench = booted(WITH_C2)
    bench.grant(160, phases=3)
    opened(bench)
    assert bench.set_config({**CONFIG, "phases": 1}).result == Result.OK
    bench.run(1)
    assert (bench.slot(Slot.HOST), bench.status.phases) == (0, 1)


# --- nonvolatile memory


def image(bench: Bench) -> bytes:
    return bytes(bench.ffi.buffer(bench.nv))


def rebooted(nv: bytes) -> Bench:
    """A board that finds this memory."""
    bench = Bench(None, start_ms=0, writes_nv=False)
    bench.ffi.buffer(bench.nv)[:] = nv
    bench.boot()
    return bench


def test_crc_covers_the_payload_as_on_the_wire() -> None:
    bench = booted()
    payload = CONFIG_MESSAGE.struct().build(CONFIG)
    assert bench.c.evse_config_crc(bench.evse) == iscsi(payload)
    assert bench.set_config(CONFIG).detail == iscsi(payload)


def test_power_cut_at_every_byte_of_a_configuration_leaves_the_old_or_the_new() -> None:
    bench = booted(writes_nv=False)
    bench.store()
    old = CONFIG
    new = {**CONFIG, "limit_da": 100}
    before = image(bench)
    assert bench.set_config(new).result == Result.OK
    seen = []
    for offset, data in bench.jobs():
        for length in range(len(data) + 1):
            for tear in (b"", b"\xff", b"\x00"):
                cut = bytearray(before)
                cut[offset : offset + length] = data[:length]
                cut[offset + length : offset + length + len(tear)] = tear
                if len(cut) != len(before) or (length == len(data) and tear):
                    continue
                found = rebooted(bytes(cut))
                assert found.faults == Fault(0)
                assert stored(found) in (old, new)
                seen.append(stored(found) == new)
        before = before[:offset] + data + before[offset + len(data) :]
    assert seen == sorted(seen)
    assert set(seen) == {False, True}
    assert stored(rebooted(before)) == new


def test_power_cut_in_the_first_commissioning_leaves_a_blank_board() -> None:
    bench = opened(blank())
    bench.writes_nv = False
    before = image(bench)
    assert bench.set_config(CONFIG).result == Result.OK
    offset, data = next(bench.jobs())
    for length in range(len(data)):
        cut = before[:offset] + data[:length] + before[offset + length :]
        found = rebooted(cut)
        assert stored(found) is None
        assert found.faults == Fault(0)


def test_power_cut_at_every_byte_of_a_record_loses_neither_boot_nor_latch() -> None:
    bench = charging()
    bench.inputs.rcm_ok = False
    bench.run(2)
    bench.boot()
    bench.writes_nv = False
    boot = bench.c.evse_boot(bench.evse)
    before = image(bench)
    board = bench.ffi.new("evse_board_t *", {"capabilities": ALL_CAPABILITIES, "recognised": True})
    bench.c.evse_init(bench.evse, board, bench.nv, 1, 0)
    jobs = list(bench.jobs())
    assert len(jobs) == 1
    for offset, data in jobs:
        for length in range(len(data) + 1):
            found = rebooted(before[:offset] + data[:length] + before[offset + length :])
            assert found.faults == Fault.RESIDUAL_CURRENT
            expected = boot + (2 if length == len(data) else 1)
            assert found.c.evse_boot(found.evse) in (boot + 1, expected)


def test_a_rotten_slot_is_repaired_and_never_brings_back_an_older_configuration() -> None:
    bench = booted()
    opened(bench).set_config({**CONFIG, "hardware_max_da": 160, "limit_da": 160, "fallback_da": 0})
    bench.run(10)
    nv = image(bench)
    size = bench.ffi.sizeof("evse_nv_t")
    record = bench.ffi.offsetof("evse_nv_t", "record")
    for position in range(record):
        found = rebooted(nv[:position] + bytes([nv[position] ^ 0x10]) + nv[position + 1 :])
        assert found.faults == Fault(0)
        config = stored(found)
        assert config is not None
        assert config["hardware_max_da"] == 160
        found.store()
        assert stored(rebooted(image(found))) == config
        assert len(list(found.jobs())) == 0
    assert record < size


def test_both_slots_bad_is_config_corrupt_until_a_configuration_is_written() -> None:
    bench = booted()
    nv = bytearray(image(bench))
    size = len(bench.nv.config[0])
    nv[5] ^= 1
    nv[size + 5] ^= 1
    found = rebooted(bytes(nv))
    found.writes_nv = True
    found.run(100)
    assert found.faults == Fault.CONFIG_CORRUPT
    assert Flag.COMMISSIONED not in found.flags
    assert found.set_config(CONFIG).result == Result.NOT_PERMITTED
    assert opened(found).set_config(CONFIG).result == Result.OK
    assert found.faults == Fault(0)
    found.run(10).boot()
    assert stored(found) == CONFIG
    assert found.faults == Fault(0)


def test_a_lost_record_closes_nothing() -> None:
    bench = booted()
    bench.boot()
    nv = bytearray(image(bench))
    record = bench.ffi.offsetof("evse_nv_t", "record")
    nv[record + 6] ^= 1
    nv[record + len(bench.nv.record[0]) + 6] ^= 1
    found = rebooted(bytes(nv))
    assert found.faults == Fault.CONFIG_CORRUPT
    assert found.set_config(CONFIG).result == Result.NOT_PERMITTED
    found.store()
    assert opened(found.run(1)).set_config(CONFIG).result == Result.OK
    assert found.faults == Fault(0)


def test_a_lost_record_is_not_forgotten_by_a_reset() -> None:
    """The record is written at every boot; it may have held a latched fault all the same."""
    bench = booted()
    bench.boot()
    nv = bytearray(image(bench))
    record = bench.ffi.offsetof("evse_nv_t", "record")
    nv[record + 6] ^= 1
    nv[record + len(bench.nv.record[0]) + 6] ^= 1
    found = rebooted(bytes(nv))
    for _ in range(3):
        found.store()
        found = rebooted(image(found))
        assert found.faults == Fault.CONFIG_CORRUPT
        assert found.acknowledge().result == Result.NOT_CLEARED
    found.store()
    assert opened(found.run(1)).set_config(CONFIG).result == Result.OK
    found.store()
    assert rebooted(image(found)).faults == Fault(0)


@pytest.mark.parametrize("fill", [b"\xff", b"\x00"])
def test_erased_memory_is_blank_not_corrupt(fill: bytes) -> None:
    bench = rebooted(fill * len(image(blank())))
    assert bench.faults == Fault(0)
    assert stored(bench) is None


def test_boot_counter_rises_with_every_boot() -> None:
    bench = booted()
    for expected in range(bench.c.evse_boot(bench.evse) + 1, 10):
        bench.boot()
        assert bench.c.evse_boot(bench.evse) == expected


def test_a_slow_memory_never_delays_the_step() -> None:
    bench = charging(writes_nv=False)
    bench.inputs.rcm_ok = False
    assert bench.until(lambda: not bench.c1) == 2


def test_a_report_of_another_job_is_ignored() -> None:
    bench = booted(writes_nv=False)
    job = bench.ffi.new("evse_nv_job_t *")
    assert bench.c.evse_nv_pending(bench.evse, job)
    job.offset += 1
    bench.c.evse_nv_written(bench.evse, job)
    assert bench.c.evse_nv_pending(bench.evse, job)


# --- reboot


def test_reboot_needs_the_boot_counter_and_an_open_contactor() -> None:
    bench = charging()
    boot = bench.c.evse_boot(bench.evse)
    assert bench.reboot(boot).result == Result.BUSY
    bench.cp(B_MV).run(100)
    assert bench.reboot(boot + 1).result == Result.NOT_PERMITTED
    assert bench.reboot(boot).result == Result.OK
    bench.run(50)
    assert (bench.duty, bool(bench.out.reset)) == (1000, False)
    assert bench.until(lambda: bool(bench.out.reset)) <= 60
    assert not bench.out.bootloader
    bench.boot(ResetReason.WATCHDOG)
    assert bench.c.evse_reset_cause(bench.evse) == ResetReason.COMMANDED


def test_nothing_closes_between_reply_and_reset() -> None:
    bench = offering(writes_nv=False).cp(C_MV)
    bench.reboot(bench.c.evse_boot(bench.evse))
    begin = bench.elapsed
    while not bench.out.reset:
        assert not bench.c1
        bench.run(1)
        assert bench.elapsed - begin <= 1_001


def test_a_restart_waits_for_a_configuration_that_was_just_accepted() -> None:
    """Its write begins after that of the record, which a slow memory ends when the restart is due already."""
    bench = opened(booted())
    bench.writes_nv = False
    assert bench.set_config({**CONFIG, "limit_da": 100}).result == Result.OK
    assert bench.reboot(bench.c.evse_boot(bench.evse)).result == Result.OK
    offset, _ = next(bench.jobs())
    assert offset >= bench.ffi.offsetof("evse_nv_t", "record")
    bench.run(200)
    bench.c.evse_nv_written(bench.evse, bench._job)
    bench.run(1)
    assert not bench.out.reset
    bench.store()
    bench.run(1)
    assert bench.out.reset


def test_bootloader_by_capability() -> None:
    bench = booted()
    assert bench.reboot(bench.c.evse_boot(bench.evse), bootloader=True).result == Result.OK
    bench.until(lambda: bool(bench.out.reset))
    assert bench.out.bootloader
    bench = booted(capabilities=ALL_CAPABILITIES & ~Capability.BOOTLOADER)
    assert bench.reboot(bench.c.evse_boot(bench.evse), bootloader=True).result == Result.UNSUPPORTED


def test_the_first_event_of_a_boot_is_its_reset() -> None:
    bench = Bench(start_ms=0)
    bench.events.clear()
    bench.boot(ResetReason.BROWN_OUT)
    bench.run(1)
    assert bench.events[0] == (EventKind.RESET, ResetReason.BROWN_OUT, 0)


def test_a_valid_slot_with_a_layout_of_another_firmware_is_corrupt() -> None:
    nv = bytearray(image(booted()))
    size = len(blank().nv.config[0])
    for slot in range(2):
        begin = slot * size
        nv[begin + 6] = 99  # no such connector
        crc = iscsi(bytes(nv[begin : begin + size - 4]))
        nv[begin + size - 4 : begin + size] = crc.to_bytes(4, "little")
    found = rebooted(bytes(nv))
    assert found.faults == Fault.CONFIG_CORRUPT
    assert stored(found) is None


def test_events_nobody_takes_push_out_the_oldest() -> None:
    bench = booted()
    kinds = []
    for _ in range(12):
        bench.inputs.button = True
        bench.c.shim_run(bench.evse, bench.inputs, bench.now, 60, bench.out)
        bench.inputs.button = False
        bench.c.shim_run(bench.evse, bench.inputs, bench.now + 60, 1, bench.out)
        bench.now += 6_000
    event = bench.ffi.new("evse_msg_event_t *")
    times = []
    while bench.c.evse_event(bench.evse, event):
        kinds.append(EventKind(event.kind))
        times.append(event.board_ms)
    assert len(kinds) == 6
    assert times == sorted(times)
    assert kinds[-2:] == [EventKind.BUTTON, EventKind.BINDING]
