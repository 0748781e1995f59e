"""No words of the terminal name a key that the user has given away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widget import Widget

import evse_tui.ui
from evse_tui.store import Store
from evse_tui.ui.actions import ACTIONS, GO
from evse_tui.ui.key_words import default_key, with_keys
from evse_tui.ui.preferences import parse
from evse_tui.ui.screens.help import HelpScreen
from evse_tui.ui.screens.registry import HOME, SCREENS
from evse_tui.ui.widgets.keys import Keys
from tests.ui import snapshots
from tests.ui.harness import Driven, driven

OTHERS = [f"{held}+{letter}" for held in ("alt", "ctrl") for letter in "abcdefghjklnopqrstuvwxyz0123456789"]
REMAPPED = {action.name: key for action, key in zip(ACTIONS, OTHERS, strict=False)}
DEFAULTS = {default_key(action.name) for action in ACTIONS}
NO_KEYS = re.compile(r"\d [sC]\b|\ba\b|C, car|\S / \S|home folder|home battery|one's own")
"""Seconds and degrees, an article, a state of the control pilot, two values side by side."""
SIGNS = set("?-<>+.,1234567890")
"""Words have them for other things; keys among them are looked for in a help screen."""


def named(words: str) -> set[str]:
    """Default keys that `words` name."""
    tokens = {token.strip('.,;:()"') for token in NO_KEYS.sub("", words).split()}
    return (tokens & DEFAULTS) - SIGNS


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of more than one word in the code of the terminal, after its place."""
    for path in sorted(Path(evse_tui.ui.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text())
        expressions = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
        documentation = {id(value) for value in expressions}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documentation:
                continue
            if " " in node.value.strip():
                yield f"{path.name}, line {node.lineno}", node.value


def test_no_sentence_in_the_code_names_a_default_key() -> None:
    found = list(sentences())
    assert len(found) > 300
    assert {place: keys for place, words in found if (keys := named(words))} == {}
    assert any("{mode}" in words for _, words in found)


@pytest.mark.parametrize(
    "words", ["press m (Normal, Solar or Smart)", "n selects", "Quit (q)", "/ searches", "ctrl+p lists", "C again,"]
)
def test_such_a_sentence_would_be_found(words: str) -> None:
    assert named(words)


def test_words_are_filled_and_unknown_actions_are_a_mistake() -> None:
    assert with_keys("{mode} or {go-history}: 5 {s}.", {"mode": "m", "go-history": "3", "s": "kg"}.__getitem__) == (
        "m or 3: 5 kg."
    )
    assert with_keys("{next}, {search}, {leap-back}", default_key) == "n, /, <"
    with pytest.raises(KeyError):
        with_keys("press {nothing}", default_key)


async def test_every_help_and_sentence_names_the_keys_in_force() -> None:
    wished = parse("[keys]\n" + "".join(f'{name} = "{key}"\n' for name, key in REMAPPED.items()))
    assert len(wished.keys) == len(ACTIONS)
    told: dict[str, str] = {}
    async with driven(snapshots.first_start(), (200, 60), memory=await Store.open(None), preferences=wished) as user:
        key_name = user.app.key_name
        for entry in SCREENS:
            await user.app.go(entry.name)
            await user.pilot.pause()
            for widget in [None, *(node for node in user.app.screen.query(Widget) if node.focusable)]:
                user.app.screen.set_focus(widget)
                told[f"{entry.name}, {widget!r}"] = user.app.focused_help()[1]
            told[f"{entry.name}, panels"] = shown(user)
        user.app.screen.set_focus(None)
        await user.press(REMAPPED["help"])
        assert isinstance(user.app.screen, HelpScreen)
        told["help"] = shown(user)
        await user.press("escape")
        await user.app.go(HOME)
        await user.show(snapshots.empty())
        told["no charger"] = shown(user)
    assert len(told) > 30
    assert {place: keys for place, words in told.items() if (keys := named(words))} == {}
    assert not [place for place, words in told.items() if "{" in words]
    assert f"press {key_name('mode')} (Normal" in told["dashboard, panels"]
    assert f"Quit ({key_name('quit')})" in told["no charger"]
    assert " ".join(key_name(f"{GO}{entry.name}") for entry in SCREENS) + " show the screens" in told["help"]


def shown(user: Driven) -> str:
    """All words on the screen, without those of the footer, which is about keys."""
    texts = (str(widget.render()) for widget in user.app.screen.query(Widget) if not isinstance(widget, Keys))
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("wished", "closing", "others"),
    [
        ("", ["q", "ctrl+q", "ctrl+c", "question_mark", "f1", "escape", "enter"], ["f9"]),
        ('quit = "f9"\nhelp = "f2"', ["f9", "f2", "escape", "enter"], ["q", "question_mark", "f1"]),
        ('quit = "question_mark"\nhelp = "q"', ["q", "question_mark", "escape"], ["f1"]),
        ('quit = "f9"\nmode = "q"', ["f9", "question_mark", "escape"], ["q"]),
    ],
)
async def test_help_closes_with_the_keys_that_are_in_force(wished: str, closing: list[str], others: list[str]) -> None:
    preferences = parse(f"[keys]\n{wished}")
    async with driven(snapshots.first_start(), memory=await Store.open(None), preferences=preferences) as user:
        opens = preferences.keys.get("help", "question_mark")
        for key in closing:
            await user.press(opens)
            assert isinstance(user.app.screen, HelpScreen)
            for other in others:
                await user.press(other)
                assert isinstance(user.app.screen, HelpScreen), f"{other} means nothing here"
            await user.press(key)
            assert not isinstance(user.app.screen, HelpScreen), key
            assert user.app.is_running
