"""The page and the terminal use the same words."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import pytest

from evse_protocol.messages import Fault, Hold, Slot
from evse_tui.api.page import assemble
from evse_tui.control.types import C2Mode, Mode
from evse_tui.ui import words

SCRIPT = (Path(assemble.__file__).parent / "script" / "words.js").read_text(encoding="utf-8")


def _table(name: str) -> set[str]:
    """The lines of a table in words.js."""
    inside = SCRIPT.partition(f"export const {name} = {{\n")[2].partition("\n};")[0]
    return {line.strip() for line in inside.splitlines()}


def _key(member: Enum) -> str:
    return member.name.lower()


PAIRS = {
    "MODES": {_key(mode): (words.MODE_TITLES[mode], words.MODE_HELP[mode]) for mode in Mode},
    "C2": {_key(c2): (words.C2_TITLES[c2], words.C2_HELP[c2]) for c2 in C2Mode},
    "FAULTS": {str(fault.name).lower(): (words.FAULTS[fault].name, words.FAULTS[fault].way_out) for fault in Fault},
}
SINGLES = {
    "HOLDS": {_key(hold): words._HOLD_WORDS[hold] for hold in Hold if hold is not Hold.NONE},
    "SLOTS": {_key(slot): words.SLOTS[slot] for slot in Slot},
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_of_words(name: str) -> None:
    assert _table(name) == {f'{key}: ["{title}", "{text}"],' for key, (title, text) in PAIRS[name].items()}


@pytest.mark.parametrize("name", SINGLES)
def test_single_words(name: str) -> None:
    assert _table(name) == {f'{key}: "{text}",' for key, text in SINGLES[name].items()}
