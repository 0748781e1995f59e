"""Every setting of the site and of the selected charger, explained, searched and changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.events import Key, Resize
from textual.widgets import Input, OptionList, Static

from evse_tui.settings import Scope, Setting, contradiction
from evse_tui.site.commands import SetSetting
from evse_tui.site.snapshot import CommandSnapshot, CommandState
from evse_tui.site.wording import setting_text
from evse_tui.ui import words
from evse_tui.ui.frame import Frame
from evse_tui.ui.modals.choose import Choice, Choose
from evse_tui.ui.screens.screen import Context, SiteScreen
from evse_tui.ui.setting_values import choice_text
from evse_tui.ui.widgets.setting_editor import SettingEditor
from evse_tui.ui.widgets.setting_list import SettingList, current

_Key = tuple[str | None, str]
"""Charger, None for the site, and name of a setting."""
_NO_ID: Final = 0


class Settings(SiteScreen):
    """A list to find a setting, and an editor beside or below it."""

    NAME = "settings"
    HELP = SettingList.HELP
    CSS_PATH = "settings.tcss"
    BINDINGS = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._search = Input(placeholder="type to search names and descriptions", compact=True, id="search")
        self._list = SettingList(id="settings")
        self._editor = SettingEditor(id="editor")
        self._followed: dict[_Key, int] = {}
        """Newest command of each setting."""
        self._told: dict[_Key, CommandSnapshot] = {}
        """What is known of it before a snapshot tells: from another machine that may take a while."""

    def body(self) -> ComposeResult:
        with Horizontal(id="searching"):
            yield Static(" Search ", id="search-label", markup=False)
            yield self._search
        with Container(id="main"):
            yield self._list
            yield self._editor

    def on_mount(self) -> None:
        self._list.focus()
        self.watch(self._list, "highlighted", self._explain, init=False)  # its message comes a paint later

    def show_tables(self, frame: Frame) -> None:
        self._list.show(frame, self._search.value)
        self._explain()

    def on_resize(self, _event: Resize) -> None:
        if self.frame is not None:
            self.show_tables(self.frame)

    @property
    def acts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {"edit": self._edit, "default": self._default, "search": self._start_search}

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input is self._search and self.frame is not None:
            self.show_tables(self.frame)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._search:
            self._list.focus()

    def on_key(self, event: Key) -> None:
        if self.focused is self._search and event.key == "down":
            self._list.focus()
            event.stop()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list is self._list:
            run: Callable[[], Awaitable[None]] = self._edit
            self.run_worker(run, group="flow", name="edit")

    def on_setting_editor_left(self, _message: SettingEditor.Left) -> None:
        self._list.focus()

    def on_setting_editor_typed(self, message: SettingEditor.Typed) -> None:
        async def change() -> None:
            if await self._change(message.setting, message.value):
                self._list.focus()

        run: Callable[[], Awaitable[None]] = change
        self.run_worker(run, group="flow", name="change a setting")

    def action_back(self) -> None:
        """Out of the search."""
        self._search.value = ""
        self._list.focus()

    async def _start_search(self) -> None:
        self._search.focus()

    async def _edit(self) -> None:
        setting, frame = self._list.chosen, self.frame
        if setting is None or frame is None:
            return
        value = current(setting, frame)
        if value is None:
            self.notify("There is no charger.", severity="warning")
        elif not setting.choices:
            self._editor.edit()
        else:
            choices = [
                Choice(str(number), choice_text(setting, number), "default" if number == setting.default else "")
                for number in range(setting.lowest, setting.highest + 1)
            ]
            answer = await self.context.ask(Choose(f"{setting.name} of {self._owner(setting)}", choices, str(value)))
            if answer is not None:
                await self._change(setting, int(answer))

    async def _default(self) -> None:
        setting = self._list.chosen
        if setting is not None:
            await self._change(setting, setting.default)

    async def _change(self, setting: Setting, value: int) -> bool:
        """Asks the site; a refusal is said where the value was typed."""
        frame = self.frame
        if frame is None or (setting.scope is Scope.CHARGER and frame.selected is None):
            return False
        charger_id = frame.selected_id if setting.scope is Scope.CHARGER else None
        of = frame.snapshot.settings if frame.selected is None or charger_id is None else frame.selected.settings
        refusal = contradiction({**of, setting.name: value})
        if not refusal:
            key = (charger_id, setting.name)
            what = setting_text(setting.name, value)
            self._tell(key, CommandSnapshot(_NO_ID, what, CommandState.REQUESTED, 0))
            outcome = await self.context.site.execute(SetSetting(setting.name, value, charger_id))
            self._told.pop(key, None)
            if outcome.accepted and outcome.command_id is not None:
                self._tell(key, CommandSnapshot(outcome.command_id, what, CommandState.ACCEPTED, 0))
            if outcome.accepted and outcome.detail:
                self.notify(_sentence(outcome.detail))
            refusal = "" if outcome.accepted else outcome.detail or "The site refused."
        if refusal and self._list.chosen is setting:
            self._explain()
            self._editor.complain(_sentence(refusal))
        return not refusal

    def _tell(self, key: _Key, command: CommandSnapshot) -> None:
        self._told[key], self._followed[key] = command, command.id
        self._explain()

    def _explain(self) -> None:
        setting, frame = self._list.chosen, self.frame
        if frame is None:
            return
        if setting is None:
            self._editor.show(None, None, "", "")
        else:
            value = current(setting, frame)
            self._editor.show(setting, value, self._owner(setting), self._progress(setting, frame))

    def _owner(self, setting: Setting) -> str:
        if setting.scope is Scope.SITE:
            return "Site"
        charger = None if self.frame is None else self.frame.selected
        return "No charger" if charger is None else words.called(charger)

    def _progress(self, setting: Setting, frame: Frame) -> str:
        charger = frame.selected
        commands: tuple[CommandSnapshot, ...] = frame.snapshot.commands
        key: _Key = (None, setting.name)
        if setting.scope is Scope.CHARGER:
            if charger is None:
                return ""
            commands, key = charger.commands, (charger.id, setting.name)
        for command in commands:
            if command.id == self._followed.get(key):
                self._told.pop(key, None)
                return words.progress(command)
        return words.progress(self._told[key]) if key in self._told else ""


def _sentence(words: str) -> str:
    """With a capital, unless it starts with the name of a setting or an address, and with an end."""
    first = words.split(maxsplit=1)[0]
    capital = words if "_" in first or ":" in first else words[0].upper() + words[1:]
    return capital if capital.endswith((".", "?", "!")) else f"{capital}."
