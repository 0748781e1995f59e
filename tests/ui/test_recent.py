"""The last two hours on the dashboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from evse_tui.site.snapshot import Snapshot
from evse_tui.store import Store
from evse_tui.ui.widgets.recent_chart import RecentChart
from tests.ui import snapshots
from tests.ui.harness import Driven, driven
from tests.ui.pasts import Counting, Unreadable, remember_days

LARGE: Final = (120, 40)


def later(minutes: float) -> Snapshot:
    return replace(snapshots.normal(), wall_s=snapshots.WALL_S + minutes * 60)


async def store() -> Store:
    made = await Store.open(None)
    day = datetime.fromtimestamp(snapshots.WALL_S, UTC).date()
    await remember_days(made, day, 1, UTC, until_s=snapshots.WALL_S, length_s=60)
    return made


async def read(user: Driven) -> str:
    for worker in [worker for worker in user.app.workers if worker.group == "recent"]:
        await worker.wait()
    await user.pilot.pause()
    return user.text(RecentChart)


async def test_two_hours_with_the_fuse_as_a_line_and_local_times() -> None:
    async with driven(snapshots.normal(), LARGE, memory=await store()) as user:
        chart = await read(user)
        assert "╌25 A" in chart
        assert chart.splitlines()[-1].split() == ["╵07:00", "╵07:30", "╵08:00", "╵08:30"]
        assert sum("\u2800" < letter <= "\u28ff" for letter in chart) > 50


async def test_the_past_is_asked_for_once_a_minute_and_only_where_it_is_shown() -> None:
    memory = Counting(await store())
    async with driven(snapshots.normal(), memory=memory) as user:
        assert memory.asked == []
        await user.pilot.resize_terminal(*LARGE)
        await read(user)
        assert len(memory.asked) == 1
        for minutes in (0.1, 0.4, 1.0, 1.2):
            await user.show(later(minutes))
            user.app.paint()
            await read(user)
        assert len(memory.asked) == 2


async def test_a_past_that_can_not_be_read_is_said() -> None:
    async with driven(snapshots.normal(), LARGE, memory=Unreadable()) as user:
        assert await read(user) == "The history can't be read: disk I/O error."
