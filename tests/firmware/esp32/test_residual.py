"""The residual current input: no edge is lost, no spike trips, and nothing stays open that the core would close."""

from __future__ import annotations

from itertools import cycle
from typing import Final

import pytest

from evse_protocol.messages import Fault
from evse_protocol.payloads import Acknowledge, Reply

from .stand import OHM, POWER_ON, V30, V31, Host, charging, commissioned

_C1, _C2 = 32, 27
_RCM: Final = {V30: 13, V31: 38}
_PHASES: Final = (*range(0, 140, 10), *range(140, 1_000, 60))
"""Microseconds into the PWM cycle: before, in, across and after every interrupt of it."""
_SPIKES: Final = tuple(zip(_PHASES, cycle((1, 5, 12)), cycle((5, 50)), strict=False))
"""With the latency of the interrupts, and a length that ends within them or not."""
_SPIKE_US: Final = 50
_BOTH = pytest.mark.parametrize("package", [V30, V31], ids=["v3.0", "v3.1"])


def _tripped(host: Host) -> bool:
    host.run(60)
    return bool(host.now.faults & Fault.RESIDUAL_CURRENT)


def _acknowledge(host: Host) -> None:
    host.command(Acknowledge(Fault.RESIDUAL_CURRENT))
    host.run(60)
    assert not host.now.faults & Fault.RESIDUAL_CURRENT


@pytest.fixture(scope="module", params=[V30, V31], ids=["v3.0", "v3.1"])
def unplugged(request: pytest.FixtureRequest) -> Host:
    """A board whose monitor is watched, without a car: a fault is acknowledged at once."""
    return commissioned(request.param).run(1_000)


def test_one_spike_is_one_bad_reading_wherever_it_falls(unplugged: Host) -> None:
    board = unplugged.board
    for after_us, latency_us, length_us in _SPIKES:
        board.set(latency_us=latency_us)
        board.pulse(_RCM[board.chip.package], after_us, length_us)
        board.run(5)
        assert not _tripped(unplugged), after_us


def test_two_spikes_a_millisecond_apart_trip_wherever_they_fall(unplugged: Host) -> None:
    """So not one of them is lost."""
    board = unplugged.board
    for after_us, latency_us, length_us in _SPIKES:
        board.set(latency_us=latency_us)
        board.pulse(_RCM[board.chip.package], after_us, length_us)
        board.pulse(_RCM[board.chip.package], after_us + 1_000, length_us)
        board.run(5)
        assert _tripped(unplugged), after_us
        _acknowledge(unplugged)


def test_a_ringing_spike_is_one_bad_reading(unplugged: Host) -> None:
    board = unplugged.board
    for after_us in (200, 400, 600):
        board.run(3)
        board.pulse(_RCM[board.chip.package], after_us, 10)
        board.pulse(_RCM[board.chip.package], after_us + 60, 10)
        board.run(5)
        assert not _tripped(unplugged), after_us


def test_spikes_leave_the_contactors_alone() -> None:
    host = charging()
    for _ in range(20):
        host.board.pulse(13, 300, _SPIKE_US)
        host.run(10)
    assert host.board.level(_C1)
    assert host.board.chip.rises[_C1] == 1


@_BOTH
def test_after_a_trip_the_board_charges_again_without_a_restart(package: int) -> None:
    host = charging(package)
    for _ in range(2):
        closed = host.board.chip.rises[_C1]
        host.board.pin(_RCM[package], 1)
        host.until(lambda: not host.board.level(_C1), 10)
        assert _tripped(host)
        host.board.pin(_RCM[package], 0)
        host.run(1_000)
        reply = host.command(Acknowledge(Fault.RESIDUAL_CURRENT))
        assert isinstance(reply, Reply)
        assert Fault(reply.detail) == Fault.RESIDUAL_CURRENT, "not before the car is unplugged"
        host.board.set(car_ohm=OHM["A"], pp_ohm=0)
        host.run(1_500)
        _acknowledge(host)
        host.board.set(car_ohm=OHM["B"], pp_ohm=220)
        host.run(2_000)
        host.board.set(car_ohm=OHM["C"])
        host.until(lambda: host.board.level(_C1), 40_000)
        assert (host.board.chip.rises[_C1], host.board.chip.restarts) == (closed + 1, 0)


@pytest.mark.parametrize("stall_ms", [3, 12])
def test_an_edge_in_a_stall_waits_for_the_step(stall_ms: int) -> None:
    """The steps come back before the watchdog bites: one reading does not trip, a current that lasts does."""
    host = charging()
    host.board.set(stalled=1)
    host.board.pulse(13, 1_500, _SPIKE_US)
    host.board.run(stall_ms)
    host.board.set(stalled=0)
    assert not _tripped(host)
    assert host.board.level(_C1)
    host.board.set(stalled=1)
    host.board.pin(13, 1)
    host.board.run(stall_ms)
    host.board.set(stalled=0)
    host.board.run(3)
    assert (host.board.level(_C1), host.board.level(_C2)) == (0, 0)
    assert _tripped(host)
    assert host.board.chip.restarts == 0


def test_an_edge_that_no_step_has_seen_is_a_fault_after_the_reset() -> None:
    """The contactors opened with the reset, so the current has ended before anybody could confirm it."""
    host = charging()
    host.board.set(stalled=1)
    host.board.pulse(13, 5_000, _SPIKE_US)
    host.board.run(30)
    assert host.board.chip.restarts == 1
    again = Host(host.board.rebooted()).online()
    assert _tripped(again)
    assert again.board.chip.rises[_C1] == 0


def test_an_edge_survives_a_second_hang_before_its_report() -> None:
    host = charging()
    host.board.set(stalled=1)
    host.board.pulse(13, 5_000, _SPIKE_US)
    host.board.run(30)
    board = host.board.rebooted()
    board.set(stalled=1)
    board.run(200)
    assert board.chip.restarts == 1
    assert _tripped(Host(board.rebooted()).online())


def test_a_spike_before_the_first_step_takes_nothing_from_the_report() -> None:
    host = charging()
    host.board.set(stalled=1)
    host.board.pulse(13, 5_000, _SPIKE_US)
    host.board.run(30)
    board = host.board.rebooted()
    board.pulse(13, 2_600, _SPIKE_US)  # the interrupt is there, the first step is not
    assert _tripped(Host(board).online())


def test_only_a_reset_by_the_watchdog_brings_an_edge_along() -> None:
    host = charging()
    host.board.set(stalled=1)
    host.board.pulse(13, 5_000, _SPIKE_US)
    host.board.run(30)
    for reason in (POWER_ON, 9):
        assert not _tripped(Host(host.board.rebooted(reason)).online())


def test_an_edge_that_the_steps_have_seen_is_not_reported_again() -> None:
    host = charging()
    host.board.pulse(13, 300, _SPIKE_US)
    host.run(20)
    host.board.set(stalled=1)
    host.board.run(30)
    assert not _tripped(Host(host.board.rebooted()).online())


def test_a_current_that_lasts_over_the_reset_is_a_fault() -> None:
    host = charging()
    host.board.set(stalled=1)
    host.board.pin(13, 1)
    host.board.run(30)
    assert _tripped(Host(host.board.rebooted()).online())
