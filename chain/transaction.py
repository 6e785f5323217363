"""What a chain asks of a runtime about an extrinsic before it is included: is it valid, and how does it order?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValidTransaction:
    """A valid extrinsic, and how it relates to others.

    `priority` orders extrinsics that may go first, the highest before. `requires` are the tags that others must
    provide before, `provides` those that it provides itself; no two extrinsics with the same tag belong in one chain.
    `longevity` is the number of blocks for which this answer holds, `propagate` whether peers may be told.

    Source: sp_runtime::transaction_validity::ValidTransaction
    """

    priority: int
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    longevity: int
    propagate: bool
