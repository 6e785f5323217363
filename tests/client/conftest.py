"""A devnet for each test module that makes blocks on request only, and each module on one worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import Visit, chromium, visiting
from support.process import NodeProcess, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a module run on one worker, which starts the module's node once."""
    for item in items:
        if item.path.parent == HERE and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node with manual sealing, shared by the tests of a module."""
    with running(tmp_path_factory.mktemp("node"), "--sealing", "manual") as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for this test alone."""
    return tmp_path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, shared by the tests of a module."""
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, node: NodeProcess) -> Iterator[Visit]:
    """The explorer of the module's node in a browser that remembers nothing."""
    with visiting(browser, node.port) as opened:
        yield opened
