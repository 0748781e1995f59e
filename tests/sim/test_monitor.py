"""The independent monitor accepts a normal charge and catches each planted violation."""

from __future__ import annotations

from typing import Any

import pytest

from evse_protocol.messages import INACTIVE_DA, Fault, Slot
from evse_tui.sim.board import InvariantViolation, Plug, SimulatedBoard
from evse_tui.sim.firmware import load

CHARGING = {
    "plugged": 1,
    "c1_closed": 1,
    "locked": 1,
    "cp_high_mv": 6_000,
    "cp_low_mv": -12_000,
    "c1_drive": 1,
    "c2_drive": 1,
    "cp_connected": 1,
    "duty_permille": 200,
    "lock_fitted": 1,
    "rcm_fitted": 1,
    "lease_ms": 4_000,
}
READY = CHARGING | {"c1_closed": 0, "c1_drive": 0, "cp_high_mv": 9_000}


class Judge:
    """Feeds samples to the monitor."""

    def __init__(self) -> None:
        self._library = load()
        self._monitor: Any = self._library.ffi.new("sim_monitor_t *")
        self._now_ms = 0

    def see(self, duration_ms: int, state: dict[str, int], host_da: int = 160, **changes: int) -> Judge:
        sample: Any = self._library.ffi.new("sim_monitor_sample_t *")
        for name, value in (state | changes).items():
            setattr(sample, name, value)
        sample.slots_da = [INACTIVE_DA] * 8
        sample.slots_da[Slot.HOST] = host_da
        sample.slots_da[Slot.HARDWARE] = 160
        for _ in range(duration_ms):
            self._now_ms += 1
            sample.now_ms = self._now_ms
            self._library.c.sim_monitor_step(self._monitor, sample)
        return self

    @property
    def broken(self) -> set[int]:
        bits = int(self._monitor.violations)
        return {number for number in range(8) if bits >> number & 1}

    @property
    def first_ms(self) -> int:
        return int(self._monitor.violation_ms)


def charging() -> Judge:
    """A car that has been charging on three phases for a second."""
    judge = Judge().see(1, READY, received=1).see(500, READY).see(200, READY, cp_high_mv=6_000).see(1_000, CHARGING)
    assert judge.broken == set()
    return judge


def test_a_soft_stop_that_ends_in_time_is_fine() -> None:
    judge = charging().see(5_900, CHARGING, duty_permille=1000).see(1_000, READY, duty_permille=1000)
    assert judge.broken == set()


def test_a_car_that_leaves_c_must_be_let_go_within_100_ms() -> None:
    assert charging().see(99, CHARGING, cp_high_mv=9_000).see(100, READY).broken == set()
    judge = charging().see(150, CHARGING, cp_high_mv=9_000)
    assert judge.broken == {1, 2}
    assert judge.first_ms == 1_701 + 100


@pytest.mark.parametrize(
    ("changes", "grace_ms"),
    [
        ({"cp_low_mv": -8_000}, 50),
        ({"rcm_fault": 1}, 20),
        ({"locked": 0}, 550),
        ({"lease_ms": 0}, 0),
        ({"faults": int(Fault.DIODE)}, 0),
        ({"faults": int(Fault.WELDED_CONTACTOR)}, 0),
        ({"lock_drive": -1}, 0),
        ({"duty_permille": 1000}, 6_100),
    ],
)
def test_a_closed_contactor_without_its_condition_breaks_1(changes: dict[str, int], grace_ms: int) -> None:
    assert charging().see(grace_ms, CHARGING, **changes).broken == set()
    assert charging().see(grace_ms + 1, CHARGING, **changes).broken == {1}


def test_the_fallback_replaces_the_lease() -> None:
    assert charging().see(1_000, CHARGING, lease_ms=0, fallback=1).broken == set()


def test_nothing_closes_at_full_duty() -> None:
    judge = Judge().see(1, READY, received=1).see(500, READY, cp_high_mv=6_000, duty_permille=1000)
    assert judge.see(1, CHARGING, duty_permille=1000).broken == {1}


@pytest.mark.parametrize(("duty_permille", "host_da"), [(200, 119), (101, 60), (970, 160), (50, 160)])
def test_a_duty_above_a_slot_breaks_3(duty_permille: int, host_da: int) -> None:
    judge = Judge().see(1, READY, received=1)
    assert judge.see(1, READY, duty_permille=duty_permille, host_da=host_da).broken == {3}


def test_the_host_slot_rises_only_with_bytes_and_a_lease() -> None:
    quiet = dict(READY, duty_permille=1000)
    assert Judge().see(1, quiet, host_da=100, received=1).see(10, quiet, host_da=100).broken == set()
    assert Judge().see(1, quiet, host_da=100).broken == {4}
    assert Judge().see(1, quiet, host_da=100, received=1, lease_ms=0).broken == {4}


def test_c2_moves_only_while_c1_is_open() -> None:
    one = dict(CHARGING, c2_drive=0)
    single = Judge().see(1, dict(READY, c2_drive=0), received=1).see(500, dict(READY, c2_drive=0, cp_high_mv=6_000))
    assert single.see(500, one).broken == set()
    assert single.see(1, CHARGING).broken == {5}
    assert charging().see(1, one).broken == {5}


def test_c2_leads_c1_by_100_ms() -> None:
    start = dict(READY, c2_drive=0, cp_high_mv=6_000)
    ready = dict(READY, cp_high_mv=6_000)
    assert Judge().see(1, start, received=1).see(100, ready).see(1, CHARGING).broken == set()
    assert Judge().see(1, start, received=1).see(99, ready).see(1, CHARGING).broken == {5}


def after_cp_off(duration_ms: int) -> Judge:
    stopped = dict(READY, c2_drive=0, duty_permille=1000)
    judge = charging().see(300, READY, duty_permille=1000)
    return judge.see(duration_ms, stopped, cp_connected=0, cp_high_mv=0).see(3_000, stopped)


def test_phases_change_within_a_plug_in_only_after_the_wait() -> None:
    one, waiting = dict(CHARGING, c2_drive=0), dict(READY, c2_drive=0, cp_high_mv=6_000)
    assert after_cp_off(30_000).see(500, waiting).see(10, one).broken == set()
    assert after_cp_off(20_000).see(500, waiting).see(10, one).broken == {5}
    unplugged = after_cp_off(0).see(50, waiting, plugged=0, cp_high_mv=12_000)
    assert unplugged.see(500, waiting).see(10, one).broken == set()


def test_the_monitor_watches_every_simulated_board() -> None:
    with SimulatedBoard(7) as board:
        board.run_for(1_000)
        board.assert_invariants()
        board.plug(Plug.B)
        board.force(c1=True)
        board.run_for(200)
        with pytest.raises(InvariantViolation, match=r"board 7: invariant 1, 2 .* first at 1001 ms"):
            board.assert_invariants()
