"""A simulated board and the car plugged into it, run together to the millisecond."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from evse_tui.sim.board import BoardView, Plug, SimulatedBoard
from evse_tui.sim.car import NO_CURRENT, Car, PhaseAmps


class SimulatedCharger:
    """Board, cable and car on one time line: that of `SimulatedBoard.now_ms`."""

    def __init__(self, board: SimulatedBoard, on_change: Callable[[BoardView], None] | None = None) -> None:
        """`on_change` is called after every step that changed something of the view; its times and lease apart."""
        self.board = board
        self.car: Car | None = None
        self._on_change = on_change
        self._view = board.view()
        self._seen_changes = board.changes
        self._actions: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._ev_wh = 0.0

    @property
    def now_ms(self) -> int:
        return self.board.now_ms

    @property
    def view(self) -> BoardView:
        """The board after its newest change."""
        return self._view

    def plug(self, car: Car, *, cable_a: int = 32) -> None:
        """Connects a car; one that is connected already leaves first."""
        self.unplug()
        self.car = car
        self.board.plug(Plug.B, cable_a=cable_a)
        self._step_car()

    def unplug(self) -> None:
        """Takes the car away."""
        if self.car is not None:
            self.car.currents_a(self.now_ms)
            self._ev_wh += self.car.charged_wh
            self.car = None
        self.board.unplug()

    def at(self, when_ms: int, action: Callable[[], None]) -> None:
        """Does `action` when the board's time line reaches `when_ms`."""
        heapq.heappush(self._actions, (when_ms, next(self._order), action))

    def press_button(self, duration_ms: int) -> None:
        """Presses the button for this long."""
        self.board.set_button(True)
        self.at(self.now_ms + duration_ms, lambda: self.board.set_button(False))

    def advance(self, until_ms: int) -> bytes:
        """Runs until `until_ms`, or until the board has something for the host, which is returned."""
        board = self.board
        while board.now_ms < until_ms:
            board.run(self.horizon(until_ms) - board.now_ms)
            sent = self.settle()
            if sent:
                return sent
        return b""

    def horizon(self, until_ms: int) -> int:
        """Does what is due now, and says how far the board may run before `settle`: at least a millisecond."""
        now_ms = self.board.now_ms
        self._due(now_ms)
        if self._actions:
            until_ms = min(until_ms, self._actions[0][0])
        if self.car is not None and self.car.next_ms is not None:
            until_ms = min(until_ms, self.car.next_ms)
        return max(now_ms + 1, until_ms)

    def settle(self) -> bytes:
        """After the board has run: lets the car answer what changed; returns bytes for the host."""
        board = self.board
        changes = board.changes
        if changes != self._seen_changes:
            self._seen_changes = changes
            self._view = board.view()
            self._step_car()
            if self._on_change is not None:
                self._on_change(self._view)
        self._due(board.now_ms)
        return board.transmit()

    def currents_a(self) -> PhaseAmps:
        """What flows through L1, L2, L3 now, in A."""
        return NO_CURRENT if self.car is None else self.car.currents_a(self.now_ms)

    @property
    def ev_wh(self) -> float:
        """Energy that went to all cars so far: the register of this charger's own meter."""
        if self.car is None:
            return self._ev_wh
        self.car.currents_a(self.now_ms)
        return self._ev_wh + self.car.charged_wh

    def _due(self, now_ms: int) -> None:
        while self._actions and self._actions[0][0] <= now_ms:
            heapq.heappop(self._actions)[2]()
        if self.car is not None and self.car.next_ms is not None and self.car.next_ms <= now_ms:
            self._step_car()

    def _step_car(self) -> None:
        if self.car is not None:
            self.board.set_car(self.car.step(self._view, self.board.now_ms))
