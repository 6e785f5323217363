"""Weights: what a call costs, in picoseconds of reference time and bytes of proof.

Source: sp_weights, frame_support::dispatch
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from chain.scale.codec import split_path
from chain.scale.hints import Compact, struct, u64

U64_MAX = (1 << 64) - 1

DB_READ_PS = 25_000_000
"""One storage read. Source: RocksDbWeight"""
DB_WRITE_PS = 100_000_000
"""One storage write. Source: RocksDbWeight"""


@struct("sp_weights::weight_v2::Weight")
class Weight:
    """Reference time in picoseconds, proof size in bytes; sums saturate at 2^64 - 1."""

    ref_time: Compact[u64] = 0
    proof_size: Compact[u64] = 0

    def __add__(self, other: Weight) -> Weight:
        ref_time, proof_size = self.ref_time + other.ref_time, self.proof_size + other.proof_size
        if ref_time > U64_MAX or proof_size > U64_MAX:
            return Weight(min(ref_time, U64_MAX), min(proof_size, U64_MAX))
        return Weight(ref_time, proof_size)

    def __mul__(self, times: int) -> Weight:
        return Weight(min(self.ref_time * times, U64_MAX), min(self.proof_size * times, U64_MAX))

    def saturating_sub(self, other: Weight) -> Weight:
        """The difference, no part below zero."""
        return Weight(max(self.ref_time - other.ref_time, 0), max(self.proof_size - other.proof_size, 0))

    def any_gt(self, other: Weight) -> bool:
        """Whether either part is above the other's."""
        return self.ref_time > other.ref_time or self.proof_size > other.proof_size

    def most(self, other: Weight) -> Weight:
        """The greater of each part."""
        return Weight(max(self.ref_time, other.ref_time), max(self.proof_size, other.proof_size))

    def least(self, other: Weight) -> Weight:
        """The lesser of each part."""
        return Weight(min(self.ref_time, other.ref_time), min(self.proof_size, other.proof_size))


ZERO_WEIGHT = Weight()


def weigh(ref_time_ps: int, proof_size: int = 0, *, reads: int = 0, writes: int = 0) -> Weight:
    """A weight with its storage reads and writes added."""
    return Weight(ref_time_ps + reads * DB_READ_PS + writes * DB_WRITE_PS, proof_size)


class DispatchClass(enum.Enum):
    """Which share of the block a call may use."""

    Normal = 0
    Operational = 1
    Mandatory = 2

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("frame_support::dispatch::DispatchClass")


class Pays(enum.Enum):
    """Whether a call costs a fee."""

    Yes = 0
    No = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("frame_support::dispatch::Pays")


@dataclass(frozen=True, slots=True)
class DispatchInfo:
    """What is known of a call before it runs. `weight` includes the guards'."""

    weight: Weight
    class_: DispatchClass = DispatchClass.Normal
    pays: Pays = Pays.Yes


@dataclass(frozen=True, slots=True)
class PostInfo:
    """What a call says of itself after it ran; None keeps what was declared."""

    actual_weight: Weight | None = None
    pays: Pays = Pays.Yes

    def weight(self, info: DispatchInfo) -> Weight:
        """The weight to account for: never more than declared."""
        return info.weight if self.actual_weight is None else self.actual_weight.least(info.weight)

    def pays_fee(self, info: DispatchInfo) -> Pays:
        """A fee is due only if both the declaration and the outcome say so."""
        return Pays.No if Pays.No in (info.pays, self.pays) else Pays.Yes


@struct("frame_system::DispatchEventInfo")
class DispatchEventInfo:
    """What an event tells of a dispatch."""

    weight: Weight
    class_: DispatchClass
    pays_fee: Pays
