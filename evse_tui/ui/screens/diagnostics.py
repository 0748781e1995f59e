"""Links, boards and sources, for whoever looks for what is wrong; and a report of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from evse_tui.board.recording_file import CaptureError
from evse_tui.ui.diagnosis import report
from evse_tui.ui.frame import Frame
from evse_tui.ui.modals.line import AskLine
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.diagnosis_panels import (
    CapturePanel,
    ChecksPanel,
    IdentityPanel,
    LinkFactsPanel,
    LinksPanel,
    SourcesPanel,
    WarningsPanel,
)
from evse_tui.ui.widgets.frames import FramesPanel, plain, shown

_REPORTED: Final = 60
"""Frames of each charger in a report."""


class Diagnostics(SiteScreen):
    """All boards on top, the selected one below."""

    NAME = "diagnostics"
    CSS_PATH = "diagnostics.tcss"
    HELP = """\
Links of all boards, then the selected board in detail ({next} selects the next one), and where measurements come \
from. {frames} shows the frames on the wire instead, {capture} records them to a file. {report} saves all of it, with \
settings, events and the newest frames, as a text file to send to somebody who can help."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._links = LinksPanel(id="links")
        self._columns = (
            (WarningsPanel(id="now-wrong"), LinkFactsPanel(id="link-facts")),
            (
                SourcesPanel(id="sources"),
                ChecksPanel(id="checks"),
                IdentityPanel(id="identity"),
                CapturePanel(context.wires, id="capture"),
            ),
        )
        self._frames = FramesPanel(context.wires, id="frames")

    def body(self) -> ComposeResult:
        yield self._frames
        with VerticalScroll(id="main", can_focus=False):
            yield self._links
            with Container(id="columns"):
                for column in self._columns:
                    with Vertical(classes="column"):
                        yield from column

    def on_mount(self) -> None:
        self._frames.display = False

    def show_tables(self, frame: Frame) -> None:
        if self._frames.display:
            self._frames.frozen = self.has_class("-frozen")
            self._frames.show(frame)
            return
        self._links.show(frame)
        for column in self._columns:
            for panel in column:
                panel.show(frame)

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "report": self._save,
            "frames": self._switch,
            "capture": self._capture,
            "end-capture": self._end_capture,
        }

    async def _switch(self) -> None:
        frames = not self._frames.display
        self._frames.display = frames
        self.query_one("#main").display = not frames
        if frames:
            self._frames.focus()
        if self.frame is not None:
            self.show_tables(self.frame)

    async def _capture(self) -> None:
        wires = self.context.wires
        if wires is None or self.frame is None:
            return
        name = f"evse-tui-capture-{self._now(self.frame):%Y%m%d-%H%M%S}.pcapng"
        doc = "All that goes over the wires of all boards, with the numbers of cards that are shown to them."
        path = await self.context.ask(AskLine("Capture", doc, _path, yes="Begin", value=name))
        if path is None:
            return
        try:
            await wires.start(path)
        except CaptureError as error:
            self.notify(str(error), title="Not captured", severity="error")

    async def _end_capture(self) -> None:
        wires = self.context.wires
        if wires is None:
            return
        await wires.stop()
        if wires.recording is not None:
            state = wires.recording
            self.notify(state.trouble or f"Captured {state.pieces} frames in {state.path.resolve()}.")

    @staticmethod
    def _now(frame: Frame) -> datetime:
        return datetime.fromtimestamp(frame.snapshot.wall_s, frame.zone)

    async def _save(self) -> None:
        frame = self.frame
        if frame is None:
            return
        name = f"evse-tui-report-{self._now(frame):%Y%m%d-%H%M%S}.txt"
        doc = "Warnings, links, boards, settings and events as text. No tokens, no whole card numbers."
        path = await self.context.ask(AskLine("Save a report", doc, _path, yes="Save", value=name))
        if path is None:
            return
        try:
            await asyncio.to_thread(_write_new, path, report(frame, self.context.title, self._newest_frames(frame)))
        except OSError as error:
            self.notify(f"{path}: {error.strerror or error}.", title="Not saved", severity="error")
        else:
            self.notify(f"Saved as {path.resolve()}.")

    def _newest_frames(self, frame: Frame) -> dict[str, list[str]]:
        wires = self.context.wires
        if wires is None:
            return {}
        return {
            charger.id: [
                plain(piece, wires.wall_s(piece.at_ms), frame)
                for piece in shown(list(wires.pieces(charger.id)))[-_REPORTED:]
            ]
            for charger in frame.snapshot.chargers
        }


def _path(typed: str) -> Path:
    """A file that does not exist yet.

    Raises:
        ValueError: with words for the user.
    """
    if not typed.strip():
        raise ValueError("Type the name of a file.")
    path = Path(typed.strip()).expanduser()
    try:
        if path.exists():
            raise ValueError(f"{path} exists already; type another name.")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}.") from None
    return path


def _write_new(path: Path, words: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(words)
