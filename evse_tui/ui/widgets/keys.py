"""The last row: keys that do something now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from textual.content import Content
from textual.events import Leave, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp
from textual.screen import Screen
from textual.widget import Widget

from evse_tui.ui import columns

_KEY: Final = "bold $footer-key-foreground on $footer-key-background"
_TITLE: Final = "$footer-description-foreground on $footer-description-background"
_UNDER_MOUSE: Final = "on $block-hover-background"
_MARK: Final = "dim $footer-foreground"
_BEFORE, _BEHIND = "… ", "…"
_GAP: Final = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """One key of the row."""

    key: str
    """As Textual names it."""
    display: str
    """As people write it."""
    title: str
    enabled: bool
    tooltip: str

    @property
    def cells(self) -> int:
        """Columns that it takes, without the gap behind it."""
        return self.draw("").cell_length

    def draw(self, style: str) -> Content:
        """Key and title on a background."""
        drawn = columns.line(((self.display, _KEY), (f" {self.title}" * bool(self.title), _TITLE)))
        return drawn.stylize_before(style if self.enabled else f"dim {style}".strip())


def offered(screen: Screen[object]) -> tuple[Offer, ...]:
    """What can be done on `screen`, each thing once, by its first key."""
    first: dict[str, Offer] = {}
    for _node, binding, enabled, tooltip in screen.active_bindings.values():
        if binding.show and binding.action not in first:
            display = screen.app.get_key_display(binding)
            first[binding.action] = Offer(binding.key, display, binding.description, enabled, tooltip)
    return tuple(first.values())


def draw_keys(offers: Sequence[Offer], under_mouse: Offer | None = None) -> Content:
    """One after the other."""
    parts = [offer.draw(_UNDER_MOUSE if offer is under_mouse else "") for offer in offers]
    return Content(" " * _GAP).join(parts)


def fitting(offers: Sequence[Offer], width: int) -> tuple[Offer, ...]:
    """As many as can be drawn whole in `width` columns, with room for a mark if there are more."""
    ends = list(accumulate(offer.cells + _GAP for offer in offers))
    if not ends or ends[-1] - _GAP <= width:
        return tuple(offers)
    return tuple(offer for offer, end in zip(offers, ends, strict=True) if end + len(_BEHIND) <= width)


def offer_at(offers: Sequence[Offer], column: int) -> Offer | None:
    """The one that is drawn at `column`."""
    ends = accumulate(offer.cells + _GAP for offer in offers)
    for offer, end in zip(offers, ends, strict=True):
        if column < end:
            return offer if column < end - _GAP else None
    return None


class Keys(Widget, can_focus=False):
    """One row that is drawn whole, and again only when it would look different.

    What does not fit is left out, and a mark says so; the wheel, or a click on the mark, shows it.

    Textual's own footer is a widget for each key, and replaces them all at every focus: of a change of the screen that
    was the larger part.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Keys {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        text-wrap: nowrap;
        text-overflow: clip;
        pointer: pointer;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.offers: tuple[Offer, ...] = ()
        self._first = 0
        """How many are left of the window."""
        self._under_mouse: Offer | None = None
        self._news = False

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def render(self) -> Content:
        visible, width = self._visible, self.size.width
        row = draw_keys(visible, self._under_mouse)
        if self._first:
            row = columns.styled(_BEFORE, _MARK) + row
        if self._first + len(visible) < len(self.offers):
            return columns.ends(row, columns.styled(_BEHIND, _MARK), width)
        return row

    def on_mouse_move(self, event: MouseMove) -> None:
        self._point(self._at(event.x))

    def on_leave(self, _event: Leave) -> None:
        self._point(None)

    def on_mouse_down(self, event: MouseDown) -> None:
        offer = self._at(event.x)
        if offer is not None and offer.enabled:
            self.app.simulate_key(offer.key)
        elif offer is not None:
            self.app.bell()
        elif event.x >= self.size.width - len(_BEHIND):
            self._scroll(event.x, 1)
        elif event.x < self._begin:
            self._scroll(event.x, -1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._scroll(event.x, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._scroll(event.x, -1)

    @property
    def _begin(self) -> int:
        """The first column of the first key."""
        return len(_BEFORE) if self._first else 0

    @property
    def _visible(self) -> tuple[Offer, ...]:
        return fitting(self.offers[self._first :], self.size.width - self._begin)

    def _at(self, column: int) -> Offer | None:
        return offer_at(self._visible, column - self._begin) if column >= self._begin else None

    def _scroll(self, mouse_x: int, step: int) -> None:
        first = self._first + step
        if first < 0 or (step > 0 and self._first + len(self._visible) >= len(self.offers)):
            return
        self._first = first
        self._point(self._at(mouse_x))
        self.refresh()

    def _point(self, offer: Offer | None) -> None:
        if offer is not self._under_mouse:
            self._under_mouse = offer
            self.tooltip = None if offer is None else offer.tooltip or None
            self.refresh()

    def _bindings_changed(self, screen: Screen[object]) -> None:
        """Textual reports bindings several times for each screen, focus and paint; once is looked."""
        if screen is self.screen and not self._news:
            self._news = True
            self.call_later(self._look)

    def _look(self) -> None:
        self._news = False
        if not (self.is_attached and self.app.app_focus):
            return
        now = offered(self.screen)
        if now != self.offers:
            self.offers = now
            self._first = 0
            self._point(None)
            self.refresh()
