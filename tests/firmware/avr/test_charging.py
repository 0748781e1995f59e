"""The shipped image on the emulator: from plug-in to power, and over a restart that the host asks for."""

from __future__ import annotations

import pytest

from evse_protocol.messages import ResetReason, Result
from evse_protocol.payloads import Reboot, Reply
from tests.firmware.avr.stand import Stand


def test_charges_a_car(socket: Stand) -> None:
    socket.charge(160)
    judge = socket.judged()
    assert judge.closed == 1
    assert socket.bench.state["high"] == 266 * 16
    assert socket.bench.state["c2_main"] == 1
    assert socket.host.telemetry.offered_da == 160


def test_one_phase_leaves_c2_open(socket: Stand) -> None:
    socket.charge(160, phases=1)
    assert not socket.bench.named("c2", "c2_main")


def test_speed_of_the_line(socket: Stand) -> None:
    """16 MHz / (8 x 17) = 117647 baud: 2.1 % fast, inside what a receiver of 8N1 takes."""
    assert socket.bench.state["baud"] == pytest.approx(115_200 * 1.0212, rel=1e-3)


def test_restart_on_command(socket: Stand) -> None:
    socket.may_reset = True
    answer = socket.host.command(Reboot(socket.host.boot))
    assert isinstance(answer, Reply)
    assert answer.result is Result.OK
    socket.bench.until("reset", 1, 1_200)
    socket.host.until(lambda: socket.host.boots == 2, 5_000)
    identity = socket.host.session.identity
    assert identity is not None
    assert identity.reset_reason == ResetReason.COMMANDED
