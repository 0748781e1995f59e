"""The site behind a client: snapshots by its event stream, commands by requests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, NoReturn
from urllib.parse import quote

import msgspec

from evse_tui.api.v1.models import pilot as models
from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.board.reconnect import Reconnect
from evse_tui.clock import Clock
from evse_tui.remote import errors
from evse_tui.remote.client import Client
from evse_tui.remote.errors import RefusedError, RemoteError
from evse_tui.remote.memory import RemoteMemory
from evse_tui.remote.orders import order_of, outcome_of
from evse_tui.remote.picture import picture
from evse_tui.remote.timeline import Timeline
from evse_tui.site.commands import Command, Measurement, Outcome, Source
from evse_tui.site.memory import Memory
from evse_tui.site.snapshot import Snapshot

_SNAPSHOT: Final = "/snapshot"
_STREAM: Final = "/stream"
_KIND: Final = "snapshot"
_PILOT: Final = msgspec.json.Decoder(models.PilotSamples)


class RemoteSite:
    """Implements SiteView. Moments of its snapshots are on `clock`, so that ages go on when the connection is lost."""

    def __init__(
        self, client: Client, clock: Clock, first: Snapshot, *, chance: Callable[[], float] = random.random
    ) -> None:
        """`first` is shown until `follow` brings another; `chance` gives numbers in [0, 1)."""
        self._client = client
        self._clock = clock
        self._memory = RemoteMemory(client)
        self._reconnect = Reconnect(chance)
        self._heard = first
        """The newest that came."""
        self._shown = first
        self._newer = asyncio.Event()

    @property
    def snapshot(self) -> Snapshot:
        return self._shown

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        seen = None
        while True:
            if seen is self._shown:
                await self._newer.wait()
            else:
                seen = self._shown
                yield seen

    @property
    def memory(self) -> Memory:
        return self._memory

    async def pilot(self, charger_id: str, after_ms: int = EVERYTHING) -> PilotSamples:
        """Asks the site; where it can't say, or is too old to know, that is the obstacle.

        Raises:
            KeyError: there is no such charger.
        """
        if all(charger.id != charger_id for charger in self._heard.chargers):
            raise KeyError(charger_id)
        query = {} if after_ms < 0 else {"after": after_ms}
        try:
            told = _PILOT.decode(await self._client.get(f"/chargers/{quote(charger_id, safe='')}/pilot", query))
            if not len(told.times_ms) == len(told.high_mv) == len(told.low_mv):
                raise ValueError("samples are missing")
        except RemoteError as error:
            return PilotSamples(obstacle=str(error))
        except ValueError:
            return PilotSamples(obstacle=str(errors.foreign(self._client.url, "another document")))
        levels = tuple(told.times_ms), tuple(told.high_mv), tuple(told.low_mv)
        return PilotSamples(*levels, tuple(told.gaps), told.age_ms, told.obstacle)

    async def execute(self, command: Command) -> Outcome:
        """Asks the site. If the answer is missing, the outcome says that it may have been done."""
        order = order_of(command)
        try:
            reply = await self._client.send(order.method, order.path, order.body)
            return outcome_of(command, reply.status, reply.body)
        except RefusedError as error:
            return Outcome(False, f"{error.reason}.")
        except RemoteError as error:
            doubt = " It may have been done all the same: look before you repeat it." if error.done is None else ""
            return Outcome(False, f"{error}{doubt}")
        except (msgspec.DecodeError, KeyError):
            return Outcome(False, f"{errors.foreign(self._client.url, 'another answer to a command')}")

    def feed(self, measurement: Measurement, source: Source = Source.OUTSIDE) -> None:
        """Refused: meters talk to the site itself.

        Raises:
            RemoteError: always.
        """
        raise RemoteError(f"{self._client.url} takes measurements over its own API", "not here")

    async def follow(self) -> NoReturn:
        """Brings snapshots until cancelled. A lost connection is shown as a warning, and made again and again."""
        while True:
            self._reconnect.opened()
            try:
                async with self._client.events(_STREAM, _KIND) as documents:
                    await self._follow(documents)
                lost = errors.broken(self._client.url, "the site has ended the connection")
            except RemoteError as error:
                lost = error
            self._show(_without_connection(self._heard, lost.reason))
            now_ms = self._clock.now_ms()
            await self._clock.sleep_ms(max(self._reconnect.lost(now_ms) - now_ms, round(lost.wait_s * 1000)))

    async def _follow(self, documents: AsyncIterator[bytes]) -> None:
        timeline = Timeline()
        async for document in documents:
            now_ms = self._clock.now_ms()
            self._heard = picture(self._client.url, document, timeline, now_ms)
            self._reconnect.online(now_ms)
            self._show(self._heard)

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot != self._shown:
            self._shown = snapshot
            newer, self._newer = self._newer, asyncio.Event()
            newer.set()


def _without_connection(snapshot: Snapshot, reason: str) -> Snapshot:
    return replace(snapshot, warnings=(f"Connection lost ({reason}): trying again.", *snapshot.warnings))


@asynccontextmanager
async def attached(url: str, token: str, clock: Clock) -> AsyncIterator[RemoteSite]:
    """The site below `url` (`address.base_url`), which has answered once. Nothing newer comes unless `follow` runs.

    Raises:
        RemoteError: it can't be asked, or is none.
    """
    async with Client(url, token) as client:
        document = await client.get(_SNAPSHOT)
        yield RemoteSite(client, clock, picture(url, document, Timeline(), clock.now_ms()))
