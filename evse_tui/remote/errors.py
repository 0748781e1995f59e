"""Every way in which a remote site can fail us, as one sentence with the way out. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from evse_tui import __version__
from evse_tui.errors import UserError, plain

LONGEST: Final = 400
"""Characters of a sentence that others may write parts of."""
TOKEN_WAIT_S: Final = 60.0
"""A token that was refused once is not shown again sooner: five wrong ones a minute count as an attack."""


class RemoteError(UserError):
    """The site can't be asked. The text is one sentence; `reason` is a few words for a row of the screen."""

    def __init__(self, sentence: str, reason: str, *, wait_s: float = 0.0, done: bool | None = False) -> None:
        super().__init__(_bounded(sentence))
        self.reason = _bounded(reason)
        self.wait_s = wait_s
        """Not to be tried again sooner."""
        self.done = done
        """Whether what was asked may have been done all the same: None if nobody knows."""


class TokenError(RemoteError):
    """The site asks for a token, or for another one."""


class RefusedError(RemoteError):
    """The site itself says no; `reason` is its own sentence."""


def unreachable(url: str, reason: str) -> RemoteError:
    """Nobody answers there."""
    return RemoteError(f"{url} can't be reached ({reason}); is `evse-tui serve` running there?", reason)


def broken(url: str, reason: str) -> RemoteError:
    """The connection ended before the answer did."""
    return RemoteError(f"{url} did not answer ({reason}); is it still running?", reason, done=None)


def foreign(url: str, what: str) -> RemoteError:
    """Somebody answers, but not as we do."""
    return RemoteError(
        f"{url} does not answer as evse-tui does ({what}); is it the address of `evse-tui serve`?",
        f"not evse-tui: {what}",
    )


def skewed(url: str, theirs: str, what: str) -> RemoteError:
    """An evse-tui of another version, whose snapshot can't be read."""
    sentence = f"{url} runs evse-tui {theirs}, which {__version__} does not understand ({what}): use one version"
    return RemoteError(sentence, f"it runs version {theirs}, which {__version__} does not understand")


def refused(url: str, status: int, detail: str, retry_after: str = "", *, token: bool = False) -> RemoteError:
    """The site answers with an error.

    `detail` is the sentence of its problem document, or empty; `token` says whether it was shown one.
    """
    words = detail.rstrip(".") or f"{status} {_phrase(status)}"
    wait_s = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0
    if status == HTTPStatus.UNAUTHORIZED:
        reason = "refuses the token" if token else "asks for a token"
        return TokenError(f"{url} {reason}", f"it {reason}", wait_s=TOKEN_WAIT_S)
    if status == HTTPStatus.FORBIDDEN:
        way_out = "add it to `names` in `[listen]` there, or use its address"
        return RemoteError(f"{url} refuses ({words}): {way_out}", words, wait_s=TOKEN_WAIT_S)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        when = f"try again in {wait_s:g} s" if wait_s else "try again later"
        return RemoteError(f"{url} refuses ({words}): {when}", words, wait_s=wait_s or TOKEN_WAIT_S)
    return RefusedError(f"{url} refuses: {words}", words, wait_s=wait_s)


def _bounded(text: str) -> str:
    text = plain(text[: LONGEST + 1])
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}.."


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
