"""The unchanged host as a process, on the pseudo terminal of the emulated chip, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession

from evse_protocol.messages import Access
from tests.e2e.processes import Chain
from tests.firmware.avr.avr_bench import AvrBench
from tests.firmware.avr.host import Accepted
from tests.firmware.avr.judge import STATIC, Judge
from tests.firmware.avr.stand import BOOT_MS, CAR_OHM, PP_OHM, SOCKET, eeprom_of, image
from tests.firmware.core_bench import CONFIG

DEFAULT_MAXIMUM = 216 * 16
"""13 A, the most that a host without settings gives: 21.6 % of 16000 cycles."""
PATIENCE_MS = 60_000


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    started = Chain(tmp_path)
    yield started
    await started.close()


async def event(bench: AvrBench, name: str, value: int, within_ms: int = PATIENCE_MS) -> None:
    """Waits in real time until this happens at a pin or in the plant."""
    answer = await asyncio.to_thread(bench.do, "wait", until=name, ms=within_ms, **{"is": value})
    assert answer["met"], f"no {name} = {value}: {bench.state} {bench.events}"


async def settings(url: str, method: str = "GET", query: str = "") -> dict[str, object]:
    async with ClientSession() as session, session.request(method, f"{url}/settings{query}") as response:
        assert response.status == 200
        document: dict[str, object] = await response.json()
        return document


async def test_serve_charges_a_car_on_the_emulated_board(
    chain: Chain, tmp_path: Path, measured: list[dict[str, Any]]
) -> None:
    config = {**CONFIG, **SOCKET}
    eeprom, link = tmp_path / "eeprom", tmp_path / "avr"
    eeprom.write_bytes(eeprom_of(config))
    with AvrBench.start(image(), "--pty", str(link), "--eeprom", str(eeprom)) as bench:
        bench.set(pp_ohm=PP_OHM[320], car_ohm=CAR_OHM["B"])
        bench.run(BOOT_MS)
        bench.do("pace")
        serve = await chain.serve("--board", str(link))
        await settings(serve.url, "POST", "?mode=1")
        await event(bench, "high", DEFAULT_MAXIMUM)
        bench.set(car_ohm=CAR_OHM["C"])
        await event(bench, "c1_main", 1, 5_000)
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while (await settings(serve.url))["evse"]["state"] != "Charging":  # type: ignore[index]  # plain JSON
                pass

        # SIGKILL: the lease ends, then the car may take 6 s to leave C
        await serve.kill()
        await event(bench, "high", STATIC, 5_500)
        bench.set(car_ohm=CAR_OHM["B"])
        await event(bench, "c1", 0, 100)

        # a restarted host resumes the same session with the same board
        serve = await chain.serve("--board", str(link))
        await event(bench, "high", DEFAULT_MAXIMUM)
        bench.set(car_ohm=CAR_OHM["C"])
        await event(bench, "c1_main", 1, 10_000)
        await settings(serve.url, "POST", "?mode=4")
        await event(bench, "high", STATIC, 5_000)
        bench.set(car_ohm=CAR_OHM["A"])
        await event(bench, "c1", 0, 100)
        await event(bench, "bolt", 0, 5_000)
        await serve.stop()

        assert [found.value for found in bench.named("reset")] == [0], "no reset but power-up"
        figures = bench.figures
        measured.append(figures)
        assert figures["rx_overruns"] == figures["tx_overruns"] == figures["baud_errors"] == 0
        whole_lease = [Accepted(0, 130, Access.ALLOW, float("inf"))]
        judge = Judge(config, whole_lease).run(bench.events, bench.changes, bench.cycle)
        assert not judge.broken, "\n".join(judge.broken)
        assert judge.closed == 2
