"""HTTP to one site: every failure becomes a RemoteError.

Each request has a connection of its own: no command is sent into one that a restarted server has forgotten, or twice.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp
import msgspec

from evse_tui import __version__
from evse_tui.api.v1.models.problem import Problem
from evse_tui.remote import errors
from evse_tui.remote.errors import RemoteError
from evse_tui.remote.event_stream import LARGEST, EventParser, FloodError

BASE: Final = "/api/v1"
CONNECT_S: Final = 5.0
ANSWER_S: Final = 10.0
"""A command is committed before its answer, and a slow disk may take seconds."""
SILENCE_S: Final = 30.0
"""A stream without event and heartbeat, which come every 12 s, for so long is dead."""
_PROBLEM: Final = "application/problem+json"
_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"
_PROBLEMS: Final = msgspec.json.Decoder(Problem)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of success."""

    status: int
    body: bytes


class Client:
    """Asks the site below `url` (`address.base_url`), with a token if there is one. An async context manager."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"User-Agent": f"evse-tui/{__version__}"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, limit=8),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> bytes:
        """The JSON document at `path`, below `/api/v1`.

        Raises:
            RemoteError: there is none.
        """
        async with self._asking("GET", path, ANSWER_S, query=query) as response:
            return await self._body(response, _JSON)

    async def send(self, method: str, path: str, body: bytes) -> Reply:
        """Asks for a change. It is sent at most once.

        Raises:
            RemoteError: it was refused, or nobody knows: see `RemoteError.done`.
        """
        async with self._asking(method, path, ANSWER_S, body=body) as response:
            return Reply(response.status, await self._body(response, _JSON))

    @asynccontextmanager
    async def events(self, path: str, kind: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The data of the events of one kind, until the stream ends; of several that come together the newest only.

        Raises:
            RemoteError: there is no stream, or no longer.
        """
        async with self._asking("GET", path, SILENCE_S) as response:
            if response.content_type != _EVENTS:
                raise errors.foreign(self.url, response.content_type)
            async with aclosing(self._read(response, kind)) as data:
                yield data

    async def _read(self, response: aiohttp.ClientResponse, kind: str) -> AsyncGenerator[bytes, None]:
        parser = EventParser()
        async for chunk in response.content.iter_any():
            try:
                found = [event.data for event in parser.feed(chunk) if event.kind == kind]
            except FloodError as error:
                raise errors.foreign(self.url, str(error)) from None
            if found:
                yield found[-1]

    @asynccontextmanager
    async def _asking(
        self,
        method: str,
        path: str,
        patience_s: float,
        *,
        query: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None, "used outside of its context"  # noqa: S101
        with self._explained(patience_s):
            async with self._session.request(
                method,
                f"{self.url}{BASE}{path}",
                params=query,
                data=body,
                headers=None if body is None else {"Content-Type": _JSON},
                allow_redirects=False,  # a token is for this address and no other
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=patience_s),
            ) as response:
                if not response.ok or response.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise await self._refusal(response)
                yield response

    async def _refusal(self, response: aiohttp.ClientResponse) -> RemoteError:
        status, headers = response.status, response.headers
        if response.content_type != _PROBLEM:
            to = f" to {headers['Location']}" if "Location" in headers else ""
            return errors.foreign(self.url, f"{status} {response.reason or ''}".strip() + to)
        try:
            detail = _PROBLEMS.decode(await self._body(response, _PROBLEM)).detail
        except msgspec.DecodeError:
            detail = ""
        if status == HTTPStatus.NOT_FOUND and not detail:
            return errors.foreign(self.url, "there is no such path; it may be an older evse-tui")
        return errors.refused(self.url, status, detail or "", headers.get("Retry-After", ""), token=bool(self._token))

    async def _body(self, response: aiohttp.ClientResponse, content_type: str) -> bytes:
        if response.content_type != content_type:
            raise errors.foreign(self.url, response.content_type)
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > LARGEST:
                raise errors.foreign(self.url, "an answer without end")
        return bytes(body)

    @contextmanager
    def _explained(self, patience_s: float) -> Iterator[None]:
        """Names what went wrong; before the request was sent nothing can have been done."""
        try:
            yield
        except aiohttp.ConnectionTimeoutError:
            raise errors.unreachable(self.url, f"no answer within {CONNECT_S:g} s") from None
        except TimeoutError:
            raise errors.broken(self.url, f"nothing was heard for {patience_s:g} s") from None
        except aiohttp.ClientConnectorDNSError:
            raise errors.unreachable(self.url, "there is no such host") from None
        except aiohttp.ClientSSLError as error:
            raise errors.unreachable(self.url, _tls_reason(error)) from None
        except aiohttp.ClientConnectorError as error:
            raise errors.unreachable(self.url, _reason(error.os_error)) from None
        except aiohttp.ClientResponseError as error:
            raise errors.foreign(self.url, "it is no HTTP") from error
        except (aiohttp.ClientError, OSError):
            raise errors.broken(self.url, "the connection broke off") from None


def _reason(error: OSError) -> str:
    # asyncio puts the address into the text; of several attempts it makes an error without number
    return os.strerror(error.errno).lower() if error.errno else "connection refused"


def _tls_reason(error: aiohttp.ClientSSLError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted"
    return "it speaks no TLS; try http"
