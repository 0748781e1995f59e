"""All times are of the site's zone, wherever the browser is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from evse_tui.site.snapshot import ScheduleSnapshot
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import WALL_S, charging, site

KATHMANDU = "Asia/Kathmandu"


def there(seconds: float, pattern: str) -> str:
    return datetime.fromtimestamp(seconds, ZoneInfo(KATHMANDU)).strftime(pattern)


async def test_a_visitor_elsewhere_reads_the_times_of_the_site(staged: Staged) -> None:
    plan = ScheduleSnapshot(WALL_S + 3600, None, daily=False, open=False)
    snapshot = site(charging(schedule=plan), zone=KATHMANDU)
    async with staged(snapshot, timezone="America/New_York") as (shown, visit):
        await expect(visit.at("#zone")).to_have_text(
            f"All times are those of the site, {KATHMANDU}: it is {there(WALL_S, '%H:%M')} there."
        )
        newest = snapshot.events[-1]
        await expect(visit.at("#events time").first).to_have_text(there(newest.wall_s, "%H:%M:%S"))
        await expect(visit.at("#charger-1 > .facts")).to_contain_text(there(WALL_S + 3600, "%H:%M (waiting)"))
        await visit.at(".controls summary").first.click()
        field = visit.page.get_by_label("Charge from (time of the site)")
        await expect(field).to_have_value(there(WALL_S + 600, "%Y-%m-%dT%H:%M"))
        begins = visit.at("#sessions tbody tr td:nth-child(2)")
        await expect(begins.nth(1)).to_have_text("03:45")  # 22:00 UTC of the day before
        await expect(begins.nth(2)).to_have_text("Wed 8 Oct 16:45")
        visit.may_miss_answers = True
        await shown.cut()
        await expect(visit.at("#lost")).to_contain_text(f"from {there(WALL_S, '%H:%M:%S')}")


async def test_another_name_for_the_same_time_needs_no_word(staged: Staged) -> None:
    snapshot = replace(snapshots.normal(), zone="Europe/Berlin")
    async with staged(snapshot, timezone="Europe/Amsterdam") as (_, visit):
        await expect(visit.at("#charger-1")).to_be_visible()
        await expect(visit.at("#zone")).to_be_hidden()


async def test_a_zone_that_nobody_knows_is_not_claimed(staged: Staged) -> None:
    async with staged(replace(snapshots.normal(), zone="Mars/Base")) as (_, visit):
        await expect(visit.at("#zone")).to_have_text(
            "Times are those of this device: this browser does not know Mars/Base."
        )
        await expect(visit.at("#charger-1")).to_be_visible()
