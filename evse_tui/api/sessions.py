"""What a browser holds instead of a token: a random value of its own, in memory only."""

from __future__ import annotations

import secrets
from typing import Final

from evse_tui.api.tokens import Token, digest_of

MOST_SESSIONS: Final = 64
SESSION_S: Final = 7 * 24 * 3600
_SECRET_BYTES: Final = 32


class Sessions:
    """Logged-in browsers. The oldest one gives way to a newcomer; a restart forgets all."""

    def __init__(self) -> None:
        self._open: dict[bytes, tuple[Token, float]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def open(self, token: Token, now_s: float) -> str:
        """A new session for somebody who has shown `token`."""
        while len(self._open) >= MOST_SESSIONS:
            del self._open[next(iter(self._open))]
        value = secrets.token_urlsafe(_SECRET_BYTES)
        self._open[digest_of(value)] = (token, now_s + SESSION_S)
        return value

    def token(self, value: str, now_s: float) -> Token | None:
        """The token that opened this session, if it has not ended. Whether it still holds is for the caller to ask."""
        found = self._open.get(digest_of(value))  # by hash: its time says nothing of the value
        if found is None:
            return None
        token, ends_s = found
        return token if now_s < ends_s else None

    def close(self, value: str) -> None:
        """Forgets a session."""
        self._open.pop(digest_of(value), None)
