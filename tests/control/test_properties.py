"""Laws that hold for every site of 1-60 chargers, seen from outside: observations in, grants out.

What holds for the allocation alone is in test_allocation.py, the arithmetic of the battery in test_battery.py, and what
must hold for impossible input in test_any_input.py.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.controller import Controller
from evse_tui.control.types import (
    C2Mode,
    ChargerGrant,
    ChargerObservation,
    Constraint,
    Mode,
    PhaseCurrents,
    Sample,
    SiteSettings,
)
from tests.control.builders import IDLE, board, charger, site

STEP_MS = 5_000


class Lab:
    """A site whose boards and cars do at once what they are told, on a house that stays as it is."""

    def __init__(self, chargers: list[ChargerObservation], limits: SiteSettings, house: PhaseCurrents) -> None:
        self.controller = Controller()
        self.chargers, self.limits, self.house = chargers, limits, house
        self.offered = dict.fromkeys((one.id for one in chargers), 0)
        self.now_ms = 0

    def step(self, *, battery_da: int | None = None, grid_relay: bool = False) -> dict[str, ChargerGrant]:
        """One sample, 5 s after the last."""
        self.now_ms += STEP_MS
        mains, seen = list(self.house), []
        for one in self.chargers:
            offered, phases = self.offered[one.id], phases_of(one)
            for line in lines_of(one):
                mains[line] += offered
            drawn = (offered, offered * (phases > 1), offered * (phases > 1))
            assert one.board is not None
            now = replace(one.board, offered_da=offered, closed=offered > 0, phases=phases)
            seen.append(replace(one, board=now, ev=Sample(drawn, self.now_ms)))
        observation = site(
            self.now_ms, (mains[0], mains[1], mains[2]), *seen, battery_da=battery_da, settings=self.limits
        )
        decision = self.controller.decide(replace(observation, grid_relay=grid_relay), self.now_ms)
        self.offered = {grant.charger_id: grant.limit_da for grant in decision.grants}
        return {grant.charger_id: grant for grant in decision.grants}


def phases_of(one: ChargerObservation) -> int:
    return 3 if one.settings.c2 is C2Mode.ALWAYS_ON else 1


def lines_of(one: ChargerObservation) -> list[int]:
    return [(one.settings.rotation + i) % 3 for i in range(phases_of(one))]


@st.composite
def sites(draw: st.DrawFn, most: int = 60) -> list[ChargerObservation]:
    return [
        charger(
            draw(st.sampled_from([Mode.SMART, Mode.SMART, Mode.NORMAL, Mode.SOLAR])),
            board(limit_da=draw(st.sampled_from([60, 100, 130, 160, 320])), limit_slot=Constraint.CABLE, requests=True),
            name=f"{i:02}",
            c2=draw(st.sampled_from([C2Mode.ALWAYS_ON, C2Mode.ALWAYS_OFF])),
            rotation=draw(st.integers(0, 2)),
            priority=draw(st.integers(0, 1)),
            current_max_da=draw(st.integers(60, 320)),
        )
        for i in range(draw(st.integers(1, most)))
    ]


houses = st.tuples(*[st.integers(-400, 300)] * 3)
limits = st.builds(
    SiteSettings,
    current_main_da=st.integers(100, 2000),
    current_max_circuit_da=st.integers(100, 1600),
    current_max_sum_mains_da=st.sampled_from([0, 300, 1000, 3000]),
    unbalance_da=st.sampled_from([0, 100, 200]),
)


@given(sites(), limits, houses, st.booleans())
@settings(max_examples=40, deadline=None)
def test_offers_never_exceed_any_limit(
    chargers: list[ChargerObservation], wide: SiteSettings, house: PhaseCurrents, relay: bool
) -> None:
    """Mains, circuit and unbalance per phase, and the relay's sum."""
    lab = Lab(chargers, wide, house)
    for _ in range(16):
        grants = lab.step(grid_relay=relay)
        offers = [(one, grants[one.id].limit_da) for one in chargers]
        for phase in range(3):
            total = sum(offer for one, offer in offers if phase in lines_of(one))
            assert total <= max(0, min(wide.current_max_circuit_da, wide.current_main_da - house[phase]))
            alone = sum(offer for one, offer in offers if lines_of(one) == [phase])
            assert not wide.unbalance_da or alone <= wide.unbalance_da
        if relay:
            assert sum(phases_of(one) * offer for one, offer in offers) <= wide.grid_relay_limit_da


@given(sites(8), st.integers(200, 1500), houses)
@settings(max_examples=40, deadline=None)
def test_a_capacity_is_filled_and_never_exceeded(
    chargers: list[ChargerObservation], capacity: int, house: PhaseCurrents
) -> None:
    """Smart cars on a large connection: their sum and the house stay within it, and nobody could have a step more."""
    smart = [replace(one, settings=replace(one.settings, mode=Mode.SMART)) for one in chargers]
    wide = SiteSettings(current_main_da=9000, current_max_circuit_da=9000, current_max_sum_mains_da=capacity)
    lab = Lab(smart, wide, house)
    for _ in range(16):
        grants = lab.step()
        left = capacity - sum(house) - sum(phases_of(one) * grants[one.id].limit_da for one in smart)
        assert left >= min(0, capacity - sum(house))
    for one in smart:
        assert one.board is not None
        most = min(one.board.limit_da, one.settings.current_max_da)
        assert grants[one.id].limit_da in (0, most) or left < phases_of(one)


@given(sites(), limits, houses)
@settings(max_examples=25, deadline=None)
def test_a_grant_never_exceeds_the_slots_of_its_board_nor_the_wish_of_its_user(
    chargers: list[ChargerObservation], wide: SiteSettings, house: PhaseCurrents
) -> None:
    lab = Lab(chargers, wide, house)
    for _ in range(10):
        grants = lab.step()
        for one in chargers:
            assert one.board is not None
            assert grants[one.id].limit_da <= min(one.board.limit_da, one.settings.current_max_da)


@given(st.data(), sites(), limits, houses)
@settings(max_examples=25, deadline=None)
def test_input_order_is_irrelevant(
    data: st.DataObject, chargers: list[ChargerObservation], wide: SiteSettings, house: PhaseCurrents
) -> None:
    plain = Lab(chargers, wide, house)
    mixed = Lab(data.draw(st.permutations(chargers)), wide, house)
    for _ in range(12):
        assert plain.step() == mixed.step()


@given(st.integers(2, 60), st.integers(1, 8))
@settings(max_examples=8, deadline=None)
def test_nobody_waits_longer_than_a_round_of_rotations(count: int, slots: int) -> None:
    """k slots for n equal cars: at most ceil(n / k) - 1 rotations, here of 1 min, and two samples for each handover."""
    slots = min(slots, count)
    rotations = -(-count // slots) - 1
    cars = [charger(Mode.SMART, name=f"{i:02}") for i in range(count)]
    lab = Lab(cars, SiteSettings(current_main_da=60 * slots + 15, current_max_circuit_da=5000, rotation_min=1), IDLE)
    waited, longest = dict.fromkeys(lab.offered, 0), 0
    for _ in range((rotations + 2) * 60_000 // STEP_MS + 6):
        for name, grant in lab.step().items():
            waited[name] = 0 if grant.limit_da else waited[name] + STEP_MS
            longest = max(longest, waited[name])
    assert longest <= rotations * (60_000 + 2 * STEP_MS) + 2 * STEP_MS


@given(sites(8), houses, st.integers(-300, 300), st.integers(-600, 600))
@settings(max_examples=40, deadline=None)
def test_battery_and_mains_together_change_nothing_for_solar_cars(
    chargers: list[ChargerObservation], house: PhaseCurrents, battery: int, x: int
) -> None:
    """Adding x to the battery and to the mains leaves every grant as it was while no hard limit binds."""
    wide = SiteSettings(current_main_da=50_000, current_max_circuit_da=50_000)
    solar = [replace(one, settings=replace(one.settings, mode=Mode.SOLAR)) for one in chargers]
    plain = Lab(solar, wide, house)
    shifted = Lab(solar, wide, (house[0], house[1] + x, house[2]))
    for _ in range(16):
        ours, theirs = plain.step(battery_da=battery), shifted.step(battery_da=battery + x)
        assert [grant.limit_da for grant in ours.values()] == [grant.limit_da for grant in theirs.values()]


def test_one_ampere_of_export_and_a_battery_that_takes_ten_are_eleven() -> None:
    one = charger(Mode.SOLAR, board(0, phases=1), IDLE, 0)
    decision = Controller().decide(site(0, (-10, 0, 0), one, battery_da=100), 0)
    assert decision.surplus is not None
    assert decision.surplus.neutralised_sum_da == -110
