"""What a user likes in the terminal: colours and keys, in a file of its own beside the site's.

It holds nothing of the site, so the same file serves a site here, one elsewhere and a recording.
"""

from __future__ import annotations

import difflib
import itertools
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from textual.keys import Keys, _character_to_key
from textual.theme import BUILTIN_THEMES

from evse_tui.config import ConfigError, default_config_path
from evse_tui.config.lines import line_of
from evse_tui.ui.actions import ACTIONS, BY_NAME, Action
from evse_tui.ui.themes import DARK, LIGHT

THEMES: Final = (DARK.name, LIGHT.name, *(name for name in sorted(BUILTIN_THEMES) if "ansi" not in name))
"""Those with all colours that the screens use."""
_LARGEST_FILE: Final = 1 << 16
_NAMED: Final = frozenset(
    (
        *(key.value for key in Keys if not key.value.startswith("<")),
        *(_character_to_key(letter) for letter in string.punctuation),
    )
)
_WIDGETS_OWN: Final = frozenset({"tab", "shift+tab", "enter", "return", "escape", "ctrl+i", "ctrl+m"})
"""They walk, choose and leave everywhere."""
_WITH_CONTROL: Final = re.compile(r"(?:ctrl|alt)\+[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Preferences:
    """All of them; without a file the defaults."""

    theme: str = DARK.name
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by the name of the action, comma separated as Textual names them; for the others the default."""


def default_path() -> Path:
    """Beside the site's file."""
    return default_config_path().with_name("terminal.toml")


def read(path: Path) -> Preferences:
    """The preferences in a file; the defaults if there is none.

    Raises:
        ConfigError: it can't be read, or something in it is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return Preferences()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise ConfigError(f"{path}: longer than 64 KiB, that is no such file")
    return parse(text, path.name)


def parse(text: str, name: str = "terminal.toml") -> Preferences:
    """The preferences in a text; `name` goes into errors.

    Raises:
        ConfigError: the first thing that is wrong.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: {error}") from None

    def wrong(complaint: str, *path: str) -> ConfigError:
        line = line_of(text, path) or 1
        return ConfigError(f"{name}, line {line}: {'.'.join(path)}: {complaint}")

    for key in document:
        if key not in ("theme", "keys"):
            raise wrong("unknown key; known are theme and [keys]", key)
    theme = document.get("theme", DARK.name)
    if theme not in THEMES:
        raise wrong(f"there is no such theme; known are {', '.join(THEMES)}", "theme")
    wanted = document.get("keys", {})
    if not isinstance(wanted, dict):
        raise wrong("must be a table: [keys]", "keys")
    keys: dict[str, str] = {}
    for action, value in wanted.items():
        if action not in BY_NAME:
            near = difflib.get_close_matches(action, BY_NAME, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`evse-tui config keys` lists all"
            raise wrong(f"there is no such action; {hint}", "keys", action)
        try:
            keys[action] = ",".join(_keys(value))
        except ValueError as error:
            raise wrong(str(error), "keys", action) from None
    for one, other in itertools.combinations(ACTIONS, 2):
        if one.name in keys or other.name in keys:
            shared = _shared(one, other, keys)
            if shared:
                changed, kept = (one, other) if one.name in keys else (other, one)
                raise wrong(f"{shared} is a key of `{kept.name}` already", "keys", changed.name)
    return Preferences(str(theme), keys)


def _keys(value: Any) -> list[str]:
    """The names of one key or of a list of keys.

    Raises:
        ValueError: one of them is none, or is needed elsewhere.
    """
    typed = value if isinstance(value, list) else [value]
    if not typed or not all(isinstance(key, str) for key in typed):
        raise ValueError('must be a key as "f2", or a list of keys')
    names = []
    for key in typed:
        name = _character_to_key(key) if len(key) == 1 and key.isprintable() and key != " " else key.lower()
        if len(key) != 1 and name not in _NAMED and _WITH_CONTROL.fullmatch(name) is None:
            raise ValueError(f"{key!r} is no key: one character, or a name as f2, ctrl+x, pageup")
        if name in _WIDGETS_OWN:
            raise ValueError(f"{key!r} is needed to walk, choose and leave")
        names.append(name)
    return names


def _shared(one: Action, other: Action, keys: Mapping[str, str]) -> str:
    """A key of both, while both can be possible; pairs that share one by default never are."""
    if one.screen and other.screen and one.screen != other.screen:
        return ""
    if set(one.keys.split(",")) & set(other.keys.split(",")):
        return ""
    both = set(keys.get(one.name, one.keys).split(",")) & set(keys.get(other.name, other.keys).split(","))
    return min(both, default="")


def template() -> str:
    """A file with every default as a comment."""
    lines = [
        f"# Colours and keys of the terminal: save this as {default_path().name} beside site.toml and take the # away",
        "# before what you change.",
        "",
        f"# theme = {_quoted(DARK.name)}  # one of {', '.join(THEMES)}",
        "",
        '# A key is one character or a name as "f2", "ctrl+x", "pageup"; several are a list.',
        "[keys]",
    ]
    for action in ACTIONS:
        keys = [_quoted(key) for key in action.keys.split(",")]
        value = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
        lines += [f"# {action.doc}", f"# {action.name} = {value}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"'
