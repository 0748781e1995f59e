"""Every rule of evse_tui/api/security.py, attacked."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from aiohttp import ClientTimeout, FormData
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.api.app import make_app
from evse_tui.api.listen import is_loopback, listen
from evse_tui.api.security import Security, split_authority
from evse_tui.api.server import RunningServer, start_server
from evse_tui.clock import Clock, LoopClock
from evse_tui.control.types import Mode
from evse_tui.settings import SETTINGS
from evse_tui.site.commands import SetMode
from tests.api.conftest import Client, exchange
from tests.api.factory import RecordingSite, make_charger, make_snapshot

PATIENCE = ClientTimeout(60)
"""Guards against an answer that never comes: a busy machine takes seconds for some that are made once."""


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:{port}",
        "LOCALHOST",
        "127.0.0.1",
        "127.0.0.1:{port}",
        "[::1]:{port}",
        "[::1]",
        "garage.example",
        "Garage.Example:{port}",
        "SmartEVSE-51446",
        "smartevse-51446.local:{port}",
    ],
)
async def test_own_names_are_served(client: Client, host: str) -> None:
    async with client.get("/settings", headers={"Host": host.format(port=client.port)}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 403),
        ("evil.example:{port}", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("evil.example#localhost", 400),
        ("localhost.", 403),
        ("localhost:1", 403),
        ("127.0.0.1:80", 403),
        ("127.0.0.2", 403),
        ("0.0.0.0", 403),  # noqa: S104  # refused
        ("2130706433", 403),
        ("127.1", 403),
        ("SmartEVSE-51447", 403),
        ("SmartEVSE-0", 403),
        ("SmartEVSE-51446.evil.example", 403),
        ("user@localhost", 400),
        ("localhost@evil.example", 400),
        ("localhost:", 400),
        ("localhost:x", 400),
        ("localhost:99999", 403),
        ("localhost:999999", 400),
        ("localhost/evil.example", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
async def test_dns_rebinding_host_is_refused(client: Client, site: RecordingSite, host: str, status: int) -> None:
    site.snapshot = make_snapshot(make_charger(), make_charger(id="2", serial=0))
    async with client.post("/settings?mode=2", headers={"Host": host.format(port=client.port)}) as response:
        assert response.status == status
        assert response.headers["Content-Type"] == "application/problem+json"
    assert site.commands == []


@pytest.mark.parametrize(
    "head",
    [
        b"POST /settings?mode=2 HTTP/1.1\r\n",
        b"POST /settings?mode=2 HTTP/1.0\r\n",
        b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
        b"POST http://evil.example/settings?mode=2 HTTP/1.1\r\nHost: localhost\r\n",
        b"POST http://localhost/settings?mode=2 HTTP/1.1\r\nHost: evil.example\r\n",
        b"POST settings?mode=2 HTTP/1.1\r\nHost: localhost\r\n",
    ],
    ids=["no host", "HTTP/1.0", "two hosts", "absolute target", "absolute target and host", "no slash"],
)
async def test_ambiguous_hosts_are_refused(server: RunningServer, site: RecordingSite, head: bytes) -> None:
    status, _, _ = await exchange(server.port, head + b"Connection: close\r\n\r\n")
    assert status in (400, 403)
    assert site.commands == []


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://evil.example:{port}",
        "http://127.0.0.1",
        "http://localhost:{port}",
        "http://127.0.0.1:1",
        "null",
        "",
        "file://",
        "ftp://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}@evil.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_foreign_origin_is_refused(client: Client, site: RecordingSite, method: str, origin: str) -> None:
    headers = {"Origin": origin.format(port=client.port)}
    async with client.request(method, "/settings?mode=2", headers=headers) as response:
        assert response.status == 403
        assert (await response.json())["detail"] == "Requests from other web pages are refused."
    assert site.commands == []


async def test_second_origin_is_checked_too(server: RunningServer, site: RecordingSite) -> None:
    own = f"127.0.0.1:{server.port}".encode()
    head = b"POST /settings?mode=2 HTTP/1.1\r\nHost: " + own + b"\r\nOrigin: http://" + own
    status, _, _ = await exchange(server.port, head + b"\r\nOrigin: null\r\nConnection: close\r\n\r\n")
    assert status in (400, 403)
    assert site.commands == []


async def test_own_origin_is_served(client: Client, site: RecordingSite) -> None:
    origin = f"http://127.0.0.1:{client.port}"
    async with client.post("/settings?mode=2", headers={"Origin": origin}) as response:
        assert response.status == 200
    assert site.commands == [SetMode("1", Mode.SOLAR)]


async def test_form_of_another_page_is_refused(client: Client, site: RecordingSite) -> None:
    form = FormData({"mode": "2"})
    async with client.post("/settings?mode=2", data=form, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403
    assert site.commands == []


@pytest.mark.parametrize("prefix", ["", "/evse/1"])
@pytest.mark.parametrize("path", ["/settings", "/currents", "/ev_meter"])
async def test_image_tag_changes_nothing(client: Client, site: RecordingSite, prefix: str, path: str) -> None:
    query = "mode=2&override_current=100&L1=1&L2=2&L3=3&battery_current=5&import_active_power=1"
    for method in ("GET", "HEAD"):
        async with client.request(method, f"{prefix}{path}?{query}") as response:
            assert response.status in (200, 405)
    assert site.commands == []
    assert site.fed == []


async def test_no_path_changes_anything_on_get(client: Client, site: RecordingSite) -> None:
    """Whatever paths there are: an image tag can name them all."""
    query = "mode=2&mode_id=2&override_current=100&L1=1&L2=2&L3=3&battery_current=5&enable_C2=1&rfid=12345678&1&on=1"
    paths = {resource.canonical for resource in client.app.router.resources()}
    assert {"/settings", "/evse/{id}/settings", "/login"} <= paths
    for path in paths:
        filled = re.sub(r"{[^}]*}", "1", path)
        for method in ("GET", "HEAD"):
            async with client.request(method, f"{filled}?{query}", timeout=PATIENCE, allow_redirects=False) as response:
                assert response.status < 500, path
                if "stream" in response.headers.get("Content-Type", ""):
                    response.close()
    assert site.commands == []
    assert site.fed == []


@pytest.mark.parametrize("fetch_site", ["cross-site", "same-site"])
async def test_browser_that_hides_the_origin_still_says_that_it_is_another_page(
    client: Client, site: RecordingSite, fetch_site: str
) -> None:
    async with client.post("/settings?mode=2", headers={"Sec-Fetch-Site": fetch_site}) as response:
        assert response.status == 403
    assert site.commands == []
    for own in ("same-origin", "none"):
        async with client.post("/settings?mode=2", headers={"Sec-Fetch-Site": own}) as response:
            assert response.status == 200


async def test_preflight_of_another_page_is_refused(client: Client) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    async with client.options("/settings", headers=headers) as response:
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 16385\r\n\r\n" + b"x" * 16385,
        b"Content-Length: 9999999999\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2000\r\n"
        + b"x" * 0x2000
        + b"\r\n2001\r\n"
        + b"x" * 0x2001
        + b"\r\n0\r\n\r\n",
    ],
    ids=["length", "announced length", "chunked"],
)
async def test_oversized_body_is_413_without_effect(server: RunningServer, site: RecordingSite, rest: bytes) -> None:
    status, head, body = await exchange(server.port, b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\n" + rest)
    assert status == 413
    assert b"connection: close" in head.lower()
    assert json.loads(body)["title"] == "Request Entity Too Large"
    assert site.commands == []


async def test_endless_chunks_are_cut_off(server: RunningServer, site: RecordingSite) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    sent = 0
    try:
        while sent < 64 * 1024 * 1024:
            writer.write(b"400\r\n" + b"x" * 0x400 + b"\r\n")
            sent += 0x400
            await writer.drain()
            await asyncio.sleep(0)
        raise AssertionError("64 MiB were taken")
    except ConnectionError:
        pass
    finally:
        writer.close()
        with pytest.raises(ConnectionError):
            await writer.wait_closed()
        del reader
    assert site.commands == []


async def test_body_that_never_comes_is_408_without_effect(site: RecordingSite, clock: Clock) -> None:
    app = make_app(site, clock=clock, security=Security(body_patience_s=0.05))
    server = await start_server(app, listen("127.0.0.1", 0))
    request = b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nx"
    status, _, body = await exchange(server.port, request)
    await server.stop()
    assert status == 408
    assert json.loads(body)["detail"] == "The request body did not arrive within 0.05 s."
    assert site.commands == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET /settings?" + b"x" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /settings HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
        b"GET /settings HTTP/1.1\r\nHost: localhost\r\n" + b"X: x\r\n" * 200 + b"\r\n",
        b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        (
            b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
    ],
    ids=["binary", "long query", "long header", "many headers", "two lengths", "negative length", "smuggling"],
)
async def test_garbage_is_400_and_quiet(
    server: RunningServer, site: RecordingSite, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    status, head, body = await exchange(server.port, request_bytes)
    assert status == 400
    assert b"content-type: application/problem+json" in head.lower()
    assert b"server: evse-tui\r\n" in head.lower() + b"\r\n"
    assert json.loads(body)["detail"] == "This is not well-formed HTTP."
    assert site.commands == []
    assert caplog.records == []


@pytest.mark.parametrize("expected", [b"miracles", b"\xff", b"<script>"])
async def test_unknown_expectation_is_a_quiet_problem_without_effect(
    server: RunningServer, site: RecordingSite, caplog: pytest.LogCaptureFixture, expected: bytes
) -> None:
    head = b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nExpect: " + expected + b"\r\n\r\n"
    status, answer, body = await exchange(server.port, head)
    assert status == 417
    assert b"server: evse-tui" in answer.lower()
    assert json.loads(body) == {"type": "about:blank", "title": "Expectation Failed", "status": 417}
    assert site.commands == []
    assert caplog.records == []


HEADERS = ["Accept", "Authorization", "Content-Encoding", "Content-Type", "Cookie", "Expect", "Origin", "Upgrade"]


@given(st.sampled_from(HEADERS), st.binary(max_size=30), st.sampled_from(["GET /", "POST /login", "POST /settings"]))
@settings(max_examples=150)
def test_no_header_is_a_server_error(name: str, value: bytes, line: str) -> None:
    async def run() -> None:
        app = make_app(RecordingSite(), clock=LoopClock(), security=Security(token_on_loopback=True))
        server = await start_server(app, listen("127.0.0.1", 0))
        head = f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{name}: ".encode()
        status, _, _ = await exchange(server.port, head + value.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n\r\n")
        assert status in (303, 400, 401, 403, 415, 417)
        await server.stop()

    asyncio.run(run())


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 9\r\n\r\nx",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nx",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["short", "short chunk", "bad chunk"],
)
async def test_client_that_breaks_off_changes_nothing_and_is_quiet(
    server: RunningServer, site: RecordingSite, rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\n" + rest)
    await writer.drain()
    await asyncio.sleep(0)
    writer.close()
    await writer.wait_closed()
    status, _, _ = await exchange(server.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert status == 200
    await server.stop()
    assert site.commands == []
    assert caplog.records == []


async def test_compressed_body_is_not_inflated(server: RunningServer, site: RecordingSite) -> None:
    bomb = b"POST /settings?mode=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: deflate\r\n"
    status, _, _ = await exchange(server.port, bomb + b"Content-Length: 4\r\n\r\nxxxx")
    assert status == 200
    assert site.commands == [SetMode("1", Mode.SOLAR)]


@pytest.mark.parametrize(
    "path",
    [
        "/evse/../settings",
        "/evse/%2e%2e/settings",
        "/evse/%2E%2E/settings",
        "/evse/.%2e/settings",
        "/./settings",
        "/settings/.",
        "//settings",
        "/evse//settings",
        "//evil.example/settings",
        "/%2f/settings",
        "/evse/%2fsettings",
        "/evse/1%00/settings",
        "/settings%00",
        "/settings%0d%0aX:%20x",
        "/evse/1%5c..%5c2/settings",
        "/evse/1\\settings",
        "/\x7f",
    ],
)
async def test_path_that_can_be_read_in_two_ways_is_400(server: RunningServer, site: RecordingSite, path: str) -> None:
    head = f"POST {path}?mode=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, answer, _ = await exchange(server.port, head.encode())
    assert status == 400
    assert b"content-type: application/problem+json" in answer.lower()
    assert site.commands == []


@pytest.mark.parametrize(
    "path",
    ["/evse/1%2fsettings", "/evse/%252e%252e/settings", "/settings/", "/SETTINGS", "/settings;x", "/evse/%ff/settings"],
)
async def test_path_that_nobody_has_is_404(server: RunningServer, site: RecordingSite, path: str) -> None:
    head = f"POST {path}?mode=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, _, _ = await exchange(server.port, head.encode())
    assert status == 404
    assert site.commands == []


TOO_MUCH = [
    "1e400",
    "9" * 400,
    "-" + "9" * 400,
    "9" * 7000,
    "NaN",
    "inf",
    "-inf",
    "1e999",
    "0x7fffffff",
    "\u0661\u0662",
]


@pytest.mark.parametrize("value", TOO_MUCH, ids=range(len(TOO_MUCH)))
async def test_numbers_out_of_range_change_nothing(client: Client, site: RecordingSite, value: str) -> None:
    names = [
        *("override_current", "enable_C2", "current_min", "current_max_sum_mains", "max_sum_mains_timer"),
        *("solar_start_current", "solar_max_import", "stop_timer", "mode"),
    ]
    before = site.snapshot.settings, site.snapshot.chargers[0].settings, site.snapshot.chargers[0].override_da
    for name in names:
        async with client.post("/settings", params={name: value}) as response:
            assert response.status == 200
            await response.json()
    after = site.snapshot.settings, site.snapshot.chargers[0].settings, site.snapshot.chargers[0].override_da
    allowed = {setting.name: setting for setting in SETTINGS}
    for values in after[:2]:
        assert all(allowed[name].allows(number) for name, number in values.items())
    if not value.startswith(("0", "1")):
        assert after == before


@given(st.binary(max_size=60))
@settings(max_examples=80)
def test_no_query_is_a_server_error(query: bytes) -> None:
    """Bytes as they are, but for the two that end a request line."""
    line = query.replace(b"\r", b"").replace(b"\n", b"").replace(b" ", b"+")

    async def run() -> None:
        site = RecordingSite()
        server = await start_server(make_app(site, clock=LoopClock()), listen("127.0.0.1", 0))
        for path in (b"/settings", b"/currents", b"/evse/1/ev_meter", b"/login"):
            head = b"POST " + path + b"?" + line + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            status, _, _ = await exchange(server.port, head)
            assert status in (200, 400, 415)
        await server.stop()

    asyncio.run(run())


async def test_a_thousand_idle_connections(server: RunningServer) -> None:
    """Each has begun a request and says no more; a client that speaks is answered, before and after."""
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    held = []
    for number in range(1000):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /settings?mode=2 HTTP/1.1\r\nHost: loc"[: number % 50])
        held.append((reader, writer))
        if number % 200 == 0:
            assert (await exchange(server.port, ask))[0] == 200
    assert (await exchange(server.port, ask))[0] == 200
    for _, writer in held:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for _, writer in held), return_exceptions=True)


async def test_answers_are_neither_cached_nor_sniffed(client: Client) -> None:
    for path in ("/settings", "/nowhere", "/", "/healthz"):
        async with client.get(path) as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["Server"] == "evse-tui"


@given(st.text())
def test_authority_is_a_host_or_an_error(text: str) -> None:
    try:
        host, port = split_authority(text)
    except ValueError:
        return
    assert host
    assert host == host.lower()
    assert port is None or 0 <= port <= 99999
    assert not set(host) & set("/?#@ \r\n")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104  # refused
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
