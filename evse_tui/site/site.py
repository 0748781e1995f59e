"""The site at run time: measurements and telemetry in, decisions to the boards, one frozen snapshot out.

The only place with state. Data flow: `feed` and board events -> observation -> `Controller.decide` -> grants, in the
same call for a value that guards a fuse; snapshots are built later, when somebody reads them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Final

from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.board.ports import Opener
from evse_tui.clock import Clock
from evse_tui.config import SiteConfig, zone_name
from evse_tui.control.controller import Controller
from evse_tui.control.types import Decision, Observation
from evse_tui.site.cards import Cards
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.charger_view import charger_snapshot, history_look
from evse_tui.site.commands import (
    Command,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    Measurement,
    Outcome,
    Source,
)
from evse_tui.site.executor import Executor
from evse_tui.site.grid_relay import GRID_CONTACT, GridRelay
from evse_tui.site.historian import Historian
from evse_tui.site.log import EventLog
from evse_tui.site.looks import site_look
from evse_tui.site.measurements import SiteMeters, Urgency
from evse_tui.site.memory import Memory
from evse_tui.site.notices import notices
from evse_tui.site.publisher import Publisher
from evse_tui.site.recorder import Recorder
from evse_tui.site.snapshot import Level, Snapshot
from evse_tui.site.sources import Taken
from evse_tui.site.tariff import PRICE, Tariff
from evse_tui.site.tasks import Tasks
from evse_tui.site.unheard import LET_GO_MS
from evse_tui.site.values import Values
from evse_tui.store import Store, Stored

TICK_MS: Final = 1_000
PAUSE_PATIENCE_S: Final = 0.4
"""How long the end of the host waits for boards to confirm a pause: several round trips."""


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
        self.on_measurement: Callable[[Measurement, Source], None] | None = None
        """Told of whatever is fed, before it is taken."""
        self._store = store
        self._clock = clock
        self._demo = demo
        self._started_s = clock.wall_s()
        self._started_ms = clock.now_ms()
        self._values = Values(config, stored)
        self._log = EventLog(stored.log)
        self._controller = Controller()
        self._decision: Decision | None = None
        tariff = Tariff(stored.settings.get((None, PRICE)))
        self._meters = SiteMeters(config.meters, self, tariff, demo=demo)
        zone = config.zone
        self._zone_name = zone_name(zone)
        cards = Cards(store)
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
                zone=zone,
                cards=cards,
                stored=stored.settings,
            )
            for charger in config.chargers
        }
        self._relay = self._grid_relay(stored)
        self._executor = Executor(self, clock, store, self._values, self._chargers, cards, config.meters.mains)
        self._recorder = Recorder(store, self._log, tuple(self._chargers.values()), clock.now_ms)
        self._historian = Historian(store, clock, stored.energy, tuple(self._chargers))
        self._publisher = Publisher(self._build)
        self._tasks = Tasks(self._failed)
        self._failure = ""
        self._notices = notices(config)
        self._running = False
        self._decided_in_this_turn = False
        self._decide_handle: asyncio.Handle | None = None

    def _grid_relay(self, stored: Stored) -> GridRelay:
        source = self.config.grid_relay_from
        charger = self._chargers.get(source or "")
        return GridRelay(
            self, source, None if charger is None else charger.telemetry, stored.settings.get((None, GRID_CONTACT))
        )

    # life

    async def start(self) -> None:
        """Opens the boards' ports and begins to decide; returns after the first decision, boards connected or not."""
        self._running = True
        for sentence in self._values.unusable:
            self.log(None, Level.WARNING, sentence)
        for charger in self._chargers.values():
            charger.follow_schedule(self._clock.now_ms())
        self.decide()
        for charger in self._chargers.values():
            self.spawn(charger.run(), f"board of {charger.id}")
        self.spawn(self._tick(), "tick")
        self.spawn(self._recorder.run(), "recorder")
        self.spawn(self._historian.run(), "historian")

    async def stop(self) -> None:
        """Ends everything and closes ports and store. No grant is sent any more: leases run out at the boards.

        With `stop_charging_on_exit` the boards are told to pause, and their answers awaited for a moment.
        """
        if not self._running:
            return
        self._running = False
        if self._decide_handle is not None:
            self._decide_handle.cancel()
        if self.config.stop_charging_on_exit:
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_PATIENCE_S):
                    await asyncio.gather(*(charger.grants.withdraw() for charger in self._chargers.values()))
        await self._tasks.close()
        await self._recorder.write(all_energy=True)
        await self._meters.tariff.keep(self._store)
        self._look(self._clock.now_ms())
        await self._historian.close()
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
            self._meters.watch(now_ms)
            self.decide()
            self._executor.tidy()
            if self._relay.unkept:
                self.spawn(self._relay.keep(self._store), "grid contact")
            if self._meters.tariff.unkept:
                self.spawn(self._meters.tariff.keep(self._store), "price")
            self._recorder.soon()
            self._look(now_ms)
            self.touch()

    def _look(self, now_ms: int) -> None:
        surplus = None if self._decision is None else self._decision.surplus
        self._historian.look(
            site_look(self._meters, self._values.site, surplus, now_ms),
            [history_look(charger, now_ms) for charger in self._chargers.values()],
        )

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
            self._decide_handle = asyncio.get_running_loop().call_soon(self.decide)

    # decisions

    def _decide_now(self) -> None:
        """Decides in this call; a second time in one turn of the loop it decides at the turn's end."""
        if self._decided_in_this_turn:
            self.decide_soon()
            return
        self._decided_in_this_turn = True
        asyncio.get_running_loop().call_soon(self._turn_over)
        self.decide()

    def _turn_over(self) -> None:
        self._decided_in_this_turn = False

    def decide(self) -> None:
        """Decides in this call."""
        if self._decide_handle is not None:
            self._decide_handle.cancel()
            self._decide_handle = None
        if not self._running:
            return
        now_ms = self._clock.now_ms()
        decision = self._controller.decide(self._observation(now_ms), now_ms)
        for charger, grant in zip(self._chargers.values(), decision.grants, strict=True):
            charger.grants.apply(grant, now_ms)
        for charger in self._chargers.values():
            charger.grants.tell_step()
        self._decision = decision

    def _observation(self, now_ms: int) -> Observation:
        return Observation(
            settings=self._values.site_for_control(),
            chargers=tuple(charger.observation(now_ms) for charger in self._chargers.values()),
            mains=self._meters.mains_sample(),
            circuit=self._meters.circuit_sample(),
            battery=self._meters.battery_sample(),
            grid_relay=self._relay.limits(bool(self._values.site["grid_relay"])),
            just_begun=now_ms - self._started_ms <= LET_GO_MS
            and any(charger.telemetry.status is None for charger in self._chargers.values()),
        )

    # SiteView

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot."""
        return self._publisher.snapshot

    def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest snapshot at once, then each newer one until the site stops; a slow reader skips."""
        return self._publisher.snapshots()

    @property
    def memory(self) -> Memory:
        """The past, as the store has it; the newest minute is not in it yet."""
        return self._store

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        """Samples of a charger's control pilot later than `after_ms`, while a `TracePilot` asks for them.

        Raises:
            KeyError: there is no such charger.
        """
        return self._chargers[charger_id].pilot.samples(after_ms)

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        """Takes a measurement; its age counts from now.

        When this returns, the decision of a mains value is on its way to the boards. All other values decide at the end
        of the loop's turn, or with the mains value of the same turn, so that a request with several makes one decision.

        Raises:
            KeyError: there is no such charger.
        """
        if not self._running:
            return
        if self.on_measurement is not None:
            self.on_measurement(measurement, source)
        match self._take(measurement, source):
            case Urgency.NOW:
                self._decide_now()
                if isinstance(measurement, MainsMeasurement):
                    self._historian.mains(measurement.currents_da)
            case Urgency.SOON:
                self.decide_soon()
        self.touch()

    def _take(self, measurement: Measurement, source: Source) -> Urgency:
        match measurement:
            case EvMeasurement(charger_id):
                taken = self._chargers[charger_id].feed(measurement, source, self._clock.now_ms())
                self._meters.tell_sender(f"EV meter of {charger_id}", taken)
                return Urgency.NEVER if taken is Taken.IGNORED else Urgency.SOON
            case EvStateMeasurement(charger_id):
                self._chargers[charger_id].feed_state(measurement)
                return Urgency.NEVER
            case _:
                return self._meters.feed(measurement, source, self._clock.now_ms(), self._clock.wall_s())

    async def execute(self, command: Command) -> Outcome:
        """Applies a command; what must survive a restart is committed before this returns.

        Settings of a board that is away are kept and hold when it connects. Board actions are momentary and refused
        while it is away.
        """
        if not self._running:
            return Outcome(False, "the host is stopping")
        return await self._executor.execute(command)

    # windows

    def _build(self, number: int) -> Snapshot:
        now_ms, wall_s = self._clock.now_ms(), self._clock.wall_s()
        self._executor.commands.look(now_ms)
        mains = self._meters.mains.snapshot(now_ms)
        decision = self._decision
        warnings = [
            *(decision.warnings if decision is not None else ()),
            self._relay.warning,
            self._recorder.trouble or self._historian.trouble,
            self._failure,
            *self._notices,
        ]
        return Snapshot(
            number=number,
            at_ms=now_ms,
            wall_s=wall_s,
            started_s=self._started_s,
            chargers=tuple(
                charger_snapshot(charger, now_ms, wall_s, mains.freshness) for charger in self._chargers.values()
            ),
            mains=mains,
            circuit=self._meters.circuit.snapshot(now_ms),
            battery=self._meters.battery.snapshot(now_ms),
            pv=self._meters.pv.snapshot(now_ms),
            surplus=decision.surplus if decision is not None else None,
            settings=self._values.site,
            events=self._log.shown,
            warnings=tuple(warning for warning in warnings if warning),
            demo=self._demo,
            commands=self._executor.commands.snapshots(now_ms),
            decided_ms=decision.at_ms if decision is not None else None,
            name=self.config.name,
            rooms_da=decision.rooms_da if decision is not None else None,
            budget_da=decision.budget_da if decision is not None else None,
            grid_relay=self._relay.limiting,
            price_milli_per_kwh=self._meters.tariff.milli_per_kwh,
            zone=self._zone_name,
        )
