"""Commands of windows: checked, committed, in force, and followed until they are seen on the board."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from evse_tui.clock import Clock
from evse_tui.config import DISABLED
from evse_tui.control.types import Mode
from evse_tui.settings import BY_NAME, Scope
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.commands import (
    Command,
    DoBoardAction,
    Outcome,
    SetBacklight,
    SetBoost,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SetSetting,
    SwipeCard,
)
from evse_tui.site.host import ChargerHost
from evse_tui.site.progress import Commands
from evse_tui.site.snapshot import Level
from evse_tui.site.values import LOCK_HOLD, Values
from evse_tui.site.wording import amps_text
from evse_tui.store import Store, StoreError

_KEPT: Final = "kept until the board connects"
_NEEDS_MAINS: Final = (Mode.SMART, Mode.SOLAR)


class SiteHost(ChargerHost, Protocol):
    """What commands need of the site."""

    def decide(self) -> None:
        """Decides in this call."""


class Executor:
    """Applies commands one after another."""

    def __init__(
        self,
        host: SiteHost,
        clock: Clock,
        store: Store,
        values: Values,
        chargers: Mapping[str, ChargerRuntime],
        mains_kind: str,
    ) -> None:
        self.commands = Commands()
        """Those for the whole site."""
        self._host = host
        self._clock = clock
        self._store = store
        self._values = values
        self._chargers = chargers
        self._mains_kind = mains_kind
        self._lock = asyncio.Lock()

    async def execute(self, command: Command) -> Outcome:
        """Applies a command; what must survive a restart is committed before this returns."""
        charger_id = command.charger_id
        if charger_id is not None and charger_id not in self._chargers:
            return Outcome(False, f"there is no charger {charger_id!r}")
        match command:
            case DoBoardAction(charger_id, action):
                return await self._chargers[charger_id].actions.act(action)
            case SetOverride(charger_id, current_da):
                return self._set_override(self._chargers[charger_id], current_da)
            case SetMode(charger_id, mode):
                return await self._set(charger_id, "mode", mode)
            case SetC2(charger_id, c2):
                return await self._set(charger_id, "enable_c2", c2)
            case SetLockHold(charger_id, on):
                return await self._commit(charger_id, LOCK_HOLD, int(on), f"lock hold {'on' if on else 'off'}")
            case SetSetting(name, value, charger_id):
                return await self._set(charger_id, name, value)
            case SetSchedule() | SetBoost():
                return Outcome(False, "this is not possible yet")
            case SwipeCard() | SetBacklight() | SetCustomButton():
                return Outcome(False, "this is not possible yet")

    async def _set(self, charger_id: str | None, name: str, value: int) -> Outcome:
        setting = BY_NAME.get(name)
        if setting is None:
            return Outcome(False, f"there is no setting {name!r}")
        if (setting.scope is Scope.CHARGER) != (charger_id is not None):
            return Outcome(False, f"{name} is a setting of {'each charger' if charger_id is None else 'the site'}")
        if not setting.allows(value):
            off = f", or {setting.off}" if setting.off is not None else ""
            unit = f" {setting.unit}" if setting.unit else ""
            return Outcome(False, f"{name}: {value} is not within {setting.lowest} to {setting.highest}{unit}{off}")
        if name == "mode" and value in _NEEDS_MAINS and self._mains_kind == DISABLED:
            return Outcome(True, "nothing was changed: this mode needs a mains meter")
        shown = setting.choices[value - setting.lowest] if setting.choices else f"{value} {setting.unit}".rstrip()
        return await self._commit(charger_id, name, value, f"{name} {shown}")

    async def _commit(self, charger_id: str | None, name: str, value: int, what: str) -> Outcome:
        charger = None if charger_id is None else self._chargers[charger_id]
        commands = self.commands if charger is None else charger.commands
        async with self._lock:  # the order of commits is the order in which values come into force
            accepted_ms = 0

            def observed() -> bool:
                return charger is None or _observed(charger, name, value, accepted_ms)

            progress = commands.request(what, self._clock.now_ms(), observed)
            self._host.touch(at_once=True)
            try:
                await self._store.set_setting(name, value, charger_id)
            except StoreError as error:
                progress.fail(self._clock.now_ms(), str(error))
                self._host.touch(at_once=True)
                return Outcome(False, str(error), progress.id)
            self._values.set(charger_id, name, value)
            accepted_ms = self._clock.now_ms()
            progress.accept(accepted_ms, "" if charger is None or charger.online else _KEPT)
        if charger is not None:
            self._took_effect(charger, name, value)
        self._host.log(charger_id, Level.INFO, f"set: {what}")
        self._host.decide()
        commands.look(accepted_ms)
        self._host.touch(at_once=True)
        return Outcome(True, command_id=progress.id)

    def _took_effect(self, charger: ChargerRuntime, name: str, value: int) -> None:
        if name == "mode" and value == Mode.SOLAR:
            charger.override_da = 0
        elif name == LOCK_HOLD:
            charger.lock_hold.changed(self._clock.now_ms())

    def _set_override(self, charger: ChargerRuntime, current_da: int) -> Outcome:
        values = self._values.charger(charger.id)
        lowest_da, highest_da = values["current_min"] * 10, values["current_max"] * 10
        if values["mode"] == Mode.SOLAR:
            return Outcome(False, "the override does not apply in Solar")
        if current_da != 0 and not lowest_da <= current_da <= highest_da:
            return Outcome(
                False,
                f"override: {amps_text(current_da)} is not within {amps_text(lowest_da)} to {amps_text(highest_da)}",
            )
        what = f"override {amps_text(current_da)}" if current_da else "override off"

        def change() -> None:
            charger.override_da = current_da

        return self._apply(charger, what, change)

    def _apply(self, charger: ChargerRuntime, what: str, change: Callable[[], None]) -> Outcome:
        """A change that lives in memory only."""
        now_ms = self._clock.now_ms()
        progress = charger.commands.request(what, now_ms, lambda: charger.grants.in_force_since(now_ms))
        change()
        progress.accept(now_ms, "" if charger.online else _KEPT)
        self._host.log(charger.id, Level.INFO, f"set: {what}")
        self._host.decide()
        self._host.touch(at_once=True)
        return Outcome(True, command_id=progress.id)


def _observed(charger: ChargerRuntime, name: str, value: int, accepted_ms: int) -> bool:
    if name == LOCK_HOLD:
        return charger.lock_hold.shows(bool(value))
    return charger.grants.in_force_since(accepted_ms)
