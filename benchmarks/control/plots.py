"""Plots as SVG, without a library: series of labelled points, readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 440, 70, 30, 76, 60
_COLOURS = ("#0b62a4", "#4d4d4d", "#b3261e", "#8a5a00", "#5b3f95")
_DASHES = ("", "5 4")


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y, label); more than one are joined in order."""

    name: str
    points: Sequence[tuple[float, float, str]]
    below: bool = False
    """Labels stand below their points."""


def plot(title: str, x_name: str, y_name: str, series: Sequence[Series]) -> str:
    """The plot as a text of SVG; the same input gives the same text."""
    xs = [x for one in series for x, _, _ in one.points]
    ys = [y for one in series for _, y, _ in one.points]
    x_ticks, y_ticks = _ticks(min(xs), max(xs)), _ticks(min(ys), max(ys))

    def across(x: float) -> float:
        return _LEFT + (x - x_ticks[0]) / (x_ticks[-1] - x_ticks[0]) * (_WIDTH - _LEFT - _RIGHT)

    def up(y: float) -> float:
        return _HEIGHT - _BOTTOM - (y - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]) * (_HEIGHT - _TOP - _BOTTOM)

    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12" fill="#1f1f1f"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="16">{escape(title)}</text>',
    ]
    for x in x_ticks:
        out.append(f'<path d="M{across(x):.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#e2e2e2"/>')
        out.append(f'<text x="{across(x):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{x:g}</text>')
    for y in y_ticks:
        out.append(f'<path d="M{_LEFT} {up(y):.1f}H{_WIDTH - _RIGHT}" stroke="#e2e2e2"/>')
        out.append(f'<text x="{_LEFT - 8}" y="{up(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    legend = float(_LEFT)
    for i, one in enumerate(series):
        colour, dash = _COLOURS[i % len(_COLOURS)], _DASHES[i % len(_DASHES)]
        placed = [(across(x), up(y), label) for x, y, label in one.points]
        if len(placed) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed)
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-dasharray="{dash}"/>')
        labelled: list[tuple[float, float]] = []
        for x, y, label in placed:
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
            end = "end" if x > _WIDTH - 3 * _RIGHT else "start"
            at = x + (-7 if end == "end" else 7), min(y + (16 if one.below else -7), _HEIGHT - _BOTTOM - 4)
            if any(abs(at[0] - other[0]) < 56 and abs(at[1] - other[1]) < 14 for other in labelled):
                continue  # it would hide another one
            labelled.append(at)
            out.append(
                f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{end}"'
                f' fill="{colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(label)}</text>'
            )
        out.append(f'<circle cx="{legend + 5:.1f}" cy="48" r="4" fill="{colour}"/>')
        out.append(f'<text x="{legend + 14:.1f}" y="52">{escape(one.name)}</text>')
        legend += 36 + 7 * len(one.name)
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    out += [
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 16}" text-anchor="middle">{escape(x_name)}</text>',
        f'<text x="18" y="{middle}" transform="rotate(-90 18 {middle})" text-anchor="middle">{escape(y_name)}</text>',
        "</svg>",
    ]
    return "\n".join(out) + "\n"


def _ticks(least: float, most: float) -> list[float]:
    """Round values from at most `least` to at least `most`, about six."""
    rough = (most - least or abs(most) or 1.0) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [round(step * i, 9) for i in range(first, max(last, first + 1) + 1)]
