"""With a bootloader in the flash: one that does nothing, so that one can see who is running."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Capability, Result
from evse_protocol.payloads import Bootloader, Reboot, Reply
from tests.firmware.avr.stand import Stand

START = 0x7E00
TIMSK1 = 0x6F
IDLE = b"\xff\xcf"  # rjmp .-2
BEGIN = b"\x0c\x94\x00\x00"  # jmp 0


@pytest.fixture
def equipped(fixed: Stand) -> Stand:
    """Restarted, so that it has found the bootloader."""
    fixed.may_reset = True
    fixed.bench.patch(START, IDLE)
    fixed.host.command(Reboot(fixed.host.boot))
    fixed.host.until(lambda: fixed.host.boots == 2, 3_000)
    return fixed


def test_runs_on_command_with_open_contactors_and_no_watchdog(equipped: Stand) -> None:
    bench = equipped.bench
    answer = equipped.host.command(Bootloader(equipped.host.boot))
    assert isinstance(answer, Reply)
    assert answer.result is Result.OK
    bench.until("reset", 1, 1_200)
    bench.run(100)
    assert (bench.state["pc"], bench.state["c1"], bench.state["c2"]) == (START, 0, 0)
    assert bench.named("reset")[-1].ms < bench.ms - 99


def test_only_once(equipped: Stand) -> None:
    """A watchdog that bites later is no request."""
    equipped.host.command(Bootloader(equipped.host.boot))
    equipped.bench.until("reset", 1, 1_200)
    equipped.bench.run(5).do("reset")
    equipped.host.until(lambda: equipped.host.boots == 3, 3_000)
    equipped.bench.do("poke", address=TIMSK1, value=0)
    equipped.bench.until("reset", 1, 20)
    equipped.host.until(lambda: equipped.host.boots == 4, 3_000)


def test_starts_the_program(equipped: Stand) -> None:
    """It has cleared MCUSR, so this is no reset; it is no jump that went astray, either."""
    equipped.host.command(Bootloader(equipped.host.boot))
    equipped.bench.until("reset", 1, 1_200)
    equipped.bench.run(5).patch(START, BEGIN)
    seen = len(equipped.bench.named("reset"))
    equipped.host.until(lambda: equipped.host.boots == 3, 3_000)
    assert len(equipped.bench.named("reset")) == seen


def test_nobody_runs_what_is_not_there(fixed: Stand) -> None:
    answer = fixed.host.command(Bootloader(fixed.host.boot))
    assert isinstance(answer, Reply)
    assert answer.result is Result.UNSUPPORTED
    identity = fixed.host.session.identity
    assert identity is not None
    assert not identity.capabilities & Capability.BOOTLOADER
