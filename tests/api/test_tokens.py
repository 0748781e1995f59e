"""Tokens: made once, kept as hashes, refused the moment they are revoked; damaged files let nobody in."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_tui.api.tokens import (
    LOOK_AGAIN_S,
    MOST_TOKENS,
    PREFIX,
    Keyring,
    Token,
    TokenError,
    digest_of,
    follow_file,
    look_at_file,
    new_token,
    read_tokens,
    revoke_token,
)
from evse_tui.sim.virtual_time import run_virtual

NOW_S = 1_700_000_000.5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """In a directory that does not exist yet."""
    return tmp_path / "data" / "tokens.json"


def test_token_has_at_least_128_random_bits_and_only_its_hash_is_kept(path: Path) -> None:
    name, secret = new_token(path, None, NOW_S)
    assert name == "token-1"
    random_characters = secret.removeprefix(PREFIX)
    assert len(random_characters) * 6 >= 128 + 6  # base64url: 6 bits a character, the last one may be partly empty
    content = path.read_text()
    assert secret not in content
    assert random_characters not in content
    assert read_tokens(path) == (Token("token-1", digest_of(secret), 1_700_000_000),)


def test_two_tokens_are_never_equal(path: Path) -> None:
    secrets = {new_token(path, None, NOW_S)[1] for _ in range(20)}
    assert len(secrets) == 20
    assert [token.name for token in read_tokens(path)] == [f"token-{number}" for number in range(1, 21)]


def test_file_is_for_its_owner_only_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        new_token(path, None, NOW_S)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_but_the_file_is_left_behind(path: Path) -> None:
    new_token(path, "a", NOW_S)
    revoke_token(path, "a")
    assert list(path.parent.iterdir()) == [path]


def test_file_is_replaced_whole_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_token(path, "a", NOW_S)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TokenError, match=r"tokens\.json can't be written: No space left on device$"):
        new_token(path, "b", NOW_S)
    with pytest.raises(TokenError, match="can't be written"):
        revoke_token(path, "a")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_commands_at_the_same_time_lose_no_token(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_token(path, None, NOW_S), range(24)))
    assert {name for name, _ in made} == {token.name for token in read_tokens(path)}
    keyring = Keyring(read_tokens(path))
    assert all(keyring.match(secret) is not None for _, secret in made)


@pytest.mark.parametrize("name", ["", " ", " a", "a ", "a\nb", "a\x1b[2J", "x" * 61])
def test_name_is_short_and_printable(path: Path, name: str) -> None:
    with pytest.raises(TokenError, match="1 to 60 printable characters"):
        new_token(path, name, NOW_S)
    assert read_tokens(path) == ()


def test_names_are_unique_and_the_number_of_tokens_is_bounded(path: Path) -> None:
    new_token(path, "tablet", NOW_S)
    with pytest.raises(TokenError, match="'tablet' already"):
        new_token(path, "tablet", NOW_S)
    entries = json.loads(path.read_text())["tokens"]
    path.write_text(json.dumps({"tokens": [{**entries[0], "name": str(i)} for i in range(MOST_TOKENS)]}))
    with pytest.raises(TokenError, match="revoke one first"):
        new_token(path, None, NOW_S)


def test_revoked_token_is_gone_and_others_stay(path: Path) -> None:
    (_, first), (_, second) = new_token(path, "a", NOW_S), new_token(path, "b", NOW_S)
    revoke_token(path, "a")
    keyring = Keyring(read_tokens(path))
    assert keyring.match(first) is None
    assert keyring.match(second) is not None
    with pytest.raises(TokenError, match="there is no token 'a'"):
        revoke_token(path, "a")


GOOD = {"name": "a", "sha256": "0" * 64, "created": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"tokens": 1}',
        b'{"tokens": [1]}',
        b"\xff\xfe",
        json.dumps({"tokens": [GOOD]}).encode()[:-20],
        json.dumps({"tokens": [GOOD, GOOD]}).encode(),
        json.dumps({"tokens": [{**GOOD, "sha256": "0" * 63}]}).encode(),
        json.dumps({"tokens": [{**GOOD, "sha256": ""}]}).encode(),
        json.dumps({"tokens": [{**GOOD, "sha256": None}]}).encode(),
        json.dumps({"tokens": [{**GOOD, "name": 1}]}).encode(),
        json.dumps({"tokens": [{**GOOD, "created": "x"}]}).encode(),
        b"[" * 60_000,
        b" " * 70_000 + b'{"tokens": []}',
    ],
)
def test_damaged_file_is_one_sentence_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TokenError) as caught:
        read_tokens(path)
    assert str(path) in str(caught.value)
    assert "is damaged, so nobody is let in by it" in str(caught.value)
    with pytest.raises(TokenError, match="is damaged"):
        new_token(path, None, NOW_S)
    with pytest.raises(TokenError, match="is damaged"):
        revoke_token(path, "a")
    assert path.read_bytes() == content


def test_file_that_others_can_write_is_not_believed(path: Path) -> None:
    new_token(path, None, NOW_S)
    for mode in (0o620, 0o602):
        path.chmod(mode)
        with pytest.raises(TokenError, match="can be written by other users"):
            read_tokens(path)
    path.chmod(0o600)
    assert len(read_tokens(path)) == 1


def test_directory_in_its_place_is_one_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(TokenError, match="can't be read, so nobody is let in by it: Is a directory"):
        read_tokens(path)


def test_data_directory_that_is_a_file_is_one_sentence(path: Path) -> None:
    path.parent.touch()
    with pytest.raises(TokenError, match=r"data can't be used: "):
        new_token(path, None, NOW_S)


def test_every_token_is_compared_whichever_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the position of the right one nor a common beginning shows in the time: all, by compare_digest."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def spy(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    keyring = Keyring(tuple(Token(str(i), digest_of(f"s{i}"), 0) for i in range(5)))
    for secret in ("s0", "s4", "nonsense"):
        compared.clear()
        found = keyring.match(secret)
        assert (found.name if found else "nonsense") == secret.removeprefix("s")
        assert [one for one, _ in compared] == [digest_of(f"s{i}") for i in range(5)]
        assert {other for _, other in compared} == {digest_of(secret)}


@given(st.text())
def test_no_text_matches_or_raises(text: str) -> None:
    assert Keyring((Token("a", digest_of("right one"), 0),)).match(text + "?") is None
    assert Keyring().match(text) is None


def test_keyring_follows_its_file_and_tells_once(path: Path) -> None:
    told: list[str] = []
    changes: list[int] = []
    keyring = Keyring()
    keyring.on_change(lambda: changes.append(len(keyring)))

    def look() -> None:
        for _ in range(2):
            asyncio.run(look_at_file(keyring, path, told.append))

    look()
    assert (told, changes) == ([], [])
    _, secret = new_token(path, None, NOW_S)
    look()
    assert (told, changes) == ([], [1])
    content = path.read_bytes()
    path.write_bytes(content[:-9])
    look()
    assert keyring.match(secret) is None
    assert keyring.trouble == told[0]
    assert "is damaged" in told[0]
    path.write_bytes(content)
    look()
    assert keyring.match(secret) is not None
    assert keyring.trouble == ""
    assert told[1:] == [f"{path} is good again"]
    path.unlink()
    look()
    assert changes == [1, 0, 1, 0]
    assert len(told) == 2


def test_running_server_looks_every_second(path: Path) -> None:
    keyring = Keyring()

    async def run() -> Any:
        follower = asyncio.create_task(follow_file(keyring, path, lambda _: None))
        await asyncio.sleep(10 * LOOK_AGAIN_S)
        assert len(keyring) == 0
        new_token(path, None, NOW_S)
        await asyncio.sleep(1.5 * LOOK_AGAIN_S)
        assert len(keyring) == 1
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)

    assert LOOK_AGAIN_S <= 1
    run_virtual(run())
