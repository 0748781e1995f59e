"""What `/api/v1` tells of the past: the store's answers as models, and as tables for spreadsheets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final, ParamSpec, TypeVar

from aiohttp import web
from msgspec import UNSET, UnsetType

from evse_tui.api.export import answer_csv
from evse_tui.api.keys import CLOCK, READS, SITE, ZONE
from evse_tui.api.responses import answer
from evse_tui.api.v1.encode import encoded
from evse_tui.api.v1.models import past as models
from evse_tui.api.v1.models.site import Events, EventsExport, EventsQuery
from evse_tui.api.v1.tables import (
    CHARGER_HEADER,
    EVENTS_HEADER,
    SESSIONS_HEADER,
    SITE_HEADER,
    TOTALS_HEADER,
    Row,
    charger_row,
    event_row,
    session_row,
    site_row,
    total_row,
)
from evse_tui.api.v1.views.past import charger_point, session_view, site_point, total_view
from evse_tui.api.v1.views.site import events_view, stored_event_view
from evse_tui.site.snapshot import Level
from evse_tui.store import SITE as SITE_SUBJECT
from evse_tui.store import ChargerSeries, StoreError
from evse_tui.store.periods import day_edges, month_edges

DAY_S: Final = 86_400
USUAL_DAYS: Final = 30
PAGE: Final = 200
"""Rows of an export that are read and written together; a page takes a few ms."""
_SLICE: Final = 100
"""Points that are formed in one turn of the loop."""
_MONTHS: Final = 12

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Into = TypeVar("_Into")


# history


async def get_history(request: web.Request, query: models.HistoryQuery) -> web.Response:
    return answer(encoded(await _history(request, query)))


async def get_history_csv(request: web.Request, query: models.HistoryQuery) -> web.StreamResponse:
    history = await _history(request, query)
    if isinstance(history, models.SiteHistory):
        return await answer_csv(request, "history", SITE_HEADER, _rows(history.points, site_row))
    return await answer_csv(
        request, f"history-{history.charger_id}", CHARGER_HEADER, _rows(history.points, charger_row)
    )


async def _history(request: web.Request, query: models.HistoryQuery) -> models.History:
    from_s, to_s = _window(request, query.from_s, query.to_s, DAY_S)
    subject = query.subject or SITE_SUBJECT
    memory = request.app[SITE].memory
    series = await _ask(request, memory.history, subject, from_s, to_s, query.points)
    if isinstance(series, ChargerSeries):
        points = await _each(series.points, charger_point)
        return models.ChargerHistory(charger_id=subject, from_s=from_s, to_s=to_s, step_s=series.step_s, points=points)
    return models.SiteHistory(
        from_s=from_s, to_s=to_s, step_s=series.step_s, points=await _each(series.points, site_point)
    )


# totals


async def get_totals(request: web.Request, query: models.TotalsQuery) -> web.Response:
    return answer(encoded(await _totals(request, query)))


async def get_totals_csv(request: web.Request, query: models.TotalsQuery) -> web.StreamResponse:
    totals = await _totals(request, query)
    return await answer_csv(request, f"{query.period}s", TOTALS_HEADER, _rows(totals.totals, total_row))


async def _totals(request: web.Request, query: models.TotalsQuery) -> models.Totals:
    zone = request.app[ZONE]
    from_s, to_s = _window(request, query.from_s, query.to_s, USUAL_DAYS * DAY_S)
    first, last = datetime.fromtimestamp(from_s, zone).date(), datetime.fromtimestamp(to_s - 1, zone).date()
    days = query.period == "day"
    if not days:
        first = first.replace(day=1)
    count = (last - first).days + 1 if days else _month(last) - _month(first) + 1
    if count > models.MOST_PERIODS:
        raise web.HTTPUnprocessableEntity(text=f"The range touches more than {models.MOST_PERIODS} {query.period}s.")
    edges_s = [max(0, edge) for edge in (day_edges if days else month_edges)(first, count, zone)]
    memory, subject = request.app[SITE].memory, query.subject or SITE_SUBJECT
    totals = await _ask(request, memory.totals, subject, edges_s)
    of_site = subject == SITE_SUBJECT
    return models.Totals(
        charger_id=None if of_site else subject,
        period=query.period,
        totals=[
            total_view(total, datetime.fromtimestamp(total.start_s, zone).date().isoformat(), of_site=of_site)
            for total in totals
        ],
    )


def _month(day: date) -> int:
    return day.year * _MONTHS + day.month


# sessions


async def get_sessions(request: web.Request, query: models.SessionsQuery) -> web.Response:
    from_s, to_s = _range(query.from_s, query.to_s)
    memory, before = request.app[SITE].memory, query.before or None
    rows = await _ask(request, memory.sessions, from_s, to_s, query.charger or None, before, query.limit)
    sessions = await _each(rows, session_view)
    return answer(
        encoded(models.Sessions(sessions=sessions, next=sessions[-1].id if len(sessions) == query.limit else None))
    )


async def get_sessions_csv(request: web.Request, query: models.SessionsExport) -> web.StreamResponse:
    from_s, to_s = _range(query.from_s, query.to_s)
    memory, charger_id = request.app[SITE].memory, query.charger or None

    async def pages() -> AsyncIterator[Sequence[Row]]:
        before: int | None = None
        while True:
            rows = await _ask(request, memory.sessions, from_s, to_s, charger_id, before, PAGE)
            yield [session_row(session_view(row)) for row in rows]
            if len(rows) < PAGE:
                return
            before = rows[-1].id

    return await answer_csv(request, "sessions", SESSIONS_HEADER, pages())


# events


async def get_events(request: web.Request, query: EventsQuery) -> web.Response:
    if query.before is UNSET and query.from_s is UNSET and query.to_s is UNSET:
        return answer(encoded(events_view(request.app[SITE].snapshot, query)))
    if query.after is not UNSET:
        raise web.HTTPUnprocessableEntity(text="`after` reads forward: it goes with neither `before`, `from` nor `to`.")
    from_s, to_s = _range(query.from_s, query.to_s)
    memory, before = request.app[SITE].memory, query.before or None
    levels = _levels(query.level)
    rows = await _ask(request, memory.events, from_s, to_s, query.charger or None, levels, before, query.limit)
    return answer(encoded(Events(events=[stored_event_view(row) for row in reversed(rows)])))


async def get_events_csv(request: web.Request, query: EventsExport) -> web.StreamResponse:
    from_s, to_s = _range(query.from_s, query.to_s)
    memory, charger_id, levels = request.app[SITE].memory, query.charger or None, _levels(query.level)

    async def pages() -> AsyncIterator[Sequence[Row]]:
        before: int | None = None
        while True:
            rows = await _ask(request, memory.events, from_s, to_s, charger_id, levels, before, PAGE)
            yield [event_row(stored_event_view(row)) for row in rows]
            if len(rows) < PAGE:
                return
            before = rows[-1].number

    return await answer_csv(request, "events", EVENTS_HEADER, pages())


def _levels(least: str | UnsetType) -> tuple[str, ...]:
    """The names of a level and of all that are worse; none means all."""
    names = [level.value for level in Level]
    return tuple(names[names.index(least) :]) if isinstance(least, str) else ()


# ranges, and asking


def _window(request: web.Request, from_s: int | UnsetType, to_s: int | UnsetType, usual_s: int) -> tuple[int, int]:
    """[from, to): by default the time before now.

    Raises:
        HTTPUnprocessableEntity: it is empty.
    """
    end_s = int(request.app[CLOCK].wall_s()) if isinstance(to_s, UnsetType) else to_s
    begin_s = max(0, end_s - usual_s) if isinstance(from_s, UnsetType) else from_s
    if begin_s >= end_s:
        raise web.HTTPUnprocessableEntity(text="`from` must be before `to`; left out, `to` is now.")
    return begin_s, end_s


def _range(from_s: int | UnsetType, to_s: int | UnsetType) -> tuple[int, int]:
    """[from, to): by default everything.

    Raises:
        HTTPUnprocessableEntity: it is empty.
    """
    begin_s = 0 if isinstance(from_s, UnsetType) else from_s
    end_s = models.LATEST_S if isinstance(to_s, UnsetType) else to_s
    if begin_s >= end_s:
        raise web.HTTPUnprocessableEntity(text="`from` must be before `to`.")
    return begin_s, end_s


async def _ask(
    request: web.Request, question: Callable[_P, Awaitable[_T]], /, *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """The store's answer; a few questions at a time, because the answers are large and settings wait behind them.

    Raises:
        HTTPServiceUnavailable: the store can't be read.
    """
    async with request.app[READS]:
        try:
            return await question(*args, **kwargs)
        except StoreError as error:
            raise web.HTTPServiceUnavailable(text=f"{error}.") from None


async def _each(items: Sequence[_T], into: Callable[[_T], _Into]) -> list[_Into]:
    """`into` of every item; other requests get their turn in between."""
    found: list[_Into] = []
    for begin in range(0, len(items), _SLICE):
        found.extend(into(item) for item in items[begin : begin + _SLICE])
        await asyncio.sleep(0)
    return found


async def _rows(items: Sequence[_T], into: Callable[[_T], Row]) -> AsyncIterator[Iterable[Row]]:
    yield ()
    for begin in range(0, len(items), _SLICE):
        yield [into(item) for item in items[begin : begin + _SLICE]]
        await asyncio.sleep(0)
