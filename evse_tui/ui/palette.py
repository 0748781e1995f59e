"""The command palette: the actions that make sense now, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from evse_tui.ui.actions import Action, possible

if TYPE_CHECKING:
    from evse_tui.ui.app import EvseApp


class PossibleActions(Provider):
    """Offers actions by title and sentence."""

    def _actions(self) -> Iterator[tuple[Action, partial[None]]]:
        app = cast("EvseApp", self.app)
        for action in possible(app.situation()):
            yield action, partial(app.start, action.name)

    async def discover(self) -> Hits:
        for action, run in self._actions():
            yield DiscoveryHit(action.title, run, help=action.doc)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action, run in self._actions():
            score = max(matcher.match(action.title), matcher.match(action.doc))
            if score > 0:
                yield Hit(score, matcher.highlight(action.title), run, help=action.doc)
