"""The judge finds what it is there for: each story breaks one rule at the pins; the honest one breaks none."""

from __future__ import annotations

import pytest

from evse_protocol.messages import Access
from tests.firmware.avr.avr_bench import CYCLES_PER_MS, Change, Event
from tests.firmware.avr.host import Accepted
from tests.firmware.avr.judge import Judge
from tests.firmware.avr.stand import SOCKET
from tests.firmware.core_bench import CONFIG

Story = list[tuple[float, str, int]]
HONEST: Story = [
    (0, "reset", 0),
    (20, "bolt", 1),
    (30, "period", 16_000),
    (30, "high", 4_256),
    (700, "c2", 1),
    (801, "c1", 1),
    (2_000, "high", 16_000),
    (2_050, "c1", 0),
    (2_151, "c2", 0),
]
PLUGGED = Change(0, {"car_ohm": 2740.0, "pp_ohm": 220.0})
READY = Change(100 * CYCLES_PER_MS, {"car_ohm": 882.0})
LEASE = Accepted(10, 160, Access.ALLOW, 30_000)


def judged(story: Story, *changes: Change, lease: Accepted = LEASE) -> list[str]:
    events = [Event(int(ms * CYCLES_PER_MS), name, value) for ms, name, value in story]
    end = max(story[-1][0], *(change.cycle / CYCLES_PER_MS for change in changes)) + 200
    return Judge({**CONFIG, **SOCKET}, [lease]).run(events, changes, int(end * CYCLES_PER_MS)).broken


def at(ms: float, **members: float | str) -> Change:
    return Change(int(ms * CYCLES_PER_MS), members)


def test_honest_story() -> None:
    assert judged(HONEST, PLUGGED, READY) == []


def without(name: str, value: int) -> Story:
    return [row for row in HONEST if row[1:] != (name, value)]


def moved(name: str, value: int, ms: float) -> Story:
    return sorted([*without(name, value), (ms, name, value)], key=lambda row: row[0])


@pytest.mark.parametrize(
    ("story", "changes", "rule"),
    [
        (moved("c1", 1, 750), [PLUGGED, READY], "too soon after C2"),
        (moved("c2", 1, 900), [PLUGGED, READY], "C2 moved under C1"),
        (moved("c2", 0, 2_049), [PLUGGED, READY], "C2 moved under C1"),
        (HONEST, [PLUGGED], "closed with ['not_c']"),
        (HONEST, [PLUGGED, READY, at(1_000, car_ohm=2740.0)], "not_c"),
        (HONEST, [PLUGGED, READY, at(1_000, diode_shorted=True)], "diode"),
        (HONEST, [PLUGGED, READY, at(1_000, residual="open")], "residual"),
        (without("bolt", 1), [PLUGGED, READY], "unlocked"),
        (moved("c1", 0, 8_200), [PLUGGED, READY], "static"),
        (moved("high", 4_256, 900), [PLUGGED, READY], "closed with"),
        ([*HONEST[:3], (30, "high", 4_272), *HONEST[4:]], [PLUGGED, READY], "more than the lease"),
        ([*HONEST[:3], (30, "high", 800), *HONEST[4:]], [PLUGGED, READY], "no duty of ours"),
        ([*HONEST[:2], (30, "period", 15_900), *HONEST[3:]], [PLUGGED, READY], "no 1 kHz"),
        (HONEST, [PLUGGED, at(500, car_ohm=882.0)], "without waiting for C"),
    ],
)
def test_broken_stories(story: Story, changes: list[Change], rule: str) -> None:
    broken = judged(story, *changes)
    assert any(rule in line for line in broken), broken


def test_lease_that_ended() -> None:
    assert any("lease" in line for line in judged(HONEST, PLUGGED, READY, lease=Accepted(10, 160, Access.ALLOW, 1_500)))
    assert any("lease" in line for line in judged(HONEST, PLUGGED, READY, lease=Accepted(10, 320, Access.PAUSE, 9_000)))


def test_other_phases_without_the_sequence() -> None:
    again: Story = [*HONEST, (8_000, "high", 4_256), (9_000, "c1", 1), (9_100, "high", 16_000), (9_150, "c1", 0)]
    assert any("other phases" in line for line in judged(again, PLUGGED, READY))
