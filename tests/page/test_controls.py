"""What the controls ask of the site, as typed commands."""

from __future__ import annotations

from datetime import datetime

from playwright.async_api import expect

from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.commands import SetBoost, SetC2, SetMode, SetOverride, SetSchedule
from evse_tui.site.schedule import LocalSchedule
from tests.page.conftest import Staged
from tests.ui import snapshots


async def test_each_control_asks_for_what_it_says(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        page = visit.page
        await page.get_by_role("button", name="Pause").click()
        await visit.at(".controls summary").first.click()

        override = visit.page.get_by_label("Override, A")
        await expect(override).to_have_value("16")
        await override.fill("9.5")
        await override.press("Enter")
        await page.get_by_role("button", name="Clear").click()

        boost = page.get_by_role("form", name="Boost")
        await boost.get_by_label("Boost, kWh").fill("7.5")
        await boost.get_by_role("button", name="Boost").click()
        await boost.get_by_label("Boost, kWh").fill("")
        await boost.get_by_role("button", name="Boost").click()
        await boost.get_by_role("button", name="End").click()

        c2 = page.get_by_role("form", name="Second contactor")
        await c2.get_by_role("combobox").select_option("auto")
        await c2.get_by_role("button", name="Set").click()

        plan = page.get_by_role("form", name="Schedule")
        await plan.get_by_label("Charge from").fill("2026-03-28T23:30")
        await plan.get_by_label("until").fill("2026-03-29T07:00")
        await plan.get_by_label("every day").check()
        await plan.get_by_role("button", name="Plan", exact=True).click()
        await plan.get_by_role("button", name="Cancel plan").click()

        await expect(visit.at("#charger-1 .command")).to_have_count(9)
        await expect(visit.at("#charger-1 .commands")).not_to_contain_text("failed")
        asked = set(map(repr, shown.site.commands))  # nine requests may overtake each other
        window = LocalSchedule(datetime(2026, 3, 28, 23, 30), datetime(2026, 3, 29, 7, 0), daily=True)  # noqa: DTZ001
        assert asked == {
            repr(command)
            for command in (
                SetMode("1", Mode.PAUSE),
                SetOverride("1", 95),
                SetOverride("1", 0),
                SetBoost("1", on=True, energy_wh=7500),
                SetBoost("1", on=True),
                SetBoost("1", on=False),
                SetC2("1", C2Mode.AUTO),
                SetSchedule("1", window),
                SetSchedule("1", None),
            )
        }


async def test_what_is_out_of_range_is_not_sent(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        await visit.at(".controls summary").first.click()
        override = visit.page.get_by_label("Override, A")
        for wrong in ("5", "17", ""):
            await override.fill(wrong)
            await override.press("Enter")
        await expect(override).to_be_focused()
        assert shown.site.commands == []
        await override.fill("16")
        await override.press("Enter")
        await expect(visit.at("#charger-1 .command")).to_have_count(1)
        assert shown.site.commands == [SetOverride("1", 160)]
