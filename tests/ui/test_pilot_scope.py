"""The scope on the charger's screen: it watches while somebody can see it, and says why nothing comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import Any

import pytest

from evse_protocol.messages import Flag
from evse_tui.board.pilot_samples import EVERYTHING, NOT_ASKED, PilotSamples
from evse_tui.remote.site import attached
from evse_tui.site.commands import Outcome, TracePilot
from evse_tui.site.snapshot import Snapshot
from evse_tui.ui.actions import ACTIONS
from evse_tui.ui.app import EvseApp
from evse_tui.ui.themes import DARK, LIGHT
from evse_tui.ui.waveform import SPANS_MS
from evse_tui.ui.widgets import pilot_scope
from evse_tui.ui.widgets.charger_panels import FrontPanel
from evse_tui.ui.widgets.pilot_scope import FOCUSED_S, WATCH_MS, PilotScope
from tests.remote.served import serving
from tests.site.bench import Bench
from tests.ui import snapshots
from tests.ui.colours import contrast
from tests.ui.harness import Driven, driven, make_app
from tests.ui.test_matrix import LEAST, colours

PATIENCE_S = 20.0
Compare = Callable[..., bool]


def samples(start_ms: int = 0, count: int = 10_000, *, obstacle: str = "") -> PilotSamples:
    """State B, then C from 6 s on, with the ripple of a real circuit."""
    times_ms = tuple(range(start_ms, start_ms + count))
    return PilotSamples(
        times_ms,
        tuple(9_000 + time_ms * 7 % 90 if time_ms < 6_000 else 6_000 + time_ms * 13 % 60 for time_ms in times_ms),
        tuple(-12_000 + time_ms * 11 % 80 for time_ms in times_ms),
        (0,),
        12,
        obstacle,
    )


def scope(user: Driven) -> PilotScope:
    return user.app.screen_stack[0].query_one(PilotScope)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  # what is waited for is text on a screen
            await asyncio.sleep(0.01)


@asynccontextmanager
async def started(
    snapshot: Snapshot, told: PilotSamples | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Driven]:
    async with driven(snapshot, size) as user:
        user.site.samples = samples() if told is None else told
        await user.press("2", "v")
        await until(lambda: user.site.pulls)
        await user.pilot.pause()
        yield user


def asked(user: Driven) -> list[tuple[str, int]]:
    """Which chargers were asked for how long."""
    return [(told.charger_id, told.duration_ms) for told in user.site.commands if isinstance(told, TracePilot)]


async def test_nothing_is_traced_until_somebody_asks() -> None:
    async with driven(snapshots.rich()) as user:
        await user.press("2")
        assert user.text(PilotScope).startswith("Off. Scope, in the last row, shows")
        assert scope(user).border_title == " Pilot scope "
        assert (user.site.commands, user.site.pulls) == ([], [])


async def test_it_starts_and_stops_by_key() -> None:
    async with started(snapshots.rich()) as user:
        assert asked(user) == [("1", WATCH_MS)]
        assert scope(user).has_focus
        assert user.site.pulls[:1] == [EVERYTHING]
        words = user.text(PilotScope)
        assert "C, car asks for current   duty 20.0 % = 12.0 A" in words
        assert "diode: good" in words
        assert "high 6.03 V (6.00 to 9.09)   low -11.96 V (-12.00 to -11.92)" in words
        await until(lambda: len(user.site.pulls) > 2)
        assert user.site.pulls[-1] == 9_999
        await user.press("v")
        await until(lambda: len(asked(user)) > 1)
        assert asked(user) == [("1", WATCH_MS), ("1", 0)]
        await user.pilot.pause()
        assert user.text(PilotScope).startswith("Off.")
        pulls = len(user.site.pulls)
        await asyncio.sleep(FOCUSED_S)
        assert len(user.site.pulls) == pulls


async def test_it_watches_only_while_its_screen_is_shown() -> None:
    async with started(snapshots.rich()) as user:
        await user.press("question_mark")
        pulls = len(user.site.pulls)
        await until(lambda: len(user.site.pulls) > pulls + 1)
        assert asked(user) == [("1", WATCH_MS)], "a dialog is not another screen"
        await user.press("escape", "1")
        await until(lambda: len(asked(user)) > 1)
        assert asked(user)[-1] == ("1", 0)
        await user.press("2")
        await until(lambda: len(asked(user)) > 2)
        assert asked(user)[-1] == ("1", WATCH_MS)


async def test_it_follows_the_selected_charger() -> None:
    async with started(snapshots.four_chargers()) as user:
        await user.press("n")
        await until(lambda: len(asked(user)) > 2)
        assert asked(user) == [("1", WATCH_MS), ("1", 0), ("2", WATCH_MS)]
        await until(lambda: user.site.pulls.count(EVERYTHING) == 2)
        watchers = {told.watcher for told in user.site.commands if isinstance(told, TracePilot)}
        assert len(watchers) == 1


async def test_another_charger_does_not_show_the_samples_of_the_one_before() -> None:
    async with started(snapshots.four_chargers()) as user:
        assert "high 6.03 V" in user.text(PilotScope)
        user.site.samples = PilotSamples(obstacle="The board is away.")
        await user.press("n")
        await until(lambda: "The board is away." in user.text(PilotScope))
        assert "No samples." in user.text(PilotScope)


async def test_zoom_changes_the_time_that_is_shown_and_ends_somewhere() -> None:
    async with started(snapshots.rich()) as user:
        assert "10 s ago" in user.text(PilotScope)
        await user.press("minus")
        assert "30 s ago" in user.text(PilotScope)
        assert scope(user).border_title == " Pilot scope, 30 s "
        await user.press("plus", "plus")
        assert "5 s ago" in user.text(PilotScope)
        for step, words in ((-1, "100 ms ago"), (1, "60 s ago")):
            for _ in SPANS_MS:
                scope(user).zoom(step)
            assert words in user.text(PilotScope)


async def test_frozen_tables_hold_it_still() -> None:
    async with started(snapshots.rich()) as user:
        await user.press("f")
        await user.show(replace(snapshots.rich(), number=2))
        user.app.paint()
        assert scope(user).border_title == " Pilot scope, 10 s, held "
        await asyncio.sleep(FOCUSED_S)
        pulls, words = len(user.site.pulls), user.text(PilotScope)
        user.site.samples = samples(10_000, 500)
        await asyncio.sleep(2 * FOCUSED_S)
        assert len(user.site.pulls) == pulls
        assert user.text(PilotScope) == words
        await user.press("f")
        user.app.paint()
        await until(lambda: len(user.site.pulls) > pulls)


async def test_it_paints_no_more_often_than_it_looks_and_not_what_stays_the_same() -> None:
    async with started(snapshots.rich()) as user:
        await until(lambda: len(user.site.pulls) > 2)
        paints, pulls = scope(user).paints, len(user.site.pulls)
        for _ in range(20):
            user.app.paint()
        await until(lambda: len(user.site.pulls) > pulls + 2)
        assert scope(user).paints == paints


OBSTACLES = (
    (Outcome(True), "/dev/ttyUSB0 is gone: is the adapter plugged in?", "/dev/ttyUSB0 is gone"),
    (Outcome(False, "16 others look at this charger."), NOT_ASKED, "16 others look at this charger."),
    (Outcome(False), NOT_ASKED, "The trace was refused."),
    (Outcome(False, "Invalid value"), "there is no such path; it may be an older evse-tui", "an older evse-tui"),
    (Outcome(True), "", "Waiting for the first samples."),
)


async def test_why_nothing_comes_is_said() -> None:
    async with driven(snapshots.disconnected()) as user:
        await user.press("2")
        for outcome, obstacle, words in OBSTACLES:
            user.site.outcome, user.site.samples = outcome, PilotSamples(obstacle=obstacle)
            pulls = len(user.site.pulls)
            await user.press("v")
            await until(partial(_pulled_more, user, pulls))
            await user.pilot.pause()
            assert words in user.text(PilotScope)
            assert "No samples." in user.text(PilotScope)
            assert "C, car asks for current?" in user.text(PilotScope)
            await user.press("v")


def _pulled_more(user: Driven, pulls: int) -> bool:
    return len(user.site.pulls) > pulls


async def test_old_samples_are_never_shown_as_live() -> None:
    async with started(snapshots.rich()) as user:
        assert user.text(PilotScope).rstrip().endswith("now")
        user.site.samples = replace(PilotSamples(), age_ms=14_000, obstacle="The board has sent no samples for 14 s.")
        await until(lambda: "14 s old" in user.text(PilotScope))
        assert "(-12.00 to -11.92)?" in user.text(PilotScope)
        assert "The board has sent no samples for 14 s." in user.text(PilotScope)
        user.site.samples = samples(20_000)
        await until(lambda: user.text(PilotScope).rstrip().endswith("now"))
        assert "no samples" not in user.text(PilotScope)


async def test_a_missing_diode_and_a_static_pilot_are_said() -> None:
    board = snapshots.charging().board
    assert board is not None
    shorted = replace(board, flags=board.flags & ~int(Flag.DIODE_OK), pilot=99, duty_permille=1_000)
    async with started(snapshots.site(snapshots.charging(board=shorted))) as user:
        words = user.text(PilotScope)
        assert "! diode: not seen" in words
        assert "unknown" in words or "not classified" in words
        assert "duty 100 %, static" in words
        assert "no low half" in words
        await user.show(snapshots.site(snapshots.idle(board=None, identity=None, plugged=False)))
        user.app.paint()
        await until(lambda: "Nothing heard from the board yet." in user.text(PilotScope))
        await user.show(snapshots.empty())
        user.app.paint()
        await until(lambda: user.text(PilotScope) == "No charger.")
        await until(lambda: asked(user)[-1] == ("1", 0))


async def test_a_site_that_does_not_answer_is_not_taken_for_a_live_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pilot_scope, "_LATE_MS", 100)
    async with started(snapshots.rich()) as user:
        await until(lambda: user.text(PilotScope).rstrip().endswith("now"))
        asked_for = asyncio.Event()

        async def never(_charger_id: str, _after_ms: int = EVERYTHING) -> PilotSamples:
            asked_for.set()
            await asyncio.Event().wait()
            raise AssertionError

        monkeypatch.setattr(user.site, "pilot", never)
        await asked_for.wait()
        await until(lambda: "0 s old" in _painted(user))
        await user.press("1")
        monkeypatch.undo()


def _painted(user: Driven) -> str:
    user.app.paint()
    return user.text(PilotScope)


async def test_what_was_seen_before_it_was_stopped_is_not_shown_again() -> None:
    async with started(snapshots.rich()) as user:
        await user.press("v")
        await until(lambda: asked(user)[-1] == ("1", 0))
        user.site.samples = PilotSamples()
        await user.press("v")
        await until(lambda: "Waiting for the first samples." in user.text(PilotScope))
        assert "No samples." in user.text(PilotScope)


def test_its_actions_are_named_and_remappable() -> None:
    mine = {action.name: action.keys for action in ACTIONS if action.screen == "charger"}
    assert mine == {"scope": "v", "zoom-in": "plus,equals_sign", "zoom-out": "minus"}


def rows(panel: FrontPanel) -> list[str]:
    return str(panel.content).split("\n")


@asynccontextmanager
async def _world() -> AsyncIterator[Bench]:
    bench = Bench()
    bench.fleet.start()
    try:
        yield bench
    finally:
        await bench.fleet.stop()


@pytest.mark.parametrize("remote", [False, True])
async def test_from_the_shipped_firmware_to_the_screen(remote: bool) -> None:
    async with _world() as bench, bench.host() as site, serving(site) as server:
        tracer = site._chargers["1"].pilot
        async with attached(server.url, "", bench.clock) as there:
            view = there if remote else site
            await until(lambda: site.snapshot.charger("1").board)
            app = EvseApp(view, title="evse-tui", api_url=None, clock=bench.clock, zone=UTC)
            async with app.run_test(size=(120, 40)) as pilot:
                await pilot.press("2", "v")
                found = app.screen.query_one(PilotScope)
                await until(lambda: "high 12.00 V" in str(found.content))
                assert tracer.watchers == 1
                bench.plug()
                await until(lambda: "8.98" in str(found.content))
                front = app.screen.query_one(FrontPanel)
                shown = bench.chargers["1"].board.panel
                await until(lambda: remote or [row[1:-1].rstrip() for row in rows(front)[1:-1]] == list(shown().lines))
                await pilot.press("v")
                await until(lambda: tracer.watchers == 0)


async def _shown(pilot: Any) -> None:
    await pilot.press("2", "v")
    site = pilot.app._site
    await until(lambda: site.pulls)
    await pilot.pause()


def _picture(state: str, theme: str, told: PilotSamples) -> EvseApp:
    app, site, _clock = make_app(snapshots.MATRIX[state](), theme=theme)
    site.samples = told
    return app


@pytest.mark.parametrize(
    ("state", "size", "theme"), [("normal", (80, 24), "evse-dark"), ("rich", (120, 40), "evse-light")]
)
def test_pictures(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, state: str, size: tuple[int, int], theme: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(_picture(state, theme, samples()), terminal_size=size, run_before=_shown)


def test_picture_of_a_board_that_is_away_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = replace(samples(), age_ms=41_100, obstacle="/dev/ttyUSB0 is gone: is the adapter plugged in?")
    assert snap_compare(_picture("disconnected", "evse-dark", told), terminal_size=(80, 24), run_before=_shown)


def _pulled(user: Driven, newest_ms: int) -> bool:
    return user.site.pulls[-1] >= newest_ms


async def test_every_word_can_be_read_in_both_themes() -> None:
    async with started(snapshots.rich(), size=(120, 40)) as user:
        for told in (samples(), replace(samples(20_000), age_ms=14_000, obstacle="The board has sent no samples.")):
            user.site.samples = told
            newest_ms = told.times_ms[-1]
            await until(partial(_pulled, user, newest_ms))
            for theme in (DARK, LIGHT):
                user.app.theme = theme.name
                await user.pilot.pause()
                for words, text, ground in colours(user):
                    assert contrast(text, ground) >= LEAST, words
