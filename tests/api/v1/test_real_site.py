"""`/api/v1` on the real site with simulated boards: the shipped firmware, in virtual time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from evse_tui.api.app import make_app
from evse_tui.api.listen import listen
from evse_tui.api.server import RunningServer, start_server
from evse_tui.config import Meters
from evse_tui.site.site import Site
from tests.api.conftest import exchange
from tests.site.bench import Bench, play


class Api:
    """Opens a connection for each request."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        status, _, answer = await exchange(self._server.port, head.encode() + data)
        return status, json.loads(answer) if answer else None

    async def get(self, path: str) -> Any:
        status, document = await self.ask("GET", path)
        assert status == 200
        return document

    async def command(self, name: str, charger_id: str = "1", **fields: Any) -> tuple[int, Any]:
        return await self.ask("POST", f"/chargers/{charger_id}/commands", {"command": name, **fields})

    async def state_of(self, number: int) -> str:
        return str((await self.get(f"/chargers/1/commands/{number}"))["state"])


@asynccontextmanager
async def serving(bench: Bench, site: Site) -> AsyncIterator[Api]:
    server = await start_server(make_app(site, clock=bench.clock), listen("127.0.0.1", 0))
    try:
        yield Api(server)
    finally:
        await server.stop()


def test_a_command_from_request_to_observation() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await bench.live(site, 15)
            status, accepted = await api.command("mode", mode="normal")
            assert (status, accepted["detail"]) == (202, "")
            assert await api.state_of(accepted["id"]) == "accepted"
            await bench.live(site, 3)
            assert await api.state_of(accepted["id"]) == "observed"
            charger = await api.get("/chargers/1")
            assert (charger["mode"], charger["grant"]["access"]) == ("normal", "allow")
            await bench.live(site, 35)
            assert (await api.ask("GET", f"/chargers/1/commands/{accepted['id']}"))[0] == 404

    play(Bench(), story)


def test_a_command_to_a_board_that_is_away_is_kept_or_refused() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            status, accepted = await api.command("mode", mode="normal")
            assert status == 202
            (command,) = (await api.get("/chargers/1/commands"))["commands"]
            assert (command["id"], command["detail"]) == (accepted["id"], "kept until the board connects")
            status, problem = await api.command("board", action="unlock")
            assert status == 409
            assert "no board now" in problem["detail"]
            await bench.live(site, 20)
            assert await api.state_of(accepted["id"]) == "observed"

    play(Bench(), story)


def test_a_mode_that_needs_a_mains_meter_is_refused_without_one() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            status, problem = await api.command("mode", mode="solar")
            assert (status, problem["detail"]) == (409, "Nothing was changed: this mode needs a mains meter.")
            assert (await api.get("/chargers/1"))["mode"] == "off"

    play(Bench(meters=Meters(mains="Disabled")), story)


def test_mains_reach_the_board_and_the_reason_is_told() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await api.command("mode", mode="smart")
            await bench.until(site, lambda charger: charger.board is not None and charger.board.offered_da == 130, 120)
            await bench.live(site, 30)
            board = bench.chargers["1"].board
            assert await api.ask("POST", "/meters/mains", {"currents_da": [260, 118, 118]}) == (204, None)
            await bench.clock.sleep_ms(10)
            assert board.view().limit_da < 130
            reason = (await api.get("/chargers/1"))["grant"]["reason"]
            assert (reason["constraint"], reason["phase"], reason["text"]) == ("mains", "L1", "mains L1")
            assert (await api.get("/site"))["mains"]["currents_da"] == [260, 118, 118]

    play(Bench(charger={"enable_c2": 3}), story)


def test_settings_survive_and_bind() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            status, changed = await api.ask("PATCH", "/settings", {"current_main": 20, "current_max_sum_mains": 30})
            assert (status, changed["settings"]["current_main"]) == (200, 20)
            assert all(accepted["id"] is not None for accepted in changed["commands"].values())
            status, changed = await api.ask("PATCH", "/chargers/1/settings", {"current_max": 8})
            assert (status, changed["settings"]["current_max"]) == (200, 8)
            for lowest, highest in ((14, 32), (6, 8)):
                body = {"current_min": lowest, "current_max": highest}
                status, changed = await api.ask("PATCH", "/chargers/1/settings", body)
                assert (status, changed["settings"] | body) == (200, changed["settings"])
            status, problem = await api.ask("PATCH", "/chargers/1/settings", {"current_min": 12, "current_max": 10})
            assert (status, problem["detail"]) == (409, "Current_min of 12 A is above current_max of 10 A.")
            assert (await api.get("/chargers/1"))["settings"]["current_max"] == 8
            rows = {row["name"]: row["value"] for row in (await api.get("/settings"))["settings"]}
            assert (rows["current_main"], rows["current_max_sum_mains"]) == (20, 30)
            status, problem = await api.command("override", current_da=90)
            assert status == 409
            assert problem["detail"].startswith("Override: 9.0 A is not within")

    play(Bench(), story)
