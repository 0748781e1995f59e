"""Tokens that open the API beyond this machine: shown once, kept as hashes, compared in constant time.

A token is 256 random bits, so a plain SHA-256 of it tells nobody anything and a slow hash would add nothing.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evse_tui.errors import UserError

FILE_NAME: Final = "tokens.json"
PREFIX: Final = "evse_"
"""Lets people and secret scanners tell what it is."""
MOST_TOKENS: Final = 100
LONGEST_SECRET: Final = 200
LOOK_AGAIN_S: Final = 1.0
"""How often a running server looks whether the file has changed."""
_SECRET_BYTES: Final = 32
_LARGEST_FILE: Final = 64 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME: Final = 60


class TokenError(UserError):
    """Tokens can't be read or changed; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token."""

    name: str
    digest: bytes
    """SHA-256 of the secret."""
    created_s: int
    """Wall time."""


def digest_of(secret: str) -> bytes:
    """What is stored of a secret and compared."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


class Keyring:
    """The tokens that open the API now."""

    def __init__(self, tokens: tuple[Token, ...] = (), trouble: str = "") -> None:
        self._tokens = tokens
        self._listeners: list[Callable[[], None]] = []
        self.trouble = trouble
        """Why no token can be trusted at the moment, one sentence; empty if all is well."""

    def __len__(self) -> int:
        return len(self._tokens)

    def match(self, secret: str) -> Token | None:
        """The token with this secret. Takes the same time whichever one it is, and whether it is one."""
        digest = digest_of(secret)
        found: Token | None = None
        for token in self._tokens:
            if hmac.compare_digest(token.digest, digest):
                found = token
        return found

    def holds(self, token: Token) -> bool:
        """Whether this very token has not been revoked."""
        return token in self._tokens

    def is_exactly(self, tokens: tuple[Token, ...]) -> bool:
        """Whether these are the tokens."""
        return self._tokens == tokens

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each `replace`."""
        self._listeners.append(listener)

    def replace(self, tokens: tuple[Token, ...], trouble: str = "") -> None:
        """From now on these and no others."""
        self._tokens, self.trouble = tokens, trouble
        for listener in self._listeners:
            listener()


def read_tokens(path: Path) -> tuple[Token, ...]:
    """The tokens in a file; none if there is no file.

    Raises:
        TokenError: it can't be read, is damaged, or could have been written by others.
    """
    content = _read(path)
    return () if content is None else _parse(content, path)


def new_token(path: Path, name: str | None, now_s: float) -> tuple[str, str]:
    """Makes a token and stores its hash: its name and, for the only time, its secret.

    Raises:
        TokenError: the name is taken or none, or the file can't be changed; nothing was changed.
    """
    with _locked(path):
        tokens = read_tokens(path)
        names = {token.name for token in tokens}
        if name is None:
            name = next(free for number in range(1, MOST_TOKENS + 2) if (free := f"token-{number}") not in names)
        if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or name != name.strip():
            raise TokenError(f"a token's name has 1 to {_LONGEST_NAME} printable characters")
        if name in names:
            raise TokenError(f"there is a token {name!r} already: choose another name, or revoke it first")
        if len(tokens) >= MOST_TOKENS:
            raise TokenError(f"there are {MOST_TOKENS} tokens already: revoke one first")
        secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        _write(path, (*tokens, Token(name, digest_of(secret), int(now_s))))
    return name, secret


def revoke_token(path: Path, name: str) -> None:
    """Forgets a token; a running server refuses it within a second.

    Raises:
        TokenError: there is none of this name, or the file can't be changed.
    """
    with _locked(path):
        tokens = read_tokens(path)
        kept = tuple(token for token in tokens if token.name != name)
        if len(kept) == len(tokens):
            raise TokenError(f"there is no token {name!r}; `evse-tui token list` shows all")
        _write(path, kept)


async def look_at_file(keyring: Keyring, path: Path, tell: Callable[[str], None]) -> None:
    """Makes a keyring equal to its file. Reads in a worker thread: a disk that hangs delays nothing.

    `tell` gets one sentence when the file becomes unusable, and one when it is good again.
    """
    try:
        tokens, trouble = await asyncio.to_thread(read_tokens, path), ""
    except TokenError as error:
        tokens, trouble = (), str(error)
    if trouble != keyring.trouble:
        tell(trouble or f"{path} is good again")
    if trouble != keyring.trouble or not keyring.is_exactly(tokens):
        keyring.replace(tokens, trouble)


async def follow_file(keyring: Keyring, path: Path, tell: Callable[[str], None]) -> None:
    """Looks at the file again and again, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        await look_at_file(keyring, path, tell)


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
                raise TokenError(f"{path} can be written by other users, so nobody is let in by it: chmod 600 it")
            return file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TokenError(f"{path} can't be read, so nobody is let in by it: {error.strerror}") from error


def _parse(content: bytes, path: Path) -> tuple[Token, ...]:
    try:
        if len(content) > _LARGEST_FILE:
            raise ValueError("too long")
        tokens = tuple(_token(entry) for entry in json.loads(content)["tokens"])
        if len({token.name for token in tokens}) != len(tokens):
            raise ValueError("two of one name")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TokenError(
            f"{path} is damaged, so nobody is let in by it: restore it, or remove it and make new tokens "
            "with `evse-tui token new`"
        ) from error
    return tokens


def _token(entry: Any) -> Token:
    name, digest, created_s = entry["name"], entry["sha256"], entry["created"]
    if not isinstance(name, str) or not isinstance(created_s, int) or not _DIGEST.fullmatch(digest):
        raise ValueError("not a token")
    return Token(name, bytes.fromhex(digest), created_s)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two commands at once take turns."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        directory = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise TokenError(f"{path.parent} can't be used: {error.strerror}") from error
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _write(path: Path, tokens: tuple[Token, ...]) -> None:
    entries = [{"name": token.name, "sha256": token.digest.hex(), "created": token.created_s} for token in tokens]
    content = json.dumps({"tokens": entries}, indent=1).encode() + b"\n"
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        temporary = None
        _flush_directory(path.parent)
    except OSError as error:
        raise TokenError(f"{path} can't be written: {error.strerror}") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def _flush_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
