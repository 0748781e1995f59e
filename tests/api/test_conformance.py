"""Schemathesis against our own document, with every check on: the real site on the shipped firmware, over loopback.

It runs as a process of its own: it brings its own event loop, threads and warnings. Everything that it sends follows
from the document alone, so a failure can be repeated; it prints the request as a curl command.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from evse_tui.api.app import make_app
from evse_tui.api.endpoints import ENDPOINTS
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from tests.site.bench import Bench

_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_OPTIONS = (
    *("--checks", "all"),
    *("--phases", "examples,coverage,fuzzing,stateful"),
    *("--max-examples", "5"),
    "--generation-deterministic",
    "--continue-on-failure",
    "--no-color",
    *("--exclude-path", "/api/v1/stream"),  # it has no end; tests/api/test_stream.py reads it
)


async def test_the_api_does_what_its_document_says(tmp_path: Path) -> None:
    bench = Bench(boards=2)
    bench.plug()
    bench.fleet.start()
    try:
        async with bench.host() as site:
            server = await start_server(make_app(site, clock=bench.clock), listen("127.0.0.1", 0))
            try:
                process = await asyncio.create_subprocess_exec(
                    *(
                        sys.executable,
                        "-m",
                        "schemathesis.cli",
                        "--config-file",
                        str(_CONFIGURATION),
                        "run",
                        f"{server.url}/openapi.json",
                        *_OPTIONS,
                    ),
                    cwd=tmp_path,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                )
                said, _ = await process.communicate()
            finally:
                await server.stop()
        for simulated in bench.chargers.values():
            simulated.board.assert_invariants()
    finally:
        await bench.fleet.stop()
    text = said.decode()
    assert process.returncode == 0, text
    assert f"Tested: {len(ENDPOINTS) - 2}\n" in text, (
        text
    )  # all but the stream, and the document itself, which it reads
