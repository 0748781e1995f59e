"""The control pilot of the selected charger, live: it watches while it is on and its screen is shown."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ClassVar, Final

from textual.content import Content

from evse_protocol.messages import Flag, Pilot
from evse_tui.board.pilot_levels import STATIC_PERMILLE
from evse_tui.board.pilot_samples import NOT_ASKED
from evse_tui.site.commands import SiteView, TracePilot
from evse_tui.site.snapshot import BoardSnapshot, ChargerSnapshot
from evse_tui.ui import columns, text
from evse_tui.ui.frame import Frame
from evse_tui.ui.waveform import SPANS_MS, Columns, Range, Waveform
from evse_tui.ui.widgets.charger_panels import PILOT_WORDS, ChargerPanel
from evse_tui.ui.widgets.facts import OLD, old
from evse_tui.ui.widgets.scope_drawing import LEAST_ROWS, Shown, dots, draw_scope, span_words

WATCH_MS: Final = 6_000
"""What the site is asked for, every third of it: it forgets soon whoever vanishes."""
FOCUSED_S: Final = 0.1
UNFOCUSED_S: Final = 0.5
_LATE_MS: Final = 1_500
"""A full frame comes every 14 ms, and is looked at twice a second at least; older samples are not `now`."""
_USUAL: Final = SPANS_MS.index(10_000)
_BESIDE_ROWS: Final = 12
"""Rows of the screen that are not the scope's plateaus."""
_MOST_ROWS: Final = 20


class PilotScope(ChargerPanel):
    """Off, one line; on, the plateaus over time and what is known of them."""

    TITLE = "Pilot scope"
    HELP: ClassVar[str] = """\
The control pilot as the board samples it, once in each of its 1000 periods a second: above the high level, which is \
the car's answer, with the boundaries of the states A to E; below the low level, which reaches -12 V through the car's \
diode. Scope starts and stops it, Zoom in and Zoom out change how much time is shown, Freeze holds it still. While it \
is on it takes half of the board's line, but grants go first. It moves fastest while it has the focus."""

    def __init__(self, site: SiteView, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.on = False
        """Whether the user wants to see it."""
        self._site = site
        self._name_here = secrets.token_hex(8)
        self._waveform = Waveform()
        self._span = _USUAL
        self._newest_s: float | None = None
        """When the newest sample arrived at the site, on the loop's clock; None without one."""
        self._obstacle = ""
        self._following = False
        self._wake = asyncio.Event()
        """Set when the next look at the samples should not wait."""

    # what the user does

    def toggle(self) -> None:
        """Starts or stops it."""
        self.on = not self.on
        self._wake.set()
        self.resume()
        self._repaint()
        if self.on:
            self.focus(scroll_visible=False)
            self.call_after_refresh(self.scroll_visible, animate=False)

    def zoom(self, step: int) -> None:
        """Shows less (-1) or more (+1) time."""
        self._span = max(0, min(len(SPANS_MS) - 1, self._span + step))
        self._repaint()

    def resume(self) -> None:
        """The screen is shown (again): goes on if it was on."""
        if self.on and not self._following:
            self._following = True
            self._forget()
            follow: Callable[[], Awaitable[None]] = self._follow
            self.run_worker(follow, group="pilot scope", exclusive=True)

    # samples

    @property
    def _wanted(self) -> bool:
        """Whether somebody can see it."""
        return self.on and self.screen in self.app.screen_stack

    @property
    def _selected_id(self) -> str:
        return "" if self._frame is None else self._frame.selected_id or ""

    @property
    def _age_ms(self) -> int | None:
        """Of the newest sample."""
        if self._newest_s is None:
            return None
        return round((asyncio.get_running_loop().time() - self._newest_s) * 1_000)

    @property
    def _live(self) -> bool:
        """Whether the newest sample is from now, or was when it was held."""
        age_ms = self._age_ms
        return age_ms is not None and (age_ms <= _LATE_MS or self._held) and not self._obstacle

    @property
    def _held(self) -> bool:
        return self.screen.has_class("-frozen")

    def _forget(self) -> None:
        self._waveform.clear()
        self._newest_s, self._obstacle = None, ""

    async def _follow(self) -> None:
        """Watches while somebody can see it; whatever happens, the site soon forgets a watcher that does not ask."""
        try:
            while self._wanted:
                await self._look_at(self._selected_id)
        finally:
            self._following = False

    async def _look_at(self, charger_id: str) -> None:
        """Watches one charger until it is another one's turn."""
        loop = asyncio.get_running_loop()
        renew_s = 0.0
        while self._wanted and self._selected_id == charger_id:
            if charger_id and loop.time() >= renew_s:
                renew_s = loop.time() + WATCH_MS / 3_000
                await self._ask(charger_id)
            if charger_id and not self._held:
                await self._pull(charger_id)
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(FOCUSED_S if self.has_focus else UNFOCUSED_S):
                    await self._wake.wait()
        if charger_id:
            await self._site.execute(TracePilot(charger_id, self._name_here, 0))

    async def _ask(self, charger_id: str) -> None:
        outcome = await self._site.execute(TracePilot(charger_id, self._name_here, WATCH_MS))
        self._obstacle = "" if outcome.accepted else outcome.detail or "The trace was refused."

    async def _pull(self, charger_id: str) -> None:
        try:
            samples = await self._site.pilot(charger_id, self._waveform.cursor_ms)
        except KeyError:  # the site has another set of chargers now; the next frame says so
            return
        if charger_id != self._selected_id:
            return
        self._waveform.add(samples)
        age_ms = samples.age_ms
        self._newest_s = None if age_ms is None else asyncio.get_running_loop().time() - age_ms / 1_000
        if samples.obstacle and not (self._obstacle and samples.obstacle == NOT_ASKED):
            self._obstacle = samples.obstacle
        elif samples.times_ms:
            self._obstacle = ""
        self._repaint()

    # what is seen

    def show(self, frame: Frame) -> None:
        """Takes `frame`; while samples come they decide when to paint."""
        another = self._frame is None or frame.selected_id != self._frame.selected_id
        self._frame = frame
        if another:
            self._forget()
            self._wake.set()
        if another or not self._following or not self._live or self._held:
            self._repaint()

    def on_focus(self) -> None:
        self._wake.set()

    def title_for(self, charger: ChargerSnapshot, frame: Frame) -> str:
        if not self.on:
            return self.TITLE
        span_ms = SPANS_MS[self._span]
        gaps = self._waveform.gaps(span_ms)
        lost = f", {text.plural(gaps, 'gap')}" if gaps else ""
        return f"{self.TITLE}, {span_words(span_ms)}{lost}{', held' if self._held else ''}"

    def draw_charger(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        if not self.on:
            return columns.styled("Off. Scope, in the last row, shows the control pilot as the board samples it.", OLD)
        found = self._waveform.columns(SPANS_MS[self._span], dots(width))
        rows = [self._state_line(charger, frame, width), self._levels_line(found, charger.board, width)]
        if self._obstacle or self._waveform.plateaus_mv is None:
            words = self._obstacle or "Waiting for the first samples."
            rows += [columns.styled(row, "$text-warning") for row in columns.wrapped(words, width, 0)]
        return columns.lines((*rows, self._plot(found, charger, frame, width)))

    def _plot(self, found: Columns, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        board, age_ms = charger.board, self._age_ms
        shown = Shown(
            SPANS_MS[self._span],
            "now" if self._live else "" if age_ms is None else f"{text.age(age_ms)} old",
            None if board is None or not frame.board_live(charger) else _pilot(board),
            self._waveform.plateaus_mv,
            None if board is None else board.duty_permille,
            self._live,
        )
        rows = max(LEAST_ROWS, min(_MOST_ROWS, self.screen.size.height - _BESIDE_ROWS - LEAST_ROWS))
        return draw_scope(found, shown, width, rows)

    def _state_line(self, charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
        board = charger.board
        if board is None:
            return columns.styled("Nothing heard from the board yet.", OLD)
        live = frame.board_live(charger)
        state = PILOT_WORDS.get(_pilot(board), f"unknown ({board.pilot})")
        verdict, style = _diode(charger, board)
        return columns.ends(
            columns.line(
                [
                    (old(state, live=live), "bold" if live else OLD),
                    (f"   {old(_duty(board), live=live)}", "" if live else OLD),
                ]
            ),
            columns.styled(old(verdict, live=live), style if live else OLD),
            width,
        )

    def _levels_line(self, found: Columns, board: BoardSnapshot | None, width: int) -> Content:
        plateaus, extremes = self._waveform.plateaus_mv, found.extremes_mv
        if plateaus is None or extremes is None:
            return columns.styled("No samples.", OLD)
        static = board is not None and board.duty_permille >= STATIC_PERMILLE
        low = "no low half" if static else f"low {_volts(plateaus[1], extremes[1])}"
        words = old(f"high {_volts(plateaus[0], extremes[0])}   {low}", live=self._live)
        return columns.styled(words, "" if self._live else OLD).truncate(width, ellipsis=True)


def _pilot(board: BoardSnapshot) -> Pilot:
    return Pilot(board.pilot) if board.pilot in tuple(Pilot) else Pilot.UNKNOWN


def _duty(board: BoardSnapshot) -> str:
    if board.duty_permille >= STATIC_PERMILLE:
        return "duty 100 %, static"
    return f"duty {board.duty_permille / 10:.1f} % = {text.amps(board.offered_da)}"


def _diode(charger: ChargerSnapshot, board: BoardSnapshot) -> tuple[str, str]:
    """The board's verdict and its style."""
    if not charger.plugged:
        return "diode: no car", OLD
    return ("diode: good", "") if board.flags & Flag.DIODE_OK else ("! diode: not seen", "bold $text-error")


def _volts(plateau_mv: int, extremes_mv: Range) -> str:
    """A level now, and its range in what is shown."""
    low_mv, high_mv = extremes_mv
    return f"{plateau_mv / 1_000:.2f} V ({low_mv / 1_000:.2f} to {high_mv / 1_000:.2f})"
