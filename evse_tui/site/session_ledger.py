"""One charger's plug-ins as rows for the store. Pure.

`EnergyAccount` says which plug-in is under way and what it used, and is itself kept by the store, so a plug-in goes on
after the host was killed; the ledger adds what only history knows: the sun's part, the cost, the card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from evse_tui.store import Energy
from evse_tui.store.downsample import Charged
from evse_tui.store.sessions import Session

_CARD_DIGITS: Final = 4
"""All that is kept of a card: enough for its owner to know it again, too little to copy it."""


@dataclass(frozen=True, slots=True)
class PlugIn:
    """What a look at the charger says about its newest plug-in."""

    energy: Energy
    energy_wh: int
    """From the EV meter where there is one."""
    estimated: bool
    mode: int
    charging: bool = False
    phases: int = 0
    current_da: int = 0
    """Highest of the phases."""
    card: str = ""
    """Hex digits; empty without a reader."""


class SessionLedger:
    """Follows one charger. `look` once a second; `take` what is to be written."""

    def __init__(self, charger_id: str, energy: Energy | None, under_way: Iterable[Session]) -> None:
        """`energy` and `under_way` are what the store held when the host began."""
        self._charger_id = charger_id
        self._row: Session | None = None
        self._over_s = None if energy is None or energy.plugged else energy.started_s
        """Start of the newest plug-in that is known to be over."""
        self._finished: list[Session] = []
        for row in under_way:
            if energy is not None and row.started_s == energy.started_s:
                self._row, self._over_s = row, None
            else:  # another one began before the end of this was written
                self._finished.append(_ended(row))
        self.changed = bool(self._finished)
        """Whether a plug-in has begun or ended since the last `take`."""

    def look(self, now: PlugIn, charged: Charged | None = None) -> None:
        """Takes the state of the charger and what it took since the last look."""
        started_s = now.energy.started_s
        if self._row is not None and self._row.started_s != started_s:  # replaced while nobody looked
            self._finish()
        if started_s is None or started_s == self._over_s:
            return
        if self._row is None:
            self._row = Session(self._charger_id, started_s, None, 0, 0, 0, now.estimated, mode=now.mode)
            self.changed = True
        self._row = _updated(self._row, now, charged)
        if not now.energy.plugged:
            self._finish()

    def _finish(self) -> None:
        row, self._row = self._row, None
        if row is not None:
            self._finished.append(_ended(row))
            self._over_s = row.started_s
            self.changed = True

    def take(self) -> tuple[Session, ...]:
        """Rows as they are now; finished ones are handed out once."""
        finished, self._finished = self._finished, []
        self.changed = False
        return (*finished, self._row) if self._row is not None else tuple(finished)


def _updated(row: Session, now: PlugIn, charged: Charged | None) -> Session:
    charged = charged or Charged()
    return Session(  # every second for every car: `replace` would cost three times as much
        row.charger_id,
        row.started_s,
        None,
        now.energy.duration_ms,
        now.energy.charging_ms,
        max(row.energy_wh, now.energy_wh),  # after a restart the meter may not have spoken yet
        now.estimated,
        row.solar_mj + charged.solar_mj,
        row.unpriced_mj + charged.unpriced_mj,
        row.cost_u + charged.cost_u,
        max(row.max_da, now.current_da),
        max(row.phases, now.phases) if now.charging else row.phases,
        now.card[-_CARD_DIGITS:] or row.card,
        now.mode if now.charging else row.mode,
        row.id,
    )


def _ended(row: Session) -> Session:
    return replace(row, ended_s=row.started_s + row.duration_ms / 1000)
