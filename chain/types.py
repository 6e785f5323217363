"""The types that every Substrate chain puts on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NewType

from chain.errors import DecodeError
from chain.scale.codec import Codec
from chain.scale.hints import Compact, Fixed, Named, ScaleEnum, struct, u8, u32, u64
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry, VariantDef

H256 = NewType("H256", Annotated[bytes, Fixed(32), Named("primitive_types::H256")])
AccountId = NewType("AccountId", Annotated[bytes, Fixed(32), Named("sp_core::crypto::AccountId32")])
BlockNumber = NewType("BlockNumber", u32)
Slot = NewType("Slot", Annotated[u64, Named("sp_consensus_slots::Slot")])
FourBytes = NewType("FourBytes", Annotated[bytes, Fixed(4)])
Bytes20 = NewType("Bytes20", Annotated[bytes, Fixed(20)])
Bytes32 = NewType("Bytes32", Annotated[bytes, Fixed(32)])
Bytes64 = NewType("Bytes64", Annotated[bytes, Fixed(64)])
Bytes65 = NewType("Bytes65", Annotated[bytes, Fixed(65)])

ZERO_HASH = H256(bytes(32))


class MultiAddress(
    ScaleEnum,
    path="sp_runtime::multiaddress::MultiAddress",
    params={"AccountId": AccountId, "AccountIndex": None},
):
    """The address of an account, in one of five forms; only `Id` can be looked up on this chain."""


class Id(MultiAddress, index=0):
    value: AccountId


class Index(MultiAddress, index=1):
    value: Compact[None]


class Raw(MultiAddress, index=2):
    value: bytes


class Address32(MultiAddress, index=3):
    value: Bytes32


class Address20(MultiAddress, index=4):
    value: Bytes20


class MultiSignature(ScaleEnum, path="sp_runtime::MultiSignature"):
    """A signature and which scheme made it."""


class Ed25519(MultiSignature, index=0):
    value: Bytes64


class Sr25519(MultiSignature, index=1):
    value: Bytes64


class Ecdsa(MultiSignature, index=2):
    value: Bytes65


@dataclass(frozen=True, slots=True)
class Era:
    """How long an extrinsic lives: `period` blocks (a power of two, 4 to 65,536; 0 = immortal) from `phase` on.

    Source: sp_runtime::generic::Era
    """

    period: int = 0
    phase: int = 0

    @staticmethod
    def mortal(period: int, current: int) -> Era:
        """The era of `period` blocks that holds block number `current`."""
        period = min(max(1 << (period - 1).bit_length(), 4), 1 << 16)
        quantize = max(period >> 12, 1)
        return Era(period, current % period // quantize * quantize)

    def birth(self, current: int) -> int:
        """The block whose hash is signed: the first of the era that holds `current`."""
        if self.period == 0:
            return 0
        return (max(current, self.phase) - self.phase) // self.period * self.period + self.phase

    def death(self, current: int) -> int:
        """The first block in which the extrinsic is dead; 2^64 - 1 for an immortal one."""
        return (1 << 64) - 1 if self.period == 0 else self.birth(current) + self.period

    @staticmethod
    def scale_codec(codecs: Any) -> Codec:
        return EraCodec(codecs.find(u8))


class EraCodec(Codec):
    """One byte for an immortal era, two for a mortal one."""

    path = ("sp_runtime", "generic", "era", "Era")
    min_size = 1

    def __init__(self, byte: Codec) -> None:
        self.byte = byte

    def encode(self, value: Era) -> bytes:
        if value.period == 0:
            return b"\0"
        quantize = max(value.period >> 12, 1)
        low = min(max(value.period.bit_length() - 2, 1), 15)
        return (low | value.phase // quantize << 4).to_bytes(2, "little")

    def decode(self, data: bytes, at: int) -> tuple[Era, int]:
        if at >= len(data):
            raise DecodeError("the bytes end where an era should be")
        if data[at] == 0:
            return Era(), at + 1
        if at + 2 > len(data):
            raise DecodeError("the bytes end inside a mortal era")
        raw = int.from_bytes(data[at : at + 2], "little")
        period = 2 << (raw & 15)
        phase = (raw >> 4) * max(period >> 12, 1)
        if period < 4 or phase >= period:
            raise DecodeError(f"an era of {period} blocks has no phase {phase}")
        return Era(period, phase), at + 2

    def describe(self, types: TypeRegistry) -> TypeDef:
        second = (FieldDef(None, types.id_of(self.byte)),)
        mortal = (VariantDef(f"Mortal{n}", second, n) for n in range(1, 256))
        return TypeDef.variant(VariantDef("Immortal", (), 0), *mortal)


class DigestItem(ScaleEnum, path="sp_runtime::generic::digest::DigestItem"):
    """One entry of a header's digest."""


class PreRuntime(DigestItem, index=6):
    engine: FourBytes
    data: bytes


class Consensus(DigestItem, index=4):
    engine: FourBytes
    data: bytes


class Seal(DigestItem, index=5):
    engine: FourBytes
    data: bytes


class Other(DigestItem, index=0):
    data: bytes


class RuntimeEnvironmentUpdated(DigestItem, index=8):
    pass


@struct("sp_runtime::generic::digest::Digest")
class Digest:
    """What a header carries besides its roots: the slot, consensus messages, the author's seal."""

    logs: tuple[DigestItem, ...] = ()


@struct("sp_version::RuntimeVersion")
class RuntimeVersion:
    """Who the runtime is; `apis` are the 8-byte ids of its runtime APIs and their versions."""

    spec_name: Annotated[str, Named("Cow")]
    impl_name: Annotated[str, Named("Cow")]
    authoring_version: u32
    spec_version: u32
    impl_version: u32
    apis: Annotated[tuple[tuple[ApiId, u32], ...], Named("Cow")]
    transaction_version: u32
    system_version: u8


ApiId = NewType("ApiId", Annotated[bytes, Fixed(8)])
