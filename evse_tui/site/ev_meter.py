"""A charger's own meter and the energy that it, or without it the offered current, says was used."""

from __future__ import annotations

from dataclasses import replace

from evse_protocol.payloads import Status
from evse_tui.control.freshness import EV_METER_GONE_MS, Age, SourceAge
from evse_tui.control.types import BoardObservation, PhaseCurrents, Sample
from evse_tui.site.commands import EvMeasurement, Source
from evse_tui.site.energy import EnergyAccount
from evse_tui.site.snapshot import Freshness, MeterSnapshot
from evse_tui.site.sources import MeterSource, Taken
from evse_tui.store.downsample import W_PER_DA


class _Part:
    """A value that a meter may tell without the others: it has an age of its own."""

    def __init__(self) -> None:
        self._arrived_ms: int | None = None
        self._age = SourceAge()

    def tell(self, arrived_ms: int | None) -> None:
        """It has come, with the reading of this time."""
        self._arrived_ms = arrived_ms
        self._age.observe(arrived_ms)

    def holds(self, newest_ms: int | None, now_ms: int) -> bool:
        """Whether it counts: it is of the newest reading, or not yet due by its own rhythm."""
        if self._arrived_ms is None or self._arrived_ms == newest_ms:
            return self._arrived_ms is not None
        return self._age.at(now_ms) is Age.FRESH and now_ms - self._arrived_ms <= EV_METER_GONE_MS


class EvMeter:
    """Feeds `account`; `sample` is what control sees."""

    def __init__(self, kind: str, account: EnergyAccount, *, demo: bool) -> None:
        self.sample: Sample | None = None
        self._account = account
        self.source = MeterSource(kind, demo=demo, gone_ms=EV_METER_GONE_MS)
        self._currents, self._power = _Part(), _Part()

    def feed(self, measurement: EvMeasurement, source: Source, now_ms: int, wall_s: float) -> Taken:
        """Takes a reading; the caller then tells `account_power`."""
        meter = self.source
        renews = measurement.currents_da is not None or measurement.power_w is not None
        taken = meter.take(source, now_ms, wall_s, renews=renews)
        if taken is Taken.IGNORED:
            return taken
        if measurement.currents_da is not None:
            meter.currents_da = measurement.currents_da
            self._currents.tell(meter.arrived_ms)
            self.sample = Sample(measurement.currents_da, meter.arrived_ms or now_ms)
        if measurement.power_w is not None:
            meter.power_w = measurement.power_w
            self._power.tell(meter.arrived_ms)
        meter.registers(measurement.import_wh, measurement.export_wh)
        if measurement.import_wh is not None:
            self._account.meter(now_ms, measurement.import_wh)
        return taken

    def account_power(self, now_ms: int, status: Status | None, board: BoardObservation | None) -> None:
        """Tells the account the best guess of the power from now on."""
        charging = board is not None and board.closed
        measured = self.source.freshness(now_ms) in (Freshness.FRESH, Freshness.LATE)
        currents_da, power_w = self._values(now_ms)
        if measured and power_w is not None:
            self._account.power(now_ms, power_w, guessed=False, charging=charging)
        elif measured and currents_da is not None:
            self._account.power(now_ms, sum(currents_da) * W_PER_DA, guessed=True, charging=charging)
        else:
            offered_w = status.offered_da * status.phases * W_PER_DA if status is not None and charging else 0
            self._account.power(now_ms, offered_w, guessed=True, charging=charging)

    def snapshot(self, now_ms: int, board: BoardObservation | None) -> tuple[MeterSnapshot, bool]:
        """The meter as windows see it; True if its currents are a model because there is no reading."""
        currents_da, power_w = self._values(now_ms)
        reading = replace(self.source.snapshot(now_ms), currents_da=currents_da, power_w=power_w)
        if reading.freshness in (Freshness.ABSENT, Freshness.GONE) and board is not None:
            return _modelled(reading, board), True
        return reading, False

    def _values(self, now_ms: int) -> tuple[PhaseCurrents | None, int | None]:
        """The newest currents and power; None for one that is told no longer while the other is."""
        meter = self.source
        newest_ms = meter.arrived_ms
        return (
            meter.currents_da if self._currents.holds(newest_ms, now_ms) else None,
            meter.power_w if self._power.holds(newest_ms, now_ms) else None,
        )


def _modelled(reading: MeterSnapshot, board: BoardObservation) -> MeterSnapshot:
    """What the car may draw through the closed contacts."""
    offered_da = board.offered_da if board.closed else 0
    three = board.phases == 3
    currents: PhaseCurrents = (offered_da, offered_da * three, offered_da * three)
    return MeterSnapshot(
        kind=reading.kind, freshness=reading.freshness, currents_da=currents, import_wh=reading.import_wh
    )
