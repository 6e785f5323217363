"""What a commitment consists of. Source: pallet_commitments::types"""

from __future__ import annotations

from typing import Annotated, Any

from chain.errors import DecodeError
from chain.scale.codec import Codec, doc_lines
from chain.scale.composites import EnumCodec, VariantOf
from chain.scale.hints import Bounded, Codecs, Fixed, ScaleEnum, struct, u64
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry, VariantDef
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

    @staticmethod
    def scale_codec(codecs: Codecs) -> Codec:
        return DataCodec(codecs)


class NoData(Data, index=0, name="None"):
    """Nothing."""


class Raw(Data, index=1):
    """At most 128 plain bytes. On the wire each length is a variant of its own, from `Raw0` to `Raw128`."""

    value: bytes


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


class DataCodec(EnumCodec):
    """A field, whose plain bytes have their length in the number of the variant."""

    def __init__(self, codecs: Codecs) -> None:
        others = [v for v in Data.variants if v is not Raw]
        super().__init__(
            Data.scale_path,
            doc_lines(Data.__doc__),
            lambda: [VariantOf(v, v.wire_name, v.index, codecs.fields_of(v)) for v in others],
        )
        self._codecs = codecs

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, Raw):
            return super().encode(value)
        if len(value.value) > MAX_RAW:
            raise OverflowError(f"{len(value.value)} bytes, at most {MAX_RAW} are allowed")
        return bytes([len(value.value) + 1]) + value.value

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        if at >= len(data) or not 1 <= data[at] <= MAX_RAW + 1:
            return super().decode(data, at)
        start, end = at + 1, at + data[at]
        if end > len(data):
            raise DecodeError(f"the bytes end within Raw{data[at] - 1}")
        return Raw(data[start:end]), end

    def describe(self, types: TypeRegistry) -> TypeDef:
        described = [v.describe(types) for v in self.list_variants()]
        for size in range(MAX_RAW + 1):
            held = FieldDef(None, types.id_of(self._codecs.find(Annotated[bytes, Fixed(size)])))
            described.append(VariantDef(f"Raw{size}", (held,), size + 1))
        return TypeDef.variant(*sorted(described, key=lambda v: v.index))


def size_of(field: Data) -> int:
    """How many bytes a field counts. Source: Data::len_for_rate_limit"""
    if isinstance(field, NoData | ResetBondsFlag):
        return 0
    if isinstance(field, TimelockEncrypted):
        return len(field.encrypted)
    value: bytes = field.value  # type: ignore[attr-defined]
    return len(value)
