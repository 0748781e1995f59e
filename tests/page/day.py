"""A past made by hand: a summer's day with sun, clouds, dinner and a car, in steps of five minutes. Pure arithmetic."""

from __future__ import annotations

import math

from evse_tui.store import ChargerBucket, ChargerSeries, Session, SiteBucket, SiteSeries
from tests.memories import NoMemory
from tests.ui.snapshots import WALL_S

STEP_S = 300
_MS = STEP_S * 1000
PLUGGED_S = WALL_S - 1934
"""When the present car of tests.ui.snapshots came."""


def _hour(start_s: int) -> float:
    return start_s % 86_400 / 3600


def _mains_da(start_s: int) -> tuple[int, int, int]:
    hour = _hour(start_s)
    if start_s > PLUGGED_S:  # as in tests.ui.snapshots: two loads on L2
        return 142, round(243 + 5 * math.sin(hour * 90)), 118
    sun = max(0.0, math.sin((hour - 6) / 14 * math.pi)) if 6 < hour < 20 else 0.0
    cloud = 0.75 + 0.25 * math.sin(hour * 5.3) * math.sin(hour * 1.7)
    house = 14 + 6 * math.sin(hour * 2.1) + (45 if 17.5 < hour < 19 else 0) + (30 if 6.5 < hour < 7.5 else 0)
    car = _car_da(start_s)
    roof = 95 * sun * cloud
    return round(house + car - roof), round(0.5 * house + car - roof), round(0.4 * house + car - roof + 9)


def _car_da(start_s: int) -> int:
    """What the car drew per phase."""
    hour = _hour(start_s)
    if start_s > PLUGGED_S:
        return 118
    if hour >= 22 or hour < 5:
        return 118
    return round(60 + 30 * math.sin((hour - 11) / 5 * math.pi)) // 10 * 10 - 2 if 11 < hour < 16 else 0


class DayMemory(NoMemory):
    """Answers for any day; an hour in the night is missing, as after a power cut."""

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        starts = [s for s in range(from_s - from_s % STEP_S, to_s, STEP_S) if not 2.5 < _hour(s) < 3.5]
        if subject:
            return ChargerSeries(STEP_S, tuple(self._charger(s) for s in starts))
        return SiteSeries(STEP_S, tuple(self._site(s) for s in starts))

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = 0,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        night, noon = 1_759_960_800.0, 1_759_921_200.0
        return (
            Session(
                "1", night, night + 25_200, 25_200_000, 21_600_000, 48_830, estimated=False,
                cost_u=11_720_000, max_da=119, phases=3, mode=3, id=2,
            ),
            Session(
                "1", noon, noon + 18_000, 18_000_000, 16_200_000, 19_410, estimated=False,
                solar_mj=18_600 * 3_600_000, cost_u=190_000, max_da=88, phases=3, mode=2, id=1,
            ),
        )  # fmt: skip

    @staticmethod
    def _site(start_s: int) -> SiteBucket:
        l1, l2, l3 = _mains_da(start_s)
        return SiteBucket(
            start_s, STEP_S, mains_ms=_MS, mains_l1=l1 * _MS, mains_l2=l2 * _MS, mains_l3=l3 * _MS, main_da=250
        )

    @staticmethod
    def _charger(start_s: int) -> ChargerBucket:
        drawn = _car_da(start_s)
        offered = drawn + 2 if drawn else 0
        return ChargerBucket(
            start_s,
            STEP_S,
            online_ms=_MS,
            offered=offered * _MS,
            granted=offered * _MS,
            ev_ms=_MS,
            ev_l1=drawn * _MS,
            ev_l2=drawn * _MS,
            ev_l3=drawn * _MS,
        )
