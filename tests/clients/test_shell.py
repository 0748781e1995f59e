"""Shell scripts: the real curl, in all the odd forms in which people call it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from typing import Any

import pytest

from evse_tui.api.compat.names import NOT_ALLOWED
from evse_tui.api.server import RunningServer
from evse_tui.control.types import Mode
from evse_tui.site.commands import MainsMeasurement, SetLockHold, SetMode, SetOverride
from tests.api.factory import RecordingSite

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is the client under test; CI installs it")


async def curl(server: RunningServer, target: str, *options: str) -> tuple[int, str]:
    """Status and body of one call. It must end by itself within 5 s."""
    environment = {**os.environ, "http_proxy": "", "HTTP_PROXY": "", "ALL_PROXY": "", "all_proxy": ""}
    process = await asyncio.create_subprocess_exec(
        "curl",
        "--silent",
        "--show-error",
        "--max-time",
        "5",
        "--write-out",
        "\n%{http_code}",
        *options,
        f"http://127.0.0.1:{server.port}{target}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    stdout, stderr = await process.communicate()
    assert process.returncode == 0, stderr
    body, _, status = stdout.decode().rpartition("\n")
    return int(status), body


async def reply(server: RunningServer, target: str, *options: str) -> Any:
    status, body = await curl(server, target, *options)
    assert status == 200
    return json.loads(body)


async def test_get(server: RunningServer) -> None:
    assert (await reply(server, "/settings", "-X", "GET"))["mode"] == "SMART"
    assert (await reply(server, "/settings", "--compressed", "--http1.0"))["serialnr"] == 51446


@pytest.mark.parametrize(
    "options",
    [
        ("-X", "POST", "-d", ""),
        ("-X", "POST"),
        ("-X", "POST", "-H", "Content-Length: 0"),
        ("-X", "POST", "-H", "Content-Length: 0", "-d", ""),
        ("-d", ""),
        ("-d", "{}", "-H", "Content-Type: application/json"),
        ("-d", "mode=0"),
        ("--data-urlencode", "mode=0"),
        ("--json", "{}"),
        ("-F", "mode=0"),
        ("-X", "POST", "-H", "Transfer-Encoding: chunked", "-d", "mode=0"),
        ("-X", "POST", "-H", "Expect: 100-continue", "-d", "mode=0"),
        ("-X", "POST", "-d", "", "--http1.0"),
        ("-X", "POST", "-T", "/dev/null"),
        ("-G", "-X", "POST", "--data-urlencode", "override_current=80"),
    ],
    ids=" ".join,
)
async def test_post_with_whatever_body(server: RunningServer, site: RecordingSite, options: tuple[str, ...]) -> None:
    answer = await reply(server, "/settings?mode=1", *options)
    assert answer["mode"] == "1"
    assert site.commands[0] == SetMode("1", Mode.NORMAL)


@pytest.mark.parametrize(
    ("target", "fed"),
    [
        ("/currents?L1=12%20&L2=-7&L3=0", (12, -7, 0)),
        ("/currents?L1=+12&L2=-7&L3=+0", (12, -7, 0)),
        ("/currents?L1=12.9&L2=-7.9&L3=0.30000000000000004", (12, -7, 0)),
        ("/currents?L1=12&L2=-7&L3=0%0A", (12, -7, 0)),  # $(cat file)
        ("/currents?L1=012&L2=-007&L3=00", (12, -7, 0)),
    ],
)
async def test_numbers_as_scripts_make_them(
    server: RunningServer, site: RecordingSite, target: str, fed: tuple[int, int, int]
) -> None:
    assert (await reply(server, target, "-X", "POST", "-d", ""))["TOTAL"] == sum(fed)
    assert site.fed == [MainsMeasurement(fed)]


async def test_parameters_in_the_body_change_nothing(server: RunningServer, site: RecordingSite) -> None:
    assert await reply(server, "/currents", "-d", "L1=1&L2=2&L3=3") == {}
    assert await reply(server, "/settings", "-d", "override_current=80") == {}
    assert site.fed == []
    assert site.commands == []


async def test_an_unset_variable_relaxes_nothing(server: RunningServer, site: RecordingSite) -> None:
    target = "/settings?override_current=&enable_C2=&current_max_sum_mains=&mode="
    assert await reply(server, target, "-X", "POST", "-d", "") == {
        "override_current": NOT_ALLOWED,
        "settings": {"enable_C2": NOT_ALLOWED},
        "current_max_sum_mains": NOT_ALLOWED,
        "mode": NOT_ALLOWED,
    }
    assert site.commands == []


async def test_quotes_of_the_documentation(server: RunningServer) -> None:
    target = "/settings?starttime=%222033-04-14T23:31%22&mode=3"
    assert (await reply(server, target, "-X", "POST", "-d", ""))["starttime"] > 1_990_000_000


async def test_two_calls_on_one_connection(server: RunningServer, site: RecordingSite) -> None:
    url = f"http://127.0.0.1:{server.port}/settings?override_current=0"
    status, body = await curl(server, "/settings?override_current=80", "-X", "POST", "-d", "", url)
    assert status == 200
    assert '"override_current":0' in body
    assert site.commands == [SetOverride("1", 0), SetOverride("1", 80)]


async def test_cablelock_and_reboot(server: RunningServer, site: RecordingSite) -> None:
    assert await reply(server, "/cablelock?1", "-X", "POST", "-d", "") == {"cablelock": 1}
    assert site.commands == [SetLockHold("1", True)]
    assert await curl(server, "/reboot", "-X", "POST", "-d", "") == (200, "The board restarts.")
    status, _ = await curl(server, "/reboot")
    assert status == 405


async def test_following_a_redirect_needs_none(server: RunningServer) -> None:
    status, _ = await curl(server, "/settings?mode=1", "-L", "--post301", "-X", "POST", "-d", "")
    assert status == 200
