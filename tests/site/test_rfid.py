"""Cards and authorisation, without a board."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.site.rfid import (
    UNSEEN_MS,
    WAIT_FOR_CAR_MS,
    Authorisation,
    CardStatus,
    Reader,
    Verdict,
    card_number,
    judge,
    life_of,
    masked,
    tag,
)

ANNA, BEN = "00C0FFEE", "04112233445566"
LIFE, NEXT_LIFE = life_of(1001, 5), life_of(1001, 6)


def _judge(
    reader: Reader, *, card: str = ANNA, stored: bool = True, full: bool = False, holder: int = 0, remote: bool = False
) -> Verdict:
    return judge(reader, card, stored=stored, full=full, holder=holder, remote=remote)


def test_enable_all_any_stored_card_starts_and_stops() -> None:
    start = _judge(Reader.ENABLE_ALL)
    assert (start.status, start.accepted, start.holder) == (CardStatus.PRESENT, True, tag(ANNA))
    stop = _judge(Reader.ENABLE_ALL, card=BEN, holder=tag(ANNA))
    assert (stop.status, stop.accepted, stop.holder) == (CardStatus.PRESENT, True, 0)


def test_enable_one_only_the_card_that_started_stops() -> None:
    other = _judge(Reader.ENABLE_ONE, card=BEN, holder=tag(ANNA))
    assert (other.status, other.accepted, other.holder) == (CardStatus.PRESENT, False, None)
    assert _judge(Reader.ENABLE_ONE, holder=tag(ANNA)).holder == 0


@pytest.mark.parametrize("reader", [Reader.ENABLE_ALL, Reader.ENABLE_ONE])
def test_an_unknown_card_does_nothing(reader: Reader) -> None:
    for holder in (0, tag(ANNA)):
        verdict = _judge(reader, card=BEN, stored=False, holder=holder)
        assert (verdict.status, verdict.accepted, verdict.holder) == (CardStatus.INVALID, False, None)


@pytest.mark.parametrize(
    ("stored", "full", "status", "store"),
    [
        (False, False, CardStatus.STORED, True),
        (True, False, CardStatus.ALREADY_STORED, False),
        (True, True, CardStatus.ALREADY_STORED, False),
        (False, True, CardStatus.FULL, False),
    ],
)
def test_learn(stored: bool, full: bool, status: CardStatus, store: bool) -> None:
    verdict = _judge(Reader.LEARN, stored=stored, full=full)
    assert (verdict.status, verdict.store, verdict.accepted, verdict.holder) == (status, store, store, None)


def test_delete() -> None:
    assert _judge(Reader.DELETE) == Verdict(CardStatus.DELETED, accepted=True, delete=True)
    assert _judge(Reader.DELETE, stored=False) == Verdict(CardStatus.NOT_STORED)


def test_remote_believes_only_what_is_shown_from_afar() -> None:
    assert _judge(Reader.REMOTE).holder is None
    assert _judge(Reader.REMOTE, stored=False, remote=True).holder == tag(ANNA)
    assert _judge(Reader.REMOTE, card=BEN, holder=tag(ANNA), remote=True).holder is None
    assert _judge(Reader.REMOTE, holder=tag(ANNA), remote=True).holder == 0


@pytest.mark.parametrize("reader", [Reader.DISABLED, Reader.DELETE_ALL])
def test_a_reader_that_is_off_changes_nothing(reader: Reader) -> None:
    verdict = _judge(reader, remote=True)
    assert (verdict.status, verdict.accepted, verdict.holder) == (CardStatus.NOT_INSTALLED, False, None)
    assert (verdict.store, verdict.delete) == (False, False)


@pytest.mark.parametrize("text", ["00c0ffee", " 04112233445566\n", "0101020304050607"])
def test_card_numbers(text: str) -> None:
    assert card_number(text) == text.strip().upper()


@pytest.mark.parametrize("text", ["", "00c0ffe", "123456789012", "00c0ffeg", "\u0660" * 8, "00c0 fee", "0" * 18])
def test_what_is_no_card(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid RFID"):
        card_number(text)


@given(card=st.from_regex(r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{16}", fullmatch=True))
def test_logs_and_tags(card: str) -> None:
    assert card not in masked(card)
    assert 0 < tag(card) < 1 << 63  # what SQLite keeps as an integer
    assert tag(card) != tag(card[::-1]) or card == card[::-1]


@given(serial=st.integers(0, 0xFFFF_FFFF), boot=st.integers(0, 0xFFFF_FFFF))
def test_a_boot_of_a_board_is_a_positive_integer_of_sqlite(serial: int, boot: int) -> None:
    assert 0 < life_of(serial, boot) < 1 << 63


class TestAuthorisation:
    def test_it_ends_with_the_car(self) -> None:
        given_ = Authorisation()
        given_.give(tag(ANNA), 0, life=LIFE, plugged=True)
        given_.see(LIFE, True, 1_000)
        assert given_.row == (tag(ANNA), LIFE)
        given_.see(LIFE, False, 2_000)
        given_.see(LIFE, True, 2_001)
        assert (given_.holder, given_.row) == (0, (0, 0))

    def test_without_a_car_it_waits_a_minute(self) -> None:
        waiting = Authorisation()
        waiting.give(tag(ANNA), 0, life=LIFE, plugged=False)
        waiting.see(LIFE, False, WAIT_FOR_CAR_MS - 1)
        assert waiting.holder == tag(ANNA)
        assert waiting.row == (0, 0), "a restart does not bring it back"
        waiting.look(WAIT_FOR_CAR_MS)
        assert waiting.holder == 0

    def test_the_car_that_comes_in_time_has_it(self) -> None:
        waiting = Authorisation()
        waiting.give(tag(ANNA), 0, life=LIFE, plugged=False)
        waiting.unplugged()  # an event of the car before
        waiting.see(LIFE, True, WAIT_FOR_CAR_MS - 1)
        assert waiting.row == (tag(ANNA), LIFE)
        waiting.look(WAIT_FOR_CAR_MS + 1)
        assert waiting.holder == tag(ANNA)

    def test_a_car_that_comes_too_late_has_none(self) -> None:
        waiting = Authorisation()
        waiting.give(tag(ANNA), 0, life=LIFE, plugged=False)
        waiting.see(LIFE, True, WAIT_FOR_CAR_MS)
        assert waiting.holder == 0

    def test_it_survives_a_restart_of_the_host(self) -> None:
        restored = Authorisation(tag(ANNA), LIFE)
        restored.see(LIFE, True, 0)
        assert restored.holder == tag(ANNA)

    def test_not_if_the_car_has_gone(self) -> None:
        restored = Authorisation(tag(ANNA), LIFE)
        restored.see(LIFE, False, 0)
        assert restored.holder == 0

    def test_not_if_the_board_restarted_as_well(self) -> None:
        restored = Authorisation(tag(ANNA), LIFE)
        restored.see(NEXT_LIFE, True, 0)
        assert restored.holder == 0

    def test_not_if_an_event_tells_of_an_unplug(self) -> None:
        restored = Authorisation(tag(ANNA), LIFE)
        restored.see(LIFE, True, 0)
        restored.unplugged()
        assert restored.row == (0, 0)

    def test_not_without_a_boot(self) -> None:
        assert Authorisation(tag(ANNA), 0).holder == 0

    @pytest.mark.parametrize(("unseen_ms", "holder"), [(UNSEEN_MS, tag(ANNA)), (UNSEEN_MS + 1, 0)])
    def test_a_short_restart_of_the_board_keeps_it(self, unseen_ms: int, holder: int) -> None:
        bound = Authorisation()
        bound.give(tag(ANNA), 0, life=LIFE, plugged=True)
        bound.see(LIFE, True, 0)
        bound.see(NEXT_LIFE, True, unseen_ms)
        assert bound.holder == holder
        assert bound.row == ((tag(ANNA), NEXT_LIFE) if holder else (0, 0))

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("give"), st.booleans(), st.just(0)),
                st.tuples(st.just("see"), st.booleans(), st.sampled_from([LIFE, NEXT_LIFE])),
                st.tuples(st.just("wait"), st.booleans(), st.integers(0, 2 * WAIT_FOR_CAR_MS)),
            ),
            max_size=30,
        )
    )
    def test_never_on_for_the_next_car(self, steps: list[tuple[str, bool, int]]) -> None:
        authorisation, now_ms, shown_ms, plugged = Authorisation(), 0, None, False
        for what, flag, value in steps:
            if what == "give":
                authorisation.give(tag(ANNA), now_ms, life=LIFE, plugged=plugged)
                shown_ms = now_ms
            elif what == "wait":
                now_ms += value
                authorisation.look(now_ms)
            else:
                left = plugged and not flag
                plugged = flag
                authorisation.see(value, plugged, now_ms)
                if left:
                    shown_ms = None
            if authorisation.holder:
                assert shown_ms is not None, "nobody showed a card since the last car"
                assert plugged or now_ms - shown_ms < WAIT_FOR_CAR_MS
