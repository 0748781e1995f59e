"""The last hours as a small chart, where the dashboard has room: what the events beside it did."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.content import Content

from evse_tui.store import SiteSeries
from evse_tui.ui import columns
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.chart import draw_chart
from evse_tui.ui.widgets.chart_panel import columns_of_dots
from evse_tui.ui.widgets.chart_strips import Window, bucket_now, day_strips
from evse_tui.ui.widgets.chart_time import draw_recent
from evse_tui.ui.widgets.panel import Panel

SPAN_S: Final = 2 * 3_600
_MINUTE_S: Final = 60
_EVERY_S: Final = 10
_ONE_MAINS: Final = 12
"""Few rows, so that the phases share one strip."""


def span(wall_s: float) -> tuple[int, int]:
    """The hours that end with the minute of `wall_s`."""
    to_s = (int(wall_s) // _MINUTE_S + 1) * _MINUTE_S
    return to_s - SPAN_S, to_s


def draw_hours_until_now(series: SiteSeries, frame: Frame, width: int, rows: int) -> Content:
    """Strips as those of a day, up to the moment of `frame`."""
    from_s, to_s = span(frame.snapshot.wall_s)
    window = Window(from_s, to_s, series.step_s, columns_of_dots(width), frame.snapshot.wall_s)
    strips = day_strips(series.points, window, min(rows, _ONE_MAINS), bucket_now(frame.snapshot))
    if not strips:
        return columns.styled("Nothing is known of the last two hours.", "dim")
    return draw_chart(strips, draw_recent(from_s, to_s, width, frame.zone), width, rows)


class RecentChart(Panel, can_focus=True):
    """Strips over the last two hours."""

    HELP: ClassVar[str] = """\
The last two hours: the mains phase with the most current, with the main fuse as a dashed line and the highest values \
as dots; power of the cars, of the sun and of the battery. Days, months and single chargers are on the screen \
History."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._series: SiteSeries | None = None
        self._trouble = ""
        self._drawn: tuple[object, ...] = ()
        self._drawn_series: SiteSeries | None = None

    def set_series(self, series: SiteSeries | None, trouble: str = "") -> None:
        """What the memory knows; `trouble` says why it is None."""
        self._series, self._trouble = series, trouble

    @property
    def empty(self) -> bool:
        """Whether nothing has been read yet."""
        return self._series is None or not self._series.points

    def show(self, frame: Frame) -> None:
        """Draws when there is something new, at most every few seconds: a chart is dearer than other texts."""
        drawn = (self._trouble, self.content_size, int(frame.snapshot.wall_s) // _EVERY_S)
        if self._series is not self._drawn_series or drawn != self._drawn:
            self._drawn_series, self._drawn = self._series, drawn
            super().show(frame)

    def draw(self, frame: Frame, width: int) -> Content:
        if self._series is None:
            return columns.styled(self._trouble or "Reading ...", "dim")
        return draw_hours_until_now(self._series, frame, width, self.content_size.height)
