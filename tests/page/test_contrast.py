"""Colours of both themes against WCAG 2.2: 4.5 for text, 3 for what is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evse_tui.api.page import assemble

CSS = (Path(assemble.__file__).parent / "style" / "theme.css").read_text(encoding="utf-8")
BLOCKS = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r"\{([^{}]*)\}", CSS)]
LIGHT, DARK_BY_SYSTEM, DARK_BY_CHOICE = BLOCKS

TEXTS = [
    *(
        (text, ground)
        for text in ("text", "quiet", "accent", "fault", "warning")
        for ground in ("card", "ground", "soft")
    ),
    *((tone, f"{tone}-ground") for tone in ("good", "waiting", "warning", "fault")),
    *((tone, "card") for tone in ("good", "waiting", "warning", "fault")),
    ("on-accent", "accent"),
]
DRAWN = [
    *((f"line-{number}", "card") for number in range(6)),
    ("fill", "card"),
    ("export", "card"),
    ("accent", "ground"),
]


def _luminance(colour: str) -> float:
    """Relative luminance: WCAG 2.2, definitions."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1..21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
def test_every_text_can_be_read(theme: dict[str, str]) -> None:
    weak = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
def test_every_line_can_be_seen(theme: dict[str, str]) -> None:
    weak = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in DRAWN}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_dark_is_dark_whoever_chose_it() -> None:
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE


def test_ratio_of_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
