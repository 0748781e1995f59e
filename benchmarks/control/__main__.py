"""`python -m benchmarks.control [--data DIR] [--seed N] [--only PART ..] [--csv FILE] [--plots DIR]`

Prints the table of targets of control.md with ours and the optimum, all at one setting. Without a data folder it judges
on seeded synthetic days, for which the targets were not made but should hold as well.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.control import runs
from benchmarks.control.baselines import PUBLIC, Baseline
from benchmarks.control.plant import Decider, MeterKind
from benchmarks.control.plots import scatter
from benchmarks.control.traces import Day, sharing_day, solar_days
from benchmarks.table import show
from evse_tui.control.controller import Controller

METERS = (MeterKind(1, 1), MeterKind(1, 5), MeterKind(10, 1))
SOLAR_TARGETS = (0.95, 0.94, 0.91)
PARTS = ("solar", "sharing", "loops", "speed", "baselines", "pareto")
Make = Callable[[], Decider]


@dataclass(frozen=True, slots=True)
class Judge:
    """The days and a pool to run them on."""

    pool: ProcessPoolExecutor
    days: list[Day]
    evening: Day

    def solar(self, kind: MeterKind, make: Make, worth_wh: int = 100) -> list[Future[runs.SolarResult]]:
        return [self.pool.submit(runs.solar, day, kind, make, True, worth_wh) for day in self.days]


def _name(kind: MeterKind) -> str:
    return f"({kind.period_s},{kind.delay_s})"


def _met(value: float, target: float, lower_is_better: bool) -> str:
    return "met" if (value <= target if lower_is_better else value >= target) else "MISSED"


def _solar_figures(results: Sequence[runs.SolarResult]) -> tuple[float, float, float, int, int]:
    """Net of the optimum's objective, net of its net, import share, phase switches, starts."""
    net = sum(result.net_wh for result in results)
    best = sum(result.optimum.net_wh for result in results)
    objective = best - 100 * sum(result.optimum.switches for result in results)
    drawn = sum(result.used_wh + result.import_wh for result in results)
    return (
        net / objective,
        net / best,
        sum(result.import_wh for result in results) / drawn,
        sum(result.switches for result in results),
        sum(result.starts for result in results),
    )


def solar(judge: Judge) -> None:
    rows = []
    futures = [judge.solar(kind, Controller) for kind in METERS]
    optimum = [future.result().optimum for future in futures[0]]
    for kind, target, found in zip(METERS, SOLAR_TARGETS, futures, strict=True):
        share, of_net, imported, switches, starts = _solar_figures([future.result() for future in found])
        rows += [
            [
                f"(used - import) / optimum {_name(kind)}",
                f">= {target:.2f}",
                f"{share:.3f}",
                _met(share, target, False),
            ],
            ["  of the optimum's energy alone", "", f"{of_net:.3f}", ""],
            ["  import / EV energy", "<= 0.05", f"{imported:.3f}", _met(imported, 0.05, True)],
            ["  phase switches, four days", "<= 16", str(switches), _met(switches, 16, True)],
            ["  starts, four days", "", str(starts), ""],
        ]
        for day, future in zip(judge.days, found, strict=True):
            result = future.result()
            one = result.net_wh / (result.optimum.net_wh - 100 * result.optimum.switches)
            rows.append([f"    {day.name}", "", f"{one:.3f}", f"{result.switches} switches, {result.starts} starts"])
    used = sum(result.used_wh + result.import_wh for result in optimum)
    net = sum(result.net_wh for result in optimum) / 1000
    switches = sum(result.switches for result in optimum)
    note = (
        f"optimum: {net:.1f} kWh used - import, {net - 0.1 * switches:.1f} kWh with 0.1 kWh a switch, "
        f"{switches} switches, import {sum(result.import_wh for result in optimum) / used:.1%}"
    )
    show("Solar, one car of 16 A, C2 Auto", ["metric", "target", "ours", ""], rows, note)


def sharing(judge: Judge) -> None:
    rows = []
    for metered in (True, False):
        kinds = METERS if metered else METERS[:1]
        futures = [judge.pool.submit(runs.sharing, judge.evening, kind, Controller, metered) for kind in kinds]
        edges = [judge.pool.submit(runs.lone_edge_s, kind, Controller) for kind in kinds] if metered else []
        for i, (kind, future) in enumerate(zip(kinds, futures, strict=True)):
            result = future.result()
            share = result.energy_wh / result.optimum_wh
            label = _name(kind) if metered else f"{_name(kind)} without EV meters"
            rows += [
                [
                    f"overload, A s {label}",
                    "<= 1500",
                    f"{result.overload_as:.0f}",
                    _met(result.overload_as, 1500, True),
                ],
                ["  breaker model trips", "no", "yes" if result.tripped else "no", _met(result.tripped, 0, True)],
                ["  energy of the zero-lag optimum", ">= 0.93", f"{share:.3f}", _met(share, 0.93, False)],
                ["  longest overload > 5 %, any edges, s", "", str(result.longest_s), ""],
            ]
            if metered:
                limit, found = kind.period_s + kind.delay_s + 3, edges[i].result()
                rows.append(
                    ["  the same, an edge that stands alone", f"<= {limit}", str(found), _met(found, limit, True)]
                )
    show("Sharing, 2 x 16 A on 25 A, 9 h", ["metric", "target", "ours", ""], rows)


def loops(judge: Judge) -> None:
    rows = []
    up, down = runs.settling_s(METERS[0], Controller)
    rows.append(["settling up, 7 A, 1 s meter, s", "<= 10", str(up), _met(up, 10, True)])
    rows.append(["settling down, 7 A, 1 s meter, s", "<= 5", str(down), _met(down, 5, True)])
    for kind in METERS:
        for grid in (10, 1):
            found = runs.reversals_per_h(kind, Controller, grid)
            label = f"reversals > 0.5 A per h, {_name(kind)}, car in steps of {grid / 10:.1f} A"
            rows.append([label, "0", f"{found:.1f}", _met(found, 0, True)])
    unfair = runs.unfairness_a(judge.evening, METERS[0], Controller)
    rows.append(["mean distance to max-min, 3 unequal cars, A", "<= 0.2", f"{unfair:.2f}", _met(unfair, 0.2, True)])
    show("Loops", ["metric", "target", "ours", ""], rows)


def speed(_judge: Judge) -> None:
    rows = []
    for chargers, target in ((1, None), (8, 0.2), (100, None), (1000, 20.0)):
        found = runs.decide_ms(chargers, Controller)
        limit, met = ("", "") if target is None else (f"<= {target:g}", _met(found, target, True))
        rows.append([f"decide() for {chargers}, ms of CPU, median", limit, f"{found:.3f}", met])
    rows.append(["memory a charger, 100 of them, KiB", "", f"{runs.memory_kb(100, Controller):.1f}", ""])
    rows.append(["this machine: max(1, 2), ns of CPU", "", f"{runs.machine_ns():.0f}", ""])
    show("Speed", ["metric", "target", "ours", ""], rows)


def baselines(judge: Judge) -> None:
    rows = []
    makes: list[tuple[str, Make]] = [("ours", Controller)]
    makes += [(public.name, partial(Baseline, public)) for public in PUBLIC]
    for name, make in makes:
        found = [future.result() for future in judge.solar(METERS[0], make)]
        share, _, imported, switches, starts = _solar_figures(found)
        evening = judge.pool.submit(runs.sharing, judge.evening, METERS[0], make).result()
        edge = judge.pool.submit(runs.lone_edge_s, METERS[0], make).result()
        up, down = judge.pool.submit(runs.settling_s, METERS[0], make).result()
        rows.append(
            [
                name,
                f"{share:.3f}",
                f"{imported:.3f}",
                str(switches),
                str(starts),
                f"{evening.overload_as:.0f}",
                f"{evening.energy_wh / evening.optimum_wh:.3f}",
                str(edge),
                f"{up}/{down}",
            ]
        )
    header = ["law", "net/optimum", "import", "switches", "starts", "overload A s", "energy", "edge s", "settling s"]
    show("Public laws on the same plant, meter (1,1)", header, rows)


def pareto(judge: Judge, table: Path | None, plots: Path | None) -> None:
    rows: list[list[str]] = []
    headrooms: list[tuple[float, float, str]] = []
    for headroom in (0, 5, 10, 20, 30):
        make = partial(runs.sharing, judge.evening, METERS[0], Controller, headroom_da=headroom)
        result = judge.pool.submit(make).result()
        share = result.energy_wh / result.optimum_wh
        headrooms.append((result.overload_as, share, f"{headroom / 10:.1f} A"))
        rows.append(["headroom", f"{headroom / 10}", f"{result.overload_as:.0f}", f"{share:.4f}"])
    worths: list[tuple[float, float, str]] = []
    for worth in (25, 50, 100, 200, 400):
        found = [future.result() for future in judge.solar(METERS[0], Controller, worth_wh=worth)]
        share, _, _, switches, _ = _solar_figures(found)
        worths.append((float(switches), share, f"{worth} Wh"))
        rows.append(["switch worth", str(worth), str(switches), f"{share:.4f}"])
    show("Pareto", ["knob", "value", "overload A s | switches", "energy | net of optimum"], rows)
    if table is not None:
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["knob", "value", "cost", "gain"])
            writer.writerows(rows)
    if plots is not None:
        plots.mkdir(parents=True, exist_ok=True)
        one = scatter("Overload against headroom", "overload caused by cars, A s", "energy of the optimum", headrooms)
        two = scatter("Net solar against phase switches", "phase switches, four days", "net of the optimum", worths)
        (plots / "pareto-headroom.svg").write_text(one)
        (plots / "pareto-switches.svg").write_text(two)


def main(arguments: Sequence[str]) -> int:
    """Runs the parts asked for, by default all."""
    parser = argparse.ArgumentParser(prog="benchmarks.control", description="Judges the controller on the plant.")
    parser.add_argument("--data", type=Path, help="folder with house-*.csv and pv-*.csv; default: synthetic days")
    parser.add_argument("--seed", type=int, default=1, help="of the edges, and of the synthetic days")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--csv", type=Path, help="where to write the Pareto data")
    parser.add_argument("--plots", type=Path, help="folder for the Pareto plots (SVG)")
    options = parser.parse_args(arguments)
    with ProcessPoolExecutor(max_workers=2) as pool:
        judge = Judge(pool, solar_days(options.data, options.seed), sharing_day(options.data, options.seed))
        sys.stdout.write(f"days: {options.data or 'synthetic'}, seed {options.seed}\n")
        for name, part in (("solar", solar), ("sharing", sharing), ("loops", loops), ("speed", speed)):
            if name in options.only:
                part(judge)
        if "baselines" in options.only:
            baselines(judge)
        if "pareto" in options.only:
            pareto(judge, options.csv, options.plots)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
