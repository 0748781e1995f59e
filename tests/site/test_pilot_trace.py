"""The control pilot is sampled while somebody looks, by the shipped firmware, and never at the cost of a grant."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from statistics import mean

import pytest

from evse_protocol.messages import Hold, Result, Slot
from evse_protocol.payloads import Reply, Trace
from evse_tui.board.client import BoardClient, CommandError
from evse_tui.board.model import LinkState
from evse_tui.board.pilot_samples import EVERYTHING, PilotSamples
from evse_tui.control.types import Access, Mode
from evse_tui.sim.transport import SimulatedTransport
from evse_tui.site.commands import Outcome, SetMode, TracePilot
from evse_tui.site.grants import Grants
from evse_tui.site.pilot_trace import LONGEST_WATCH_MS, MOST_WATCHERS, TRACE_MS
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerState
from tests.site.bench import Bench, play

_LINE_BYTES_S = 11_520
"""115200 baud 8N1: wire.md."""


async def watch(site: Site, duration_ms: int = 5_000, watcher: str = "one", charger_id: str = "1") -> None:
    assert await site.execute(TracePilot(charger_id, watcher, duration_ms)) == Outcome(True)


async def seen(site: Site, cursor_ms: int = EVERYTHING, charger_id: str = "1") -> PilotSamples:
    return await site.pilot(charger_id, cursor_ms)


async def arriving(bench: Bench, site: Site, charger_id: str = "1") -> bool:
    """Whether bytes come at the pace of a trace."""
    health = site._chargers[charger_id].client
    before = health.health.bytes_received
    await bench.clock.sleep_ms(1_000)
    return health.health.bytes_received - before > 3_000


def test_nothing_comes_until_somebody_looks() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            assert await seen(site) == PilotSamples(obstacle="Nobody has asked for a trace.")
            assert not await arriving(bench, site)
            with pytest.raises(KeyError):
                await seen(site, charger_id="x")

    play(Bench(), story)


def test_a_car_that_comes_is_seen_in_every_cycle() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await site.execute(SetMode("1", Mode.NORMAL))
            await watch(site, 60_000)
            await bench.live(site, 1)
            before = await seen(site)
            assert set(before.high_mv) == {12_000}
            assert (before.gaps, before.obstacle) == ((0,), "")
            assert before.age_ms is not None
            assert before.age_ms <= 20
            bench.plug()
            await bench.until(site, lambda charger: charger.state is ChargerState.C, 40)
            after = await seen(site, before.times_ms[-1])
            steps = [time_ms - last_ms for last_ms, time_ms in pairwise((before.times_ms[-1], *after.times_ms))]
            assert max(steps) <= 2, "a sample is lost where a STATUS goes first"
            assert [place for place, step_ms in enumerate(steps) if step_ms > 1] == list(after.gaps)
            assert len(after.gaps) < 100
            levels = [round(high_mv, -2) for last_mv, high_mv in pairwise(after.high_mv) if high_mv != last_mv]
            assert levels[:1] == [9_000], "state B"
            while (more := await seen(site, after.times_ms[-1])).times_ms:
                after = more
            assert round(after.high_mv[-1], -2) == 6_000, "state C"
            assert round(after.low_mv[-1], -2) == -12_000, "a diode"

    play(Bench(), story)


def test_watchers_are_counted() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, watcher="one", duration_ms=20_000)
            await watch(site, watcher="two", duration_ms=20_000)
            await bench.live(site, 2)
            await watch(site, watcher="one", duration_ms=0)
            await watch(site, watcher="nobody", duration_ms=0)
            assert await arriving(bench, site)
            assert (await seen(site)).times_ms
            await watch(site, watcher="two", duration_ms=0)
            await bench.clock.sleep_ms(50)
            assert not await arriving(bench, site), "told at once, not after the board's own time"
            assert await seen(site) == PilotSamples(obstacle="Nobody has asked for a trace.")

    play(Bench(), story)


def test_a_watcher_that_vanishes_is_forgotten_and_one_that_asks_again_is_not() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, 5_000)
            await bench.live(site, 4)
            await watch(site, 5_000)
            await bench.live(site, 4)
            cursor_ms = (await seen(site)).times_ms[-1]
            await bench.clock.sleep_ms(500)
            assert (await seen(site, cursor_ms)).gaps == (), "asking again makes no gap"
            await bench.live(site, 3)
            assert site._chargers["1"].pilot.watchers == 0
            assert not await arriving(bench, site)

    play(Bench(), story)


def test_a_host_that_dies_leaves_no_trace_behind() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, LONGEST_WATCH_MS)
            await bench.live(site, 2)
        await bench.clock.sleep_ms(TRACE_MS)
        async with bench.host() as site:
            await bench.live(site, 3)
            assert not await arriving(bench, site)

    play(Bench(), story)


def test_a_link_that_drops_is_said_and_the_trace_goes_on_by_itself() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, 60_000)
            await bench.live(site, 2)
            before = await seen(site)
            bench.openers["1"].unplug_adapter()
            await bench.live(site, 5)
            away = await seen(site, before.times_ms[-1])
            assert "adapter was unplugged" in away.obstacle
            assert len(away.times_ms) <= 14
            bench.openers["1"].plug_adapter()
            await bench.until(site, lambda charger: charger.link is LinkState.ONLINE, 40)
            await bench.live(site, 2)
            cursor_ms = (away.times_ms or before.times_ms)[-1]
            after = await seen(site, cursor_ms)
            assert after.obstacle == ""
            assert after.gaps[0] == 0
            assert after.times_ms[0] - cursor_ms > 4_000

    play(Bench(), story)


def test_the_board_restarts_and_the_trace_goes_on() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, 60_000)
            await bench.live(site, 2)
            before = await seen(site)
            bench.chargers["1"].board.reset()
            await bench.live(site, 12)
            after = await seen(site, before.times_ms[-1])
            assert after.obstacle == ""
            assert after.gaps[:1]
            assert after.times_ms[0] > before.times_ms[-1]
            assert (after.age_ms or 0) <= 20

    play(Bench(), story)


def test_silence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            monkeypatch.setattr(site._chargers["1"].pilot, "take", lambda _trace: None)
            await watch(site, 60_000)
            await bench.live(site, 1)
            assert (await seen(site)).obstacle == ""
            await bench.live(site, 4)
            assert (await seen(site)).obstacle == "The board has sent no samples for 5 s."

    play(Bench(), story)


def test_a_board_that_refuses_is_heard_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 3)
            refusal = Reply(Trace.MESSAGE.id, Result.UNSUPPORTED, 0, Slot.HARDWARE, 0, Hold.NONE, 0, 0)
            with monkeypatch.context() as other:

                async def trace(_client: BoardClient, _duration_ms: int) -> None:
                    raise CommandError("The board does not know TRACE.", refusal)

                other.setattr(BoardClient, "trace", trace)
                await watch(site, 60_000)
                await bench.live(site, 4)
                assert await seen(site) == PilotSamples(obstacle="The board does not know TRACE.")
            await bench.live(site, 2)
            assert (await seen(site)).obstacle == ""
            assert (await seen(site)).times_ms

    play(Bench(), story)


def test_nobody_looks_for_ever_and_not_everybody_at_once() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            for wrong_ms in (-1, LONGEST_WATCH_MS + 1):
                refused = await site.execute(TracePilot("1", "one", wrong_ms))
                assert refused == Outcome(False, f"pilot trace: {wrong_ms} is not within 0 to 60000 ms")
            for number in range(MOST_WATCHERS):
                await watch(site, watcher=str(number))
            assert not (await site.execute(TracePilot("1", "one too many", 1_000))).accepted
            await watch(site, watcher="0")
            assert not (await site.execute(TracePilot("x", "one", 1_000))).accepted

    play(Bench(), story)


def test_a_lost_trace_never_holds_up_a_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        bench.plug()
        async with bench.host() as site:
            await site.execute(SetMode("1", Mode.NORMAL))
            await bench.live(site, 10)
            await bench.clock.sleep_ms(500)
            written: list[bytes] = []
            with monkeypatch.context() as cut:
                cut.setattr(SimulatedTransport, "write", lambda _self, data: written.append(data))
                await watch(site, 60_000)
                for _ in range(3):
                    await asyncio.sleep(0)
                assert len(written) == 1, "the trace is on the line, and nobody answers"
                site._chargers["1"].client.grant(60, 3, Access.ALLOW)
                assert len(written) == 2, "the grant does not wait for it"
            await bench.live(site, 3)
            assert (await seen(site)).times_ms

    play(Bench(), story)


def test_a_bad_line_costs_samples_and_never_shows_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    deliver = SimulatedTransport.deliver

    def damaged(transport: SimulatedTransport, data: bytes) -> None:
        if data and chance.random() < 0.05:
            place = chance.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
        deliver(transport, data)

    async def story(bench: Bench) -> None:
        monkeypatch.setattr(SimulatedTransport, "deliver", damaged)
        async with bench.host() as site:
            await bench.live(site, 3)
            await watch(site, 60_000)
            await bench.live(site, 9)
            found = await seen(site)
            assert len(found.times_ms) > 7_000
            assert len(found.gaps) > 20
            assert set(found.high_mv) == {12_000}
            health = site.snapshot.charger("1").health
            assert health.crc_errors > 20
            assert health.lease_ms > 0

    play(Bench(), story)


class SlowLine:
    """115200 baud from each board: bytes arrive one after the other, as on a wire."""

    def __init__(self) -> None:
        self._busy_until_s: dict[SimulatedTransport, float] = {}

    def deliver(self, transport: SimulatedTransport, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        start_s = max(loop.time(), self._busy_until_s.get(transport, 0.0))
        self._busy_until_s[transport] = start_s + len(data) / _LINE_BYTES_S
        loop.call_at(self._busy_until_s[transport], transport._received, data)


def test_eight_traces_at_once_delay_no_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int] = []
    take_answer = Grants.take_answer

    async def story(bench: Bench) -> None:
        def answered(grants: Grants, reply: Reply) -> None:
            answers.append(bench.clock.now_ms() - grants._sent_ms)
            take_answer(grants, reply)

        line = SlowLine()
        monkeypatch.setattr(SimulatedTransport, "deliver", lambda transport, data: line.deliver(transport, data))
        monkeypatch.setattr(Grants, "take_answer", answered)
        for name in bench.chargers:
            bench.plug(name=name)
        async with bench.host() as site:
            for name in bench.chargers:
                await site.execute(SetMode(name, Mode.NORMAL))
            await bench.live(site, 20)
            counts = []
            for traced in (False, True):
                for name in bench.chargers:
                    await watch(site, 60_000 if traced else 0, charger_id=name)
                await bench.live(site, 2)
                answers.clear()
                before = [runtime.client.health.bytes_received for runtime in site._chargers.values()]
                await bench.live(site, 20)
                after = [runtime.client.health for runtime in site._chargers.values()]
                counts.append(len(answers))
                assert len(answers) >= 8 * 20 - 8
                assert max(answers) <= 25, "behind one STATUS and one frame of samples, and its own time"
                assert all(health.retries == 0 and health.lease_ms > 3_900 for health in after)
                rates = [(health.bytes_received - old) / 20 for health, old in zip(after, before, strict=True)]
                assert all(rate < 0.6 * _LINE_BYTES_S for rate in rates)
                assert mean(rates) > 0.4 * _LINE_BYTES_S or not traced
            assert abs(counts[1] - counts[0]) <= 16

    play(Bench(boards=8, site={"current_main": 200, "current_max_circuit": 200}), story)
