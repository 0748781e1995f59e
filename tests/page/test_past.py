"""The chart of the day and the list of sessions, from a past made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from playwright.async_api import Request, expect

from tests.page.browser import value
from tests.page.conftest import Staged
from tests.ui import snapshots


async def test_the_whole_day_has_a_line_for_each_phase_and_the_limit(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        chart = visit.page.get_by_role("img", name="Mains currents per phase, today, with main fuse 25 A")
        await expect(chart.locator("path.line")).to_have_count(3)
        await expect(chart.locator("path.limit-line")).to_have_count(1)
        await expect(visit.at(".legend .limit-text")).to_have_text(["main fuse 25 A"])
        times = await chart.locator(".tick").filter(has_text=":").all_text_contents()
        assert (times[0], times[-1]) == ("00:00", "00:00")
        pieces = "document.querySelector('.chart .line-0').getAttribute('d').split('M').length - 1"
        assert await value(visit, pieces) == 2  # the power cut in the night

        await visit.page.get_by_role("radio", name="Day", exact=True).focus()
        await visit.page.keyboard.press("ArrowLeft")
        await expect(visit.page.get_by_role("img", name="last 24 h")).to_be_visible()
        await expect(visit.page.get_by_role("button", name="Day before")).to_be_hidden()
        await visit.page.keyboard.press("ArrowLeft")
        await expect(visit.page.get_by_role("img", name="last 6 h")).to_be_visible()


async def test_a_charger_is_drawn_under_its_groups_fuse_and_what_control_allowed(staged: Staged) -> None:
    async with staged(snapshots.four_chargers()) as (_, visit):
        what = visit.page.get_by_role("combobox", name="Show")
        await what.select_option("All cars")
        cars = visit.page.get_by_role("img", name="Currents of the cars, today, with group fuse")
        await expect(cars.locator("path.line")).to_have_count(4)
        await what.select_option("Carport left")
        one = visit.page.get_by_role("img", name="Currents of Carport left, today, with group fuse 16 A and allowed.")
        await expect(one.locator("path.line")).to_have_count(2)
        await expect(one.locator("path.limit-line")).to_have_count(2)
        assert await one.locator("path.limit-1").get_attribute("d")
        await expect(visit.at(".legend li")).to_have_text(["drawn", "offered", "group fuse 16 A", "allowed"])


async def test_other_days_are_those_of_the_site(staged: Staged) -> None:
    asked: list[tuple[int, int]] = []

    def note(request: Request) -> None:
        query = parse_qs(urlsplit(request.url).query)
        if "from" in query and "subject" not in query:
            asked.append((int(query["from"][0]), int(query["to"][0])))

    zone = ZoneInfo("Europe/Amsterdam")
    begins = [
        datetime(2025, month, day, tzinfo=zone).timestamp() for month, day in ((10, 8), (10, 9), (3, 30), (3, 31))
    ]
    async with staged(replace(snapshots.normal(), zone=zone.key), timezone="Pacific/Auckland") as (_, visit):
        await expect(visit.page.get_by_role("img", name="today")).to_be_visible()
        visit.page.on("request", note)
        await visit.page.get_by_role("button", name="Day before").click()
        chart = visit.page.get_by_role("img", name="Mains currents per phase, Wed 8 Oct")
        await expect(chart.locator("path.line-0")).to_have_attribute("d", re.compile("^M"))
        await expect(visit.page.get_by_label("Day of the site")).to_have_value("2025-10-08")
        await visit.page.get_by_label("Day of the site").fill("2025-03-30")  # has 23 hours
        chart = visit.page.get_by_role("img", name="Mains currents per phase, Sun 30 Mar")
        await expect(chart.locator("path.line-0")).to_have_attribute("d", re.compile("^M"))
        assert asked == [(begins[0], begins[1]), (begins[2], begins[3])]
        times = await chart.locator(".tick").filter(has_text=":").all_text_contents()
        assert times == [f"{hour:02}:00" for hour in (0, *range(4, 24, 2), 0)]  # there was no 02:00
        await visit.page.get_by_label("Day of the site").fill("2025-10-08")
        await visit.page.get_by_role("button", name="Day after").click()
        await expect(visit.page.get_by_role("img", name="today")).to_be_visible()
        assert len(asked) == 2


async def test_a_day_that_cannot_be_read_says_so(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        visit.may_miss_answers = True
        await expect(visit.page.get_by_role("img", name="today")).to_be_visible()
        await visit.page.route("**/api/v1/history*", lambda route: route.fulfill(status=503, body="{}"))
        await visit.page.get_by_role("button", name="Day before").click()
        await expect(visit.at("#chart")).to_contain_text("This day can't be read now.")


async def test_the_chart_is_read_with_arrow_keys(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await expect(visit.at("svg.chart path.line")).to_have_count(3)
        await visit.at("svg.chart").focus()
        await visit.page.keyboard.press("ArrowLeft")
        await expect(visit.at("#chart-reading")).to_contain_text("L1")
        before = await visit.at("#chart-reading").inner_text()
        for _ in range(12):
            await visit.page.keyboard.press("ArrowLeft")
        assert await visit.at("#chart-reading").inner_text() != before
        await visit.page.keyboard.press("Tab")
        await expect(visit.at("#chart-reading")).to_be_empty()


async def test_sessions_with_energy_own_power_and_cost(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        rows = visit.at("#sessions tbody tr")
        await expect(rows).to_have_count(3)
        await expect(rows.nth(0)).to_contain_text("32 min 14 s, still")
        await expect(rows.nth(0)).to_contain_text("unknown")  # no price yet
        await expect(rows.nth(1).locator("td")).to_have_text(["Wed 8 Oct 22:00", "7 h", "48.83 kWh", "0 %", "11.72"])
        await expect(rows.nth(2).locator("td")).to_have_text(["Wed 8 Oct 11:00", "5 h", "19.41 kWh", "96 %", "0.19"])


async def test_the_page_lives_without_a_past(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        visit.may_miss_answers = True
        await visit.page.route("**/api/v1/history*", lambda route: route.fulfill(status=503, body="{}"))
        await visit.page.route("**/api/v1/sessions*", lambda route: route.fulfill(status=503, body="{}"))
        await visit.page.reload()
        await expect(visit.at("#charger-1 .headline")).to_contain_text("Charging")
        await expect(visit.at("#sessions tbody tr")).to_have_count(1)
        await expect(visit.at("svg.chart")).to_be_visible()


async def test_what_is_shown_can_be_taken_home(staged: Staged) -> None:
    async with staged(snapshots.four_chargers()) as (_, visit):
        for card, name, first in (
            ("#chart", "This as CSV", "Start (UTC),Known (s),Mains L1 (A)"),
            ("#sessions", "Sessions as CSV", "Number,Charger,Start (UTC)"),
        ):
            async with visit.page.expect_download() as downloading:
                await visit.at(card).get_by_role("link", name=name).click()
            text = (await (await downloading.value).path()).read_text()
            assert text.startswith(first)
            assert len(text.splitlines()) > 2
        await visit.page.get_by_role("combobox", name="Show").select_option("Carport left")
        await expect(visit.page.get_by_role("link", name="This as CSV")).to_have_attribute(
            "href", re.compile("subject=2$")
        )
