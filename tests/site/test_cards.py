"""Access by card on the shipped firmware: cards at the reader and from afar, restarts, unplugs that nobody saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from evse_protocol.messages import EventKind
from evse_tui.control.types import Constraint, Mode
from evse_tui.sim.car import Car
from evse_tui.site.card_reader import AUTHORISED
from evse_tui.site.commands import Outcome, SetSetting, SwipeCard
from evse_tui.site.rfid import CAPACITY, WAIT_FOR_CAR_MS, CardStatus, Reader
from evse_tui.site.site import Site
from evse_tui.site.snapshot import ChargerSnapshot
from evse_tui.store import Store, StoreError
from tests.site.bench import Bench, play

ANNA, BEN = "00C0FFEE", "12345678"
_RING = 128
"""Events that a board keeps for an absent host."""


def _bench(reader: Reader, directory: Path | None = None) -> Bench:
    bench = Bench(charger={"mode": Mode.NORMAL, "rfid_reader": reader}, directory=directory)
    bench.ev_meter = False
    return bench


async def _cards(bench: Bench, *cards: str) -> None:
    """The site's cards, before its host starts."""
    store = await Store.open(bench._directory)
    await store.set_cards(dict.fromkeys(cards, 1.0))
    await store.close()


async def _hold(bench: Bench, site: Site, card: str, name: str = "1") -> None:
    """Holds a card to the board's own reader."""
    bench.chargers[name].board.present_card(int(card, 16))
    await bench.live(site, 2)


async def _set(site: Site, reader: Reader) -> None:
    assert (await site.execute(SetSetting("rfid_reader", reader, "1"))).accepted


def _charging(charger: ChargerSnapshot) -> bool:
    return charger.board is not None and charger.board.offered_da > 0


def _status(site: Site) -> str:
    return site.snapshot.charger("1").rfid.status


def test_a_card_starts_and_stops_and_the_next_car_needs_another(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, ANNA)
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 15)
            charger = site.snapshot.charger("1")
            assert not charger.authorised
            assert charger.grant is not None
            assert charger.grant.reason.constraint is Constraint.NOT_AUTHORISED
            assert not bench.chargers["1"].view.c1
            await _hold(bench, site, ANNA)
            assert (_status(site), site.snapshot.charger("1").rfid.last_card) == (CardStatus.PRESENT.value, ANNA)
            await bench.until(site, lambda c: bench.chargers["1"].view.c1, 30)
            await bench.live(site, 5)
            assert _status(site) == CardStatus.READY.value
            bench.chargers["1"].unplug()
            await bench.live(site, 3)
            assert not site.snapshot.charger("1").authorised
            bench.plug()
            await bench.live(site, 15)
            assert not bench.chargers["1"].view.c1
            await _hold(bench, site, ANNA)
            await bench.until(site, lambda c: bench.chargers["1"].view.c1, 40)
            await _hold(bench, site, ANNA)
            await bench.live(site, 10)
            assert not bench.chargers["1"].view.c1
            assert site.snapshot.charger("1").plugged
            assert not any(ANNA in event.text for event in site.snapshot.events)
            assert any("..FFEE: charging allowed" in event.text for event in site.snapshot.events)

    play(_bench(Reader.ENABLE_ALL, tmp_path), story)


def test_an_unknown_card_is_invalid(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, ANNA)
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            await _hold(bench, site, BEN)
            assert _status(site) == CardStatus.INVALID.value
            assert await site.execute(SwipeCard("1", BEN)) == Outcome(False, CardStatus.INVALID.value)
            assert not site.snapshot.charger("1").authorised

    play(_bench(Reader.ENABLE_ONE, tmp_path), story)


def test_in_enable_one_another_card_can_not_stop(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, ANNA, BEN)
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            await _hold(bench, site, ANNA)
        async with bench.host() as site:  # which card it was survives
            await bench.live(site, 5)
            assert site.snapshot.charger("1").authorised
            await _hold(bench, site, BEN)
            assert site.snapshot.charger("1").authorised
            await _hold(bench, site, ANNA)
            assert not site.snapshot.charger("1").authorised

    play(_bench(Reader.ENABLE_ONE, tmp_path), story)


def test_learn_and_delete_at_the_reader(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            for expected in (CardStatus.STORED, CardStatus.ALREADY_STORED):
                await _hold(bench, site, ANNA)
                assert _status(site) == expected.value
            assert not site.snapshot.charger("1").authorised
            await _set(site, Reader.DELETE)
            for expected in (CardStatus.DELETED, CardStatus.NOT_STORED):
                await _hold(bench, site, ANNA)
                assert _status(site) == expected.value
            await _set(site, Reader.LEARN)
            await _hold(bench, site, BEN)
        store = await Store.open(tmp_path)
        assert set(store.stored.cards) == {BEN}
        await store.close()

    play(_bench(Reader.LEARN, tmp_path), story)


def test_the_storage_is_bounded(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, *(f"{number:08X}" for number in range(1, CAPACITY + 1)))
        async with bench.host() as site:
            assert await site.execute(SwipeCard("1", ANNA)) == Outcome(False, CardStatus.FULL.value)
            assert (await site.execute(SwipeCard("1", "00000001"))).detail == CardStatus.ALREADY_STORED.value

    play(_bench(Reader.LEARN, tmp_path), story)


def test_delete_all_forgets_all_and_turns_the_reader_off(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, ANNA, BEN)
        async with bench.host() as site:
            await _set(site, Reader.DELETE_ALL)
            charger = site.snapshot.charger("1")
            assert charger.settings["rfid_reader"] == Reader.DISABLED
            assert (charger.authorised, charger.rfid.status) == (True, CardStatus.NOT_INSTALLED.value)
            refused = await site.execute(SwipeCard("1", ANNA))
            assert refused == Outcome(False, "RFID reader not enabled")
        store = await Store.open(tmp_path)
        assert (store.stored.cards, store.stored.settings["1", "rfid_reader"]) == ({}, Reader.DISABLED)
        await store.close()

    play(_bench(Reader.ENABLE_ALL, tmp_path), story)


def test_remote_counts_only_what_is_shown_from_afar() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            await _hold(bench, site, ANNA)
            assert not site.snapshot.charger("1").authorised
            assert (await site.execute(SwipeCard("1", ANNA))).accepted
            assert site.snapshot.charger("1").authorised
            await bench.until(site, _charging, 30)

    play(_bench(Reader.REMOTE), story)


def test_a_card_without_a_car_waits_a_minute() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            await site.execute(SwipeCard("1", ANNA))
            await bench.live(site, WAIT_FOR_CAR_MS // 1_000 - 5)
            assert site.snapshot.charger("1").authorised
            await bench.live(site, 7)
            assert not site.snapshot.charger("1").authorised
            await site.execute(SwipeCard("1", ANNA))
            await bench.live(site, 30)
            bench.plug()
            await bench.live(site, 60)
            assert site.snapshot.charger("1").authorised

    play(_bench(Reader.REMOTE), story)


class _Host:
    """A host that can be killed: nothing of its end reaches store or boards."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def kill(self) -> None:
        self.site._running = False
        await self.site._tasks.close()
        self.site._publisher.close()
        await self.site._store.close()


async def _start(bench: Bench) -> _Host:
    site = Site(bench.config, await Store.open(bench._directory), bench.clock, bench.openers)
    await site.start()
    return _Host(site)


@pytest.mark.parametrize("another_car", [False, True])
def test_a_killed_host_forgets_only_a_car_that_went(tmp_path: Path, another_car: bool) -> None:
    async def story(bench: Bench) -> None:
        host = await _start(bench)
        bench.plug(Car())
        await bench.live(host.site, 12)
        assert (await host.site.execute(SwipeCard("1", ANNA))).accepted
        await host.kill()
        await bench.clock.sleep_ms(2_000)
        if another_car:
            bench.chargers["1"].unplug()
            await bench.clock.sleep_ms(3_000)
            bench.plug(Car())
            await bench.clock.sleep_ms(3_000)
        async with bench.host() as site:
            await bench.live(site, 15)
            assert site.snapshot.charger("1").plugged
            assert site.snapshot.charger("1").authorised is not another_car

    play(_bench(Reader.REMOTE, tmp_path), story)


def test_a_host_killed_right_after_the_unplug_hears_of_it_again(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        host = await _start(bench)
        bench.plug()
        await bench.live(host.site, 12)
        assert (await host.site.execute(SwipeCard("1", ANNA))).accepted
        await bench.live(host.site, 2)
        reader = host.site._chargers["1"].reader

        async def never(rows: object) -> None:
            raise StoreError("the disk is full")

        reader._cards.commit = never  # type: ignore[method-assign]  # the end can't be stored, all else can
        bench.chargers["1"].unplug()
        await bench.live(host.site, 4)
        assert not host.site.snapshot.charger("1").authorised, "the end waits for no disk"
        assert reader._saved[0] != 0
        bench.plug()
        await host.kill()
        await bench.clock.sleep_ms(1_000)
        store = await Store.open(tmp_path)
        assert store.stored.settings["1", AUTHORISED] != 0
        await store.close()
        async with bench.host() as site:
            await bench.live(site, 5)
            assert site.snapshot.charger("1").plugged
            assert not site.snapshot.charger("1").authorised

    play(_bench(Reader.REMOTE, tmp_path), story)


def test_an_unplug_among_events_that_the_board_had_to_drop_counts(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        host = await _start(bench)
        bench.plug()
        await bench.live(host.site, 12)
        assert (await host.site.execute(SwipeCard("1", ANNA))).accepted
        await host.kill()
        bench.chargers["1"].unplug()
        await bench.clock.sleep_ms(3_000)
        bench.plug()
        await bench.clock.sleep_ms(3_000)
        for card in range(1, _RING + 1):
            bench.chargers["1"].board.present_card(card)
            await bench.clock.sleep_ms(5)
        async with bench.host() as site:
            await bench.live(site, 5)
            assert site.snapshot.charger("1").plugged
            assert not site.snapshot.charger("1").authorised
            board = site.snapshot.charger("1").board
            assert board is not None
            status = site._chargers["1"].telemetry.status
            assert status is not None
            assert status.events_lost > 0

    play(_bench(Reader.REMOTE, tmp_path), story)


def test_a_card_of_the_past_is_not_acted_upon(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await _cards(bench, ANNA)
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
        bench.chargers["1"].board.present_card(int(ANNA, 16))
        await bench.clock.sleep_ms(3_000)
        async with bench.host() as site:
            await bench.live(site, 5)
            assert not site.snapshot.charger("1").authorised
            assert any("show it again" in event.text for event in site.snapshot.events)
            await _hold(bench, site, ANNA)
            assert site.snapshot.charger("1").authorised

    play(_bench(Reader.ENABLE_ALL, tmp_path), story)


def test_a_full_disk_starts_nobody() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            bench.plug()
            await bench.live(site, 12)
            cards = site._chargers["1"].reader._cards
            commit = cards.commit

            async def full(rows: object) -> None:
                raise StoreError("the disk is full")

            cards.commit = full  # type: ignore[method-assign]  # as a full disk would
            assert await site.execute(SwipeCard("1", ANNA)) == Outcome(False, "the disk is full")
            assert not site.snapshot.charger("1").authorised
            cards.commit = commit  # type: ignore[method-assign]  # room again
            assert (await site.execute(SwipeCard("1", ANNA))).accepted
            cards.commit = full  # type: ignore[method-assign]
            assert not (await site.execute(SwipeCard("1", ANNA))).accepted
            assert not site.snapshot.charger("1").authorised, "an end waits for no disk"
            cards.commit = commit  # type: ignore[method-assign]

    play(_bench(Reader.REMOTE), story)


def test_cards_belong_to_the_site() -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 2)
            assert (await site.execute(SwipeCard("1", ANNA))).detail == CardStatus.STORED.value
            assert (await site.execute(SetSetting("rfid_reader", Reader.ENABLE_ALL, "2"))).accepted
            assert (await site.execute(SwipeCard("2", ANNA))).accepted
            assert site.snapshot.charger("2").authorised
            assert not site.snapshot.charger("1").authorised

    play(Bench(boards=2, charger={"rfid_reader": Reader.LEARN}), story)


def test_the_store_keeps_only_the_end_of_a_strangers_card(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async with bench.host() as site:
            await bench.live(site, 12)
            bench.chargers["1"].board.present_card(0x04A3B2C1)
            await bench.live(site, 3)
        store = await Store.open(tmp_path)
        cards = [event for event in store.stored.board_events if event.kind == EventKind.CARD]
        await store.close()
        assert [card.value for card in cards] == [0xB2C1]

    play(_bench(Reader.ENABLE_ALL, tmp_path), story)
    for path in tmp_path.iterdir():
        assert b"04A3B2C1" not in path.read_bytes().upper()
        assert 0x04A3B2C1.to_bytes(4, "big") not in path.read_bytes()
