"""Cells of braille as 2 x 4 dots (Unicode, block 2800). Pure."""

from __future__ import annotations

from typing import Final

DOTS_ACROSS: Final = 2
DOTS_DOWN: Final = 4
# Dot numbers of Unicode, top to bottom: 1 2 3 7 in the left column, 4 5 6 8 in the right one; bit n - 1 is dot n.
_LEFT_BITS: Final = (0x40, 0x04, 0x02, 0x01)
_RIGHT_BITS: Final = (0x80, 0x20, 0x10, 0x08)
_LEFT: Final = tuple(sum(bit for place, bit in enumerate(_LEFT_BITS) if dots >> place & 1) for dots in range(16))
_RIGHT: Final = tuple(sum(bit for place, bit in enumerate(_RIGHT_BITS) if dots >> place & 1) for dots in range(16))


def braille(left: int, right: int, lowest: int) -> str:
    """The cell with the rows of dots from `lowest` on, of two columns as bits, lowest first; empty if it is blank."""
    pattern = _LEFT[left >> lowest & 15] | _RIGHT[right >> lowest & 15]
    return chr(0x2800 + pattern) if pattern else ""
