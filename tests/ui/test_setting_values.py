from __future__ import annotations

import re

import pytest

from evse_tui.settings import BY_NAME, SETTINGS
from evse_tui.ui.setting_values import matches, parse, range_text, typed_text, value_text


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("current_max", "16", 16),
        ("current_max", " 16 A ", 16),
        ("solar_stop_time", "10min", 10),
        ("unbalance", "off", 0),
        ("color_solar", "#ffaa00", 0xFFAA00),
        ("color_solar", "0xFFAA00", 0xFFAA00),
        ("color_solar", "ffaa00", 0xFFAA00),
    ],
)
def test_values_are_taken_as_people_type_them(name: str, typed: str, value: int) -> None:
    assert parse(BY_NAME[name], typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("current_max", "", "Type a value: 6 to 80 A."),
        ("current_max", "5", "5 is below the range: 6 to 80 A."),
        ("current_max", "81", "81 is above the range: 6 to 80 A."),
        ("current_max", "12.5", "'12.5' is not a whole number of A."),
        ("current_max", "9" * 400, f"'{'9' * 400}' is not a whole number of A."),
        ("unbalance", "200", "200 is above the range: 1 to 100 A, or 0 for off."),
        ("color_off", "red", "'red' is not a colour: type # and six hex digits, as #FFAA00."),
        ("priority", "x", "'x' is not a whole number."),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(name: str, typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse(BY_NAME[name], typed)


def test_every_value_can_be_typed_as_it_is_shown() -> None:
    for made in SETTINGS:
        if not made.choices:
            for value in (made.lowest, made.highest, made.default):
                assert parse(made, typed_text(made, value)) == value
                assert parse(made, value_text(made, value)) == value


def test_choices_are_named() -> None:
    assert value_text(BY_NAME["mode"], 3) == "Smart"
    assert value_text(BY_NAME["mode"], 9) == "9"
    assert value_text(BY_NAME["mode"], None) == "-"
    assert range_text(BY_NAME["grid_relay"]) == "Off, On"


def test_search_looks_into_names_and_sentences() -> None:
    assert matches(BY_NAME["current_main"], "main fuse")
    assert matches(BY_NAME["current_main"], "current main")
    assert not matches(BY_NAME["current_main"], "battery")


def test_every_setting_says_what_it_does_its_range_and_a_default_within() -> None:
    for made in SETTINGS:
        assert re.fullmatch(r"[A-Z].{15,}\.", made.doc), made.name
        assert made.allows(made.default), made.name
        assert made.unit or made.choices or made.name == "priority", made.name
        assert not made.choices or len(made.choices) == made.highest - made.lowest + 1, made.name
        assert value_text(made, made.default) != "-"
        assert range_text(made)
