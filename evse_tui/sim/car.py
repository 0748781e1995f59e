"""The car on the other end of the cable: what it presents on the control pilot and what it draws.

Pure: time and the board's terminals are arguments. Constants are those of control.md, "Plant for judging".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from evse_tui.sim.board import BoardView, Plug

MAINS_V: Final = 230
_MS_PER_HOUR: Final = 3_600_000

PhaseAmps = tuple[float, float, float]
NO_CURRENT: Final[PhaseAmps] = (0.0, 0.0, 0.0)


@unique
class Behaviour(Enum):
    """What the car wants."""

    PAUSED = "paused"
    """Connected, does not ask for current."""
    READY = "ready"
    """Takes C when PWM appears, leaves it when PWM goes."""
    STUBBORN = "stubborn"
    """Takes C like a ready car, and keeps it whatever the board says."""


@dataclass(frozen=True, slots=True)
class CarParameters:
    """One model of car; currents in 0.1 A per phase, energy in Wh."""

    phases: int = 3
    max_da: int = 160
    battery_wh: int = 60_000
    target_soc: float = 1.0
    request_ms: int = 1_000
    """From PWM to C."""
    leave_ms: int = 2_800
    """From 100 % duty to leaving C; the standard allows 3 s."""
    start_ms: int = 8_000
    """From closed contacts to drawing."""
    dead_ms: int = 2_000
    """From a changed duty to the first change of current."""
    rise_a_per_s: float = 3.0
    fall_a_per_s: float = 6.0
    step_da: int = 10
    """Grid of the currents that it can draw."""
    below_da: int = 2
    """How far below its grid it stays."""

    def __post_init__(self) -> None:
        if self.phases not in (1, 3):
            raise ValueError("a car charges on one or three phases")


def offered_by_duty_da(duty_permille: int) -> int:
    """Current that a duty cycle offers per phase in 0.1 A; 0 for a duty without meaning.

    IEC 61851-1: 10-85 %: duty x 0.6 A; 85-96 %: (duty - 64) x 2.5 A. Rounded, not floored: a board floors its duty to
    0.1 %, and no car measures finer than that.
    """
    if 100 <= duty_permille <= 850:
        return (duty_permille * 6 + 5) // 10
    if 850 < duty_permille <= 960:
        return ((duty_permille - 640) * 25 + 5) // 10
    return 0


class Car:
    """A connected car. Call `step` whenever the board's terminals changed, and at `next_ms` at the latest."""

    def __init__(
        self, parameters: CarParameters | None = None, *, soc: float = 0.3, behaviour: Behaviour = Behaviour.READY
    ) -> None:
        self.parameters = CarParameters() if parameters is None else parameters
        self.behaviour = behaviour
        self.next_ms: int | None = None
        """When `step` must be called at the latest; None if nothing is running."""
        self._initial_wh = soc * self.parameters.battery_wh
        self._charged_wh = 0.0
        self._presents = Plug.B
        self._full = False
        self._pwm_since_ms: int | None = None
        self._pwm_gone_ms: int | None = None
        self._offered_da = 0
        self._closed_ms: int | None = None
        self._phases = 0
        self._now_ms = 0
        self._current_a = 0.0
        self._target_a = 0.0
        self._targets: deque[tuple[int, float]] = deque()

    @property
    def soc(self) -> float:
        """State of charge at the newest step, 0..1."""
        return (self._initial_wh + self._charged_wh) / self.parameters.battery_wh

    @property
    def charged_wh(self) -> float:
        """Energy taken since this car was made, up to the newest step or reading."""
        return self._charged_wh

    def wish(self, behaviour: Behaviour) -> None:
        """Changes what the car wants; takes effect in the next step."""
        self.behaviour = behaviour
        self.next_ms = self._now_ms

    def step(self, board: BoardView, now_ms: int) -> Plug:
        """What the car presents from `now_ms` on, given the board's terminals since then."""
        self._evolve(now_ms)
        self._see_duty(board, now_ms)
        self._see_contacts(board, now_ms)
        if self.soc >= self.parameters.target_soc:
            self._full = True
        self._presents = self._decide(now_ms)
        self.next_ms = self._deadline(now_ms)
        return self._presents

    def currents_a(self, now_ms: int) -> PhaseAmps:
        """What flows through the board's L1, L2, L3 at `now_ms`, in A."""
        self._evolve(now_ms)
        current_a = self._current_a
        if self._phases == 3:
            return (current_a, current_a, current_a)
        return (current_a, 0.0, 0.0) if self._phases else NO_CURRENT

    # what it sees

    def _see_duty(self, board: BoardView, now_ms: int) -> None:
        offered_da = offered_by_duty_da(board.duty_permille) if board.cp_connected else 0
        if offered_da > 0 and self._pwm_since_ms is None:
            self._pwm_since_ms, self._pwm_gone_ms = now_ms, None
        elif offered_da == 0 and self._pwm_since_ms is not None:
            self._pwm_since_ms, self._pwm_gone_ms = None, now_ms
        if offered_da != self._offered_da:
            self._offered_da = offered_da
            self._aim(now_ms)

    def _see_contacts(self, board: BoardView, now_ms: int) -> None:
        phases = min(board.closed_phases, self.parameters.phases)
        if phases and self._closed_ms is None:
            self._closed_ms = now_ms
            self._aim(now_ms)
        elif not phases:
            self._closed_ms = None
            self._stop()
        self._phases = phases

    def _decide(self, now_ms: int) -> Plug:
        p = self.parameters
        if self.behaviour is Behaviour.PAUSED or self._full:
            self._stop()
            return Plug.B
        if self._presents is Plug.C:
            gone_ms = self._pwm_gone_ms
            if self.behaviour is Behaviour.STUBBORN or gone_ms is None or now_ms - gone_ms < p.leave_ms:
                return Plug.C
            self._stop()
            return Plug.B
        if self._pwm_since_ms is not None and now_ms - self._pwm_since_ms >= p.request_ms:
            return Plug.C
        return Plug.B

    def _deadline(self, now_ms: int) -> int | None:
        p = self.parameters
        due = []
        if self._presents is Plug.B and self._pwm_since_ms is not None and now_ms - self._pwm_since_ms < p.request_ms:
            due.append(self._pwm_since_ms + p.request_ms)
        if self._presents is Plug.C and self._pwm_gone_ms is not None and self.behaviour is Behaviour.READY:
            due.append(self._pwm_gone_ms + p.leave_ms)
        if self._current_a > 0:
            due.append(now_ms + 1_000)  # looks at its battery
        return min(due, default=None)

    # what it draws

    def _aim(self, now_ms: int) -> None:
        """Plans the current for what is offered now."""
        if self._closed_ms is None:
            return
        p = self.parameters
        if self._offered_da == 0:
            if self.behaviour is Behaviour.STUBBORN:
                return  # goes on drawing
            self._targets.clear()
            self._target_a = 0.0  # a ready car obeys 100 % without dead time
            return
        steps_da = min(self._offered_da, p.max_da) // p.step_da * p.step_da
        target_a = max(0, steps_da - p.below_da) / 10
        due_ms = max(now_ms + p.dead_ms, self._closed_ms + p.start_ms)
        while self._targets and self._targets[-1][0] >= due_ms:
            self._targets.pop()
        self._targets.append((due_ms, target_a))

    def _stop(self) -> None:
        self._targets.clear()
        self._target_a = self._current_a = 0.0

    def _evolve(self, now_ms: int) -> None:
        """Moves current and energy to `now_ms` in closed form: but for rounding, how often does not matter."""
        while self._targets and self._targets[0][0] <= now_ms:
            due_ms, target_a = self._targets.popleft()
            self._ramp(due_ms)
            self._target_a = target_a
        self._ramp(now_ms)

    def _ramp(self, until_ms: int) -> None:
        duration_ms = until_ms - self._now_ms
        if duration_ms <= 0:
            return
        self._now_ms = until_ms
        p = self.parameters
        start_a, gap_a = self._current_a, self._target_a - self._current_a
        if start_a == 0.0 and gap_a == 0.0:
            return
        rate = p.rise_a_per_s / 1000 if gap_a > 0 else -p.fall_a_per_s / 1000
        ramp_ms = min(float(duration_ms), gap_a / rate)
        self._current_a = self._target_a if ramp_ms < duration_ms else start_a + rate * ramp_ms
        amp_ms = (start_a + self._current_a) / 2 * ramp_ms + self._current_a * (duration_ms - ramp_ms)
        self._charged_wh += amp_ms * MAINS_V * self._phases / _MS_PER_HOUR
