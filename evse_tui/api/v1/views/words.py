"""Names of enumerations as the API writes them. Remembered: a snapshot asks for dozens."""

from __future__ import annotations

from enum import Enum, IntEnum, IntFlag
from functools import cache, lru_cache

from evse_tui.api.v1.models.board import UNKNOWN


@lru_cache(maxsize=None, typed=True)  # typed: members of two IntEnums may be equal
def name(member: Enum) -> str:
    """The name of a member in lower case."""
    return member.name.lower()


@cache
def _names(kind: type[IntEnum]) -> dict[int, str]:
    return {int(member): member.name.lower() for member in kind}


def name_of(kind: type[IntEnum], value: int) -> str:
    """The name of a number from the board; `unknown` if only a newer firmware knows it."""
    return _names(kind).get(value, UNKNOWN)


@lru_cache(maxsize=256)
def names_of(kind: type[IntFlag], mask: int) -> tuple[str, ...]:
    """The names of the bits that are set."""
    return tuple(str(flag.name).lower() for flag in kind if mask & flag)
