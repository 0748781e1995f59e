"""The other inputs of the chip, as the host is told of them."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Fault, Flag
from tests.firmware.avr.stand import Stand

TELL_MS = 80


def test_button_and_switch(fixed: Stand) -> None:
    for members, flag in (({"switch_closed": True}, Flag.SWITCH), ({"button": True}, Flag.BUTTON)):
        assert flag not in fixed.host.telemetry.flags
        fixed.bench.set(**members)
        fixed.host.run(TELL_MS)
        assert flag in fixed.host.telemetry.flags


@pytest.mark.parametrize("celsius", [-29.0, 0.0, 60.0, 109.0])
def test_temperature(fixed: Stand, celsius: float) -> None:
    """A count is 0.49 C; MCP9700A without its own tolerance."""
    fixed.bench.set(celsius=celsius)
    fixed.host.run(TELL_MS)
    assert fixed.host.telemetry.temperature_dc == pytest.approx(celsius * 10, abs=10)


def test_dead_sensor_does_not_read_cool(fixed: Stand) -> None:
    """0 V is -50 C."""
    fixed.bench.set(celsius=-50.0)
    fixed.host.until(lambda: Fault.SENSOR in fixed.faults, 3_200)


def test_jammed_lock_never_closes(socket: Stand) -> None:
    socket.bench.set(lock_jammed=True)
    socket.plug().host.grant(160)
    socket.host.until(lambda: len(socket.bench.named("lock_a")) == 2, 1_000)
    pulse, end = socket.bench.named("lock_a")
    assert end.ms - pulse.ms == pytest.approx(600, abs=3)
    socket.car("C").host.run(1_000)
    assert not socket.bench.named("c1", "c2", "bolt")
    assert Flag.LOCKED not in socket.host.telemetry.flags
