"""Warnings of the site, one row each; takes no room when there are none."""

from __future__ import annotations

from textual.content import Content

from evse_tui.ui import columns
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel


def draw_warnings(frame: Frame) -> Content:
    """Every warning and every command of the site that is on its way."""
    return columns.lines([columns.styled(f" ! {warning}", "bold $text-warning") for warning in frame.snapshot.warnings])


class Warnings(Panel):
    """The rows below the header."""

    def show(self, frame: Frame) -> None:
        self.display = bool(frame.snapshot.warnings)
        super().show(frame)

    def draw(self, frame: Frame, width: int) -> Content:
        return draw_warnings(frame)
