"""The files of the explorer page, as the RPC server's own port serves them.

Each file has a route of its own, so no path leads anywhere else. Whoever may not ask the RPC is refused here too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

from node.explorer.packages import FILES

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).parent / "static"
PREFIX = "/explorer/"
INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
HEADERS: Mapping[str, str] = {
    # nothing but this node's own files and its own RPC; no page of others may frame the buttons that move a devnet
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # always ask: an unchanged file is answered by its tag
    "Cache-Control": "no-cache",
}


def routes() -> dict[str, Handler]:
    """A handler for each file of the page by its path, the page itself at `/`."""
    own = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in TYPES]
    names = {*own, *(f"vendor/{file.name}" for file in FILES)}
    return {"/": _file(INDEX), **{PREFIX + name: _file(name) for name in sorted(names)}}


def _file(name: str) -> Handler:
    path = STATIC / name
    headers = {**HEADERS, "Content-Type": TYPES[path.suffix]}

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            data = path.read_bytes()
        except OSError:
            return web.Response(status=404, text=f"{name} is not here.\n", headers=HEADERS)
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={**HEADERS, "ETag": tag})
        return web.Response(body=data, headers={**headers, "ETag": tag})

    return handle
