"""Snapshots: the newest at once, nothing queued, nothing built for nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from evse_tui.site.publisher import Publisher
from evse_tui.site.snapshot import Freshness, MeterSnapshot, Snapshot
from tests.site.bench import in_virtual_time

_METER = MeterSnapshot("API", Freshness.ABSENT)
_EMPTY = Snapshot(0, 0, 0, 0, (), _METER, _METER, _METER, _METER, None, {}, (), (), False)


class Source:
    def __init__(self) -> None:
        self.built = 0
        self.publisher = Publisher(self._build)

    def _build(self, number: int) -> Snapshot:
        self.built += 1
        return replace(_EMPTY, number=number)


@in_virtual_time
async def test_a_snapshot_is_built_once_and_only_when_read() -> None:
    source = Source()
    for _ in range(100):
        source.publisher.touch()
    assert source.built == 0
    assert source.publisher.snapshot is source.publisher.snapshot
    assert source.built == 1
    source.publisher.touch()
    assert source.publisher.snapshot.number == 2
    source.publisher.close()


@in_virtual_time
async def test_readers_are_woken_at_most_20_times_a_second() -> None:
    source = Source()
    seen: list[int] = []

    async def read() -> None:
        async for snapshot in source.publisher.snapshots():
            seen.append(snapshot.number)
            await asyncio.sleep(0.003)  # busier than the touches are apart

    reader = asyncio.create_task(read())
    for _ in range(1_000):
        source.publisher.touch()
        await asyncio.sleep(0.001)
    source.publisher.close()
    await reader
    assert 20 <= len(seen) <= 22
    assert seen == sorted(set(seen))


@in_virtual_time
async def test_what_must_show_at_once_does() -> None:
    source = Source()
    times: list[float] = []
    loop = asyncio.get_running_loop()

    async def read() -> None:
        times.extend([loop.time() async for _ in source.publisher.snapshots()])

    reader = asyncio.create_task(read())
    await asyncio.sleep(1)
    source.publisher.touch()
    await asyncio.sleep(0.01)
    source.publisher.touch()  # within 50 ms of the last
    await asyncio.sleep(0.01)
    source.publisher.touch(at_once=True)
    await asyncio.sleep(1)
    source.publisher.close()
    await reader
    assert times == pytest.approx([0, 1, 1.02])


@in_virtual_time
async def test_a_late_reader_sees_each_snapshot_once() -> None:
    source = Source()
    loop = asyncio.get_running_loop()
    source.publisher.touch()
    await asyncio.sleep(1)
    times: list[float] = []

    async def read() -> None:
        times.extend([loop.time() async for _ in source.publisher.snapshots()])

    reader = asyncio.create_task(read())
    await asyncio.sleep(1)
    source.publisher.touch()
    await asyncio.sleep(1)
    source.publisher.close()
    await reader
    assert times == pytest.approx([1, 2])


@in_virtual_time
async def test_a_change_during_a_readers_work_is_not_lost_when_somebody_else_looks_first() -> None:
    source = Source()
    seen: list[int] = []

    async def slow() -> None:
        async for snapshot in source.publisher.snapshots():
            seen.append(snapshot.number)
            await asyncio.sleep(10)

    reader = asyncio.create_task(slow())
    await asyncio.sleep(1)
    source.publisher.touch()
    assert source.publisher.snapshot.number == 2
    await asyncio.sleep(20)
    source.publisher.close()
    await reader
    assert seen == [1, 2]


@in_virtual_time
async def test_a_slow_reader_skips_and_a_cancelled_one_leaves_nothing() -> None:
    source = Source()
    seen: list[int] = []

    async def slow() -> None:
        async for snapshot in source.publisher.snapshots():
            seen.append(snapshot.number)
            await asyncio.sleep(10)

    async def fast() -> None:
        async for _ in source.publisher.snapshots():
            pass

    readers = [asyncio.create_task(slow()), asyncio.create_task(fast())]
    for _ in range(200):
        source.publisher.touch()
        await asyncio.sleep(0.1)
    assert 2 <= len(seen) <= 3
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    source.publisher.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_the_end_ends_readers_and_takes_late_touches() -> None:
    source = Source()
    count = 0

    async def read() -> None:
        nonlocal count
        async for _ in source.publisher.snapshots():
            count += 1

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    source.publisher.close()
    await reader
    assert count == 1
    source.publisher.touch(at_once=True)
    assert source.publisher.snapshot.number == 2
