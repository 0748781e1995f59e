"""What the scope draws: ranges of columns, boundaries with their names, one period."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_protocol.messages import Pilot
from evse_tui.board.pilot_levels import state_of
from evse_tui.board.pilot_samples import EVERYTHING, KEPT_MS, PilotSamples
from evse_tui.ui.waveform import SPANS_MS, Columns, Waveform
from evse_tui.ui.widgets.scope_drawing import LEAST_ROWS, LEVELS, Shown, dots, draw_period, draw_scope, has_period


def samples(times_ms: range, high_mv: int = 9_000, low_mv: int = -12_000, *gaps: int) -> PilotSamples:
    count = len(times_ms)
    return PilotSamples(tuple(times_ms), (high_mv,) * count, (low_mv,) * count, gaps, 0)


def filled(*parts: PilotSamples) -> Waveform:
    waveform = Waveform()
    for part in parts:
        waveform.add(part)
    return waveform


SHOWN = Shown(1_000, "now", Pilot.C, (6_000, -12_000), 267)


def drawn(found: Columns, shown: Shown = SHOWN, width: int = 77, rows: int = LEAST_ROWS) -> list[str]:
    return draw_scope(found, shown, width, rows).plain.split("\n")


def test_without_samples_there_is_nothing() -> None:
    waveform = Waveform()
    waveform.add(PilotSamples(obstacle="The board is away."))
    assert (waveform.cursor_ms, waveform.plateaus_mv, waveform.gaps(1_000)) == (EVERYTHING, None, 0)
    assert waveform.columns(1_000, 3) == Columns((None,) * 3, (None,) * 3)
    assert waveform.columns(1_000, 3).extremes_mv is None


def test_columns_hold_ranges_and_what_is_unknown_is_left_empty() -> None:
    waveform = filled(samples(range(100), 9_000), samples(range(150, 200), 6_000, -11_000, 0))
    assert waveform.columns(200, 4).high_mv == ((9_000, 9_000), (9_000, 9_000), None, (6_000, 6_000))
    assert waveform.columns(400, 2).low_mv == (None, (-12_000, -11_000))
    assert waveform.plateaus_mv == (6_000, -11_000)
    assert waveform.columns(200, 4).extremes_mv == ((6_000, 9_000), (-12_000, -11_000))
    assert waveform.columns(10, 5).extremes_mv == ((6_000, 6_000), (-11_000, -11_000))


def test_gaps_are_counted_within_what_is_shown() -> None:
    waveform = filled(
        samples(range(100), 1, 1, 0), samples(range(102, 300), 1, 1, 0), samples(range(310, 400), 1, 1, 0)
    )
    assert [waveform.gaps(span_ms) for span_ms in (50, 100, 350, 60_000)] == [0, 1, 2, 2]


def test_only_a_minute_is_kept() -> None:
    waveform = filled(*(samples(range(start, start + 1_000), start) for start in range(0, 200_000, 1_000)))
    oldest, newest = (waveform.columns(10**6, 10).extremes_mv or ((0, 0), (0, 0)))[0]
    assert oldest >= 200_000 - 1.2 * KEPT_MS
    assert newest == 199_000


def test_times_that_do_not_go_on_begin_anew() -> None:
    waveform = filled(samples(range(500, 600)), samples(range(10, 20), 6_000))
    assert waveform.cursor_ms == 19
    assert waveform.columns(10_000, 100).extremes_mv == ((6_000, 6_000), (-12_000, -12_000))


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 400), st.integers(-13_000, 13_000)), max_size=20),
    st.sampled_from(SPANS_MS[:5]),
    st.integers(1, 150),
)
def test_columns_are_the_same_however_often_they_were_drawn(
    parts: list[tuple[int, int, int]], span_ms: int, count: int
) -> None:
    often, once, start = Waveform(), Waveform(), 0
    for skipped, length, level_mv in parts:
        start += skipped
        part = samples(range(start, start + length), level_mv)
        often.add(part)
        once.add(part)
        often.columns(span_ms, count)
        start += length
    assert often.columns(span_ms, count) == once.columns(span_ms, count)


def test_boundaries_have_levels_and_states_have_names() -> None:
    waveform = filled(samples(range(1_000), 6_000))
    rows = drawn(waveform.columns(1_000, dots(77)))
    assert [row[:LEVELS].strip() for row in rows if row[:LEVELS].strip()] == ["10", "7.5", "5", "2", "-10", "V"]
    names = [row.split()[-1] for row in rows if row[-8:].strip() and "╌╌╌" not in row[-12:]]
    assert [name for name in names if name in "ABCDE"] == ["A", "B", "D", "E"]
    (marked,) = [row for row in rows if "◂" in row]
    assert marked.rstrip().endswith("C ◂")
    assert any(0x2800 < ord(glyph) <= 0x28FF for glyph in marked), "the level runs through its state"
    assert rows[-1].split() == ["V", "1", "s", "ago", "now"]
    assert {len(row) for row in rows} == {77}


@pytest.mark.parametrize(("high_mv", "state"), [(12_000, "A"), (9_000, "B"), (6_000, "C"), (3_000, "D"), (0, "E")])
@pytest.mark.parametrize(("width", "rows"), [(77, LEAST_ROWS), (117, 16), (197, 20)])
def test_every_nominal_level_is_beside_the_name_of_its_state(high_mv: int, state: str, width: int, rows: int) -> None:
    pilot = state_of(high_mv)
    assert pilot.name == state
    waveform = filled(samples(range(1_000), high_mv))
    shown = Shown(1_000, "now", pilot, (high_mv, -12_000), None)
    found = drawn(waveform.columns(1_000, dots(width)), shown, width, rows)[:-4]
    marked = next(place for place, row in enumerate(found) if f"{state} ◂" in row)
    traced = next(place for place, row in enumerate(found) if any(0x2800 < ord(glyph) <= 0x28FF for glyph in row))
    assert abs(marked - traced) <= 1
    assert rows > LEAST_ROWS or (marked == traced and not found[traced][:LEVELS].strip()), "no boundary runs there"


def test_a_step_is_a_line_and_a_gap_is_empty() -> None:
    step = filled(samples(range(500), 9_000), samples(range(500, 1_000), 6_000))
    column = [row[LEVELS + dots(77) // 4] for row in drawn(step.columns(1_000, dots(77)))]
    assert sum(0x2800 < ord(glyph) <= 0x28FF for glyph in column[:10]) >= 2
    torn = filled(samples(range(450)), samples(range(550, 1_000), 9_000, -12_000, 0))
    column = [row[LEVELS + dots(77) // 4] for row in drawn(torn.columns(1_000, dots(77)))]
    assert not any(0x2800 < ord(glyph) <= 0x28FF for glyph in column)


def test_levels_beyond_the_scale_stay_at_its_edge() -> None:
    waveform = filled(samples(range(1_000), 32_767, 32_767))
    rows = drawn(waveform.columns(1_000, dots(77)))
    assert 0x2800 < ord(rows[0][40]) <= 0x28FF
    assert 0x2800 < ord(rows[10][40]) <= 0x28FF


@pytest.mark.parametrize(("duty_permille", "high_columns"), [(100, 2), (500, 12), (960, 23), (1, 1), (999, 23)])
def test_a_period_shows_its_duty(duty_permille: int, high_columns: int) -> None:
    rows = draw_period((9_000, -12_000), duty_permille, 26, 13)
    (top,) = [row for row in rows if "┌" in row]
    assert top.index("┐") - top.index("┌") == high_columns
    (bottom,) = [row for row in rows if "┘" in row]
    assert bottom.startswith("─┘")
    assert rows.index(top) < rows.index(next(row for row in rows if "0 V" in row)) < rows.index(bottom)
    assert {len(row) for row in rows} == {26}


def test_a_static_pilot_has_no_edges() -> None:
    rows = draw_period((12_000, 12_000), 1_000, 26, 13)
    assert [row for row in rows if row.strip() and "·" not in row] == ["─" * 26]
    assert rows[0].strip() or rows[1].strip()


def test_a_period_is_drawn_where_there_is_room() -> None:
    waveform = filled(samples(range(1_000), 6_000))
    assert not has_period(77)
    for width in (96, 117):
        rows = drawn(waveform.columns(1_000, dots(width)), width=width)
        assert "one period, 1 ms" in rows[-1]
        assert {len(row) for row in rows} == {width}
    static = Shown(1_000, "now", Pilot.A, (12_000, 12_000), 1_000)
    assert "static, no PWM" in drawn(waveform.columns(1_000, dots(117)), static, 117)[-1]


@given(st.integers(1, 400), st.integers(LEAST_ROWS, 40), st.integers(0, 65_535), st.integers(-32_768, 32_767))
def test_no_size_and_no_level_fails(width: int, rows: int, duty_permille: int, level_mv: int) -> None:
    waveform = filled(samples(range(50), level_mv, -level_mv))
    shown = Shown(100, "now", None, waveform.plateaus_mv, duty_permille)
    assert len(drawn(waveform.columns(100, dots(width)), shown, width, rows)) == rows + 1
