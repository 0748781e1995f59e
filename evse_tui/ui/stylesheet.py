"""Styles that are parsed once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

Parsed = LRUCache[tuple[object, ...], list[RuleSet]]

_MOST_SOURCES: Final = 512
"""Every class of widget is one, and every file of styles."""
_MOST_COLOURS: Final = 4


@lru_cache(maxsize=_MOST_COLOURS)
def _parsed(_variables: frozenset[tuple[str, str]]) -> Parsed:
    """What was parsed with these colours. Rules are only read, so that all apps of a process share them."""
    return LRUCache(_MOST_SOURCES)


class ParsedOnce(Stylesheet):
    """Textual parses all styles again for each file that is added, three times until the first frame."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _parsed(frozenset(variables.items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        """The same ones change nothing."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # the base clears it
            super().set_variables(variables)
            self._parse_cache = _parsed(frozenset(variables.items()))

    def reparse(self) -> None:
        """Parses what is new."""
        self.parse()
