"""What a host means by what it sends: reasons and settings are not on the wire, so a capture has notes of them.

A note is JSON in one line. For a charger: `settings` and `ev_meter` (its kind); or `override_da` and `grant` (or
null) with `access`, `limit_da`, `phases`, `reason` and `runner_up`, each `[constraint, phase, limit_da]`, and
`timers`. For the site, among those of its first charger: `site`, with name, settings, the kinds of its meters, phases
of its connection and whether it is a demo; and `decided`, what all cars together may have. What a reader does not
know it leaves alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final, TypeVar

from evse_tui.control.types import Access, ChargerGrant, Constraint, PhaseCurrents, Reason, Timer, TimerAction
from evse_tui.site.commands import SiteView
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot

_CONSTRAINTS: Final = frozenset(constraint.value for constraint in Constraint)
_ACCESSES: Final = frozenset(int(access) for access in Access)
_ACTIONS: Final = frozenset(action.value for action in TimerAction)
_LONGEST: Final = 1 << 16
METERS: Final = ("mains", "circuit", "battery", "pv")
"""The site's, as snapshots name them."""

_T = TypeVar("_T")

Write = Callable[[str, str], None]
"""Takes a charger's id and a note."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided for all cars together: see `Snapshot`."""

    rooms_da: PhaseCurrents | None = None
    budget_da: int | None = None
    grid_relay: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was read; None leaves alone what was known before."""

    settings: Mapping[str, int] | None = None
    override_da: int | None = None
    ev_meter: str | None = None
    grant: ChargerGrant | None = None
    site_name: str | None = None
    site_settings: Mapping[str, int] | None = None
    meters: Mapping[str, str] | None = None
    site_phases: int | None = None
    demo: bool | None = None
    decided: Decided | None = None


async def take_notes(site: SiteView, write: Write, phases: int = 3) -> None:
    """Notes what holds now, and whatever changes, until cancelled. `phases` are those of the grid connection."""
    before: dict[str, object] = {}

    def note(charger_id: str, what: str, facts: object, text: Callable[[], str]) -> None:
        if facts != before.get(what):
            before[what] = facts
            write(charger_id, text())

    async for snapshot in site.snapshots():
        if snapshot.chargers:
            first = snapshot.chargers[0].id
            note(first, "site", (snapshot.name, snapshot.settings), partial(site_note, snapshot, phases))
            note(first, "decided", _decided(snapshot), partial(decided_note, snapshot))
        for charger in snapshot.chargers:
            facts = (charger.override_da, charger.grant)
            note(charger.id, f"settings of {charger.id}", charger.settings, partial(settings_note, charger))
            note(charger.id, f"grant of {charger.id}", facts, partial(grant_note, charger, snapshot.at_ms))


def site_note(snapshot: Snapshot, phases: int = 3) -> str:
    """The note of the site; it stands with its first charger."""
    words = {
        "name": snapshot.name,
        "settings": dict(snapshot.settings),
        "meters": {name: getattr(snapshot, name).kind for name in METERS},
        "phases": phases,
        "demo": snapshot.demo,
    }
    return _json({"site": words})


def decided_note(snapshot: Snapshot) -> str:
    """What was decided for the whole site; it stands with its first charger."""
    return _json({"decided": asdict(_decided(snapshot))})


def _decided(snapshot: Snapshot) -> Decided:
    return Decided(snapshot.rooms_da, snapshot.budget_da, snapshot.grid_relay)


def settings_note(charger: ChargerSnapshot) -> str:
    """What rarely changes of one charger."""
    return _json({"settings": dict(charger.settings), "ev_meter": charger.ev.kind})


def grant_note(charger: ChargerSnapshot, now_ms: int) -> str:
    """What was decided for one charger; `now_ms` is on the clock of its timers."""
    grant = charger.grant
    words = None
    if grant is not None:
        words = {
            "access": int(grant.access),
            "limit_da": grant.limit_da,
            "phases": grant.phases,
            "reason": _reason_words(grant.reason),
            "runner_up": _reason_words(grant.runner_up),
            "timers": [_timer_words(timer, now_ms) for timer in grant.timers],
        }
    return _json({"override_da": charger.override_da, "grant": words})


def read_note(text: str, charger_id: str, now_ms: int = 0) -> Note:
    """The note in `text`; what is damaged or unknown is left out. `now_ms` is its time."""
    try:
        words = json.loads(text[:_LONGEST])
    except ValueError:
        return Note()
    if not isinstance(words, dict):
        return Note()
    site = words.get("site")
    site = site if isinstance(site, dict) else {}
    return Note(
        settings=_integers(words.get("settings")),
        override_da=_typed(words.get("override_da"), int),
        ev_meter=_typed(words.get("ev_meter"), str),
        grant=_grant(words.get("grant"), charger_id, now_ms),
        site_name=_typed(site.get("name"), str),
        site_settings=_integers(site.get("settings")),
        meters=_kinds(site.get("meters")),
        site_phases=_typed(site.get("phases"), int),
        demo=_typed(site.get("demo"), bool),
        decided=_read_decided(words.get("decided")),
    )


def _typed(value: object, kind: type[_T]) -> _T | None:
    return value if isinstance(value, kind) else None


def _kinds(words: object) -> Mapping[str, str] | None:
    if not isinstance(words, dict):
        return None
    return {name: kind for name, kind in words.items() if name in METERS and isinstance(kind, str)}


def _read_decided(words: object) -> Decided | None:
    match words:
        case {"rooms_da": rooms_da, "budget_da": (int() | None) as budget_da, "grid_relay": bool(grid_relay)}:
            match rooms_da:
                case [int(l1_da), int(l2_da), int(l3_da)]:
                    return Decided((l1_da, l2_da, l3_da), budget_da, grid_relay)
                case None:
                    return Decided(None, budget_da, grid_relay)
    return None


def _json(words: Mapping[str, object]) -> str:
    return json.dumps(words, separators=(",", ":"))


def _integers(words: object) -> Mapping[str, int] | None:
    if not isinstance(words, dict):
        return None
    return {name: value for name, value in words.items() if isinstance(name, str) and isinstance(value, int)}


def _reason_words(reason: Reason | None) -> list[object] | None:
    return None if reason is None else [reason.constraint.value, reason.phase, reason.limit_da]


def _reason(words: object) -> Reason | None:
    match words:
        case [str(constraint), (int() | None) as phase, (int() | None) as limit_da] if constraint in _CONSTRAINTS:
            return Reason(Constraint(constraint), phase if phase in (0, 1, 2) else None, limit_da)
    return None


def _timer_words(timer: Timer, now_ms: int) -> dict[str, object]:
    return {
        "what": timer.what.value,
        "due_in_ms": timer.due_ms - now_ms,
        "action": None if timer.action is None else timer.action.value,
        "threshold_w": timer.threshold_w,
        "above": timer.above,
    }


def _timers(words: object, now_ms: int) -> Iterator[Timer]:
    for timer in words if isinstance(words, list) else ():
        match timer:
            case {
                "what": str(what),
                "due_in_ms": int(due_in_ms),
                "action": (str() | None) as action,
                "threshold_w": (int() | None) as threshold_w,
                "above": bool(above),
            } if what in _CONSTRAINTS and (action is None or action in _ACTIONS):
                does = None if action is None else TimerAction(action)
                yield Timer(Constraint(what), now_ms + due_in_ms, does, threshold_w, above)


def _grant(words: object, charger_id: str, now_ms: int) -> ChargerGrant | None:
    match words:
        case {"access": int(access), "limit_da": int(limit_da), "phases": int(phases), "reason": reason_words, **more}:
            reason = _reason(reason_words)
            if reason is not None and access in _ACCESSES:
                runner_up = _reason(more.get("runner_up"))
                timers = tuple(_timers(more.get("timers"), now_ms))
                return ChargerGrant(charger_id, Access(access), limit_da, phases, reason, runner_up, timers)
    return None
