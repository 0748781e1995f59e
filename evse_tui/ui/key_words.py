"""Words that name keys: `{mode}` stands for the key of the action `mode`, because users can give it another one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from textual.keys import format_key

from evse_tui.ui.actions import BY_NAME

KeyName = Callable[[str], str]
"""The first key of an action, by the action's name, as people write it."""
_ACTION: Final = re.compile(r"\{([a-z0-9-]+)\}")


def with_keys(text: str, key_name: KeyName) -> str:
    """`text` with the keys that are in force.

    Raises:
        KeyError: it names an action that does not exist.
    """
    return _ACTION.sub(lambda found: key_name(found[1]), text)


def default_key(action: str) -> str:
    """As long as nobody has chosen another one."""
    return format_key(BY_NAME[action].keys.split(",")[0])
