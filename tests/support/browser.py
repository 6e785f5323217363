"""Headless Chromium on a node's explorer page, and what must be true of every visit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from node.explorer import vendor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# as root there is no sandbox to be had; what is visited is our own
ARGUMENTS = ["--no-sandbox", "--force-prefers-reduced-motion"]
SHOTS = "TAONET_SCREENSHOTS"
"""The environment variable that names a folder for screenshots."""
WAIT_MS = 8_000

WITH_BROWSER = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: `apt-get install chromium`"),
    pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed: `make test` does it"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Skips the test where the page's libraries are not here and cannot be had."""
    from playwright.sync_api import sync_playwright

    try:
        vendor.install()
    except vendor.VendorError as error:
        pytest.skip(f"the libraries of the page cannot be had: {error}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def expect(locator: Any) -> Any:
    """Playwright's assertions, which wait until they hold."""
    from playwright.sync_api import expect as assertions

    assertions.set_options(timeout=WAIT_MS)
    return assertions(locator)


@dataclass
class Visit:
    """A page of the explorer that is open, and what went wrong in it."""

    page: Page
    home: str
    faults: list[str] = field(default_factory=list)
    """What the console said, and what was asked of other machines."""

    def go(self, path: str, heading: str | None = None) -> None:
        """Go to `#/path` and wait for its heading."""
        self.page.goto(f"{self.home}#/{path}")
        if heading is not None:
            self.heading(heading)

    def heading(self, text: str) -> None:
        """Wait until this is the heading of the page."""
        self.page.get_by_role("heading", level=1, name=text, exact=True).wait_for()

    def shot(self, folder: Path, name: str) -> None:
        """Keep a screenshot of all of the page, in the folder that the environment names, or in `folder`."""
        kept = Path(os.environ.get(SHOTS) or folder)
        self.page.screenshot(path=kept / f"{name}.png", full_page=True)


@contextmanager
def visiting(browser: Browser, port: int, *, host: str = "127.0.0.1", **options: Any) -> Iterator[Visit]:
    """The explorer in a browser that remembers nothing. Fails in the end if the console had something to say."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    visit = Visit(page, f"http://{host}:{port}/")
    page.on("console", lambda message: visit.faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: visit.faults.append(f"error: {error}"))
    page.on("request", lambda request: _ensure_local(visit, request.url, host))
    page.on("websocket", lambda socket: _ensure_local(visit, socket.url, host))
    yield visit
    context.close()
    assert visit.faults == []


def _ensure_local(visit: Visit, url: str, host: str) -> None:
    if urlsplit(url).hostname != host:
        visit.faults.append(f"request: {url}")
