"""The screens by name, in the order of their keys: one entry makes a tab, a named action, a key and a line of help.

A screen is a `SiteScreen` in a module of its own, imported when it is first shown. What can be done only there are
actions in `evse_tui.ui.actions` with `screen="<name>"`; the screen does them in `acts`. The keys are 1 Dashboard,
2 Charger, 3 History, 4 Events, 5 Diagnostics, 6 Settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from evse_tui.ui.screens.screen import SiteScreen


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen."""

    name: str
    key: str
    title: str
    doc: str
    """One sentence for help and palette."""
    load: Callable[[], type[SiteScreen]]


def _dashboard() -> type[SiteScreen]:
    from evse_tui.ui.screens.dashboard import Dashboard

    return Dashboard


def _charger() -> type[SiteScreen]:
    from evse_tui.ui.screens.charger import Charger

    return Charger


def _history() -> type[SiteScreen]:
    from evse_tui.ui.screens.history import History

    return History


def _events() -> type[SiteScreen]:
    from evse_tui.ui.screens.events import Events

    return Events


def _diagnostics() -> type[SiteScreen]:
    from evse_tui.ui.screens.diagnostics import Diagnostics

    return Diagnostics


def _settings() -> type[SiteScreen]:
    from evse_tui.ui.screens.settings import Settings

    return Settings


HOME: Final = "dashboard"
SCREENS: Final[tuple[Entry, ...]] = (
    Entry(HOME, "1", "Dashboard", "All chargers, power, phases, links and news at a glance.", _dashboard),
    Entry("charger", "2", "Charger", "Everything about the selected charger.", _charger),
    Entry("history", "3", "History", "Days and months: currents and limits, energy, cost, sessions.", _history),
    Entry("events", "4", "Events", "What happened, back to the beginning: filter, follow, hold.", _events),
    Entry("diagnostics", "5", "Diagnostics", "Links, boards and sources in detail; save a report.", _diagnostics),
    Entry("settings", "6", "Settings", "Every setting: what it does, its range, a change.", _settings),
)
BY_NAME: Final[dict[str, Entry]] = {entry.name: entry for entry in SCREENS}
