"""What people mistype: names, and values that do not fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from chain.errors import ChainError


class ValueFault(ChainError, ValueError):
    """A value that does not fit what it is for; the message names the place."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is unknown: the known name that looks most like it, or nothing."""
    found = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {found[0]}?" if found else ""
