"""Brings the site's past to the store: finished minutes and plug-ins, in one commit a minute.

It has no timer: the site's tick tells it what stands, and each mains value is told when it arrives, so that no peak
between two ticks is missed. Its writer wakes when a minute is over or a plug-in begins or ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from evse_tui.clock import Clock
from evse_tui.control.types import PhaseCurrents
from evse_tui.site.session_ledger import PlugIn, SessionLedger
from evse_tui.store import Energy, Store, StoreError
from evse_tui.store.downsample import ChargerValues, Minutes, SiteValues
from evse_tui.store.history import Span
from evse_tui.store.sessions import Session

_WAITING: Final = 1_440
"""Spans kept while the store can't be written: a day; then the oldest go."""


@dataclass(frozen=True, slots=True)
class SiteLook:
    """The site at one moment."""

    values: SiteValues
    import_wh: int | None = None
    """Registers of the mains meter."""
    export_wh: int | None = None


@dataclass(frozen=True, slots=True)
class ChargerLook:
    """One charger at one moment."""

    charger_id: str
    values: ChargerValues
    plug_in: PlugIn
    import_wh: int | None = None
    """Register of its own meter."""


class Historian:
    """One site's. Tell it with `mains` and `look`, `run` it, and `close` it before the store."""

    def __init__(self, store: Store, clock: Clock, energy: Mapping[str, Energy], charger_ids: Sequence[str]) -> None:
        """`energy` is what the store held when it was opened."""
        self.trouble = ""
        """One sentence while the store can't be written; empty otherwise."""
        self._store = store
        self._clock = clock
        self._minutes = Minutes(tuple(charger_ids), clock.now_ms(), self._wall_ms())
        self._energy = energy
        self._totals_mj: dict[str, int] = {name: energy[name].total_mj for name in charger_ids if name in energy}
        self._ledgers: dict[str, SessionLedger] = {}
        self._spans: deque[Span] = deque(maxlen=_WAITING)
        self._rows: dict[tuple[str, float], Session] = {}
        """Plug-ins that wait for the store."""
        self._wanted = asyncio.Event()
        self._wanted.set()  # to take over the plug-ins that were under way

    async def _take_over(self) -> None:
        open_rows = await self._store.sessions_under_way()
        self._ledgers = {
            charger_id: SessionLedger(
                charger_id, self._energy.get(charger_id), [row for row in open_rows if row.charger_id == charger_id]
            )
            for charger_id in self._minutes.chargers
        }

    def mains(self, currents_da: PhaseCurrents) -> None:
        """A value of the mains has arrived."""
        self._advance(self._clock.now_ms())
        self._minutes.site = replace(self._minutes.site, mains_da=currents_da)

    def look(self, site: SiteLook, chargers: Sequence[ChargerLook]) -> None:
        """Once a second: what stands from now on, and what the meters have counted."""
        now_ms = self._clock.now_ms()
        self._advance(now_ms)
        grown: dict[str, int] = {}
        registers: dict[str, int] = {}
        for charger in chargers:
            total_mj = charger.plug_in.energy.total_mj
            grown[charger.charger_id] = max(0, total_mj - self._totals_mj.get(charger.charger_id, 0))
            self._totals_mj[charger.charger_id] = total_mj
            if charger.import_wh is not None:
                registers[charger.charger_id] = charger.import_wh
        charged = self._minutes.charged(now_ms, grown, registers)
        self._minutes.registers(now_ms, site.import_wh, site.export_wh)
        self._minutes.site = site.values
        for charger in chargers:
            self._minutes.chargers[charger.charger_id] = charger.values
            ledger = self._ledgers.get(charger.charger_id)
            if ledger is not None:
                ledger.look(charger.plug_in, charged.get(charger.charger_id))
                if ledger.changed:
                    self._wanted.set()

    def _advance(self, now_ms: int) -> None:
        finished = self._minutes.advance(now_ms, self._wall_ms())
        if finished:
            self._spans.extend(finished)
            self._wanted.set()

    def _wall_ms(self) -> int:
        return round(self._clock.wall_s() * 1000)

    async def run(self) -> None:
        """Writes whenever something waits, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._write()

    async def _write(self) -> None:
        try:
            if not self._ledgers:
                await self._take_over()
            await self._write_waiting()
        except StoreError as error:
            self.trouble = str(error)
        else:
            self.trouble = ""

    async def _write_waiting(self) -> None:
        for ledger in self._ledgers.values():
            self._rows.update(((row.charger_id, row.started_s), row) for row in ledger.take())
        spans, rows = list(self._spans), dict(self._rows)
        if not spans and not rows:
            return
        # Taken away before the wait: a caller that is cancelled meanwhile must not write them a second time.
        self._spans.clear()
        self._rows.clear()
        try:
            await self._store.remember(spans, list(rows.values()))
        except StoreError:
            self._rows = {**rows, **self._rows}
            self._spans = deque([*spans, *self._spans], maxlen=_WAITING)
            raise

    async def close(self) -> None:
        """Writes what there is, the minute that runs included; the next host adds to it."""
        self._advance(self._clock.now_ms())
        self._spans.extend(self._minutes.flush())
        await self._write()
