"""A devnet for each test module that makes blocks on request only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.process import NodeProcess, running


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node with manual sealing, shared by the tests of a module."""
    with running(tmp_path_factory.mktemp("node"), "--sealing", "manual") as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for this test alone."""
    return tmp_path
