"""Links, boards and sources, for whoever looks for what is wrong; and a report of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from evse_tui.ui.diagnosis import report
from evse_tui.ui.frame import Frame
from evse_tui.ui.modals.line import AskLine
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.widgets.diagnosis_panels import (
    ChecksPanel,
    IdentityPanel,
    LinkFactsPanel,
    LinksPanel,
    SourcesPanel,
    WarningsPanel,
)


class Diagnostics(SiteScreen):
    """All boards on top, the selected one below."""

    NAME = "diagnostics"
    CSS_PATH = "diagnostics.tcss"
    HELP = """\
Links of all boards, then the selected board in detail (n selects the next one), and where measurements come from. \
x saves all of it, with settings and events, as a text file to send to somebody who can help."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-wide")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._links = LinksPanel(id="links")
        self._columns = (
            (WarningsPanel(id="now-wrong"), LinkFactsPanel(id="link-facts")),
            (SourcesPanel(id="sources"), ChecksPanel(id="checks"), IdentityPanel(id="identity")),
        )

    def body(self) -> ComposeResult:
        with VerticalScroll(id="main", can_focus=False):
            yield self._links
            with Container(id="columns"):
                for column in self._columns:
                    with Vertical(classes="column"):
                        yield from column

    def show_tables(self, frame: Frame) -> None:
        self._links.show(frame)
        for column in self._columns:
            for panel in column:
                panel.show(frame)

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {"report": self._save}

    async def _save(self) -> None:
        frame = self.frame
        if frame is None:
            return
        moment = datetime.fromtimestamp(frame.snapshot.wall_s, frame.zone)
        name = f"evse-tui-report-{moment:%Y%m%d-%H%M%S}.txt"
        doc = "Warnings, links, boards, settings and events as text. No tokens, no whole card numbers."
        path = await self.context.ask(AskLine("Save a report", doc, _path, yes="Save", value=name))
        if path is None:
            return
        try:
            await asyncio.to_thread(_write_new, path, report(frame, self.context.title))
        except OSError as error:
            self.notify(f"{path}: {error.strerror or error}.", title="Not saved", severity="error")
        else:
            self.notify(f"Saved as {path.resolve()}.")


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
