"""An extrinsic as the pool keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Source = Literal["InBlock", "Local", "External"]
"""Where an extrinsic comes from. Source: sp_runtime::transaction_validity::TransactionSource"""

Status = str | dict[str, str]
"""What became of an extrinsic, as Substrate's JSON: "ready", {"inBlock": "0x.."}, ..."""


@dataclass(frozen=True, slots=True)
class PoolTransaction:
    """An extrinsic in the pool. `valid_till` is a block number, `order` counts what entered a queue."""

    hash: bytes
    extrinsic: bytes = field(repr=False)
    priority: int
    tip: int
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    valid_till: int
    propagate: bool
    source: Source
    order: int = 0

    @property
    def place(self) -> tuple[int, int, int, bytes]:
        """Sorts the ready queue: high priority, then short life, then long wait first."""
        return (-self.priority, self.valid_till, self.order, self.hash)

    @property
    def worth(self) -> tuple[int, int]:
        """What decides which of two extrinsics with the same tag stays."""
        return (self.priority, self.tip)
