"""`python -m benchmarks.control [--data DIR] [--seed N] [--only PART ..] [--csv FILE] [--plots DIR]`

Prints one table: targets, ours, the optimum and three public laws, all at one setting. Without a data folder it judges
on seeded synthetic days, for which the targets were not made but should hold as well. `--only unseen` judges on days,
houses and cars that nothing was tuned on; it takes longest and runs only when asked for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.control import cost, runs
from benchmarks.control.baselines import PUBLIC, Baseline
from benchmarks.control.optimum import solar_optimum
from benchmarks.control.pareto import Point, draw, write
from benchmarks.control.plant import Decider, MeterKind
from benchmarks.control.traces import Day, sharing_day, solar_days
from benchmarks.table import show
from evse_tui.control.controller import Controller

METERS = (MeterKind(1, 1), MeterKind(1, 5), MeterKind(10, 1))
SOLAR_TARGETS = (0.95, 0.94, 0.91)
PARTS = ("solar", "sharing", "loops", "speed", "baselines", "pareto", "unseen")
Make = Callable[[], Decider]
BASELINES: dict[str, Make] = {public.name: partial(Baseline, public) for public in PUBLIC}


@dataclass(frozen=True, slots=True)
class Judge:
    """The days, the laws to judge, ours first, and a pool to run them on."""

    pool: ProcessPoolExecutor
    days: list[Day]
    evening: Day
    laws: dict[str, Make]

    def solar(self, kind: MeterKind, make: Make, worth_wh: int = 100) -> list[Future[runs.SolarResult]]:
        return [self.pool.submit(runs.solar, day, kind, make, True, worth_wh) for day in self.days]


@dataclass(slots=True)
class Table:
    """Rows of metric, target, ours, met or missed, optimum, public laws."""

    laws: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)

    def add(self, metric: str, target: str, values: Sequence[str], optimum: str = "", met: bool | None = None) -> None:
        """`values` in the order of the laws; laws that have none stand at the end."""
        others = [*values[1:], *[""] * (len(self.laws) - len(values))]
        self.rows.append([metric, target, values[0], {None: "", True: "met", False: "MISSED"}[met], optimum, *others])

    def show(self, title: str) -> None:
        if self.rows:
            show(title, ["metric", "target", "ours", "", "optimum", *self.laws[1:]], self.rows)


def _name(kind: MeterKind) -> str:
    return f"({kind.period_s},{kind.delay_s})"


def _met(value: float, target: float, lower_is_better: bool) -> str:
    return "met" if (value <= target if lower_is_better else value >= target) else "MISSED"


@dataclass(frozen=True, slots=True)
class SolarFigures:
    """Sums over days."""

    share: float
    """Used minus import, of the optimum's objective (0.1 kWh a switch subtracted there)."""
    of_energy: float
    """The same of the optimum's energy alone."""
    both: float
    """0.1 kWh a switch subtracted on both sides."""
    imported: float
    switches: int
    starts: int

    @classmethod
    def of(cls, results: Sequence[runs.SolarResult]) -> SolarFigures:
        net = sum(result.net_wh for result in results)
        best = sum(result.optimum.net_wh for result in results)
        objective = best - 100 * sum(result.optimum.switches for result in results)
        drawn = sum(result.used_wh + result.import_wh for result in results)
        switches = sum(result.switches for result in results)
        return cls(
            net / objective,
            net / best,
            (net - 100 * switches) / objective,
            sum(result.import_wh for result in results) / drawn if drawn else 0.0,
            switches,
            sum(result.starts for result in results),
        )


def solar(judge: Judge, table: Table) -> None:
    """One car of 16 A, C2 Auto."""
    futures = [[judge.solar(kind, make) for make in judge.laws.values()] for kind in METERS]
    found = [[[future.result() for future in days] for days in laws] for laws in futures]
    best = [result.optimum for result in found[0][0]]
    used = sum(result.used_wh + result.import_wh for result in best)
    imported = sum(result.import_wh for result in best) / used
    switches = sum(result.switches for result in best)
    days = []
    for kind, target, laws in zip(METERS, SOLAR_TARGETS, found, strict=True):
        all_ = [SolarFigures.of(results) for results in laws]
        ours, label = all_[0], _name(kind)
        shares = [f"{one.share:.3f}" for one in all_]
        table.add(
            f"solar {label}: net / optimum's objective", f">= {target:.2f}", shares, "1.000", ours.share >= target
        )
        table.add("  net / optimum's energy alone", "", [f"{one.of_energy:.3f}" for one in all_], "1.000")
        table.add("  0.1 kWh a switch off on both sides", "", [f"{one.both:.3f}" for one in all_], "1.000")
        imports = [f"{one.imported:.3f}" for one in all_]
        table.add("  import / EV energy", "<= 0.05", imports, f"{imported:.3f}", ours.imported <= 0.05)
        counts = [str(one.switches) for one in all_]
        table.add("  phase switches, four days", "<= 16", counts, str(switches), ours.switches <= 16)
        table.add("  starts, four days", "", [str(one.starts) for one in all_], str(sum(one.starts for one in best)))
        for day, result in zip(judge.days, laws[0], strict=True):
            one = SolarFigures.of([result])
            days.append(
                [
                    f"{day.name} {label}",
                    f"{result.net_wh / 1000:.2f}",
                    f"{result.optimum.net_wh / 1000:.2f}",
                    f"{one.share:.3f}",
                    f"{one.of_energy:.3f}",
                    f"{one.imported:.3f}",
                    f"{one.switches} / {result.optimum.switches}",
                    f"{one.starts} / {result.optimum.starts}",
                ]
            )
    header = ["day", "net kWh", "optimum kWh", "/ objective", "/ energy", "import", "switches / opt.", "starts / opt."]
    show("Ours, day by day", header, days)


def sharing(judge: Judge, table: Table) -> None:
    """2 x 16 A on 25 A, 9 h."""
    submit = judge.pool.submit
    makes = list(judge.laws.values())
    found = [[submit(runs.sharing, judge.evening, kind, make) for make in makes] for kind in METERS]
    edges = [[submit(runs.lone_edge_s, kind, make) for make in makes] for kind in METERS]
    blind = submit(runs.sharing, judge.evening, METERS[0], Controller, False)
    for i, kind in enumerate(METERS):
        label, laws = _name(kind), [future.result() for future in found[i]]
        _sharing_rows(table, f"sharing {label}", laws)
        limit, lone = kind.period_s + kind.delay_s + 3, [future.result() for future in edges[i]]
        metric = "  the same, an edge that stands alone"
        table.add(metric, f"<= {limit}", [str(seconds) for seconds in lone], "0", lone[0] <= limit)
    _sharing_rows(table, f"sharing {_name(METERS[0])} without EV meters", [blind.result()])


def _sharing_rows(table: Table, label: str, laws: Sequence[runs.SharingResult]) -> None:
    ours = laws[0]
    overloads = [f"{one.overload_as:.0f}" for one in laws]
    table.add(f"{label}: overload, A s", "<= 1500", overloads, "0", ours.overload_as <= 1500)
    trips = ["yes" if one.tripped else "no" for one in laws]
    table.add("  breaker model trips", "no", trips, "no", not ours.tripped)
    shares = [f"{one.energy_wh / one.optimum_wh:.3f}" for one in laws]
    enough = ours.energy_wh >= 0.93 * ours.optimum_wh
    table.add("  energy of the zero-lag optimum", ">= 0.93", shares, "1.000", enough)
    table.add("  longest overload > 5 %, any edges, s", "", [str(one.longest_s) for one in laws], "0")


def loops(judge: Judge, table: Table) -> None:
    """Small signals."""
    submit = judge.pool.submit
    makes = list(judge.laws.values())
    settling = [submit(runs.settling_s, METERS[0], make) for make in makes]
    turns = {
        (kind, grid): [submit(runs.reversals_per_h, kind, make, grid) for make in makes]
        for kind in METERS
        for grid in (10, 1)
    }
    unfair = submit(runs.unfairness_a, judge.evening, METERS[0], Controller)
    settled = [future.result() for future in settling]
    for i, (way, limit) in enumerate((("up", 10), ("down", 5))):
        seconds = [str(both[i]) for both in settled]
        metric = f"settling {way}, 7 A, 1 s meter, s"
        table.add(metric, f"<= {limit}", seconds, "0", settled[0][i] <= limit)
    for (kind, grid), futures in turns.items():
        found = [future.result() for future in futures]
        metric = f"reversals > 0.5 A per h, {_name(kind)}, car in steps of {grid / 10:.1f} A"
        table.add(metric, "0", [f"{each:.1f}" for each in found], "0", found[0] == 0)
    mean = unfair.result()
    table.add("mean distance to max-min, 3 unequal cars, A", "<= 0.2", [f"{mean:.2f}"], "0.00", mean <= 0.2)


def speed(_judge: Judge) -> None:
    rows = []
    for chargers, target in ((8, 0.2), (100, None), (1000, 20.0)):
        found = cost.decide_ms(chargers, Controller)
        limit = "" if target is None else f"<= {target:g}"
        for label, taken in (
            ("only the mains are new", found.mains_only),
            ("all chargers bring news", found.all_new),
            ("and answer their start", found.starting),
        ):
            met = "" if target is None else _met(taken, target, True)
            rows.append([f"decide() for {chargers}, {label}, ms of CPU", limit, f"{taken:.3f}", met])
        rows.append(
            [f"  memory a charger, {chargers} of them, KiB", "", f"{cost.memory_kib(chargers, Controller):.1f}", ""]
        )
    rows.append(["this machine: max(1, 2), ns of CPU", "", f"{cost.machine_ns():.0f}", ""])
    show("Speed, medians", ["metric", "target", "ours", ""], rows)


def pareto(judge: Judge, table: Path | None, plots: Path | None) -> None:
    """What each knob trades, against the optimum and the public laws; all with meter (1,1)."""
    submit, kind = judge.pool.submit, METERS[0]
    headrooms = {
        f"{headroom / 10:g} A": submit(runs.sharing, judge.evening, kind, Controller, True, headroom)
        for headroom in (0, 5, 10, 20, 30)
    }
    evenings = {name: submit(runs.sharing, judge.evening, kind, law) for name, law in BASELINES.items()}
    worths = {f"{worth} Wh": judge.solar(kind, Controller, worth) for worth in (25, 50, 100, 200, 400)}
    best = {
        f"{worth} Wh": [submit(solar_optimum, day.surplus_w(), 16, 3, float(worth)) for day in judge.days]
        for worth in (25, 50, 100, 200, 400, 1000)
    }
    suns = {name: judge.solar(kind, law) for name, law in BASELINES.items()}
    evening = [("ours", knob, future) for knob, future in headrooms.items()]
    evening += [(name, "", future) for name, future in evenings.items()]
    points = []
    for law, knob, future in evening:
        shared = future.result()
        points.append(Point("overload", law, knob, shared.overload_as, 100 * shared.energy_wh / shared.optimum_wh))
    sun = [("ours", knob, futures) for knob, futures in worths.items()]
    sun += [(name, "", futures) for name, futures in suns.items()]
    for law, knob, futures in sun:
        results = [future.result() for future in futures]
        net = sum(one.net_wh for one in results) / 1000
        points.append(Point("solar", law, knob, sum(one.switches for one in results), net))
    for knob, found in best.items():
        optima = [future.result() for future in found]
        net = sum(one.net_wh for one in optima) / 1000
        points.append(Point("solar", "optimum", knob, sum(one.switches for one in optima), net))
    rows = [[point.plot, point.law, point.knob, f"{point.x:.0f}", f"{point.y:.2f}"] for point in points]
    show("Pareto", ["plot", "law", "knob", "overload A s | switches", "energy % | net kWh"], rows)
    if plots is not None:
        plots.mkdir(parents=True, exist_ok=True)
        for name, text in draw(points).items():
            (plots / name).write_text(text, encoding="utf-8")
    if table is not None:
        write(points, table)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A variation of the solar run that nothing was tuned on."""

    name: str
    seeds: tuple[int, ...]
    house: float = 1.0
    pv: float = 1.0
    car: runs.CarKind = runs.ELEVEN_KW
    kind: MeterKind = METERS[0]
    metered: bool = True


UNSEEN = (
    Unseen("11 kW", (11, 12, 13)),
    Unseen("11 kW, large house", (14, 15), house=1.6),
    Unseen("11 kW, small roof", (16, 17), pv=0.5),
    Unseen("11 kW, large roof", (18,), pv=1.6),
    Unseen("22 kW, large roof", (19,), pv=1.6, car=runs.CarKind(320)),
    Unseen("one phase, 32 A", (20, 21), car=runs.CarKind(320, phases=1)),
    Unseen("11 kW, slow: 4 s dead, 25 s to start", (22,), car=runs.CarKind(dead_s=4, start_s=25)),
    Unseen("11 kW, meter (10,1)", (23, 24), kind=METERS[2]),
    Unseen("11 kW, no EV meter", (25, 26), metered=False),
    Unseen("11 kW, no EV meter, meter (10,1)", (27,), kind=METERS[2], metered=False),
)


def unseen(judge: Judge, folder: Path | None) -> None:
    """Other seeds, houses, roofs and cars: the four standard days each."""
    futures = {
        one: [
            judge.pool.submit(runs.solar, day, one.kind, Controller, one.metered, 100, one.car)
            for seed in one.seeds
            for day in solar_days(folder, seed, one.house, one.pv)
        ]
        for one in UNSEEN
    }
    rows = []
    for one, found in futures.items():
        results = [future.result() for future in found]
        ours = SolarFigures.of(results)
        rows.append(
            [
                one.name,
                str(len(results)),
                f"{ours.share:.3f}",
                f"{ours.of_energy:.3f}",
                f"{ours.both:.3f}",
                f"{ours.imported:.3f}",
                f"{ours.switches} / {sum(result.optimum.switches for result in results)}",
                f"{ours.starts} / {sum(result.optimum.starts for result in results)}",
            ]
        )
    header = ["unseen", "days", "/ objective", "/ energy", "both", "import", "switches / opt.", "starts / opt."]
    show("Solar on days and cars that nothing was tuned on", header, rows)


def main(arguments: Sequence[str]) -> int:
    """Runs the parts asked for, by default all."""
    parser = argparse.ArgumentParser(prog="benchmarks.control", description="Judges the controller on the plant.")
    parser.add_argument("--data", type=Path, help="folder with house-*.csv and pv-*.csv; default: synthetic days")
    parser.add_argument("--seed", type=int, default=1, help="of the edges, and of the synthetic days")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS[:-1])
    parser.add_argument("--csv", type=Path, help="where to write the Pareto data")
    parser.add_argument("--plots", type=Path, help="folder for the Pareto plots (SVG)")
    options = parser.parse_args(arguments)
    with ProcessPoolExecutor(max_workers=2) as pool:
        laws = {"ours": Controller} | (BASELINES if "baselines" in options.only else {})
        days = solar_days(options.data, options.seed)
        judge = Judge(pool, days, sharing_day(options.data, options.seed), laws)
        sys.stdout.write(f"days: {options.data or 'synthetic'}, seed {options.seed}\n")
        table = Table(list(laws))
        for name, part in (("solar", solar), ("sharing", sharing), ("loops", loops)):
            if name in options.only:
                part(judge, table)
        table.show("Targets, at one setting; net is used - import")
        if "speed" in options.only:
            speed(judge)
        if "unseen" in options.only:
            unseen(judge, options.data)
        if "pareto" in options.only:
            pareto(judge, options.csv, options.plots)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
