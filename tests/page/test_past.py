"""The chart of the day and the list of sessions, from a past made by hand."""

from __future__ import annotations

from playwright.async_api import expect

from tests.page.browser import value
from tests.page.conftest import Staged
from tests.ui import snapshots


async def test_the_day_has_a_line_for_each_phase_and_the_limit(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        chart = visit.page.get_by_role("img", name="Mains currents per phase, last 24 h, with the main fuse 25 A")
        await expect(chart).to_be_visible()
        await expect(chart.locator("path.line")).to_have_count(3)
        await expect(chart.locator(".limit-text")).to_have_text("main fuse 25 A")
        pieces = "document.querySelector('.chart .line-0').getAttribute('d').split('M').length - 1"
        assert await value(visit, pieces) == 2  # the power cut in the night

        await visit.page.get_by_role("radio", name="24 h").focus()
        await visit.page.keyboard.press("ArrowLeft")
        await expect(visit.page.get_by_role("img", name="last 6 h")).to_be_visible()
        await visit.page.get_by_role("radio", name="Cars").check(force=True)
        await expect(chart.or_(visit.at("svg.chart")).locator("path.line")).to_have_count(2)
        await expect(visit.at(".limit-text")).to_have_text("group fuse 16 A")
        await expect(visit.at(".legend")).to_contain_text("Garage: offer")


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
