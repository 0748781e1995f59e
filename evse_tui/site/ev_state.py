"""What somebody has told about the car: kept as told, forgotten when the car goes."""

from __future__ import annotations

from dataclasses import replace

from evse_tui.site.commands import EvStateMeasurement
from evse_tui.site.snapshot import EvStateSnapshot


class EvState:
    """One charger's car. For display; nothing is decided by it."""

    def __init__(self) -> None:
        self.snapshot: EvStateSnapshot | None = None
        """None: nobody has told anything about this car."""

    def feed(self, told: EvStateMeasurement, wall_s: float) -> None:
        """Takes what is told; None leaves the last value alone."""
        known = self.snapshot or EvStateSnapshot()
        self.snapshot = replace(
            known,
            current_soc=_newer(told.current_soc, known.current_soc),
            full_soc=_newer(told.full_soc, known.full_soc),
            energy_capacity_wh=_newer(told.energy_capacity_wh, known.energy_capacity_wh),
            energy_request_wh=_newer(told.energy_request_wh, known.energy_request_wh),
            evccid=known.evccid if told.evccid is None else told.evccid,
            updated_s=int(wall_s),
        )

    def forget(self) -> None:
        """The car has gone."""
        self.snapshot = None


def _newer(told: int | None, known: int | None) -> int | None:
    return known if told is None else told
