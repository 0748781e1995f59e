"""The shipped image on the emulator: from plug-in to power and back."""

from __future__ import annotations

from tests.firmware.avr.stand import Stand


def test_charges_a_car(socket: Stand) -> None:
    socket.charge(160)
    judge = socket.judged()
    assert judge.closed == 1
    assert socket.bench.state["high"] == 266 * 16
    assert socket.bench.state["c2_main"] == 1
    assert socket.host.telemetry.offered_da == 160
