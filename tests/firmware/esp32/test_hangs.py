"""What hangs or crashes anywhere in the port ends with both contactors open and a reset, in time; and the next boot
charges again.

The chip is a model: that its watchdog releases the pins is what the manual says, and for bring-up to measure."""

from __future__ import annotations

from typing import Final

import pytest

from evse_protocol.messages import EventKind, Fault, ResetReason

from .stand import OHM, V30, Board, Host, charging, commissioned

_C1, _C2, _RCM = 32, 27, 13
_WATCHDOG_MS: Final = 15
_STEP_MS: Final = 1
_RESIDUAL_MS: Final = 20
_LOOP_MS: Final = 2_000
_CRASH_MS: Final = 2

_IN_STEP, _IN_LOOP, _GUARDED, _CRASH_IN_LOOP, _CRASH_IN_STEP = range(1, 6)


def _ends(host: Host, within_ms: float) -> float:
    """Milliseconds from now to the reset, which released all pins."""
    start = host.board.chip.now_us
    host.board.run(int(within_ms) + 1)
    chip = host.board.chip
    assert chip.restarts == 1
    assert not any(chip.driven)
    assert (host.board.level(_C1), host.board.level(_C2)) == (0, 0)
    assert (chip.changed_us[_C1], chip.changed_us[_C2]) <= (chip.reset_us, chip.reset_us)
    took_ms: float = (chip.reset_us - start) / 1000
    assert took_ms <= within_ms
    return took_ms


def _comes_up(board: Board) -> Host:
    """Open, telling why, waiting as after any boot."""
    host = Host(board.rebooted()).online()
    host.run(100)
    assert host.identity is not None
    assert host.identity.reset_reason == ResetReason.WATCHDOG
    assert (host.events[0].kind, host.events[0].code) == (EventKind.RESET, ResetReason.WATCHDOG)
    assert (host.board.chip.rises[_C1], host.board.chip.rises[_C2]) == (0, 0)
    assert host.now.offered_da == 0
    return host


@pytest.mark.parametrize("hang", [_IN_STEP, _GUARDED], ids=["step", "guarded"])
@pytest.mark.parametrize("meanwhile", ["", "residual", "B"])
def test_without_steps_the_watchdog_opens_both(hang: int, meanwhile: str) -> None:
    """In the instant of the reset, which is sooner than residual current allows."""
    host = charging()
    host.board.set(hang=hang)
    if meanwhile == "residual":
        host.board.pin(_RCM, 1)
    elif meanwhile:
        host.board.set(car_ohm=OHM[meanwhile])
    assert _ends(host, _WATCHDOG_MS + _STEP_MS) >= _WATCHDOG_MS - 2 * _STEP_MS
    assert host.board.chip.changed_us[_C1] == host.board.chip.changed_us[_C2] == host.board.chip.reset_us
    again = _comes_up(host.board)
    assert again.now.faults == (Fault.RESIDUAL_CURRENT if meanwhile == "residual" else 0)


def test_a_timer_that_ends_is_a_hang() -> None:
    host = charging()
    host.board.set(stalled=1)
    assert _ends(host, _WATCHDOG_MS + _STEP_MS) >= _WATCHDOG_MS - 2 * _STEP_MS


def test_a_short_stall_is_no_reason_to_open() -> None:
    host = charging()
    host.board.set(stalled=1)
    host.board.run(12)
    host.board.set(stalled=0)
    host.run(1_000)
    assert (host.board.level(_C1), host.board.level(_C2)) == (1, 1)
    assert (host.board.chip.rises[_C1], host.board.chip.restarts) == (1, 0)
    assert host.now.faults == 0


@pytest.mark.parametrize("measured_hz", [90_000, 150_000, 210_000])
def test_the_watchdogs_oscillator_may_be_off_and_drift(measured_hz: int) -> None:
    """By a quarter since it was measured, and residual current still has its time."""
    board = commissioned().board
    board.set(measured_hz=measured_hz, slow_hz=measured_hz)
    host = Host(board.rebooted()).online()
    host.board.set(slow_hz=measured_hz * 3 // 4, hang=_IN_STEP)
    assert _WATCHDOG_MS < _ends(host, _RESIDUAL_MS + _STEP_MS) <= _RESIDUAL_MS


def test_a_hung_loop_is_opened_and_restarted_by_the_step() -> None:
    """The steps go on and know that nobody can reach the board."""
    host = charging()
    host.board.set(hang=_IN_LOOP)
    duty = host.board.chip.duty_counts
    host.board.run(1_000)
    assert (host.board.level(_C1), host.board.chip.duty_counts) == (1, duty), "the lease has not ended"
    assert _ends(host, _LOOP_MS - 1_000 + 5) >= _LOOP_MS - 1_000 - 5
    assert host.board.chip.changed_us[_C1] <= host.board.chip.reset_us
    _comes_up(host.board)


@pytest.mark.parametrize(("cause", "within_ms"), [("residual", 3), ("B", 100), ("short", 50)])
def test_a_hung_loop_leaves_the_steps_their_duty(cause: str, within_ms: int) -> None:
    host = charging()
    host.board.set(hang=_IN_LOOP)
    host.board.run(100)
    if cause == "residual":
        host.board.pin(_RCM, 1)
    elif cause == "short":
        host.board.set(cp_short=1)
    else:
        host.board.set(car_ohm=OHM["B"])
    host.board.run(within_ms)
    assert (host.board.level(_C1), host.board.chip.restarts) == (0, 0)


@pytest.mark.parametrize("hang", [_CRASH_IN_LOOP, _CRASH_IN_STEP], ids=["loop", "step"])
def test_a_crash_opens_before_the_framework_deals_with_it(hang: int) -> None:
    """It would reset the processors alone, and leave the pins as they are until the next start has come to them."""
    host = charging()
    host.board.set(hang=hang)
    _ends(host, _CRASH_MS)
    assert host.board.chip.changed_us[_C1] < host.board.chip.reset_us
    _comes_up(host.board)


def test_a_brown_out_opens_at_once_and_no_step_closes_again() -> None:
    """The framework's reset comes up to 11 ms later, when its UARTs are empty."""
    host = charging()
    host.board.library.chip_brown_out()
    assert (host.board.level(_C1), host.board.level(_C2)) == (0, 0)
    host.board.run(11)
    assert (host.board.chip.rises[_C1], host.board.chip.rises[_C2]) == (1, 1)


def test_an_error_that_stays_never_closes() -> None:
    host = charging()
    host.board.set(hang=_IN_STEP)
    _ends(host, _WATCHDOG_MS + _STEP_MS)
    board = host.board
    for _ in range(4):
        board = board.rebooted()
        board.set(hang=_IN_STEP)
        board.run(500)
        assert board.chip.restarts == 1
        assert (board.chip.rises[_C1], board.chip.rises[_C2]) == (0, 0)
    _comes_up(board)


def test_a_hang_at_the_start_is_ended_by_the_bootloaders_watchdog() -> None:
    board = Board(V30)
    board.set(hang=_GUARDED)
    board.run(10_000)
    assert board.chip.restarts == 1
    assert board.chip.reset_us == pytest.approx(9_000_000, abs=100_000)


def test_the_third_hang_in_an_hour_ends_it() -> None:
    host = charging()
    for count in (1, 2, 3):
        host.board.set(hang=_IN_STEP)
        _ends(host, _WATCHDOG_MS + _STEP_MS)
        host = _comes_up(host.board)
        assert (host.now.faults == Fault.WATCHDOG) is (count == 3)


def test_it_charges_again_after_one_hang() -> None:
    host = charging()
    host.board.set(hang=_IN_STEP)
    _ends(host, _WATCHDOG_MS + _STEP_MS)
    host.board.set(car_ohm=OHM["B"])
    again = _comes_up(host.board)
    again.renewing = True
    assert again.until(lambda: again.now.offered_da == 160, 20_000) >= 9_000, "it waits as after any boot"
    again.board.set(car_ohm=OHM["C"])
    again.until(lambda: again.board.level(_C1), 3_000)


@pytest.mark.parametrize("erase_ms", [20, 400])
def test_no_two_boots_have_the_same_number(erase_ms: int) -> None:
    """Nor the same session: nobody is answered before the number is stored, however soon the next reset comes."""
    board = Board(V30)
    board.set(erase_ms=erase_ms)
    board.run(2_000)
    seen: list[tuple[int, int]] = []
    for ms in range(10, erase_ms + 200, 15 if erase_ms < 100 else 45):
        board = board.rebooted()
        host = Host(board).run(ms)
        if host.identity is not None:
            seen.append((host.identity.boot, host.identity.session))
    assert len(seen) > 3
    assert len({boot for boot, _ in seen}) == len(seen)
    assert len({session for _, session in seen}) == len(seen)


def test_a_board_that_cannot_store_answers_nobody() -> None:
    """Its boots would share a number; it protects all the same."""
    host = commissioned()
    board = host.board.rebooted()
    board.break_flash()
    silent = Host(board).run(5_000)
    assert silent.identity is None
    assert board.chip.restarts == 0
    assert board.chip.feeds > 4_900
