"""Several chargers, and limits on sums of phases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    Access,
    C2Mode,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Decision,
    Mode,
    Observation,
    PhaseCurrents,
    SiteSettings,
    TimerAction,
)
from tests.control.builders import IDLE, board, charger, site

WIDE = SiteSettings(current_max_circuit_da=5000)


class Lab:
    """A site whose boards and cars do at once what they are told; the house is given."""

    def __init__(self, chargers: list[ChargerObservation], limits: SiteSettings) -> None:
        self.controller = Controller()
        self.chargers = chargers
        self.limits = limits
        self.offered = [0] * len(chargers)
        self.now_ms = 0
        self.decision: Decision | None = None

    def step(self, house: PhaseCurrents, **more: Any) -> list[ChargerGrant]:
        """One second."""
        self.now_ms += 1000
        mains = list(house)
        seen = []
        for one, offered in zip(self.chargers, self.offered, strict=True):
            phases = 3 if one.settings.c2 is C2Mode.ALWAYS_ON else 1
            drawn = [offered] * phases + [0] * (3 - phases)
            for i, current in enumerate(drawn):
                mains[(one.settings.rotation + i) % 3] += current
            now = charger(seen=board(offered, phases=phases), ev_da=(drawn[0], drawn[1], drawn[2]), now_ms=self.now_ms)
            seen.append(replace(one, board=now.board, ev=now.ev))
        observation = site(self.now_ms, (mains[0], mains[1], mains[2]), *seen, settings=self.limits)
        self.decision = self.controller.decide(replace(observation, **more), self.now_ms)
        self.offered = [grant.limit_da for grant in self.decision.grants]
        return list(self.decision.grants)


def run(lab: Lab, seconds: int, house: PhaseCurrents = IDLE, **more: bool) -> list[ChargerGrant]:
    grants: list[ChargerGrant] = []
    for _ in range(seconds):
        grants = lab.step(house, **more)
    return grants


def cars(count: int, mode: Mode = Mode.SMART) -> list[ChargerObservation]:
    return [charger(mode, name=f"{i:02}") for i in range(count)]


def test_two_cars_share_equally() -> None:
    lab = Lab(cars(2), WIDE)
    assert [grant.limit_da for grant in run(lab, 60, (20, 20, 20))] == [115, 115]


def test_if_not_all_fit_those_that_do_charge_and_the_others_say_why() -> None:
    grants = run(Lab(cars(3), WIDE), 60, (100, 20, 20))
    assert [grant.limit_da for grant in grants] == [75, 75, 0]
    assert (grants[2].reason.constraint, grants[2].reason.phase) == (Constraint.WAITING_FOR_ROOM, 0)
    assert [timer.action for timer in grants[2].timers] == [TimerAction.ROTATE]


def test_a_car_on_another_phase_is_left_alone_by_an_overload() -> None:
    one_phase = [charger(Mode.SMART, name=str(i), c2=C2Mode.ALWAYS_OFF, rotation=i) for i in range(3)]
    lab = Lab(one_phase, WIDE)
    run(lab, 60, (20, 20, 20))
    grants = run(lab, 5, (240, 20, 20))
    assert [grant.limit_da for grant in grants] == [0, 160, 160]


def test_priority_is_served_first() -> None:
    found = [charger(Mode.SMART, name="a", priority=1), charger(Mode.SMART, name="b", priority=0)]
    grants = run(Lab(found, WIDE), 60, (160, 20, 20))
    assert [grant.limit_da > 0 for grant in grants] == [False, True]


@pytest.mark.parametrize(("count", "slots"), [(2, 1), (3, 2), (4, 2), (5, 2)])
def test_nobody_waits_longer_than_a_round_of_rotations(count: int, slots: int) -> None:
    lab = Lab(cars(count), replace(WIDE, rotation_min=1, current_main_da=60 * slots + 15))
    waited, longest = [0] * count, 0
    for _ in range(60 * (count + 2)):
        for i, grant in enumerate(lab.step(IDLE)):
            waited[i] = 0 if grant.limit_da else waited[i] + 1
            longest = max(longest, waited[i])
    rotations = -(-count // slots) - 1
    assert longest <= rotations * 60 + 15


def test_capacity_binds_the_sum_and_not_each_phase() -> None:
    limits = replace(WIDE, current_max_sum_mains_da=300)
    grant = run(Lab(cars(1), limits), 60, (60, 0, 0))[0]
    assert (grant.limit_da, grant.reason.constraint) == (80, Constraint.CAPACITY)


def test_capacity_does_not_replace_the_mains_guard() -> None:
    limits = replace(WIDE, current_max_sum_mains_da=6000)
    grant = run(Lab(cars(1), limits), 60, (150, 0, 0))[0]
    assert (grant.limit_da, grant.reason.constraint) == (100, Constraint.MAINS)


def test_capacity_does_not_bind_normal() -> None:
    limits = replace(WIDE, current_max_sum_mains_da=100)
    assert run(Lab(cars(1, Mode.NORMAL), limits), 60)[0].limit_da == 160


def test_capacity_tolerates_the_minimum_for_its_time_and_then_stops() -> None:
    limits = replace(WIDE, current_max_sum_mains_da=300, max_sum_mains_time_min=2)
    lab = Lab(cars(1), limits)
    run(lab, 60)
    stayed = 0
    for _ in range(200):
        grant = lab.step((150, 0, 0))[0]
        if grant.access is not Access.ALLOW:
            break
        assert grant.limit_da == 60
        assert any(timer.what is Constraint.CAPACITY for timer in grant.timers)
        stayed += 1
    assert stayed == 120


def test_capacity_tolerates_the_minimum_of_a_solar_car_too() -> None:
    limits = replace(WIDE, current_max_sum_mains_da=50, max_sum_mains_time_min=2)
    lab = Lab(cars(1, Mode.SOLAR), limits)
    run(lab, 120, (-80, -80, -80))
    assert lab.offered[0] > 60
    stayed = 0
    for _ in range(200):
        grant = lab.step((-40, -40, -40))[0]  # 12 A of surplus, 6 A of import at the minimum of three phases
        if grant.access is not Access.ALLOW:
            break
        stayed += 1
    assert 120 <= stayed <= 146


def test_capacity_without_tolerance_stops_at_once() -> None:
    lab = Lab(cars(1), replace(WIDE, current_max_sum_mains_da=300))
    run(lab, 60)
    assert run(lab, 9, (150, 0, 0))[0].access is Access.PAUSE


def test_the_grid_relay_limits_the_sum_over_phases_and_chargers() -> None:
    lab = Lab(cars(2, Mode.NORMAL), WIDE)
    run(lab, 60)
    grants = run(lab, 60, grid_relay=True)
    assert sorted(grant.limit_da for grant in grants) == [0, 60]
    assert {grant.reason.constraint for grant in grants} == {Constraint.GRID_RELAY, Constraint.WAITING_FOR_ROOM}


def test_unbalance_caps_one_phase_charging_only() -> None:
    limits = replace(WIDE, unbalance_da=100)
    one = [charger(Mode.SMART, c2=C2Mode.ALWAYS_OFF)]
    grant = run(Lab(one, limits), 60)[0]
    assert (grant.limit_da, grant.reason.constraint) == (100, Constraint.UNBALANCE)
    assert run(Lab(cars(1), limits), 60)[0].limit_da == 160


@given(st.data())
@settings(max_examples=8, deadline=None)
def test_offers_never_exceed_a_limit_on_any_phase(data: st.DataObject) -> None:
    """Sites of 1-60 chargers with any wiring: the sum of offers fits circuit and mains once the house is steady."""
    found = [
        charger(
            data.draw(st.sampled_from([Mode.SMART, Mode.NORMAL])),
            name=f"{i:02}",
            c2=data.draw(st.sampled_from([C2Mode.ALWAYS_ON, C2Mode.ALWAYS_OFF])),
            rotation=data.draw(st.integers(0, 2)),
            current_max_da=data.draw(st.integers(60, 320)),
        )
        for i in range(data.draw(st.integers(1, 60)))
    ]
    limits = SiteSettings(
        current_main_da=data.draw(st.integers(100, 2000)), current_max_circuit_da=data.draw(st.integers(100, 1600))
    )
    lab = Lab(found, limits)
    house = data.draw(st.tuples(*[st.integers(-200, 400)] * 3))
    for _ in range(20):
        grants = lab.step(house)
        for phase in range(3):
            offers = sum(
                grant.limit_da
                for one, grant in zip(found, grants, strict=True)
                if phase in [(one.settings.rotation + k) % 3 for k in range(grant.phases)]
            )
            assert offers <= max(0, min(limits.current_max_circuit_da, limits.current_main_da - house[phase]))
        assert all(grant.limit_da <= 160 for grant in grants)


@given(st.permutations(range(6)))
@settings(max_examples=10, deadline=None)
def test_input_order_is_irrelevant(order: list[int]) -> None:
    found = [charger(Mode.SMART, name=str(i), rotation=i % 3, priority=i % 2) for i in range(6)]
    shuffled = [found[i] for i in order]
    plain, mixed = Lab(found, WIDE), Lab(shuffled, WIDE)
    for _ in range(20):
        ours = {grant.charger_id: grant for grant in plain.step((10, 20, 30))}
        theirs = {grant.charger_id: grant for grant in mixed.step((10, 20, 30))}
        assert ours == theirs


def test_a_car_that_draws_nothing_queues_last_and_gives_its_share_away() -> None:
    controller = Controller()
    offered = [0, 0]
    grants: list[ChargerGrant] = []
    for now in range(0, 200_000, 1000):
        sleepy = charger(Mode.SMART, board(offered[0], closed=False, requests=False), IDLE, now, name="a")
        hungry = charger(Mode.SMART, board(offered[1]), (offered[1],) * 3, now, name="b")
        mains = (170 + offered[1], 20 + offered[1], 20 + offered[1])
        seen: Observation = site(now, mains, sleepy, hungry, settings=WIDE)
        grants = list(controller.decide(seen, now).grants)
        offered = [grant.limit_da for grant in grants]
        if now == 30_000:
            assert offered == [80, 0]
    assert offered == [0, 80]
