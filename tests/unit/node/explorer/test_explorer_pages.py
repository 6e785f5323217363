"""The files of the explorer page over HTTP: what is served, how, and to whom."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node.explorer import pages
from node.explorer.packages import FILES
from node.rpc.methods import Methods, method
from node.rpc.server import RpcServer

OWN = sorted(path.name for path in pages.STATIC.iterdir() if path.is_file())
MODULES = [name for name in OWN if name.endswith(".js")]
VENDORED = {f"vendor/{file.name}" for file in FILES}
ECHO = {"jsonrpc": "2.0", "id": 1, "method": "demo_echo", "params": ["x"]}

Scenario = Callable[[aiohttp.ClientSession, str], Awaitable[None]]


@method()
def demo_echo(node: Any, value: Any = None) -> Any:
    return value


def serve(scenario: Scenario) -> None:
    async def run() -> None:
        methods = Methods.of(None, [sys.modules[__name__]])
        async with (
            RpcServer(methods, ports=(0,), extra_routes=pages.routes()) as server,
            aiohttp.ClientSession() as client,
        ):
            await scenario(client, f"http://127.0.0.1:{server.ports[0]}")

    asyncio.run(run())


def test_the_page_is_served_beside_the_rpc_on_the_same_path() -> None:
    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "/") as answer:
            assert (answer.status, answer.content_type, answer.charset) == (200, "text/html", "utf-8")
            assert await answer.read() == (pages.STATIC / "index.html").read_bytes()
        async with client.post(url + "/", json=ECHO) as answer:
            assert (await answer.json())["result"] == "x"
        async with client.ws_connect(url + "/") as websocket:
            await websocket.send_json(ECHO)
            assert (await websocket.receive_json())["result"] == "x"

    serve(scenario)


def test_every_file_has_its_type_and_the_headers_that_keep_strangers_out() -> None:
    types = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        for name in OWN:
            async with client.get(f"{url}/explorer/{name}") as answer:
                assert (answer.status, answer.content_type) == (200, types[Path(name).suffix]), name
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'; script-src 'self';" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"

    serve(scenario)


def test_an_unchanged_file_is_not_sent_again() -> None:
    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "/explorer/app.js") as answer:
            tag = answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "no-cache"
        async with client.get(url + "/explorer/app.js", headers={"If-None-Match": tag}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        async with client.get(url + "/explorer/app.js", headers={"If-None-Match": '"other"'}) as answer:
            assert answer.status == 200

    serve(scenario)


def test_a_library_that_is_not_installed_is_404(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)

    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "/explorer/vendor/preact.js") as answer:
            assert answer.status == 404

    serve(scenario)


@pytest.mark.parametrize(
    "path",
    [
        "/explorer/../pages.py",
        "/explorer/..%2fpages.py",
        "/explorer/%2e%2e/pages.py",
        "/explorer/vendor/..%2f..%2f..%2fpages.py",
        "/explorer//etc/passwd",
        "/explorer/",
        "/explorer",
        "/pages.py",
        "/explorer/app.js/",
        "/explorer/.hidden",
    ],
)
def test_no_path_leads_anywhere_else(path: str) -> None:
    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        # a URL that is encoded already goes out as it is, dots and all
        from yarl import URL

        async with client.get(URL(url + path, encoded=True)) as answer:
            assert answer.status == 405

    serve(scenario)


@pytest.mark.parametrize("path", ["/", "/explorer/app.js", "/explorer/style.css", "/explorer/vendor/preact.js"])
@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_names_and_pages_of_others_are_refused(path: str, header: dict[str, str]) -> None:
    async def scenario(client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + path, headers=header) as answer:
            assert answer.status == 403

    serve(scenario)


def test_the_page_has_no_inline_scripts_or_styles() -> None:
    text = (pages.STATIC / "index.html").read_text()

    assert re.findall(r"<script(?![^>]*src=)|<style|\son[a-z]+=|style=", text) == []


@pytest.mark.parametrize("name", MODULES)
def test_every_import_leads_to_a_file_of_the_page(name: str) -> None:
    text = (pages.STATIC / name).read_text()

    imported = re.findall(r"""(?:from|import)\s*\(?["']([^"']+)["']""", text)

    assert all(path.startswith("./") and path[2:] in {*OWN, *VENDORED} for path in imported)
    assert not re.search(r"https?://", text)


def test_every_module_is_part_of_the_page() -> None:
    texts = [path.read_text() for path in pages.STATIC.iterdir() if path.is_file()]

    for name in MODULES:
        assert any(f"/{name}" in text for text in texts), name
