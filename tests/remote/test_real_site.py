"""Commands over the API to the real site on simulated boards, the shipped firmware, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import get_args

import pytest

from evse_tui.control.types import C2Mode, Mode
from evse_tui.remote.site import RemoteSite
from evse_tui.sim.transport import SimulatedTransport
from evse_tui.site.commands import (
    BoardAction,
    Command,
    DoBoardAction,
    Outcome,
    SetBacklight,
    SetBoost,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SetSetting,
    SwipeCard,
    TracePilot,
)
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.site import Site
from evse_tui.site.snapshot import CommandState, Snapshot
from tests.remote.served import following, moved, serving
from tests.site.bench import Bench, play

SCHEDULE = LocalSchedule(datetime.fromisoformat("2023-11-15T01:00"), datetime.fromisoformat("2023-11-15T05:00"), True)
REMOTE_CARDS = 6
FORWARD = [CommandState.REQUESTED, CommandState.ACCEPTED, CommandState.OBSERVED]


class Window:
    """Keeps what a window on the remote site has seen."""

    def __init__(self) -> None:
        self.snapshots: dict[int, Snapshot] = {}
        self.states: dict[int, list[CommandState]] = {}
        """Of each command, as they came."""

    async def watch(self, snapshots: AsyncIterator[Snapshot]) -> None:
        async for snapshot in snapshots:
            self.snapshots[snapshot.number] = snapshot
            for command in (*snapshot.commands, *(c for charger in snapshot.chargers for c in charger.commands)):
                states = self.states.setdefault(command.id, [])
                if command.state not in states[-1:]:
                    states.append(command.state)

    async def until(self, bench: Bench, command_id: int, state: CommandState) -> None:
        """Lets the site live until a command is seen in a state."""
        while state not in self.states.get(command_id, []):
            await bench.clock.sleep_ms(50)


@asynccontextmanager
async def attached_to(bench: Bench, site: Site) -> AsyncIterator[tuple[RemoteSite, Window]]:
    """The remote site and a window on it, while meters speak."""

    async def meters() -> None:
        while True:
            await bench.live(site, 1)

    async with serving(site) as server, following(server.url, clock=bench.clock) as remote:
        window = Window()
        async with aclosing(remote.snapshots()) as snapshots:
            tasks = [asyncio.create_task(part) for part in (window.watch(snapshots), meters())]
            try:
                async with asyncio.timeout(600):  # of virtual time
                    yield remote, window
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


FOLLOWED: list[Command] = [
    SetMode("1", Mode.NORMAL, SCHEDULE),
    SetSchedule("1", None),
    SetOverride("1", 100),
    SetC2("1", C2Mode.ALWAYS_OFF),
    SetBoost("1", True, 5_000),
    SetLockHold("1", True),
    SetSetting("current_main", 20),
    SetSetting("current_max", 12, "1"),
    SetSetting("rfid_reader", REMOTE_CARDS, "1"),
    *(DoBoardAction("1", action) for action in BoardAction),
]
AT_ONCE: list[Command] = [
    SwipeCard("1", "04A3B2C1"),
    SetBacklight("1", 50, 60),
    SetCustomButton("1", True),
    TracePilot("1", "w", 5_000),
]
"""Nothing of them is left to be followed."""


def test_every_command_is_seen_to_work() -> None:
    assert {type(command) for command in FOLLOWED + AT_ONCE} == set(get_args(Command))

    async def story(bench: Bench) -> None:
        async with bench.host() as site, attached_to(bench, site) as (remote, window):
            bench.plug()
            await bench.clock.sleep_ms(15_000)
            for command in FOLLOWED:
                outcome = await remote.execute(command)
                assert (outcome.accepted, outcome.detail) == (True, ""), command
                assert outcome.command_id is not None
                await window.until(bench, outcome.command_id, CommandState.OBSERVED)
                seen = window.states[outcome.command_id]
                assert seen == [state for state in FORWARD if state in seen], command
            await bench.clock.sleep_ms(15_000)  # the board was rebooted
            for command in AT_ONCE:
                answer = "Present" if isinstance(command, SwipeCard) else ""
                assert await remote.execute(command) == Outcome(True, answer)
            await bench.clock.sleep_ms(2_000)
            (charger,) = remote.snapshot.chargers
            assert (charger.mode, charger.override_da, charger.schedule) == (Mode.NORMAL, 100, None)
            assert (charger.settings["enable_c2"], charger.settings["current_max"]) == (C2Mode.ALWAYS_OFF, 12)
            assert charger.boost is not None
            assert charger.lock_hold
            assert (charger.rfid.last_card, charger.panel.custom_button) == ("04A3B2C1", True)
            assert remote.snapshot.settings["current_main"] == 20

    play(Bench(), story)


def test_requested_accepted_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, attached_to(bench, site) as (remote, window):
            await bench.clock.sleep_ms(5_000)
            with monkeypatch.context() as cut:  # a wire that is loose for a moment
                cut.setattr(SimulatedTransport, "write", lambda _self, _data: None)
                sent = asyncio.create_task(remote.execute(DoBoardAction("1", BoardAction.UNLOCK)))
                while not window.states:
                    await bench.clock.sleep_ms(10)
                assert not sent.done()
            outcome = await sent
            assert outcome.accepted
            assert outcome.command_id is not None
            await window.until(bench, outcome.command_id, CommandState.OBSERVED)
            assert window.states == {outcome.command_id: FORWARD}

    play(Bench(), story)


def test_a_window_sees_what_the_site_shows_when_it_shows_it() -> None:
    async def story(bench: Bench) -> None:
        here = Window()
        async with bench.host() as site, attached_to(bench, site) as (remote, there):
            local = asyncio.create_task(here.watch(site.snapshots()))
            bench.plug()
            await remote.execute(SetMode("1", Mode.SMART))
            await bench.clock.sleep_ms(60_000)
            local.cancel()
            await asyncio.wait((local,))
            common = here.snapshots.keys() & there.snapshots.keys()
            assert len(common) > 60
            for number in common:
                shown, ours = there.snapshots[number], here.snapshots[number]
                apart_ms = shown.at_ms - ours.at_ms  # one clock for both: this is the way over the API
                assert 0 <= apart_ms <= 100
                assert shown == moved(ours, apart_ms)

    play(Bench(charger={"enable_c2": 3}), story)
