"""How long the wait for a board lasts on ports that open slowly, or never."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from evse_tui.board.client import BoardClient
from evse_tui.board.model import LinkState
from evse_tui.board.ports import PortError
from evse_tui.board.reach import UNDECIDED, reach
from evse_tui.clock import LoopClock
from evse_tui.sim.virtual_time import run_virtual

PATIENT = UNDECIDED | {LinkState.WAITING}


class SlowOpener:
    """Takes its time, then fails."""

    port = "slow"

    def __init__(self, opening_s: float) -> None:
        self._opening_s = opening_s

    async def open(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        await asyncio.sleep(self._opening_s)
        raise PortError("It is not there.")


def waited_ms(opening_s: float, undecided: frozenset[LinkState]) -> int:
    """How long somebody waits who gives the board 6 s."""

    async def story() -> int:
        clock = LoopClock()
        client = BoardClient(SlowOpener(opening_s), clock, on_event=lambda _: None, jitter=lambda: 0.0)
        running = asyncio.create_task(client.run())
        began_ms = clock.now_ms()
        await reach(client, clock, 6_000, undecided)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        return clock.now_ms() - began_ms

    return run_virtual(story())


@pytest.mark.parametrize(("opening_s", "waited_s"), [(0.0, 0), (2.0, 2), (30.0, 30)])
def test_it_ends_with_the_first_failure_to_open_however_long_that_takes(opening_s: float, waited_s: int) -> None:
    assert waited_ms(opening_s, UNDECIDED) == pytest.approx(waited_s * 1000, abs=60)


@pytest.mark.parametrize("opening_s", [0.0, 2.0, 30.0])
def test_who_waits_through_failures_to_open_does_not_wait_for_ever(opening_s: float) -> None:
    assert waited_ms(opening_s, PATIENT) == pytest.approx(6_000, abs=60)
