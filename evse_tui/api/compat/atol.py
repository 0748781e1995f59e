"""Integers the way the original firmware reads them: C `atol`.

Clients depend on it. Seen in the wild: `67.0`, `0.30000000000000004`, `12 ` and `+5`.
"""

from __future__ import annotations

import re
from typing import Final

LONG_MAX: Final = 2**63 - 1
LONG_MIN: Final = -(2**63)
_MOST_DIGITS: Final = 19
"""More significant digits than this never fit a long, and int() of thousands of digits is slow or refused."""

_NUMBER: Final = re.compile(r"[ \t\n\v\f\r]*([+-]?)0*([0-9]+)")
# `0*` gives back its last zero to `[0-9]+`, so "000" has the digits "0"


def atol(text: str) -> int | None:
    """Leading blanks, a sign, ASCII digits; the tail is ignored. Saturates at a 64-bit long.

    C returns 0 where there is no number at all; here that is None, so that the caller can tell "0" from "nothing".
    """
    found = _NUMBER.match(text)
    if found is None:
        return None
    sign, digits = found.groups()
    value = LONG_MAX + 1 if len(digits) > _MOST_DIGITS else int(digits)
    return max(LONG_MIN, -value) if sign == "-" else min(LONG_MAX, value)
