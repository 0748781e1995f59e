"""Contactors, bolt, nonvolatile memory, serial line and clock around the shipped core."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Access, Fault, Flag, Pilot, ResetReason
from evse_protocol.session import HostSession
from evse_protocol.session_events import SessionState
from evse_tui.sim.board import Lockstep, Plug, SimulatedBoard
from evse_tui.sim.car import Car
from evse_tui.sim.charger import SimulatedCharger


class Bench:
    """A board, a car and a session, in steps of the session's own wake-ups."""

    def __init__(self, board: SimulatedBoard, car: Car | None = None) -> None:
        self.board = board
        self.charger = SimulatedCharger(board)
        if car is not None:
            self.charger.plug(car)
        self.session = HostSession(7)
        self.session.start(board.now_ms)

    def run(self, duration_ms: int, limit_da: int | None = 160, phases: int = 3) -> None:
        """Renews the grant once a second, unless the limit is None."""
        end_ms = self.board.now_ms + duration_ms
        grant_ms = self.board.now_ms
        while self.board.now_ms < end_ms:
            now_ms = self.board.now_ms
            if limit_da is not None and now_ms >= grant_ms and self.session.state is SessionState.ONLINE:
                self.session.grant(limit_da, phases, Access.ALLOW, now_ms)
                grant_ms = now_ms + 1_000
            self.session.tick(now_ms)
            self.board.receive(self.session.take_bytes())
            due_ms = self.session.next_wakeup_ms or end_ms
            received = self.charger.advance(min(end_ms, max(now_ms + 1, min(due_ms, now_ms + 100))))
            self.session.receive(received, self.board.now_ms)
            self.session.take_events()


@pytest.fixture
def charging() -> Bench:
    bench = Bench(SimulatedBoard(1), Car())
    bench.run(30_000)
    assert bench.charger.view.c1
    return bench


def test_contacts_follow_the_coil_after_20_ms() -> None:
    with SimulatedBoard(1) as board:
        board.force(c1=True)
        board.run_for(19)
        assert not board.view().c1
        board.run_for(1)
        assert board.view().c1
        board.force(c1=False)
        board.run_for(19)
        assert board.view().c1
        board.run_for(1)
        assert not board.view().c1


def test_a_weld_holds_the_contacts_and_is_found(charging: Bench) -> None:
    with charging.board as board:
        board.set_welded(True)
        charging.charger.unplug()
        board.run_for(1_000)
        view = board.view()
        assert view.c1
        assert not view.c1_drive
        assert Fault.WELDED_CONTACTOR in view.faults
        board.assert_invariants()


def test_a_jammed_bolt_never_closes() -> None:
    with SimulatedBoard(1) as board:
        board.set_lock_jammed(True)
        bench = Bench(board, Car())
        bench.run(60_000)
        assert not board.view().locked
        assert not board.view().c1
        assert Fault.LOCK in board.view().faults
        board.assert_invariants()


def test_a_bolt_pulled_under_load_ends_in_a_soft_stop(charging: Bench) -> None:
    with charging.board as board:
        board.set_lock_forced(True)
        charging.run(7_000)
        assert not board.view().c1
        board.assert_invariants()


def test_residual_current_opens_within_20_ms(charging: Bench) -> None:
    with charging.board as board:
        board.set_residual_current(True)
        board.run_for(20)
        assert not board.view().c1_drive
        board.assert_invariants()


@pytest.mark.parametrize("car", [Plug.A, Plug.B])
def test_a_car_that_leaves_is_let_go_within_100_ms(charging: Bench, car: Plug) -> None:
    with charging.board as board:
        board.set_car(car)
        board.run_for(100)
        assert not board.view().c1
        board.assert_invariants()


def test_a_reset_opens_and_is_counted(charging: Bench) -> None:
    with charging.board as board:
        boot = board.view().boot
        board.reset(ResetReason.WATCHDOG)
        view = board.view()
        assert (view.boot, view.resets, view.c1_drive, view.duty_permille) == (boot + 1, 1, False, 1000)
        board.run_for(20)
        assert not board.view().c1
        assert board.view().board_ms == 20
        board.assert_invariants()


def test_a_blank_board_offers_nothing() -> None:
    with SimulatedBoard(1, blank=True) as board:
        bench = Bench(board, Car())
        bench.run(20_000)
        assert Flag.COMMISSIONED not in board.view().flags
        assert board.view().duty_permille == 1000


def test_usb_power_alone_is_named() -> None:
    with SimulatedBoard(1) as board:
        board.set_supply(False)
        board.run_for(3_000)
        assert Fault.NO_12V in board.view().faults


@pytest.mark.parametrize("written", range(0, 45, 3))
def test_power_may_fail_at_any_byte_of_a_write(written: int) -> None:
    with SimulatedBoard(1) as board:
        boots = [board.view().boot]
        board.cut_power_after(written)
        for _ in range(4):
            board.run_for(300)
            boots.append(board.view().boot)
            board.reset(ResetReason.POWER_ON)
        assert Flag.COMMISSIONED in board.view().flags
        assert boots == sorted(boots)
        assert boots[-1] > boots[0]


def test_nonvolatile_memory_moves_to_another_board() -> None:
    with SimulatedBoard(1) as old, SimulatedBoard(2, blank=True) as new:
        new.load_nonvolatile(old.nonvolatile())
        new.reset(ResetReason.POWER_ON)
        assert Flag.COMMISSIONED in new.view().flags


def test_a_charge_survives_the_wrap_of_the_boards_clock() -> None:
    with SimulatedBoard(1) as board:
        board.set_clock(2**32 - 20_000)
        bench = Bench(board, Car())
        bench.run(30_000)
        assert board.view().board_ms == 10_000
        assert board.view().c1
        board.assert_invariants()


def test_a_mute_line_loses_both_ways(charging: Bench) -> None:
    with charging.board as board:
        board.set_mute(True)
        charging.run(12_000)
        assert not board.view().c1
        assert board.transmit() == b""
        board.set_mute(False)
        charging.run(20_000)
        assert board.view().c1


def test_fifos_are_bounded() -> None:
    with SimulatedBoard(1) as board:
        assert board.receive(bytes(10_000)) == 4_096
        board.run(1)
        assert board.receive(bytes(10_000)) == 4_096
        while board.now_ms < 60_000:
            board.run(1_000)
        assert len(board.transmit()) <= 1_024


def test_run_stops_where_something_changed() -> None:
    with SimulatedBoard(1) as board:
        board.run_for(2_000)
        board.plug(Plug.B)
        before = board.changes
        ran = board.run(1_000)
        assert ran < 1_000
        assert board.changes == before + 1 or board.transmit()
        while board.view().pilot is not Pilot.B:
            assert board.run(100) > 0
        assert board.now_ms < 2_100


def test_boards_in_step_stop_together() -> None:
    with SimulatedBoard(1) as quiet, SimulatedBoard(2) as busy:
        for board in (quiet, busy):
            board.run_for(5_500)
        busy.plug(Plug.B)
        ran, stopped = Lockstep((quiet, busy)).run(300)
        assert ran < 300
        assert stopped == b"\0\1"
        assert quiet.now_ms == busy.now_ms == 5_500 + ran
        quiet.run_for(1)
        with pytest.raises(ValueError, match="same time"):
            Lockstep((quiet, busy))
