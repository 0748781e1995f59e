"""`/healthz`: 200 once control has ticked."""

from __future__ import annotations

from dataclasses import replace

from tests.api.conftest import Client, FixedClock
from tests.api.factory import RecordingSite, make_snapshot


async def test_healthy_without_any_charger(client: Client, site: RecordingSite) -> None:
    site.snapshot = make_snapshot(chargers=())
    async with client.get("/healthz") as response:
        assert response.status == 200
        assert await response.json() == {"status": "ok", "chargers": 0}


async def test_not_before_control_has_ticked(client: Client, site: RecordingSite) -> None:
    site.snapshot = replace(site.snapshot, decided_ms=None)
    async with client.get("/healthz") as response:
        assert response.status == 503
        assert response.headers["Content-Type"] == "application/problem+json"
        assert (await response.json())["detail"] == "Control has not ticked yet."


async def test_not_when_control_is_stuck(client: Client, site: RecordingSite, clock: FixedClock) -> None:
    assert site.snapshot.decided_ms is not None
    clock.at_ms = site.snapshot.decided_ms + 31_000
    async with client.get("/healthz") as response:
        assert response.status == 503
        assert (await response.json())["detail"] == "Control has not ticked for 31 s."
