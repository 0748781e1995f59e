"""`GET /`: a plain overview for people. One self-contained page without script: reload it to see it move."""

from __future__ import annotations

from html import escape
from typing import Final

from aiohttp import web

from evse_tui.api.keys import SITE
from evse_tui.api.responses import answer
from evse_tui.board.model import LinkState
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot
from evse_tui.site.wording import amps_text, reason_text

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>evse-tui overview</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid; padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top }}
</style>
<h1>Overview</h1>
{body}
<p>As it was when this page was loaded. The same in full, for programs: <code>GET /settings</code>.</p>
</html>
"""


def overview(snapshot: Snapshot) -> str:
    """The page: each charger with its state in words, its current and the reason that binds."""
    if not snapshot.chargers:
        return _PAGE.format(body="<p>This site has no charger.</p>")
    rows = "\n".join(_row(charger) for charger in snapshot.chargers)
    head = "<tr><th>Charger</th><th>State</th><th>Offered</th><th>Why</th></tr>"
    return _PAGE.format(body=f"<table>\n{head}\n{rows}\n</table>")


def _row(charger: ChargerSnapshot) -> str:
    name = charger.name or charger.id
    online = charger.link is LinkState.ONLINE
    offered = amps_text(charger.board.offered_da) if online and charger.board is not None else "unknown"
    state = charger.state.title if online else f"Board {charger.link.value}"
    if charger.error_id:
        state += f" - {charger.error}"
    why = reason_text(charger.grant.reason) if online and charger.grant is not None else charger.link_detail
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in (name, state, offered, why)) + "</tr>"


async def get_overview(request: web.Request) -> web.Response:
    response = answer(overview(request.app[SITE].snapshot).encode(), "text/html")
    response.charset = "utf-8"
    response.headers["Content-Security-Policy"] = _POLICY
    return response
