"""Which quantities a chart of the past shows, and how they come from buckets. Pure.

Currents are means with the highest value as a dot above; a limit is the lowest that was in force. Power of cars is
their energy over the time; that of the battery is its current at 230 V.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from evse_protocol.messages import Flag
from evse_tui.board.model import LinkState
from evse_tui.site.snapshot import Freshness, Snapshot
from evse_tui.store import MJ_PER_WH, ChargerBucket, SiteBucket, Total
from evse_tui.ui import text, words
from evse_tui.ui.balance import metered_w
from evse_tui.ui.widgets.chart import Strip, Values

_MJ_PER_KWH: Final = MJ_PER_WH * 1_000
_ROOM_FOR_PHASES: Final = 24
"""Rows of a chart from which on each phase of the mains gets its own strip."""
_MAINS: Final = "$text-primary"
_CARS: Final = "$text-success"
_PV: Final = "$text-warning"
_BATTERY: Final = "$text-secondary"

_Bucket = TypeVar("_Bucket", SiteBucket, ChargerBucket)
Reader = Callable[[SiteBucket], float | None]
_ChargerReader = Callable[[ChargerBucket], float | None]


@dataclass(frozen=True, slots=True)
class Window:
    """The span of a chart in columns of dots."""

    from_s: int
    to_s: int
    step_s: int
    """Of the buckets: at least as long as a column."""
    columns: int
    until_s: float
    """Now; what is later is not drawn, even if its bucket has begun."""

    def read(self, points: Sequence[_Bucket], value: Callable[[_Bucket], float | None]) -> Values:
        """The value at the middle of each column; None in gaps and later than now."""
        found = {point.start_s: point for point in points}
        values: list[float | None] = []
        for column in range(self.columns):
            start_s = self.from_s + column * (self.to_s - self.from_s) / self.columns
            middle_s = int(self.from_s + (column + 0.5) * (self.to_s - self.from_s) / self.columns)
            point = found.get(middle_s - middle_s % self.step_s) if start_s <= self.until_s else None
            values.append(None if point is None else value(point))
        return tuple(values)

    def spread(self, days: Sequence[Total], value: Callable[[Total], float | None]) -> Values:
        """One bar for each day, as wide as the day is long, with a column between bars where there is room."""
        values: list[float | None] = [None] * self.columns
        for day in days:
            first, after = self.column(day.start_s), self.column(day.end_s)
            amount = value(day) if day.start_s <= self.until_s else None
            for column in range(first, max(first + 1, after - (after - first > 2))):
                values[column] = amount
        return tuple(values)

    def column(self, at_s: float) -> int:
        """The column in which a moment is."""
        return int((at_s - self.from_s) * self.columns / (self.to_s - self.from_s))


def day_strips(points: Sequence[SiteBucket], window: Window, rows: int, now: SiteBucket | None = None) -> list[Strip]:
    """The strips of a day, the most important first. `now` is drawn where the past has nothing yet."""
    if now is not None:
        points = [*points, *_not_yet_kept(points, now, window)]

    def strip(
        name: str, unit: str, value: Reader, style: str, peaks: Reader | None = None, limits: Reader | None = None
    ) -> Strip:
        read = partial(window.read, points)
        return Strip(name, unit, read(value), read(peaks) if peaks else (), read(limits) if limits else (), style)

    strips = []
    if rows >= _ROOM_FOR_PHASES:
        for phase, name in enumerate(words.PHASES):
            strips.append(
                strip(f"Mains {name}", "A", _phase(phase), _MAINS, peaks=_phase_peak(phase), limits=_main_limit)
            )
    else:
        strips.append(_heavy(strip("Mains", "A", _highest_phase, _MAINS, peaks=_highest_peak, limits=_main_limit)))
    if any(point.capacity_da is not None for point in points):
        strips.append(strip("Sum", "A", _sum, _MAINS, limits=_capacity_limit))
    strips.append(strip("Cars", "kW", lambda point: _cars_kw(point, window.until_s), _CARS))
    strips.append(strip("PV", "kW", _pv_kw, _PV))
    strips.append(strip("Battery", "kW", _battery_kw, _BATTERY))
    return [strip for strip in strips if strip.known]


def month_strips(points: Sequence[SiteBucket], days: Sequence[Total], window: Window) -> list[Strip]:
    """The strips of a month: the peaks of the mains, and energies by day."""

    def bars(name: str, value: Callable[[Total], float], style: str) -> Strip:
        return Strip(
            name,
            "kWh",
            window.spread(days, lambda day: value(day) if _known(day) else None),
            style=style,
        )

    peaks = Strip(
        "Peak",
        "A",
        window.read(points, _highest_peak),
        limits=window.read(points, _main_limit),
        style=_MAINS,
    )
    strips = [
        _heavy(peaks),
        bars("Charged", lambda day: day.charged_mj / _MJ_PER_KWH, _CARS),
        bars("Imported", lambda day: day.imported_mj / _MJ_PER_KWH, _MAINS),
        bars("Exported", lambda day: day.exported_mj / _MJ_PER_KWH, _BATTERY),
    ]
    if any(day.pv_mj for day in days):
        strips.append(bars("PV", lambda day: day.pv_mj / _MJ_PER_KWH, _PV))
    return [strip for strip in strips if strip.known]


def charger_day_strips(
    points: Sequence[ChargerBucket], window: Window, now: ChargerBucket | None = None
) -> list[Strip]:
    """The strips of one charger's day: the line above its current is what it was offered."""
    if now is not None:
        points = [*points, *_not_yet_kept(points, now, window)]

    def read(value: _ChargerReader) -> Values:
        return window.read(points, value)

    strips = [
        _heavy(Strip("Car", "A", read(_car), read(_car_peak), read(_offered), _CARS)),
        Strip("Power", "kW", read(lambda point: _cars_kw(point, window.until_s)), style=_CARS),
        Strip("Phases", "", read(_phases), style=_MAINS),
    ]
    return [strip for strip in strips if strip.known]


def charger_month_strips(points: Sequence[ChargerBucket], days: Sequence[Total], window: Window) -> list[Strip]:
    """The strips of one charger's month: the highest current below the highest offer, and energies by day."""

    def bars(name: str, value: Callable[[Total], float], style: str) -> Strip:
        return Strip(name, "kWh", window.spread(days, lambda day: value(day) if _known(day) else None), style=style)

    def read(value: _ChargerReader) -> Values:
        return window.read(points, value)

    strips = [
        _heavy(bars("Charged", lambda day: day.charged_mj / _MJ_PER_KWH, _CARS)),
        bars("Solar", lambda day: day.solar_mj / _MJ_PER_KWH, _PV),
        Strip("Peak", "A", read(_car_peak), limits=read(_offered), style=_MAINS),
    ]
    return [strip for strip in strips if strip.known]


def charger_now(snapshot: Snapshot, charger_id: str) -> ChargerBucket | None:
    """What stands now at one charger, as a bucket of one second; None if its board is not heard."""
    charger = next((charger for charger in snapshot.chargers if charger.id == charger_id), None)
    if charger is None or charger.board is None or charger.link is not LinkState.ONLINE:
        return None
    board, ev = charger.board, charger.ev
    currents_da = ev.currents_da if ev.freshness is Freshness.FRESH else None
    charging = bool(board.flags & Flag.C1)
    return ChargerBucket(
        int(snapshot.wall_s),
        1,
        online_ms=1,
        offered=board.offered_da,
        offered_max_da=board.offered_da,
        charging_ms=int(charging),
        three_ms=int(charging and board.phases > 1),
        ev_ms=0 if currents_da is None else 1,
        ev_l1=0 if currents_da is None else currents_da[0],
        ev_l2=0 if currents_da is None else currents_da[1],
        ev_l3=0 if currents_da is None else currents_da[2],
        ev_max_da=None if currents_da is None else max(currents_da),
        charged_mj=(metered_w(ev) or 0) * 1_000 if charger.plugged else 0,
    )


def bucket_now(snapshot: Snapshot) -> SiteBucket | None:
    """What stands now, as a bucket of one second; None if not even the mains are known."""
    mains, battery, pv = snapshot.mains, snapshot.battery, snapshot.pv
    if mains.freshness is not Freshness.FRESH or mains.currents_da is None:
        return None
    battery_da = battery.currents_da if battery.freshness is Freshness.FRESH else None
    pv_w = pv.power_w if pv.freshness is Freshness.FRESH else None
    settings = snapshot.settings
    capacity = settings["current_max_sum_mains"]
    return SiteBucket(
        int(snapshot.wall_s),
        1,
        1,
        *(mains.currents_da * 3),  # sums of a weight of 1, lowest and highest
        battery_ms=0 if battery_da is None else 1,
        battery=0 if battery_da is None else battery_da[0],
        pv_ms=0 if pv_w is None else 1,
        pv_mj=pv_w or 0,
        charged_mj=sum(metered_w(charger.ev) or 0 for charger in snapshot.chargers if charger.plugged) * 1_000,
        main_da=settings["current_main"] * 10,
        capacity_da=capacity * 10 if capacity else None,
    )


def _known(day: Total) -> bool:
    return bool(day.known_ms or day.charged_mj)


def _not_yet_kept(points: Sequence[_Bucket], now: _Bucket, window: Window) -> list[_Bucket]:
    start_s = now.start_s - now.start_s % window.step_s
    if not window.from_s <= now.start_s < window.to_s or any(point.start_s == start_s for point in points):
        return []
    # it stands for the column in which it is, so its one second must not be stretched over the time since its start
    return [
        replace(now, start_s=start_s, length_s=window.step_s, charged_mj=now.charged_mj * _passed_s(start_s, window))
    ]


def _passed_s(start_s: int, window: Window) -> int:
    return max(1, min(window.step_s, int(window.until_s) - start_s))


def _heavy(strip: Strip) -> Strip:
    return replace(strip, weight=2)


def _phase(phase: int) -> Reader:
    return lambda point: None if point.mains_da is None else point.mains_da[phase] / 10


def _phase_peak(phase: int) -> Reader:
    return lambda point: _tenth((point.mains_max_l1, point.mains_max_l2, point.mains_max_l3)[phase])


def _highest_phase(point: SiteBucket) -> float | None:
    return None if point.mains_da is None else max(point.mains_da) / 10


def _highest_peak(point: SiteBucket) -> float | None:
    peaks = [peak for peak in (point.mains_max_l1, point.mains_max_l2, point.mains_max_l3) if peak is not None]
    return max(peaks) / 10 if peaks else None


def _sum(point: SiteBucket) -> float | None:
    return None if point.mains_da is None else sum(point.mains_da) / 10


def _main_limit(point: SiteBucket) -> float | None:
    return _tenth(point.main_da)


def _capacity_limit(point: SiteBucket) -> float | None:
    return _tenth(point.capacity_da)


def _car(point: ChargerBucket) -> float | None:
    return None if point.ev_da is None else max(point.ev_da) / 10


def _car_peak(point: ChargerBucket) -> float | None:
    return _tenth(point.ev_max_da)


def _offered(point: ChargerBucket) -> float | None:
    """The highest offer; None while nothing is offered: a limit of zero would be a line through all that is idle."""
    return _tenth(point.offered_max_da or None)


def _phases(point: ChargerBucket) -> float | None:
    """0 while the contactor is open, between 1 and 3 in a span with both."""
    if not point.online_ms:
        return None
    return (point.charging_ms + 2 * point.three_ms) / point.online_ms


def _cars_kw(point: SiteBucket | ChargerBucket, until_s: float) -> float:
    passed_s = max(1.0, min(point.length_s, until_s - point.start_s))  # of the newest bucket only a part is over
    return point.charged_mj / (passed_s * 1_000) / 1_000


def _pv_kw(point: SiteBucket) -> float | None:
    return None if point.pv_w is None else point.pv_w / 1_000


def _battery_kw(point: SiteBucket) -> float | None:
    return None if point.battery_da is None else point.battery_da / 10 * text.NOMINAL_V / 1_000


def _tenth(value: int | None) -> float | None:
    return None if value is None else value / 10
