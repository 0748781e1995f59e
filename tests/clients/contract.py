"""How a client's expectations are written down: paths, and what must be found there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, Final

ABSENT: Final = object()
NUMBER: Final = (int, float)
"""A JSON number, whole or not; a bool is none."""

Fields = Mapping[str, type | tuple[type, ...]]


def at(document: Any, path: str) -> Any:
    """`document[a][b]..` of `a.b..`; ABSENT if there is no such key."""
    return reduce(
        lambda here, key: here.get(key, ABSENT) if isinstance(here, dict) else ABSENT, path.split("."), document
    )


def check_fields(document: Any, fields: Fields) -> None:
    """Every path has a value of exactly one of its JSON types."""
    for path, types in fields.items():
        found = at(document, path)
        assert found is not ABSENT, f"{path} is missing"
        allowed = types if isinstance(types, tuple) else (types,)
        assert type(found) in allowed, f"{path} is {found!r}"
