"""Settings in rows: the site's, then those of the selected charger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.content import Content
from textual.widgets.option_list import Option

from evse_tui.settings import BY_NAME, SETTINGS, Scope, Setting
from evse_tui.ui import columns
from evse_tui.ui.frame import Frame
from evse_tui.ui.setting_values import is_colour, matches, value_text
from evse_tui.ui.widgets.rows import Rows
from evse_tui.ui.words import called

_NAME: Final = 23
_VALUE: Final = 15


def current(setting: Setting, frame: Frame) -> int | None:
    """The value in force, None if there is nothing that has this setting."""
    if setting.scope is Scope.SITE:
        return frame.snapshot.settings.get(setting.name)
    return None if frame.selected is None else frame.selected.settings.get(setting.name)


def draw_setting(setting: Setting, frame: Frame, width: int) -> Content:
    """Name, value (marked if it is not the default), swatch of a colour, and what it does as far as there is room."""
    value = current(setting, frame)
    changed = value is not None and value != setting.default
    pieces = [
        columns.styled(f" {setting.name:<{_NAME}}"),
        columns.fit(columns.styled(value_text(setting, value), "bold" if changed else ""), _VALUE),
        columns.styled("██ " if is_colour(setting) and value is not None else "   ", _swatch(setting, value)),
        columns.styled("* " if changed else "  ", "bold"),
        columns.styled(setting.doc),
    ]
    return Content("").join(pieces).truncate(width, ellipsis=True)


def _swatch(setting: Setting, value: int | None) -> str:
    return f"#{value:06x}" if is_colour(setting) and value is not None else ""


def _heading(words: str) -> Option:
    return Option(columns.styled(words, "bold"), disabled=True)


class SettingList(Rows):
    """The rows; Enter edits, and the highlighted one is explained beside or below."""

    HELP: ClassVar[str] = """\
Every setting of the site and of the selected charger ({next} selects the next one). * marks a value that is not the \
default. Enter or {edit} edits the highlighted one, {default} sets it back to its default, {search} searches names \
and descriptions. Values are kept across restarts, and no setting can raise a limit above what the board was \
commissioned for."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._typed = ""
        self._rows: dict[str, str] = {}
        self._groups: tuple[str, ...] = ()

    @property
    def chosen(self) -> Setting | None:
        """The highlighted setting."""
        option = self.highlighted_option
        return None if option is None or option.id is None else BY_NAME[option.id]

    def show(self, frame: Frame, typed: str) -> None:
        """Shows the settings that match `typed`."""
        width = self.scrollable_content_region.width
        charger = frame.selected
        groups = ("Site", "No charger" if charger is None else called(charger))
        shown = [setting for setting in SETTINGS if matches(setting, typed)]
        rows = {setting.name: draw_setting(setting, frame, width) for setting in shown}
        plain = {name: str(row) for name, row in rows.items()}
        if (typed, groups, list(plain)) != (self._typed, self._groups, list(self._rows)):
            self._typed, self._groups = typed, groups
            self._fill(shown, groups, rows)
        else:
            for name, row in rows.items():
                if plain[name] != self._rows[name]:
                    self.replace_option_prompt(name, row)
        self._rows = plain

    def _fill(self, shown: list[Setting], groups: tuple[str, ...], rows: dict[str, Content]) -> None:
        before = self.chosen
        self.set_options(self._options_of(shown, groups, rows))
        if before is not None and before.name in rows:
            self.highlighted = self.get_option_index(before.name)
        else:
            self.highlighted = 1 if rows else None

    def _options_of(self, shown: list[Setting], groups: tuple[str, ...], rows: dict[str, Content]) -> Iterable[Option]:
        for scope, words in zip((Scope.SITE, Scope.CHARGER), groups, strict=True):
            of_scope = [setting for setting in shown if setting.scope is scope]
            if of_scope:
                yield _heading(words)
            yield from (Option(rows[setting.name], id=setting.name) for setting in of_scope)
        if not shown:
            yield Option(columns.styled("No setting matches.", "dim"), disabled=True)
