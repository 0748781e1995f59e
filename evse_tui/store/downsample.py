"""From values that stand for a while to the sums of minutes. Pure; time is an argument.

Durations come from the monotonic clock, minutes from the wall clock: every millisecond is counted once, in the minute
that the wall clock showed. A clock that is set back makes minutes that cover more than 60 s, one that is set forward
leaves a gap; energy is neither lost nor doubled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from evse_tui.store.buckets import MJ_PER_WH, ChargerBucket, SiteBucket
from evse_tui.store.history import Span, SubjectBucket

W_PER_DA: Final = 23
"""230 V times 0.1 A."""
MINUTE_MS: Final = 60_000
HOLD_MS: Final = 30_000
"""What stood before a longer silence of the caller (a host that slept) says nothing about it: that time is a gap."""
_STEP_MS: Final = 1_000
"""A wall clock that is off by less is being slewed, not set; it is followed when the difference has grown to this."""
_MOST_W: Final = 500_000
"""No site of ours takes more: a register that rises faster is another meter's."""

PhaseCurrents = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SiteValues:
    """What stands at the site; None is unknown."""

    mains_da: PhaseCurrents | None = None
    removed_da: int = 0
    """Battery current that the neutralised mains leave out."""
    battery_da: int | None = None
    soc_permille: int | None = None
    pv_w: int | None = None
    price_milli_per_kwh: int | None = None
    main_da: int | None = None
    circuit_da: int | None = None
    capacity_da: int | None = None


@dataclass(frozen=True, slots=True)
class ChargerValues:
    """What stands at one charger."""

    online: bool = False
    offered_da: int = 0
    granted_da: int = 0
    plugged: bool = False
    charging: bool = False
    phases: int = 0
    reason: str = ""
    ev_da: PhaseCurrents | None = None
    modelled: bool = False


@dataclass(frozen=True, slots=True)
class Charged:
    """What one charger took since the last look, in whole mJ."""

    charged_mj: int = 0
    solar_mj: int = 0
    unpriced_mj: int = 0
    cost_u: int = 0


class Timeline:
    """Wall time that runs with the monotonic clock and jumps only where the wall clock was set."""

    def __init__(self, now_ms: int, wall_ms: int) -> None:
        self._now_ms = now_ms
        self._wall_ms = max(0, wall_ms)

    @property
    def minute_s(self) -> int:
        """Start of the minute that runs."""
        return self._wall_ms // MINUTE_MS * 60

    def advance(self, now_ms: int, wall_ms: int) -> list[tuple[int, int]]:
        """The time since the last call as (start of the minute, ms in it), on the timeline before the wall was set."""
        left_ms = max(0, now_ms - self._now_ms)
        self._now_ms += left_ms
        pieces = []
        while left_ms > 0:
            piece_ms = min(left_ms, MINUTE_MS - self._wall_ms % MINUTE_MS)
            pieces.append((self.minute_s, piece_ms))
            self._wall_ms += piece_ms
            left_ms -= piece_ms
        if abs(wall_ms - self._wall_ms) >= _STEP_MS:
            self._wall_ms = max(0, wall_ms)
        return pieces


class EnergyCounter:
    """Energy as it flows: the integral gives its shape, the meter's register, when it moves, its amount.

    What the integral has counted too much is withheld from what comes next, so that no increment is negative.
    """

    def __init__(self) -> None:
        self._register_wh: int | None = None
        self._read_ms = 0
        self._since_mj = 0
        """Counted since the register moved."""
        self._ahead_mj = 0
        """Counted too much until the register moved, and not withheld yet."""

    def integrated(self, energy_mj: int) -> int:
        """Takes a piece of the integral; returns what counts."""
        withheld = min(energy_mj, self._ahead_mj)
        self._ahead_mj -= withheld
        self._since_mj += energy_mj
        return energy_mj - withheld

    def register(self, now_ms: int, register_wh: int) -> int:
        """Takes a reading; returns what counts in addition. A first value, or one of another meter, counts nothing."""
        known, self._register_wh = self._register_wh, register_wh
        if register_wh == known:
            return 0
        passed_ms, self._read_ms = now_ms - self._read_ms, now_ms
        counted, self._since_mj = self._since_mj, 0
        if known is None or register_wh < known:
            return 0
        metered = (register_wh - known) * MJ_PER_WH
        if metered > _MOST_W * max(passed_ms, MINUTE_MS):
            return 0
        balance = self._ahead_mj + counted - metered
        self._ahead_mj = max(0, balance)
        return max(0, -balance)


class _Sums:
    """One subject's running minute."""

    def __init__(self) -> None:
        self.sums: defaultdict[str, int] = defaultdict(int)
        self.extremes: dict[str, int] = {}
        self.reasons: defaultdict[str, int] = defaultdict(int)

    def lowest(self, name: str, value: int) -> None:
        self.extremes[name] = min(value, self.extremes.get(name, value))

    def highest(self, name: str, value: int) -> None:
        self.extremes[name] = max(value, self.extremes.get(name, value))

    def __bool__(self) -> bool:
        return any(self.sums.values())


class Minutes:
    """Collects what stands; hands out minutes that are over."""

    def __init__(self, charger_ids: tuple[str, ...], now_ms: int, wall_ms: int) -> None:
        self.site = SiteValues()
        self.chargers = {charger_id: ChargerValues() for charger_id in charger_ids}
        self._timeline = Timeline(now_ms, wall_ms)
        self._minute_s = self._timeline.minute_s
        self._site = _Sums()
        self._charger_sums = {charger_id: _Sums() for charger_id in charger_ids}
        self._imported, self._exported = EnergyCounter(), EnergyCounter()
        self._counters = {charger_id: EnergyCounter() for charger_id in charger_ids}
        self._cost_rests = dict.fromkeys(charger_ids, 0)
        # since the last `charged`
        self._looked_ms = now_ms
        self._mains_ms = 0
        self._grid_mj = 0

    def advance(self, now_ms: int, wall_ms: int) -> list[Span]:
        """Counts what stood until now; returns the minutes that ended, in order."""
        pieces = self._timeline.advance(now_ms, wall_ms)
        known = sum(ms for _, ms in pieces) <= HOLD_MS
        finished = []
        for minute_s, ms in pieces:
            finished += self._turn_to(minute_s)
            if known:
                self._count(ms)
        finished += self._turn_to(self._timeline.minute_s)
        return finished

    def flush(self) -> list[Span]:
        """The minute that runs, as far as it is known; what follows adds to it."""
        site, self._site = self._site, _Sums()
        chargers, self._charger_sums = self._charger_sums, {name: _Sums() for name in self._charger_sums}
        bucket = SiteBucket(self._minute_s, 60, **site.sums, **site.extremes) if site else None
        parts = []
        for charger_id, sums in chargers.items():
            if sums:
                reason = max(sums.reasons, key=lambda name: sums.reasons[name], default="")
                parts.append(
                    SubjectBucket(
                        charger_id,
                        ChargerBucket(
                            self._minute_s,
                            60,
                            **sums.sums,
                            **sums.extremes,
                            reason=reason,
                            reason_ms=sums.reasons.get(reason, 0),
                        ),
                    )
                )
        return [Span(bucket, tuple(parts))] if bucket is not None or parts else []

    def registers(self, now_ms: int, import_wh: int | None, export_wh: int | None) -> None:
        """What the mains meter has counted."""
        if import_wh is not None:
            self._site.sums["imported_mj"] += self._imported.register(now_ms, import_wh)
        if export_wh is not None:
            self._site.sums["exported_mj"] += self._exported.register(now_ms, export_wh)

    def charged(
        self, now_ms: int, energies_mj: Mapping[str, int], registers_wh: Mapping[str, int]
    ) -> Mapping[str, Charged]:
        """Takes what the chargers' integrals have grown by since the last call, and what their meters read now.

        In this time the cars together were the last load: they took min(their energy, import) from the grid, each in
        proportion to its energy. While mains were unknown all of it counts as the grid's.
        """
        passed_ms = now_ms - self._looked_ms
        total = sum(energies_mj.values())
        solar = max(0, total * self._mains_ms // passed_ms - self._grid_mj) if passed_ms > 0 else 0
        self._looked_ms, self._mains_ms, self._grid_mj = now_ms, 0, 0
        found = {}
        for charger_id, energy_mj in energies_mj.items():
            counter = self._counters[charger_id]
            counted = counter.integrated(energy_mj)
            if charger_id in registers_wh:
                counted += counter.register(now_ms, registers_wh[charger_id])
            if counted:
                found[charger_id] = self._share(charger_id, counted, counted * solar // total if total else 0)
        return found

    def _share(self, charger_id: str, counted: int, solar: int) -> Charged:
        imported = counted - solar
        price = self.site.price_milli_per_kwh
        cost_u = unpriced = 0
        if price is None:
            unpriced = imported
        else:  # thousandths per kWh are millionths per Wh
            cost_u, self._cost_rests[charger_id] = divmod(imported * price + self._cost_rests[charger_id], MJ_PER_WH)
        for sums in (self._site.sums, self._charger_sums[charger_id].sums):
            sums["charged_mj"] += counted
            sums["solar_mj"] += solar
            sums["unpriced_mj"] += unpriced
            sums["cost_u"] += cost_u
        return Charged(counted, solar, unpriced, cost_u)

    def _turn_to(self, minute_s: int) -> list[Span]:
        if minute_s == self._minute_s:
            return []
        finished = self.flush()
        self._minute_s = minute_s
        return finished

    def _count(self, ms: int) -> None:
        self._count_site(self.site, ms)
        for charger_id, values in self.chargers.items():
            _count_charger(self._charger_sums[charger_id], values, ms)

    def _count_site(self, values: SiteValues, ms: int) -> None:
        site, sums = self._site, self._site.sums
        if values.mains_da is not None:
            sums["mains_ms"] += ms
            for phase, current_da in zip(("l1", "l2", "l3"), values.mains_da, strict=True):
                sums[f"mains_{phase}"] += current_da * ms
                site.lowest(f"mains_min_{phase}", current_da)
                site.highest(f"mains_max_{phase}", current_da)
            sums["removed"] += values.removed_da * ms
            energy_mj = sum(values.mains_da) * W_PER_DA * ms
            grid_mj = max(0, energy_mj)
            sums["imported_mj"] += self._imported.integrated(grid_mj)
            sums["exported_mj"] += self._exported.integrated(grid_mj - energy_mj)
            self._mains_ms += ms
            self._grid_mj += grid_mj
        if values.battery_da is not None:
            sums["battery_ms"] += ms
            sums["battery"] += values.battery_da * ms
        if values.soc_permille is not None:
            sums["soc_ms"] += ms
            sums["soc"] += values.soc_permille * ms
        if values.pv_w is not None:
            sums["pv_ms"] += ms
            sums["pv_mj"] += values.pv_w * ms
        if values.price_milli_per_kwh is not None:
            sums["price_ms"] += ms
            sums["price"] += values.price_milli_per_kwh * ms
        for name, limit_da in (
            ("main_da", values.main_da),
            ("circuit_da", values.circuit_da),
            ("capacity_da", values.capacity_da),
        ):
            if limit_da is not None:
                site.lowest(name, limit_da)


def _count_charger(charger: _Sums, values: ChargerValues, ms: int) -> None:
    sums = charger.sums
    if values.online:
        sums["online_ms"] += ms
        sums["offered"] += values.offered_da * ms
        charger.lowest("offered_min_da", values.offered_da)
        charger.highest("offered_max_da", values.offered_da)
        sums["granted"] += values.granted_da * ms
        sums["plugged_ms"] += values.plugged * ms
        sums["charging_ms"] += values.charging * ms
        sums["three_ms"] += (values.charging and values.phases == 3) * ms
        charger.reasons[values.reason] += ms
    if values.ev_da is not None:
        sums["ev_ms"] += ms
        for phase, current_da in zip(("l1", "l2", "l3"), values.ev_da, strict=True):
            sums[f"ev_{phase}"] += current_da * ms
        charger.highest("ev_max_da", max(values.ev_da))
        sums["modelled_ms"] += values.modelled * ms
