"""Every rule of evse_tui/api/security.py, attacked."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import FormData
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.app import make_app
from evse_tui.api.listen import is_loopback, listen
from evse_tui.api.security import Security, split_authority
from evse_tui.api.server import RunningServer, start_server
from evse_tui.clock import Clock
from evse_tui.control.types import Mode
from evse_tui.site.commands import SetMode
from tests.api.conftest import Client, exchange
from tests.api.factory import RecordingSite, make_charger, make_snapshot


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
    status, _, _ = await exchange(server.port, request_bytes)
    assert status == 400
    assert site.commands == []
    assert caplog.records == []


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


async def test_answers_are_neither_cached_nor_sniffed(client: Client) -> None:
    for path in ("/settings", "/nowhere", "/", "/healthz"):
        async with client.get(path) as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
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
