"""Whatever a hostile world and host do, the monitor sees no invariant of board.md broken."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest

from evse_protocol.messages import Access, Fault, ResetReason
from evse_protocol.payloads import Acknowledge, LockHold, Payload, Resume, Unlock
from evse_protocol.session import HostSession, NotReadyError
from evse_protocol.session_events import SessionState
from evse_tui.sim.board import Plug, SimulatedBoard
from evse_tui.sim.car import Behaviour, Car, CarParameters
from evse_tui.sim.charger import SimulatedCharger


class Chaos:
    """One seed decides what happens to a board, and when."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # a simulation, not a secret
        self.board = SimulatedBoard(seed + 1)
        if self.rng.random() < 0.2:
            self.board.set_clock(2**32 - self.rng.randrange(1, 200_000))
        self.charger = SimulatedCharger(self.board)
        self.session = HostSession(1 + self.rng.randrange(2**31))
        self.session.start(0)
        self.limit_da: int | None = 160
        self.phases = 3
        self.access = Access.ALLOW
        self.host_ms = 0

    def run(self, duration_ms: int) -> None:
        rng, board = self.rng, self.board
        event_ms = 20_000
        grant_ms = 0
        while board.now_ms < duration_ms:
            now_ms = board.now_ms
            if now_ms >= event_ms:
                rng.choices(self.events, self.weights)[0]()
                event_ms = now_ms + rng.choice((1, 5, 30, 120, 600, 3_000, 30_000, 50_000))
            if self.limit_da is not None and now_ms >= grant_ms and self.session.state is SessionState.ONLINE:
                self.session.grant(self.limit_da, self.phases, self.access, now_ms, rng.choice((1_500, 5_000, 30_000)))
                grant_ms = now_ms + 1_000
            self.session.tick(now_ms)
            board.receive(self.session.take_bytes())
            due_ms = self.session.next_wakeup_ms or duration_ms
            sent = self.charger.advance(min(max(now_ms + 1, min(due_ms, grant_ms, event_ms)), now_ms + 500))
            self.session.receive(sent, board.now_ms)
            self.session.take_events()
            board.assert_invariants()

    @property
    def events(self) -> list[Callable[[], object]]:
        rng, board = self.rng, self.board
        return [
            self.grant,
            self.car,
            lambda: board.set_car(rng.choice(tuple(Plug))),
            lambda: board.set_car_ohm(rng.randrange(0, 4_000)),
            lambda: board.set_diode(rng.random() < 0.6),
            lambda: board.set_cp_short(rng.random() < 0.3),
            lambda: board.set_supply(rng.random() < 0.8),
            lambda: board.set_temperature_dc(rng.choice((250, 400, 590, 660, 690, 720, -400, 2_000))),
            lambda: board.set_residual_current(rng.random() < 0.3),
            lambda: board.set_welded(rng.random() < 0.2),
            lambda: board.set_lock_jammed(rng.random() < 0.3),
            lambda: board.set_lock_forced(rng.random() < 0.3),
            lambda: board.set_proximity_ohm(rng.choice((0, 100, 220, 680, 1_500, 50))),
            lambda: self.charger.press_button(rng.choice((20, 100, 3_500, 6_000))),
            lambda: board.reset(rng.choice(tuple(ResetReason))),
            lambda: board.set_mute(rng.random() < 0.4),
            lambda: board.receive(rng.randbytes(rng.randrange(1, 200))),
            self.command,
            self.heal,
        ]

    weights = (20, 12, 4, 1, 3, 1, 1, 3, 3, 1, 1, 1, 1, 3, 2, 2, 4, 6, 25)

    def grant(self) -> None:
        self.limit_da = self.rng.choice((None, 0, 59, 60, 61, 83, 100, 137, 160, 320, 800))
        self.phases = self.rng.choice((1, 3))
        self.access = self.rng.choices(tuple(Access), (1, 6, 1))[0]

    def car(self) -> None:
        if self.rng.random() < 0.2:
            self.charger.unplug()
            return
        parameters = CarParameters(phases=self.rng.choice((1, 3)))
        behaviour = self.rng.choices(tuple(Behaviour), (1, 5, 3))[0]
        self.charger.plug(Car(parameters, behaviour=behaviour), cable_a=self.rng.choice((13, 20, 32, 63)))

    def command(self) -> None:
        self.send(self.rng.choice((Acknowledge(~Fault(0)), Resume(), Unlock(), LockHold(1), LockHold(0))))

    def send(self, payload: Payload) -> None:
        with contextlib.suppress(NotReadyError):  # no session just now
            self.session.command(payload, self.board.now_ms)

    def heal(self) -> None:
        board = self.board
        board.set_diode(True)
        for set_fault in (
            board.set_cp_short,
            board.set_residual_current,
            board.set_welded,
            board.set_lock_jammed,
            board.set_lock_forced,
            board.set_mute,
        ):
            set_fault(False)
        board.set_supply(True)
        board.set_temperature_dc(250)
        self.limit_da, self.access = 160, Access.ALLOW
        self.charger.unplug()
        self.charger.at(board.now_ms + 2_000, lambda: self.send(Acknowledge(~Fault(0))))
        self.charger.at(board.now_ms + 3_000, lambda: self.send(Resume()))
        self.charger.at(board.now_ms + 4_000, lambda: self.charger.plug(Car()))


@pytest.mark.parametrize("seed", range(3))
def test_no_world_and_no_host_breaks_an_invariant(seed: int) -> None:
    chaos = Chaos(seed)
    with chaos.board:
        chaos.run(240_000)
