"""`serve` beyond loopback, as a real process: only holders of a token get in."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession

from evse_tui.api.discovery import addresses_behind
from tests.e2e.processes import PATIENCE_S, Chain, environment

EVERYWHERE = "0.0.0.0"  # noqa: S104  # that is the point
PROXY = {"X-Forwarded-For": "192.0.2.1"}
"""Makes a request one from beyond this machine, on machines that have no network."""


async def command(home: Path, *words: str, **variables: str) -> tuple[int, str]:
    """Runs a command to its end: exit status and stdout."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "evse_tui",
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment(home), **variables},
    )
    out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode is not None
    return process.returncode, out.decode()


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    started = Chain(tmp_path)
    yield started
    await started.close()


async def test_only_holders_of_a_token_get_in(chain: Chain, tmp_path: Path) -> None:
    assert (await command(tmp_path, "serve", "--listen", f"{EVERYWHERE}:0"))[0] == 1
    _, first = await command(tmp_path, "token", "new")
    _, second = await command(tmp_path, "token", "new")
    serve = await chain.serve("--demo", "--listen", f"{EVERYWHERE}:0")
    port = serve.url.rpartition(":")[2]
    ours = next(iter(addresses_behind(EVERYWHERE)), None)
    base, stranger = (f"http://{ours}:{port}", {}) if ours else (serve.url, PROXY)

    async with ClientSession(headers=stranger) as session:

        async def status(path: str, token: str = "", method: str = "GET") -> int:
            headers = {"Authorization": f"Bearer {token.strip()}"} if token else {}
            async with session.request(method, base + path, headers=headers) as response:
                return response.status

        async def until(wanted: int, token: str) -> None:
            async with asyncio.timeout(PATIENCE_S):
                while await status("/settings", token) != wanted:
                    pass

        for path, method in (("/settings", "GET"), ("/settings?mode=2", "POST"), ("/", "GET"), ("/nowhere", "GET")):
            assert await status(path, method=method) == 401
        assert await status("/healthz") == 200
        assert await status("/settings", first) == 200
        assert await status("/settings?mode=2", first, "POST") == 200
        assert await status("/settings", "wrong") == 401

        # on this machine as ever
        async with session.get(f"{serve.url}/settings", headers={"Host": "localhost"}) as response:
            assert response.status == (200 if ours else 401)

        if ours:
            assert (await command(tmp_path, "status", base, EVSE_TUI_TOKEN=second.strip()))[0] == 0
            assert (await command(tmp_path, "status", base))[0] == 1

        # the running process notices
        await command(tmp_path, "token", "revoke", "token-1")
        await until(401, first)
        assert await status("/settings", second) == 200
        tokens = tmp_path / "data" / "evse-tui" / "tokens.json"
        os.truncate(tokens, 20)
        await until(503, second)
    await serve.stop()
