"""What history keeps of a span of time: exact integers that add up, for the site and for each charger.

A sum is a value times the milliseconds for which it stood, and stands beside the time that it covers: means are formed
when somebody reads, and merging spans rounds nothing. Time that nothing is known of is in no sum and in no weight, so a
gap stays a gap. A power in W held for a time in ms is an energy in mJ; 1 Wh = 3 600 000 mJ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, unique
from typing import Any, Final

MJ_PER_WH: Final = 3_600_000
SITE: Final = ""
"""The subject that is the site; any other is a charger's id."""


@unique
class Merge(Enum):
    """How the values of two spans become that of both."""

    SUM = "sum"
    LOWEST = "min"
    HIGHEST = "max"


def _sum() -> Any:
    return field(default=0, metadata={"merge": Merge.SUM})


def _lowest() -> Any:
    return field(default=None, metadata={"merge": Merge.LOWEST})


def _highest() -> Any:
    return field(default=None, metadata={"merge": Merge.HIGHEST})


def mean(total: int, weight: int) -> int | None:
    """`total / weight`, rounded half up; None without weight."""
    return None if weight == 0 else (2 * total + weight) // (2 * weight)


@dataclass(frozen=True, slots=True)
class SiteBucket:
    """The site from `start_s` (UTC) for `length_s`. Sums of currents in 0.1 A x ms."""

    start_s: int
    length_s: int
    mains_ms: int = _sum()
    mains_l1: int = _sum()
    mains_l2: int = _sum()
    mains_l3: int = _sum()
    mains_min_l1: int | None = _lowest()
    mains_min_l2: int | None = _lowest()
    mains_min_l3: int | None = _lowest()
    mains_max_l1: int | None = _highest()
    mains_max_l2: int | None = _highest()
    mains_max_l3: int | None = _highest()
    removed: int = _sum()
    """Battery current that was taken out of the mains to neutralise them, over `mains_ms`."""
    imported_mj: int = _sum()
    exported_mj: int = _sum()
    battery_ms: int = _sum()
    battery: int = _sum()
    """+ charging, sum over phases."""
    soc_ms: int = _sum()
    soc: int = _sum()
    """Permille x ms."""
    pv_ms: int = _sum()
    pv_mj: int = _sum()
    price_ms: int = _sum()
    price: int = _sum()
    """Thousandths of the currency per kWh x ms."""
    charged_mj: int = _sum()
    """All chargers."""
    solar_mj: int = _sum()
    """The part of `charged_mj` that the grid did not deliver."""
    unpriced_mj: int = _sum()
    """The part of `charged_mj` that the grid delivered while there was no price; the cost is complete if it is 0."""
    cost_u: int = _sum()
    """Millionths of the currency."""
    main_da: int | None = _lowest()
    """The lowest limit that was in force; None if there was none."""
    circuit_da: int | None = _lowest()
    capacity_da: int | None = _lowest()
    """Over the sum of phases."""

    @property
    def mains_da(self) -> tuple[int, int, int] | None:
        """Mean raw mains per phase, + import."""
        l1, l2, l3 = (mean(total, self.mains_ms) for total in (self.mains_l1, self.mains_l2, self.mains_l3))
        return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)

    @property
    def neutralised_da(self) -> int | None:
        """Mean sum of the mains without the home battery."""
        return mean(self.mains_l1 + self.mains_l2 + self.mains_l3 - self.removed, self.mains_ms)

    @property
    def battery_da(self) -> int | None:
        """Mean home battery current, + charging, sum over phases."""
        return mean(self.battery, self.battery_ms)

    @property
    def soc_permille(self) -> int | None:
        """Mean state of charge."""
        return mean(self.soc, self.soc_ms)

    @property
    def pv_w(self) -> int | None:
        """Mean PV power."""
        return mean(self.pv_mj, self.pv_ms)

    @property
    def price_milli_per_kwh(self) -> int | None:
        """Mean price."""
        return mean(self.price, self.price_ms)


@dataclass(frozen=True, slots=True)
class ChargerBucket:
    """One charger from `start_s` (UTC) for `length_s`. Sums of currents in 0.1 A x ms."""

    start_s: int
    length_s: int
    online_ms: int = _sum()
    """While the board spoke; the weight of `offered`, `granted` and the times below."""
    offered: int = _sum()
    offered_min_da: int | None = _lowest()
    offered_max_da: int | None = _highest()
    granted: int = _sum()
    """The limit that control gave."""
    plugged_ms: int = _sum()
    charging_ms: int = _sum()
    """Contactor closed."""
    three_ms: int = _sum()
    """Charging on three phases."""
    ev_ms: int = _sum()
    ev_l1: int = _sum()
    ev_l2: int = _sum()
    ev_l3: int = _sum()
    ev_max_da: int | None = _highest()
    """Of any phase."""
    modelled_ms: int = _sum()
    """The part of `ev_ms` in which the currents were a model."""
    charged_mj: int = _sum()
    solar_mj: int = _sum()
    unpriced_mj: int = _sum()
    cost_u: int = _sum()
    reason: str = ""
    """What bound the grant: exact if one reason stood for more than half of the time (Boyer and Moore's vote)."""
    reason_ms: int = 0
    """By how much it leads."""

    @property
    def offered_da(self) -> int | None:
        """Mean offer per phase."""
        return mean(self.offered, self.online_ms)

    @property
    def granted_da(self) -> int | None:
        """Mean grant per phase."""
        return mean(self.granted, self.online_ms)

    @property
    def ev_da(self) -> tuple[int, int, int] | None:
        """Mean current of the car on the charger's own phases."""
        l1, l2, l3 = (mean(total, self.ev_ms) for total in (self.ev_l1, self.ev_l2, self.ev_l3))
        return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)


Bucket = SiteBucket | ChargerBucket


def merges(kind: type[Bucket]) -> Mapping[str, Merge]:
    """The columns that merge by a rule, in the order of the table."""
    return {item.name: item.metadata["merge"] for item in fields(kind) if "merge" in item.metadata}


SITE_MERGES: Final = merges(SiteBucket)
CHARGER_MERGES: Final = merges(ChargerBucket)
