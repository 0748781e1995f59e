"""Commands to request bodies and back: nothing is lost, nothing is forgotten."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.v1.models.command import ChargerCommand
from evse_tui.api.v1.orders import ChargerOrder, asked_of, command_of
from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import (
    BoardAction,
    Command,
    DoBoardAction,
    SetBacklight,
    SetBoost,
    SetC2,
    SetCustomButton,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSchedule,
    SetSetting,
    SwipeCard,
    TracePilot,
)
from evse_tui.site.schedule import LocalSchedule

MINUTES = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
SCHEDULES = st.none() | st.builds(LocalSchedule, MINUTES, st.none() | MINUTES, st.booleans())
ID = st.just("1")
ORDERS: dict[type[ChargerOrder], st.SearchStrategy[ChargerOrder]] = {
    SetMode: st.builds(SetMode, ID, st.sampled_from(Mode), SCHEDULES),
    SetSchedule: st.builds(SetSchedule, ID, SCHEDULES),
    SetBoost: st.builds(SetBoost, ID, st.booleans(), st.none() | st.integers(1, 200_000)),
    SetOverride: st.builds(SetOverride, ID, st.integers(0, 800)),
    SetC2: st.builds(SetC2, ID, st.sampled_from(C2Mode)),
    DoBoardAction: st.builds(DoBoardAction, ID, st.sampled_from(BoardAction)),
    SetLockHold: st.builds(SetLockHold, ID, st.booleans()),
    SwipeCard: st.builds(SwipeCard, ID, st.sampled_from(["04A3B2C1", "04A3B2C1D2E3F4", "04A3B2C1D2E3F405"])),
    SetBacklight: st.builds(SetBacklight, ID, st.integers(0, 100), st.integers(0, 3600)),
    SetCustomButton: st.builds(SetCustomButton, ID, st.booleans()),
    TracePilot: st.builds(
        TracePilot, ID, st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), st.integers(0, 60_000)
    ),
}

EXAMPLES: dict[type[ChargerOrder], ChargerOrder] = {
    SetMode: SetMode("1", Mode.SOLAR),
    SetSchedule: SetSchedule("1", None),
    SetBoost: SetBoost("1", True),
    SetOverride: SetOverride("1", 100),
    SetC2: SetC2("1", C2Mode.AUTO),
    DoBoardAction: DoBoardAction("1", BoardAction.UNLOCK),
    SetLockHold: SetLockHold("1", True),
    SwipeCard: SwipeCard("1", "04A3B2C1"),
    SetBacklight: SetBacklight("1", 50, 60),
    SetCustomButton: SetCustomButton("1", False),
    TracePilot: TracePilot("1", "a3f09c11", 5_000),
}


@given(st.one_of(*ORDERS.values()))
def test_a_command_comes_back_from_its_body(command: ChargerOrder) -> None:
    body = msgspec.json.encode(asked_of(command))
    assert command_of("1", msgspec.json.decode(body, type=ChargerCommand)) == command


def test_every_command_has_a_body_or_is_a_setting() -> None:
    assert {*get_args(ChargerOrder), SetSetting} == set(get_args(Command))
    assert set(ORDERS) == set(EXAMPLES) == set(get_args(ChargerOrder))
    assert len(get_args(ChargerCommand)) == len(get_args(ChargerOrder))


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_a_body_has_the_fields_of_its_command(kind: type[ChargerOrder]) -> None:
    body = asked_of(EXAMPLES[kind])
    assert ("charger_id", *body.__struct_fields__) == tuple(field.name for field in fields(kind))
