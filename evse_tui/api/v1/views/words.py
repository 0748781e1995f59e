"""Names of enumerations as the API writes them."""

from __future__ import annotations

from enum import Enum, IntEnum, IntFlag

from evse_tui.api.v1.models.board import UNKNOWN


def name(member: Enum) -> str:
    """The name of a member in lower case."""
    return member.name.lower()


def name_of(kind: type[IntEnum], value: int) -> str:
    """The name of a number from the board; `unknown` if only a newer firmware knows it."""
    return kind(value).name.lower() if value in tuple(kind) else UNKNOWN


def names_of(kind: type[IntFlag], mask: int) -> list[str]:
    """The names of the bits that are set."""
    return [str(flag.name).lower() for flag in kind if mask & flag]
