"""Text that can be selected by mouse while panels come and go."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

_T = TypeVar("_T")


class Selectable(Screen[_T], Generic[_T]):
    """A screen that outlives a click on what is just being removed: Textual asks where its container is."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (None, None) if widget is not None and not widget.is_attached else (widget, offset)
