"""The measurement of cost measures: every kind of pass takes place, and a controller keeps something."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.control import cost
from evse_tui.control.controller import Controller
from evse_tui.control.types import Decision, Observation


def test_every_kind_of_pass_is_timed() -> None:
    found = cost.decide_ms(2, Controller)
    assert min(found.mains_only, found.all_new, found.starting) > 0


def test_between_two_samples_only_the_mains_are_new() -> None:
    seen: list[Observation] = []

    class Watched(Controller):
        def decide(self, observation: Observation, now_ms: int) -> Decision:
            seen.append(observation)
            return super().decide(observation, now_ms)

    cost.decide_ms(2, Watched)
    again = [(a, b) for a, b in pairwise(seen) if b.chargers is a.chargers]
    assert len(again) == 30
    assert all(a.mains is not b.mains for a, b in again)


def test_a_controller_keeps_some_kibibytes_a_charger() -> None:
    assert 1 < cost.memory_kib(2, Controller) < 200
