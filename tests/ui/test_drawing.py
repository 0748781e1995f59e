"""The pure drawing functions: what must be readable, at which width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.site.snapshot import EventEntry, Level
from evse_tui.ui import columns
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.bars import bar
from evse_tui.ui.widgets.charger_card import draw_full, draw_row
from evse_tui.ui.widgets.event_log import draw_events
from evse_tui.ui.widgets.header import draw_header, outside_sources
from evse_tui.ui.widgets.link_health import draw_row as draw_link_row
from evse_tui.ui.widgets.link_health import draw_table
from evse_tui.ui.widgets.power_flow import draw_bus_bar, draw_rows
from tests.ui import snapshots


def frame_of(name: str) -> Frame:
    snapshot = snapshots.MATRIX[name]()
    first = snapshot.chargers[0].id if snapshot.chargers else None
    return Frame(snapshot, snapshot.at_ms, first)


@given(value_da=st.integers(-10_000, 10_000), line_da=st.integers(0, 2000), width=st.integers(4, 200))
def test_a_bar_always_has_its_width_and_its_line(value_da: int, line_da: int, width: int) -> None:
    drawn = bar(value_da, line_da, line_da, width, live=True).plain
    assert len(drawn) == width
    assert drawn.count("┃") == 1


def test_a_bar_tells_import_export_and_overload_by_shape() -> None:
    assert bar(100, 200, 200, 24, live=True).plain == "██████████··········┃···"
    assert bar(-100, 200, 200, 24, live=True).plain == "░░░░░░░░░░··········┃···"
    assert bar(240, 200, 200, 24, live=True).plain == "████████████████████┃▒▒▒"
    assert bar(1, 2000, 2000, 24, live=True).plain.startswith("█·")
    assert bar(0, 2000, 2000, 24, live=True).plain.startswith("··")


def test_a_live_bar_and_an_old_one_differ_in_style() -> None:
    assert not bar(100, 200, 200, 24, live=True).is_same(bar(100, 200, 200, 24, live=False))


@pytest.mark.parametrize("name", [name for name in snapshots.MATRIX if name != "empty"])
@pytest.mark.parametrize("width", [60, 78, 98, 118, 198])
def test_no_row_of_a_card_is_wider_than_the_card(name: str, width: int) -> None:
    frame = frame_of(name)
    for charger in frame.snapshot.chargers:
        card_rows = draw_full(charger, frame, width).plain.split("\n")
        assert all(len(row) <= width for row in card_rows[:5])
        assert len(draw_row(charger, frame, width).plain) == width


def test_the_card_names_the_reason_the_runner_up_and_what_it_waits_for() -> None:
    frame = frame_of("normal")
    first, *_rest = draw_full(frame.snapshot.chargers[0], frame, 78).plain.split("\n")
    assert "► Charging" in first
    assert "12.0 A - mains L2" in first
    assert first.endswith("raise in 3 s")
    assert "circuit L1 16.0 A" in draw_full(frame.snapshot.chargers[0], frame, 78).plain


def test_numbers_that_are_not_live_say_so_without_colour() -> None:
    frame = frame_of("disconnected")
    drawn = draw_full(frame.snapshot.chargers[0], frame, 78).plain
    assert "12.0 A?" in drawn
    assert "41 s old" in drawn
    late = frame_of("stale")
    assert "11.8 A?" in draw_full(late.snapshot.chargers[0], late, 78).plain
    assert "late: its last value is 14 s old" in draw_full(late.snapshot.chargers[0], late, 78).plain


def test_a_model_is_marked_as_such() -> None:
    frame = frame_of("four-chargers")
    row = draw_row(frame.snapshot.chargers[1], frame, 78).plain
    assert "~7.8 A" in row
    assert "~12.04 kWh" in row


def test_only_the_phases_in_use_have_an_offer() -> None:
    frame = frame_of("solar-waiting")
    rows = draw_full(frame.snapshot.chargers[0], frame, 78).plain.split("\n")
    assert rows[2].split()[:5] == ["L1", "0.0", "A", "0.0", "A"]
    assert rows[3].split()[:4] == ["L2", "0.0", "A", "-"]


@pytest.mark.parametrize("name", list(snapshots.MATRIX))
@pytest.mark.parametrize("width", [40, 78, 98, 118])
def test_flow_and_link_fit(name: str, width: int) -> None:
    frame = frame_of(name)
    for drawn in (draw_rows(frame, width), draw_bus_bar(frame, width), draw_link_row(frame, width)):
        assert all(len(row) <= width for row in drawn.plain.split("\n"))
    assert len(draw_table(frame, width).plain.split("\n")) == 1 + len(frame.snapshot.chargers)


def test_the_bus_bar_points_the_way_power_flows() -> None:
    rows = draw_bus_bar(frame_of("normal"), 60).plain.split("\n")
    assert rows[3].split() == ["▼", "▼"]
    assert rows[5].split() == ["▼", "▲", "▼"]
    assert rows[4].strip().startswith("┏")
    assert rows[4].strip().endswith("┓")


def test_events_are_newest_first_and_wrap_under_their_text() -> None:
    frame = frame_of("normal")
    events = (
        EventEntry(1, snapshots.WALL_S, None, Level.INFO, "old"),
        EventEntry(2, snapshots.WALL_S, "1", Level.FAULT, "a fault with a long story to tell"),
    )
    rows = draw_events(events, replace(frame, zone=snapshots.UTC), 34).plain.split("\n")
    assert rows == [
        "08:53:20 1    FAULT a fault with a",
        "              long story to tell",
        "08:53:20 site old",
    ]


def test_the_demo_says_who_else_feeds_it() -> None:
    simulated = replace(snapshots.meter(1, 2, 3), simulated=True)
    demo = snapshots.site(snapshots.idle(), demo=True, mains=simulated, battery=simulated, pv=simulated)
    frame = Frame(demo, demo.at_ms, "1")
    assert outside_sources(frame) == ""
    taken = replace(demo, mains=replace(simulated, simulated=False))
    assert outside_sources(replace(frame, snapshot=taken)) == "mains"
    assert outside_sources(replace(frame, snapshot=replace(taken, demo=False))) == ""


def test_header_drops_the_address_before_anything_else() -> None:
    frame = replace(frame_of("four-chargers"), zone=snapshots.UTC)
    wide, narrow = (
        draw_header(frame, width, title="evse-tui", api_url="http://127.0.0.1:8080", wall_s=0, frozen_s=None).plain
        for width in (120, 60)
    )
    assert "http://127.0.0.1:8080" in wide
    assert "http" not in narrow
    for drawn in (wide, narrow):
        assert "2 of 4 charging, 1 fault, 1 not live" in drawn
        assert drawn.endswith("00:00:00 ")


@given(st.text("ab ", max_size=60), st.integers(6, 30), st.integers(0, 3))
def test_wrapping_loses_no_word(words: str, width: int, hanging: int) -> None:
    rows = columns.wrapped(words, width, hanging)
    assert " ".join(rows).split() == words.split()
    assert all(len(row) <= width or " " not in row.strip() for row in rows)


def test_two_ends_of_a_row() -> None:
    left, right = columns.styled("left side"), columns.styled("right")
    assert columns.ends(left, right, 20).plain == "left side      right"
    assert columns.ends(left, right, 12).plain == "left … right"
    assert columns.ends(left, columns.styled(""), 6).plain == "left …"
