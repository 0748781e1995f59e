"""Commands of windows: checked, then committed, or done at once where nothing of them is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from evse_tui.clock import Clock
from evse_tui.config import DISABLED
from evse_tui.control.types import Mode
from evse_tui.settings import BY_NAME, Scope, contradiction
from evse_tui.site.cards import Cards
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
    TracePilot,
)
from evse_tui.site.commits import KEPT, Change, Commits, SiteHost
from evse_tui.site.progress import Commands
from evse_tui.site.rfid import Reader
from evse_tui.site.schedule import LocalSchedule, flaw
from evse_tui.site.snapshot import Level
from evse_tui.site.tasks import to_its_end
from evse_tui.site.values import LOCK_HOLD, Values
from evse_tui.site.wording import amps_text, schedule_text, setting_text
from evse_tui.store import Store, StoreError

_HIGHEST_BOOST_WH: Final = 1_000_000
Kept = SetMode | SetSetting | SetC2 | SetLockHold | SetSchedule
"""Commands that survive a restart."""
_NEEDS_MAINS: Final = (Mode.SMART, Mode.SOLAR)


class Executor:
    """Applies commands one after another."""

    def __init__(
        self,
        host: SiteHost,
        clock: Clock,
        store: Store,
        values: Values,
        chargers: Mapping[str, ChargerRuntime],
        cards: Cards,
        mains_kind: str,
    ) -> None:
        self.commands = Commands()
        """Those for the whole site."""
        self._host = host
        self._clock = clock
        self._values = values
        self._chargers = chargers
        self._mains_kind = mains_kind
        self._commits = Commits(host, clock, store, values, chargers, cards, self.commands)
        self._lock = asyncio.Lock()
        self._ending: set[str] = set()
        """Chargers whose schedule is being removed."""

    async def execute(self, command: Command) -> Outcome:
        """Applies a command; what must survive a restart is committed before this returns.

        Cancelled meanwhile, what the store takes comes into force all the same.
        """
        charger_id = command.charger_id
        if charger_id is not None and charger_id not in self._chargers:
            return Outcome(False, f"there is no charger {charger_id!r}")
        match command:
            case DoBoardAction(charger_id, action):
                return await self._chargers[charger_id].actions.act(action)
            case SetOverride(charger_id, current_da):
                return self._set_override(self._chargers[charger_id], current_da)
            case SetBoost(charger_id, on, energy_wh):
                return self._set_boost(self._chargers[charger_id], on, energy_wh)
            case SwipeCard(charger_id, card):
                return await to_its_end(self._chargers[charger_id].reader.show(card, remote=True))
            case SetBacklight(charger_id, level, seconds):
                return self._chargers[charger_id].panel.set_backlight(level, seconds)
            case SetCustomButton(charger_id, on):
                return self._chargers[charger_id].panel.set_custom_button(on)
            case TracePilot(charger_id, watcher, duration_ms):
                return self._chargers[charger_id].pilot.watch(watcher, duration_ms)
        return await to_its_end(self._change(command))

    async def _change(self, command: Kept) -> Outcome:
        async with self._lock:  # the order of commits is the order in which values come into force
            match command:
                case SetMode(charger_id, mode, schedule):
                    return await self._set_mode(charger_id, mode, schedule)
                case SetSetting("rfid_reader", Reader.DELETE_ALL, str(charger_id)):
                    change = Change(
                        "all cards deleted", charger_id, {"rfid_reader": Reader.DISABLED}, forgets_cards=True
                    )
                    return await self._commits.commit(change)
                case SetSetting("mode", value, str(charger_id)):
                    return await self._set_mode(charger_id, value, None)
                case SetSetting(name, value, charger_id):
                    return await self._set(charger_id, name, value)
                case SetC2(charger_id, c2):
                    return await self._set(charger_id, "enable_c2", c2)
                case SetLockHold(charger_id, on):
                    what = f"lock hold {'on' if on else 'off'}"
                    return await self._commits.commit(Change(what, charger_id, {LOCK_HOLD: int(on)}))
                case SetSchedule(charger_id, schedule):
                    return await self._set_schedule(charger_id, schedule)

    def tidy(self) -> None:
        """Once a second: what time alone changes."""
        for charger in self._chargers.values():
            if charger.plan.over and charger.id not in self._ending:
                self._ending.add(charger.id)
                self._host.spawn(self._end_schedule(charger), f"end of the schedule of {charger.id}")

    # settings and modes

    async def _set(self, charger_id: str | None, name: str, value: int) -> Outcome:
        if refusal := self._refusal(charger_id, name, value):
            return Outcome(False, refusal)
        detail = ""
        if charger_id is not None and name == "current_max":
            commissioned_da = self._chargers[charger_id].telemetry.commissioned_da
            if commissioned_da is not None and value * 10 > commissioned_da:
                detail = f"the board keeps to {amps_text(commissioned_da)}, for which it was commissioned"
        return await self._commits.commit(Change(setting_text(name, value), charger_id, {name: value}), detail)

    def _refusal(self, charger_id: str | None, name: str, value: int) -> str:
        setting = BY_NAME.get(name)
        if setting is None:
            return f"there is no setting {name!r}"
        if (setting.scope is Scope.CHARGER) != (charger_id is not None):
            return f"{name} is a setting of {'each charger' if charger_id is None else 'the site'}"
        if not setting.allows(value):
            off = f", or {setting.off}" if setting.off is not None else ""
            unit = f" {setting.unit}" if setting.unit else ""
            return f"{name}: {value} is not within {setting.lowest} to {setting.highest}{unit}{off}"
        if charger_id is None:
            return ""
        return contradiction({**self._values.charger(charger_id), name: value})

    async def _set_mode(self, charger_id: str, mode: int, schedule: LocalSchedule | None) -> Outcome:
        if refusal := self._refusal(charger_id, "mode", mode) or ("" if schedule is None else flaw(schedule)):
            return Outcome(False, refusal)
        if mode in _NEEDS_MAINS and self._mains_kind == DISABLED:
            return Outcome(True, "nothing was changed: this mode needs a mains meter")
        detail = ""
        if schedule is not None and self._chargers[charger_id].plan.would_be_over(schedule, self._clock.wall_s()):
            schedule, detail = None, "the schedule was left out: it is over already"
        what = setting_text("mode", mode) + ("" if schedule is None else f", {schedule_text(schedule)}")
        return await self._commits.commit(Change(what, charger_id, {"mode": mode}, {charger_id: schedule}), detail)

    # schedules

    async def _set_schedule(self, charger_id: str, schedule: LocalSchedule | None) -> Outcome:
        if schedule is not None:
            if refusal := flaw(schedule):
                return Outcome(False, refusal)
            if self._chargers[charger_id].plan.would_be_over(schedule, self._clock.wall_s()):
                return Outcome(False, "the schedule is over already")
        what = "schedule off" if schedule is None else f"schedule {schedule_text(schedule)}"
        return await self._commits.commit(Change(what, charger_id, {}, {charger_id: schedule}))

    async def _end_schedule(self, charger: ChargerRuntime) -> None:
        """Removes a schedule that is over; one that had a stop leaves the charger off, as the original does."""
        try:
            async with self._lock:
                charger.follow_schedule(self._clock.now_ms())
                schedule = self._values.schedule(charger.id)
                if schedule is None or not charger.plan.over:
                    return
                off = {} if schedule.stop is None else {"mode": int(Mode.OFF)}
                change = Change("", charger.id, off, {charger.id: None})
                try:
                    await self._commits.enforce(change)
                except StoreError:
                    return  # control has closed or opened it already; it is tried again
        finally:
            self._ending.discard(charger.id)
        self._host.log(charger.id, Level.INFO, "the schedule is over" + (": mode Off" if off else ""))
        self._host.decide()
        self._host.touch(at_once=True)

    # what lives in memory only

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

    def _set_boost(self, charger: ChargerRuntime, on: bool, energy_wh: int | None) -> Outcome:
        board = charger.telemetry.board
        if not on:
            return self._apply(charger, "boost off", charger.booster.stop)
        if board is None or not board.plugged:
            return Outcome(False, "boost: no car is connected" if board is not None else "boost: there is no board now")
        if energy_wh is not None and not 0 < energy_wh <= _HIGHEST_BOOST_WH:
            return Outcome(False, f"boost: {energy_wh} is not within 1 to {_HIGHEST_BOOST_WH} Wh")
        what = "boost until the car leaves" if energy_wh is None else f"boost for {energy_wh / 1_000:g} kWh"
        now_ms = self._clock.now_ms()
        return self._apply(charger, what, lambda: charger.booster.start(energy_wh, charger.account.session_wh, now_ms))

    def _apply(self, charger: ChargerRuntime, what: str, change: Callable[[], None]) -> Outcome:
        """A change that lives in memory only."""
        now_ms = self._clock.now_ms()
        progress = charger.commands.request(what, now_ms, lambda: charger.grants.in_force_since(now_ms))
        change()
        progress.accept(now_ms, "" if charger.online else KEPT)
        self._host.log(charger.id, Level.INFO, f"set: {what}")
        self._host.decide()
        self._host.touch(at_once=True)
        return Outcome(True, command_id=progress.id)
