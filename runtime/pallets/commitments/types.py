"""What a commitment consists of. Source: pallet_commitments::types"""

from __future__ import annotations

from typing import Annotated, Any

from chain.scale.hints import Bounded, Fixed, ScaleEnum, declare_variant, struct, u64
from chain.types import BlockNumber, Bytes32
from runtime.units import TaoBalance

MAX_FIELDS = 3
"""How many fields a commitment may have."""
MAX_RAW = 128
"""How many bytes a field may have whose length is part of its variant."""
MAX_BIG_RAW = 512
"""How many bytes a longer field may have."""
MAX_ENCRYPTED = 1024
"""How many bytes a time-locked field may have."""


class Data(ScaleEnum, path="pallet_commitments::types::Data"):
    """A field of a commitment."""


class NoData(Data, index=0, name="None"):
    """Nothing."""


RAW = tuple(declare_variant(Data, f"Raw{size}", size + 1, Annotated[bytes, Fixed(size)]) for size in range(MAX_RAW + 1))
"""The variants of plain bytes, by their length."""


class BlakeTwo256(Data, index=130):
    """The Blake2 hash of something."""

    value: Bytes32


class Sha256(Data, index=131):
    """The SHA2-256 hash of something."""

    value: Bytes32


class Keccak256(Data, index=132):
    """The Keccak-256 hash of something."""

    value: Bytes32


class ShaThree256(Data, index=133):
    """The SHA3-256 hash of something."""

    value: Bytes32


class TimelockEncrypted(Data, index=134, unnamed=False):
    """Bytes that the beacon's pulse of a round decrypts."""

    encrypted: Annotated[bytes, Bounded(MAX_ENCRYPTED)]
    reveal_round: u64


class ResetBondsFlag(Data, index=135):
    """Asks for all bonds to the neuron to be removed."""


class BigRaw(Data, index=136):
    """More plain bytes."""

    value: Annotated[bytes, Bounded(MAX_BIG_RAW)]


@struct("pallet_commitments::types::CommitmentInfo")
class CommitmentInfo:
    """The fields of a commitment."""

    fields: Annotated[tuple[Data, ...], Bounded(MAX_FIELDS)]


@struct("pallet_commitments::types::Registration")
class Registration:
    """A commitment, the block in which it was made, and the deposit for it in rao."""

    deposit: TaoBalance
    block: BlockNumber
    info: CommitmentInfo


@struct("pallet_commitments::types::UsageTracker")
class Usage:
    """How many bytes a neuron committed in an epoch."""

    last_epoch: u64
    used_space: u64


def raw(data: bytes) -> Data:
    """Plain bytes as a field; at most 128."""
    made: Any = RAW[len(data)]
    field: Data = made(data)
    return field


def size_of(field: Data) -> int:
    """How many bytes a field counts. Source: Data::len_for_rate_limit"""
    if isinstance(field, NoData | ResetBondsFlag):
        return 0
    if isinstance(field, TimelockEncrypted):
        return len(field.encrypted)
    value: bytes = field.value  # type: ignore[attr-defined]
    return len(value)
