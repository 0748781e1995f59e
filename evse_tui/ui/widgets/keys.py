"""The last row: keys that do something now."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class Keys(Footer):
    """Textual's footer, made anew only when it would look different.

    Textual reports bindings several times for each screen, focus and paint, and its footer replaces all its widgets
    each time: of a change of the screen that was the larger part.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._shown: tuple[tuple[str, str, bool, str], ...] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Called by the screen's signal."""
        if not (screen is self.screen and self.is_attached and self.app.app_focus):
            return
        shown = tuple(
            (binding.key, binding.description, enabled, tooltip)
            for _node, binding, enabled, tooltip in screen.active_bindings.values()
            if binding.show
        )
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)
