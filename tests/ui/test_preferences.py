"""The user's own keys and colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evse_tui.config import ConfigError
from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS
from evse_tui.ui.modals.choose import Choose
from evse_tui.ui.preferences import Preferences, parse, read, template
from evse_tui.ui.screens.help import HelpScreen
from evse_tui.ui.screens.history import History
from evse_tui.ui.widgets.tabs import draw_tabs, tab_at
from tests.ui import snapshots
from tests.ui.harness import driven


def test_the_template_is_valid_with_and_without_its_comments() -> None:
    assert parse(template()) == Preferences()
    taken = "\n".join(line.removeprefix("# ") for line in template().splitlines() if re.match(r"# [a-z0-9-]+ = ", line))
    theme, keys = taken.split("\n", 1)
    found = parse(f"{theme.split('  #')[0]}\n[keys]\n{keys}")
    assert found.keys == {action.name: action.keys for action in ACTIONS}


def test_no_file_is_no_wish(tmp_path: Path) -> None:
    assert read(tmp_path / "terminal.toml") == Preferences()


def test_keys_as_people_write_them() -> None:
    keys = parse('theme = "nord"\n[keys]\nmode = "?"\nhelp = "F2"\nboost = ["ctrl+b", "B"]').keys
    assert keys == {"mode": "question_mark", "help": "f2", "boost": "ctrl+b,B"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "line 1: colour: unknown key; known are theme and [keys]"),
        ('theme = "pink"', "line 1: theme: there is no such theme; known are evse-dark, evse-light"),
        ('[keys]\nmod = "x"', "line 2: keys.mod: there is no such action; did you mean `mode`?"),
        ("[keys]\nmode = 3", 'keys.mode: must be a key as "f2", or a list of keys'),
        ('[keys]\nmode = "hello"', "keys.mode: 'hello' is no key"),
        ('[keys]\nmode = "enter"', "keys.mode: 'enter' is needed to walk, choose and leave"),
        ('[keys]\nmode = "q"', "keys.mode: q is a key of `quit` already"),
        ('[keys]\nfreeze = "v"', "keys.freeze: v is a key of `history-of` already"),
        ("[keys", "terminal.toml: "),
        ("keys = 3", "keys: must be a table"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        parse(text)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "terminal.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read(tmp_path / "terminal.toml")


async def test_other_keys_do_it_and_are_shown() -> None:
    wished = parse('theme = "evse-light"\n[keys]\nmode = "f2"\ngo-history = "H"')
    async with driven(snapshots.first_start(), memory=await Store.open(None), preferences=wished) as user:
        assert user.app.theme == "evse-light"
        await user.press("m")
        assert not isinstance(user.app.screen, Choose)
        await user.press("f2")
        assert isinstance(user.app.screen, Choose)
        await user.press("escape", "H")
        assert isinstance(user.app.screen, History)
        names = {action.name: user.app.key_name(action.name) for action in ACTIONS}
        assert (names["mode"], names["go-history"]) == ("f2", "H")
        await user.press("question_mark")
        assert isinstance(user.app.screen, HelpScreen)


def test_tabs_are_where_they_are_drawn() -> None:
    def key_of(name: str) -> str:
        return "ctrl+h" if name == "history" else "9"

    row = draw_tabs("dashboard", key_of).plain
    assert "ctrl+h History" in row
    assert tab_at(row.index("Settings"), key_of) == "settings"
    assert tab_at(row.index("ctrl+h"), key_of) == "history"
