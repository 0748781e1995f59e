"""From meter to contactor with real processes: board on a pty, `serve`, a day replayed over HTTP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

import replay_day
from tests.e2e.invariants import BoardLine
from tests.e2e.processes import Chain

LEASE_MS = 5_000
SOFT_STOP_MS = 6_100
LINE_MS = 1_000
"""Lines come at once after a change; a second at the latest."""

SHARED = Path(os.environ.get("EVSE_TUI_DATA", Path(__file__).parents[3] / "shared" / "data"))


def day() -> list[replay_day.Minute]:
    """A real day if the sample data are there, else a seeded one."""
    house, pv = SHARED / "house-2008-06-11.csv", SHARED / "pv-clear.csv"
    if house.exists() and pv.exists():
        return list(replay_day.day(house, pv, 3.0, seed=1))
    return list(replay_day.day(None, None, 1.0, seed=1))


class Meter:
    """Replays minutes of the day, one each time it is asked."""

    def __init__(self, url: str, minutes: list[replay_day.Minute]) -> None:
        self.charger = replay_day.Charger(url)
        self._minutes = iter(minutes)
        self.sent: list[tuple[int, int, int]] = []

    def __call__(self, _line: BoardLine | None = None) -> None:
        self.sent.append(self.charger.send(next(self._minutes)))


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    started = Chain(tmp_path)
    yield started
    await started.close()


async def test_day_is_charged_and_a_killed_host_opens_the_contactor(chain: Chain) -> None:
    minutes = day()
    night, noon = minutes[60:], minutes[11 * 60 :]
    board = await chain.board()
    assert board.last is not None
    boot = board.last.boot
    serve = await chain.serve("--board", str(board.link))

    # SMART at night: whatever the mains leave, up to the default maximum of 13 A
    meter = Meter(serve.url, night)
    await board.say("plug")
    await board.say("ready")
    meter.charger.set_mode("smart")
    closed = await board.until(lambda line: line.c1, 40_000, meter)
    assert closed.limit_da >= 60
    assert closed.binding == "host"
    full = await board.until(lambda line: line.c1 and line.limit_da == 130, 20_000, meter)
    assert 128 <= full.offered_da <= 130

    # a load on L1 takes what the main fuse of 25 A has left for the car: at once
    meter.charger.send(replay_day.Minute(0, house_w=2 * 17.0 * 230, pv_w=0))
    await board.until(lambda line: line.limit_da <= 80, 2_000)
    await board.until(lambda line: line.limit_da == 130, 90_000, meter)

    # SOLAR at noon: what the roof has left
    meter = Meter(serve.url, noon)
    meter.charger.set_mode("solar")
    await board.until(lambda line: line.c1 and line.offered_da >= 60, 60_000, meter)

    # SIGKILL: no host, no charging after the lease and a soft stop
    await serve.kill()
    killed_ms = board.last.t_ms
    opened = await board.until(lambda line: not line.c1, LEASE_MS + SOFT_STOP_MS + 2 * LINE_MS)
    assert opened.t_ms - killed_ms <= LEASE_MS + SOFT_STOP_MS + LINE_MS

    # a restarted host finds mode and settings again and resumes
    serve = await chain.serve("--board", str(board.link))
    meter = Meter(serve.url, noon)
    assert meter.charger.settings()["mode"] == "SOLAR"
    resumed = await board.until(lambda line: line.c1, 60_000, meter)
    assert resumed.boot == boot, "the board must not have been reset"

    # orderly end: SIGTERM, exit status 0
    await serve.stop()
    await board.until(lambda line: not line.c1, LEASE_MS + SOFT_STOP_MS + 2 * LINE_MS)
    await board.stop()


async def test_host_restarted_within_the_lease_goes_on_charging(chain: Chain) -> None:
    board = await chain.board()
    serve = await chain.serve("--board", str(board.link))
    meter = Meter(serve.url, day()[60:])
    await board.say("plug")
    await board.say("ready")
    meter.charger.set_mode("normal")
    closed = await board.until(lambda line: line.c1, 40_000)
    await serve.kill()
    serve = await chain.serve("--board", str(board.link))
    renewed = await board.until(lambda line: line.lease_ms > LEASE_MS - LINE_MS, 30_000)
    resumed = await board.until(lambda line: line.c1, 30_000)
    assert closed.boot == renewed.boot == resumed.boot
    await serve.stop()
    await board.stop()
