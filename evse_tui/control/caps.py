"""What bounds one charger by itself: the user's wishes and the slots of its board.

These change rarely, so they are worked out once and kept as `Terms` until a wish or a slot changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from evse_tui.control.phases import dwells, lines, wished_phases
from evse_tui.control.types import (
    Access,
    BoardObservation,
    Boost,
    ChargerGrant,
    ChargerObservation,
    ChargerSettings,
    Constraint,
    Mode,
    Reason,
    Schedule,
    Timer,
    TimerAction,
)

LOWEST_DA = 60
"""Below 6 A a control pilot means stop, never less: IEC 61851-1, table A.7."""


@dataclass(slots=True)
class Terms:
    """What holds for one charger whatever the others do."""

    settings: ChargerSettings
    board: BoardObservation | None
    site_phases: int
    passing: bool
    """They depend on the time or on the session's energy: to be worked out in each pass."""
    mode: Mode
    """What counts now: a boost is SMART."""
    refused: ChargerGrant | None
    """The grant of a charger that can't take part at all."""
    behind: tuple[int, ...]
    """Mains phases behind everything that its contactors connect."""
    phases: int
    """What a grant of nothing asks for: as it is, if the board can do that."""
    lines: tuple[tuple[int, ...], ...]
    """Mains phases behind its first 0, 1, 2 or 3 phases."""
    wished: int | None
    """1 or 3 phases by the second contactor's mode, None where control may choose."""
    caps: tuple[Reason, ...]
    """Lowest first."""
    floor_da: int
    timers: tuple[Timer, ...]

    def hold(self, charger: ChargerObservation, site_phases: int) -> bool:
        """Whether nothing has changed on which they depend."""
        if self.passing or site_phases != self.site_phases:
            return False
        if charger.settings is not self.settings and charger.settings != self.settings:
            return False
        board, before = charger.board, self.board
        if board is before:
            return True
        if board is None or before is None:
            return False
        self.board = board
        return (
            board.plugged == before.plugged
            and board.faulted == before.faulted
            and board.limit_da == before.limit_da
            and board.limit_slot is before.limit_slot
            and board.phases == before.phases
            and board.phases_available == before.phases_available
            and board.phase_dwell_ms == before.phase_dwell_ms == 0  # while it dwells, each STATUS tells anew how long
        )


def terms_of(charger: ChargerObservation, site_phases: int, now_ms: int) -> Terms:
    """The terms of a charger now."""
    settings, board = charger.settings, charger.board
    bounds: tuple[Reason, ...] = ()
    wished: int | None = None
    phases, connected = 1, 3
    if board is not None:
        bounds = caps(charger, board)
        wished = wished_phases(settings, board)
        phases = board.phases if board.phases in board.phases_available else board.phases_available[0]
        connected = board.phases
    timers = schedule_timers(settings.schedule, now_ms)
    if board is not None and dwells(settings, board):
        due_ms = now_ms + board.phase_dwell_ms
        timers = (*timers, Timer(Constraint.SWITCHING_PHASES, due_ms, TimerAction.THREE_PHASES))
    refused = refusal(charger, now_ms)
    grant = None
    if refused is not None:
        access, constraint = refused
        grant = ChargerGrant(charger.id, access, 0, phases, Reason(constraint, limit_da=0), timers=timers)
    return Terms(
        settings=settings,
        board=board,
        site_phases=site_phases,
        passing=bool(settings.session_limit_wh or settings.boost or settings.schedule),
        mode=effective_mode(charger),
        refused=grant,
        behind=lines(settings, connected, site_phases),
        lines=tuple([lines(settings, used, site_phases) for used in range(4)]),
        phases=phases,
        wished=wished,
        caps=bounds,
        floor_da=floor_da(settings, (bounds[0].limit_da or 0) if bounds else 0),
        timers=timers,
    )


def boosted(boost: Boost | None, board: BoardObservation, session_wh: int) -> bool:
    """Whether a boost is on: asked for in this plug-in, and its energy not reached."""
    if boost is None or not board.plugged or boost.asked_ms < board.plugged_ms:
        return False
    return boost.energy_wh is None or session_wh - boost.from_wh < boost.energy_wh


def effective_mode(charger: ChargerObservation) -> Mode:
    """The mode that counts now. A boost lifts SOLAR to SMART: full current within every limit."""
    mode = charger.settings.mode
    board = charger.board
    if mode is Mode.SOLAR and board is not None and boosted(charger.settings.boost, board, charger.session_wh):
        return Mode.SMART
    return mode


def refusal(charger: ChargerObservation, now_ms: int) -> tuple[Access, Constraint] | None:
    """Why this charger can't take part at all, and the access that goes with it; None if it can."""
    settings, board = charger.settings, charger.board
    if settings.mode is Mode.OFF:
        return Access.DENY, Constraint.OFF
    if settings.mode is Mode.PAUSE:
        return Access.PAUSE, Constraint.PAUSED
    if not _open(settings.schedule, now_ms):
        return Access.DENY, Constraint.SCHEDULE
    if not settings.authorised:
        return Access.DENY, Constraint.NOT_AUTHORISED
    if board is None:
        return Access.PAUSE, Constraint.NO_BOARD
    if board.faulted:
        return Access.PAUSE, Constraint.FAULT
    if not board.plugged:
        return Access.PAUSE, Constraint.NOT_CONNECTED
    if settings.session_limit_wh and charger.session_wh >= settings.session_limit_wh:
        return Access.PAUSE, Constraint.SESSION_LIMIT
    if board.limit_da < LOWEST_DA:
        return Access.PAUSE, board.limit_slot
    return None


def _open(schedule: Schedule | None, now_ms: int) -> bool:
    if schedule is None:
        return True
    return schedule.opens_ms <= now_ms and (schedule.closes_ms is None or now_ms < schedule.closes_ms)


def schedule_timers(schedule: Schedule | None, now_ms: int) -> tuple[Timer, ...]:
    """When the schedule opens or closes next."""
    if schedule is None:
        return ()
    if now_ms < schedule.opens_ms:
        return (Timer(Constraint.SCHEDULE, schedule.opens_ms, TimerAction.START),)
    if schedule.closes_ms is not None and now_ms < schedule.closes_ms:
        return (Timer(Constraint.SCHEDULE, schedule.closes_ms, TimerAction.STOP),)
    return ()


def caps(charger: ChargerObservation, board: BoardObservation) -> tuple[Reason, ...]:
    """Everything that caps this charger's current, lowest first, each with its value per phase."""
    settings = charger.settings
    overridden = settings.override_da and settings.mode in (Mode.NORMAL, Mode.SMART)
    override_da = settings.override_da if overridden and not boosted(settings.boost, board, charger.session_wh) else 0
    return _caps(settings.current_max_da, board.limit_slot, board.limit_da, override_da)


@lru_cache(maxsize=4096)
def _caps(current_max_da: int, slot: Constraint, slot_da: int, override_da: int) -> tuple[Reason, ...]:
    found = [Reason(Constraint.CURRENT_MAX, limit_da=current_max_da), Reason(slot, limit_da=slot_da)]
    if override_da:
        found.append(Reason(Constraint.OVERRIDE, limit_da=override_da))
    return tuple(sorted(found, key=attrgetter("limit_da")))


def floor_da(settings: ChargerSettings, cap_da: int) -> int:
    """The least this charger may be offered: `current_min`, but never more than its cap nor less than 6 A."""
    return max(LOWEST_DA, min(settings.current_min_da, cap_da))
