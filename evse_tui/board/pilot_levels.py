"""Levels of the control pilot: board.md, Control pilot, after IEC 61851-1."""

from __future__ import annotations

from typing import Final

from evse_protocol.messages import Pilot

LOWEST_MV: Final = {Pilot.A: 10_000, Pilot.B: 7_500, Pilot.C: 5_000, Pilot.D: 2_000}
"""Where each state ends and the next one begins, without hysteresis; below the last one it is E."""
DIODE_MV: Final = -10_000
"""The low half reaches this if there is a diode."""
STATIC_PERMILLE: Final = 1_000
"""A duty of 100 %: no PWM, and no low half."""


def state_of(high_mv: int) -> Pilot:
    """The state that a high level means by itself, without hysteresis and filter."""
    for state, lowest_mv in LOWEST_MV.items():
        if high_mv >= lowest_mv:
            return state
    return Pilot.E
