"""What a host means by what it sends: reasons and settings are not on the wire, so a capture has notes of them.

A note is JSON in one line. For a charger: `settings`, `override_da`, and `grant` (or null) with `access`, `limit_da`,
`phases`, `reason` and `runner_up`, each `[constraint, phase, limit_da]`. For the site: `site`, its name and settings.
What a reader does not know it leaves alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from evse_tui.control.types import Access, ChargerGrant, Constraint, Reason
from evse_tui.site.commands import SiteView
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot

_CONSTRAINTS: Final = frozenset(constraint.value for constraint in Constraint)
_ACCESSES: Final = frozenset(int(access) for access in Access)
_LONGEST: Final = 1 << 16

Write = Callable[[str, str], None]
"""Takes a charger's id and a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was read; None leaves alone what was known before."""

    settings: Mapping[str, int] | None = None
    override_da: int | None = None
    grant: ChargerGrant | None = None
    site_name: str | None = None
    site_settings: Mapping[str, int] | None = None


async def take_notes(site: SiteView, write: Write) -> None:
    """Notes what holds now, and whatever changes, until cancelled."""
    site_before: object = None
    before: dict[str, object] = {}
    async for snapshot in site.snapshots():
        site_facts = (snapshot.name, snapshot.settings)
        if site_facts != site_before and snapshot.chargers:
            site_before = site_facts
            write(snapshot.chargers[0].id, site_note(snapshot))
        for charger in snapshot.chargers:
            facts = (charger.settings, charger.override_da, charger.grant)
            if facts != before.get(charger.id):
                before[charger.id] = facts
                write(charger.id, charger_note(charger))


def site_note(snapshot: Snapshot) -> str:
    """The note of the site; it stands with its first charger."""
    return _json({"site": {"name": snapshot.name, "settings": dict(snapshot.settings)}})


def charger_note(charger: ChargerSnapshot) -> str:
    """The note of one charger."""
    grant = charger.grant
    words = None
    if grant is not None:
        words = {
            "access": int(grant.access),
            "limit_da": grant.limit_da,
            "phases": grant.phases,
            "reason": _reason_words(grant.reason),
            "runner_up": _reason_words(grant.runner_up),
        }
    return _json({"settings": dict(charger.settings), "override_da": charger.override_da, "grant": words})


def read_note(text: str, charger_id: str) -> Note:
    """The note in `text`; what is damaged or unknown is left out."""
    try:
        words = json.loads(text[:_LONGEST])
    except ValueError:
        return Note()
    if not isinstance(words, dict):
        return Note()
    site = words.get("site")
    site = site if isinstance(site, dict) else {}
    name, override_da = site.get("name"), words.get("override_da")
    return Note(
        _integers(words.get("settings")),
        override_da if isinstance(override_da, int) else None,
        _grant(words.get("grant"), charger_id),
        name if isinstance(name, str) else None,
        _integers(site.get("settings")),
    )


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


def _grant(words: object, charger_id: str) -> ChargerGrant | None:
    match words:
        case {"access": int(access), "limit_da": int(limit_da), "phases": int(phases), "reason": reason_words, **more}:
            reason = _reason(reason_words)
            if reason is not None and access in _ACCESSES:
                runner_up = _reason(more.get("runner_up"))
                return ChargerGrant(charger_id, Access(access), limit_da, phases, reason, runner_up)
    return None
