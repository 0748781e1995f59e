"""The one error type that users read, and how what strangers say is shown to them."""

from __future__ import annotations


class UserError(Exception):
    """One sentence that names the thing and the way out. The command line prints it and exits with 1."""


def plain(text: str) -> str:
    """What a stranger says, in one line and without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
