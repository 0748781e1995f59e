"""Which phases a charger may use, which its car does use, and where they are on the mains."""

from __future__ import annotations

from evse_tui.control.types import BoardObservation, C2Mode, ChargerSettings, Mode, PhaseCurrents

DRAWS_DA = 10
_IDLE_DA = 3
_OTHER_DRAWS_DA = 30
_DROP_AFTER_MS = 30_000
_ONE_PHASE_SITE = (0,)
_LINES = [[tuple((rotation + i) % 3 for i in range(used)) for used in range(4)] for rotation in range(3)]


def lines(settings: ChargerSettings, used: int, site_phases: int) -> tuple[int, ...]:
    """Mains phases behind the charger's first `used` phases; a charger's L1 is mains phase `rotation`."""
    return _ONE_PHASE_SITE if site_phases == 1 else _LINES[settings.rotation % 3][used]


def wished_phases(settings: ChargerSettings, board: BoardObservation) -> int | None:
    """1 or 3 by the second contactor's mode, None where control may choose; only what the board can do.

    A board that can't do the wish keeps to what it has: a board without second contactor is wired one way. Where the
    user knows of no second contactor but the board has one, it is closed with the first: all that is wired is used.
    While the board's dwell keeps it to one phase, one is what can be wished.
    """
    return 1 if dwells(settings, board) else _wished(settings, board)


def dwells(settings: ChargerSettings, board: BoardObservation) -> bool:
    """Whether three phases are wished for but have to wait: asking now would stop the car until the dwell is over."""
    return board.phase_dwell_ms > 0 and board.phases == 1 and _wished(settings, board) == 3


def _wished(settings: ChargerSettings, board: BoardObservation) -> int | None:
    available = board.phases_available
    if len(available) == 1:
        return available[0]
    match settings.c2:
        case C2Mode.ALWAYS_OFF:
            return 1
        case C2Mode.SOLAR_OFF:
            return 1 if settings.mode is Mode.SOLAR else 3
        case C2Mode.ALWAYS_ON | C2Mode.NOT_PRESENT:
            return 3
        case C2Mode.AUTO:
            return None if settings.mode is Mode.SOLAR else 3


class PhaseDetector:
    """Phases that the car draws from: control.md, "Phase detection".

    A phase that draws > 1 A counts at once. It is dropped only after 30 s below 0.3 A while another draws > 3 A, never
    while the car idles. Without a meter every phase that the second contactor allows counts. The count is of leading
    phases: a car on L1 and L2 counts two.
    """

    __slots__ = ("_any_dropped", "_dropped", "_idle_since_ms", "_suspects")

    def __init__(self) -> None:
        self._idle_since_ms: list[int | None] = [None, None, None]
        self._dropped = [False, False, False]
        self._any_dropped = False
        self._suspects = False
        """A phase is dropped or on its way to it."""

    def observe(self, currents_da: PhaseCurrents, connected: int, now_ms: int) -> None:
        """Takes an EV meter reading on the charger's own phases; only the first `connected` can tell anything."""
        if not self._suspects and min(currents_da) > DRAWS_DA:
            return
        largest = max(currents_da)
        if not self._suspects and largest <= _OTHER_DRAWS_DA:
            return
        for i in range(connected):
            current = currents_da[i]
            if current > DRAWS_DA:
                self._dropped[i] = False
                self._idle_since_ms[i] = None
                continue
            if current >= _IDLE_DA or largest <= _OTHER_DRAWS_DA:
                self._idle_since_ms[i] = None
                continue
            since = self._idle_since_ms[i]
            if since is None:
                self._idle_since_ms[i] = now_ms
            elif now_ms - since >= _DROP_AFTER_MS:
                self._dropped[i] = True
        self._any_dropped = True in self._dropped
        self._suspects = self._any_dropped or any(since is not None for since in self._idle_since_ms)

    def used(self, closed_phases: int) -> int:
        """Phases to count with while the contactors offer `closed_phases`."""
        if not self._any_dropped:
            return closed_phases
        used = [i for i in range(closed_phases) if not self._dropped[i]]
        return used[-1] + 1 if used else closed_phases
