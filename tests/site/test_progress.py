"""Commands on their way."""

from __future__ import annotations

from evse_tui.site.progress import FORGET_MS, Commands
from evse_tui.site.snapshot import CommandState


def _states(commands: Commands, now_ms: int) -> list[CommandState]:
    return [command.state for command in commands.snapshots(now_ms)]


def test_requested_accepted_observed_forgotten() -> None:
    commands, seen = Commands(), [False]
    progress = commands.request("unlock", 0, lambda: seen[0], 10_000)
    assert not commands.look(5)
    assert _states(commands, 5) == [CommandState.REQUESTED]
    progress.accept(10, "on its way")
    assert not commands.look(11)
    (shown,) = commands.snapshots(30)
    assert (shown.state, shown.detail, shown.age_ms) == (CommandState.ACCEPTED, "on its way", 20)
    seen[0] = True
    assert commands.look(40)
    (shown,) = commands.snapshots(40)
    assert (shown.state, shown.detail) == (CommandState.OBSERVED, "")
    assert not commands.look(40 + FORGET_MS)
    assert commands.look(41 + FORGET_MS)
    assert _states(commands, 0) == []


def test_patience_ends() -> None:
    commands = Commands()
    commands.request("unlock", 0, lambda: False, 10_000).accept(0)
    assert not commands.look(10_000)
    assert commands.look(10_001)
    (shown,) = commands.snapshots(10_001)
    assert (shown.state, shown.detail) == (CommandState.FAILED, "accepted, but nothing was seen of it for 10 s")


def test_a_kept_command_waits_without_end() -> None:
    commands = Commands()
    commands.request("mode Smart", 0, lambda: False).accept(0)
    assert not commands.look(10**9)
    assert _states(commands, 10**9) == [CommandState.ACCEPTED]


def test_only_the_newest_are_kept() -> None:
    commands = Commands()
    ids = [commands.request("mode Smart", 0).id for _ in range(20)]
    assert [command.id for command in commands.snapshots(0)] == ids[-8:]
