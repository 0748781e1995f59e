"""Who may be flashed with what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evse_protocol.messages import BoardKind, Capability, Flag, Pilot
from evse_protocol.payloads import Identity
from evse_tui.flash.errors import RefusedError, WriteError
from evse_tui.flash.images import Image, Part, Target
from evse_tui.flash.plan import KINDS, Found, Plan, make_plan, verdict
from tests.protocol.scripted import STATUS, Peer

HEX = Image(Target.AVR, Path("evse.hex"), (Part(0, b"x", "evse.hex"),))
APP = Image(Target.ESP32, Path("evse.bin"), (Part(0x10000, b"x", "evse.bin"),))
PORT = "/dev/ttyUSB0"


def identity(kind: int = BoardKind.ATMEGA328P, capabilities: int = Capability.BOOTLOADER, **facts: int) -> Identity:
    return replace(Peer().identity(1), board=kind, capabilities=capabilities, **facts)


AVR = Found(PORT, identity(), STATUS, online=True)
ESP = Found(PORT, identity(BoardKind.SMARTEVSE_V31, 0), STATUS, online=True)
MUTE = Found(PORT, detail="The board on /dev/ttyUSB0 is mute.")


def plan(found: Found, image: Image = HEX, stated: BoardKind | None = None, *, no_car: bool = False) -> Plan:
    return make_plan(found, image, stated, no_car=no_car)


def test_an_avr_is_told_and_avrdude_runs() -> None:
    made = plan(AVR)
    assert made.announce
    assert made.car_known
    assert " ".join(made.command) == ("avrdude -p m328p -c arduino -P /dev/ttyUSB0 -b 115200 -D -U flash:w:evse.hex:i")
    assert made.steps[0].startswith("tell the board")
    assert "the board says that no car is plugged in" in made.question


def test_behind_a_serial_server_avrdude_goes_there_and_an_esp32_is_refused() -> None:
    assert "net:host:4000" in plan(replace(AVR, port="socket://host:4000")).command
    with pytest.raises(RefusedError, match="connect the board's USB"):
        plan(replace(ESP, port="socket://host:4000"), APP)


def test_an_esp32_is_reset_by_its_lines() -> None:
    made = plan(ESP, APP)
    assert not made.announce
    assert made.command == ()
    assert any("write evse.bin, 1 bytes, at 0x10000" in step for step in made.steps)


def test_an_avr_that_can_not_be_told_needs_its_line() -> None:
    for found in (
        replace(AVR, identity=identity(capabilities=0)),
        replace(AVR, online=False, status=None),  # another schema: it gets no command
    ):
        made = plan(found, no_car=True)
        assert not made.announce
        assert any("DTR" in step for step in made.steps)


@pytest.mark.parametrize(
    "facts",
    [
        {"flags": Flag.C1},
        {"flags": Flag.C2},
        {"pilot": Pilot.C},
        {"pilot": Pilot.D},
        {"flags": Flag.PLUGGED},
        {"pilot": Pilot.B},
    ],
)
@pytest.mark.parametrize("no_car", [True, False])
def test_a_car_is_never_overlooked(facts: dict[str, object], no_car: bool) -> None:
    there = replace(AVR, status=replace(STATUS, **facts))  # type: ignore[arg-type]  # facts are fields of Status
    with pytest.raises(RefusedError, match="unplug it first"):
        plan(there, no_car=no_car)


@pytest.mark.parametrize("pilot", [Pilot.UNKNOWN, Pilot.E, Pilot.INVALID])
def test_a_board_that_can_not_say_needs_somebody_who_looked(pilot: Pilot) -> None:
    unsure = replace(AVR, status=replace(STATUS, pilot=pilot))
    for found in (unsure, replace(AVR, status=None)):
        with pytest.raises(RefusedError, match="--no-car"):
            plan(found)
        made = plan(found, no_car=True)
        assert not made.car_known
        assert "NO CAR" in made.question


def test_a_mute_board_needs_its_kind() -> None:
    with pytest.raises(RefusedError, match=r"is mute\. .*--board-kind"):
        plan(MUTE, no_car=True)
    with pytest.raises(RefusedError, match="--no-car"):
        plan(MUTE, stated=BoardKind.ATMEGA328P)
    assert not plan(MUTE, stated=BoardKind.ATMEGA328P, no_car=True).announce
    made = plan(MUTE, APP, BoardKind.SMARTEVSE_V30, no_car=True)
    assert any("bootloader and partition table" in step for step in made.steps)


def test_its_own_word_counts() -> None:
    with pytest.raises(RefusedError, match="says that it is atmega328p"):
        plan(AVR, APP, BoardKind.SMARTEVSE_V30)
    assert plan(AVR, stated=BoardKind.ATMEGA328P).kind is BoardKind.ATMEGA328P
    with pytest.raises(RefusedError, match="another chip"):
        plan(AVR, APP)
    with pytest.raises(RefusedError, match="another chip"):
        plan(ESP, HEX)
    with pytest.raises(RefusedError, match="not known here"):
        plan(replace(AVR, identity=identity(77)))
    with pytest.raises(RefusedError, match="simulated"):
        plan(replace(AVR, identity=identity(BoardKind.SIMULATED)))
    assert plan(replace(AVR, identity=identity(BoardKind.SIMULATED)), stated=BoardKind.ATMEGA328P).command


def test_who_has_the_port_keeps_it() -> None:
    with pytest.raises(RefusedError, match="in use by another program"):
        plan(Found(PORT, port_error="/dev/ttyUSB0 is in use by another program."), stated=BoardKind.ATMEGA328P)
    with pytest.raises(RefusedError, match="Another host"):
        plan(replace(AVR, other_host=True))


def test_every_kind_has_a_name_that_the_command_line_takes() -> None:
    from evse_tui.cli.parser import BOARD_KINDS

    assert tuple(KINDS) == BOARD_KINDS


def test_the_verdict() -> None:
    made = plan(AVR)
    newer = identity(boot=4, firmware_minor=9)
    assert verdict(made, Found(PORT, newer)).startswith("Board 7 runs firmware 0.9.")
    for after, complaint in (
        (Found(PORT, detail="It is mute."), "does not answer: It is mute."),
        (Found(PORT, identity()), "has not restarted"),
        (Found(PORT, replace(newer, schema=1)), "can only read it"),
        (Found(PORT, identity(BoardKind.SMARTEVSE_V30, boot=4)), "of kind 3"),
    ):
        with pytest.raises(WriteError, match=complaint):
            verdict(made, after)
    unknown = plan(MUTE, stated=BoardKind.ATMEGA328P, no_car=True)
    assert "before" not in verdict(unknown, Found(PORT, identity()))
