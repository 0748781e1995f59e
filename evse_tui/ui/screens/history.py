"""The past: a day or a month with its limits, its totals, and the sessions that began in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize

from evse_tui.config.zone import system_zone
from evse_tui.store import SITE, StoreError
from evse_tui.ui import words
from evse_tui.ui.frame import Frame
from evse_tui.ui.past import Past, Question, ask
from evse_tui.ui.period import Period, Unit, converted
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.chart_panel import HistoryChart, Totals, columns_of_dots
from evse_tui.ui.widgets.session_table import SessionTable

if TYPE_CHECKING:
    from evse_tui.ui.app import EvseApp

_KEPT_AFTER_S: Final = 2
"""A minute is over, and then written; asking later finds it."""


class History(SiteScreen):
    """Asks the memory whenever the period, the width or the minute changes; a question never blocks the screen."""

    NAME = "history"
    CSS_PATH = "history.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]
    HELP = """\
What was measured, charged and paid, by day or by month. {history-earlier} and {history-later} go back and \
forth; {history-of} shows the selected charger alone ({next} selects the next), and the site again."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._own_zone: tzinfo = system_zone()
        self._of_charger = False
        self._period: Period | None = None
        """None follows today, and its month."""
        self._unit = Unit.DAY
        self._asked: tuple[object, ...] = ()
        self._past: Past | None = None
        self._trouble = ""
        self._chart = HistoryChart(id="chart")
        self._totals = Totals(id="totals")
        self._sessions = SessionTable(id="sessions")

    def body(self) -> ComposeResult:
        with Container(id="main"):
            yield self._chart
            yield self._totals
            yield self._sessions

    def on_mount(self) -> None:
        self._chart.add_class("panel")
        self._sessions.add_class("panel")

    def on_resize(self, _event: Resize) -> None:
        if self.frame is not None:
            self.show_tables(self.frame)

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "history-earlier": partial(self._step, -1),
            "history-later": partial(self._step, 1),
            "history-unit": self._switch_unit,
            "history-today": self._today,
            "history-of": self._switch_subject,
            "history-export": self._export,
        }

    def show_tables(self, frame: Frame) -> None:
        self.frame = frame
        question = self._question(frame)
        points = columns_of_dots(self._chart.content_size.width)
        if points:
            self._ask_if_needed(question, points, frame.snapshot.wall_s)
        past = self._past if self._past is not None and self._past.question == question else None
        self._chart.set_title(self._title(question, frame))
        empty = past is None or past.empty
        self._chart.set_past(None if empty else past, self._trouble or self._why_empty(past, question.period, frame))
        self._totals.set_past(None if empty else past)
        self._sessions.set_sessions(() if past is None else past.sessions)
        for widget in (self._chart, self._totals, self._sessions):
            widget.show(frame)

    # what is shown

    def _zone(self, frame: Frame) -> tzinfo:
        return frame.zone or self._own_zone

    def _today_of(self, frame: Frame) -> Period:
        return Period.at(frame.snapshot.wall_s, self._unit, self._zone(frame))

    def _shown(self, frame: Frame) -> Period:
        return self._period or self._today_of(frame)

    def _question(self, frame: Frame) -> Question:
        subject = frame.selected_id if self._of_charger else None
        return Question(subject or SITE, self._shown(frame), self._zone(frame))

    def _title(self, question: Question, frame: Frame) -> str:
        """`1 Garage: Thu 9 Oct 2025, today so far`; all of the demo's past is simulated, and says so."""
        period, charger = question.period, frame.selected
        who = "" if question.subject == SITE or charger is None else f"{words.called(charger)}: "
        so_far = ", today so far" if period.unit is Unit.DAY else ", so far"
        simulated = ", simulated" if frame.snapshot.demo else ""
        return f"{who}{period.title}{so_far if period == self._today_of(frame) else ''}{simulated}"

    def _why_empty(self, past: Past | None, period: Period, frame: Frame) -> str:
        if past is None:
            return "Reading ..."
        words = f"No data for this {period.unit.value}"
        if period != self._today_of(frame):
            return f"{words}."
        return f"{words} yet: the first minute is kept when it is over."

    # asking

    def _ask_if_needed(self, question: Question, points: int, wall_s: float) -> None:
        """Once for each question and width, and each minute while it can bring something new."""
        from_s, to_s = question.period.edges(question.zone)
        live = self._trouble or from_s <= wall_s < to_s + 2 * 60
        asked = (question, points, int(wall_s - _KEPT_AFTER_S) // 60 if live else None)
        if asked != self._asked:
            self._asked = asked
            work: Callable[[], Awaitable[None]] = partial(self._read, question, points)
            # not yet a coroutine: one that is never started, because the program ends first, would warn
            self.run_worker(work, group="history", exclusive=True)

    async def _read(self, question: Question, points: int) -> None:
        try:
            self._past = await ask(self.context.site.memory, question, points)
            self._trouble = ""
        except StoreError as error:
            self._past, self._trouble = None, str(error)
        if self.frame is not None and self.is_attached:
            self.show_tables(self.frame)

    # actions

    async def _step(self, count: int) -> None:
        if self.frame is None:
            return
        today = self._today_of(self.frame)
        period = self._shown(self.frame).step(count)
        if period.first > today.first:
            self.notify("There is nothing after today.", severity="warning")
        else:
            self._go(None if period == today else period)

    async def _switch_unit(self) -> None:
        if self.frame is None:
            return
        period = self._shown(self.frame)
        self._unit = Unit.MONTH if period.unit is Unit.DAY else Unit.DAY
        today = datetime.fromtimestamp(self.frame.snapshot.wall_s, self._zone(self.frame)).date()
        period = converted(period, self._unit, today)
        self._go(None if period == self._today_of(self.frame) else period)

    async def _switch_subject(self) -> None:
        self._of_charger = not self._of_charger
        self._go(self._period)

    async def _today(self) -> None:
        self._go(None)

    def _go(self, period: Period | None) -> None:
        self._period, self._trouble = period, ""
        if self.frame is not None:
            self.show_tables(self.frame)

    async def _export(self) -> None:
        from evse_tui.ui.app import EvseApp

        app = self.app
        if self.frame is not None and isinstance(app, EvseApp):
            await self._save(app, self._question(self.frame))

    async def _save(self, app: EvseApp, question: Question) -> None:
        from evse_tui.ui import export
        from evse_tui.ui.modals.choose import Choice, Choose
        from evse_tui.ui.modals.save_as import SaveAs

        subject, period = question.subject, question.period
        choices = [Choice(table.value, table.title, table.doc) for table in export.Table]
        name = await app.ask(Choose(f"Export {period.title}", choices, export.Table.SESSIONS.value))
        if name is None:
            return
        table = export.Table(name)
        of = "" if subject == SITE else f"-{export.in_file_name(subject)}"
        path = await app.ask(SaveAs(f"Export {table.title.lower()}", f"evse-{table.value}{of}-{period.stamp}.csv"))
        if path is None:
            return
        try:
            count = await export.save(self.context.site.memory, table, question, path)
        except (StoreError, OSError) as error:
            app.notify(str(error), title="Not exported", severity="error", markup=False)
        else:
            app.notify(f"{count} rows in {path}", title="Exported", markup=False)
