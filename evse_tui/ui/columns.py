"""Text in columns: small helpers over Textual's Content."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

Piece = tuple[str, str]
"""A text and its style; an empty style is none."""


def styled(words: str, style: str = "") -> Content:
    """`words` as they are (no markup), in one style."""
    return Content.styled(words, style) if style else Content(words)


def line(pieces: Iterable[Piece]) -> Content:
    """Pieces one after the other."""
    return Content("").join(styled(words, style) for words, style in pieces)


def lines(rows: Iterable[Content]) -> Content:
    """Rows below each other."""
    return Content("\n").join(rows)


def fit(content: Content, width: int) -> Content:
    """Exactly `width` columns: cut with an ellipsis, or filled up on the right."""
    return content.truncate(width, ellipsis=True, pad=True)


def ends(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two ends of a row; `left` gives way."""
    room = width - right.cell_length
    if not right.plain:
        return left.truncate(width, ellipsis=True)
    return Content("").join((fit(left, max(0, room - 1)), Content(" "), right)) if room > 1 else right


def wrapped(words: str, width: int, hanging: int) -> list[str]:
    """Words in rows of at most `width` columns, all but the first of them indented by `hanging`."""
    rows: list[str] = []
    row = ""
    for word in words.split(" "):
        if row.strip() and len(row) + 1 + len(word) > width:
            rows.append(row)
            row = " " * hanging + word
        else:
            row = f"{row} {word}" if row.strip() else row + word
    return [*rows, row]
