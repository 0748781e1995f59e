"""Plug-ins as rows, also when the host was killed in between."""

from __future__ import annotations

from dataclasses import replace

from evse_tui.site.session_ledger import PlugIn, SessionLedger
from evse_tui.store import Energy
from evse_tui.store.downsample import Charged
from evse_tui.store.sessions import Session

UNDER_WAY = Energy("1", 0, started_s=100.0, plugged=True, duration_ms=60_000, charging_ms=30_000)


def _plug_in(energy: Energy, energy_wh: int = 0, *, mode: int = 1, charging: bool = False, card: str = "") -> PlugIn:
    return PlugIn(energy, energy_wh, False, mode, charging, 3 if charging else 1, 160 if charging else 0, card)


def test_a_plug_in_from_beginning_to_end() -> None:
    ledger = SessionLedger("1", None, ())
    ledger.look(_plug_in(Energy("1", 0)))
    assert ledger.take() == ()
    ledger.look(_plug_in(Energy("1", 0, 100.0, True)))
    assert ledger.changed
    assert ledger.take() == (Session("1", 100.0, None, 0, 0, 0, False, mode=1),)
    assert not ledger.changed
    charging = Energy("1", 5, 100.0, True, 50_000, 40_000)
    ledger.look(_plug_in(charging, 7, mode=2, charging=True, card="04AABBCCDD"), Charged(9, 3, 4, 5))
    ledger.look(_plug_in(replace(charging, duration_ms=60_000), 8, mode=0), Charged(9, 3, 4, 5))
    assert not ledger.changed
    ledger.look(_plug_in(replace(charging, duration_ms=61_500, plugged=False), 8, mode=0))
    assert ledger.changed
    ended = Session("1", 100.0, 161.5, 61_500, 40_000, 8, False, 6, 8, 10, 160, 3, "CCDD", 2)
    assert ledger.take() == (ended,)
    ledger.look(_plug_in(replace(charging, duration_ms=61_500, plugged=False), 8))
    assert ledger.take() == ()


def test_after_a_kill_the_plug_in_goes_on() -> None:
    row = Session("1", 100.0, None, 60_000, 30_000, 40, False, 1, 2, 3, 100, 1, "CCDD", 2, id=7)
    ledger = SessionLedger("1", UNDER_WAY, [row])
    ledger.look(_plug_in(replace(UNDER_WAY, duration_ms=90_000), 39, charging=True), Charged(1, 1, 1, 1))
    (now,) = ledger.take()
    assert now == replace(
        row, duration_ms=90_000, solar_mj=2, unpriced_mj=3, cost_u=4, max_da=160, phases=3, mode=1, energy_wh=40
    )


def test_a_car_that_left_while_the_host_was_dead_ended_when_it_was_last_seen() -> None:
    row = Session("1", 100.0, None, 50_000, 30_000, 40, False, id=7)
    ledger = SessionLedger("1", UNDER_WAY, [row])
    ledger.look(_plug_in(replace(UNDER_WAY, plugged=False), 41))
    (ended,) = ledger.take()
    assert ended == replace(row, ended_s=160.0, duration_ms=60_000, energy_wh=41)


def test_an_end_that_was_not_written_is_written_at_the_next_start() -> None:
    row = Session("1", 100.0, None, 50_000, 30_000, 40, False, id=7)
    over = replace(UNDER_WAY, plugged=False)
    ledger = SessionLedger("1", over, [row])
    ledger.look(_plug_in(over, 40))
    (ended,) = ledger.take()
    assert (ended.ended_s, ended.duration_ms, ended.energy_wh) == (160.0, 60_000, 40)


def test_another_car_came_while_nobody_looked() -> None:
    row = Session("1", 50.0, None, 10_000, 5_000, 12, False, id=6)
    ledger = SessionLedger("1", UNDER_WAY, [row])
    assert ledger.changed
    ledger.look(_plug_in(UNDER_WAY))
    old, new = ledger.take()
    assert old == replace(row, ended_s=60.0)
    assert (new.started_s, new.ended_s) == (100.0, None)
    ledger.look(_plug_in(replace(UNDER_WAY, started_s=300.0, duration_ms=0)))
    assert [(found.started_s, found.ended_s) for found in ledger.take()] == [(100.0, 160.0), (300.0, None)]


def test_a_plug_in_that_was_over_before_this_host_gets_no_second_row() -> None:
    over = replace(UNDER_WAY, plugged=False)
    ledger = SessionLedger("1", over, ())
    ledger.look(_plug_in(over))
    assert ledger.take() == ()
    assert not ledger.changed


def test_a_plug_in_shorter_than_a_look_is_kept() -> None:
    ledger = SessionLedger("1", None, ())
    ledger.look(_plug_in(Energy("1", 0, 100.0, False, 400)))
    (ended,) = ledger.take()
    assert (ended.started_s, ended.ended_s) == (100.0, 100.4)
