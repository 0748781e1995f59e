"""What the image reads from the control pilot circuit and the cable: corners, boundaries, the instant of sampling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from evse_protocol.messages import Fault, Pilot, Slot
from tests.firmware.avr.judge import WORLD, pilot_high_v
from tests.firmware.avr.stand import PP_OHM, Stand

LOWEST: Final = {"source_high_v": 11.4, "source_low_v": -11.4, "source_ohm": 1030.0, "drop_v": 0.55}
HIGHEST: Final = {"source_high_v": 12.6, "source_low_v": -12.6, "source_ohm": 970.0, "drop_v": 0.85}
CORNERS: Final = [(LOWEST, 0.97), (HIGHEST, 1.03)]
"""IEC 61851-1 annex A: source 12 V +-0.6 V, resistors +-3 %, diode 0.55 to 0.85 V."""
OHM: Final = {Pilot.B: (2740.0,), Pilot.C: (2740.0, 1300.0), Pilot.D: (2740.0, 270.0)}
DETECT_MS: Final = 50
TELL_MS: Final = 70
"""20 STATUS a second at most, and the line."""
FILTER_C_MS: Final = 520
READ_MV: Final = 120
"""Three counts of the converter, and what a line of 3.1 nF lacks after 50 us."""


def parallel(ohms: tuple[float, ...], factor: float) -> float:
    return 1 / sum(1 / (ohm * factor) for ohm in ohms)


def seen(stand: Stand, members: Mapping[str, float], settle_ms: float = DETECT_MS) -> Pilot:
    """Sets the circuit; the state that the board reports when it had time: a change is told at once."""
    stand.bench.set(**members)
    stand.host.run(settle_ms + TELL_MS)
    return stand.host.telemetry.pilot


@pytest.mark.parametrize("offered_da", [0, 60, 800])
def test_states_at_the_corners(fixed: Stand, offered_da: int) -> None:
    """Static, at 10 % and at 96 % duty: there the low half has 40 us."""
    fixed.car("B").host.run(100)
    fixed.host.grant(offered_da)
    fixed.host.run(50)
    for circuit, factor in CORNERS:
        for state in (Pilot.B, Pilot.C, *([] if offered_da else [Pilot.D])):
            world = {**WORLD, **circuit, "car_ohm": parallel(OHM[state], factor)}
            changes = {**circuit, "car_ohm": world["car_ohm"]}
            assert seen(fixed, changes, FILTER_C_MS if state is Pilot.C else DETECT_MS) is state
            status = fixed.host.telemetry
            assert status.cp_high_mv == pytest.approx(pilot_high_v(world) * 1000, abs=READ_MV)
            if offered_da:
                assert status.cp_low_mv == pytest.approx(circuit["source_low_v"] * 1000, abs=READ_MV)
            assert not status.faults & ~Fault.PILOT
    if offered_da == 60:
        assert fixed.bench.state["c1"] == 0, "back in B"


@pytest.mark.parametrize(
    ("path", "settle_ms"),
    [
        ([(12.0, Pilot.A), (9.87, Pilot.A), (9.73, Pilot.B), (10.13, Pilot.B), (10.27, Pilot.A)], DETECT_MS),
        ([(9.0, Pilot.B), (7.32, Pilot.B), (7.18, Pilot.C), (7.68, Pilot.C), (7.82, Pilot.B)], FILTER_C_MS),
        ([(3.0, Pilot.D), (1.87, Pilot.D), (1.73, Pilot.E), (2.13, Pilot.E), (2.27, Pilot.D)], DETECT_MS),
    ],
    ids=["A/B", "B/C", "D/E"],
)
def test_boundaries_and_their_hysteresis(fixed: Stand, path: list[tuple[float, Pilot]], settle_ms: float) -> None:
    """70 mV, two counts of the converter, on either side."""
    for volts, state in path:
        assert seen(fixed, {"source_high_v": volts}, settle_ms) is state, volts


def test_shorted_diode_never_closes(fixed: Stand) -> None:
    fixed.offer(160)
    fixed.bench.set(diode_shorted=True, car_ohm=882.0)
    fixed.host.run(1_000)
    assert not fixed.bench.named("c1")
    assert Fault.DIODE in fixed.faults


def test_short_and_open(fixed: Stand) -> None:
    assert seen(fixed, {"cp_short": True}) is Pilot.E
    assert seen(fixed, {"cp_short": False}) is Pilot.A


def test_usb_power_alone_is_no_car(fixed: Stand) -> None:
    fixed.bench.set(source_high_v=4.6, source_low_v=0.0)
    fixed.host.until(lambda: Fault.NO_12V in fixed.faults, 1_300)


@pytest.mark.parametrize("cable_da", PP_OHM)
def test_cables_at_the_corners(socket: Stand, cable_da: int) -> None:
    """IEC 61851-1 table B.2: resistor +-3 %; the board's pull-up +-1 %."""
    for ohm, pull_up in ((0.97, 1010.0), (1.03, 990.0)):
        with socket.branch() as stand:
            stand.bench.set(pp_ohm=PP_OHM[cable_da] * ohm, pp_pull_up_ohm=pull_up)
            stand.car("B").host.run(100)
            stand.host.run(TELL_MS)
            assert stand.host.telemetry.slots_da[Slot.CABLE] == cable_da


@pytest.mark.parametrize("ohm", [0.0, 50.0, 6_000.0], ids=["none", "shorted", "too high"])
def test_no_cable_no_charge(socket: Stand, ohm: float) -> None:
    socket.bench.set(pp_ohm=ohm)
    socket.car("B").host.grant(160)
    socket.host.until(lambda: Fault.PROXIMITY in socket.faults, 3_500)
    assert not socket.bench.named("lock_a", "c1")


def test_noise_of_two_counts_changes_nothing(fixed: Stand) -> None:
    fixed.bench.set(noise_v=0.01)
    fixed.offer(160).car("C").host.until(lambda: fixed.bench.state["c1_main"], 2_000)
    fixed.host.run(300)
    assert [event.value for event in fixed.bench.named("c1")] == [1]
