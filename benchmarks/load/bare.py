"""The baseline, as a process: aiohttp with nothing around it. Takes a body on stdin, says its port.

`/bytes` sends the body as it is; `/json` makes it anew for each request, as the usual handler does.
"""

from __future__ import annotations

import json
import sys

from aiohttp import web


def main() -> None:
    """Serves until killed."""
    body = sys.stdin.buffer.read()
    document = json.loads(body)

    async def get_bytes(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async def get_json(_request: web.Request) -> web.Response:
        return web.json_response(document)

    async def start() -> web.Application:
        app = web.Application()
        app.router.add_get("/bytes", get_bytes)
        app.router.add_get("/json", get_json)
        return app

    web.run_app(start(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
