"""The past of a remote site: implements Memory over `/api/v1/history`, `/sessions` and `/events`."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from evse_tui.api.v1.models.past import LATEST_S, MOST_POINTS, MOST_ROWS, History, Sessions, SiteHistory
from evse_tui.api.v1.models.site import Events
from evse_tui.remote import past
from evse_tui.remote.client import Client
from evse_tui.remote.errors import RemoteError, foreign
from evse_tui.site.snapshot import Level
from evse_tui.store import (
    SITE,
    ChargerBucket,
    ChargerSeries,
    LogEntry,
    Session,
    SiteBucket,
    SiteSeries,
    StoreError,
    Total,
)

_HOUR_S: Final = 3_600
_QUARTER_S: Final = 900
_FOR_EVER_S: Final = float("inf")
_LEVELS: Final = [level.value for level in Level]

_HISTORY: Final = msgspec.json.Decoder(History)
_SESSIONS: Final = msgspec.json.Decoder(Sessions)
_EVENTS: Final = msgspec.json.Decoder(Events)
_Row = TypeVar("_Row", Session, LogEntry)
_Told = TypeVar("_Told")
_T = TypeVar("_T")


class RemoteMemory:
    """See `past` for what the way over the API costs in precision."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        from_s, to_s = max(0, from_s), min(to_s, LATEST_S)
        if to_s <= from_s:
            return SiteSeries(finest_s, ()) if subject == SITE else ChargerSeries(finest_s, ())
        most = min(points, MOST_POINTS, (to_s - from_s) // finest_s + 2)
        query: dict[str, str | int] = {"from": from_s, "to": to_s, "points": max(2, most)}
        if subject != SITE:
            query["subject"] = subject
        found = await self._ask("/history", query, _HISTORY, _same)
        if isinstance(found, SiteHistory):
            return SiteSeries(found.step_s, tuple(past.site_bucket(point, found.step_s) for point in found.points))
        return ChargerSeries(found.step_s, tuple(past.charger_bucket(point, found.step_s) for point in found.points))

    async def totals(self, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
        """Sums over hours, or over quarters of one if edges need them: the API's own days are of the site's zone."""
        if len(edges_s) < 2 or edges_s[0] >= edges_s[-1]:
            return ()
        step_s = _QUARTER_S if any(edge % _HOUR_S for edge in edges_s) else _HOUR_S
        found: dict[int, SiteBucket | ChargerBucket] = {}
        span_s = (MOST_POINTS - 2) * step_s
        for from_s in range(edges_s[0], edges_s[-1], span_s):
            series = await self.history(subject, from_s, min(from_s + span_s, edges_s[-1]), MOST_POINTS, step_s)
            found.update((bucket.start_s, bucket) for bucket in series.points)
        return past.totals(edges_s, found.values())

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        query = _range(from_s, to_s) | ({} if charger_id is None else {"charger": charger_id})

        async def page(before: int | None, limit: int) -> Sequence[Session]:
            return await self._ask("/sessions", _page(query, before, limit), _SESSIONS, _plug_ins)

        return await _rows(page, lambda row: from_s <= row.started_s < to_s, lambda row: row.id or 0, before, limit)

    async def events(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        query = _range(from_s, to_s)
        if charger_id:
            query["charger"] = charger_id
        if levels:
            query["level"] = min(levels, key=_LEVELS.index)

        def wanted(row: LogEntry) -> bool:
            if charger_id == "" and row.charger_id is not None:
                return False
            return from_s <= row.wall_s < to_s and (not levels or row.level in levels)

        async def page(before: int | None, limit: int) -> Sequence[LogEntry]:
            return await self._ask("/events", _page(query, before, limit), _EVENTS, _lines)

        return await _rows(page, wanted, lambda row: row.number, before, limit)

    async def _ask(
        self,
        path: str,
        query: Mapping[str, str | int],
        decoder: msgspec.json.Decoder[_Told],
        into: Callable[[_Told], _T],
    ) -> _T:
        try:
            return into(decoder.decode(await self._client.get(path, query)))
        except RemoteError as error:
            raise StoreError(str(error)) from None
        except (msgspec.DecodeError, KeyError):  # also a name that only a newer site has
            raise StoreError(str(foreign(self._client.url, "another document"))) from None


def _same(told: History) -> History:
    return told


def _plug_ins(told: Sessions) -> list[Session]:
    return [past.session(row) for row in told.sessions]


def _lines(told: Events) -> list[LogEntry]:
    return [past.log_entry(row) for row in reversed(told.events)]


def _range(from_s: float, to_s: float) -> dict[str, str | int]:
    """Whole seconds around [from_s, to_s); with a begin the store answers, not the snapshot."""
    end_s = math.ceil(min(max(to_s, 1), LATEST_S))
    return {"from": max(0, min(math.floor(from_s), end_s - 1)), "to": end_s}


def _page(query: Mapping[str, str | int], before: int | None, limit: int) -> dict[str, str | int]:
    return {**query, "limit": limit} | ({} if before is None else {"before": before})


async def _rows(
    page: Callable[[int | None, int], Awaitable[Sequence[_Row]]],
    wanted: Callable[[_Row], bool],
    number: Callable[[_Row], int],
    before: int | None,
    limit: int,
) -> tuple[_Row, ...]:
    """The first `limit` rows that are wanted; pages of the API may hold others."""
    limit = max(0, min(limit, MOST_ROWS))
    found: list[_Row] = []
    while len(found) < limit:
        rows = await page(before, limit)
        found += filter(wanted, rows)
        if len(rows) < limit:
            break
        before = number(rows[-1])
    return tuple(found[:limit])
