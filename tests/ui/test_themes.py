from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from evse_tui.ui.themes import DARK, LIGHT
from tests.ui.colours import contrast


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["text-primary", "text-success", "text-warning", "text-error", "foreground"])
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_texts_can_be_read(theme: Theme, name: str, ground: str) -> None:
    colours = theme.to_color_system().generate()
    assert contrast(Color.parse(colours[name]).rgb, Color.parse(colours[ground]).rgb) >= 4.5
