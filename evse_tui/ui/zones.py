"""The zone of all times of day: that of the site, wherever the window is."""

from __future__ import annotations

from datetime import tzinfo

from evse_tui.config.zone import zone_named


class Zones:
    """Finds zones by name, each once. `otherwise` is for a site without a known one; None is the machine's own."""

    def __init__(self, otherwise: tzinfo | None) -> None:
        self._otherwise = otherwise
        self._name = ""
        self._zone = otherwise

    def named(self, name: str) -> tzinfo | None:
        """The zone that a snapshot names; the other one if it names none, or one that this machine does not know."""
        if name != self._name:
            self._name = name
            try:
                self._zone = zone_named(name)
            except ValueError:
                self._zone = self._otherwise
        return self._zone
