"""The asynchronous shell: every call runs in one worker thread, in order, and returns after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from evse_tui.store.database import Database
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, SettingKey, Stored

FILE_NAME: Final = "evse-tui.sqlite3"

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

    def __init__(self, executor: Executor, database: Database, stored: Stored) -> None:
        self._executor = executor
        self._database = database
        self._stored = stored
        self._closed = False

    @classmethod
    async def open(cls, directory: Path | None, executor: Executor | None = None) -> Store:
        """Opens the database in `directory`, made if need be; None keeps everything in memory.

        Raises:
            StoreError: the file can't be used; it was not changed.
        """
        if executor is None:
            executor = InlineExecutor() if directory is None else ThreadPoolExecutor(1, thread_name_prefix="store")
        loop = asyncio.get_running_loop()
        try:
            database = await loop.run_in_executor(
                executor, Database, None if directory is None else directory / FILE_NAME
            )
            stored = await loop.run_in_executor(executor, database.load)
        except BaseException:
            executor.shutdown()
            raise
        return cls(executor, database, stored)

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

    async def close(self) -> None:
        """Waits for what is under way, closes the file and ends the thread. May be called again."""
        if self._closed:
            return
        self._closed = True
        await self._run(self._database.close)
        self._executor.shutdown()

    async def _run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        # Shielded, because a cancelled caller must not drop work that is waiting its turn.
        return await asyncio.shield(
            asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(*args, **kwargs))
        )
