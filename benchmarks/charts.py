"""Charts in the terminal: ours against libraries, which are measured if they are installed beside ours.

    pip install textual-plotext textual-plot

Every candidate shows the same day (mains with its limit, cars, PV, battery) and is changed and painted again by a
headless Textual; a Static with as much new text is the floor under all of them.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from benchmarks.table import show
from evse_tui.ui.widgets.chart import MARGINS, Strip, draw_chart

SIZES: Final = ((80, 12), (200, 44))
"""The chart of the History screen at 80x24 and at 200x60."""
REDRAWS: Final = 30
_NAMES: Final = ("Mains", "Cars", "PV", "Battery")

Change = Callable[[Widget, int], None]


def day(turn: int, points: int) -> list[list[float]]:
    """Four curves, a little different at each turn."""
    return [
        [12 + 8 * math.sin((point + turn) / points * math.tau * (line + 1)) for point in range(points)]
        for line in range(len(_NAMES))
    ]


def _ours(widget: Widget, turn: int) -> None:
    width, rows = widget.size
    strips = [
        Strip(name, "A", tuple(values), limits=(25.0,) * len(values) if name == "Mains" else ())
        for name, values in zip(_NAMES, day(turn, (width - MARGINS) * 2), strict=True)
    ]
    assert isinstance(widget, Static)
    widget.update(draw_chart(strips, Content(""), width, rows), layout=False)


def _floor(widget: Widget, turn: int) -> None:
    width, rows = widget.size
    assert isinstance(widget, Static)
    widget.update(Content("\n".join([chr(0x2800 + turn % 200) * width] * rows)), layout=False)


def _plotext(widget: Any, turn: int) -> None:
    plot = widget.plt
    plot.clear_figure()
    plot.theme("textual-design-dark")
    for values in day(turn, (widget.size.width - 8) * 2):
        plot.plot(values, marker="braille")
    plot.hline(25)
    widget.refresh()


def _textual_plot(widget: Any, turn: int) -> None:
    modes = importlib.import_module("textual_hires_canvas").HiResMode
    widget.clear()
    for values in day(turn, (widget.size.width - 8) * 2):
        widget.plot(range(len(values)), values, hires_mode=modes.BRAILLE)
    widget.plot((0, widget.size.width * 2), (25, 25), hires_mode=modes.BRAILLE)  # it has no horizontal line


CANDIDATES: Final[tuple[tuple[str, str, str, Change], ...]] = (
    ("floor: text that changes", "textual.widgets", "Static", _floor),
    ("ours, strips of braille", "evse_tui.ui.widgets.chart", "", _ours),
    ("textual-plotext, one plot of 4 lines", "textual_plotext", "PlotextPlot", _plotext),
    ("textual-plot, one plot of 4 lines", "textual_plot", "PlotWidget", _textual_plot),
)


class _Stage(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


async def _redraw_ms(module: str, name: str, change: Change, size: tuple[int, int]) -> float:
    made = getattr(importlib.import_module(module), name)() if name else Static()
    made.styles.width, made.styles.height = "100%", "100%"
    app = _Stage(made)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        figures = []
        for turn in range(REDRAWS):
            start = time.process_time()
            change(made, turn)
            await pilot.pause(0)
            figures.append((time.process_time() - start) * 1_000)
        return statistics.median(figures)


def _import_cost(module: str) -> tuple[float, float]:
    """Seconds and MB on top of what the terminal app has imported anyway."""
    code = (
        "import time, resource, textual.app, textual.widgets, evse_tui.ui.app\n"
        "size = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        f"start, before = time.perf_counter(), size()\nimport {module}\n"
        "print(time.perf_counter() - start, size() - before)"
    )
    runs = [
        [
            float(word)
            for word in subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.split()
        ]
        for _ in range(5)
    ]
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def run() -> None:
    """Prints the table."""
    rows: list[Sequence[str]] = []
    for title, module, name, change in CANDIDATES:
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            rows.append([title, "not installed", *[""] * (len(SIZES) + 1)])
            continue
        seconds, megabytes = _import_cost(module)
        cost = [f"{asyncio.run(_redraw_ms(module, name, change, size)):.1f}" for size in SIZES]
        rows.append([title, f"{seconds * 1_000:.0f}", f"{megabytes:.1f}", *cost])
    show(
        "Charts: import after the app, and CPU of a redraw with its paint, median",
        ("", "import ms", "MB", *(f"{width}x{height} ms" for width, height in SIZES)),
        rows,
    )
