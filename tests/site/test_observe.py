"""What control sees of a STATUS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evse_protocol.messages import INACTIVE_DA, Capability, Fault, Pilot, Slot
from evse_protocol.payloads import Config
from evse_tui.control.types import BoardObservation, Constraint
from evse_tui.site.observe import observe, own_limit, phases_available, picture
from tests.site.samples import CHARGING, IDENTITY, STATUS, status

CONFIG = Config(
    hardware_max_da=160,
    connector=1,
    cable_da=0,
    monitor=1,
    lock=2,
    phases=3,
    c2=1,
    fallback_da=0,
    switch_function=1,
    limit_da=160,
    phase_wait_s=60,
    backlight_max=100,
)


def slots(**values: int) -> tuple[int, ...]:
    return tuple(values.get(slot.name, INACTIVE_DA) for slot in Slot)


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        (slots(HARDWARE=160, CABLE=200), (160, Constraint.HARDWARE)),
        (slots(HARDWARE=320, CABLE=200, HOST=60), (200, Constraint.CABLE)),
        (slots(HARDWARE=160, CABLE=200, STOP=0), (0, Constraint.STOP)),
        (slots(HARDWARE=160, SIMPLIFIED=100), (100, Constraint.SIMPLIFIED)),
        (slots(HARDWARE=160, CONFIGURATION=160), (160, Constraint.HARDWARE)),
        (slots(HOST=160), (0, Constraint.HARDWARE)),
    ],
)
def test_own_limit_is_the_minimum_of_all_slots_but_the_hosts(
    values: tuple[int, ...], limit: tuple[int, Constraint]
) -> None:
    assert own_limit(status(slots_da=values)) == limit


def test_phases_come_from_the_configuration() -> None:
    able = replace(IDENTITY, capabilities=Capability.C2)
    assert phases_available(STATUS, able, CONFIG) == (1, 3)
    assert phases_available(STATUS, IDENTITY, CONFIG) == (3,)
    assert phases_available(STATUS, able, replace(CONFIG, c2=0)) == (3,)
    assert phases_available(STATUS, able, replace(CONFIG, phases=1, c2=0)) == (1,)


def test_until_the_configuration_is_known_only_the_present_phases_are_asked_for() -> None:
    assert phases_available(status(phases=1), IDENTITY, None) == (1,)
    assert phases_available(status(phases=3), None, None) == (3,)


def test_observation_of_a_charging_car() -> None:
    assert observe(status(**CHARGING), (1, 3), 5) == BoardObservation(
        plugged=True,
        requests=True,
        closed=True,
        offered_da=120,
        limit_da=160,
        limit_slot=Constraint.HARDWARE,
        phases=3,
        phases_available=(1, 3),
        faulted=False,
        plugged_ms=5,
    )


def test_a_car_in_c_requests_before_the_contactor_closes() -> None:
    assert observe(status(pilot=Pilot.C), (3,), 0).requests
    assert not observe(status(pilot=Pilot.B), (3,), 0).requests
    assert observe(status(faults=Fault.DIODE), (3,), 0).faulted


def test_picture_keeps_the_status() -> None:
    board = picture(status(**CHARGING), 7)
    assert (board.age_ms, board.offered_da, board.slots_da) == (7, 120, STATUS.slots_da)
