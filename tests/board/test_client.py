"""The board client on a port in memory, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from itertools import cycle

import pytest

from evse_protocol.framing import FrameReader
from evse_protocol.messages import Access, Result
from evse_protocol.payloads import EventAck, Grant, Reply, Resume, Unlock, decode_payload
from evse_tui.board.client import CommandError, percentile
from evse_tui.board.events import (
    BoardReset,
    ClientEvent,
    EventArrived,
    GrantAnswered,
    GrantFailed,
    LinkChanged,
    StatusArrived,
)
from evse_tui.board.model import LinkState
from evse_tui.sim.virtual_time import run_virtual
from tests.board.memory import Bench, MemoryOpener
from tests.protocol.scripted import Peer


def virtual(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """Runs the test in virtual time and fails it on a leaked task or on an error in a callback."""

    @wraps(test)
    def run() -> None:
        async def main() -> None:
            errors: list[str] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(str(context)))
            await test()
            assert errors == []
            assert asyncio.all_tasks() == {asyncio.current_task()}

        run_virtual(main())

    return run


def state(bench: Bench) -> LinkState:
    return bench.client.state


def states(bench: Bench) -> list[LinkState]:
    found: list[LinkState] = []
    for event in bench.events:
        if isinstance(event, LinkChanged) and found[-1:] != [event.state]:
            found.append(event.state)
    return found


@virtual
async def test_from_closed_to_online_and_back() -> None:
    async with Bench() as bench:
        assert state(bench) is LinkState.ONLINE
        assert bench.client.detail == ""
        await asyncio.sleep(5)
        assert len(bench.said(StatusArrived)) >= 5
        assert bench.client.identity is not None
        assert bench.client.status_arrived_ms is not None
    assert states(bench) == [LinkState.OPENING, LinkState.GREETING, LinkState.ONLINE, LinkState.CLOSED]
    assert bench.opener.transport is None


@virtual
async def test_a_grant_is_written_within_the_call() -> None:
    async with Bench() as bench:
        before = len(bench.opener.written)
        bench.client.grant(160, 3, Access.ALLOW)
        (frame,) = FrameReader().feed(bench.opener.written[before:])
        granted = decode_payload(frame.type, frame.payload)
        assert isinstance(granted, Grant)
        assert granted.limit_da == 160
        await asyncio.sleep(0.05)
        assert bench.said(GrantAnswered) == [GrantAnswered(bench.client.applied or _reply(), 4)]
        assert 4_900 < bench.client.health.lease_ms <= 5_000


def _reply() -> Reply:
    raise AssertionError("no grant was answered")


@virtual
async def test_a_grant_without_a_board_fails_after_the_call() -> None:
    bench = Bench()
    bench.client.grant(160, 3, Access.ALLOW)
    assert bench.events == []
    await asyncio.sleep(0)
    assert len(bench.said(GrantFailed)) == 1
    assert bench.client.health.grants_refused == 1


@virtual
async def test_the_listener_may_grant_from_within_an_event() -> None:
    async with Bench() as bench:

        def listen(event: ClientEvent) -> None:
            bench.events.append(event)
            if isinstance(event, StatusArrived):
                bench.client.grant(100, 1, Access.ALLOW)

        bench.client._on_event = listen
        await asyncio.sleep(3)
        assert len(bench.said(GrantAnswered)) == len(bench.opener.peer.effects) >= 2


@virtual
async def test_a_failing_listener_does_not_stop_the_link() -> None:
    async with Bench() as bench:

        def listen(event: ClientEvent) -> None:
            bench.events.append(event)
            if isinstance(event, StatusArrived):
                raise RuntimeError("listener")

        bench.client._on_event = listen
        errors: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))
        await asyncio.sleep(5)
        assert len(bench.said(StatusArrived)) == len(errors) >= 4
        assert state(bench) is LinkState.ONLINE


@virtual
async def test_commands_are_answered_refused_or_fail_with_one_sentence() -> None:
    async with Bench() as bench:
        answer = await bench.client.command(Unlock())
        assert isinstance(answer, Reply)
        bench.opener.peer.result = Result.BUSY
        with pytest.raises(CommandError, match="The board refused RESUME: not while") as refused:
            await bench.client.command(Resume())
        assert refused.value.reply is not None
        bench.opener.peer.mute = True
        with pytest.raises(CommandError, match="UNLOCK failed: the board did not answer"):
            await bench.client.command(Unlock())
        assert bench.client.health.failures == 1
    with pytest.raises(CommandError, match="no session"):
        await bench.client.command(Unlock())


@virtual
async def test_a_cancelled_command_is_forgotten() -> None:
    async with Bench() as bench:
        task = asyncio.create_task(bench.client.command(Unlock()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        await asyncio.sleep(1)
        assert isinstance(await bench.client.command(Unlock()), Reply)


@virtual
async def test_an_unplugged_adapter_fails_commands_and_comes_back() -> None:
    async with Bench() as bench:
        bench.opener.peer.mute = True
        task = asyncio.create_task(bench.client.command(Unlock()))
        await asyncio.sleep(0.05)
        assert bench.opener.transport is not None
        bench.opener.error = "There is no port memory: plug the adapter in."
        bench.opener.transport.lose(OSError("unplugged"))
        with pytest.raises(CommandError, match="port was closed"):
            await task
        await asyncio.sleep(0.01)
        assert state(bench) is LinkState.WAITING
        assert "memory was disconnected" in bench.client.detail
        assert bench.client.next_attempt_ms is not None
        await asyncio.sleep(1)
        assert bench.client.detail == bench.opener.error
        bench.opener.error = ""
        bench.opener.peer.mute = False
        await asyncio.sleep(5)
        assert state(bench) is LinkState.ONLINE
        assert bench.client.health.reconnects == 1


@virtual
async def test_attempts_back_off_to_10_s() -> None:
    async with Bench(MemoryOpener(error="no port")) as bench:
        await asyncio.sleep(15)
        assert bench.opener.openings == 5  # at 0, 0.5, 1.5, 3.5, 7.5; then at 15.5
        await asyncio.sleep(100)
        assert bench.opener.openings == 15


@virtual
async def test_a_mute_board() -> None:
    async with Bench(MemoryOpener(Peer(mute=True))) as bench:
        assert bench.client.detail == "Greeting the board on memory."
        await asyncio.sleep(4)
        assert state(bench) is LinkState.GREETING
        assert bench.client.detail.startswith("The board on memory is mute")


@virtual
async def test_garbage() -> None:
    text = cycle([b"ets Jun  8 2016 00:22:57\r\n", b"\xff\x00\x00\x01", b"rst:0x1 (POWERON_RESET)\r\n\x00"])
    async with Bench(MemoryOpener(speak=lambda: next(text))) as bench:
        await asyncio.sleep(4)
        assert state(bench) is LinkState.GREETING
        assert "data that no EVSE board sends" in bench.client.detail
        assert bench.client.health.garbage_bytes > 0


@virtual
async def test_a_board_that_talks_but_does_not_hear() -> None:
    peer = Peer(session=5)
    async with Bench(MemoryOpener(speak=lambda: peer.status(0))) as bench:
        await asyncio.sleep(4)
        assert "does not answer" in bench.client.detail


@virtual
async def test_another_schema() -> None:
    async with Bench(MemoryOpener(Peer(schema=0xBAD))) as bench:
        assert state(bench) is LinkState.READ_ONLY
        assert "flash" in bench.client.detail
        with pytest.raises(CommandError, match="no session"):
            await bench.client.command(Unlock())


@virtual
async def test_another_host() -> None:
    async with Bench() as bench:
        for _ in range(2):
            bench.opener.peer.taken_by_another()
            await asyncio.sleep(3)
        assert state(bench) is LinkState.OTHER_HOST
        assert "Another host owns the board on memory" in bench.client.detail


@virtual
async def test_silence() -> None:
    async with Bench() as bench:
        bench.opener.peer.mute = True
        await asyncio.sleep(5)
        assert state(bench) is LinkState.SILENT
        assert "fell silent" in bench.client.detail
        assert bench.opener.openings == 1, "opening the port again could reset the board"
        bench.opener.peer.mute = False
        await asyncio.sleep(2)
        assert state(bench) is LinkState.ONLINE


@virtual
async def test_resets_and_events() -> None:
    async with Bench() as bench:
        peer = bench.opener.peer
        bench.opener.deliver(peer.event(0))
        bench.opener.deliver(peer.event(0))
        await asyncio.sleep(0.1)
        (arrived,) = bench.said(EventArrived)
        assert peer.acknowledged == []
        bench.client.acknowledge_event(arrived.event.boot, arrived.event.number)
        await asyncio.sleep(0.1)
        assert peer.acknowledged == [EventAck(peer.boot, 0)]
        peer.restart()
        await asyncio.sleep(2)
        (reset,) = bench.said(BoardReset)
        assert reset.identity.boot == peer.boot
        assert bench.client.health.resets_seen == 1


@virtual
async def test_a_hanging_port_delays_no_other_board() -> None:
    async with Bench(MemoryOpener(port="dead", hangs=True)) as dead, Bench() as alive:
        for _ in range(30):
            alive.client.grant(160, 3, Access.ALLOW)
            await asyncio.sleep(1)
        assert dead.client.state is LinkState.OPENING
        assert [answer.round_trip_ms for answer in alive.said(GrantAnswered)] == [4] * 30


@virtual
async def test_cancelled_at_any_moment_it_closes_the_port() -> None:
    for turns in range(12):
        opener = MemoryOpener()
        bench = Bench(opener)
        task = asyncio.create_task(bench.client.run())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        assert opener.transport is None
        assert state(bench) is LinkState.CLOSED
        assert bench.client._session.next_wakeup_ms is None


@virtual
async def test_health_over_a_wrap_of_the_boards_clock() -> None:
    async with Bench(MemoryOpener(Peer(offset_ms=2**32 - 60_000))) as bench:
        await asyncio.sleep(600)
        health = bench.client.health
        assert health.clock_offset_ms == 2**32 - 60_000 - 2
        assert health.clock_drift_ppm == pytest.approx(0, abs=2)
        assert health.telemetry_missed == 0
        assert health.round_trip_p50_ms == 4
        assert health.last_frame_age_ms is not None
        assert health.last_frame_age_ms <= 1_000


def test_percentiles_are_nearest_rank() -> None:
    assert percentile([], 50) is None
    assert percentile([7], 99) == 7
    assert percentile(list(range(1, 101)), 50) == 50
    assert percentile(list(range(1, 101)), 99) == 99
