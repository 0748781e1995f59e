"""One setting: what it does, its range and default, a field to change it, and how far the change is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from evse_tui.settings import Setting
from evse_tui.ui import columns
from evse_tui.ui.setting_values import is_colour, parse, range_text, typed_text, value_text

_WIDTH: Final = 14


class SettingEditor(Vertical):
    """Explains the highlighted setting; what is wrong with what was typed is said below it while it is typed."""

    HELP: ClassVar[str] = """\
The highlighted setting. Type a value and press Enter: it is "requested", then "accepted" when it is stored, then \
"observed" when it is in force at the board. Escape leaves it as it is."""
    BINDINGS = [Binding("escape", "leave", "Leave", show=False)]

    @dataclass
    class Typed(Message):
        """The user wants this value."""

        setting: Setting
        value: int

    class Left(Message):
        """The user changes nothing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes="panel")
        self._about = Static(id="about", markup=False)
        self._field = Input(compact=True, id="value", select_on_focus=True)
        self._unit = Static(id="unit", markup=False)
        self._complaint = Static(id="complaint", markup=False)
        self._progress = Static(id="progress", markup=False)
        self._row = Horizontal(id="field")
        self._setting: Setting | None = None
        self._value: int | None = None
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield self._about
        with self._row:
            yield Static("New value ", id="label", markup=False)
            yield self._field
            yield self._unit
        yield self._complaint
        yield self._progress

    def show(self, setting: Setting | None, value: int | None, owner: str, progress: str) -> None:
        """Explains `setting`, which has `value`; `progress` is how far the newest change of it is."""
        if (setting, value, owner, progress) == self._shown:
            return
        self._shown = (setting, value, owner, progress)
        other = setting != self._setting
        self._setting, self._value = setting, value
        self._row.display = setting is not None and value is not None
        self._progress.update(progress)
        self._progress.display = bool(progress)
        if setting is None:
            self.border_title = ""
            self._about.update("")
            return
        self.border_title = f" {setting.name} "
        self._about.update(
            f"{setting.doc}\n{owner}: {value_text(setting, value)}.  Default: {value_text(setting, setting.default)}.\n"
            f"Possible: {range_text(setting)}."
        )
        if other or not self._field.has_focus:
            self.reset()

    def reset(self) -> None:
        """The value in force again."""
        self.complain("")
        setting = self._setting
        self._field.display = setting is not None and not setting.choices
        if setting is not None and self._value is not None:
            self._field.value = typed_text(setting, self._value)
            self._say_unit(self._value)

    def edit(self) -> None:
        """Puts the cursor into the field."""
        self._field.focus()

    def complain(self, words: str) -> None:
        """Says what is wrong, below the field."""
        self._complaint.update(f"! {words}" if words else "")
        self._complaint.display = bool(words)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._setting is None or not self._field.has_focus:
            return
        try:
            value = parse(self._setting, event.value)
        except ValueError as error:
            self.complain(str(error))
        else:
            self.complain("")
            self._say_unit(value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._setting is None:
            return
        try:
            value = parse(self._setting, event.value)
        except ValueError as error:
            self.complain(str(error))
        else:
            self.post_message(self.Typed(self._setting, value))

    def action_leave(self) -> None:
        """As it was."""
        self.reset()
        self.post_message(self.Left())

    def _say_unit(self, value: int) -> None:
        setting = self._setting
        if setting is None:
            return
        if setting.choices:
            self._unit.update(f"{value_text(setting, value)}  (Enter: choose)")
        elif is_colour(setting):
            self._unit.update(columns.styled(" ██████", f"#{value:06x}"))
        else:
            self._unit.update(f" {setting.unit}")
