"""The API on the real site with simulated boards: the shipped firmware, in virtual time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from evse_tui.api.app import make_app
from evse_tui.api.compat.names import NOT_ALLOWED
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from evse_tui.cli.assemble import Running, serve_api
from evse_tui.config import Compatibility, Meters
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerState
from tests.api.conftest import exchange
from tests.api.test_read import TYPES, assert_types
from tests.api.test_readback import WRITABLE, at
from tests.site.bench import Bench, play

KATHMANDU = ZoneInfo("Asia/Kathmandu")
"""Times are local to the site, wherever this machine is."""


class Api:
    """Asks like a client that opens a connection for each request."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def text(self, method: str, path: str) -> tuple[int, str]:
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        status, _, body = await exchange(self._port, head.encode())
        return status, body.decode()

    async def _ask(self, method: str, path: str) -> tuple[int, Any]:
        status, body = await self.text(method, path)
        return status, json.loads(body)

    async def get(self, path: str = "/settings") -> Any:
        status, document = await self._ask("GET", path)
        assert status == 200
        return document

    async def post(self, path: str) -> Any:
        status, document = await self._ask("POST", path)
        assert status == 200
        return document


@asynccontextmanager
async def serving(bench: Bench, site: Site) -> AsyncIterator[Api]:
    server = await start_server(make_app(site, clock=bench.clock), listen("127.0.0.1", 0))
    try:
        yield Api(server.port)
    finally:
        await server.stop()


def test_from_plug_to_charging_as_a_client_sees_it() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            assert await api.get("/healthz") == {"status": "ok", "chargers": 1}
            away = await api.get()
            assert_types(away, TYPES)
            assert (away["serialnr"], away["evse"]["error"], away["evse"]["error_id"]) == (0, "Communication Error", 2)
            bench.plug()
            await bench.live(site, 15)
            idle = await api.get()
            assert_types(idle, TYPES)
            assert (idle["serialnr"], idle["mode"], idle["car_connected"]) == (1001, "OFF", True)
            assert (idle["evse"]["pwm"], idle["evse"]["error"]) == (1024, "None")

            assert await api.post("/settings?mode=1&enable_C2=3") == {
                "mode": "1",
                "settings": {"enable_C2": "Always On"},
            }
            read_back = await api.get()
            assert (read_back["mode_id"], read_back["settings"]["enable_C2"]) == (1, "Always On")

            await bench.until(site, lambda charger: charger.state is ChargerState.C, 90)
            await bench.live(site, 60)
            charging = await api.get()
            assert_types(charging, TYPES)
            assert (charging["evse"]["state"], charging["evse"]["state_id"]) == ("Charging", 2)
            assert (charging["settings"]["charge_current"], charging["evse"]["pwm"]) == (130, 221)  # 21.6 %
            drawn = [charging["ev_meter"]["currents"][f"L{n}"] for n in (1, 2, 3)]
            assert tuple(drawn) == site.snapshot.charger("1").ev.currents_da
            assert charging["ev_meter"]["currents"]["TOTAL"] == sum(drawn) > 300
            assert charging["ev_meter"]["charged_wh"] > 0
            assert charging["ev_meter"]["total_wh"] == charging["ev_meter"]["import_active_energy"] > 0
            assert [charging["phase_currents"][f"charging_L{n}"] for n in (1, 2, 3)] == [True, True, True]

            assert await api.post("/settings?override_current=80") == {"override_current": 80}
            await bench.live(site, 2)
            assert (await api.get())["settings"]["charge_current"] == 80
            assert await api.post("/settings?override_current=131") == {"override_current": NOT_ALLOWED}

    play(Bench(), story)


def test_currents_reach_the_duty_cycle_before_the_client_has_its_answer() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await api.post("/settings?mode=3")
            await bench.until(site, lambda charger: charger.board is not None and charger.board.offered_da == 130, 120)
            board = bench.chargers["1"].board
            assert board.view().limit_da == 130
            reply = await api.post("/currents?L1=330&L2=118&L3=118")
            assert reply == {
                "original": {"L1": 330, "L2": 118, "L3": 118},
                "L1": 330,
                "L2": 118,
                "L3": 118,
                "TOTAL": 566,
            }
            await bench.clock.sleep_ms(10)
            assert board.view().limit_da < 130

    play(Bench(charger={"enable_c2": 3}), story)


def test_home_battery_is_neutralised_in_solar() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await bench.live(site, 12)
            assert await api.post("/settings?mode=2") == {"mode": "2"}
            reply = await api.post("/currents?battery_current=100&L1=-10&L2=0&L3=0")
            assert (reply["battery_current"], reply["TOTAL"]) == (100, -110)
            assert reply["original"] == {"L1": -10, "L2": 0, "L3": 0}
            document = await api.get()
            assert document["phase_currents"]["TOTAL"] == -110
            assert document["phase_currents"]["original_data"]["TOTAL"] == -10
            assert document["home_battery"] == {"current": 100, "last_update": document["home_battery"]["last_update"]}

    play(Bench(), story)


def test_solar_without_sun_waits_and_is_no_error() -> None:
    async def story(bench: Bench) -> None:
        bench.house_da = (20, 20, 20)
        async with bench.host() as site, serving(bench, site) as api:
            await api.post("/settings?mode=2")
            bench.plug()
            await bench.live(site, 30)
            evse = (await api.get())["evse"]
            assert evse["state"].endswith(" - Waiting for Solar")
            assert (evse["error"], evse["error_id"]) == ("None", 0)

    play(Bench(), story)


def test_no_mains_meter_no_solar() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            await api.post("/settings?mode=1")
            assert await api.post("/settings?mode=2") == {"mode": "2"}
            assert await api.post("/currents?L1=1&L2=2&L3=3") == {}
            document = await api.get()
            assert (document["mode"], document["settings"]["mains_meter"]) == ("NORMAL", "Disabled")

    play(Bench(meters=Meters(mains="Disabled")), story)


def test_every_written_value_is_read_back_at_once() -> None:
    """No time passes between the answer and the next request."""

    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await bench.live(site, 15)
            for request, answered, shown, value in WRITABLE:  # each from the same state
                await api.post("/settings?mode=1")
                await api.post("/ev_meter?export_active_energy=100")
                reply, found = await api.post(request), at(await api.get(), shown)
                assert found == value, (request, reply)
                assert type(found) is type(value)
                if answered:
                    assert at(reply, answered) == value, request

    play(Bench(charger={"rfid_reader": 6}), story)


def test_a_planned_start_looks_like_off_until_it_comes() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await bench.live(site, 15)
            start = datetime.fromtimestamp(bench.clock.wall_s() + 120, KATHMANDU).replace(second=0)
            reply = await api.post(f"/settings?mode=1&starttime={start:%Y-%m-%dT%H:%M}")
            assert reply == {"mode": "1", "starttime": int(start.timestamp())}
            document = await api.get()
            assert (document["mode"], document["mode_id"], document["evse"]["access"]) == ("OFF", 0, 0)
            assert document["settings"]["starttime"] == reply["starttime"]
            await bench.live(site, 125)
            document = await api.get()
            assert (document["mode"], document["evse"]["access"]) == ("NORMAL", 1)
            assert await api.post("/settings?mode=1") == {"mode": "1"}
            assert (await api.get())["settings"]["starttime"] == 0

    play(Bench(timezone=KATHMANDU.key), story)


def test_a_reboot_while_charging_is_refused_in_words() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            bench.plug()
            await api.post("/settings?mode=1")
            await bench.until(site, lambda charger: charger.state is ChargerState.C, 90)
            status, said = await api.text("POST", "/reboot")
            assert status == 200
            assert "not while the contactor is closed" in said
            await api.post("/settings?mode=0")
            await bench.live(site, 10)
            assert await api.text("POST", "/reboot") == (200, "The board restarts.")

    play(Bench(), story)


def test_the_configuration_reaches_the_api(tmp_path: Path) -> None:
    """Which charger answers at the root, in which units, and what a local time means."""

    async def story(bench: Bench) -> None:
        config = replace(
            bench.config, api=Compatibility("2", legacy_units=True), timezone="Asia/Tokyo", data_dir=tmp_path
        )
        async with bench.host() as site:
            listener = listen("127.0.0.1", 0)
            async with serve_api(Running(config, site, bench.clock, listener)):
                await bench.live(site, 5)
                api = Api(listener.port)
                document = await api.get()
                assert (document["serialnr"], (await api.get("/evse/1/settings"))["serialnr"]) == (1002, 1001)
                assert type(document["ev_meter"]["import_active_power"]) is float
                # 07:30 in Tokyo is 15 min ahead of the bench's 22:13 UTC, and 07:10 is past
                assert (await api.post("/settings?mode=1&starttime=2023-11-15T07:30"))["starttime"] > 0
                assert (await api.post("/settings?mode=1&starttime=2023-11-15T07:10"))["starttime"] == 0

    play(Bench(boards=2), story)


def test_two_boards_are_told_apart() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site, serving(bench, site) as api:
            await bench.live(site, 5)
            assert await api.post("/evse/2/settings?mode=1&current_min=8&cablelock=1") == {
                "mode": "1",
                "current_min": 8,
                "cablelock": 1,
            }
            await bench.live(site, 2)
            first, second = await api.get(), await api.get("/evse/2/settings")
            assert (first["serialnr"], first["mode"], first["settings"]["current_min"]) == (1001, "OFF", 6)
            assert (second["serialnr"], second["mode"], second["settings"]["current_min"]) == (1002, "NORMAL", 8)
            assert (first["settings"]["cablelock"], second["settings"]["cablelock"]) == (0, 1)
            assert await api.get("/evse/1/settings") == first

    play(Bench(boards=2), story)
