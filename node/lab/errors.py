"""What the lab refuses, and the nearest name for one that is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from chain.errors import ChainError


class LabError(ChainError):
    """Something that was asked of the lab makes no sense; the message names it."""


def suggest(wrong: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the nearest one, or all there are."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
