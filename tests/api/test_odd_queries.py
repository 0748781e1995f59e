"""Whatever a query contains: every POST endpoint answers 200, and nothing that is no number relaxes anything."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_tui.api.app import make_app
from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.names import COLORS
from evse_tui.api.compat.routes import ROUTES, Answer, Route, Value
from evse_tui.api.listen import listen
from evse_tui.api.server import start_server
from evse_tui.control.types import Mode
from evse_tui.settings import BY_NAME
from evse_tui.site.commands import (
    BatteryMeasurement,
    EvMeasurement,
    EvStateMeasurement,
    MainsMeasurement,
    SetBacklight,
    SetLockHold,
    SetMode,
    SetOverride,
    SetSetting,
)
from tests.api.conftest import FixedClock
from tests.api.factory import RecordingSite, make_charger, make_snapshot

COLORS_BUT_ONE = tuple(f"/color_{name}" for name in COLORS[1:])
POSTS = [route for route in ROUTES if route.method == "POST" and route.path not in COLORS_BUT_ONE]
NAMES = sorted({parameter.name for route in POSTS for parameter in route.parameters})
BEFORE = make_snapshot(make_charger(mode=Mode.NORMAL, settings={**make_charger().settings, "rfid_reader": 1}))

few = settings(max_examples=25)
"""Each example is an exchange over a socket; `make test ARGS=--hypothesis-seed=..` tries others."""
texts = st.text(st.characters(codec="utf-8"))
numbers = st.one_of(
    st.integers(-70, 700).map(str), st.integers().map(str), st.floats().map(str), st.just("1" + "0" * 400)
)
no_numbers = texts.filter(lambda text: atol(text) is None)
raw = st.text("&=;%+?/:@!$'()*,~^_-.0123456789abcdefLRGB", max_size=60)


@dataclass
class Api:
    """One connection to a server on its own thread."""

    site: RecordingSite
    connection: http.client.HTTPConnection

    def post(self, route: Route, query: str) -> Any:
        """The reply, which must be 200 and of the kind that the table promises."""
        self.site.snapshot = BEFORE
        self.site.commands.clear()
        self.site.fed.clear()
        self.connection.request("POST", f"{route.path}?{query}")
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == 200, (route.path, query, body)
        if route.answer is Answer.JSON:
            assert response.headers["Content-Type"] == "application/json"
            return json.loads(body)
        return body


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    site = RecordingSite()
    listener = listen("127.0.0.1", 0)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> Any:
        return await start_server(make_app(site, clock=FixedClock()), listener)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    api = Api(site, connection)
    api.post(POSTS[0], "")  # now both ends of the connection are open, whose descriptors a test must not leave
    yield api
    connection.close()
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def check_ranges(site: RecordingSite) -> None:
    """Whatever was asked for, nothing outside its range got through."""
    lowest, highest = 60, 160
    for command in site.commands:
        match command:
            case SetSetting(name, value, _):
                assert BY_NAME[name].allows(value)
                assert name not in ("current_max", "current_main", "current_max_circuit")
                lowest = 10 * value if name == "current_min" else lowest
            case SetOverride(_, current_da):
                assert current_da == 0 or lowest <= current_da <= highest
            case SetBacklight(_, level, seconds):
                assert level in (0, 100)
                assert 0 <= seconds <= 0xFFFF
            case _:
                pass
    for measurement in site.fed:
        match measurement:
            case MainsMeasurement(currents_da):
                assert all(abs(current) <= 10_000 for current in currents_da)
            case BatteryMeasurement(current_da):
                assert abs(current_da) <= 10_000
            case EvMeasurement(_, _, _, import_wh, export_wh):
                assert (import_wh or 0) >= 0
                assert (export_wh or 0) >= 0
            case EvStateMeasurement(_, current_soc, full_soc):
                assert 0 <= (current_soc or 0) <= 100
                assert 0 <= (full_soc or 0) <= 100
            case _:
                raise AssertionError(f"{measurement} can't be fed here")


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
@few
@given(st.lists(st.tuples(st.sampled_from(NAMES) | texts, numbers | texts), max_size=8))
def test_any_parameters(api: Api, route: Route, query: list[tuple[str, str]]) -> None:
    api.post(route, urlencode(query))
    check_ranges(api.site)


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
@few
@given(raw)
def test_any_query_at_all(api: Api, route: Route, query: str) -> None:
    api.post(route, query)
    check_ranges(api.site)


INTEGERS = [
    (route, [parameter.name for parameter in route.parameters if parameter.value is Value.INTEGER]) for route in POSTS
]


@pytest.mark.parametrize(
    ("route", "names"), [case for case in INTEGERS if case[1]], ids=lambda case: getattr(case, "path", None)
)
@few
@given(st.data())
def test_what_is_no_number_changes_nothing(api: Api, route: Route, names: list[str], data: st.DataObject) -> None:
    values = data.draw(st.dictionaries(st.sampled_from(names), no_numbers, min_size=1))
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in values.items())
    api.post(route, query)
    assert api.site.commands == []
    assert api.site.fed == []


@few
@given(no_numbers)
def test_a_mode_that_is_none_changes_no_schedule(api: Api, mode: str) -> None:
    route = next(route for route in POSTS if route.path == "/settings")
    assert api.post(route, urlencode({"mode": mode, "starttime": "2033-04-14T23:31"})) == {"mode": "Value not allowed!"}
    assert not any(isinstance(command, SetMode | SetLockHold) for command in api.site.commands)
