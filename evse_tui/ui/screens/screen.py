"""What all screens share: header, tabs, warnings and footer around a body that shows frames."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget

from evse_tui.clock import Clock
from evse_tui.site.commands import SiteView
from evse_tui.ui.frame import Frame
from evse_tui.ui.playing import Playing
from evse_tui.ui.selection import Selectable
from evse_tui.ui.widgets.header import Header
from evse_tui.ui.widgets.keys import Keys
from evse_tui.ui.widgets.plain_lines import draw_plainly
from evse_tui.ui.widgets.tabs import Tabs
from evse_tui.ui.widgets.warnings import Warnings

if TYPE_CHECKING:
    from evse_tui.board.recording import WireView

_T = TypeVar("_T")


class Ask(Protocol):
    """Shows a dialog and waits for its answer."""

    async def __call__(self, screen: ModalScreen[_T], /) -> _T | None:
        """None if the user has no answer, or another dialog is open."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every screen is made with."""

    site: SiteView
    """For commands and the past; frames come by `show`."""
    title: str
    api_url: str | None
    clock: Clock
    ask: Ask
    key_of: Callable[[str], str]
    """The key that leads to a screen, as people write it."""
    wires: WireView | None = None
    """The boards' links, where they are connected to this process."""
    player: Playing | None = None
    """The recording that is shown instead of a site."""


class SiteScreen(Selectable[None]):
    """Shows frames. A screen implements `body` and `show_tables`; styles shared by all are in screen.tcss."""

    NAME: ClassVar[str]
    """That of its registry entry."""
    HELP: ClassVar[str] = ""
    """What the help says when nothing with help of its own has the focus."""
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (160, "-wide")]
    focused = Reactive[Widget | None](None, repaint=False)
    """Textual paints the whole screen when the focus goes on; the two widgets paint themselves."""

    class Ready(Message):
        """The screen is there and can show frames."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._know_size(self.app.size)
        self.context = context
        self.frame: Frame | None = None
        """What the tables show."""
        self._header = Header(context.title, context.api_url, context.player)
        self._tabs = Tabs(self.NAME, context.key_of)
        self._warnings = Warnings(id="warnings")

    def _know_size(self, size: Size) -> None:
        """Textual tells the classes of a size after the first layout, and then works out all styles a second time."""
        for breakpoints, length in (
            (self.HORIZONTAL_BREAKPOINTS, size.width),
            (self.VERTICAL_BREAKPOINTS, size.height),
        ):
            reached = [name for least, name in breakpoints or () if least <= length]
            self.update_classes(dict.fromkeys(reached[-1:], True), update=False)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._tabs
        yield self._warnings
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """What is between the warnings and the footer."""
        raise NotImplementedError

    def show_tables(self, frame: Frame) -> None:
        """Shows `frame` in the body; called at 2 Hz and after what is urgent, from the moment the body is mounted."""
        raise NotImplementedError

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What the actions of this screen do, by name; each runs in a worker and may ask and wait."""
        return {}

    def select(self, charger_id: str) -> None:
        """The user chose a charger by key; the next frame says so too."""

    def on_mount(self) -> None:
        """Textual calls it after that of a subclass, which must not call it, too."""
        for widget in self.walk_children(Widget, with_self=True):
            draw_plainly(widget)
            if widget is not self and widget.styles.overflow_y == "auto":
                draw_plainly(widget.vertical_scrollbar)
        self.post_message(self.Ready())

    def show(self, live: Frame, tables: Frame, *, wall_s: float) -> None:
        """Shows `live` in the header and `tables` everywhere else; `tables` is older while they are frozen."""
        if not self.is_mounted or not self.is_attached:  # not yet there, or the program is ending
            return
        frozen = live is not tables
        self.set_class(frozen, "-frozen")
        self.set_class(live.stale, "-stale")
        self._header.set_times(wall_s, tables.snapshot.wall_s if frozen else None)
        self._header.show(live)
        self._warnings.show(live)
        self.frame = tables
        self.show_tables(tables)
