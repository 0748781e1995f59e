"""What one paint shows: a frozen snapshot, the moment it is looked at, and what the user selected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from evse_tui.board.model import LinkState
from evse_tui.site.news import facts_of
from evse_tui.site.snapshot import ChargerSnapshot, Freshness, MeterSnapshot, Snapshot
from evse_tui.ui.key_words import KeyName, default_key

UPDATE_LATE_MS: Final = 3000
"""The site makes a snapshot at least once a second; three missing ones are worth a word."""
STATUS_LATE_MS: Final = 3000
"""A board sends STATUS at 1 Hz at rest (wire.md); three missing ones make its values old."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. Two equal frames paint the same."""

    snapshot: Snapshot
    now_ms: int
    """On the clock of `snapshot.at_ms`."""
    selected_id: str | None
    zone: tzinfo | None = None
    """For times of day; None is the machine's own."""
    key_name: KeyName = default_key
    """For words that name keys."""

    @property
    def behind_ms(self) -> int:
        """How old the snapshot itself is; it adds to every age inside."""
        return max(0, self.now_ms - self.snapshot.at_ms)

    @property
    def stale(self) -> bool:
        """True if the site itself has gone quiet."""
        return self.behind_ms > UPDATE_LATE_MS

    @property
    def selected(self) -> ChargerSnapshot | None:
        """The charger that keys act on."""
        for charger in self.snapshot.chargers:
            if charger.id == self.selected_id:
                return charger
        return None

    def meter_age_ms(self, meter: MeterSnapshot) -> int | None:
        """Age of a reading at the moment of this frame."""
        return None if meter.age_ms is None else meter.age_ms + self.behind_ms

    def meter_live(self, meter: MeterSnapshot) -> bool:
        """True if a reading may be shown as a current value."""
        return meter.freshness is Freshness.FRESH and not self.stale

    def board_age_ms(self, charger: ChargerSnapshot) -> int | None:
        """Age of the board's own numbers at the moment of this frame."""
        return None if charger.board is None else charger.board.age_ms + self.behind_ms

    def board_live(self, charger: ChargerSnapshot) -> bool:
        """True if the board's numbers may be shown as current values."""
        age_ms = self.board_age_ms(charger)
        connected = charger.link in (LinkState.ONLINE, LinkState.READ_ONLY)
        return connected and age_ms is not None and age_ms <= STATUS_LATE_MS and not self.stale


def is_urgent(before: Snapshot | None, after: Snapshot) -> bool:
    """Whether `after` must be painted at once: a state, a fault, a wish or a command changed."""
    return before is None or facts_of(before) != facts_of(after)
