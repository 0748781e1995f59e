"""A site's meters as they were recorded, in the site's own code, and what the first stage of control makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evse_tui.config import Meters
from evse_tui.control.observer import Observer
from evse_tui.control.types import Observation, Surplus
from evse_tui.replay.notes import METERS
from evse_tui.replay.readings import Reading
from evse_tui.site.charger import ChargerRuntime
from evse_tui.site.commands import EvMeasurement, EvStateMeasurement
from evse_tui.site.host import ChargerHost
from evse_tui.site.measurements import SiteMeters
from evse_tui.site.tariff import Tariff
from evse_tui.site.values import Values


class RecordedMeters:
    """Takes readings as a site does. Nothing is decided."""

    def __init__(self, kinds: Meters, host: ChargerHost, values: Values, chargers: Sequence[ChargerRuntime]) -> None:
        # As in a demo, one sender may take over from the other. Other sites have only one.
        self.site = SiteMeters(kinds, host, Tariff(None), demo=True)
        self.phases = 3
        """Of the grid connection."""
        self.surplus: Surplus | None = None
        self.warnings: tuple[str, ...] = ()
        self._values = values
        self._chargers = chargers
        self._observer = Observer()

    def tell_kinds(self, kinds: Mapping[str, str]) -> None:
        """What the site's meters are."""
        site = self.site
        for name, meter in zip(METERS, (site.mains, site.circuit, site.battery, site.pv), strict=True):
            meter.kind = kinds.get(name, meter.kind)

    def take(self, reading: Reading, now_ms: int, wall_s: float) -> None:
        """Takes a reading that arrived now, or as long ago as it says."""
        measurement, source = reading.measurement, reading.source
        arrived_ms = now_ms - reading.age_ms
        match measurement:
            case EvMeasurement(charger_id):
                for charger in self._named(charger_id):
                    self.site.tell_sender(f"EV meter of {charger_id}", charger.feed(measurement, source, arrived_ms))
            case EvStateMeasurement(charger_id):
                for charger in self._named(charger_id):
                    charger.feed_state(measurement)
            case _:
                self.site.feed(measurement, source, arrived_ms, wall_s - reading.age_ms / 1000)
        self._observe(now_ms)

    def tick(self, now_ms: int) -> None:
        """Once a second: values grow old."""
        self.site.watch(now_ms)
        self._observe(now_ms)

    def _named(self, charger_id: str) -> list[ChargerRuntime]:
        return [charger for charger in self._chargers if charger.id == charger_id]

    def _observe(self, now_ms: int) -> None:
        observation = Observation(
            settings=replace(self._values.site_for_control(), phases=self.phases),
            chargers=tuple(charger.observation(now_ms) for charger in self._chargers),
            mains=self.site.mains_sample(),
            circuit=self.site.circuit_sample(),
            battery=self.site.battery_sample(),
        )
        memories = self._observer.observe(observation, now_ms)
        self.surplus = self._observer.surplus(observation, memories, now_ms)
        self.warnings = self._observer.warnings(observation, memories)
