"""Where measurements come from: the newest value of each source, who sent it, and how far it can be trusted.

Pure; time is an argument. In the demo an outside sender takes a source over from the simulated house, until 60 s
after its last value.
"""

from __future__ import annotations

from enum import Enum, unique
from typing import Final

from evse_tui.config import DISABLED
from evse_tui.control.freshness import Age, SourceAge
from evse_tui.control.types import PhaseCurrents
from evse_tui.site.commands import Source
from evse_tui.site.snapshot import Freshness, MeterSnapshot

TAKEOVER_MS: Final = 60_000
_FRESHNESS: Final = {age: Freshness(age.value) for age in Age}


@unique
class Taken(Enum):
    """What became of a value."""

    IGNORED = "ignored"
    """The meter is disabled, or an outside sender has the source."""
    TAKEN = "taken"
    TAKEN_OVER = "taken over"
    """The first value of an outside sender in the demo."""
    HANDED_BACK = "handed back"
    """The first value of the simulated house after an outside sender."""


class MeterSource:
    """One source. `gone_ms` is the age at which it is gone; None follows the mains' rule (control.md, Ages)."""

    def __init__(self, kind: str, *, demo: bool, gone_ms: int | None = None) -> None:
        self.kind = kind
        self.currents_da: PhaseCurrents | None = None
        self.power_w: int | None = None
        self.import_wh: int | None = None
        self.export_wh: int | None = None
        self.soc_permille: int | None = None
        self.arrived_ms: int | None = None
        self._demo = demo
        self._gone_ms = gone_ms
        self._age = SourceAge()
        self._wall_s = 0
        self._sender: Source | None = None

    def take(self, sender: Source, now_ms: int, wall_s: float, *, renews: bool = True) -> Taken:
        """Decides whether a value of `sender` counts; if so the caller sets the values.

        Energy registers alone renew nothing: the currents of before are as old as they were.
        """
        if self.kind == DISABLED:
            return Taken.IGNORED
        taken = Taken.TAKEN
        if self._demo and self._sender is not None and sender is not self._sender:
            if sender is Source.OUTSIDE:
                taken = Taken.TAKEN_OVER
            elif self.arrived_ms is not None and now_ms - self.arrived_ms < TAKEOVER_MS:
                return Taken.IGNORED
            else:
                taken = Taken.HANDED_BACK
        self._sender = sender
        if not renews:
            return taken
        # Control knows a new sample by its arrival time, so two in one millisecond must not share it.
        self.arrived_ms = now_ms if self.arrived_ms is None else max(now_ms, self.arrived_ms + 1)
        self._wall_s = int(wall_s)
        self._age.observe(self.arrived_ms)
        return taken

    def registers(self, import_wh: int | None, export_wh: int | None) -> None:
        """Energy registers of a value that counts; None leaves one alone."""
        if import_wh is not None:
            self.import_wh = import_wh
        if export_wh is not None:
            self.export_wh = export_wh

    def freshness(self, now_ms: int) -> Freshness:
        """How far the newest value can be trusted at `now_ms`."""
        if self._gone_ms is not None and self.arrived_ms is not None and now_ms - self.arrived_ms > self._gone_ms:
            return Freshness.GONE
        age = self._age.at(now_ms)
        if self._gone_ms is not None and age is Age.GONE:
            return Freshness.LATE
        return _FRESHNESS[age]

    def snapshot(self, now_ms: int) -> MeterSnapshot:
        """The source as windows see it."""
        return MeterSnapshot(
            kind=self.kind,
            freshness=self.freshness(now_ms),
            currents_da=self.currents_da,
            power_w=self.power_w,
            import_wh=self.import_wh,
            export_wh=self.export_wh,
            soc_permille=self.soc_permille,
            age_ms=None if self.arrived_ms is None else max(0, now_ms - self.arrived_ms),
            updated_s=self._wall_s,
            simulated=self._sender is Source.SIMULATION,
        )
