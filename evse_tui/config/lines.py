"""Which line of a TOML document defines a key.

tomllib reports no positions. But the shortest parseable prefix of lines that has a key ends where its definition ends,
for headers, dotted and quoted keys, inline tables and values over several lines alike, because the parser itself
judges. What a prefix defines stays defined, so a binary search finds it.
"""

from __future__ import annotations

import bisect
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

KeyPath = tuple[str | int, ...]
"""Names of tables and keys, and indices of items."""


def line_of(text: str, path: KeyPath) -> int | None:
    """Line (from 1) on which the definition of `path` begins; None if the valid document `text` does not define it."""
    lines = text.split("\n")

    def defined(length: int) -> bool:
        return _defines(_parse(lines, _longest_parseable(lines, length)) or {}, path)

    end = bisect.bisect_left(range(len(lines) + 1), True, key=defined)
    if end > len(lines):
        return None
    return _longest_parseable(lines, end - 1) + 1


def _parse(lines: Sequence[str], length: int) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines[:length]))
    except tomllib.TOMLDecodeError:
        return None


def _longest_parseable(lines: Sequence[str], at_most: int) -> int:
    return next(length for length in range(at_most, -1, -1) if _parse(lines, length) is not None)


def _defines(document: Mapping[str, Any], path: KeyPath) -> bool:
    here: Any = document
    for step in path:
        if isinstance(step, str):
            if not isinstance(here, Mapping) or step not in here:
                return False
        elif not isinstance(here, list) or step >= len(here):
            return False
        here = here[step]
    return True
