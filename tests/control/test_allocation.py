"""Admission and progressive filling against a slow and obvious reference."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.control.allocation import Demand, admit, fill

LINES = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 1, 1)]


@st.composite
def demands(draw: st.DrawFn, most: int = 60, with_sum: bool = False) -> list[Demand]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        weights = draw(st.sampled_from(LINES))
        floor = draw(st.integers(60, 160))
        cap = draw(st.integers(floor, 400))
        found.append(Demand((*weights, sum(weights)) if with_sum else weights, floor, cap))
    return found


def used(taken: list[Demand], grants: list[int], r: int) -> int:
    return sum(d.weights[r] * g for d, g in zip(taken, grants, strict=True))


def step_by_step(taken: list[Demand], rooms: list[int]) -> list[int]:
    """Raises the lowest charger that can still rise by 0.1 A, of equal ones that on fewer phases, until none can."""
    grants = [d.floor_da for d in taken]
    left = [room - used(taken, grants, r) for r, room in enumerate(rooms)]
    open_ = set(range(len(taken)))
    while open_:
        i = min(open_, key=lambda i: (grants[i], sum(taken[i].weights), i))
        d = taken[i]
        if grants[i] >= d.cap_da or any(w and left[r] < w for r, w in enumerate(d.weights)):
            open_.discard(i)
            continue
        grants[i] += 1
        left = [room - w for room, w in zip(left, d.weights, strict=True)]
    return grants


def admitted_of(found: list[Demand], rooms: list[int]) -> list[Demand]:
    return [d for d, yes in zip(found, admit(found, rooms), strict=True) if yes]


rooms3 = st.lists(st.integers(-50, 2000), min_size=3, max_size=3)


@given(demands(), rooms3)
@settings(deadline=None)
def test_offers_fit_every_phase_and_stay_between_floor_and_cap(found: list[Demand], rooms: list[int]) -> None:
    taken = admitted_of(found, rooms)
    grants = fill(taken, rooms)
    for r, room in enumerate(rooms):
        assert used(taken, grants, r) <= max(0, room)
    assert all(d.floor_da <= g <= d.cap_da for d, g in zip(taken, grants, strict=True))


@given(demands(12, with_sum=True), st.lists(st.integers(0, 1500), min_size=4, max_size=4))
@settings(max_examples=150, deadline=None)
def test_filling_is_the_max_min_optimum(found: list[Demand], rooms: list[int]) -> None:
    taken = admitted_of(found, rooms)
    ours, reference = sorted(fill(taken, rooms)), sorted(step_by_step(taken, rooms))
    assert ours == reference


@given(demands(12), rooms3)
@settings(deadline=None)
def test_nobody_can_rise_any_more(found: list[Demand], rooms: list[int]) -> None:
    taken = admitted_of(found, rooms)
    grants = fill(taken, rooms)
    left = [room - used(taken, grants, r) for r, room in enumerate(rooms)]
    for d, g in zip(taken, grants, strict=True):
        assert g == d.cap_da or any(w and left[r] < w for r, w in enumerate(d.weights))


@st.composite
def tight(draw: st.DrawFn, most: int = 60) -> tuple[list[Demand], list[int]]:
    """Chargers that all fit, with little to share beyond their minimum: the remainders of the division matter."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        floor = draw(st.sampled_from([60, 60, 60, 61, 62, 64]))
        found.append(Demand(draw(st.sampled_from(LINES)), floor, floor + draw(st.sampled_from([0, 1, 2, 5, 8]))))
    floors = [d.floor_da for d in found]
    return found, [used(found, floors, r) + draw(st.integers(0, 7 + most // 4)) for r in range(3)]


@given(tight())
@settings(max_examples=200, deadline=None)
def test_everybody_has_a_bottleneck_that_he_shares_fairly(site: tuple[list[Demand], list[int]]) -> None:
    """The certificate of max-min fairness (Bertsekas and Gallager, 6.5.2), to one step of 0.1 A, for 1-60 chargers.

    Who is below his cap uses a resource on which no step for him is left and nobody got more, minimum apart.
    """
    taken, rooms = site
    grants = fill(taken, rooms)
    left = [room - used(taken, grants, r) for r, room in enumerate(rooms)]
    for d, g in zip(taken, grants, strict=True):
        assert g == d.cap_da or any(
            w
            and left[r] < w
            and all(
                other <= g + 1 or other == e.floor_da for e, other in zip(taken, grants, strict=True) if e.weights[r]
            )
            for r, w in enumerate(d.weights)
        )


@given(tight(most=4))
@settings(max_examples=100, deadline=None)
def test_no_other_allocation_is_better_by_more_than_a_step(site: tuple[list[Demand], list[int]]) -> None:
    """Brute force over every allocation of small sites."""
    taken, rooms = site
    ranges = [range(d.floor_da, d.cap_da + 1) for d in taken]
    best = max(
        sorted(grants)
        for grants in product(*ranges)
        if all(used(taken, list(grants), r) <= room for r, room in enumerate(rooms))
    )
    ours = sorted(fill(taken, rooms))
    assert ours[0] == best[0]
    assert all(a >= b - 1 for a, b in zip(ours, best, strict=True))


@given(tight(), st.lists(st.integers(0, 4), min_size=3, max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_little_more_room_never_lowers_the_sorted_grants(
    site: tuple[list[Demand], list[int]], more: list[int]
) -> None:
    taken, rooms = site
    wider = [room + extra for room, extra in zip(rooms, more, strict=True)]
    assert sorted(fill(taken, wider)) >= sorted(fill(taken, rooms))


def test_late_risers_share_what_an_exhausted_phase_leaves_on_the_others() -> None:
    """Four cars on three phases meet the end of L3; the two whose minimum is higher share what L1 and L2 still have."""
    found = [Demand((1, 1, 1), 60, 80)] * 4 + [Demand((1, 1, 0), 62, 80), Demand((0, 1, 0), 62, 80)]
    assert fill(found, [305, 367, 241])[4:] == [63, 63]


@given(demands(8), rooms3, st.lists(st.integers(0, 200), min_size=3, max_size=3))
@settings(deadline=None)
def test_more_room_never_lowers_the_sorted_grants(found: list[Demand], rooms: list[int], more: list[int]) -> None:
    """With the admitted set fixed the sorted vector of grants never falls lexicographically."""
    taken = admitted_of(found, rooms)
    wider = [room + extra for room, extra in zip(rooms, more, strict=True)]
    assert sorted(fill(taken, wider)) >= sorted(fill(taken, rooms))


def test_remainders_are_handed_out_in_order() -> None:
    three = [Demand((1, 1, 1), 60, 160)] * 3
    assert fill(three, [250, 250, 250]) == [84, 83, 83]


def test_who_does_not_fit_does_not_stop_the_others() -> None:
    found = [Demand((1, 0, 0), 60, 160), Demand((1, 0, 0), 60, 160), Demand((0, 1, 0), 60, 160)]
    assert admit(found, [100, 100, 100]) == [True, False, True]


def test_a_forced_charger_keeps_its_floor_and_takes_the_room_of_others() -> None:
    found = [Demand((1, 0, 0), 60, 160), Demand((1, 0, 0), 60, 160, forced=True)]
    assert admit(found, [100, 100, 100]) == [False, True]
