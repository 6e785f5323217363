"""The explorer page for everybody: by keyboard, by screen reader, dark, light, on small screens, when things fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import WITH_BROWSER, Visit, expect, visiting
from support.explorer import PAGES, devnet, height
from support.loopback import beyond_loopback
from support.page_checks import AUDIT, CONTRAST
from support.process import NodeProcess, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = WITH_BROWSER


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    with devnet(tmp_path_factory.mktemp("explorer")) as started:
        yield started


def test_the_theme_is_the_systems_until_the_reader_chooses_one(browser: Browser, node: NodeProcess) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with visiting(browser, node.port, color_scheme="dark") as visit:
        visit.go("blocks", "Blocks")
        toggle = visit.page.get_by_role("button", name="Dark theme")
        dark = visit.page.evaluate(ground)
        expect(toggle).to_have_attribute("aria-pressed", "true")

        toggle.click()
        visit.page.locator("[aria-pressed=false]", has_text="Dark theme").wait_for()
        light = visit.page.evaluate(ground)
        visit.page.reload()
        visit.heading("Blocks")

        assert dark != light
        assert visit.page.evaluate(ground) == light


def test_a_keyboard_is_enough(visit: Visit) -> None:
    visit.go("blocks", "Blocks")
    press, focused = visit.page.keyboard.press, visit.page.locator(":focus")

    press("Tab")
    expect(focused).to_have_text("Skip to the content")
    press("Enter")
    expect(focused).to_have_text("Blocks")
    visit.page.get_by_role("link", name="taonet", exact=True).focus()
    for _ in range(3):
        press("Tab")
    expect(focused).to_have_text("Subnets")
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press("Enter")
    visit.heading("Subnets")

    visit.page.wait_for_function("document.activeElement.tagName === 'H1'")
    assert visit.page.title() == "Subnets · taonet"


def test_the_reader_can_stop_the_updates(visit: Visit, node: NodeProcess) -> None:
    visit.go("blocks", "Blocks")
    first = visit.page.get_by_role("table", name="Newest blocks").locator("tbody th").first
    before = height(node)
    expect(first).to_have_text(str(before))

    visit.page.get_by_role("button", name="Pause updates").click()
    node.call("dev_newBlock")
    visit.page.get_by_text(f"Block {before + 1}", exact=True).wait_for()
    assert first.text_content() == str(before)

    visit.page.get_by_role("button", name="Pause updates").click()
    visit.page.get_by_role("rowheader", name=str(before + 1), exact=True).first.wait_for()


def test_a_lost_connection_is_said_and_made_again(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "manual") as first, visiting(browser, first.port) as visit:
        visit.go("blocks", "Blocks")
        visit.page.get_by_text("Connected", exact=True).wait_for()
        first.stop()
        visit.page.get_by_text(re.compile("Connection lost")).wait_for()
        visit.faults.clear()

        with running(tmp_path, "--sealing", "manual", port=first.port) as second:
            second.call("dev_newBlock", {"count": 2})
            visit.page.get_by_text("Connected", exact=True).wait_for()
            visit.page.get_by_text("Block 2", exact=True).wait_for()
            visit.faults.clear()  # the browser itself reports each attempt that failed


def test_without_its_libraries_the_page_says_what_to_run(browser: Browser, node: NodeProcess) -> None:
    with visiting(browser, node.port) as visit:
        visit.page.route("**/vendor/*", lambda route: route.fulfill(status=404))
        visit.go("blocks")

        visit.page.get_by_text("python -m node.explorer.vendor").wait_for()
        visit.page.close()
        assert all("404" in fault for fault in visit.faults)
        visit.faults.clear()


def test_beyond_this_machine_there_are_no_buttons_that_move_the_chain(browser: Browser, tmp_path: Path) -> None:
    address = beyond_loopback()
    if address is None:
        pytest.skip("this machine has no address beyond loopback")

    with (
        running(tmp_path, "--sealing", "250", "--rpc-external") as node,
        visiting(browser, node.port, host=address) as visit,
    ):
        visit.go("blocks", "Blocks")
        visit.page.get_by_text("Connected", exact=True).wait_for()
        visit.page.get_by_role("table", name="Newest blocks").locator("tbody tr").nth(3).wait_for()

        expect(visit.page.get_by_role("button", name="New block")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_labelled_in_order_and_easy_to_read(
    browser: Browser, node: NodeProcess, tmp_path: Path, scheme: Any
) -> None:
    with visiting(browser, node.port, color_scheme=scheme) as visit:
        for path, heading in PAGES.items():
            visit.go(path, heading)
            visit.page.get_by_text("Loading …").wait_for(state="detached")

            assert visit.page.evaluate(AUDIT) == [], path
            assert visit.page.evaluate(CONTRAST) == [], path
            assert visit.page.title() == f"{heading} · taonet"
            visit.shot(tmp_path, f"{path.split('/')[0]}-{scheme}")


def test_pages_that_are_left_before_they_are_drawn_leave_nothing_behind(browser: Browser, node: NodeProcess) -> None:
    with visiting(browser, node.port) as visit:
        visit.go("blocks", "Blocks")
        for pause_ms in (0, 5, 15, 40):
            for path in ("subnet/2", "blocks", "supply", "subnet/1"):
                visit.page.evaluate("(path) => { location.hash = `#/${path}` }", path)
                visit.page.wait_for_timeout(pause_ms)

        visit.page.get_by_role("heading", level=1, name=re.compile("^Subnet 1")).wait_for()


def test_a_small_screen_needs_no_sideways_scrolling(browser: Browser, node: NodeProcess) -> None:
    with visiting(browser, node.port) as visit:
        visit.page.set_viewport_size({"width": 360, "height": 700})
        for path, heading in PAGES.items():
            visit.go(path, heading)
            width = visit.page.evaluate("document.documentElement.scrollWidth")

            assert width <= 360, path
