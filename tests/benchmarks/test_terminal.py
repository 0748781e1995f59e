"""The instruments of the terminal benchmark."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice, pairwise

import pytest

from benchmarks import terminal
from benchmarks.terminal import NAMES, SIZES, keys_of
from benchmarks.terminal.boards import temperatures
from benchmarks.terminal.screen import on_screen
from benchmarks.terminal.weeks import DAYS, LOG, RECORDED, START_S, STEPS, at_step
from evse_tui.ui.screens.registry import SCREENS
from tests.ui import snapshots

ECHO = "import sys, tty; tty.setraw(0); print('\\x1b[?1049h', end='', flush=True)\n"
ECHO += "while key := sys.stdin.buffer.raw.read(1): print('<' + chr(key[0] + 1) + '>', end='', flush=True)"


def test_a_key_is_timed_to_its_own_effect() -> None:
    with on_screen([sys.executable, "-c", ECHO], (80, 24)) as screen:
        assert 0 < screen.press(b"a", b"<b>") < 10_000
        assert 0 < screen.press(b"b", b"<c>") < 10_000


def test_a_program_that_ends_is_not_waited_for() -> None:
    with (
        on_screen([sys.executable, "-c", f"{ECHO.splitlines()[0]}; input()"], (80, 24)) as screen,
        pytest.raises(TimeoutError, match="nothing"),
    ):
        screen.press(b"\n\r", b"nothing", timeout_s=60)


def test_each_temperature_is_worth_a_status() -> None:
    assert all(abs(one - other) > 1 for one, other in pairwise(islice(temperatures(), 100)))


def test_every_screen_of_the_app_is_measured() -> None:
    assert [entry.title for entry in SCREENS] == list(NAMES)
    for name in NAMES:
        for size in SIZES:
            assert len(list(islice(keys_of(name, size), 20))) == 20


def test_the_days_go_on_and_their_log_is_bounded() -> None:
    recorded = [snapshots.normal(), snapshots.four_chargers()]
    last = at_step(recorded, DAYS * STEPS)
    assert last.wall_s == START_S + DAYS * 86_400
    assert len(last.events) == LOG
    assert last.events[-1].number == DAYS * STEPS - 1


def test_every_day_ends_with_the_same_snapshot() -> None:
    recorded = [replace(snapshots.normal(), name=str(number)) for number in range(RECORDED)]
    assert {at_step(recorded, day * STEPS).name for day in range(1, DAYS + 1)} == {"0"}


def test_every_aim_has_a_row_with_its_target_and_a_verdict() -> None:
    found = terminal.Cost(rss=[80.0])
    for name in NAMES:
        for size in SIZES:
            found.cpu[name, size] = [1.0, 6.0 if name == "Charger" else 2.0]
            found.keys[name, size] = [20.0, 60.0]
            found.key_cpu[name, size] = 9.0
    rows = terminal._worst(found, found, [], "attach")
    rows += terminal._growth_rows([{"rss_mb": 80.0, "objects": 1000.0, "blocks": 1000.0}] * DAYS)
    told = {row[0].split(":")[0]: (row[1], row[3]) for row in rows}
    assert told == {
        "CPU": ("<= 5 %", "met"),
        "key to paint p95": ("<= 50 ms", "MISSED"),
        "RSS": ("<= 150 MB", "met"),
        "growth, day 3 to 14": ("<= 1 %", "met"),
    }
