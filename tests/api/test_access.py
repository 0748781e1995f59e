"""Who is let in, attacked: over real connections to a server that asks clients on this machine for a token too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import web

from evse_tui.api.access import COOKIE
from evse_tui.api.app import make_app
from evse_tui.api.attempts import MOST_ADDRESSES, WINDOW_S, Attempts, site_of
from evse_tui.api.connections import Connections
from evse_tui.api.keys import CONNECTIONS
from evse_tui.api.listen import listen
from evse_tui.api.login import FORM
from evse_tui.api.security import Security
from evse_tui.api.server import FINISH_S, RunningServer, start_server
from evse_tui.api.sessions import MOST_SESSIONS, SESSION_S, Sessions
from evse_tui.api.tokens import Keyring, Token, digest_of
from evse_tui.clock import Clock, LoopClock
from evse_tui.control.types import Mode
from evse_tui.sim.virtual_time import run_virtual
from evse_tui.site.commands import SetMode
from tests.api.conftest import exchange
from tests.api.factory import RecordingSite

SECRET = "evse_right"  # noqa: S105  # of this test
TOKEN = Token("wall", digest_of(SECRET), 0)
OTHER = Token("other", digest_of("evse_other"), 0)
RIGHT = f"Authorization: Bearer {SECRET}"
CHANGE = "POST /settings?mode=2"


class Asked:
    """What came back for one request."""

    def __init__(self, status: int, head: bytes, body: bytes) -> None:
        self.status = status
        self.head = head.decode()
        self.body = body.decode()

    def header(self, name: str) -> str:
        """Its value; empty if there is none."""
        found = re.search(rf"^{name}: (.*)\r?$", self.head, re.IGNORECASE | re.MULTILINE)
        return found[1].strip() if found else ""


async def ask(server: RunningServer, line: str, *headers: str, body: str = "") -> Asked:
    """One request on a connection of its own."""
    head = [f"{line} HTTP/1.1", f"Host: localhost:{server.port}", "Connection: close", *headers]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return Asked(
        *await exchange(server.port, ("\r\n".join(head) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape"))
    )


async def log_in(server: RunningServer, secret: str = SECRET) -> Asked:
    return await ask(server, "POST /login", f"Content-Type: {FORM}", body=urlencode({"token": secret}))


async def session_of(server: RunningServer) -> str:
    """A Cookie header of a fresh session."""
    return f"Cookie: {(await log_in(server)).header('Set-Cookie').partition(';')[0]}"


def origin(server: RunningServer) -> str:
    return f"Origin: http://localhost:{server.port}"


@pytest.fixture
def keyring() -> Keyring:
    return Keyring((TOKEN, OTHER))


@pytest_asyncio.fixture
async def closed(site: RecordingSite, clock: Clock, keyring: Keyring) -> AsyncIterator[RunningServer]:
    """A server that lets nobody in without a token."""
    security = Security(keyring=keyring, token_on_loopback=True)
    server = await start_server(make_app(site, clock=clock, security=security), listen("127.0.0.1", 0))
    yield server
    await server.stop()


# tokens


async def test_right_token_is_served(closed: RunningServer, site: RecordingSite) -> None:
    for header in (RIGHT, RIGHT.replace("Bearer", "bearer"), RIGHT + " "):
        assert (await ask(closed, CHANGE, header)).status == 200
    assert site.commands == [SetMode("1", Mode.SOLAR)] * 3


@pytest.mark.parametrize(
    "line",
    ["GET /", "GET /settings", CHANGE, "GET /nowhere", "POST /evse/1/currents?L1=1&L2=1&L3=1", "DELETE /settings"],
)
async def test_nobody_is_served_without_a_token(closed: RunningServer, site: RecordingSite, line: str) -> None:
    """Not even with the news which paths exist."""
    answer = await ask(closed, line)
    assert answer.status == 401
    assert answer.header("WWW-Authenticate") == 'Bearer realm="evse-tui"'
    assert answer.header("Content-Type") == "application/problem+json"
    assert site.commands == []
    assert site.fed == []


@pytest.mark.parametrize(
    "headers",
    [
        ["Authorization: Bearer wrong"],
        ["Authorization: Bearer"],
        ["Authorization: Bearer "],
        ["Authorization:"],
        [f"Authorization: {SECRET}"],
        [f"Authorization: Basic {SECRET}"],
        [f"Authorization: Bearer {SECRET.upper()}"],
        [f"Authorization: Bearer {SECRET}x"],
        [f"Authorization: Bearer {SECRET[:-1]}"],
        [f"Authorization: Bearer {SECRET},{SECRET}"],
        [f"Authorization: Bearer {TOKEN.digest.hex()}"],
        ["Authorization: Bearer " + "x" * 7000],
        ["Authorization: Bearer \udcff\udcfe"],
        [RIGHT, RIGHT],
        [RIGHT, "Authorization: Bearer wrong"],
        [f"Cookie: {COOKIE}={SECRET}"],
        [f"Cookie: {COOKIE}="],
        [f"Cookie: {COOKIE}={'x' * 7000}"],
        [f"X-Authorization: Bearer {SECRET}"],
    ],
)
async def test_anything_but_the_right_token_is_refused(
    closed: RunningServer, site: RecordingSite, headers: list[str]
) -> None:
    assert (await ask(closed, CHANGE, *headers)).status in (400, 401)
    assert site.commands == []


async def test_token_in_the_query_is_no_token(closed: RunningServer, site: RecordingSite) -> None:
    """It would end in logs and histories."""
    for name in ("token", "access_token", "authorization"):
        assert (await ask(closed, f"{CHANGE}&{name}={SECRET}")).status == 401
    assert site.commands == []


async def test_revoked_token_is_refused_at_once(closed: RunningServer, keyring: Keyring) -> None:
    cookie = await session_of(closed)
    assert (await ask(closed, "GET /settings", cookie)).status == 200
    keyring.replace((OTHER,))
    assert (await ask(closed, "GET /settings", RIGHT)).status == 401
    assert (await ask(closed, "GET /settings", cookie)).status == 401
    keyring.replace((Token("wall", digest_of("evse_new"), 9), OTHER))
    assert (await ask(closed, "GET /settings", cookie)).status == 401, "a new token of that name is another one"


async def test_stream_of_a_revoked_token_is_cut_and_others_end_with_the_server(
    site: RecordingSite, clock: Clock, keyring: Keyring
) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await request.app[CONNECTIONS].stopping.wait()
        return response

    app = make_app(site, clock=clock, security=Security(keyring=keyring, token_on_loopback=True))
    app.router.add_get("/stream", stream)
    server = await start_server(app, listen("127.0.0.1", 0))
    readers, writers = [], []
    for secret in (SECRET, "evse_other"):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET /stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret}\r\n\r\n".encode())
        await reader.readuntil(b"first")
        readers.append(reader)
        writers.append(writer)
    keyring.replace((OTHER,))
    await asyncio.wait_for(readers[0].read(), 10)
    assert readers[0].at_eof()
    assert not readers[1].at_eof()
    started_s = asyncio.get_running_loop().time()
    await server.stop()
    assert asyncio.get_running_loop().time() - started_s < FINISH_S, "a stream ends with the server, at once"
    for writer in writers:
        writer.close()
        await writer.wait_closed()


# guessing


async def test_five_wrong_tokens_then_429_and_the_right_one_still_passes(
    closed: RunningServer, site: RecordingSite
) -> None:
    for number in range(5):
        assert (await ask(closed, CHANGE, f"Authorization: Bearer guess{number}")).status == 401
    for number in range(5, 8):
        answer = await ask(closed, CHANGE, f"Authorization: Bearer guess{number}")
        assert answer.status == 429
        assert 1 <= int(answer.header("Retry-After")) <= 60
        assert answer.header("Content-Type") == "application/problem+json"
    assert (await log_in(closed, "guess")).status == 429, "the form is no way around"
    assert site.commands == []
    assert (await ask(closed, CHANGE, RIGHT)).status == 200, "others at the same address are not locked out"


async def test_no_token_is_no_wrong_token(closed: RunningServer) -> None:
    """A forgotten tab that polls with an old cookie must not bring its address into disrepute."""
    for _ in range(8):
        assert (await ask(closed, "GET /settings", f"Cookie: {COOKIE}=old")).status == 401


def virtually(test: Coroutine[Any, Any, None]) -> None:
    run_virtual(test)


def test_refusal_decays() -> None:
    async def run() -> None:
        security = Security(keyring=Keyring((TOKEN,)), token_on_loopback=True)
        app = make_app(RecordingSite(), clock=LoopClock(), security=security)
        server = await start_server(app, listen("127.0.0.1", 0))

        async def guess() -> Asked:
            return await ask(server, CHANGE, "Authorization: Bearer guess")

        for _ in range(5):
            assert (await guess()).status == 401
        await asyncio.sleep(20)
        refused = await guess()
        assert refused.status == 429
        assert 39 <= int(refused.header("Retry-After")) <= 41
        await asyncio.sleep(int(refused.header("Retry-After")))
        assert [(await guess()).status for _ in range(6)] == [401] * 5 + [429]
        await server.stop()

    virtually(run())


def test_never_more_than_five_looks_in_any_minute() -> None:
    attempts = Attempts()
    looks = [now / 10 for now in range(0, 6000, 5) if attempts.bad("192.0.2.1", now / 10) is None]
    assert len(looks) == 50
    assert all(later - earlier >= WINDOW_S for earlier, later in zip(looks, looks[5:], strict=False))


def test_each_address_has_its_own_account() -> None:
    attempts = Attempts()
    for _ in range(6):
        refused = attempts.bad("192.0.2.1", 0.0)
    assert refused == WINDOW_S
    assert attempts.bad("192.0.2.2", 0.0) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1", "fe80::2", True),
    ],
)
def test_one_customer_has_one_account(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same


def test_memory_of_addresses_is_bounded() -> None:
    attempts = Attempts()
    for number in range(3 * MOST_ADDRESSES):
        attempts.bad(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(attempts) == MOST_ADDRESSES


# login


async def test_login_swaps_the_token_for_a_strict_cookie(closed: RunningServer, site: RecordingSite) -> None:
    page = await ask(closed, "GET /login")
    assert page.status == 200
    assert 'method="post" action="/login"' in page.body
    policy = page.header("Content-Security-Policy")
    for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert not re.search(r"(src|href)\s*=|@import|url\(", page.body), "nothing from elsewhere"

    answer = await log_in(closed)
    assert (answer.status, answer.header("Location")) == (303, "/")
    cookie = answer.header("Set-Cookie")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", f"max-age={SESSION_S}"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
    assert SECRET not in answer.head
    value = cookie.partition(";")[0].removeprefix(f"{COOKIE}=")
    assert len(value) * 6 >= 128 + 6
    assert (await log_in(closed)).header("Set-Cookie") != cookie
    assert (await ask(closed, CHANGE, f"Authorization: Bearer {value}")).status == 401, "a session is no token"
    assert (await ask(closed, "GET /settings", f"Cookie: {COOKIE}={value}")).status == 200
    assert (await ask(closed, CHANGE, f"Cookie: {COOKIE}={value}", origin(closed))).status == 200
    assert site.commands == [SetMode("1", Mode.SOLAR)]


async def test_page_visit_is_sent_to_the_login(closed: RunningServer) -> None:
    answer = await ask(closed, "GET /", "Accept: text/html,*/*;q=0.8")
    assert (answer.status, answer.header("Location")) == (303, "/login")
    assert answer.header("Cache-Control") == "no-store"
    assert (await ask(closed, CHANGE, "Accept: text/html")).status == 401


async def test_wrong_token_at_the_login(closed: RunningServer) -> None:
    answer = await log_in(closed, '<script>alert("x")</script>')
    assert answer.status == 401
    assert answer.header("Set-Cookie") == ""
    assert "This token is wrong." in answer.body
    assert "<script" not in answer.body


@pytest.mark.parametrize(
    ("media", "body", "status"),
    [
        (FORM, "", 401),
        (FORM, "token=", 401),
        (FORM, "token", 400),
        (FORM, f"token={SECRET}&token={SECRET}", 401),
        (FORM, "&".join(["a=1"] * 20), 400),
        (FORM, "token=%ff%fe", 401),
        (FORM, "token=\udcff", 400),
        ("text/plain", f"token={SECRET}", 415),
        ("application/json", f'{{"token": "{SECRET}"}}', 415),
        ("multipart/form-data; boundary=x", f"--x\r\n\r\n{SECRET}\r\n--x--", 415),
    ],
)
async def test_odd_forms_log_nobody_in(closed: RunningServer, media: str, body: str, status: int) -> None:
    length = f"Content-Length: {len(body.encode('utf-8', 'surrogateescape'))}"
    head = f"POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {media}\r\n{length}\r\n\r\n"
    whole = Asked(*await exchange(closed.port, (head + body).encode("utf-8", "surrogateescape")))
    assert whole.status == status
    assert whole.header("Set-Cookie") == ""


async def test_login_by_link_or_by_another_page_does_nothing(closed: RunningServer) -> None:
    assert (await ask(closed, f"GET /login?token={SECRET}")).header("Set-Cookie") == ""
    form = f"Content-Type: {FORM}"
    answer = await ask(closed, "POST /login", form, "Origin: http://evil.example", body=f"token={SECRET}")
    assert answer.status == 403
    assert answer.header("Set-Cookie") == ""


async def test_cookie_changes_nothing_for_another_page(closed: RunningServer, site: RecordingSite) -> None:
    """CSRF, should a browser send the cookie after all: other ports of this host are the same site to SameSite."""
    cookie = await session_of(closed)
    for headers in (
        [],
        ["Origin: null"],
        ["Origin: http://evil.example"],
        ["Origin: http://localhost:1"],
        [origin(closed), "Sec-Fetch-Site: cross-site"],
        [origin(closed), "Sec-Fetch-Site: same-site"],
    ):
        assert (await ask(closed, CHANGE, cookie, *headers)).status == 403
    assert (await ask(closed, "GET /settings?mode=2", cookie, "Sec-Fetch-Site: cross-site")).status == 200
    assert site.commands == []


async def test_logout_ends_the_session(closed: RunningServer) -> None:
    cookie, other = await session_of(closed), await session_of(closed)
    assert (await ask(closed, "GET /logout", cookie)).status == 405
    assert (await ask(closed, "POST /logout", cookie, "Origin: http://evil.example")).status == 403
    assert (await ask(closed, "GET /settings", cookie)).status == 200
    answer = await ask(closed, "POST /logout", cookie, origin(closed))
    assert (answer.status, answer.header("Location")) == (303, "/login")
    assert "max-age=0" in answer.header("Set-Cookie").lower()
    assert (await ask(closed, "GET /settings", cookie)).status == 401
    assert (await ask(closed, "GET /settings", other)).status == 200


def test_sessions_end_and_their_number_is_bounded() -> None:
    sessions = Sessions()
    first = sessions.open(TOKEN, 0.0)
    assert sessions.token(first, SESSION_S - 1) == TOKEN
    assert sessions.token(first, SESSION_S) is None
    assert sessions.token(first + "x", 0.0) is None
    newest = [sessions.open(TOKEN, 1.0) for _ in range(MOST_SESSIONS)]
    assert len(sessions) == MOST_SESSIONS
    assert sessions.token(first, 1.0) is None
    assert all(sessions.token(value, 1.0) == TOKEN for value in newest)


async def test_login_is_not_needed_on_this_machine(server: RunningServer) -> None:
    answer = await ask(server, "GET /login")
    assert (answer.status, answer.header("Location")) == (303, "/")


# who needs no token


async def test_this_machine_needs_none_but_what_came_through_a_proxy_does(
    server: RunningServer, site: RecordingSite
) -> None:
    for header in (
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "X-Forwarded-For:",
    ):
        assert (await ask(server, CHANGE, header)).status == 401
    assert site.commands == []
    assert (await ask(server, CHANGE)).status == 200


async def test_trusted_client_needs_none_unless_it_is_a_proxy(site: RecordingSite, clock: Clock) -> None:
    security = Security(trusted_clients=frozenset({"127.0.0.1"}), token_on_loopback=True, keyring=Keyring((TOKEN,)))
    server = await start_server(make_app(site, clock=clock, security=security), listen("127.0.0.1", 0))
    assert (await ask(server, CHANGE)).status == 200
    assert (await ask(server, CHANGE, "X-Forwarded-For: 127.0.0.1")).status == 401
    assert (await ask(server, CHANGE, "Origin: http://evil.example")).status == 403
    await server.stop()
    assert len(site.commands) == 1


async def test_header_makes_nobody_trusted(site: RecordingSite, clock: Clock) -> None:
    security = Security(trusted_clients=frozenset({"192.0.2.7"}), token_on_loopback=True, keyring=Keyring((TOKEN,)))
    server = await start_server(make_app(site, clock=clock, security=security), listen("127.0.0.1", 0))
    for header in ("X-Forwarded-For: 192.0.2.7", "X-Real-IP: 192.0.2.7", "Forwarded: for=192.0.2.7"):
        assert (await ask(server, CHANGE, header)).status == 401
    await server.stop()
    assert site.commands == []


async def test_unusable_tokens_let_nobody_in_but_this_machine(site: RecordingSite, clock: Clock) -> None:
    security = Security(keyring=Keyring((), "tokens.json is damaged"), trusted_clients=frozenset({"127.0.0.1"}))
    server = await start_server(make_app(site, clock=clock, security=security), listen("127.0.0.1", 0))
    answer = await ask(server, CHANGE)
    assert answer.status == 503, "a trusted client is somebody from beyond this machine"
    assert "can't trust its file of tokens" in answer.body
    assert "tokens.json" not in answer.body
    assert (await ask(server, CHANGE, "X-Forwarded-For: 192.0.2.1", RIGHT)).status == 503
    assert (await log_in(server)).status in (401, 503)
    await server.stop()
    assert site.commands == []
    plain = await start_server(
        make_app(site, clock=clock, security=Security(keyring=Keyring((), "damaged"))), listen("127.0.0.1", 0)
    )
    assert (await ask(plain, CHANGE)).status == 200
    await plain.stop()


async def test_health_tells_a_stranger_nothing_but_the_status(closed: RunningServer, site: RecordingSite) -> None:
    stranger, known = await ask(closed, "GET /healthz"), await ask(closed, "GET /healthz", RIGHT)
    assert (stranger.status, stranger.body) == (200, '{"status":"ok"}')
    assert (known.status, known.body) == (200, '{"status":"ok","chargers":1}')
    assert (await ask(closed, "GET /healthz", "Authorization: Bearer wrong")).status == 401
    assert (await ask(closed, "POST /healthz")).status == 401
    assert (await ask(closed, "GET /healthz", "Host: evil.example")).status == 400


# connections


async def test_slow_body_of_a_stranger_gives_way(site: RecordingSite, clock: Clock) -> None:
    security = Security(keyring=Keyring((TOKEN,)), token_on_loopback=True)
    app = make_app(site, clock=clock, security=security, connections=Connections(most=1))
    server = await start_server(app, listen("127.0.0.1", 0))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 99\r\n\r\n".encode()
    )
    writer.write(b"GET /")  # so that the head has been handled when this has been read
    await writer.drain()
    await asyncio.sleep(0)
    assert (await ask(server, "GET /settings", RIGHT)).status == 200
    assert b"200" not in await reader.read()
    writer.close()
    await writer.wait_closed()
    await server.stop()


async def test_stranger_can_not_make_us_read_a_body(closed: RunningServer) -> None:
    head = "POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\nConnection: close\r\n\r\n"
    status, _, _ = await exchange(closed.port, head.encode())
    assert status == 401, "before the body has arrived"
