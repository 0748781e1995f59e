"""Position, speed and pause; pictures by time; notes."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.control.types import Access, ChargerGrant, Constraint, Reason, Timer, TimerAction
from evse_tui.replay.notes import METERS, Decided, Note, decided_note, grant_note, read_note, settings_note, site_note
from evse_tui.replay.pictures import Pictures
from evse_tui.replay.player import SPEEDS, Player
from tests.ui import snapshots


def player(end_ms: int = 60_000, *, complete: bool = True) -> Player:
    made = Player(500, 0)
    made.end_ms, made.complete = end_ms, complete
    return made


def test_it_plays_at_its_speed_and_stops_at_the_end() -> None:
    it = player()
    assert it.position_ms(1_000) == 1_500
    it.change_speed(1, 1_000)
    assert it.speed == 2
    assert it.position_ms(2_000) == 3_500
    assert it.position_ms(100_000) == 60_000
    assert not it.playing
    it.toggle(100_000)
    assert it.position_ms(100_000) == 500
    assert it.playing


def test_it_waits_for_what_is_not_read_yet() -> None:
    it = player(2_000, complete=False)
    assert it.position_ms(10_000) == 2_000
    assert it.playing
    it.end_ms = 60_000
    assert it.position_ms(11_000) == 3_000  # from where it waited


def test_pause_and_moves() -> None:
    it = player()
    it.toggle(1_000)
    assert it.position_ms(9_000) == 1_500
    it.move(10_000, 9_000)
    assert it.position_ms(9_500) == 11_500
    it.move(-60_000, 9_500)
    assert it.position_ms(9_500) == 500
    it.move(10**9, 9_500)
    assert it.position_ms(9_500) == 60_000
    for _ in range(20):
        it.change_speed(1, 9_500)
    assert it.speed == SPEEDS[-1]
    for _ in range(20):
        it.change_speed(-1, 9_500)
    assert it.speed == SPEEDS[0]


@given(st.lists(st.tuples(st.integers(1, 300), st.booleans()), max_size=120), st.integers(8, 40))
def test_pictures_are_bounded_and_never_from_the_future(steps: list[tuple[int, bool]], most: int) -> None:
    pictures = Pictures(most)
    assert pictures.at(0) is None
    at_ms, changes, first = 0, [], None
    for step_ms, change in steps:
        at_ms += step_ms
        if change or not pictures.wait_ms(at_ms):
            pictures.add(replace(snapshots.normal(), at_ms=at_ms), change=change)
            first = at_ms if first is None else first
        if change:
            changes.append(at_ms)
        assert len(pictures) <= most
    for moment in range(0, at_ms, 97):
        found = pictures.at(moment)
        assert found is not None
        assert found.at_ms <= moment or found.at_ms == first
    if len(changes) < most // 4:  # changes stay while there is room for them
        for moment in changes:
            found = pictures.at(moment)
            assert found is not None
            assert found.at_ms == moment


def test_notes_come_back() -> None:
    timer = Timer(Constraint.SURPLUS, 41_000, TimerAction.THREE_PHASES, 4_300)
    bare = Timer(Constraint.ROTATION, -300, above=False)
    reasons = Reason(Constraint.MAINS, 1, 120), Reason(Constraint.CIRCUIT)
    grant = ChargerGrant("1", Access.ALLOW, 120, 3, *reasons, (timer, bare))
    charger = snapshots.charging(grant=grant)
    assert read_note(settings_note(charger), "1") == Note(settings=dict(charger.settings), ev_meter=charger.ev.kind)
    aged = replace(grant, timers=(replace(timer, due_ms=41_200), replace(bare, due_ms=-100)))
    assert read_note(grant_note(charger, 500), "1", 700) == Note(override_da=charger.override_da, grant=aged)
    assert read_note(grant_note(replace(charger, grant=None), 0), "1") == Note(override_da=charger.override_da)
    snapshot = replace(snapshots.normal(), name="Home", demo=True)
    meters = {name: getattr(snapshot, name).kind for name in METERS}
    assert read_note(site_note(snapshot, 1), "1") == Note(
        site_name="Home", site_settings=dict(snapshot.settings), meters=meters, site_phases=1, demo=True
    )
    for decided in (Decided(), Decided((1, -2, 3), 40, True)):
        assert read_note(decided_note(replace(snapshot, **asdict(decided))), "1") == Note(decided=decided)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "1", '{"settings":1}', '{"site":[]}', '{"grant":{}}', '{"override_da":"x"}'),
        '{"grant":{"access":7,"limit_da":1,"phases":1,"reason":["mains",0,1]}}',
        '{"grant":{"access":1,"limit_da":1,"phases":1,"reason":["nothing we know",0,1]}}',
        *('{"decided":{}}', '{"decided":{"rooms_da":[1,2],"budget_da":0,"grid_relay":false}}', '{"ev_meter":1}'),
    ],
)
def test_what_a_note_should_not_say_is_left_out(text: str) -> None:
    assert read_note(text, "1") == Note()
