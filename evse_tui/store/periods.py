"""Local days and months as moments. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo


def day_edges(first: date, count: int, zone: tzinfo) -> tuple[int, ...]:
    """Midnights of `count` local days and the one after them, seconds since the epoch.

    A day is 23 or 25 hours long where the clocks change; of a midnight that comes twice the first counts.
    """
    return tuple(_midnight_s(first + timedelta(days=number), zone) for number in range(count + 1))


def month_edges(first: date, count: int, zone: tzinfo) -> tuple[int, ...]:
    """First midnights of `count` local months, from that of `first`, and the one after them."""
    months = range(first.year * 12 + first.month - 1, first.year * 12 + first.month + count)
    return tuple(_midnight_s(date(number // 12, number % 12 + 1, 1), zone) for number in months)


def _midnight_s(day: date, zone: tzinfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
