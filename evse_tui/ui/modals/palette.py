"""The command palette: the actions that make sense now, and no others, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from evse_tui.ui import columns
from evse_tui.ui.actions import Action
from evse_tui.ui.modals.dialog import Dialog


def matching(actions: Sequence[Action], typed: str) -> list[Action]:
    """The actions whose title or sentence has every typed word; those with the words in the title first."""
    words = typed.lower().split()
    found = [action for action in actions if all(word in f"{action.title} {action.doc}".lower() for word in words)]
    return sorted(found, key=lambda action: not all(word in action.title.lower() for word in words))


class Palette(Dialog[str | None]):
    """Returns the name of an action, or None for Escape."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "move(1)", "Down"),
        Binding("up", "move(-1)", "Up"),
    ]

    def __init__(self, actions: Sequence[tuple[Action, str]]) -> None:
        """`actions` come with the name of their key."""
        super().__init__()
        self._actions = tuple(action for action, _key in actions)
        self._keys = {action.name: key for action, key in actions}
        self._typed = Input(placeholder="type to narrow", compact=True, id="typed")
        self._options = OptionList(markup=False)
        self._options.can_focus = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "What can be done now"
            yield self._typed
            yield self._options
            yield Static("Enter does it, Escape leaves.", classes="hint", markup=False)

    def opened(self) -> None:
        self._typed.focus()
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        options = self._options
        if options.highlighted is not None:
            self.answer(options.get_option_at_index(options.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.answer(event.option_id)

    def action_move(self, step: int) -> None:
        """Moves the highlight while the typing goes on."""
        options = self._options
        if options.option_count and options.highlighted is not None:
            options.highlighted = (options.highlighted + step) % options.option_count

    def action_cancel(self) -> None:
        """Does nothing."""
        self.answer(None)

    def _narrow(self, typed: str) -> None:
        options = self._options
        options.clear_options()
        options.add_options(
            Option(
                columns.line(
                    ((f"{action.title:<12}", "bold"), (f"{self._keys[action.name]:<6}", "dim"), (action.doc, ""))
                ),
                id=action.name,
            )
            for action in matching(self._actions, typed)
        )
        options.highlighted = 0 if options.option_count else None
