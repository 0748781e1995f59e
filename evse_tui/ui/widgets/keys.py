"""The last row: keys that do something now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

Offered = tuple[tuple[Binding, bool, str], ...]
"""What can be done, by its first key; whether now; and what a tooltip says."""


def offered(screen: Screen[object]) -> Offered:
    """What the last row of `screen` shows."""
    first: dict[str, tuple[Binding, bool, str]] = {}
    for _node, binding, enabled, tooltip in screen.active_bindings.values():
        if binding.show:
            first.setdefault(binding.action, (binding, enabled, tooltip))
    return tuple(first.values())


class Keys(Footer):
    """Textual's footer, made anew only when it would look different.

    Textual reports bindings several times for each screen, focus and paint, and its footer replaces all its widgets
    each time: of a change of the screen that was the larger part. It also binds the look of each key to its own, and
    never lets go of a key that it has replaced: a terminal left open for a week would grow.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._offered: Offered = ()

    def compose(self) -> ComposeResult:
        for binding, enabled, tooltip in self._offered:
            display = self.app.get_key_display(binding)
            action, title = binding.action, binding.description
            yield FooterKey(binding.key, display, title, action, disabled=not enabled, tooltip=tooltip)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Called by the screen's signal."""
        if not (screen is self.screen and self.is_attached and self.app.app_focus):
            return
        now = offered(screen)
        if now != self._offered:
            self._offered = now
            self.call_after_refresh(self.recompose)
