"""`/login`: a browser shows a token once and gets a session cookie for it; `/logout` ends the session."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import parse_qs

from aiohttp import hdrs, web

from evse_tui.api.access import COOKIE
from evse_tui.api.keys import ACCESS
from evse_tui.api.responses import HEADERS, answer
from evse_tui.api.security import LOGIN
from evse_tui.api.sessions import SESSION_S

LOGOUT: Final = "/logout"
FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 8
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>evse-tui: log in</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ margin: 3rem auto; max-width: 26rem; padding: 0 1rem }}
input, button {{ box-sizing: border-box; font: inherit; margin-top: .5rem; padding: .6rem; width: 100% }}
</style>
<h1>Log in</h1>
{said}
<form method="post" action="/login" autocomplete="off">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus spellcheck="false" autocapitalize="none">
<button>Log in</button>
</form>
<p>A token is made with <code>evse-tui token new</code> on the machine that runs <code>evse-tui serve</code>.</p>
</html>
"""


def login_page(said: str = "", status: int = 200) -> web.Response:
    """The form, with one sentence about what was wrong."""
    body = _PAGE.format(said=f'<p role="alert">{escape(said)}</p>' if said else "")
    response = answer(body.encode(), "text/html", status=status)
    response.charset = "utf-8"
    response.headers["Content-Security-Policy"] = _POLICY
    # under no-referrer browsers send a form with `Origin: null`, which the guard refuses
    response.headers["Referrer-Policy"] = "same-origin"
    return response


async def get_login(request: web.Request) -> web.Response:
    access = request.app[ACCESS]
    if not access.needs_token(request) or access.session(request) is not None:
        return _see("/")
    return login_page()


async def post_login(request: web.Request) -> web.Response:
    access = request.app[ACCESS]
    try:
        session = access.login(request, await _token_of(request))
    except (web.HTTPUnauthorized, web.HTTPTooManyRequests) as error:
        page = login_page(error.text or "", error.status)
        for name in (hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE):
            if name in error.headers:
                page.headers[name] = error.headers[name]
        return page
    response = _see("/")
    response.set_cookie(COOKIE, session, max_age=SESSION_S, path="/", httponly=True, samesite="Strict")
    return response


async def post_logout(request: web.Request) -> web.Response:
    request.app[ACCESS].sessions.close(request.cookies.get(COOKIE, ""))
    response = _see(LOGIN)
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    return response


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={**HEADERS, hdrs.LOCATION: path})


async def _token_of(request: web.Request) -> str:
    """The form's token; empty, which is never right, if there is none."""
    if request.content_type != FORM:
        raise web.HTTPUnsupportedMediaType(text=f"The form is sent as {FORM}.")
    try:
        fields = parse_qs((await request.read()).decode(), strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError too
        raise web.HTTPBadRequest(text="The form is malformed.") from None
    tokens = fields.get("token", [])
    return tokens[0].strip() if len(tokens) == 1 else ""
