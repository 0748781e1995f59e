"""Currents of the three phases as bars, with the limit as a line."""

from __future__ import annotations

from textual.content import Content

from evse_tui.site.snapshot import Freshness, MeterSnapshot
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.bars import bar
from evse_tui.ui.widgets.panel import Panel

_NUMBER = 12


def draw_phases(meter: MeterSnapshot, limit_da: int, frame: Frame, width: int) -> Content:
    """One bar per phase; words where there is nothing to draw."""
    if meter.currents_da is None:
        return columns.styled("no data yet" if meter.kind != "Disabled" else "no meter", "dim")
    live = frame.meter_live(meter)
    rows = []
    for name, current_da in zip(words.PHASES, meter.currents_da, strict=True):
        note, style = "", ""
        if not live:
            note, style = "?", "dim"
        elif current_da > limit_da:
            note, style = " OVER", "bold $text-error"
        elif current_da < 0:
            note = " out"
        number = f"{text.amps(abs(current_da)):>7}{note}"
        rows.append(
            Content("").join(
                (
                    columns.styled(f"{name} ", "bold"),
                    bar(current_da, limit_da, limit_da, max(4, width - 3 - _NUMBER), live=live),
                    columns.styled(f"{number:<{_NUMBER}}", style),
                )
            )
        )
    return columns.lines(rows)


def title(name: str, meter: MeterSnapshot, limit_da: int, frame: Frame) -> str:
    """`Mains, limit 25 A`, with the age when the values are not live."""
    limit = f"{name}, limit {text.whole_amps(limit_da)}"
    if meter.freshness is Freshness.ABSENT or frame.meter_live(meter):
        return limit
    state = "lost" if meter.freshness is Freshness.GONE else "late"
    return f"{limit}, {state} {text.age(frame.meter_age_ms(meter))}"


class MainsBars(Panel, can_focus=True):
    """Grid connection against the main fuse."""

    HELP = """\
Current of each phase of the grid connection; the line is the main fuse (setting current_main). Solid is import, \
shaded and "out" is export, hatched and OVER is above the limit. These are raw values: the home battery is not \
removed, because the fuse does not know about it."""

    def draw(self, frame: Frame, width: int) -> Content:
        limit_da = frame.snapshot.settings["current_main"] * 10
        self.set_title(title("Mains", frame.snapshot.mains, limit_da, frame))
        return draw_phases(frame.snapshot.mains, limit_da, frame, width)


class CircuitBars(Panel, can_focus=True):
    """The chargers' own group against its fuse."""

    HELP = """\
Current of each phase of the chargers' own group; the line is its fuse (setting current_max_circuit). Without a meter \
of its own, the sum of what the chargers may draw is kept below the line."""

    def draw(self, frame: Frame, width: int) -> Content:
        limit_da = frame.snapshot.settings["current_max_circuit"] * 10
        meter = frame.snapshot.circuit
        self.set_title(title("Circuit", meter, limit_da, frame))
        if meter.currents_da is not None:
            return draw_phases(meter, limit_da, frame, width)
        offered_da = sum(charger.board.offered_da for charger in frame.snapshot.chargers if charger.board is not None)
        live = all(frame.board_live(charger) for charger in frame.snapshot.chargers if charger.board is not None)
        number = text.amps(offered_da) + ("" if live else "?")
        return columns.lines(
            (
                Content("").join(
                    (
                        bar(offered_da, limit_da, limit_da, max(4, width - _NUMBER), live=live),
                        columns.styled(f" {number}", "" if live else "dim"),
                    )
                ),
                columns.styled("No meter: the sum of offers counts.", "dim").truncate(width, ellipsis=True),
            )
        )
