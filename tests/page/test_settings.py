"""Settings on the page: each with what it does and may be; what is wrong is told where it was typed."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import expect

from evse_tui.settings import SETTINGS, Scope
from evse_tui.site.commands import Outcome, SetSetting
from evse_tui.site.snapshot import CommandSnapshot, CommandState
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import CHARGER_SETTINGS, charging, site

ELSEWHERE = {"mode", "enable_c2", "rfid_reader"}
"""They have controls of their own."""


def title(name: str) -> str:
    return name.capitalize().replace("_", " ")


async def test_every_setting_says_what_it_does_and_may_be(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        for part, scope in (("#settings", Scope.SITE), ("#charger-1", Scope.CHARGER)):
            await visit.at(f"{part} details").last.locator("summary").click()
            wanted = [setting for setting in SETTINGS if setting.scope is scope and setting.name not in ELSEWHERE]
            rows = visit.at(f"{part} form.setting")
            await expect(rows).to_have_count(len(wanted))
            for number, setting in enumerate(wanted):
                await expect(rows.nth(number)).to_have_attribute("aria-label", title(setting.name))
                text = await rows.nth(number).inner_text()
                assert setting.doc in text
                assert setting.choices or not setting.unit or setting.unit in text or setting.unit == "0xRRGGBB"
                if not setting.choices and setting.unit != "0xRRGGBB":
                    assert f"From {setting.lowest} to {setting.highest}" in text
                assert "by default" in text.lower()


async def test_what_is_wrong_is_told_where_it_was_typed(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        await visit.at("#settings summary").click()
        field = visit.page.get_by_label("Current max sum mains, A")
        row = visit.page.get_by_role("form", name="Current max sum mains")
        for typed, flaw in (
            ("5", "5 is below the range: 10 to 600 A, or 0 for off."),
            ("601", "601 is above the range: 10 to 600 A, or 0 for off."),
            ("12.5", "That is not a whole number of A."),
            ("twelve", "That is not a whole number of A."),
            ("", "Type a value: 10 to 600 A, or 0 for off."),
        ):
            await field.fill(typed)
            await field.press("Enter")
            await expect(row.get_by_role("alert")).to_have_text(flaw)
            await expect(field).to_have_attribute("aria-invalid", "true")
            await expect(field).to_be_focused()
        described = str(await field.get_attribute("aria-describedby")).split()
        assert [await visit.at(f"#{name}").count() for name in described] == [1, 1]
        assert shown.site.commands == []

        await field.fill("600")  # what is right again is not called wrong until the key
        await expect(row.get_by_role("alert")).to_be_empty()
        await field.fill("6")
        await expect(row.get_by_role("alert")).to_be_empty()
        await visit.page.keyboard.press("Tab")
        await expect(row.get_by_role("alert")).to_contain_text("6 is below the range")
        await field.fill("0")
        await expect(row.get_by_role("alert")).to_be_empty()
        await expect(field).not_to_have_attribute("aria-invalid", "true")


async def test_a_change_is_followed_from_the_key_to_the_site(staged: Staged) -> None:
    before = site(charging(settings=CHARGER_SETTINGS))
    async with staged(before) as (shown, visit):
        shown.site.outcome = Outcome(True, command_id=4)
        await visit.at("#charger-1 details").last.locator("summary").click()
        field = visit.page.get_by_label("Current max, A")
        await field.fill("20")
        await expect(visit.page.get_by_role("form", name="Current max", exact=True)).to_contain_text("now 16 A")
        await field.press("Enter")
        steps = visit.at("#charger-1 .steps li")
        await expect(steps).to_have_text(["✓ requested", "✓ accepted", "observed"])
        assert shown.site.commands == [SetSetting("current_max", 20, "1")]
        command = CommandSnapshot(4, "current_max 20 A", CommandState.OBSERVED, 10)
        after = {**CHARGER_SETTINGS, "current_max": 20}
        shown.show(site(charging(settings=after, commands=(command,))))
        await expect(steps).to_have_text(["✓ requested", "✓ accepted", "✓ observed"])
        await expect(field).to_have_value("20")
        shown.show(site(charging(settings={**after, "current_max": 32})))  # somebody else
        await expect(field).to_have_value("32")


async def test_the_sites_refusal_stands_beside_the_field(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (shown, visit):
        visit.may_miss_answers = True  # Chromium logs the 409
        shown.site.outcome = Outcome(False, "the moon is full")
        await visit.at("#settings summary").click()
        policy = visit.page.get_by_role("form", name="Battery policy")
        await policy.get_by_role("combobox").select_option("Reserve")
        await policy.get_by_role("button", name="Set").click()
        await expect(policy.get_by_role("alert")).to_have_text("The moon is full.")
        await expect(visit.at("#settings .command")).to_contain_text("✗ failed The moon is full.")
        assert shown.site.commands == [SetSetting("battery_policy", 2)]


async def test_changes_of_the_site_show_their_steps(staged: Staged) -> None:
    command = CommandSnapshot(7, "current_main 20 A", CommandState.ACCEPTED, 400)
    async with staged(replace(snapshots.normal(), commands=(command,))) as (_, visit):
        await expect(visit.at("#settings .steps li")).to_have_text(["✓ requested", "✓ accepted", "observed"])


async def test_settings_that_cannot_be_read_can_be_asked_for_again(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        visit.may_miss_answers = True
        await visit.page.route("**/api/v1/settings", lambda route: route.abort())
        summary = visit.at("#settings summary")
        await summary.click()
        await expect(visit.at("#settings").get_by_role("alert")).to_have_text(
            "No answer from the server. Close and open this part to try again."
        )
        await visit.page.unroute("**/api/v1/settings")
        await summary.click()
        await summary.click()
        await expect(visit.page.get_by_label("Current main, A")).to_have_value("25")
