"""The picture of the display: its bytes as strict clients read them, and its letters."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.glyphs import GLYPH_ROWS, UNKNOWN, glyphs
from evse_tui.api.lcd import COLUMNS, HEIGHT, LINES, SIZE, WIDTH, bitmap

PRINTABLE = "".join(map(chr, range(32, 127)))


def _pixels(image: bytes) -> list[str]:
    """Rows from the top, `#` is ink."""
    (offset,) = struct.unpack_from("<I", image, 10)
    rows = [f"{int.from_bytes(image[at : at + 16]):0128b}" for at in range(offset, len(image), 16)]
    return [row.replace("0", " ").replace("1", "#") for row in reversed(rows)]


def test_header_is_that_of_the_original() -> None:
    image = bitmap(["Charging"])
    assert len(image) == SIZE == 1086
    kind, size, _, _, offset = struct.unpack_from("<2sIHHI", image)
    assert (kind, size, offset) == (b"BM", 1086, 62)
    header, width, height, planes, bits, packing, _, _, _, colors, _ = struct.unpack_from("<IiiHHIIiiII", image, 14)
    assert (header, width, height, planes, bits, packing, colors) == (40, WIDTH, HEIGHT, 1, 1, 0, 2)
    assert image[54:62] == b"\xff\xff\xff\x00\x00\x00\x00\x00"


@given(lines=st.lists(st.text(max_size=40), max_size=12))
def test_any_text_gives_a_picture(lines: list[str]) -> None:
    assert len(bitmap(lines)) == 1086


def test_nothing_is_white() -> None:
    assert bitmap([])[62:] == bytes(1024)


def test_a_letter_stands_where_it_belongs() -> None:
    rows = _pixels(bitmap(["", " T"]))
    found = [row[7:12] for row in rows[8:16]]
    assert found == ["#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "     "]
    assert sum(row.count("#") for row in rows) == 11


def test_the_whole_grid_is_used() -> None:
    rows = _pixels(bitmap([" " * (COLUMNS - 1) + "E"] * LINES))
    assert [row[121:126] for row in rows[56:63]] == ["#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"]
    assert bitmap(["x" * (COLUMNS + 5)] * (LINES + 1)) == bitmap(["x" * COLUMNS] * LINES)


def test_every_printable_letter_has_its_own_form() -> None:
    font = glyphs()
    assert set(font) == set(PRINTABLE)
    assert len(set(font.values())) == len(PRINTABLE)
    for letter, rows in font.items():
        assert len(rows) == GLYPH_ROWS
        assert all(0 <= bits < 64 and not bits & 1 for bits in rows), "the sixth column separates letters"
        assert any(rows) is (letter != " ")


@pytest.mark.parametrize("letter", ["\n", "\x7f", "é", "€", "😀"])
def test_what_is_not_printable_is_a_box(letter: str) -> None:
    rows = _pixels(bitmap([letter]))
    assert [row[1:7] for row in rows[:8]] == [f"{bits:06b}".replace("0", " ").replace("1", "#") for bits in UNKNOWN]


def test_capitals_do_not_touch_the_line_below() -> None:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        assert glyphs()[letter][-1] == 0


def test_the_font_is_not_read_before_the_first_picture() -> None:
    code = "import evse_tui.api.lcd; from evse_tui.api.glyphs import glyphs; assert not glyphs.cache_info().currsize"
    subprocess.run([sys.executable, "-c", code], check=True)
