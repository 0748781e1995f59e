"""What must survive a restart: committed, then in force, then followed until it is seen on the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from evse_tui.clock import Clock
from evse_tui.control.types import Mode
from evse_tui.site.cards import Cards
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.commands import Outcome
from evse_tui.site.host import ChargerHost
from evse_tui.site.progress import Commands
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import Level
from evse_tui.site.values import LOCK_HOLD, Values, as_row
from evse_tui.store import Store, StoreError

KEPT: Final = "kept until the board connects"


class SiteHost(ChargerHost, Protocol):
    """What commands need of the site."""

    def decide(self) -> None:
        """Decides in this call."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit changes; nothing or all of it comes into force."""

    what: str
    charger_id: str | None
    settings: Mapping[str, int]
    schedules: Mapping[str, LocalSchedule | None] = field(default_factory=dict)
    """By charger id; None removes one."""
    forgets_cards: bool = False


class Commits:
    """The caller lets one change end before the next begins: commits and values in force keep the same order."""

    def __init__(
        self,
        host: SiteHost,
        clock: Clock,
        store: Store,
        values: Values,
        chargers: Mapping[str, ChargerRuntime],
        cards: Cards,
        site_commands: Commands,
    ) -> None:
        self._host = host
        self._clock = clock
        self._store = store
        self._values = values
        self._chargers = chargers
        self._cards = cards
        self._site_commands = site_commands

    async def commit(self, change: Change, detail: str = "") -> Outcome:
        """Commits a change, puts it in force, and follows it; `detail` goes into the outcome of a success."""
        charger = None if change.charger_id is None else self._chargers[change.charger_id]
        commands = self._site_commands if charger is None else charger.commands
        accepted_ms = 0

        def observed() -> bool:
            return charger is None or _observed(charger, change, accepted_ms)

        progress = commands.request(change.what, self._clock.now_ms(), observed)
        self._host.touch(at_once=True)
        try:
            await self.enforce(change)
        except StoreError as error:
            progress.fail(self._clock.now_ms(), str(error))
            self._host.touch(at_once=True)
            return Outcome(False, str(error), progress.id)
        accepted_ms = self._clock.now_ms()
        progress.accept(accepted_ms, "" if charger is None or charger.online else KEPT)
        self._host.log(change.charger_id, Level.INFO, f"set: {change.what}")
        self._host.decide()
        commands.look(accepted_ms)
        self._host.touch(at_once=True)
        return Outcome(True, detail, progress.id)

    async def enforce(self, change: Change) -> None:
        """Commits a change and puts it in force.

        Raises:
            StoreError: nothing was changed.
        """
        await self._keep(change)
        self._take_effect(change)

    async def _keep(self, change: Change) -> None:
        settings = {(change.charger_id, name): value for name, value in change.settings.items()}
        rows = {key: None if plan is None else as_row(key, plan) for key, plan in change.schedules.items()}
        if change.forgets_cards:
            async with self._cards.lock:
                await self._cards.remove_all(settings)
            return
        await self._store.set_settings(settings, rows)

    def _take_effect(self, change: Change) -> None:
        """Puts what was committed in force."""
        for name, value in change.settings.items():
            self._values.set(change.charger_id, name, value)
        for charger_id, schedule in change.schedules.items():
            self._values.set_schedule(charger_id, schedule)
        if change.charger_id is None:
            return
        charger, now_ms = self._chargers[change.charger_id], self._clock.now_ms()
        if change.settings.get("mode") == Mode.SOLAR:
            charger.override_da = 0
        if LOCK_HOLD in change.settings:
            charger.lock_hold.changed(now_ms)
        if change.schedules:
            charger.follow_schedule(now_ms)


def _observed(charger: ChargerRuntime, change: Change, accepted_ms: int) -> bool:
    if LOCK_HOLD in change.settings:
        return charger.lock_hold.shows(bool(change.settings[LOCK_HOLD]))
    return charger.grants.in_force_since(accepted_ms)
