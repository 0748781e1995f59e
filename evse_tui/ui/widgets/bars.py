"""A horizontal bar with a limit line, readable without colour."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from evse_tui.ui import columns

_ROOM_ABOVE: Final = 1.2
"""The scale ends a fifth above the limit, so that an overload is seen as such."""


def bar(value_da: int, line_da: int, full_da: int, width: int, *, live: bool) -> Content:
    """A bar of `width` columns for |value| with a line at `line_da`, on a scale that ends above `full_da`.

    Drawn shapes carry the meaning: solid is import or draw, shaded is export, hatched is what lies above the line.
    """
    scale_da = max(full_da, line_da, 1) * _ROOM_ABOVE
    columns_of_line = min(width - 1, round(line_da / scale_da * width))
    filled = min(width, round(abs(value_da) / scale_da * width))
    if value_da and not filled:
        filled = 1
    over = value_da > line_da
    cells = []
    for column in range(width):
        if column == columns_of_line:
            cells.append(("┃", "bold"))
        elif column >= filled:
            cells.append(("·", "dim"))
        elif value_da < 0:
            cells.append(("░", "$text-primary" if live else "dim"))
        elif over and column > columns_of_line:
            cells.append(("▒", "bold $text-error" if live else "dim"))
        else:
            cells.append(("█", ("$text-error" if over else "$text-success") if live else "dim"))
    return columns.line(_merged(cells))


def _merged(cells: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one style as one piece: fewer spans to paint."""
    merged: list[tuple[str, str]] = []
    for glyph, style in cells:
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + glyph, style)
        else:
            merged.append((glyph, style))
    return merged
