"""Text in columns: small helpers over Textual's Content."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content, Span

Piece = tuple[str, str]
"""A text and its style; an empty style is none."""


def styled(words: str, style: str = "") -> Content:
    """`words` as they are (no markup), in one style."""
    return Content.styled(words, style) if style else Content(words)


def line(pieces: Iterable[Piece]) -> Content:
    """Pieces one after the other."""
    return joined(styled(words, style) for words, style in pieces)


def lines(rows: Iterable[Content]) -> Content:
    """Rows below each other."""
    return joined(rows, "\n")


def joined(parts: Iterable[Content], between: str = "") -> Content:
    """Parts one after the other. Content's own join does it letter by letter, which is most of the cost of a paint."""
    words: list[str] = []
    spans: list[Span] = []
    at = 0
    for part in parts:
        plain = part.plain
        words.append(plain)
        spans += [Span(at + start, at + end, style) for start, end, style in part.spans if style]
        at += len(plain) + len(between)
    return Content(between.join(words), spans, strip_control_codes=False)


def fit(content: Content, width: int) -> Content:
    """Exactly `width` columns: cut with an ellipsis, or filled up on the right."""
    return content.truncate(width, ellipsis=True, pad=True)


def ends(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two ends of a row; `left` gives way."""
    room = width - right.cell_length
    if not right.plain:
        return left.truncate(width, ellipsis=True)
    return joined((fit(left, max(0, room - 1)), Content(" "), right)) if room > 1 else right


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
