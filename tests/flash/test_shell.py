"""From the look to the verdict, with scripted boards in virtual time and tools that write nothing."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evse_protocol.messages import BoardKind, Capability, Flag, Pilot
from evse_protocol.payloads import Bootloader, Identity
from evse_tui.clock import LoopClock
from evse_tui.flash.errors import RefusedError, WriteError
from evse_tui.flash.images import Target
from evse_tui.flash.look import look_at
from evse_tui.flash.plan import Plan, make_plan
from evse_tui.flash.shell import Wish, flash
from evse_tui.flash.writers import Avrdude, Esptool, writer_for
from evse_tui.sim.virtual_time import run_virtual
from tests.board.memory import MemoryOpener
from tests.flash.images import esp_app, hex_file
from tests.flash.test_plan import APP, ESP
from tests.protocol.scripted import Peer


class AvrPeer(Peer):
    """Says that it is an ATmega328P with a bootloader."""

    def identity(self, host_id: int) -> Identity:
        return replace(super().identity(host_id), board=BoardKind.ATMEGA328P, capabilities=Capability.BOOTLOADER)


class Told:
    """The user, and a tool."""

    def __init__(self, opener: MemoryOpener, *, yes: bool = True) -> None:
        self.opener = opener
        self.yes = yes
        self.said: list[str] = []
        self.questions: list[str] = []
        self.plans: list[Plan] = []
        self.while_asked: Callable[[], None] = lambda: None
        self.writes: Callable[[], None] = opener.peer.restart

    def check(self) -> None:
        pass

    def write(self, plan: Plan) -> None:
        assert self.opener.transport is None, "the port is free for the tool"
        self.plans.append(plan)
        self.writes()

    def ask(self, question: str) -> bool:
        self.questions.append(question)
        self.while_asked()
        return self.yes


def run(user: Told, image: Path, **wish: Any) -> bool:
    return run_virtual(
        flash(
            user.opener,
            LoopClock(),
            Wish(Path, image, **wish),
            writer_for=lambda _: user,
            ask=user.ask,
            say=user.said.append,
        )
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return hex_file(tmp_path)


def test_it_is_asked_told_written_and_looked_at(image: Path) -> None:
    peer = AvrPeer()
    user = Told(MemoryOpener(peer))
    assert run(user, image)
    assert [type(payload) for _, _, payload in peer.effects] == [Bootloader]
    assert len(user.plans) == len(user.questions) == 1
    assert user.opener.openings == 2
    assert user.said[-1].startswith("Board 7 runs firmware")
    assert "1. tell the board" in " ".join(user.said)


def test_no_is_no(image: Path) -> None:
    user = Told(MemoryOpener(AvrPeer()), yes=False)
    assert not run(user, image)
    assert user.plans == []
    assert user.opener.peer.effects == []


def test_a_dry_run_touches_nothing(image: Path) -> None:
    user = Told(MemoryOpener(AvrPeer()))
    assert not run(user, image, dry_run=True)
    assert (user.plans, user.questions, user.opener.peer.effects) == ([], [], [])
    assert any("avrdude -p m328p" in line for line in user.said)


def test_a_car_that_comes_while_the_user_reads_is_seen(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = AvrPeer()
    user = Told(MemoryOpener(peer))

    def arrive() -> None:
        status = peer.status
        opener = user.opener
        assert opener.transport is not None
        transport = opener.transport
        data = status(10**6, pilot=Pilot.B, flags=Flag.PLUGGED)
        transport._loop.call_soon_threadsafe(transport._received, data)  # this is the thread of the question

    user.while_asked = arrive
    with pytest.raises(RefusedError, match="unplug it first"):
        run(user, image)
    assert (user.plans, peer.effects) == ([], [])


def test_a_board_that_falls_silent_meanwhile_is_not_flashed(image: Path) -> None:
    peer = AvrPeer()
    user = Told(MemoryOpener(peer))
    user.while_asked = lambda: user.opener.transport.lose(None) if user.opener.transport else None
    with pytest.raises(RefusedError):
        run(user, image)
    assert user.plans == []


def test_a_board_that_does_not_come_back_is_said(image: Path) -> None:
    user = Told(MemoryOpener(AvrPeer()))

    def brick() -> None:
        user.opener.peer.mute = True

    user.writes = brick
    with pytest.raises(WriteError, match="does not answer"):
        run(user, image)


def test_a_board_that_did_not_restart_is_said(image: Path) -> None:
    user = Told(MemoryOpener(AvrPeer()))
    user.writes = lambda: None
    with pytest.raises(WriteError, match="has not restarted"):
        run(user, image)


def test_a_port_that_is_taken_is_left_alone(image: Path) -> None:
    user = Told(MemoryOpener(AvrPeer(), error="/dev/ttyUSB0 is in use by another program."))
    with pytest.raises(RefusedError, match="in use"):
        run(user, image, kind=BoardKind.ATMEGA328P, no_car=True)
    assert user.plans == []


def test_another_host_on_the_same_line_is_noticed(image: Path) -> None:
    peer = AvrPeer()
    user = Told(MemoryOpener(peer))
    user.while_asked = peer.taken_by_another

    async def story() -> None:
        await flash(
            user.opener,
            LoopClock(),
            Wish(Path, image),
            writer_for=lambda _: user,
            ask=user.ask,
            say=user.said.append,
        )

    with pytest.raises((RefusedError, WriteError)):
        run_virtual(story())
    assert user.plans == []


@pytest.mark.parametrize("what", ["another host", "a restart", "a loose plug"])
def test_only_a_session_lost_without_a_reason_means_another_host(what: str) -> None:
    async def story() -> bool:
        opener = MemoryOpener(AvrPeer())
        async with look_at(opener, LoopClock()) as look:
            found = await look.wait()
            assert found.status is not None
            assert not found.other_host
            if what == "another host":
                opener.peer.taken_by_another()
            elif what == "a restart":
                opener.peer.restart()
            elif opener.transport is not None:
                opener.transport.lose(None)
            await LoopClock().sleep_ms(5_000)
            assert look.found.identity is not None
            return look.found.other_host

    assert run_virtual(story()) is (what == "another host")


def test_a_mute_board_is_flashed_on_the_users_word(image: Path) -> None:
    peer = AvrPeer(mute=True)
    user = Told(MemoryOpener(peer))

    def revive() -> None:
        peer.mute = False

    user.writes = revive
    with pytest.raises(RefusedError, match="--board-kind"):
        run(user, image)
    with pytest.raises(RefusedError, match="--no-car"):
        run(user, image, kind=BoardKind.ATMEGA328P)
    assert run(user, image, kind=BoardKind.ATMEGA328P, asks=True)
    assert "NO CAR" in user.questions[0]


def test_a_board_of_another_release_is_flashed_on_the_users_word(image: Path) -> None:
    peer = AvrPeer(schema=1)
    user = Told(MemoryOpener(peer))

    def renew() -> None:
        peer.restart()
        peer.schema = Peer().schema

    user.writes = renew
    with pytest.raises(RefusedError, match="--no-car"):
        run(user, image)
    assert run(user, image, no_car=True)
    assert peer.effects == [], "it gets no command that it might read as another"
    assert not user.plans[0].announce


# The tools


def avr_plan(tmp_path: Path) -> Plan:
    from evse_tui.flash.images import load
    from tests.flash.test_plan import AVR

    return make_plan(AVR, load(hex_file(tmp_path)), None, no_car=False)


def test_avrdude_gets_exactly_the_command_that_was_shown(tmp_path: Path) -> None:
    ran: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> int:
        ran.append(command)
        return 0

    plan = avr_plan(tmp_path)
    Avrdude(run).write(plan)
    assert ran == [plan.command]
    with pytest.raises(WriteError, match="status 1"):
        Avrdude(lambda _: 1).write(plan)


def test_a_missing_tool_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> types.ModuleType:
        raise ImportError(name)

    with pytest.raises(RefusedError, match=r"pip install 'evse-tui\[flash\]'"):
        Esptool(nothing).check()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RefusedError, match="apt install avrdude"):
        Avrdude().check()
    assert isinstance(writer_for(Target.AVR), Avrdude)
    assert isinstance(writer_for(Target.ESP32), Esptool)


class Chip:
    """What esptool gives for a connected chip."""

    def __init__(self, name: str) -> None:
        self.CHIP_NAME = name

    def __enter__(self) -> Chip:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class FatalError(RuntimeError):
    """As esptool's."""


def esptool(calls: list[Any], chip: str = "ESP32", *, fails: str = "") -> Callable[[str], types.ModuleType]:
    """A module that records what is asked of it."""
    found = Chip(chip)

    def call(name: str, answer: object = None) -> Callable[..., Any]:
        def do(*values: Any, **named: Any) -> object:
            if name == fails:
                raise FatalError("no serial data")
            calls.append((name, *values[1:], named) if values[:1] == (found,) else (name, *values, named))
            return answer

        return do

    commands: Any = types.ModuleType("cmds")
    commands.detect_chip = call("detect_chip", found)
    commands.run_stub = call("run_stub", found)
    for name in ("attach_flash", "write_flash", "reset_chip"):
        setattr(commands, name, call(name))
    util: Any = types.ModuleType("util")
    util.FatalError = FatalError
    return lambda name: commands if name.endswith("cmds") else util


def test_esptool_is_called_as_its_documentation_says() -> None:
    calls: list[Any] = []
    image = replace(APP, parts=(replace(APP.parts[0], data=esp_app()),))
    Esptool(esptool(calls)).write(make_plan(ESP, image, None, no_car=False))
    assert calls == [
        ("detect_chip", "/dev/ttyUSB0", {"baud": 115_200, "connect_mode": "default-reset"}),
        ("run_stub", {}),
        ("attach_flash", {}),
        ("write_flash", [(0x10000, esp_app())], {}),
        ("reset_chip", "hard-reset", {}),
    ]


def test_another_chip_is_left_as_it_was() -> None:
    calls: list[Any] = []
    with pytest.raises(RefusedError, match="ESP32-S3"):
        Esptool(esptool(calls, "ESP32-S3")).write(make_plan(ESP, APP, None, no_car=False))
    assert [name for name, *_ in calls] == ["detect_chip", "reset_chip"]


@pytest.mark.parametrize(
    ("fails", "error"), [("detect_chip", RefusedError), ("attach_flash", RefusedError), ("write_flash", WriteError)]
)
def test_failures_say_whether_something_was_written(fails: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="no serial data"):
        Esptool(esptool([], fails=fails)).write(make_plan(ESP, APP, None, no_car=False))


def test_the_installed_esptool_has_these_functions() -> None:
    commands = importlib.import_module("esptool.cmds")
    assert {"port", "baud", "connect_mode"} <= set(inspect.signature(commands.detect_chip).parameters)
    for name in ("run_stub", "attach_flash", "write_flash", "reset_chip"):
        assert callable(getattr(commands, name))
    assert issubclass(importlib.import_module("esptool.util").FatalError, Exception)
