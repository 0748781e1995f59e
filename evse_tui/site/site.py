"""The site at run time: measurements and telemetry in, decisions to the boards, one frozen snapshot out.

The only place with state. Data flow: `feed` and board events -> observation -> `Controller.decide` -> grants, in the
same call for a value that guards a fuse; snapshots are built later, when somebody reads them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Final

from evse_tui.board.ports import Opener
from evse_tui.clock import Clock
from evse_tui.config import DISABLED, SiteConfig
from evse_tui.control.controller import Controller
from evse_tui.control.freshness import BATTERY_GONE_MS
from evse_tui.control.types import BatterySample, Decision, Mode, Observation, Sample
from evse_tui.settings import BY_NAME, Scope
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    Command,
    DoBoardAction,
    EvMeasurement,
    MainsMeasurement,
    Measurement,
    Outcome,
    PvMeasurement,
    SetC2,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
    Source,
)
from evse_tui.site.log import EventLog
from evse_tui.site.progress import Commands
from evse_tui.site.publisher import Publisher
from evse_tui.site.recorder import Recorder
from evse_tui.site.snapshot import Freshness, Level, Snapshot
from evse_tui.site.sources import MeterSource, Taken
from evse_tui.site.tasks import Tasks
from evse_tui.site.values import LOCK_HOLD, Values
from evse_tui.site.wording import amps_text
from evse_tui.store import Store, StoreError

TICK_MS: Final = 1_000
_PV_GONE_MS: Final = 60_000
_NEEDS_MAINS: Final = (Mode.SMART, Mode.SOLAR)


class Site:
    """Implements `SiteView`. `start` it, feed it, `stop` it; it can't be started again."""

    def __init__(
        self, config: SiteConfig, store: Store, clock: Clock, openers: Mapping[str, Opener], *, demo: bool = False
    ) -> None:
        """`openers` by charger id, one for each charger of `config`. The site takes the store over and closes it.

        Must be made on the running loop.
        """
        stored = store.stored
        self.config = config
        self._store = store
        self._clock = clock
        self._demo = demo
        self._started_s = clock.wall_s()
        self._values = Values(config, stored)
        self._log = EventLog(stored.log)
        self._commands = Commands()
        self._command_lock = asyncio.Lock()
        self._controller = Controller()
        self._decision: Decision | None = None
        self._mains = MeterSource(config.meters.mains, demo=demo)
        self._circuit = MeterSource(config.meters.circuit, demo=demo)
        self._battery = MeterSource(config.meters.battery, demo=demo, gone_ms=BATTERY_GONE_MS)
        self._pv = MeterSource(config.meters.pv, demo=demo, gone_ms=_PV_GONE_MS)
        self._mains_freshness = Freshness.ABSENT
        self._chargers = {
            charger.id: ChargerRuntime(
                charger,
                openers[charger.id],
                clock,
                self._values,
                self,
                energy=stored.energy.get(charger.id),
                known_events=stored.board_events,
                demo=demo,
            )
            for charger in config.chargers
        }
        self._recorder = Recorder(store, self._log, tuple(self._chargers.values()), clock.now_ms)
        self._publisher = Publisher(self._build)
        self._tasks = Tasks(self._failed)
        self._failure = ""
        self._running = False
        self._decided_in_this_turn = False
        self._decide_handle: asyncio.Handle | None = None

    # life

    async def start(self) -> None:
        """Opens the boards' ports and begins to decide; returns after the first decision, boards connected or not."""
        self._running = True
        for sentence in self._values.unusable:
            self.log(None, Level.WARNING, sentence)
        self._decide()
        for charger in self._chargers.values():
            self.spawn(charger.run(), f"board of {charger.id}")
        self.spawn(self._tick(), "tick")
        self.spawn(self._recorder.run(), "recorder")

    async def stop(self) -> None:
        """Ends everything and closes ports and store. No grant is sent any more: leases run out at the boards."""
        if not self._running:
            return
        self._running = False
        if self._decide_handle is not None:
            self._decide_handle.cancel()
        await self._tasks.close()
        await self._recorder.write(all_energy=True)
        self._publisher.close()
        await self._store.close()

    async def watch(self) -> None:
        """For the one who runs the site: raises what ended the first background task that failed; else it waits."""
        await asyncio.shield(self._tasks.failure)

    def _failed(self, error: BaseException) -> None:
        self._failure = f"a part of the host has failed and must be restarted: {error!r}"
        self.log(None, Level.FAULT, self._failure)
        self.touch(at_once=True)

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep_ms(TICK_MS)
            now_ms = self._clock.now_ms()
            for charger in self._chargers.values():
                charger.tick(now_ms)
            self._watch_mains(now_ms)
            self._decide()
            self._recorder.soon()
            self.touch()

    def _watch_mains(self, now_ms: int) -> None:
        before, self._mains_freshness = self._mains_freshness, self._mains.freshness(now_ms)
        if before is self._mains_freshness:
            return
        match before, self._mains_freshness:
            case _, Freshness.LATE:
                self.log(None, Level.WARNING, "mains data are late")
            case _, Freshness.GONE:
                self.log(None, Level.WARNING, "mains data are lost")
            case Freshness.ABSENT, _:
                self.log(None, Level.INFO, "mains data arrive")
            case _:
                self.log(None, Level.INFO, "mains data are back")

    # ChargerHost

    def log(self, charger_id: str | None, level: Level, text: str) -> None:
        """Adds a line to the event log."""
        self._log.add(self._clock.wall_s(), charger_id, level, text)

    def touch(self, *, at_once: bool = False) -> None:
        """The snapshot has changed."""
        self._publisher.touch(at_once=at_once)

    def record_soon(self) -> None:
        """Something waits for the store."""
        self._recorder.soon()

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> None:
        """Runs a background task until the site stops."""
        self._tasks.spawn(coroutine, name)

    def decide_soon(self) -> None:
        """Decides at the end of this turn of the loop, once however many ask."""
        if self._running and self._decide_handle is None:
            self._decide_handle = asyncio.get_running_loop().call_soon(self._decide)

    # decisions

    def _decide_now(self) -> None:
        """Decides in this call; a second time in one turn of the loop it decides at the turn's end."""
        if self._decided_in_this_turn:
            self.decide_soon()
            return
        self._decided_in_this_turn = True
        asyncio.get_running_loop().call_soon(self._turn_over)
        self._decide()

    def _turn_over(self) -> None:
        self._decided_in_this_turn = False

    def _decide(self) -> None:
        if self._decide_handle is not None:
            self._decide_handle.cancel()
            self._decide_handle = None
        if not self._running:
            return
        now_ms = self._clock.now_ms()
        decision = self._controller.decide(self._observation(), now_ms)
        for charger, grant in zip(self._chargers.values(), decision.grants, strict=True):
            charger.apply(grant, now_ms)
        for charger in self._chargers.values():
            charger.tell_step()
        self._decision = decision

    def _observation(self) -> Observation:
        return Observation(
            settings=self._values.site_for_control(),
            chargers=tuple(charger.observation() for charger in self._chargers.values()),
            mains=_sample(self._mains),
            circuit=_sample(self._circuit),
            battery=_battery_sample(self._battery),
        )

    # SiteView

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot."""
        return self._publisher.snapshot

    def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest snapshot at once, then each newer one until the site stops; a slow reader skips."""
        return self._publisher.snapshots()

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        """Takes a measurement; its age counts from now.

        When this returns, the decision of a mains value is on its way to the boards. All other values decide at the end
        of the loop's turn, or with the mains value of the same turn, so that a request with several makes one decision.

        Raises:
            KeyError: there is no such charger.
        """
        if not self._running:
            return
        now_ms, wall_s = self._clock.now_ms(), self._clock.wall_s()
        match measurement:
            case MainsMeasurement(currents_da):
                if self._take("mains", self._mains, source, now_ms, wall_s):
                    self._mains.currents_da = currents_da
                    self._decide_now()
            case CircuitMeasurement(currents_da):
                if self._take("circuit", self._circuit, source, now_ms, wall_s):
                    self._circuit.currents_da = currents_da
                    self.decide_soon()
            case BatteryMeasurement(current_da, soc_permille):
                if self._take("battery", self._battery, source, now_ms, wall_s):
                    self._battery.currents_da = (current_da, 0, 0)
                    self._battery.soc_permille = soc_permille
                    self.decide_soon()
            case PvMeasurement(power_w):
                if self._take("PV", self._pv, source, now_ms, wall_s):
                    self._pv.power_w = power_w
            case EvMeasurement(charger_id):
                taken = self._chargers[charger_id].feed(measurement, source, now_ms)
                self._tell_sender(f"EV meter of {charger_id}", taken)
                if taken is not Taken.IGNORED:
                    self.decide_soon()
        self.touch()

    def _take(self, name: str, meter: MeterSource, source: Source, now_ms: int, wall_s: float) -> bool:
        taken = meter.take(source, now_ms, wall_s)
        self._tell_sender(name, taken)
        return taken is not Taken.IGNORED

    def _tell_sender(self, name: str, taken: Taken) -> None:
        if taken is Taken.TAKEN_OVER:
            self.log(None, Level.INFO, f"{name}: an outside sender takes over from the simulation")
        elif taken is Taken.HANDED_BACK:
            self.log(None, Level.INFO, f"{name}: the outside sender is silent, the simulation goes on")

    async def execute(self, command: Command) -> Outcome:
        """Applies a command; what must survive a restart is committed before this returns.

        Settings of a board that is away are kept and hold when it connects. Board actions are momentary and refused
        while it is away.
        """
        if not self._running:
            return Outcome(False, "the host is stopping")
        charger_id = command.charger_id
        if charger_id is not None and charger_id not in self._chargers:
            return Outcome(False, f"there is no charger {charger_id!r}")
        match command:
            case DoBoardAction(charger_id, action):
                return await self._chargers[charger_id].act(action)
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
        if name == "mode" and value in _NEEDS_MAINS and self._mains.kind == DISABLED:
            return Outcome(True, "nothing was changed: this mode needs a mains meter")
        shown = setting.choices[value - setting.lowest] if setting.choices else f"{value} {setting.unit}".rstrip()
        return await self._commit(charger_id, name, value, f"{name} {shown}")

    async def _commit(self, charger_id: str | None, name: str, value: int, what: str) -> Outcome:
        async with self._command_lock:  # the order of commits is the order in which values come into force
            commands = self._commands if charger_id is None else self._chargers[charger_id].commands
            accepted_ms = 0

            def observed() -> bool:
                if charger_id is None:
                    return True
                charger = self._chargers[charger_id]
                if name == LOCK_HOLD:
                    return charger.shows_lock_hold(bool(value))
                return charger.shows_decision_since(accepted_ms)

            progress = commands.request(what, self._clock.now_ms(), observed)
            self.touch(at_once=True)
            try:
                await self._store.set_setting(name, value, charger_id)
            except StoreError as error:
                progress.fail(self._clock.now_ms(), str(error))
                self.touch(at_once=True)
                return Outcome(False, str(error), progress.id)
            self._values.set(charger_id, name, value)
            accepted_ms = self._clock.now_ms()
            away = charger_id is not None and not self._chargers[charger_id].online
            progress.accept(accepted_ms, "kept until the board connects" if away else "")
        if charger_id is not None:
            self._took_effect(self._chargers[charger_id], name, value)
        self.log(charger_id, Level.INFO, f"set: {what}")
        self._decide()
        commands.look(accepted_ms)
        self.touch(at_once=True)
        return Outcome(True, command_id=progress.id)

    def _took_effect(self, charger: ChargerRuntime, name: str, value: int) -> None:
        if name == "mode" and value == Mode.SOLAR:
            charger.override_da = 0
        elif name == LOCK_HOLD:
            charger.lock_hold_changed()

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
        now_ms = self._clock.now_ms()
        what = f"override {amps_text(current_da)}" if current_da else "override off"
        progress = charger.commands.request(what, now_ms, lambda: charger.shows_decision_since(now_ms))
        charger.override_da = current_da
        progress.accept(now_ms, "" if charger.online else "kept until the board connects")
        self.log(charger.id, Level.INFO, f"set: {what}")
        self._decide()
        self.touch(at_once=True)
        return Outcome(True, command_id=progress.id)

    # windows

    def _build(self, number: int) -> Snapshot:
        now_ms = self._clock.now_ms()
        self._commands.look(now_ms)
        mains = self._mains.snapshot(now_ms)
        decision = self._decision
        warnings = [*(decision.warnings if decision is not None else ()), self._recorder.trouble, self._failure]
        return Snapshot(
            number=number,
            at_ms=now_ms,
            wall_s=self._clock.wall_s(),
            started_s=self._started_s,
            chargers=tuple(charger.snapshot(now_ms, mains.freshness) for charger in self._chargers.values()),
            mains=mains,
            circuit=self._circuit.snapshot(now_ms),
            battery=self._battery.snapshot(now_ms),
            pv=self._pv.snapshot(now_ms),
            surplus=decision.surplus if decision is not None else None,
            settings=self._values.site,
            events=self._log.shown,
            warnings=tuple(warning for warning in warnings if warning),
            demo=self._demo,
            commands=self._commands.snapshots(now_ms),
            decided_ms=decision.at_ms if decision is not None else None,
        )


def _sample(meter: MeterSource) -> Sample | None:
    if meter.currents_da is None or meter.arrived_ms is None:
        return None
    return Sample(meter.currents_da, meter.arrived_ms)


def _battery_sample(meter: MeterSource) -> BatterySample | None:
    if meter.currents_da is None or meter.arrived_ms is None:
        return None
    return BatterySample(meter.currents_da[0], meter.arrived_ms, meter.soc_permille)
