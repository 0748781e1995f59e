"""The panels of the diagnostics screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from evse_tui.board.model import LinkState
from evse_tui.ui import columns, diagnosis, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.key_words import with_keys
from evse_tui.ui.widgets.facts import OLD, Fact, draw_facts
from evse_tui.ui.widgets.frames import NOT_HERE
from evse_tui.ui.widgets.link_health import LinkHealthPanel, draw_table
from evse_tui.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from evse_tui.board.recording import WireView

_TABLE: Final = 84


class _Titled(Panel, can_focus=True):
    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes="panel")


def draw_short_table(frame: Frame, width: int) -> Content:
    """Every link in 76 columns; the selected charger is marked."""
    name = 17
    rows = [
        columns.styled(
            f"  {'':<{name}} {'link':<13}{'p50/p99 ms':>12}{'retry':>7}{'CRC':>6}{'gaps':>6}{'resets':>8}", OLD
        )
    ]
    for charger in frame.snapshot.chargers:
        health = charger.health
        trips = text.UNKNOWN
        if health.round_trip_p50_ms is not None and health.round_trip_p99_ms is not None:
            trips = f"{health.round_trip_p50_ms:.1f}/{health.round_trip_p99_ms:.1f}"
        mark = "▸ " if charger.id == frame.selected_id else "  "
        row = columns.line(
            (
                (f"{mark}{words.called(charger)[:name]:<{name}} ", "bold"),
                (f"{charger.link.value:<13}", "$text-success" if charger.link is LinkState.ONLINE else "$text-warning"),
                (f"{trips:>12}{health.retries:>7}{health.crc_errors:>6}", ""),
                (f"{health.telemetry_missed:>6}{health.resets_seen:>8}", ""),
            )
        )
        rows.append(row)
    return columns.lines([row.truncate(width, ellipsis=True) for row in rows])


class LinksPanel(_Titled):
    """All links at a glance."""

    HELP = LinkHealthPanel.HELP

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title("Links")
        if not frame.snapshot.chargers:
            return columns.styled("No charger.", OLD)
        return draw_table(frame, width) if width >= _TABLE else draw_short_table(frame, width)


class WarningsPanel(_Titled):
    """What is wrong now."""

    HELP = """\
What is wrong now, with the way out: warnings of the site, boards that are not online, faults. The events tell what \
was wrong before."""

    def draw(self, frame: Frame, width: int) -> Content:
        found = diagnosis.warning_lines(frame)
        self.set_title(f"{text.plural(len(found), 'warning')} now" if found else "No warnings now")
        if not found:
            return columns.styled("Nothing.", OLD)
        rows = [row for line in found for row in columns.wrapped(f"! {line}", width, 2)]
        return columns.styled("\n".join(rows), "bold")


class SourcesPanel(_Titled):
    """Where measurements come from."""

    HELP = """\
Where currents come from, how old the newest value is and what it is. fresh: used as it is. late: no raise, offers \
fall. gone: not used any more. Ages count from the arrival at this program."""

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title("Sources")
        return draw_facts(diagnosis.source_facts(frame), width, 9)


class LinkFactsPanel(_Titled):
    """The selected charger's link in every number."""

    HELP = f"""\
{LinkHealthPanel.HELP} Clock: the board's clock minus this computer's, and how fast they drift apart; leases are \
given on the board's clock. Refused: grants that the board did not take."""

    def draw(self, frame: Frame, width: int) -> Content:
        charger = frame.selected
        self.set_title("Link" if charger is None else f"Link of {words.called(charger)}")
        if charger is None:
            return columns.styled("No charger.", OLD)
        return draw_facts(diagnosis.link_facts(charger, frame), width)


class CapturePanel(_Titled):
    """The recording of the wire."""

    HELP = """\
{capture} records everything that goes over the wires of all boards to a file, until {end-capture} again, or until \
this program ends. `evse-tui replay F` shows it on these screens, `evse-tui decode F` prints it, Wireshark opens it."""

    def __init__(self, wires: WireView | None, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._wires = wires

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title("Capture")
        state = None if self._wires is None else self._wires.recording
        if state is None:
            none = with_keys("None. {capture} records the wire to a file.", frame.key_name)
            words = NOT_HERE if self._wires is None else self._wires.obstacle or none
            return columns.styled("\n".join(columns.wrapped(words, width, 0)), OLD)
        facts = [
            Fact("File", str(state.path), "bold" if state.running else ""),
            Fact("State", "being made" if state.running else "finished"),
            Fact("Size", f"{state.size / 1000:.0f} kB, {text.plural(state.pieces, 'frame')}"),
            Fact("Since", text.day_time(state.started_s, frame.zone)),
        ]
        if state.trouble:
            facts.append(Fact("Trouble", state.trouble, "bold $text-error"))
        return draw_facts(facts, width)


class IdentityPanel(_Titled):
    """Who the selected board is."""

    HELP = """\
Who the board is. The schema is the fingerprint of the messages that board and program share: with another one the \
board can only be read, until it is flashed."""

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title("Identity")
        return draw_facts(diagnosis.identity_facts(None if frame.selected is None else frame.selected.identity), width)


class ChecksPanel(_Titled):
    """What `evse-tui diag` would say."""

    HELP = """\
The newest status of the board against what is usual, as `evse-tui diag PORT` does it. Configuration and lost events \
are not in a status: only `diag` asks for them."""

    def draw(self, frame: Frame, width: int) -> Content:
        self.set_title("Checks")
        if frame.selected is None:
            return columns.styled("No charger.", OLD)
        return draw_facts(diagnosis.check_facts(frame.selected, frame), width, 15)
