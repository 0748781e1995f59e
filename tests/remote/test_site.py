"""The remote site on a real API: what it shows, what it asks, and what it says when it can't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from evse_tui.api import stream
from evse_tui.api.security import Security
from evse_tui.api.tokens import Keyring
from evse_tui.clock import LoopClock
from evse_tui.control.types import Mode
from evse_tui.errors import UserError
from evse_tui.remote.client import SILENCE_S, Client
from evse_tui.remote.errors import TOKEN_WAIT_S, RemoteError, TokenError
from evse_tui.remote.picture import picture
from evse_tui.remote.site import RemoteSite, attached
from evse_tui.remote.timeline import Timeline
from evse_tui.site.commands import Command, MainsMeasurement, Outcome, SetMode, SetSetting, SwipeCard
from evse_tui.ui.frame import Frame
from tests.api.live import LiveSite
from tests.api.test_access import SECRET, TOKEN
from tests.api.v1.test_orders import EXAMPLES
from tests.api.v1.test_views import FULL
from tests.remote.served import connected, following, moved, serving, until
from tests.remote.strangers import answer, problem, stranger
from tests.site.bench import in_virtual_time

COMMANDS: list[Command] = [
    *EXAMPLES.values(),
    SetSetting("current_main", 20),
    SetSetting("current_max", 10, "1"),
]


def locked(keyring: Keyring) -> Security:
    return Security(keyring=keyring, token_on_loopback=True)


# what it shows


@in_virtual_time
async def test_it_shows_what_the_site_shows() -> None:
    site = LiveSite()
    site.snapshot = FULL
    async with serving(site) as server, following(server.url) as remote:
        assert remote.snapshot == moved(FULL, remote.snapshot.at_ms - FULL.at_ms)
        for number in range(3):
            site.show(warnings=(f"warning {number}",), at_ms=site.snapshot.at_ms + 1_000)
            shown = await until(remote, lambda snapshot: snapshot.warnings == site.snapshot.warnings)
            assert shown == moved(site.snapshot, shown.at_ms - site.snapshot.at_ms)


@in_virtual_time
async def test_every_reader_gets_the_newest_at_once_and_then_each_newer() -> None:
    site = LiveSite()
    async with (
        serving(site) as server,
        following(server.url) as remote,
        aclosing(remote.snapshots()) as one,
        aclosing(remote.snapshots()) as other,
    ):
        assert await anext(one) is await anext(other) is remote.snapshot
        site.show(warnings=("new",))
        assert (await anext(one)).warnings == (await anext(other)).warnings == ("new",)


@in_virtual_time
async def test_a_lost_connection_is_said_and_its_numbers_grow_old() -> None:
    site, clock = LiveSite(), LoopClock()
    async with serving(site) as server, following(server.url) as remote:
        before = remote.snapshot
        assert Frame(before, clock.now_ms(), "1").meter_live(before.mains)
        await server.stop()
        lost = await until(remote, lambda snapshot: not connected(snapshot))
        assert lost.at_ms <= before.at_ms + 1_000
        assert lost.chargers == moved(before, lost.at_ms - before.at_ms).chargers
        await clock.sleep_ms(3_001)
        frame = Frame(remote.snapshot, clock.now_ms(), "1")
        assert not frame.meter_live(frame.snapshot.mains)
        assert frame.stale
        assert remote.snapshot.warnings == ("Connection lost (connection refused): trying again.",)
        await clock.sleep_ms(3_600_000)
        assert remote.snapshot.at_ms == lost.at_ms


@in_virtual_time
async def test_a_restarted_host_is_found_again_with_its_own_clock_and_numbers() -> None:
    clock, first, second = LoopClock(), LiveSite(), LiveSite()
    async with serving(first) as server, following(server.url) as remote:
        await server.stop()
        await until(remote, lambda snapshot: not connected(snapshot))
        second.snapshot = replace(FULL, number=1, at_ms=12, decided_ms=7, started_s=FULL.started_s + 60)
        await clock.sleep_ms(60_000)
        async with serving(second, port=server.port):
            began_ms = clock.now_ms()
            shown = await until(remote, connected)
            assert clock.now_ms() - began_ms <= 10_000
            assert shown == moved(second.snapshot, shown.at_ms - 12)
            assert clock.now_ms() - shown.at_ms <= 1_000


class WatchedClient(Client):
    """Notes when it was asked for events."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked_s: list[float] = []

    @asynccontextmanager
    async def events(self, path: str, kind: str) -> AsyncIterator[AsyncIterator[bytes]]:
        self.asked_s.append(asyncio.get_running_loop().time())
        async with super().events(path, kind) as events:
            yield events


@in_virtual_time
async def test_it_tries_again_soon_and_then_less_often() -> None:
    site = LiveSite()
    async with serving(site) as server, WatchedClient(server.url) as client:
        first = picture(client.url, await client.get("/snapshot"), Timeline(), 0)
        remote = RemoteSite(client, LoopClock(), first, chance=lambda: 0.0)
        await server.stop()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(40):
                await remote.follow()
    begin_s = client.asked_s[0]
    assert [round(asked_s - begin_s, 1) for asked_s in client.asked_s] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5]


@in_virtual_time
async def test_a_quiet_stream_that_beats_is_kept() -> None:
    site = LiveSite()
    async with serving(site) as server, following(server.url) as remote:
        await until(remote, connected)
        await asyncio.sleep(600)
        assert connected(remote.snapshot)
        site.show(warnings=("still here",))
        await until(remote, lambda snapshot: snapshot.warnings == ("still here",))


def test_a_silent_stream_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 1e6)

    @in_virtual_time
    async def story() -> None:
        clock = LoopClock()
        async with (
            serving(LiveSite()) as server,
            following(server.url) as remote,
            aclosing(remote.snapshots()) as snapshots,
        ):
            began_ms = clock.now_ms()
            lost = await anext(snapshot async for snapshot in snapshots if not connected(snapshot))
            assert lost.warnings[0] == "Connection lost (nothing was heard for 30 s): trying again."
            assert SILENCE_S * 1000 <= clock.now_ms() - began_ms < (SILENCE_S + 2) * 1000
            again = await anext(snapshot async for snapshot in snapshots if connected(snapshot))
            assert again.chargers == lost.chargers

    story()


# who is let in


async def test_a_token_opens_and_its_end_closes() -> None:
    keyring = Keyring((TOKEN,))
    async with serving(LiveSite(), security=locked(keyring)) as server:
        for wrong, sentence in (("", "asks for a token"), ("evse_wrong", "refuses the token")):
            with pytest.raises(TokenError, match=f"{server.url} {sentence}"):
                async with attached(server.url, wrong, LoopClock()):
                    pass
        async with following(server.url, SECRET) as remote:
            await until(remote, connected)
            assert (await remote.execute(SetMode("1", Mode.NORMAL))).accepted
            keyring.replace(())
            lost = await until(remote, lambda snapshot: not connected(snapshot) and "token" in snapshot.warnings[0])
            assert lost.warnings == ("Connection lost (it refuses the token): trying again.",)
            assert (await remote.execute(SetMode("1", Mode.OFF))).detail == f"{server.url} refuses the token"


@in_virtual_time
async def test_a_refused_token_is_not_shown_so_often_that_it_counts_as_an_attack() -> None:
    keyring = Keyring((TOKEN,))
    site = LiveSite()
    async with serving(site, security=locked(keyring)) as server, Client(server.url, SECRET) as plain:
        first = picture(plain.url, await plain.get("/snapshot"), Timeline(), 0)
        keyring.replace(())
        async with WatchedClient(server.url) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(10 * TOKEN_WAIT_S - 1):
                    await RemoteSite(client, LoopClock(), first).follow()
    assert len(client.asked_s) == 10


async def test_guessing_ends_in_one_sentence() -> None:
    async with serving(LiveSite(), security=locked(Keyring((TOKEN,)))) as server:
        for _ in range(5):
            with pytest.raises(TokenError):
                async with attached(server.url, "evse_wrong", LoopClock()):
                    pass
        with pytest.raises(RemoteError, match=r"Too many wrong tokens came from this address\): try again in \d+ s"):
            async with attached(server.url, "evse_wrong", LoopClock()):
                pass
        async with attached(server.url, SECRET, LoopClock()) as remote:
            assert remote.snapshot.chargers


# who is not ours

REFUSALS = {
    "a web page": (answer("200 OK", body="<html>"), "does not answer as evse-tui does (text/html)"),
    "another API": (answer("200 OK", "application/json", "{}"), "does not answer as evse-tui does (another document)"),
    "no such page": (answer("404 Not Found"), "does not answer as evse-tui does (404 Not Found)"),
    "elsewhere": (
        answer("301 Moved", "text/html", "", "Location: https://x.example/"),
        "does not answer as evse-tui does (301 Moved to https://x.example/)",
    ),
    "an error": (answer("500 Oops", "text/plain", "oops"), "does not answer as evse-tui does (500 Oops)"),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", "does not answer as evse-tui does (it is no HTTP)"),
    "nothing": (b"", "did not answer (the connection broke off)"),
    "half": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n{}", "did not answer ("),
    "host": (
        problem("403 Forbidden", "This host name is not in the allow-list of the server."),
        "refuses (This host name is not in the allow-list of the server): add it to `names` in `[listen]` there",
    ),
    "too many": (problem("429 Too Many Requests", "Slow.", "Retry-After: 42"), "refuses (Slow): try again in 42 s"),
    "no tokens": (problem("503 Service Unavailable", "It can't."), "refuses: It can't"),
    "an attack on the terminal": (
        answer("503 x", "application/problem+json", '{"type":"","title":"","status":503,"detail":"\\u001b[2J\\nboo"}'),
        "refuses: ?[2J?boo",
    ),
    "a novel": (problem("503 x", "word " * 1_000), "refuses: word word"),
    "no document": (answer("503 x", "application/problem+json", "{"), "refuses: 503 Service Unavailable"),
}


@pytest.mark.parametrize(("says", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_one_sentence_for_each(says: bytes, sentence: str) -> None:
    async with stranger(says) as server:
        with pytest.raises(RemoteError) as raised:
            async with attached(server.url, "evse_secret", LoopClock()):
                pass
    assert str(raised.value).startswith(f"{server.url} {sentence}")
    assert str(raised.value).isprintable()
    assert raised.value.reason.isprintable()
    assert len(str(raised.value)) <= 400


async def test_a_token_does_not_follow_a_redirection() -> None:
    async with (
        stranger(answer("200 OK")) as other,
        stranger(answer("307 Away", "text/html", "", f"Location: {other.url}/")) as server,
    ):
        with pytest.raises(RemoteError):
            async with attached(server.url, "evse_secret", LoopClock()):
                pass
    assert b"Bearer evse_secret" in server.requests[0]
    assert other.requests == []


async def test_an_endless_answer_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evse_tui.remote.client.LARGEST", 1_000)
    async with stranger(answer("200 OK", "application/json", "x" * 2_000)) as server:
        with pytest.raises(RemoteError, match="an answer without end"):
            async with attached(server.url, "", LoopClock()):
                pass


async def test_nobody_there(unused_tcp_port: int) -> None:
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(RemoteError, match="connection refused"):
            async with attached(f"http://{host}:{unused_tcp_port}", "", LoopClock()):
                pass


# what it asks


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
async def test_a_command_arrives_as_it_is(command: Command) -> None:
    site = LiveSite()
    async with serving(site) as server, attached(server.url, "", LoopClock()) as remote:
        assert await remote.execute(command) == Outcome(True)
        assert site.commands == [command]


async def test_a_refusal_is_a_sentence() -> None:
    site = LiveSite()
    async with serving(site) as server, attached(server.url, "", LoopClock()) as remote:
        site.refuse = "the car is asleep"
        assert await remote.execute(SetMode("1", Mode.OFF)) == Outcome(False, "The car is asleep.")
        assert await remote.execute(SetSetting("current_main", 20)) == Outcome(False, "The car is asleep.")
        site.refuse = ""
        assert await remote.execute(SetMode("9", Mode.OFF)) == Outcome(False, "This site has no charger of that id.")
        assert not (await remote.execute(SetMode("9/../1", Mode.OFF))).accepted
        unknown = await remote.execute(SetSetting("lunar", 1))
        assert not unknown.accepted
        assert "lunar" in unknown.detail
        assert not (await remote.execute(SwipeCard("1", "no card"))).accepted
        assert site.commands == []


@pytest.mark.parametrize("command", [SetMode("1", Mode.OFF), SetSetting("current_main", 20)])
async def test_what_was_not_answered_may_have_been_done_and_is_not_sent_again(command: Command) -> None:
    async with stranger(b"") as silent, Client(silent.url) as client:
        outcome = await RemoteSite(client, LoopClock(), FULL).execute(command)
        assert outcome == Outcome(
            False,
            f"{silent.url} did not answer (the connection broke off); is it still running? It may have been done all "
            "the same: look before you repeat it.",
        )
        assert len(silent.requests) == 1
    async with Client(silent.url) as client:
        outcome = await RemoteSite(client, LoopClock(), FULL).execute(command)
        assert "connection refused" in outcome.detail
        assert "may have been done" not in outcome.detail


async def test_another_answer_to_a_command_is_no_success() -> None:
    for says in (answer("200 OK", "application/json", "{}"), answer("200 OK", "text/html")):
        async with stranger(says) as other, Client(other.url) as client:
            outcome = await RemoteSite(client, LoopClock(), FULL).execute(SetSetting("current_main", 20))
            assert not outcome.accepted
            assert "does not answer as evse-tui does" in outcome.detail


async def test_measurements_are_not_taken() -> None:
    async with serving(LiveSite()) as server, attached(server.url, "", LoopClock()) as remote:
        with pytest.raises(UserError, match="takes measurements over its own API"):
            remote.feed(MainsMeasurement((1, 2, 3)))


async def test_proxies_of_the_environment_do_not_get_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stranger(answer("200 OK")) as proxy, serving(LiveSite()) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        async with attached(server.url, "evse_secret", LoopClock()) as remote:
            assert remote.snapshot.chargers
        assert proxy.requests == []
