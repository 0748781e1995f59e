"""Brings what happened to the store, in the background, and tells boards what they may forget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.log import EventLog
from evse_tui.store import Energy, Store, StoreError

ENERGY_EVERY_MS: Final = 10_000
"""While energy flows: what a power cut may cost, against one commit of some kB."""
TIMES_EVERY_MS: Final = 60_000
"""While a car is only connected: its times go on by the wall clock over a restart anyway."""


class Recorder:
    """One writer: a slow disk delays nothing else. What can't be written stays, bounded, and is tried again."""

    def __init__(
        self,
        store: Store,
        log: EventLog,
        chargers: Sequence[ChargerRuntime],
        now_ms: Callable[[], int],
    ) -> None:
        self.trouble = ""
        """One sentence while the store can't be written; empty otherwise."""
        self._store = store
        self._log = log
        self._chargers = chargers
        self._now_ms = now_ms
        self._wanted = asyncio.Event()
        self._energy: dict[str, Energy] = {}
        self._energy_ms = self._times_ms = now_ms()

    def soon(self) -> None:
        """Something waits."""
        self._wanted.set()

    async def run(self) -> None:
        """Writes whenever something waits, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.write()

    async def write(self, *, all_energy: bool = False) -> None:
        """Commits what waits: lines, board events, and the energy of chargers whose plug changed or whose time came."""
        lines = self._log.pending()
        events = [(charger, charger.events.pending()) for charger in self._chargers]
        energy = self._due_energy(all_energy)
        if not lines and not energy and not any(pending for _, pending in events):
            return
        try:
            await self._store.record(lines, [event for _, pending in events for event in pending], energy)
        except StoreError as error:
            self.trouble = str(error)
            return
        self.trouble = ""
        self._log.stored(lines)
        self._energy.update((row.charger_id, row) for row in energy)
        for charger, pending in events:
            charger.events.stored(pending)

    def _due_energy(self, everything: bool) -> list[Energy]:
        now_ms = self._now_ms()
        energy_due = everything or now_ms - self._energy_ms >= ENERGY_EVERY_MS
        times_due = everything or now_ms - self._times_ms >= TIMES_EVERY_MS
        if energy_due:
            self._energy_ms = now_ms
        if times_due:
            self._times_ms = now_ms
        rows = [charger.account.stored() for charger in self._chargers]
        return [row for row in rows if self._changed(row, energy_due, times_due)]

    def _changed(self, row: Energy, energy_due: bool, times_due: bool) -> bool:
        known = self._energy.get(row.charger_id)
        if known is None:
            return times_due or row.plugged
        if (row.plugged, row.started_s) != (known.plugged, known.started_s):
            return True
        return (energy_due and row.total_mj != known.total_mj) or (times_due and row != known)
