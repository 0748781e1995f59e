"""One run of a controller on the plant, and what it measures. Every function can run in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.control.optimum import Solar, sharing_optimum_wh, solar_optimum
from benchmarks.control.plant import VOLTS, Board, Car, Decider, MeterKind, Phases, Plant, Station
from benchmarks.control.traces import Day
from evse_tui.control.allocation import Demand, fill
from evse_tui.control.types import C2Mode, ChargerSettings, Mode, SiteSettings

LIMIT_DA = 250
_NOTHING: Phases = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class SolarResult:
    """A day of one SOLAR car with C2 Auto."""

    used_wh: float
    import_wh: float
    switches: int
    starts: int
    optimum: Solar

    @property
    def net_wh(self) -> float:
        return self.used_wh - self.import_wh


@dataclass(frozen=True, slots=True)
class CarKind:
    """The car of a solar run."""

    max_da: int = 160
    phases: int = 3
    dead_s: int = 2
    start_s: int = 8


ELEVEN_KW = CarKind()


def solar(
    day: Day,
    kind: MeterKind,
    make: Callable[[], Decider],
    metered: bool = True,
    worth_wh: int = 100,
    car: CarKind = ELEVEN_KW,
) -> SolarResult:
    """One car with C2 Auto on the surplus of a day."""
    wishes = ChargerSettings(mode=Mode.SOLAR, current_max_da=car.max_da, c2=C2Mode.AUTO)
    model = Car(max_da=car.max_da, phases=car.phases, dead_s=car.dead_s, start_s=car.start_s)
    station = Station("1", wishes, Board(limit_da=car.max_da, phases=1), model, metered=metered)
    limits = SiteSettings(
        current_main_da=max(LIMIT_DA, car.max_da + 80),
        current_max_circuit_da=max(160, car.max_da),
        switch_worth_wh=worth_wh,
    )
    plant = Plant(make(), [station], limits, kind)
    used = imported = 0.0
    starts, closed = 0, False
    for house, pv, surplus in zip(day.house_da, day.pv_da, day.surplus_w(), strict=True):
        plant.step(house, pv)
        drawn = sum(plant.drawn_da[0]) / 10 * VOLTS
        own = min(drawn, max(0.0, surplus))
        used, imported = used + own, imported + drawn - own
        starts += station.board.closed and not closed
        closed = station.board.closed
    optimum = solar_optimum(day.surplus_w(), car.max_da // 10, car.phases)
    return SolarResult(used / 3600, imported / 3600, station.board.switches, starts, optimum)


@dataclass(frozen=True, slots=True)
class SharingResult:
    """An evening of two SMART cars."""

    overload_as: float
    """Caused by cars, sum over phases."""
    longest_s: int
    """Longest overload > 5 % with cars drawing, edges of all kinds."""
    tripped: bool
    energy_wh: float
    optimum_wh: float


class Breaker:
    """Thermal model after the conventional currents of IEC 60898-1: holds 1.13 x, trips at 1.45 x in minutes."""

    TIME_CONSTANT_S = 210
    TRIPS_AT = 1.6

    def __init__(self) -> None:
        self._heat = [0.0, 0.0, 0.0]
        self.tripped = False

    def step(self, currents_da: Phases) -> None:
        """One second."""
        for i, current in enumerate(currents_da):
            self._heat[i] += ((current / LIMIT_DA) ** 2 - self._heat[i]) / self.TIME_CONSTANT_S
            self.tripped |= self._heat[i] > self.TRIPS_AT


def sharing(
    day: Day, kind: MeterKind, make: Callable[[], Decider], metered: bool = True, headroom_da: int = 0
) -> SharingResult:
    """2 x 16 A, three phases, on 25 A."""
    wishes = ChargerSettings(mode=Mode.SMART, current_max_da=160, c2=C2Mode.ALWAYS_ON)
    stations = [Station(name, wishes, metered=metered) for name in "ab"]
    limits = SiteSettings(current_main_da=LIMIT_DA, current_max_circuit_da=400, headroom_da=headroom_da)
    plant = Plant(make(), stations, limits, kind)
    breaker = Breaker()
    overload, longest, lasts = 0.0, 0, 0
    for house, pv in zip(day.house_da, day.pv_da, strict=True):
        plant.step(house, pv)
        own = [sum(drawn[i] for drawn in plant.drawn_da) for i in range(3)]
        overload += sum(min(max(0.0, g - LIMIT_DA), o) for g, o in zip(plant.grid_da, own, strict=True)) / 10
        over = any(g > 1.05 * LIMIT_DA and o > 0 for g, o in zip(plant.grid_da, own, strict=True))
        lasts = lasts + 1 if over else 0
        longest = max(longest, lasts)
        breaker.step(plant.grid_da)
    energy = sum(station.car.energy_wh for station in stations)
    others = [(h[0] - p[0], h[1] - p[1], h[2] - p[2]) for h, p in zip(day.house_da, day.pv_da, strict=True)]
    return SharingResult(overload, longest, breaker.tripped, energy, sharing_optimum_wh(others, LIMIT_DA, 2, 160))


def lone_edge_s(kind: MeterKind, make: Callable[[], Decider]) -> int:
    """Longest overload > 5 % after an edge that stands alone, over all positions of the edge between two samples."""
    longest = 0
    for at in range(120, 120 + kind.period_s):
        wishes = ChargerSettings(mode=Mode.SMART, current_max_da=160, c2=C2Mode.ALWAYS_ON)
        limits = SiteSettings(current_main_da=LIMIT_DA, current_max_circuit_da=400)
        plant = Plant(make(), [Station("a", wishes), Station("b", wishes)], limits, kind)
        over = 0
        for second in range(180):
            plant.step((30.0 + 87 * (second >= at), 20.0, 20.0))
            over += plant.grid_da[0] > 1.05 * LIMIT_DA and second >= at
        longest = max(longest, over)
    return longest


def settling_s(kind: MeterKind, make: Callable[[], Decider]) -> tuple[int, int]:
    """Seconds until the draw stays within a step (1 A) of the surplus, after a step of 7 A up and down, one phase."""
    wishes = ChargerSettings(mode=Mode.SOLAR, current_max_da=160, c2=C2Mode.ALWAYS_OFF)
    plant = Plant(make(), [Station("1", wishes, Board(phases=1))], SiteSettings(), kind)
    settled = []
    for surplus, seconds in ((68.0, 1300), (138.0, 300), (68.0, 300)):
        wrong = 0
        for second in range(1, seconds + 1):
            plant.step(_NOTHING, (surplus, 0.0, 0.0))
            if abs(plant.drawn_da[0][0] - surplus) > 10:
                wrong = second
        settled.append(wrong)
    return settled[1], settled[2]


def reversals_per_h(kind: MeterKind, make: Callable[[], Decider], grid_da: int = 10) -> float:
    """Changes of direction > 0.5 A of the draw at constant input, over surpluses that end on every tenth."""
    reversals = seconds = 0
    for surplus in range(80, 100):
        wishes = ChargerSettings(mode=Mode.SOLAR, current_max_da=160, c2=C2Mode.ALWAYS_OFF)
        station = Station("1", wishes, Board(phases=1), Car(grid_da=grid_da))
        plant = Plant(make(), [station], SiteSettings(), kind)
        last, direction = 0.0, 0
        for second in range(900):
            plant.step(_NOTHING, (float(surplus), 0.0, 0.0))
            drawn = plant.drawn_da[0][0]
            if second < 300:
                last = drawn
            elif abs(drawn - last) > 5:
                now = 1 if drawn > last else -1
                reversals += direction not in (0, now)
                last, direction = drawn, now
        seconds += 600
    return reversals * 3600 / seconds


def unfairness_a(day: Day, kind: MeterKind, make: Callable[[], Decider]) -> float:
    """Mean distance of offers to the max-min of the admitted cars under the room of the moment, A; unequal cars."""
    base = ChargerSettings(mode=Mode.SMART, current_max_da=160, c2=C2Mode.ALWAYS_ON)
    stations = [
        Station("a", base),
        Station("b", replace(base, current_max_da=100)),
        Station("c", replace(base, c2=C2Mode.ALWAYS_OFF, rotation=1), Board(phases=1), Car(phases=1)),
    ]
    lines = [(1, 1, 1), (1, 1, 1), (0, 1, 0)]
    limits = SiteSettings(current_main_da=LIMIT_DA, current_max_circuit_da=400)
    plant = Plant(make(), stations, limits, kind)
    distance = seconds = 0
    for house in day.house_da[:7200]:
        decision = plant.step(house)
        if decision.rooms_da is None or plant.now_s < 60:
            continue
        took = [i for i, grant in enumerate(decision.grants) if grant.limit_da]
        demands = [Demand(lines[i], 60, stations[i].settings.current_max_da) for i in took]
        fair = fill(demands, decision.rooms_da)
        distance += sum(abs(decision.grants[i].limit_da - f) for i, f in zip(took, fair, strict=True))
        seconds += len(took)
    return distance / max(1, seconds) / 10
