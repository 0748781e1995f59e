"""Access by card: what a card does, and for how long it counts. Pure; time is an argument.

The readers are those of the SmartEVSE: *EnableAll*, any stored card starts and stops; *EnableOne*, only the card that
started stops; *Learn* stores, *Delete* forgets; *DeleteAll* forgets all and turns the reader off; *Rmt/OCPP*, somebody
else judges cards and tells the outcome by showing one from afar. Unlike there, a card changes no mode: it lets a car
charge, and the mode says how.

An authorisation belongs to one plug-in. Given without a car it waits a minute for one; it ends when the car goes, also
if that happened while nobody looked. While a reader is on and no card was shown, nobody charges; so also in Learn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, IntEnum, unique
from typing import Final

CAPACITY: Final = 100
"""Cards of a site, as in the original."""
WAIT_FOR_CAR_MS: Final = 60_000
"""How long an authorisation waits for a car; the original locks again after the same time."""
SHOWN_MS: Final = 5_000
"""How long the outcome of a card stands before the reader is ready again."""
UNSEEN_MS: Final = 60_000
"""A board that restarted may have lost a car for as long as nobody looked; longer than this counts as lost."""
_LENGTHS: Final = (8, 14, 16)


@unique
class Reader(IntEnum):
    """The setting `rfid_reader`; the names are those of the SmartEVSE API."""

    DISABLED = 0
    ENABLE_ALL = 1
    ENABLE_ONE = 2
    LEARN = 3
    DELETE = 4
    DELETE_ALL = 5
    REMOTE = 6


@unique
class CardStatus(Enum):
    """RFID status of the SmartEVSE API."""

    READY = "Ready to read card"
    PRESENT = "Present"
    STORED = "Card Stored"
    DELETED = "Card Deleted"
    ALREADY_STORED = "Card already stored"
    NOT_STORED = "Card not in storage"
    FULL = "Card Storage full"
    INVALID = "Invalid"
    NOT_INSTALLED = "Not Installed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one card does."""

    status: CardStatus
    accepted: bool = False
    """Whether it did what the one who showed it wants."""
    store: bool = False
    delete: bool = False
    holder: int | None = None
    """Who may charge from now on: the card's tag, 0 nobody, None as before."""
    why: str = ""
    """For the log."""


def card_number(text: str) -> str:
    """A card as the store keeps it: 8 (a board's reader), 14 or 16 upper-case hex digits.

    Raises:
        ValueError: it is none; the sentence is the original's.
    """
    digits = text.strip().upper()
    if not set(digits) <= set("0123456789ABCDEF"):
        raise ValueError("Invalid RFID hex string")
    if len(digits) not in _LENGTHS:
        raise ValueError("Invalid RFID length")
    return digits


def masked(card: str) -> str:
    """A card as logs show it: whoever reads a log shall not be able to copy the card."""
    return f"..{card[-4:]}"


def tag(card: str) -> int:
    """A number in 1 .. 2^63 - 1 that stands for a card: fits an integer column, and says whether it is the same."""
    return int.from_bytes(hashlib.blake2b(card.encode(), digest_size=8).digest()) >> 1 | 1


def judge(reader: Reader, card: str, *, stored: bool, full: bool, holder: int, remote: bool) -> Verdict:
    """What `card` does at `reader`.

    `stored`: it is one of the site's; `full`: there is no room for another; `holder`: tag of the card that let the
    present car charge, 0 for none; `remote`: somebody showed it from afar, it was not read at the board.
    """
    match reader:
        case Reader.LEARN:
            if stored:
                return Verdict(CardStatus.ALREADY_STORED)
            return Verdict(CardStatus.FULL) if full else Verdict(CardStatus.STORED, accepted=True, store=True)
        case Reader.DELETE:
            return Verdict(CardStatus.DELETED, accepted=True, delete=True) if stored else Verdict(CardStatus.NOT_STORED)
        case Reader.ENABLE_ALL | Reader.ENABLE_ONE:
            if not stored:
                return Verdict(CardStatus.INVALID, why="not one of this site's cards")
            return _toggle(card, holder, anybody=reader is Reader.ENABLE_ALL)
        case Reader.REMOTE:
            if not remote:
                return Verdict(CardStatus.PRESENT, why="cards are judged elsewhere, nobody has answered")
            return _toggle(card, holder, anybody=False)
        case Reader.DISABLED | Reader.DELETE_ALL:
            return Verdict(CardStatus.NOT_INSTALLED, why="the reader is off")


def _toggle(card: str, holder: int, *, anybody: bool) -> Verdict:
    if not holder:
        return Verdict(CardStatus.PRESENT, accepted=True, holder=tag(card), why="charging allowed")
    if anybody or holder == tag(card):
        return Verdict(CardStatus.PRESENT, accepted=True, holder=0, why="charging ended")
    return Verdict(CardStatus.PRESENT, why="another card has started, only that one ends it")


def life_of(serial: int, boot: int) -> int:
    """A number for one boot of one board, in 1 .. 2^63 - 1."""
    return (serial & 0x7FFF_FFFF) << 32 | boot & 0xFFFF_FFFF or 1


class Authorisation:
    """Who may charge at one charger, from the card until the car goes."""

    def __init__(self, holder: int = 0, life: int = 0) -> None:
        """Restored from the store: `life` is the boot of the board in which the car was last seen. An authorisation
        that still waited for a car has none, and does not survive."""
        self.holder = holder if life else 0
        """Tag of the card; 0 is nobody."""
        self._life = life
        self._until_ms: int | None = None
        """While it waits for a car: until when."""
        self._seen_ms: int | None = None
        """When this host last saw the board."""

    @property
    def row(self) -> tuple[int, int]:
        """Holder and life, to be stored; (0, 0) is none."""
        if not self.holder or self._until_ms is not None:
            return 0, 0
        return self.holder, self._life

    def give(self, holder: int, now_ms: int, *, life: int, plugged: bool) -> None:
        """A card lets the present car charge, or the next one within `WAIT_FOR_CAR_MS`; 0 ends it."""
        self.holder = holder
        self._life = life if holder and plugged else 0
        self._until_ms = now_ms + WAIT_FOR_CAR_MS if holder and not plugged else None

    def see(self, life: int, plugged: bool, now_ms: int) -> None:
        """With each STATUS: binds to the car that comes, ends with the car that goes."""
        seen_ms, self._seen_ms = self._seen_ms, now_ms
        if not self.holder:
            return
        if self._until_ms is not None:
            if now_ms >= self._until_ms:
                self.end()
            elif plugged:
                self._until_ms = None
                self._life = life
        elif not plugged:
            self.end()
        elif life != self._life:
            if seen_ms is None or now_ms - seen_ms > UNSEEN_MS:
                self.end()
            else:
                self._life = life

    def unplugged(self) -> None:
        """An event tells that the car went, perhaps long ago, or may have gone. One that waits goes on to wait."""
        if self._until_ms is None:
            self.end()

    def look(self, now_ms: int) -> None:
        """Time passes."""
        if self._until_ms is not None and now_ms >= self._until_ms:
            self.end()

    def end(self) -> None:
        """Nobody may charge any more."""
        self.holder = self._life = 0
        self._until_ms = None
