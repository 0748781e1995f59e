"""The control pilot of a board at another host, and what is said where it can't be had."""

from __future__ import annotations

import pytest

from evse_tui.board.pilot_samples import PilotSamples
from evse_tui.clock import LoopClock
from evse_tui.remote.client import Client
from evse_tui.remote.site import RemoteSite
from evse_tui.site.commands import Outcome, TracePilot
from tests.api.factory import make_snapshot
from tests.remote.served import following, serving
from tests.remote.strangers import answer, problem, stranger
from tests.site.bench import Bench, play


def test_samples_come_over_the_api_as_the_site_has_them() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(site) as server, following(server.url, clock=bench.clock) as remote:
            await bench.live(site, 3)
            assert await remote.pilot("1") == PilotSamples(obstacle="Nobody has asked for a trace.")
            assert await remote.execute(TracePilot("1", "me", 10_000)) == Outcome(True)
            await bench.live(site, 2)
            there, here = await remote.pilot("1"), await site.pilot("1")
            assert len(there.times_ms) > 1_500
            assert there.times_ms == here.times_ms[: len(there.times_ms)]
            assert there.gaps == tuple(place for place in here.gaps if place < len(there.times_ms))
            cursor_ms = there.times_ms[-1]
            await bench.live(site, 1)
            assert (await remote.pilot("1", cursor_ms)).times_ms[0] == cursor_ms + 1
            assert await remote.execute(TracePilot("1", "me", 0)) == Outcome(True)
            assert (await remote.pilot("1", cursor_ms)).times_ms == ()
            with pytest.raises(KeyError):
                await remote.pilot("2")

    play(Bench(), story)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (problem("404 Not Found", ""), "there is no such path; it may be an older evse-tui"),
        (answer("404 Not Found"), "does not answer as evse-tui does"),
        (answer("200 OK", "application/json", "{}"), "another document"),
        (answer("200 OK", "application/json", '{"times_ms":["1"],"high_mv":[1],"low_mv":[1]}'), "another document"),
        (answer("200 OK", "application/json", '{"times_ms":[1,2],"high_mv":[1],"low_mv":[1]}'), "another document"),
        (problem("401 Unauthorized", "This needs a token."), "asks for a token"),
        (b"", "the connection broke off"),
    ],
)
async def test_what_can_not_be_had_is_an_obstacle_and_no_error(says: bytes, words: str) -> None:
    async with stranger(says) as server, Client(server.url) as client:
        remote = RemoteSite(client, LoopClock(), make_snapshot())
        found = await remote.pilot("1", 5)
        assert words in found.obstacle
        assert found == PilotSamples(obstacle=found.obstacle)
        assert server.requests[0].startswith(b"GET /api/v1/chargers/1/pilot?after=5 ")


async def test_an_older_site_refuses_the_trace_in_a_sentence() -> None:
    says = problem("422 Unprocessable Entity", "Invalid value 'pilot_trace' - at `$.command`.")
    async with stranger(says) as server, Client(server.url) as client:
        outcome = await RemoteSite(client, LoopClock(), make_snapshot()).execute(TracePilot("1", "me", 5_000))
        assert not outcome.accepted
        assert "pilot_trace" in outcome.detail
