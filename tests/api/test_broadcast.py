"""Who gets which snapshot when, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from evse_tui.api import broadcast
from evse_tui.api.broadcast import Broadcast, FullError, Listener
from evse_tui.site.snapshot import Snapshot
from tests.api.live import LiveSite
from tests.site.bench import in_virtual_time


class Hall:
    """A broadcast on a live site; frames are the numbers of snapshots."""

    def __init__(self) -> None:
        self.site = LiveSite()
        self.encodings = 0
        self.stopping = asyncio.Event()
        self.broadcast = Broadcast(self.site, self._encode, self.stopping)

    def _encode(self, snapshot: Snapshot) -> bytes:
        self.encodings += 1
        return b"%d" % snapshot.number

    async def measure(self, seconds: float, every_s: float = 0.05) -> None:
        """Something measured changes, again and again."""
        for _ in range(round(seconds / every_s)):
            self.site.show(at_ms=self.site.snapshot.at_ms + 1)
            await asyncio.sleep(every_s)

    async def collect(self, interval_s: float, got: list[tuple[float, int]]) -> None:
        """Listens to the end: time and number of each frame."""
        loop = asyncio.get_running_loop()
        async with self.broadcast.listener(interval_s) as listener:
            while (frame := await listener.next()) is not None:
                got.append((loop.time(), int(frame)))

    async def stop(self, *listening: asyncio.Task[None]) -> None:
        self.stopping.set()
        await asyncio.gather(*listening)


async def first(listener: Listener) -> int:
    frame = await listener.next()
    assert frame is not None
    return int(frame)


@in_virtual_time
async def test_the_first_frame_comes_at_once_and_the_others_at_the_clients_rhythm() -> None:
    hall = Hall()
    got: dict[float, list[tuple[float, int]]] = {0.1: [], 0.5: [], 10.0: []}
    listening = [asyncio.create_task(hall.collect(interval_s, frames)) for interval_s, frames in got.items()]
    await hall.measure(20)
    await hall.stop(*listening)
    assert [times[0][0] for times in got.values()] == pytest.approx([got[0.1][0][0]] * 3)
    assert len(got[10.0]) in (2, 3)
    assert 38 <= len(got[0.5]) <= 42
    assert 150 <= len(got[0.1]) <= 202
    for frames in got.values():
        numbers = [number for _, number in frames]
        assert numbers == sorted(set(numbers))


@in_virtual_time
async def test_a_frame_is_fresh() -> None:
    hall = Hall()
    ages: list[int] = []
    async with hall.broadcast.listener(0.5) as listener:
        measuring = asyncio.create_task(hall.measure(5))
        while len(ages) < 8:
            ages.append(hall.site.snapshot.number - await first(listener))
        await measuring
    assert max(ages) <= 3  # numbers of 50 ms


@in_virtual_time
async def test_a_change_of_state_does_not_wait() -> None:
    hall = Hall()
    loop = asyncio.get_running_loop()
    async with hall.broadcast.listener(10) as listener:
        await first(listener)
        for warning in ("fire", "flood"):
            await asyncio.sleep(1)
            changed_s = loop.time()
            hall.site.show(warnings=(warning,))
            assert await first(listener) == hall.site.snapshot.number
            assert loop.time() == changed_s


@in_virtual_time
async def test_states_that_flap_are_sent_ten_times_a_second_at_most() -> None:
    hall = Hall()
    got: list[tuple[float, int]] = []
    listening = asyncio.create_task(hall.collect(0.5, got))
    for number in range(1000):
        hall.site.show(warnings=(str(number),))
        await asyncio.sleep(0.01)
    await hall.stop(listening)
    assert 90 <= len(got) <= 103


@in_virtual_time
async def test_a_last_measurement_is_sent_though_nothing_follows() -> None:
    hall = Hall()
    loop = asyncio.get_running_loop()
    async with hall.broadcast.listener(0.5) as listener:
        await first(listener)
        await asyncio.sleep(3)
        await hall.measure(0.15)
        begun_s = loop.time()
        while await first(listener) != hall.site.snapshot.number:
            pass
        assert loop.time() - begun_s <= 0.76


@in_virtual_time
async def test_one_encoding_serves_all_clients_of_a_rhythm() -> None:
    hall = Hall()
    frames: list[list[tuple[float, int]]] = [[] for _ in range(200)]
    listening = []
    for got in frames:  # they come one after the other
        listening.append(asyncio.create_task(hall.collect(0.5, got)))
        await asyncio.sleep(0.003)
    before = hall.encodings
    await hall.measure(10)
    assert hall.encodings - before <= 22
    assert all(len([at_s for at_s, _ in got if at_s > 0.7]) >= 18 for got in frames)
    await hall.stop(*listening)


@in_virtual_time
async def test_who_does_not_listen_finds_the_newest_frame_only() -> None:
    hall = Hall()
    async with hall.broadcast.listener(0.1) as listener:
        await hall.measure(10)
        await asyncio.sleep(1)
        assert await first(listener) == hall.site.snapshot.number
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await listener.next()


@in_virtual_time
async def test_all_end_with_the_server_and_with_the_site() -> None:
    for end in ("server", "site"):
        hall = Hall()
        got: list[tuple[float, int]] = []
        listening = [asyncio.create_task(hall.collect(10, got)) for _ in range(20)]
        await asyncio.sleep(1)
        ended_s = asyncio.get_running_loop().time()
        if end == "server":
            hall.stopping.set()
        else:
            hall.site.end()
        await asyncio.gather(*listening)
        assert asyncio.get_running_loop().time() - ended_s <= 0.1
        assert len(got) == 20


@in_virtual_time
async def test_nothing_runs_for_nobody_and_it_starts_again() -> None:
    hall = Hall()
    for _ in range(3):
        async with hall.broadcast.listener(1) as listener:
            await first(listener)
            assert len(asyncio.all_tasks()) > 1
        assert asyncio.all_tasks() == {asyncio.current_task()}
        encodings = hall.encodings
        await hall.measure(2)
        assert hall.encodings == encodings


@in_virtual_time
async def test_a_client_that_comes_while_the_last_one_goes_is_served() -> None:
    hall = Hall()
    got: list[tuple[float, int]] = []

    async def go_at_once() -> None:
        async with hall.broadcast.listener(1) as listener:
            await first(listener)
            asyncio.get_running_loop().call_soon(lambda: comers.append(asyncio.create_task(hall.collect(1, got))))

    comers: list[asyncio.Task[None]] = []
    await go_at_once()
    await hall.measure(5)
    await hall.stop(*comers)
    assert len(got) >= 4


@in_virtual_time
async def test_listeners_are_bounded() -> None:
    hall = Hall()
    got: list[tuple[float, int]] = []
    listening = [asyncio.create_task(hall.collect(1, got)) for _ in range(broadcast.MOST_LISTENERS)]
    await asyncio.sleep(1)
    with pytest.raises(FullError):
        async with hall.broadcast.listener(1):
            pass
    await hall.stop(*listening)
    assert len(got) >= broadcast.MOST_LISTENERS


@in_virtual_time
async def test_a_failure_ends_the_streams() -> None:
    hall = Hall()

    def fail(snapshot: Snapshot) -> bytes:
        raise ZeroDivisionError

    broken = Broadcast(hall.site, fail, hall.stopping)
    with pytest.raises(ZeroDivisionError):
        async with broken.listener(1) as listener:
            assert await listener.next() is None
