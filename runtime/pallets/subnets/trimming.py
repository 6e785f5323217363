"""Which neurons leave a subnet that becomes smaller, and where those that stay go.

Source: SubtensorModule::trim_to_max_allowed_uids
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from runtime.perthings import percent
from runtime.units import AlphaBalance

T = TypeVar("T")


def has_too_many_immune(immune: int, most: int, limit_percent: int) -> bool:
    """Whether those who may not leave would be too large a part of the smaller subnet."""
    return percent.from_rational(immune, most) >= limit_percent


def find_kept(emission: Sequence[AlphaBalance], count: int, most: int, immune: Collection[int]) -> list[int]:
    """The uids that stay, ascending: those that earn least leave, later uids before earlier ones, never immune ones."""
    ordered = sorted(range(len(emission)), key=lambda uid: -emission[uid])
    left = count
    for uid in reversed(ordered[:count]):
        if left == most:
            break
        if uid not in immune:
            ordered.remove(uid)
            left -= 1
    return sorted(ordered)


def pick(vector: Sequence[T], uids: Sequence[int], default: T) -> tuple[T, ...]:
    """The items of these uids, in their order; a default behind the vector's end."""
    return tuple(vector[uid] if uid < len(vector) else default for uid in uids)
