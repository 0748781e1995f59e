"""A scatter plot as SVG, without a library: a few labelled points joined in order."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 400, 80, 40, 50, 60


def scatter(title: str, x_name: str, y_name: str, points: Sequence[tuple[float, float, str]]) -> str:
    """The plot of (x, y, label) as a text of SVG."""
    xs, ys = [x for x, _, _ in points], [y for _, y, _ in points]
    x_span, y_span = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (x - min(xs)) / x_span * (_WIDTH - _LEFT - _RIGHT)
        return across, _HEIGHT - _BOTTOM - (y - min(ys)) / y_span * (_HEIGHT - _TOP - _BOTTOM)

    placed = [(*place(x, y), label) for x, y, label in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed)
    marks = "\n".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/><text x="{x + 6:.1f}" y="{y - 6:.1f}">{escape(label)}</text>'
        for x, y, label in placed
    )
    ends = "\n".join(
        [
            f'<text x="{_LEFT}" y="{_HEIGHT - 38}">{min(xs):g}</text>',
            f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 38}" text-anchor="end">{max(xs):g}</text>',
            f'<text x="{_LEFT - 8}" y="{_HEIGHT - _BOTTOM}" text-anchor="end">{min(ys):.3f}</text>',
            f'<text x="{_LEFT - 8}" y="{_TOP}" text-anchor="end">{max(ys):.3f}</text>',
        ]
    )
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {frame}>
<rect width="100%" height="100%" fill="white"/>
<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>
<polyline points="{path}" fill="none" stroke="#888"/>
{marks}
{ends}
<text x="{_WIDTH / 2}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(x_name)}</text>
<text x="16" y="{_HEIGHT / 2}" transform="rotate(-90 16 {_HEIGHT / 2})" text-anchor="middle">{escape(y_name)}</text>
</svg>
"""
