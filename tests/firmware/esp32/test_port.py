"""The whole port, as it is compiled for the chip, driven by the unchanged host session."""

from __future__ import annotations

import pytest

from evse_protocol.messages import (
    Access,
    BoardKind,
    BusResult,
    Capability,
    EventKind,
    Fault,
    Flag,
    LedPattern,
    LockKind,
    Monitor,
    Pilot,
    ResetReason,
    Result,
    SwitchFunction,
)
from evse_protocol.payloads import (
    Acknowledge,
    Backlight,
    BusRequest,
    BusResponse,
    Display,
    Led,
    PilotTrace,
    Reboot,
    Reply,
    Trace,
)
from evse_tui.api.lcd import bitmap

from .stand import OHM, POWER_ON, V30, V31, Board, Host, charging, commissioned

_C1, _C2, _CP_OFF = 32, 27, 15
_BUTTONS = (0, 25, 33)
_MISSED = 32767
_RCM = {V30: 13, V31: 38}
_BOTH = pytest.mark.parametrize("package", [V30, V31], ids=["v3.0", "v3.1"])


def _shown(host: Host) -> list[list[bool]]:
    host.run(400)  # two rounds of the display
    return host.board.picture()


def _mirror(lines: list[str]) -> list[list[bool]]:
    picture = bitmap(lines)[62:]
    rows = [picture[16 * (63 - y) : 16 * (64 - y)] for y in range(64)]
    return [[bool(row[x // 8] >> 7 - x % 8 & 1) for x in range(128)] for row in rows]


def _opened_ms(host: Host, since_us: int, within_ms: int) -> float:
    """From `since_us` to the falling pin of C1."""
    host.until(lambda: not host.board.level(_C1), within_ms)
    changed: int = host.board.chip.changed_us[_C1]
    return (changed - since_us) / 1000


@pytest.fixture(scope="module", params=[V30, V31], ids=["v3.0", "v3.1"])
def charged(request: pytest.FixtureRequest) -> Host:
    """One long charge, for tests that only look."""
    return charging(request.param)


@_BOTH
def test_the_board_introduces_itself(package: int) -> None:
    host = Host(Board(package)).online()
    assert host.identity is not None
    assert host.identity.board == (BoardKind.SMARTEVSE_V30 if package == V30 else BoardKind.SMARTEVSE_V31)
    assert (host.identity.serial, host.identity.boot) == (4711, 1)
    assert host.identity.reset_reason == ResetReason.POWER_ON
    assert host.identity.largest_payload == 240
    assert not host.identity.capabilities & Capability.SIMULATED
    assert list(host.board.chip.baud) == [115_200, 9_600]
    assert host.board.chip.direction_pin == 22


def test_an_unknown_chip_drives_nothing_and_says_so() -> None:
    host = Host(Board(package=6)).online()
    host.run(2_000)
    assert host.now.faults & Fault.UNKNOWN_BOARD
    assert not any(host.board.chip.configured)
    assert not any(host.board.chip.driven)
    assert host.board.chip.pwm_pin == -1
    assert host.board.chip.feeds > 1_900


@_BOTH
def test_a_start_moves_nothing(package: int) -> None:
    board = Board(package)
    board.run(1)
    assert board.chip.duty_counts == 8192
    board.run(2_000)
    assert (board.chip.rises[_C1], board.chip.rises[_C2]) == (0, 0)
    assert (board.level(_C1), board.level(_C2)) == (0, 0)
    assert board.chip.bolt_driven_ms == 0
    assert board.level(_CP_OFF) == 0
    assert board.chip.changed_us[_CP_OFF] >= 1_000  # not before the output stood for a whole cycle


def test_a_car_charges(charged: Host) -> None:
    chip, status = charged.board.chip, charged.now
    assert (charged.board.level(_C1), charged.board.level(_C2)) == (1, 1)
    assert chip.changed_us[_C1] - chip.changed_us[_C2] >= 100_000
    assert (chip.rises[_C1], chip.rises[_C2]) == (1, 1)
    assert chip.pwm_pin == 19
    assert chip.duty_counts == pytest.approx(16.0 / 60 * 8192, abs=6)
    assert status.cp_high_mv == pytest.approx(6_000, abs=100)
    assert status.cp_low_mv == pytest.approx(-12_000, abs=100)
    assert status.pilot == Pilot.C
    assert status.faults == 0
    assert status.flags & Flag.LOCKED
    assert chip.bolt_ms == 300
    assert 600 <= chip.bolt_driven_ms <= 605
    assert status.temperature_dc == 250


def test_the_watchdog_is_fed_once_a_step(charged: Host) -> None:
    chip = charged.board.chip
    feeds, alarms = chip.feeds, chip.alarms
    charged.run(1_000)
    assert chip.feeds - feeds == pytest.approx(1_000, abs=1)
    assert chip.alarms - alarms == pytest.approx(2_000, abs=2)


def test_no_sample_is_missed_at_any_duty_and_latency(charged: Host) -> None:
    for latency_us, limit_da in ((1, 60), (12, 60), (12, 160), (3, 160)):
        charged.board.set(latency_us=latency_us)
        charged.limit_da = limit_da
        charged.run(6_000)
        charged.told.clear()
        charged.command(Trace(1_000))
        charged.run(1_500)
        samples = [mv for told in charged.told if isinstance(told, PilotTrace) for mv in told.samples_mv]
        assert len(samples) > 500
        assert _MISSED not in samples
        assert {mv > 0 for mv in samples[::2]} == {True}
        assert {mv < -10_000 for mv in samples[1::2]} == {True}


@_BOTH
def test_a_car_that_leaves_c_opens_within_a_tenth_of_a_second(package: int) -> None:
    host = charging(package)
    since = host.board.chip.now_us
    host.board.set(car_ohm=OHM["B"])
    assert _opened_ms(host, since, 200) <= 100
    host.until(lambda: not host.board.level(_C2), 500)


@_BOTH
def test_a_residual_current_opens_at_once(package: int) -> None:
    host = charging(package)
    since = host.board.chip.now_us
    host.board.pin(_RCM[package], 1)
    assert _opened_ms(host, since, 100) <= 3
    host.run(200)
    assert host.now.faults & Fault.RESIDUAL_CURRENT


def test_a_slow_flash_stops_neither_step_nor_pilot() -> None:
    host = charging()
    host.board.set(erase_ms=400)
    alarms, erased, feeds = host.board.chip.alarms_in_erase, host.board.erased(), host.board.chip.feeds
    host.board.pin(13, 1)  # the latched fault is written
    host.run(1_500)
    assert host.board.erased() > erased
    assert host.board.chip.alarms_in_erase - alarms >= 400 * (host.board.erased() - erased)
    assert host.board.chip.feeds - feeds >= 1_498
    assert host.now.faults & Fault.RESIDUAL_CURRENT


def test_a_fault_survives_the_power_and_needs_an_acknowledgement() -> None:
    host = charging()
    host.board.pin(13, 1)
    host.run(1_000)
    host = Host(host.board.rebooted(POWER_ON)).online()
    assert host.now.faults & Fault.RESIDUAL_CURRENT
    host.board.pin(13, 0)
    host.board.set(car_ohm=OHM["A"], pp_ohm=0)
    host.run(1_000)
    host.command(Acknowledge(Fault.RESIDUAL_CURRENT))
    host.run(200)
    assert not host.now.faults & Fault.RESIDUAL_CURRENT


def test_a_restart_on_command_answers_first_and_comes_back() -> None:
    host = commissioned()
    assert host.identity is not None
    reply = host.command(Reboot(host.identity.boot))
    assert isinstance(reply, Reply)
    assert reply.result == Result.OK
    host.until(lambda: host.board.chip.restarts, 1_500)
    assert not any(host.board.chip.driven)  # as after power-on
    again = Host(host.board.rebooted()).online()
    assert again.identity is not None
    assert again.identity.boot == host.identity.boot + 1
    assert again.identity.reset_reason == ResetReason.COMMANDED
    assert again.now.flags & Flag.COMMISSIONED


def test_a_restart_does_not_wait_for_ever_for_the_line() -> None:
    host = commissioned()
    assert host.identity is not None
    host.board.set(sending=1)
    host.command(Reboot(host.identity.boot))
    assert 100 <= host.until(lambda: host.board.chip.restarts, 1_500) <= 1_300


def test_a_car_that_sleeps_is_woken_with_cp_off() -> None:
    host = commissioned()
    host.run(10_000)
    host.board.set(car_ohm=OHM["B"], pp_ohm=220)
    host.renewing = True
    host.until(lambda: host.now.offered_da == 160, 15_000)
    assert 89_000 <= host.until(lambda: host.board.level(_CP_OFF), 95_000) <= 91_000
    assert host.until(lambda: not host.board.level(_CP_OFF), 5_000) == pytest.approx(4_000, abs=20)
    host.run(1_000)
    assert host.now.pilot == Pilot.B


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (0, ResetReason.UNKNOWN),
        (1, ResetReason.POWER_ON),
        (2, ResetReason.EXTERNAL),
        (3, ResetReason.SOFTWARE),
        (4, ResetReason.WATCHDOG),
        (5, ResetReason.WATCHDOG),
        (7, ResetReason.WATCHDOG),
        (9, ResetReason.BROWN_OUT),
    ],
)
def test_reset_reasons(reason: int, expected: ResetReason) -> None:
    host = Host(Board(reset_reason=reason)).online()
    assert host.identity is not None
    assert host.identity.reset_reason == expected


def test_the_lost_host_ends_the_offer() -> None:
    host = charging()
    host.board.run(5_000 + 6_200)
    assert host.board.level(_C1) == 0
    assert host.board.chip.duty_counts == 8192


@pytest.mark.parametrize("kind", [LockKind.SOLENOID, LockKind.MOTOR])
def test_each_kind_of_lock_engages_and_lets_go(kind: LockKind) -> None:
    board_kind = {"lock": kind}
    host = commissioned(**board_kind)
    host.board.set(solenoid=kind == LockKind.SOLENOID)
    host.run(10_000)
    host.board.set(car_ohm=OHM["B"], pp_ohm=220)
    host.renewing = True
    host.until(lambda: host.now.flags & Flag.LOCKED, 15_000)
    assert host.board.chip.bolt_ms == 300
    host.board.set(car_ohm=OHM["A"], pp_ohm=0)
    host.renewing = False
    host.until(lambda: host.board.chip.bolt_ms == 0, 5_000)
    host.run(1_000)
    assert not host.now.flags & Flag.LOCKED
    assert not host.now.faults & Fault.LOCK


def test_a_jammed_bolt_does_not_charge() -> None:
    host = commissioned()
    host.board.set(jammed=1)
    host.run(10_000)
    host.board.set(car_ohm=OHM["C"], pp_ohm=220)
    host.renewing = True
    host.until(lambda: host.now.faults & Fault.LOCK, 40_000)
    assert host.board.chip.rises[_C1] == 0


def test_cable_and_temperature_reach_the_core() -> None:
    host = commissioned(monitor=Monitor.NONE, lock=LockKind.NONE, hardware_max_da=320, limit_da=320)
    host.board.set(pp_ohm=680, temperature_dc=662)
    host.run(10_000)
    host.board.set(car_ohm=OHM["B"])
    host.limit_da, host.renewing = 320, True
    host.run(8_000)
    assert host.now.temperature_dc == pytest.approx(662, abs=1)
    assert host.now.slots_da[1] == 200
    assert host.now.slots_da[2] == 160


@pytest.mark.parametrize("pin", _BUTTONS)
def test_any_of_the_three_buttons_stops(pin: int) -> None:
    host = commissioned()
    host.board.pin(pin, 0)
    host.run(200)
    assert host.now.flags & Flag.BUTTON
    host.board.pin(pin, 1)
    host.run(200)
    assert not host.now.flags & Flag.BUTTON
    assert host.now.flags & Flag.STOPPED
    pressed = [event for event in host.events if event.kind == EventKind.BUTTON]
    assert 150 <= pressed[-1].value <= 250


@_BOTH
def test_the_switch_input(package: int) -> None:
    host = commissioned(package, switch_function=SwitchFunction.REPORT)
    pin = 16 if package == V30 else 23
    assert not host.now.flags & Flag.SWITCH
    host.board.pin(pin, 0)
    host.run(300)
    assert host.now.flags & Flag.SWITCH


def test_the_wire_of_a_card_reader_is_no_switch() -> None:
    host = commissioned(switch_function=SwitchFunction.RFID)
    resets = host.board.chip.rises[16]
    host.run(1_000)
    assert host.board.chip.rises[16] - resets in (3, 4)  # it asks for a card, and pulls low only for that
    host.board.pin(16, 0)
    host.run(500)
    assert not host.now.flags & Flag.SWITCH


def test_a_board_without_a_reader_never_drives_the_switch() -> None:
    host = commissioned(switch_function=SwitchFunction.STOP)
    host.run(2_000)
    assert host.board.chip.rises[16] == 1  # the pull-up, at the start
    assert not host.board.chip.driven[16]


def test_the_display_shows_what_the_mirror_shows() -> None:
    host = commissioned()
    lines = ["Smart    16.0 A  L1", "", "abc {|}~ 0123456789", "", "", "", "", "W" * 21]
    for number, text in enumerate(lines):
        host.command(Display(number, text.encode()))
    assert _shown(host) == _mirror(lines)
    settings = bytes(host.board.chip.settings[0 : host.board.chip.settings_count])
    assert settings[0] == 0xA2
    assert settings[-1] == 0xAF


def test_a_silent_host_leaves_the_local_screen() -> None:
    host = commissioned()
    host.command(Display(0, b"from the host"))
    host.board.run(11_000)
    picture = host.board.picture()
    assert picture[:8] == _mirror(["SmartEVSE 4711"])[:8]
    assert picture[8:16] == _mirror(["No car"])[:8]


def test_the_light_never_exceeds_the_configured_maximum() -> None:
    host = commissioned()
    host.command(Backlight(100, 5))
    host.run(100)
    assert host.board.chip.light_pin[3] == 14
    assert host.board.chip.light_duty[3] == 30 * 255 // 100
    host.run(5_100)
    assert host.board.chip.light_duty[3] == 0


def test_the_local_screen_lights_up_no_brighter() -> None:
    host = commissioned()
    host.board.run(11_000)
    assert host.board.chip.light_duty[3] == 0
    host.board.pin(0, 0)
    host.board.run(200)
    assert host.board.chip.light_duty[3] == 30 * 255 // 100


def test_the_status_light_shows_the_hosts_colour() -> None:
    host = commissioned()
    host.run(1_000)
    host.command(Led(LedPattern.STEADY, 10, 20, 30, 2_000))
    host.run(100)
    assert list(host.board.chip.light_pin)[:3] == [2, 4, 12]
    assert list(host.board.chip.light_duty)[:3] == [10, 20, 30]


def test_a_meter_on_the_bus_answers() -> None:
    host = charging()
    request, answer = bytes.fromhex("010300000001840a"), bytes.fromhex("0103020001 7984")
    host.command(BusRequest(7, 200, request))
    host.run(20)
    assert host.board.take(port=1) == request
    host.board.send(answer, port=1)
    host.run(50)
    assert host.told[-1] == BusResponse(7, BusResult.OK, answer)
    host.command(BusRequest(8, 50, request))
    host.run(200)
    assert host.told[-1] == BusResponse(8, BusResult.TIMEOUT, b"")
    assert host.board.level(_C1)


def test_denied_cars_stay_off() -> None:
    host = commissioned()
    host.access, host.renewing = Access.DENY, True
    host.board.set(car_ohm=OHM["C"], pp_ohm=220)
    host.run(15_000)
    assert host.board.chip.rises[_C1] == 0
    assert host.board.chip.duty_counts == 8192
