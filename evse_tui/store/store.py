"""The asynchronous shell: every call runs in one worker thread, in order, and returns after the commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from evse_tui.store import events, history, sessions
from evse_tui.store.database import Database
from evse_tui.store.history import ChargerSeries, SiteSeries, Span, Total
from evse_tui.store.lock import DirectoryLock
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, SettingKey, Stored
from evse_tui.store.sessions import Session

FILE_NAME: Final = "evse-tui.sqlite3"
_FOR_EVER_S: Final = float("inf")

_P = ParamSpec("_P")
_T = TypeVar("_T")


class InlineExecutor(Executor):
    """Runs at once, in the caller. For memory, where nothing waits, and for virtual time, which would not wait."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # as every executor: the future carries whatever it is
            future.set_exception(error)
        return future


class Store:
    """Make it with `open`, end it with `close`."""

    def __init__(
        self, executor: Executor, database: Database, stored: Stored, lock: DirectoryLock | None = None
    ) -> None:
        self._executor = executor
        self._lock = lock
        self._database = database
        self._stored = stored
        self._closed = False

    @classmethod
    async def open(cls, directory: Path | None, executor: Executor | None = None) -> Store:
        """Opens the database in `directory`, made if need be, for this process alone; None keeps all in memory.

        Raises:
            StoreError: another host has the directory, or the file can't be used; it was not changed.
        """
        if executor is None:
            executor = InlineExecutor() if directory is None else ThreadPoolExecutor(1, thread_name_prefix="store")
        loop = asyncio.get_running_loop()
        lock = None
        try:
            if directory is not None:
                lock = await loop.run_in_executor(executor, DirectoryLock, directory)
            database = await loop.run_in_executor(
                executor, Database, None if directory is None else directory / FILE_NAME
            )
            stored = await loop.run_in_executor(executor, database.load)
        except BaseException:
            executor.shutdown()
            if lock is not None:
                lock.release()
            raise
        return cls(executor, database, stored, lock)

    @property
    def stored(self) -> Stored:
        """What the database held when it was opened."""
        return self._stored

    async def set_setting(self, name: str, value: int, charger_id: str | None = None) -> None:
        """Returns after the commit.

        Raises:
            StoreError: nothing was changed.
        """
        await self.set_settings({(charger_id, name): value})

    async def set_settings(
        self, changes: Mapping[SettingKey, int], schedules: Mapping[str, ScheduleRow | None] | None = None
    ) -> None:
        """Commits all changes or none. `schedules` by charger id; None removes one.

        Raises:
            StoreError: nothing was changed.
        """
        await self._run(self._database.set_settings, dict(changes), dict(schedules or {}))

    async def set_cards(self, cards: Mapping[str, float], changes: Mapping[SettingKey, int] | None = None) -> None:
        """Replaces the site's cards (wall time of storing by card) and commits `changes` with that.

        Raises:
            StoreError: nothing was changed.
        """
        await self._run(self._database.set_cards, dict(cards), dict(changes or {}))

    async def record(
        self, log: Sequence[LogEntry] = (), board_events: Sequence[BoardEvent] = (), energy: Sequence[Energy] = ()
    ) -> None:
        """Commits what happened, all or nothing; repeated rows are left alone.

        Raises:
            StoreError: nothing was changed.
        """
        await self._run(self._database.record, tuple(log), tuple(board_events), tuple(energy))

    # memory

    async def remember(self, spans: Sequence[Span], sessions: Sequence[Session]) -> None:
        """Adds spans to the history and writes sessions, all or nothing. Each span must be given once.

        Raises:
            StoreError: nothing was changed.
        """
        await self._run(self._database.write, _remember, tuple(spans), tuple(sessions))

    async def history(
        self, subject: str, from_s: int, to_s: int, points: int = 500, finest_s: int = 60
    ) -> SiteSeries | ChargerSeries:
        """Buckets of `SITE` or a charger that touch [from_s, to_s), UTC: at most `points` (2 to 5,000), none shorter
        than `finest_s`, as fine as the past is kept. A span of which nothing is known has no bucket.

        Raises:
            StoreError: the file can't be read.
        """
        return await self._run(self._database.read, history.read, subject, from_s, to_s, points, finest_s)

    async def totals(self, subject: str, edges_s: Sequence[int]) -> tuple[Total, ...]:
        """Energy and cost of `SITE` or a charger between neighbouring edges, UTC; `periods` makes days and months.

        Raises:
            StoreError: the file can't be read.
            ValueError: more than 1,000 edges, not in ascending order, or outside of the calendar.
        """
        return await self._run(self._database.read, history.totals, subject, tuple(edges_s))

    async def sessions(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        """Plug-ins that began in [from_s, to_s), newest first, at most 1,000; `before` is the last page's last id.

        Raises:
            StoreError: the file can't be read.
        """
        return await self._run(self._database.read, sessions.page, from_s, to_s, charger_id, before, limit)

    async def sessions_under_way(self) -> tuple[Session, ...]:
        """Plug-ins without an end, of each charger the oldest first.

        Raises:
            StoreError: the file can't be read.
        """
        return await self._run(self._database.read, sessions.under_way)

    async def events(
        self,
        from_s: float = 0,
        to_s: float = _FOR_EVER_S,
        charger_id: str | None = None,
        levels: Collection[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LogEntry, ...]:
        """Lines of the log in [from_s, to_s), newest first, at most 1,000; `before` is the last page's last number.

        A charger of '' means the site's own lines, None all; no levels means all.

        Raises:
            StoreError: the file can't be read.
        """
        return await self._run(self._database.read, events.page, from_s, to_s, charger_id, tuple(levels), before, limit)

    async def close(self) -> None:
        """Waits for what is under way, closes the file and ends the thread. May be called again."""
        if self._closed:
            return
        self._closed = True
        await self._run(self._database.close)
        self._executor.shutdown()
        if self._lock is not None:
            self._lock.release()

    async def _run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        # Shielded, because a cancelled caller must not drop work that is waiting its turn.
        return await asyncio.shield(
            asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(*args, **kwargs))
        )


def _remember(connection: sqlite3.Connection, spans: Sequence[Span], rows: Sequence[Session]) -> None:
    history.add(connection, spans)
    sessions.put(connection, rows)
    if spans:  # minutes count the turns, so that a host that starts often reaches all, too
        history.trim(connection, spans[-1].start_s // 60)
