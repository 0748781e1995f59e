"""Which charger a request is about: `/evse/{id}/..` names it, the root surface means the configured or first one."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from evse_tui.api.keys import ROOT_CHARGER
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot

PREFIXES: Final = ("", "/evse/{id}")
"""Every compatible path exists under each of these."""


def charger_of(request: web.Request, snapshot: Snapshot) -> ChargerSnapshot:
    """The charger that the path names.

    Raises:
        HTTPNotFound: there is no such charger, or none at all.
    """
    charger_id = request.match_info.get("id")
    if charger_id is None:
        if not snapshot.chargers:
            raise web.HTTPNotFound(text="This site has no charger.")
        root = request.app[ROOT_CHARGER]
        return next((charger for charger in snapshot.chargers if charger.id == root), snapshot.chargers[0])
    try:
        return snapshot.charger(charger_id)
    except KeyError:
        raise web.HTTPNotFound(text="This site has no charger of that id.") from None
