from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from evse_tui.ui.themes import DARK, LIGHT


def _luminance(color: Color) -> float:
    """Relative luminance: WCAG 2.1."""
    channels = [part / 255 for part in color.rgb]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Color, other: Color) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["text-primary", "text-success", "text-warning", "text-error", "foreground"])
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_texts_can_be_read(theme: Theme, name: str, ground: str) -> None:
    colours = theme.to_color_system().generate()
    assert _contrast(Color.parse(colours[name]), Color.parse(colours[ground])) >= 4.5
