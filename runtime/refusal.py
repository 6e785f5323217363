"""How a rule says no."""

from __future__ import annotations

from enum import Enum


class Refused(Exception):
    """A rule does not apply to these numbers; `reason.name` is the name of the pallet's error, letter for letter."""

    def __init__(self, reason: Enum) -> None:
        super().__init__(reason.name)
        self.reason = reason
