"""Power flow of the site: three rows where room is short, a bus bar where there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.content import Content

from evse_tui.control.types import Mode
from evse_tui.ui import columns, text
from evse_tui.ui.balance import Flow, Place, flows
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel

_SOURCES: Final = (Place.PV, Place.GRID)
_RAIL: Final = {
    (True, True, True, True): "╋",
    (True, False, True, True): "┻",
    (False, True, True, True): "┳",
    (True, False, False, True): "┗",
    (True, False, True, False): "┛",
    (False, True, False, True): "┏",
    (False, True, True, False): "┓",
    (True, True, False, True): "┣",
    (True, True, True, False): "┫",
    (True, True, False, False): "┃",
}
"""Box drawing by its arms: up, down, left, right."""


def draw_rows(frame: Frame, width: int) -> Content:
    """Title, power and note of each place, side by side."""
    found = flows(frame)
    cell = width // len(found)
    rows = (
        [columns.styled(_with_arrow(flow), "bold") for flow in found],
        [_power(flow) for flow in found],
        [_note(flow) for flow in found],
    )
    return columns.lines([Content(" ").join([columns.fit(part, cell - 1) for part in row]) for row in rows])


def draw_bus_bar(frame: Frame, width: int) -> Content:
    """Sources above a bar, consumers below it, with arrows that point the way power flows."""
    found = flows(frame)
    above = [flow for flow in found if flow.place in _SOURCES]
    below = [flow for flow in found if flow.place not in _SOURCES]
    rows = [
        _across(above, width, lambda flow: columns.styled(flow.place.value, "bold")),
        _across(above, width, _power),
        _across(above, width, _note),
        _across(above, width, lambda flow: _arrow(flow, from_above=True)),
        _rail(above, below, width),
        _across(below, width, lambda flow: _arrow(flow, from_above=False)),
        _across(below, width, lambda flow: columns.styled(flow.place.value, "bold")),
        _across(below, width, _power),
        _across(below, width, _note),
    ]
    return columns.lines(rows)


def _with_arrow(flow: Flow) -> str:
    """`PV >` feeds the site, `> Cars` is fed."""
    if not flow.power_w:
        return flow.place.value
    return f"{flow.place.value} →" if flow.power_w < 0 else f"→ {flow.place.value}"


def _power(flow: Flow) -> Content:
    old = "" if flow.live or flow.power_w is None else "?"
    return columns.styled(text.power(flow.power_w) + old, "bold $text-primary" if flow.live else "dim")


def _note(flow: Flow) -> Content:
    return columns.styled(flow.note, "" if flow.live else "$text-warning")


def _arrow(flow: Flow, *, from_above: bool) -> Content:
    if not flow.power_w:
        return columns.styled("│", "dim")
    downwards = (flow.power_w < 0) == from_above
    return columns.styled("▼" if downwards else "▲", "$text-success" if flow.live else "dim")


def _centres(count: int, width: int) -> list[int]:
    cell = width // max(1, count)
    return [cell * index + cell // 2 for index in range(count)]


def _across(found: list[Flow], width: int, render: Callable[[Flow], Content]) -> Content:
    cell = width // max(1, len(found))
    cells = []
    for flow in found:
        content = render(flow).truncate(cell, ellipsis=True)
        left = max(0, (cell // 2) - content.cell_length // 2)
        cells.append(columns.fit(Content("").join((Content(" " * left), content)), cell))
    return Content("").join(cells)


def _rail(above: list[Flow], below: list[Flow], width: int) -> Content:
    tops, bottoms = set(_centres(len(above), width)), set(_centres(len(below), width))
    first, last = min(tops | bottoms), max(tops | bottoms)
    glyphs = [" "] * first
    for column in range(first, last + 1):
        arms = (column in tops, column in bottoms, column > first, column < last)
        glyphs.append(_RAIL.get(arms, "━"))
    return Content("".join(glyphs))


def title(frame: Frame) -> str:
    """What bounds the flow now, the most important first: `Power, room for cars 10.8 0.2 13.2 A`."""
    snapshot = frame.snapshot
    parts = ["Power"]
    old = "?" if frame.stale else ""
    if snapshot.grid_relay:
        parts.append("GRID OPERATOR LIMITS")
    if snapshot.rooms_da is not None:
        parts.append(f"room for cars {' '.join(f'{room_da / 10:.1f}' for room_da in snapshot.rooms_da)} A{old}")
    if snapshot.budget_da is not None and any(charger.mode is Mode.SOLAR for charger in snapshot.chargers):
        parts.append(f"solar {text.amps(max(0, snapshot.budget_da))}{old}")
    if snapshot.price_milli_per_kwh is not None:
        parts.append(f"{snapshot.price_milli_per_kwh / 1000:.3f} per kWh")
    return ", ".join(parts)


class PowerFlow(Panel, can_focus=True):
    """House, PV, battery, grid and cars."""

    HELP = """\
Where power comes from and where it goes now. "import" is power bought from the grid, "export" power sold to it; the \
battery "gives" or is "charging". Without a PV source the house and the roof cannot be told apart: "House - PV" is \
one value, and "surplus" when the roof makes more than the house uses. ? and a note mark values that are not live. \
In the border: "room for cars" is what all offers together may be on each phase, "solar" what the cars in Solar may \
draw together, and whether the grid operator limits."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._roomy = False

    def set_roomy(self, roomy: bool) -> None:
        """Chooses between the bus bar and the three rows."""
        self._roomy = roomy

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title(title(frame))
        return draw_bus_bar(frame, width) if self._roomy else draw_rows(frame, width)
