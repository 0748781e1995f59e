"""The site's own meters: what was fed, how old it is, and what control and windows see of it."""

from __future__ import annotations

from enum import Enum, unique
from typing import Final

from evse_tui.config import Meters
from evse_tui.control.freshness import BATTERY_GONE_MS
from evse_tui.control.types import BatterySample, Sample
from evse_tui.site.commands import (
    BatteryMeasurement,
    CircuitMeasurement,
    MainsMeasurement,
    PriceMeasurement,
    PvMeasurement,
    Source,
)
from evse_tui.site.host import ChargerHost
from evse_tui.site.snapshot import Freshness, Level
from evse_tui.site.sources import MeterSource, Taken
from evse_tui.site.tariff import Tariff

_PV_GONE_MS: Final = 60_000

SiteMeasurement = MainsMeasurement | CircuitMeasurement | BatteryMeasurement | PvMeasurement | PriceMeasurement


@unique
class Urgency(Enum):
    """When control must look at a value."""

    NEVER = "never"
    SOON = "soon"
    NOW = "now"


class SiteMeters:
    """The newest value of every source of the site."""

    def __init__(self, kinds: Meters, host: ChargerHost, tariff: Tariff, *, demo: bool) -> None:
        self.mains = MeterSource(kinds.mains, demo=demo)
        self.circuit = MeterSource(kinds.circuit, demo=demo)
        self.battery = MeterSource(kinds.battery, demo=demo, gone_ms=BATTERY_GONE_MS)
        self.pv = MeterSource(kinds.pv, demo=demo, gone_ms=_PV_GONE_MS)
        self.tariff = tariff
        self._host = host
        self._mains_freshness = Freshness.ABSENT

    def feed(self, measurement: SiteMeasurement, source: Source, now_ms: int, wall_s: float) -> Urgency:
        """Takes a value; its age counts from `now_ms`."""
        arrived = source, now_ms, wall_s
        match measurement:
            case MainsMeasurement(currents_da, import_wh, export_wh):
                if self._take("mains", self.mains, *arrived):
                    self.mains.currents_da = currents_da
                    self.mains.registers(import_wh, export_wh)
                    return Urgency.NOW
            case CircuitMeasurement(currents_da):
                if self._take("circuit", self.circuit, *arrived):
                    self.circuit.currents_da = currents_da
                    return Urgency.SOON
            case BatteryMeasurement(current_da, soc_permille):
                if self._take("battery", self.battery, *arrived):
                    self.battery.currents_da = (current_da, 0, 0)
                    self.battery.soc_permille = soc_permille
                    return Urgency.SOON
            case PvMeasurement(power_w):
                if self._take("PV", self.pv, *arrived):
                    self.pv.power_w = power_w
            case PriceMeasurement(milli_per_kwh):
                self.tariff.tell(milli_per_kwh)
        return Urgency.NEVER

    def _take(self, name: str, meter: MeterSource, source: Source, now_ms: int, wall_s: float) -> bool:
        taken = meter.take(source, now_ms, wall_s)
        self.tell_sender(name, taken)
        return taken is not Taken.IGNORED

    def tell_sender(self, name: str, taken: Taken) -> None:
        """Writes a change of sender to the log."""
        if taken is Taken.TAKEN_OVER:
            self._host.log(None, Level.INFO, f"{name}: an outside sender takes over from the simulation")
        elif taken is Taken.HANDED_BACK:
            self._host.log(None, Level.INFO, f"{name}: the outside sender is silent, the simulation goes on")

    def watch(self, now_ms: int) -> None:
        """Once a second: writes to the log how far the mains can be trusted, if that has changed."""
        before, self._mains_freshness = self._mains_freshness, self.mains.freshness(now_ms)
        if before is self._mains_freshness:
            return
        match before, self._mains_freshness:
            case _, Freshness.LATE:
                self._host.log(None, Level.WARNING, "mains data are late")
            case _, Freshness.GONE:
                self._host.log(None, Level.WARNING, "mains data are lost")
            case Freshness.ABSENT, _:
                self._host.log(None, Level.INFO, "mains data arrive")
            case _:
                self._host.log(None, Level.INFO, "mains data are back")

    # control

    def mains_sample(self) -> Sample | None:
        """The newest reading of the mains; None if there never was one."""
        return _sample(self.mains)

    def circuit_sample(self) -> Sample | None:
        """The newest reading of the chargers' group; None if there never was one."""
        return _sample(self.circuit)

    def battery_sample(self) -> BatterySample | None:
        """The newest word of the home battery; None if there never was one."""
        meter = self.battery
        if meter.currents_da is None or meter.arrived_ms is None:
            return None
        return BatterySample(meter.currents_da[0], meter.arrived_ms, meter.soc_permille)


def _sample(meter: MeterSource) -> Sample | None:
    if meter.currents_da is None or meter.arrived_ms is None:
        return None
    return Sample(meter.currents_da, meter.arrived_ms)
