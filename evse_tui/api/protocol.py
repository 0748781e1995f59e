"""One connection: aiohttp's protocol, whose own complaints become problem documents like all others."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import hdrs, web

from evse_tui.api.problems import problem


class Connection(web.RequestHandler):
    """Answers bytes that are no HTTP, and crashes of handlers."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Logs as aiohttp does. The client learns nothing of our inside, and does not get its own bytes back."""
        if isinstance(exc, UnicodeEncodeError) and not _is_text(request.headers.get(hdrs.EXPECT, "")):
            status = HTTPStatus.EXPECTATION_FAILED  # aiohttp stumbles over bytes that it wants to repeat
        else:
            super().handle_error(request, status, exc, message)
        response = problem(status, "This is not well-formed HTTP." if status == HTTPStatus.BAD_REQUEST else "")
        response.force_close()
        return response

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """aiohttp refuses unknown expectations before any middleware, in plain text; that too is a problem document."""
        if resp.status == HTTPStatus.EXPECTATION_FAILED:
            resp = problem(resp.status)
            resp.force_close()
        return await super().finish_response(request, resp, start_time)


def _is_text(header: str) -> bool:
    """Whether it came as UTF-8; other bytes are kept as surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in header)
