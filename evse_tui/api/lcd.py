"""The display as a picture: lines of text -> a 1-bit BMP of 128x64 pixels. Pure.

The original sends its own screen in this form: a file header of 14 bytes, BITMAPINFOHEADER (40), two palette entries
(8) and 64 rows of 16 bytes, bottom row first: always 1086 bytes. Clients show it as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from evse_tui.api.glyphs import GLYPH_ROWS, UNKNOWN, glyphs

WIDTH: Final = 128
HEIGHT: Final = 64
LINES: Final = HEIGHT // GLYPH_ROWS
COLUMNS: Final = 21
_CELL: Final = 6
_MARGIN: Final = 1
"""21 cells of 6 pixels leave two: one on each side."""
_PAPER: Final = b"\xff\xff\xff\x00"
_INK: Final = b"\x00\x00\x00\x00"
"""Palette entries are blue, green, red, 0; ink is index 1."""
_OFFSET: Final = 14 + 40 + 8
_PIXELS: Final = WIDTH // 8 * HEIGHT
SIZE: Final = _OFFSET + _PIXELS
_HEADER: Final = (
    struct.pack("<2sIHHI", b"BM", SIZE, 0, 0, _OFFSET)
    + struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 1, 0, _PIXELS, 0, 0, 2, 0)
    + _PAPER
    + _INK
)


def bitmap(lines: Sequence[str]) -> bytes:
    """A BMP file of `SIZE` bytes. Lines beyond the eighth and letters beyond the 21st are cut off; what is not
    printable ASCII shows as a box."""
    font = glyphs()
    rows = [0] * HEIGHT
    for number, line in enumerate(lines[:LINES]):
        for column, letter in enumerate(line[:COLUMNS]):
            shift = WIDTH - _MARGIN - _CELL * (column + 1)
            for row, bits in enumerate(font.get(letter, UNKNOWN)):
                rows[number * GLYPH_ROWS + row] |= bits << shift
    return _HEADER + b"".join(row.to_bytes(WIDTH // 8) for row in reversed(rows))
