"""Cards, lock, board and the way out: what the controls ask of the site, and what they ask before."""

from __future__ import annotations

from playwright.async_api import expect

from evse_tui.api.security import Security
from evse_tui.api.tokens import Keyring, Token, digest_of
from evse_tui.site.commands import BoardAction, DoBoardAction, SetLockHold, SetSetting, SwipeCard
from evse_tui.site.rfid import Reader
from evse_tui.site.snapshot import RfidSnapshot
from tests.page.conftest import Staged
from tests.ui import snapshots
from tests.ui.snapshots import CHARGER_SETTINGS, charging, site


async def test_cards_are_learned_shown_and_deleted(staged: Staged) -> None:
    learning = charging(
        settings=CHARGER_SETTINGS | {"rfid_reader": int(Reader.LEARN)},
        rfid=RfidSnapshot("Card Stored", "04A3B2C1"),
        authorised=False,
    )
    async with staged(site(learning)) as (shown, visit):
        part = visit.at("#charger-1 details").nth(1)
        await part.locator("summary").click()
        await expect(part).to_contain_text("Card Stored")
        await expect(part).to_contain_text("..B2C1")
        await expect(part).not_to_contain_text("04A3B2C1")
        await expect(part).to_contain_text("waiting for a card")

        number = part.get_by_label("Card number")
        await number.fill("04A3B2")
        await part.get_by_role("button", name="Store card").click()
        await expect(part.get_by_role("alert")).to_contain_text("That is no card number")
        await expect(number).to_be_focused()
        assert shown.site.commands == []
        await number.fill("04:a3:b2:c1")
        await number.press("Enter")
        await expect(number).to_have_value("")
        await expect(visit.at("#charger-1 .command")).to_contain_text("store card ..b2c1")

        reader = part.get_by_role("form", name="Card reader")
        await expect(reader.get_by_role("combobox")).to_have_value("3")
        await reader.get_by_role("combobox").select_option("1")
        await reader.get_by_role("button", name="Set").click()
        await expect(visit.at("#charger-1 .command")).to_have_count(2)
        await reader.get_by_role("combobox").select_option("5")
        await reader.get_by_role("button", name="Set").click()
        await expect(visit.page.get_by_role("dialog")).to_contain_text("Every card of the site is forgotten")
        await visit.page.get_by_role("button", name="Cancel").click()
        await reader.get_by_role("button", name="Set").click()
        await visit.page.get_by_role("dialog").get_by_role("button", name="Delete all cards").click()
        await expect(visit.at("#charger-1 .command")).to_have_count(3)
        assert shown.site.commands == [
            SwipeCard("1", "04A3B2C1"),
            SetSetting("rfid_reader", Reader.ENABLE_ALL, "1"),
            SetSetting("rfid_reader", Reader.DELETE_ALL, "1"),
        ]


async def test_a_reader_that_is_off_offers_no_card(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        part = visit.at("#charger-1 details").nth(1)
        await part.locator("summary").click()
        await expect(part).to_contain_text("The card reader is off: nobody needs a card.")
        await expect(part.get_by_label("Card number")).to_be_hidden()


async def test_the_lock_is_held_and_let_go(staged: Staged) -> None:
    async with staged(site(charging())) as (shown, visit):
        await visit.at(".controls summary").first.click()
        hold = visit.page.get_by_role("button", name="Hold the lock")
        await expect(hold).to_have_attribute("aria-pressed", "false")
        await hold.press("Enter")
        await expect(visit.at("#charger-1 .command")).to_have_count(1)
        shown.show(site(charging(lock_hold=True)))
        await expect(hold).to_have_attribute("aria-pressed", "true")
        await hold.press("Space")
        await expect(visit.at("#charger-1 .command")).to_have_count(2)
        assert shown.site.commands == [SetLockHold("1", True), SetLockHold("1", False)]


async def test_a_reboot_is_asked_for_and_not_while_the_car_charges(staged: Staged) -> None:
    async with staged(site(charging())) as (shown, visit):
        await visit.at(".controls summary").first.click()
        reboot = visit.page.get_by_role("button", name="Reboot board")
        await expect(visit.page.get_by_role("button", name="Hold the lock")).to_be_visible()
        await expect(reboot).to_be_hidden()
        shown.show(snapshots.stopped())
        await reboot.click()
        await expect(visit.page.get_by_role("dialog")).to_contain_text("Garage restarts.")
        await visit.page.get_by_role("dialog").get_by_role("button", name="Reboot board").click()
        await expect(visit.at("#charger-1 .steps li").nth(1)).to_have_text("✓ accepted")
        assert shown.site.commands == [DoBoardAction("1", BoardAction.REBOOT)]


async def test_who_stopped_the_board_can_resume_here(staged: Staged) -> None:
    async with staged(snapshots.stopped()) as (shown, visit):
        await visit.page.get_by_role("button", name="Resume after stop").click()
        await expect(visit.page.get_by_role("dialog")).to_contain_text("Is it safe to go on?")
        await visit.page.get_by_role("dialog").get_by_role("button", name="Resume after stop").click()
        await expect(visit.at("#charger-1 .steps li").nth(1)).to_have_text("✓ accepted")
        assert shown.site.commands == [DoBoardAction("1", BoardAction.RESUME)]


async def test_who_came_in_by_the_login_can_leave(staged: Staged) -> None:
    keyring = Keyring((Token("phone", digest_of("secret"), created_s=0),))
    security = Security(keyring=keyring, token_on_loopback=True)
    async with staged(snapshots.normal(), security=security, ready="#token", clock_s=None) as (_, visit):
        visit.may_miss_answers = True
        await visit.at("#token").fill("secret")
        await visit.page.keyboard.press("Enter")
        await expect(visit.at("#charger-1 .headline")).to_contain_text("Charging")
        await visit.page.get_by_role("button", name="Log out").click()
        await expect(visit.page).to_have_url(f"{visit.origin}/login")
        await visit.page.goto(visit.origin)
        await expect(visit.page).to_have_url(f"{visit.origin}/login")
        assert await visit.page.context.cookies() == []


async def test_who_needs_no_login_has_nothing_to_leave(staged: Staged) -> None:
    async with staged(snapshots.normal()) as (_, visit):
        await expect(visit.page.get_by_role("button", name="Dark")).to_be_visible()
        await expect(visit.page.get_by_role("button", name="Log out")).to_be_hidden()
