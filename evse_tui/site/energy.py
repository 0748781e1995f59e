"""Energy and times of one charger's plug-in, integrated over time in whole millijoules. Pure; time is an argument.

A power in W held for a time in ms is an energy in mJ, so nothing is rounded and nothing overflows. Without a meter,
0.1 A at 230 V on one phase counts as 23 W: an estimate, and marked as one.
"""

from __future__ import annotations

from evse_tui.site.snapshot import SessionSnapshot
from evse_tui.store import MJ_PER_WH, Energy
from evse_tui.store.downsample import HOLD_MS


class EnergyAccount:
    """Follows one charger from plug-in to plug-in; a session stays readable until the next one begins."""

    def __init__(self, charger_id: str, stored: Energy | None, now_ms: int) -> None:
        stored = Energy(charger_id, 0) if stored is None else stored
        self._charger_id = charger_id
        self._total_mj = stored.total_mj
        self._started_s = stored.started_s
        self._plugged = stored.plugged
        self._resumed = stored.plugged
        """Taken over from the database and not yet confirmed by the board."""
        self._duration_ms = stored.duration_ms
        self._charging_ms = stored.charging_ms
        self._session_mj = stored.session_mj
        self._estimated = stored.estimated
        self._meter_start_wh = stored.meter_start_wh
        self._meter_wh: int | None = None
        self._now_ms = now_ms
        self._power_w = 0
        self._guessed = False
        self._charging = False

    def advance(self, now_ms: int) -> None:
        """Integrates up to `now_ms` with the power that was last told.

        Of a longer silence (a host that slept) nobody knows what was drawn: its leases have ended meanwhile.
        """
        passed_ms = max(0, now_ms - self._now_ms)
        self._now_ms += passed_ms
        if self._plugged:
            self._duration_ms += passed_ms
        if passed_ms > HOLD_MS:
            return
        if self._charging:
            self._charging_ms += passed_ms
        energy_mj = self._power_w * passed_ms
        if energy_mj > 0:
            self._total_mj += energy_mj
            self._session_mj += energy_mj
            self._estimated = self._estimated or self._guessed

    def power(self, now_ms: int, power_w: int, *, guessed: bool, charging: bool) -> None:
        """The power from now on; `charging`: the contactor is closed."""
        self.advance(now_ms)
        self._power_w = max(0, power_w)
        self._guessed = guessed
        self._charging = charging

    def meter(self, now_ms: int, import_wh: int) -> None:
        """The EV meter's import. From now on it, not the integral, says what the session has used."""
        self.advance(now_ms)
        used_wh = self.session_wh
        backwards = self._meter_wh is not None and import_wh < self._meter_wh
        if self._meter_start_wh is None or backwards or import_wh < self._meter_start_wh:
            self._meter_start_wh = import_wh - used_wh  # a first value, or another meter
        self._meter_wh = import_wh

    def plug(self, now_ms: int, wall_s: float, plugged: bool) -> None:
        """What STATUS says. A session that the database left open goes on if the car is still there."""
        self.advance(now_ms)
        if plugged and self._resumed:
            self._resumed = False
            if self._started_s is not None:  # what passed while the host was away
                self._duration_ms = max(self._duration_ms, round((wall_s - self._started_s) * 1000))
        elif plugged and not self._plugged:
            self._begin(wall_s)
        self._resumed = False
        self._plugged = plugged

    def replug(self, now_ms: int, wall_s: float) -> None:
        """The car was away and came back while nobody looked."""
        self.advance(now_ms)
        if self._plugged:
            self._begin(wall_s)

    def _begin(self, wall_s: float) -> None:
        self._started_s = wall_s
        self._duration_ms = self._charging_ms = self._session_mj = 0
        self._estimated = False
        self._meter_start_wh = self._meter_wh

    @property
    def session_wh(self) -> int:
        """Energy of the newest session."""
        if self._meter_wh is not None and self._meter_start_wh is not None:
            return self._meter_wh - self._meter_start_wh
        return self._session_mj // MJ_PER_WH

    @property
    def total_wh(self) -> int:
        """Energy since the database was made, integrated."""
        return self._total_mj // MJ_PER_WH

    def session(self) -> SessionSnapshot | None:
        """The newest session as of the last call that had a time."""
        if self._started_s is None:
            return None
        return SessionSnapshot(
            started_s=self._started_s,
            duration_ms=self._duration_ms,
            charging_ms=self._charging_ms,
            energy_wh=self.session_wh,
            estimated=self._meter_wh is None and self._estimated,
        )

    def stored(self) -> Energy:
        """What the database should hold."""
        return Energy(
            self._charger_id,
            self._total_mj,
            self._started_s,
            self._plugged,
            self._duration_ms,
            self._charging_ms,
            self._session_mj,
            self._estimated,
            self._meter_start_wh,
        )
