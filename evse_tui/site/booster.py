"""One charger's boost: full current within limits until an energy, or until the car leaves."""

from __future__ import annotations

from evse_tui.control.types import Boost
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import BoostSnapshot, Level


class Booster:
    """A restart forgets it."""

    def __init__(self, charger_id: str, host: ChargerHost) -> None:
        self.control: Boost | None = None
        self._charger_id = charger_id
        self._host = host

    def start(self, energy_wh: int | None, session_wh: int, now_ms: int) -> None:
        """From now on, in place of an earlier one."""
        self.control = Boost(now_ms, session_wh, energy_wh)

    def stop(self) -> None:
        """The user has had enough."""
        self.control = None

    def look(self, session_wh: int) -> None:
        """Ends it when its energy is reached."""
        boost = self.control
        if boost is not None and boost.energy_wh is not None and session_wh - boost.from_wh >= boost.energy_wh:
            self._end(f"boost over: {boost.energy_wh / 1_000:g} kWh reached")

    def car_left(self) -> None:
        """The plug-in for which it was asked is over."""
        if self.control is not None:
            self._end("boost over: the car was disconnected")

    def _end(self, text: str) -> None:
        self.control = None
        self._host.log(self._charger_id, Level.INFO, text)
        self._host.decide_soon()

    def snapshot(self, session_wh: int) -> BoostSnapshot | None:
        """The boost as windows see it; None if there is none."""
        boost = self.control
        if boost is None:
            return None
        left_wh = None if boost.energy_wh is None else max(0, boost.energy_wh - (session_wh - boost.from_wh))
        return BoostSnapshot(boost.energy_wh, left_wh)
