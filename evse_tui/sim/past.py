"""A past for the demo: weeks of the same simulated house, sun, battery and cars, without boards.

It is an illustration and says so wherever it is shown. Cars follow a law of their own that is much simpler than
`control`: whole amps under the maximum, the main fuse and the group fuse; in Solar what a smoothed surplus leaves.
The same seed and date give the same day, whenever the demo is started.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Final

from evse_tui.control.types import Constraint, Mode
from evse_tui.sim.battery import HomeBattery
from evse_tui.sim.car import MAINS_V
from evse_tui.sim.house import House
from evse_tui.sim.pv import Pv
from evse_tui.store import ChargerBucket, Session, SiteBucket
from evse_tui.store.history import Span, SubjectBucket
from evse_tui.store.periods import day_edges

DAYS: Final = 32
"""Whole days before the present one: more than any month."""
_NEWEST_DAYS: Final = 2
"""Made before the others, because a user looks there first."""
_FINE_DAYS: Final = 2
"""Today and yesterday are kept in minutes, the others in quarters of an hour, so that it costs little time."""
_FINE_STEP_S: Final = 30
_STEP_S: Final = 300
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400
_REST_S: Final = 1_200
"""The last car leaves before the demo's own first one comes."""
_LEAST_A: Final = 6
_BELOW_A: Final = 0.2
"""How far a car stays below what it is offered."""
_SMOOTH_S: Final = 600
"""Of the surplus, so that clouds do not switch a car on and off."""


@dataclass(frozen=True, slots=True)
class Plant:
    """What the past of a demo follows from."""

    seed: int
    chargers: tuple[str, ...]
    rotations: tuple[int, ...]
    """Mains phase index of each charger's L1."""
    pv_peak_w: float
    battery: bool
    price_milli_per_kwh: int
    main_a: int
    circuit_a: int
    maximum_a: int


@dataclass(frozen=True, slots=True)
class Part:
    """What was finished together, in the order of time."""

    spans: tuple[Span, ...]
    sessions: tuple[Session, ...]


def past(plant: Plant, until_s: float, zone: tzinfo) -> Iterator[Part]:
    """The present day until `until_s`, seconds since the epoch, with the newest days before it; then the older ones."""
    today = datetime.fromtimestamp(until_s, zone).date()
    first = date.fromordinal(today.toordinal() - DAYS)
    edges = day_edges(first, DAYS + 1, zone)
    end_s = int(until_s) // 60 * 60
    newest = DAYS - _NEWEST_DAYS
    yield from _days(plant, first, edges, range(newest, DAYS + 1), end_s)
    yield from _days(plant, first, edges, range(newest), edges[newest])


def _days(plant: Plant, first: date, edges: Sequence[int], numbers: range, end_s: int) -> Iterator[Part]:
    """Whole days but for the last one, in parts of an hour or less."""
    site = _Site(plant)
    for number in numbers:
        site.begin(date.fromordinal(first.toordinal() + number), edges[number], end_s - _REST_S)
        length_s = 60 if number > DAYS - _FINE_DAYS else 900
        until = min(edges[number + 1], end_s)
        for start_s in range(edges[number], until, _HOUR_S):
            spans = [site.run(at_s, length_s) for at_s in range(start_s, min(start_s + _HOUR_S, until), length_s)]
            yield Part(tuple(spans), tuple(site.ended(start_s + _HOUR_S)))
    yield Part((), tuple(site.ended(end_s)))


@dataclass(slots=True)
class _Visit:
    """One plug-in, and what it has taken."""

    charger: int
    start_s: int
    end_s: int
    phases: int
    solar: bool
    wants_wh: float
    taken_wh: float = 0.0
    own_wh: float = 0.0
    charging_s: int = 0
    most_a: float = 0.0
    used_phases: int = 0


@dataclass(slots=True)
class _Offer:
    """What one charger offers in a step, and why not more."""

    current_a: int = 0
    phases: int = 3
    reason: Constraint = Constraint.NOT_CONNECTED


@dataclass(slots=True)
class _Sums:
    """One bucket in the making: sums of value x ms, and extremes."""

    sums: dict[str, int] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    high: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.sums[name] = self.sums.get(name, 0) + round(value)

    def span(self, low: str, high: str, value: int) -> None:
        self.low[low] = min(value, self.low.get(low, value))
        self.high[high] = max(value, self.high.get(high, value))


class _Site:
    """The house with its cars, a step after the other."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._house = House(plant.seed)
        self._pv = Pv(plant.seed, peak_w=plant.pv_peak_w)
        self._battery = HomeBattery(soc=0.3) if plant.battery else None
        self._visits: list[_Visit] = []
        self._surplus_a = 0.0
        self._day_ms = 0
        self._midnight_s = 0

    def begin(self, day: date, midnight_s: int, last_s: int) -> None:
        """A new local day, with the cars that come in it; all are gone at `last_s`."""
        self._day_ms = day.toordinal() * _DAY_S * 1_000
        self._midnight_s = midnight_s
        for number, charger in enumerate(self._plant.chargers):
            rng = random.Random(f"past {self._plant.seed} {charger} {day.isoformat()}")  # a simulation, not a secret
            at_home = day.weekday() >= 5 or rng.random() < 0.25
            phases = 3 if rng.random() < 0.7 else 1
            if at_home:
                self._come(number, midnight_s, (9.2, 10.8), (15.0, 16.0), phases, last_s, rng, solar=True)
            if rng.random() < 0.75:
                self._come(number, midnight_s, (16.6, 19.4), (31.0, 32.8), phases, last_s, rng, solar=False)

    def _come(
        self,
        charger: int,
        midnight_s: int,
        comes: tuple[float, float],
        leaves: tuple[float, float],
        phases: int,
        last_s: int,
        rng: random.Random,
        *,
        solar: bool,
    ) -> None:
        start_s = midnight_s + round(rng.uniform(*comes) * _HOUR_S)
        end_s = min(last_s, midnight_s + round(rng.uniform(*leaves) * _HOUR_S))
        if end_s - start_s >= _REST_S:
            wants_wh = rng.uniform(6_000, 26_000)
            self._visits.append(_Visit(charger, start_s, end_s, phases, solar, wants_wh))

    def run(self, start_s: int, length_s: int) -> Span:
        """One bucket."""
        site = _Sums()
        chargers = [_Sums() for _ in self._plant.chargers]
        reasons: list[dict[Constraint, int]] = [{} for _ in chargers]
        step_s = _FINE_STEP_S if length_s == 60 else _STEP_S
        for at_s in range(start_s, start_s + length_s, step_s):
            self._step(at_s, step_s, site, chargers, reasons)
        spans = []
        for name, sums, of in zip(self._plant.chargers, chargers, reasons, strict=True):
            reason = max(of, key=lambda one: of[one])
            bucket = ChargerBucket(
                start_s, length_s, **sums.sums, **sums.low, **sums.high, reason=reason.value, reason_ms=of[reason]
            )
            spans.append(SubjectBucket(name, bucket))
        limits = {"main_da": self._plant.main_a * 10, "circuit_da": self._plant.circuit_a * 10}
        return Span(SiteBucket(start_s, length_s, **site.sums, **site.low, **site.high, **limits), tuple(spans))

    def ended(self, until_s: int) -> Iterator[Session]:
        """The plug-ins that ended before a moment, each once."""
        over = [visit for visit in self._visits if visit.end_s <= until_s]
        self._visits = [visit for visit in self._visits if visit.end_s > until_s]
        for visit in sorted(over, key=lambda visit: visit.start_s):
            duration_ms = (visit.end_s - visit.start_s) * 1_000
            yield Session(
                self._plant.chargers[visit.charger],
                float(visit.start_s),
                float(visit.end_s),
                duration_ms,
                min(duration_ms, visit.charging_s * 1_000),
                round(visit.taken_wh),
                estimated=False,
                solar_mj=_mj(visit.own_wh),
                cost_u=round((visit.taken_wh - visit.own_wh) * self._plant.price_milli_per_kwh),
                max_da=round(visit.most_a * 10),
                phases=visit.used_phases,
                mode=Mode.SOLAR if visit.solar else Mode.SMART,
            )

    # one step

    def _step(
        self, at_s: int, step_s: int, site: _Sums, chargers: Sequence[_Sums], reasons: Sequence[dict[Constraint, int]]
    ) -> None:
        of_day_ms = (
            min(at_s - self._midnight_s, _DAY_S - 1) * 1_000
        )  # the hour that comes twice in autumn is as the last
        house_a = self._house.currents_a(self._day_ms + of_day_ms)
        pv_w = self._pv.power_w(self._day_ms + of_day_ms)
        battery_w = 0.0 if self._battery is None else self._battery.power_w
        surplus_a = pv_w / MAINS_V - sum(house_a)
        self._surplus_a += (surplus_a - self._surplus_a) * min(1.0, step_s / _SMOOTH_S)
        base = [house - pv_w / MAINS_V / 3 + max(0.0, battery_w) / MAINS_V / 3 for house in house_a]
        offers, present = self._offers(at_s, base)
        drawn = [0.0, 0.0, 0.0]
        powers = []
        for number, (offer, visit) in enumerate(zip(offers, present, strict=True)):
            car_a = max(0.0, offer.current_a - _BELOW_A) if visit is not None else 0.0
            for phase in range(offer.phases if car_a else 0):
                drawn[(phase + self._plant.rotations[number]) % 3] += car_a
            powers.append(car_a * (offer.phases if car_a else 0) * MAINS_V)
        cars_w = sum(powers)
        if self._battery is not None:
            battery_w = self._battery.step(sum(house_a) * MAINS_V + cars_w - pv_w, at_s * 1_000)
        mains = [h + d + (battery_w - pv_w) / MAINS_V / 3 for h, d in zip(house_a, drawn, strict=True)]
        net_w = sum(mains) * MAINS_V
        own = 1.0 - min(1.0, max(0.0, net_w) / cars_w) if cars_w else 0.0
        self._book_site(site, step_s, mains, pv_w, battery_w, cars_w * own, cars_w)
        for number, (offer, visit) in enumerate(zip(offers, present, strict=True)):
            _book_charger(chargers[number], step_s, offer, visit, powers[number], own, self._plant.price_milli_per_kwh)
            reasons[number][offer.reason] = reasons[number].get(offer.reason, 0) + step_s * 1_000

    def _offers(self, at_s: int, base: Sequence[float]) -> tuple[list[_Offer], list[_Visit | None]]:
        """The first charger is served first: what it takes the next one does not have."""
        plant = self._plant
        mains = [plant.main_a - current_a for current_a in base]
        circuit = [float(plant.circuit_a)] * 3
        surplus_a = self._surplus_a
        offers, present = [], []
        for number, rotation in enumerate(plant.rotations):
            visit = next((v for v in self._visits if v.charger == number and v.start_s <= at_s < v.end_s), None)
            offer = _Offer()
            if visit is not None:
                offer = _offer(visit, plant.maximum_a, mains, circuit, surplus_a, rotation)
                for phase in range(offer.phases if offer.current_a else 0):
                    mains[(phase + rotation) % 3] -= offer.current_a
                    circuit[(phase + rotation) % 3] -= offer.current_a
                if visit.solar:
                    surplus_a -= offer.current_a * offer.phases
            offers.append(offer)
            present.append(visit)
        return offers, present

    def _book_site(
        self,
        site: _Sums,
        step_s: int,
        mains: Sequence[float],
        pv_w: float,
        battery_w: float,
        own_w: float,
        cars_w: float,
    ) -> None:
        ms, price = step_s * 1_000, self._plant.price_milli_per_kwh
        site.add("mains_ms", ms)
        for name, current_a in zip(("l1", "l2", "l3"), mains, strict=True):
            site.add(f"mains_{name}", round(current_a * 10) * ms)
            site.span(f"mains_min_{name}", f"mains_max_{name}", round(current_a * 10))
        net_w = sum(mains) * MAINS_V
        site.add("imported_mj", max(0.0, net_w) * ms)
        site.add("exported_mj", max(0.0, -net_w) * ms)
        site.add("pv_ms", ms)
        site.add("pv_mj", pv_w * ms)
        site.add("charged_mj", cars_w * ms)
        site.add("solar_mj", own_w * ms)
        site.add("cost_u", _cost_u(cars_w - own_w, step_s, price))
        site.add("price_ms", ms)
        site.add("price", price * ms)
        if self._battery is not None:
            battery_da = round(battery_w / MAINS_V * 10)
            site.add("battery_ms", ms)
            site.add("battery", battery_da * ms)
            site.add("removed", battery_da * ms)
            site.add("soc_ms", ms)
            site.add("soc", round(self._battery.soc * 1_000) * ms)


def _offer(
    visit: _Visit,
    maximum_a: int,
    mains: Sequence[float],
    circuit: Sequence[float],
    surplus_a: float,
    rotation: int,
) -> _Offer:
    """The least of what bounds it, in whole amps; in Solar on one phase if three are too many."""
    if visit.taken_wh >= visit.wants_wh:
        return _Offer(0, visit.phases, Constraint.NOT_REQUESTED)
    phases = 1 if visit.solar and surplus_a < 3 * _LEAST_A else visit.phases
    used = [(phase + rotation) % 3 for phase in range(phases)]
    bounds = [
        (float(maximum_a), Constraint.CURRENT_MAX),
        (min(mains[phase] for phase in used), Constraint.MAINS),
        (min(circuit[phase] for phase in used), Constraint.CIRCUIT),
    ]
    if visit.solar:
        bounds.append((surplus_a / phases, Constraint.SURPLUS))
    bound_a, reason = min(bounds, key=lambda bound: bound[0])
    if bound_a >= _LEAST_A:
        return _Offer(int(bound_a), phases, reason)
    return _Offer(0, phases, Constraint.WAITING_FOR_SURPLUS if reason is Constraint.SURPLUS else reason)


def _book_charger(
    sums: _Sums, step_s: int, offer: _Offer, visit: _Visit | None, power_w: float, own: float, price: int
) -> None:
    ms, offered_da = step_s * 1_000, offer.current_a * 10
    sums.add("online_ms", ms)
    sums.add("offered", offered_da * ms)
    sums.add("granted", offered_da * ms)
    sums.span("offered_min_da", "offered_max_da", offered_da)
    car_da = round(power_w / MAINS_V * 10 / offer.phases)
    sums.add("ev_ms", ms)
    for phase, name in enumerate(("ev_l1", "ev_l2", "ev_l3")):
        sums.add(name, car_da * ms if phase < offer.phases else 0)
    sums.high["ev_max_da"] = max(car_da, sums.high.get("ev_max_da", 0))
    if visit is None:
        return
    sums.add("plugged_ms", ms)
    if power_w:
        sums.add("charging_ms", ms)
        sums.add("three_ms", ms if offer.phases > 1 else 0)
        sums.add("charged_mj", power_w * ms)
        sums.add("solar_mj", power_w * own * ms)
        sums.add("cost_u", _cost_u(power_w * (1 - own), step_s, price))
        energy_wh = power_w * step_s / _HOUR_S
        visit.taken_wh += energy_wh
        visit.own_wh += energy_wh * own
        visit.charging_s += step_s
        visit.most_a = max(visit.most_a, offer.current_a - _BELOW_A)
        visit.used_phases = max(visit.used_phases, offer.phases)


def _cost_u(grid_w: float, step_s: int, price_milli_per_kwh: int) -> float:
    """Millionths of the currency; thousandths per kWh are millionths per Wh."""
    return grid_w * step_s / _HOUR_S * price_milli_per_kwh


def _mj(energy_wh: float) -> int:
    return round(energy_wh * 3_600_000)
