"""Sentences for people."""

from __future__ import annotations

from datetime import datetime

import pytest

from evse_protocol.messages import EventKind, Fault, Pilot, Slot
from evse_protocol.payloads import Event
from evse_tui.control.types import Access, Constraint, Reason, Timer, TimerAction
from evse_tui.site.schedule import LocalSchedule
from evse_tui.site.snapshot import Level
from evse_tui.site.wording import (
    FAULT_NAMES,
    board_event_text,
    fault_text,
    is_step,
    reason_text,
    schedule_text,
    step_level,
    step_text,
    timer_text,
)
from tests.site.samples import grant


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason(Constraint.MAINS, 1, 94), "mains L2"),
        (Reason(Constraint.CABLE, limit_da=200), "cable 20 A"),
        (Reason(Constraint.TEMPERATURE, limit_da=65), "temperature 6.5 A"),
        (Reason(Constraint.CAPACITY, limit_da=60), "capacity"),
        (Reason(Constraint.OVERRIDE, limit_da=60), "override"),
    ],
)
def test_reasons(reason: Reason, text: str) -> None:
    assert reason_text(reason) == text


def test_every_constraint_has_words_of_its_own() -> None:
    texts = [reason_text(Reason(constraint, limit_da=0)) for constraint in Constraint]
    assert len(set(texts)) == len(texts)
    assert all(text.strip() and "_" not in text for text in texts)


@pytest.mark.parametrize(
    ("timer", "text"),
    [
        (
            Timer(Constraint.SURPLUS, 42_000, TimerAction.THREE_PHASES, 4_300),
            "3 phases in 41 s if surplus stays above 4.3 kW",
        ),
        (
            Timer(Constraint.SURPLUS, 300_900, TimerAction.ONE_PHASE, 2_070, above=False),
            "1 phase in 5 min if surplus stays below 2.1 kW",
        ),
        (Timer(Constraint.SURPLUS, 11_000, TimerAction.START, 920), "start in 10 s if surplus stays above 0.9 kW"),
        (
            Timer(Constraint.SURPLUS, 71_000, TimerAction.STOP, 690, above=False),
            "stop in 1 min 10 s if surplus stays below 0.7 kW",
        ),
        (
            Timer(Constraint.WAITING_FOR_SURPLUS, 2_000, TimerAction.STOP, 1_380, above=False),
            "stop in 1 s if surplus stays below 1.4 kW",
        ),
        (Timer(Constraint.CAPACITY, 61_000, TimerAction.STOP), "stop in 1 min if the capacity stays exceeded"),
        (Timer(Constraint.ROTATION, 901_000, TimerAction.ROTATE), "next car in 15 min"),
        (Timer(Constraint.SWITCHING_PHASES, 95_000, TimerAction.THREE_PHASES), "3 phases in 1 min 34 s"),
        (Timer(Constraint.SCHEDULE, 12_001_000, TimerAction.START), "start in 3 h 20 min, schedule"),
        (Timer(Constraint.SCHEDULE, 187_201_000, TimerAction.STOP), "stop in 2 d 4 h, schedule"),
        (Timer(Constraint.SURPLUS, 900, TimerAction.START, 920), "start now if surplus stays above 0.9 kW"),
        (Timer(Constraint.STARTING, 6_001), "starting in 6 s"),
    ],
)
def test_timers(timer: Timer, text: str) -> None:
    assert timer_text(timer, 1_000) == text


def test_every_action_has_words() -> None:
    for action in TimerAction:
        assert timer_text(Timer(Constraint.MAINS, 5_000, action), 0) == f"{action.value} in 5 s, mains"


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (LocalSchedule(_local("2026-03-28T23:30")), "from 2026-03-28 23:30"),
        (
            LocalSchedule(_local("2026-03-28T23:30"), _local("2026-03-29T07:00")),
            "from 2026-03-28 23:30 until 2026-03-29 07:00",
        ),
        (
            LocalSchedule(_local("2026-03-28T23:30"), _local("2026-03-29T07:00"), daily=True),
            "daily 23:30 to 07:00 from 2026-03-28",
        ),
    ],
)
def test_schedules(schedule: LocalSchedule, text: str) -> None:
    assert schedule_text(schedule) == text


def test_steps() -> None:
    before = grant(limit_da=160)
    after = grant(limit_da=94, phase=1)
    assert step_text(before, after) == "16.0 A -> 9.4 A, mains L2"
    assert step_text(None, after) == "0.0 A -> 9.4 A, mains L2"
    assert step_text(after, grant(Access.PAUSE, 0, Constraint.PAUSED)) == "9.4 A -> 0.0 A, paused"
    assert step_text(None, grant(Access.DENY, 0, Constraint.OFF)) == "no current, off"


def test_only_steps_worth_a_line() -> None:
    assert is_step(None, grant())
    assert is_step(grant(limit_da=160), grant(limit_da=150))
    assert not is_step(grant(limit_da=160), grant(limit_da=151))
    assert not is_step(grant(limit_da=160, phase=0), grant(limit_da=160, phase=1))
    assert is_step(grant(), grant(Access.PAUSE, 0, Constraint.PAUSED))
    paused, waiting = grant(Access.PAUSE, 0, Constraint.PAUSED), grant(Access.PAUSE, 0, Constraint.MAINS_ABSENT)
    assert is_step(paused, waiting)
    assert not is_step(paused, paused)
    assert step_level(grant(Access.PAUSE, 0, Constraint.MAINS_GONE)) is Level.WARNING
    assert step_level(grant()) is Level.INFO


def _event(kind: EventKind, code: int = 0, value: int = 0) -> Event:
    return Event(boot=1, number=0, board_ms=0, kind=kind, code=code, value=value)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (_event(EventKind.RESET, 1), (Level.INFO, "board reset: power on")),
        (_event(EventKind.RESET, 4), (Level.WARNING, "board reset: watchdog")),
        (
            _event(EventKind.RESET, 99, Fault.RESIDUAL_CURRENT),
            (Level.WARNING, "board reset: 99, latched: residual current"),
        ),
        (_event(EventKind.PILOT, Pilot.B, Pilot.A), (Level.INFO, "car connected")),
        (_event(EventKind.PILOT, Pilot.B, Pilot.C), (Level.INFO, "car asks for no more current")),
        (_event(EventKind.PILOT, Pilot.E), (Level.WARNING, "control pilot shorted")),
        (_event(EventKind.PILOT, Pilot.UNKNOWN), None),
        (_event(EventKind.CONTACTOR, 3, 120), (Level.INFO, "contactor closed, 3-phase, 12.0 A offered")),
        (_event(EventKind.CONTACTOR, 1, 60), (Level.INFO, "contactor closed, 1-phase, 6.0 A offered")),
        (_event(EventKind.CONTACTOR, 0), (Level.INFO, "contactor open")),
        (_event(EventKind.CONTACTOR, 2), None),
        (_event(EventKind.FAULT_SET, value=Fault.DIODE), (Level.FAULT, "fault: diode of the car")),
        (_event(EventKind.FAULT_CLEARED, value=Fault.DIODE), (Level.INFO, "fault over: diode of the car")),
        (_event(EventKind.LEASE_EXPIRED), (Level.WARNING, "lease expired, fallback 0.0 A")),
        (_event(EventKind.STOP, 1), (Level.WARNING, "stopped at the button")),
        (_event(EventKind.STOP, 0), (Level.WARNING, "stop cleared")),
        (_event(EventKind.COMMISSIONING, 2), (Level.INFO, "configuration written")),
        (_event(EventKind.COMMISSIONING, 9), (Level.INFO, "commissioning")),
        (_event(EventKind.BUTTON, 1, 1500), (Level.INFO, "button pressed for 1.5 s")),
        (_event(EventKind.CARD, value=0xAB), None),
        (_event(EventKind.PHASES, 1), (Level.INFO, "1 phase in use")),
        (_event(EventKind.INVARIANT, 2), (Level.FAULT, "the board broke its invariant 2 and reset itself")),
        (_event(EventKind.BINDING, Slot.HOST, 60), None),
        (_event(EventKind.BINDING, Slot.CABLE, 200), (Level.INFO, "board limit 20.0 A, cable")),
    ],
)
def test_board_events(event: Event, line: tuple[Level, str] | None) -> None:
    assert board_event_text(event) == line


def test_every_fault_and_event_kind_has_words() -> None:
    assert set(FAULT_NAMES) == set(Fault)
    assert fault_text(0) == "none"
    for kind in EventKind:
        if kind not in (EventKind.BINDING, EventKind.CARD):
            assert board_event_text(_event(kind, code=1, value=1)) is not None
