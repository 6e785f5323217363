"""Quiet for what is measured."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def calm() -> Iterator[None]:
    """No collection of the fixtures' many objects while something is measured; the node does the same."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
