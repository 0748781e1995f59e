"""A site whose snapshots come when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from evse_tui.site.snapshot import Snapshot
from tests.api.factory import RecordingSite


class LiveSite(RecordingSite):
    """`show` publishes; `end` ends the site."""

    def __init__(self) -> None:
        super().__init__()
        self._newer = asyncio.Event()
        self._ended = False

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        seen = None
        while not self._ended:
            if seen is self.snapshot:
                await self._newer.wait()
            else:
                seen = self.snapshot
                yield seen

    def show(self, **facts: Any) -> None:
        """The next snapshot, changed in `facts`."""
        self.snapshot = replace(self.snapshot, number=self.snapshot.number + 1, **facts)
        self._wake()

    def end(self) -> None:
        """No further snapshot."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        newer, self._newer = self._newer, asyncio.Event()
        newer.set()
