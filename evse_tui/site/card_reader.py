"""The card reader of one charger: cards in, authorisation out, kept over a restart of the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from evse_protocol.messages import EventKind, Flag, Pilot
from evse_protocol.payloads import Event, Status
from evse_tui.board.client import BoardClient
from evse_tui.clock import Clock
from evse_tui.site.board_events import BoardEvents
from evse_tui.site.cards import Cards
from evse_tui.site.commands import Outcome
from evse_tui.site.host import ChargerHost
from evse_tui.site.rfid import (
    SHOWN_MS,
    Authorisation,
    CardStatus,
    Reader,
    Verdict,
    card_number,
    judge,
    life_of,
    masked,
)
from evse_tui.site.snapshot import Level, RfidSnapshot
from evse_tui.site.telemetry import Telemetry
from evse_tui.store import BoardEvent, SettingKey, StoreError

AUTHORISED: Final = "authorised"
"""Kept with the settings, but not one: tag of the card that lets the present car charge; 0 is none."""
AUTHORISED_LIFE: Final = "authorised_life"
"""The boot of the board in which that car was last seen."""
READER_OFF: Final = "RFID reader not enabled"


class CardReader:
    """What a card starts is in force after its commit. What ends is in force at once, and an event that tells of an
    unplug stays in the board until the end is committed: a host that is killed in between hears of it again."""

    def __init__(
        self,
        charger_id: str,
        cards: Cards,
        client: BoardClient,
        telemetry: Telemetry,
        events: BoardEvents,
        clock: Clock,
        host: ChargerHost,
        *,
        reader: Callable[[], Reader],
        stored: Mapping[SettingKey, int],
        known_events: Iterable[BoardEvent],
    ) -> None:
        self._charger_id = charger_id
        self._cards = cards
        self._client = client
        self._telemetry = telemetry
        self._events = events
        self._clock = clock
        self._host = host
        self._reader = reader
        self._saved = (
            stored.get((charger_id, AUTHORISED), 0),
            stored.get((charger_id, AUTHORISED_LIFE), 0),
        )
        self._authorisation = Authorisation(*self._saved)
        self._saving = False
        self._trouble = ""
        self._shown: tuple[CardStatus, int] | None = None
        self._last_card = ""
        self._newest_event = {event.serial: (event.boot, event.number) for event in known_events}

    @property
    def authorised(self) -> bool:
        """Whether the present car may charge, or the next one: always while the reader is off."""
        return self._reader() is Reader.DISABLED or self._authorisation.holder != 0

    def snapshot(self, now_ms: int) -> RfidSnapshot:
        """The reader as windows see it."""
        if self._reader() is Reader.DISABLED:
            return RfidSnapshot(CardStatus.NOT_INSTALLED.value)
        status = CardStatus.READY
        if self._shown is not None and now_ms - self._shown[1] < SHOWN_MS:
            status = self._shown[0]
        return RfidSnapshot(status.value, self._last_card)

    def note(self, now_ms: int) -> str:
        """What the display says of it; empty if nobody needs to do anything."""
        status = self.snapshot(now_ms).status
        if status != CardStatus.READY.value:
            return "" if self._reader() is Reader.DISABLED else status
        return "" if self.authorised else "Please show a card"

    # cards

    async def show(self, card: str, *, remote: bool) -> Outcome:
        """A card is shown; its effect is committed when this returns."""
        reader = self._reader()
        if reader is Reader.DISABLED:
            return Outcome(False, READER_OFF)
        try:
            card = card_number(card)
        except ValueError as error:
            return Outcome(False, str(error))
        async with self._cards.lock:
            verdict = judge(
                reader,
                card,
                stored=card in self._cards,
                full=self._cards.full,
                holder=self._authorisation.holder,
                remote=remote,
            )
            try:
                await self._carry_out(verdict, card)
            except StoreError as error:
                self._host.log(self._charger_id, Level.WARNING, f"card {masked(card)}: {error}")
                return Outcome(False, str(error))
            finally:
                self._hold_events()
        self._last_card = card
        self._shown = verdict.status, self._clock.now_ms()
        level = Level.WARNING if verdict.status is CardStatus.INVALID else Level.INFO
        self._host.log(self._charger_id, level, f"card {masked(card)}: {verdict.why or verdict.status.value}")
        self._host.decide_soon()
        self._host.touch(at_once=True)
        return Outcome(verdict.accepted, verdict.status.value)

    async def _carry_out(self, verdict: Verdict, card: str) -> None:
        if verdict.store:
            await self._cards.add(card, self._clock.wall_s())
        if verdict.delete:
            await self._cards.remove(card)
        if verdict.holder is None:
            return
        status = self._telemetry.status
        plugged = self._telemetry.online and status is not None and Flag.PLUGGED in status.flags
        wanted = Authorisation()
        wanted.give(verdict.holder, self._clock.now_ms(), life=self._life(), plugged=plugged)
        if not verdict.holder:  # an end waits for no disk
            self._authorisation = wanted
            self._host.decide_soon()
        await self._commit(wanted.row)
        self._authorisation = wanted

    def _life(self) -> int:
        identity = self._client.identity
        return 0 if identity is None else life_of(identity.serial, identity.boot)

    # what the board says

    def take_status(self, status: Status, now_ms: int) -> None:
        """With each STATUS."""
        self._authorisation.see(self._life(), Flag.PLUGGED in status.flags, now_ms)
        self._keep()

    def take_event(self, event: Event) -> None:
        """With each new event of the board, in their order."""
        self._watch_numbers(event)
        if event.kind is EventKind.PILOT and event.code == Pilot.A:
            self._authorisation.unplugged()
        elif event.kind is EventKind.CARD:
            card = f"{event.value:08X}"
            if self._telemetry.is_live(event):
                self._host.spawn(self._show(card), f"card at {self._charger_id}")
            elif self._reader() is not Reader.DISABLED:
                self._host.log(
                    self._charger_id,
                    Level.INFO,
                    f"card {masked(card)} was shown while the host was away: show it again",
                )
        self._keep()

    async def _show(self, card: str) -> None:
        await self.show(card, remote=False)

    def _watch_numbers(self, event: Event) -> None:
        """Events that the board had to drop while nobody looked may have told of an unplug."""
        identity = self._client.identity
        if identity is None:
            return
        before = self._newest_event.get(identity.serial)
        self._newest_event[identity.serial] = event.boot, event.number
        gap = before is not None and before[0] == event.boot and event.number > before[1] + 1
        if gap and not self._telemetry.is_live(event):
            self._authorisation.unplugged()

    def tick(self, now_ms: int) -> None:
        """Once a second."""
        self._authorisation.look(now_ms)
        self._keep()

    # the store

    def _keep(self) -> None:
        """Brings what changed by itself to the store."""
        self._hold_events()
        if self._authorisation.row == self._saved or self._saving:
            return
        self._saving = True
        self._host.decide_soon()
        self._host.touch(at_once=True)
        self._host.spawn(self._save(), f"authorisation of {self._charger_id}")

    async def _save(self) -> None:
        try:
            async with self._cards.lock:
                while self._authorisation.row != self._saved:
                    await self._commit(self._authorisation.row)
        except StoreError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                self._host.log(self._charger_id, Level.WARNING, f"authorisation by card: {error}")
        else:
            self._trouble = ""
        finally:
            self._saving = False
            self._hold_events()

    async def _commit(self, row: tuple[int, int]) -> None:
        if row == self._saved:
            return
        holder, life = row
        await self._cards.commit({(self._charger_id, AUTHORISED): holder, (self._charger_id, AUTHORISED_LIFE): life})
        self._saved = row

    def _hold_events(self) -> None:
        """While the store would restore somebody whose time is over, the board keeps its events."""
        held = self._saved[0] != 0 and self._authorisation.row != self._saved
        if self._events.held and not held:
            self._host.record_soon()
        self._events.held = held
