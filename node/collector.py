"""Python's search for cycles, while a node runs: seldom, and not among what stays anyway."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 50_000
"""How many new objects there are before Python looks for cycles: tries are many objects and have none."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """What exists by now stays for good, and a block makes many objects without cycles: search accordingly."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
