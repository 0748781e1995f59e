"""Bases of all models, and amounts with their unit and range.

The unit is in the name: `_da` 0.1 A, `_w` W, `_wh` Wh, `_ms` ms, `_s` s, `_mv` mV, `_dc` 0.1 degrees Celsius. `null` is
unknown or absent, never zero.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from msgspec import Meta, Struct

HIGHEST_CURRENT_DA: Final = 10_000
"""1000 A per phase; a larger reading is an error of the sender, not a house."""
HIGHEST_POWER_W: Final = 1_000_000
HIGHEST_ENERGY_WH: Final = 10**12
HIGHEST_CAR_WH: Final = 1_000_000
"""Of a car's battery."""
HIGHEST_PRICE: Final = 100_000
"""100 of the currency per kWh."""
LARGEST: Final = 2**53 - 1
"""The largest integer that every client reads exactly."""
END: Final = r"$(?!\n)"
"""End of a pattern: in Python `$` alone also matches before a last line feed, in JSON Schema it does not."""


class Model(Struct):
    """A part of an answer: every field is always there."""


class Request(Struct, forbid_unknown_fields=True):
    """A request body or query: unknown fields are refused."""


def names(kind: type[Enum], *more: str) -> Meta:
    """The schema of a string that is the name of a member of `kind` in lower case, or one of `more`."""
    return Meta(extra_json_schema={"enum": [*(str(member.name).lower() for member in kind), *more]})


def doc(text: str) -> Meta:
    """What a field means."""
    return Meta(description=text)


SignedCurrent = Annotated[int, Meta(ge=-HIGHEST_CURRENT_DA, le=HIGHEST_CURRENT_DA)]
SignedPower = Annotated[int, Meta(ge=-HIGHEST_POWER_W, le=HIGHEST_POWER_W)]
Energy = Annotated[int, Meta(ge=0, le=HIGHEST_ENERGY_WH)]
Permille = Annotated[int, Meta(ge=0, le=1000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0)]
Age = Annotated[int, Meta(ge=0, description="Age in ms at the moment of the snapshot (`at_ms`).")]
Phases = Annotated[tuple[int, int, int], Meta(description="L1, L2, L3 in 0.1 A.")]
SentPhases = Annotated[
    tuple[SignedCurrent, SignedCurrent, SignedCurrent], Meta(description="L1, L2, L3 in 0.1 A; + is import.")
]
PhaseName = Annotated[str, Meta(extra_json_schema={"enum": ["L1", "L2", "L3"]})]
Wall = Annotated[float, Meta(ge=0, description="Wall time, seconds since the epoch. For display only.")]
