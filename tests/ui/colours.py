"""How well colours can be told apart: WCAG 2.1."""

from __future__ import annotations


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Between two colours of 0..255 for red, green and blue: 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance."""
    channels = [part / 255 for part in colour]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
