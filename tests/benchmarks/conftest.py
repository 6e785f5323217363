"""Quiet for what is measured."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from node.collector import seldom_collected


@pytest.fixture
def calm() -> Iterator[None]:
    """Python looks for cycles as seldom as in a node's process, and not among the fixtures' many objects."""
    gc.collect()
    with seldom_collected():
        yield


@pytest.fixture
def settled() -> Iterator[None]:
    """Python looks for cycles as in anybody's tests, though not among the fixtures' many objects."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
