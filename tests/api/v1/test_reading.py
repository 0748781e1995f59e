"""Strict JSON: one value of the declared type, or a sentence."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.reading import NotJsonError, parse
from evse_tui.site.commands import MainsMeasurement
from tests.api.conftest import Client
from tests.api.factory import RecordingSite
from tests.api.v1.client import read, send

MAINS = "/meters/mains"
GOOD = {"currents_da": [1, -2, 3]}

NO_JSON = {
    "nothing": b"",
    "half": b'{"currents_da": [1, 2',
    "tail": b'{"currents_da": [1, 2, 3]} x',
    "NaN": b'{"currents_da": [NaN, 2, 3]}',
    "Infinity": b'{"currents_da": [-Infinity, 2, 3]}',
    "10^400 as a float": b'{"currents_da": [1e400, 2, 3]}',
    "10^400 in digits": b'{"currents_da": [1' + b"0" * 400 + b", 2, 3]}",
    "10^10000 in digits": b'{"currents_da": [1' + b"0" * 10_000 + b", 2, 3]}",
    "a name twice": b'{"currents_da": [1, 2, 3], "currents_da": [4, 5, 6]}',
    "a name twice, escaped": b'{"currents_da": [1, 2, 3], "current\\u0073_da": [4, 5, 6]}',
    "UTF-16": '{"currents_da": [1, 2, 3]}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + b'{"currents_da": [1, 2, 3]}',
    "Latin-1": b'{"currents_da\xe9": [1, 2, 3]}',
    "single quotes": b"{'currents_da': [1, 2, 3]}",
    "a comment": b'{"currents_da": [1, 2, 3] /* now */}',
    "a lone surrogate as a name": b'{"\\ud800": 1}',
}

NOT_FITTING: dict[str, Any] = {
    "null": None,
    "a list": [1, 2, 3],
    "too short": {"currents_da": [1, 2]},
    "too long": {"currents_da": [1, 2, 3, 4]},
    "too large": {"currents_da": [1, 2, 10_001]},
    "beyond 64 bits": {"currents_da": [1, 2, 2**70 // 100]},
    "a fraction": {"currents_da": [1, 2, 0.5]},
    "text": {"currents_da": [1, 2, "3"]},
    "a flag": {"currents_da": [1, 2, True]},
    "missing": {},
    "unknown": {**GOOD, "current": 1},
    "negative energy": {**GOOD, "import_wh": -1},
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
async def test_what_is_no_json_is_400(client: Client, site: RecordingSite, body: bytes) -> None:
    status, problem = await send(client, "POST", MAINS, body)
    assert (status, site.fed) == (400, [])
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    "body", [b"[" * 8_000 + b"]" * 8_000, b'{"a":' * 2_500 + b"1" + b"}" * 2_500], ids=["[[", "{{"]
)
async def test_deep_nesting_is_refused(client: Client, site: RecordingSite, body: bytes) -> None:
    """How deep the parser goes before it refuses depends on the version of Python; no depth fits any type."""
    status, _ = await send(client, "POST", MAINS, body)
    assert status in (400, 422)
    assert site.fed == []


@pytest.mark.parametrize("body", NOT_FITTING.values(), ids=NOT_FITTING.keys())
async def test_json_that_does_not_fit_is_422(client: Client, site: RecordingSite, body: Any) -> None:
    status, problem = await send(client, "POST", MAINS, body)
    assert (status, site.fed) == (422, [])
    assert problem["detail"]


async def test_an_integer_may_be_written_as_a_float(client: Client, site: RecordingSite) -> None:
    """As JSON Schema has it: clients of some languages know only floats."""
    status, _ = await send(client, "POST", MAINS, b'{"currents_da": [52.0, -1.3e1, 8]}')
    assert (status, site.fed) == (204, [MainsMeasurement((52, -13, 8))])


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"])
async def test_other_media_types_are_415(client: Client, site: RecordingSite, kind: str) -> None:
    body, headers = json.dumps(GOOD).encode(), {"Content-Type": kind}
    skip = [] if kind else ["Content-Type"]
    async with client.post(
        f"/api/v1{MAINS}", data=body, headers=headers if kind else None, skip_auto_headers=skip
    ) as answer:
        assert answer.status == 415
        await read(answer)
    assert site.fed == []


async def test_json_may_say_its_charset(client: Client, site: RecordingSite) -> None:
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    async with client.post(f"/api/v1{MAINS}", data=json.dumps(GOOD).encode(), headers=headers) as answer:
        assert answer.status == 204
    assert site.fed == [MainsMeasurement((1, -2, 3))]


async def test_a_surrogate_half_in_a_text_is_422(client: Client) -> None:
    body = b'{"evccid": "\\ud800"}'
    status, _ = await send(client, "POST", "/chargers/1/ev_state", body)
    assert status == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("after=3&limit=1&level=warning&charger=1", 200),
        ("after=-1", 422),
        ("after=x", 422),
        ("after=1.5", 422),
        ("after=" + "9" * 400, 422),
        ("limit=0", 422),
        ("limit=1001", 422),
        ("level=loud", 422),
        ("after=1&after=2", 422),
        ("afterwards=1", 422),
        ("charger=" + "x" * 65, 422),
    ],
)
async def test_a_query_is_as_strict(client: Client, query: str, status: int) -> None:
    async with client.get(f"/api/v1/events?{query}") as answer:
        assert answer.status == status
        await read(answer)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/site", {"GET", "HEAD"}),
        ("DELETE", "/settings", {"GET", "HEAD", "PATCH"}),
        ("GET", "/meters/mains", {"POST"}),
        ("PUT", "/chargers/1/commands", {"GET", "HEAD", "POST"}),
    ],
)
async def test_other_methods_are_405_with_allow(client: Client, method: str, path: str, allowed: set[str]) -> None:
    async with client.request(method, f"/api/v1{path}") as answer:
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(",")) == allowed
        await read(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/chargers/9"),
        ("GET", "/chargers/9/settings"),
        ("GET", "/chargers/9/commands"),
        ("GET", "/chargers/1/commands/1"),
        ("GET", "/chargers/1/commands/x"),
    ],
)
async def test_what_is_not_there_is_404(client: Client, method: str, path: str) -> None:
    async with client.request(method, f"/api/v1{path}") as answer:
        assert answer.status == 404
        await read(answer)


async def test_a_large_body_is_413(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    try:
        async with client.post(f"/api/v1{MAINS}", data=b" " * 20_000, headers=headers) as answer:
            assert answer.status == 413
            await read(answer)
    except aiohttp.ClientOSError:  # the server may close before all of it was sent
        pytest.fail("the answer was lost")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8")),
        lambda inside: st.lists(inside) | st.dictionaries(st.text(st.characters(codec="ascii")), inside),
    )
)
def test_every_value_is_read_as_the_standard_parser_reads_it(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary() | st.text().map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes_are_a_value_that_can_be_written_or_refused(body: bytes) -> None:
    with contextlib.suppress(NotJsonError):
        json.dumps(parse(body), allow_nan=False)
