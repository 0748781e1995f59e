from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.ui.modals.amount import parse_amps


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("12", 120), (" 12.5 A", 125), ("12,5", 125), ("6", 60), ("16", 160), ("0", 0), ("", 0), ("0.04", 0)],
)
def test_currents_as_people_type_them(typed: str, expected: int) -> None:
    assert parse_amps(typed, 60, 160) == expected


@pytest.mark.parametrize("typed", ["5.9", "16.1", "-6", "1e9", "inf", "nan", "twelve", "1 2", "٣٣٣"])
def test_anything_else_is_explained(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$|or 0\.$"):
        parse_amps(typed, 60, 160)


@given(st.text(max_size=12))
def test_no_text_gets_past_the_range(typed: str) -> None:
    try:
        current_da = parse_amps(typed, 60, 160)
    except ValueError:
        return
    assert current_da == 0 or 60 <= current_da <= 160
