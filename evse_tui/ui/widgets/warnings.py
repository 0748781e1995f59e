"""Warnings of the site and its commands on their way, one row each; takes no room when there are none."""

from __future__ import annotations

from textual.content import Content

from evse_tui.ui import columns, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.panel import Panel


def draw_warnings(frame: Frame) -> Content:
    """Every warning, and every command to the site that is on its way."""
    warnings = [columns.styled(f" ! {warning}", "bold") for warning in frame.snapshot.warnings]
    commands = [columns.styled(f" · {words.progress(command)}") for command in frame.snapshot.commands]
    return columns.lines(warnings + commands)


class Warnings(Panel):
    """The rows below the header."""

    def show(self, frame: Frame) -> None:
        self.display = bool(frame.snapshot.warnings or frame.snapshot.commands)
        super().show(frame)

    def draw(self, frame: Frame, width: int) -> Content:
        return draw_warnings(frame)
