"""A charger's own meter and the energy that it, or without it the offered current, says was used."""

from __future__ import annotations

from evse_protocol.payloads import Status
from evse_tui.control.freshness import EV_METER_GONE_MS
from evse_tui.control.types import BoardObservation, PhaseCurrents, Sample
from evse_tui.site.commands import EvMeasurement, Source
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.snapshot import Freshness, MeterSnapshot
from evse_tui.site.sources import MeterSource, Taken
from evse_tui.store.downsample import W_PER_DA


class EvMeter:
    """Feeds `account`; `sample` is what control sees."""

    def __init__(self, kind: str, account: EnergyAccount, *, demo: bool) -> None:
        self.sample: Sample | None = None
        self._account = account
        self.source = MeterSource(kind, demo=demo, gone_ms=EV_METER_GONE_MS)

    def feed(self, measurement: EvMeasurement, source: Source, now_ms: int, wall_s: float) -> Taken:
        """Takes a reading; the caller then tells `account_power`."""
        meter = self.source
        renews = measurement.currents_da is not None or measurement.power_w is not None
        taken = meter.take(source, now_ms, wall_s, renews=renews)
        if taken is Taken.IGNORED:
            return taken
        if measurement.currents_da is not None:
            meter.currents_da = measurement.currents_da
            self.sample = Sample(measurement.currents_da, meter.arrived_ms or now_ms)
        if measurement.power_w is not None:
            meter.power_w = measurement.power_w
        meter.registers(measurement.import_wh, measurement.export_wh)
        if measurement.import_wh is not None:
            self._account.meter(now_ms, measurement.import_wh)
        return taken

    def account_power(self, now_ms: int, status: Status | None, board: BoardObservation | None) -> None:
        """Tells the account the best guess of the power from now on."""
        charging = board is not None and board.closed
        measured = self.source.freshness(now_ms) in (Freshness.FRESH, Freshness.LATE)
        if measured and self.source.power_w is not None:
            self._account.power(now_ms, self.source.power_w, guessed=False, charging=charging)
        elif measured and self.source.currents_da is not None:
            self._account.power(now_ms, sum(self.source.currents_da) * W_PER_DA, guessed=True, charging=charging)
        else:
            offered_w = status.offered_da * status.phases * W_PER_DA if status is not None and charging else 0
            self._account.power(now_ms, offered_w, guessed=True, charging=charging)

    def snapshot(self, now_ms: int, board: BoardObservation | None) -> tuple[MeterSnapshot, bool]:
        """The meter as windows see it; True if its currents are a model because there is no reading."""
        reading = self.source.snapshot(now_ms)
        if reading.freshness in (Freshness.ABSENT, Freshness.GONE) and board is not None:
            return _modelled(reading, board), True
        return reading, False


def _modelled(reading: MeterSnapshot, board: BoardObservation) -> MeterSnapshot:
    """What the car may draw through the closed contacts."""
    offered_da = board.offered_da if board.closed else 0
    three = board.phases == 3
    currents: PhaseCurrents = (offered_da, offered_da * three, offered_da * three)
    return MeterSnapshot(
        kind=reading.kind, freshness=reading.freshness, currents_da=currents, import_wh=reading.import_wh
    )
