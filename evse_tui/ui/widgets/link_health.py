"""Health of the serial links: one row for the selected charger, or a table of all."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from evse_tui.board.model import LinkState
from evse_tui.site.snapshot import ChargerSnapshot
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel

_TABLE_WIDTH: Final = 84


def draw_row(frame: Frame, width: int) -> Content:
    """The selected charger's link in one row."""
    charger = frame.selected
    if charger is None:
        return columns.styled("Link: no charger.", "dim")
    health = charger.health
    trip = (
        "no round trip yet"
        if health.round_trip_p50_ms is None or health.round_trip_p99_ms is None
        else f"{health.round_trip_p50_ms:.1f}/{health.round_trip_p99_ms:.1f} ms p50/p99"
    )
    row = columns.line(
        (
            (f"Link {charger.id} ", "bold"),
            (charger.link.value, _style(charger)),
            (f"  {trip}", ""),
            (f"  retries {health.retries}", _alarm(health.retries)),
            (f"  CRC {health.crc_errors}", _alarm(health.crc_errors)),
            (f"  gaps {health.telemetry_missed}", _alarm(health.telemetry_missed)),
            (f"  resets {health.resets_seen}", _alarm(health.resets_seen)),
        )
    )
    return row.truncate(width, ellipsis=True)


def draw_table(frame: Frame, width: int) -> Content:
    """Every charger's link, one row each."""
    name_width = 20 if width >= _TABLE_WIDTH + 8 else 12
    titles = (
        f"{'':<{name_width}} {'link':<13}{'p50':>8}{'p99':>9}{'retries':>9}"
        f"{'CRC':>6}{'gaps':>6}{'resets':>8}{'reconnects':>12}"
    )
    rows = [columns.styled(titles, "dim").truncate(width)]
    for charger in frame.snapshot.chargers:
        health = charger.health
        rows.append(
            columns.line(
                (
                    (f"{words.called(charger)[:name_width]:<{name_width}} ", "bold"),
                    (f"{charger.link.value:<13}", _style(charger)),
                    (f"{text.milliseconds(health.round_trip_p50_ms):>8}", ""),
                    (f"{text.milliseconds(health.round_trip_p99_ms):>9}", ""),
                    (f"{health.retries:>9}", _alarm(health.retries)),
                    (f"{health.crc_errors:>6}", _alarm(health.crc_errors)),
                    (f"{health.telemetry_missed:>6}", _alarm(health.telemetry_missed)),
                    (f"{health.resets_seen:>8}", _alarm(health.resets_seen)),
                    (f"{health.reconnects:>12}", _alarm(health.reconnects)),
                )
            ).truncate(width, ellipsis=True)
        )
    return columns.lines(rows)


def _style(charger: ChargerSnapshot) -> str:
    return "$text-success" if charger.link is LinkState.ONLINE else "bold $text-warning"


def _alarm(count: int) -> str:
    return "bold" if count else "dim"


class LinkHealthPanel(Panel, can_focus=True):
    """Round trips, retries, damaged frames, missed telemetry and resets."""

    HELP = """\
The serial link to the board, since this program started. p50 and p99: half of the last 256 commands were answered \
faster than the first value, all but 1 % faster than the second. "retries": commands that had to be sent again. \
"CRC": damaged frames. "gaps": status messages that never arrived. "resets": restarts of the board. A healthy link \
shows zeros."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._roomy = False

    def set_roomy(self, roomy: bool) -> None:
        """Chooses between the table of all links and the row of the selected one."""
        self._roomy = roomy
        self.set_class(not roomy, "-row")

    def draw(self, frame: Frame, width: int) -> Content:
        return draw_table(frame, width) if self._roomy and width >= _TABLE_WIDTH else draw_row(frame, width)
