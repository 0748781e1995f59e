"""Commissioning the shipped firmware in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from evse_protocol.messages import Connector, Flag, LockKind, Monitor, SwitchFunction
from evse_tui.clock import LoopClock
from evse_tui.commission.shell import WINDOW_MS, commission
from evse_tui.errors import UserError
from evse_tui.sim.board import BoardView, SimulatedBoard
from evse_tui.sim.charger import SimulatedCharger
from evse_tui.sim.fleet import Fleet
from evse_tui.sim.transport import SimulatedOpener
from evse_tui.sim.virtual_time import run_virtual

ANSWERS = ("16", "socket", "fitted", "solenoid", "3", "yes", "none")
GIVEN = {
    "hardware_max_da": 160,
    "connector": Connector.SOCKET,
    "monitor": Monitor.FITTED,
    "lock": LockKind.SOLENOID,
    "phases": 3,
    "c2": 1,
    "switch_function": SwitchFunction.NONE,
}


@dataclass
class Run:
    """One board and who sits before it."""

    blank: bool = True
    answers: list[str] = field(default_factory=list)
    confirms: bool = True
    button_ms: int | None = 2_000
    """When the button is held; None is never."""
    unplugged_ms: int | None = None
    """When the serial adapter is pulled."""
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    written: bool | None = None
    passed_ms: int = 0

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self.answers.pop(0)

    def __call__(self, *all_given: Mapping[str, int]) -> BoardView:
        """Commissions the board once with each set of values."""

        async def main() -> BoardView:
            charger = SimulatedCharger(SimulatedBoard(42, blank=self.blank))
            clock = LoopClock()
            fleet = Fleet(clock)
            fleet.add(charger)
            fleet.start()
            opener = SimulatedOpener(fleet, charger, "simulated")
            if self.button_ms is not None:
                charger.at(self.button_ms, lambda: charger.press_button(6_000))
            start_ms = clock.now_ms()
            try:
                if self.unplugged_ms is not None:
                    charger.at(self.unplugged_ms, opener.unplug_adapter)
                for given in all_given:
                    self.written = await commission(
                        opener, clock, given, ask=self.ask, confirm=lambda: self.confirms, say=self.said.append
                    )
                return charger.board.view()
            finally:
                self.passed_ms = clock.now_ms() - start_ms
                await fleet.stop()

        return run_virtual(main())


def test_a_blank_board_is_asked_about_and_written_when_the_button_was_held() -> None:
    run = Run(answers=list(ANSWERS))
    view = run({})
    assert run.written
    assert run.answers == []
    assert [question.split(" ", 1)[0] for question in run.asked] == [
        *("Hardware", "Connector:", "Residual", "Lock", "Phases", "Second", "Function")
    ]
    assert Flag.COMMISSIONED in view.flags
    assert view.limit_da == 0  # nothing is offered without a grant
    assert run.said[-2].startswith("Now hold the button")
    assert run.said[-1] == "Written, and read back."
    assert 7_000 < run.passed_ms < 10_000


def test_a_fixed_cable_has_a_rating_and_no_lock() -> None:
    run = Run(answers=["32", "fixed", "32", "none", "1", "stop"])
    run({})
    assert run.written
    assert not any(question.startswith(("Lock", "Second")) for question in run.asked)


def test_nothing_is_asked_that_is_known_and_only_what_is_for_safety_needs_the_button() -> None:
    run = Run()
    run(GIVEN, {"limit_da": 100}, {"limit_da": 100}, {"hardware_max_da": 130})
    assert run.asked == []
    assert sum(line.startswith("Now hold") for line in run.said) == 1  # the window was still open for the last
    assert "  limit             10.0 A   (was 16.0 A)" in run.said
    assert "The board has these values already: nothing to write." in run.said
    assert "  hardware-max      13.0 A   (was 16.0 A)" in run.said


def test_a_limit_needs_no_button() -> None:
    run = Run(blank=False, button_ms=None)
    run({"limit_da": 100})
    assert run.written
    assert not any(line.startswith("Now hold") for line in run.said)


def test_nothing_is_written_without_a_yes() -> None:
    run = Run(confirms=False)
    assert Flag.COMMISSIONED not in run(GIVEN).flags
    assert run.written is False
    assert run.said[-1] == "Nothing was written."


@pytest.mark.parametrize("blank", [True, False])
def test_without_a_hand_on_the_button_nothing_is_written(blank: bool) -> None:
    run = Run(blank=blank, button_ms=None)
    with pytest.raises(UserError, match="Nobody held the button"):
        run({**GIVEN, "hardware_max_da": 130, "limit_da": 130})
    assert run.passed_ms >= WINDOW_MS


def test_values_that_do_not_fit_are_explained_before_anybody_gets_up() -> None:
    run = Run()
    with pytest.raises(UserError, match="above the hardware maximum"):
        run({**GIVEN, "fallback_da": 320})
    assert run.passed_ms < 2_000


def test_a_lost_link_while_it_waits_is_said() -> None:
    run = Run(button_ms=None, unplugged_ms=5_000)
    with pytest.raises(UserError, match="simulated"):
        run(GIVEN)
    assert 5_000 <= run.passed_ms < 6_000
