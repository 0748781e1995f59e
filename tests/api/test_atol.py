"""C `atol`, judged by the C library of this machine."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.compat.atol import LONG_MAX, LONG_MIN, atol

_libc = ctypes.CDLL(None)
_libc.strtol.restype = ctypes.c_long
_libc.strtol.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
# strtol rather than atol: the same by definition, but overflow is defined


def c_atol(text: str) -> int:
    """What C makes of it; C ends at a NUL."""
    return int(_libc.strtol(text.encode("utf-8", "surrogatepass"), None, 10))


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_long) != 8, reason="C long has 32 bits here")
@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[ \t\n\v\f\r]*[+-]?[0-9]*[ .,;eExX0-9a-f]*", fullmatch=True),
        st.from_regex(r"[ \t]*[+-]?[0-9]{15,45}", fullmatch=True),
        st.integers().map(str),
        st.floats().map(str),
    )
)
def test_reads_what_c_reads(text: str) -> None:
    assert (atol(text) or 0) == c_atol(text)


@given(
    st.integers(LONG_MIN, LONG_MAX), st.sampled_from(["", " ", "\t\r\n\v\f "]), st.sampled_from(["", ".9", "e9", " "])
)
def test_every_long_survives_with_blanks_and_tails(value: int, blanks: str, tail: str) -> None:
    assert atol(f"{blanks}{value}{tail}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("67.0", 67),
        ("0.30000000000000004", 0),
        ("12 ", 12),
        ("+5", 5),
        ("-5", -5),
        ("-0", 0),
        ("0x10", 0),
        ("1e3", 1),
        ("000", 0),
        ("0" * 8000 + "7", 7),
        ("1" + "0" * 400, LONG_MAX),
        ("-1" + "0" * 7000, LONG_MIN),
        (str(LONG_MAX + 1), LONG_MAX),
    ],
)
def test_forms_seen_or_feared(text: str, value: int) -> None:
    assert atol(text) == value


@pytest.mark.parametrize(
    "text", ["", " ", "-", "+", "- 5", "+-5", "NaN", "inf", "null", ".5", "\u0663", "\u00a05", '"5"']
)
def test_no_number_is_told_from_zero(text: str) -> None:
    assert atol(text) is None
