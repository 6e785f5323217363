"""Headers and blocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chain.hashing import blake2_256
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.hints import Compact, codec_of, ensure_end, struct, u32
from chain.types import H256, BlockNumber, Digest, DigestItem, PreRuntime, Seal


@struct("sp_runtime::generic::header::Header")
class Header:
    """What a block's hash commits to. Source: sp_runtime::generic::Header"""

    parent_hash: H256
    number: Compact[u32]
    state_root: H256
    extrinsics_root: H256
    digest: Digest = Digest()

    def encode(self) -> bytes:
        return codec_of(Header).encode(self)

    def hash(self) -> H256:
        """The block hash: BLAKE2b-256 of the encoded header, seal included."""
        return H256(blake2_256(self.encode()))

    def with_log(self, item: DigestItem) -> Header:
        """The same header with one more digest entry."""
        return replace(self, digest=Digest((*self.digest.logs, item)))

    def without_seal(self) -> tuple[Header, Seal | None]:
        """The header that the seal signs, and the seal, which is the last entry if there is one."""
        logs = self.digest.logs
        if logs and isinstance(logs[-1], Seal):
            return replace(self, digest=Digest(logs[:-1])), logs[-1]
        return self, None

    def pre_runtime(self, engine: bytes) -> bytes | None:
        """The data of the first pre-runtime entry of `engine` (`b"aura"`: the slot), None without one."""
        for item in self.digest.logs:
            if isinstance(item, PreRuntime) and item.engine == engine:
                return item.data
        return None


@dataclass(frozen=True, slots=True)
class Block:
    """A header and its extrinsics, each as it came: its length in front, byte for byte."""

    header: Header
    extrinsics: tuple[bytes, ...]
    justifications: tuple[bytes, ...] | None = field(default=None)

    @property
    def number(self) -> BlockNumber:
        return BlockNumber(self.header.number)

    def encode(self) -> bytes:
        """Header ++ Vec of extrinsics. Source: sp_runtime::generic::Block"""
        return self.header.encode() + encode_body(self.extrinsics)

    @staticmethod
    def decode(data: bytes) -> Block:
        """The block that `data` is the whole encoding of. Raises: DecodeError."""
        header, at = codec_of(Header).decode(data, 0)
        extrinsics, at = decode_body(data, at)
        ensure_end(data, at)
        return Block(header, extrinsics)


def encode_body(extrinsics: tuple[bytes, ...]) -> bytes:
    """A vector of extrinsics that carry their own length."""
    return encode_compact(len(extrinsics)) + b"".join(extrinsics)


def decode_body(data: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    """The extrinsics at `at`, each with its length, and the position behind them."""
    from chain.scale.basic import decode_bytes
    from chain.scale.containers import decode_length

    count, at = decode_length(data, at, 1)
    extrinsics = []
    for _ in range(count):
        _, end = decode_bytes(data, at)
        extrinsics.append(data[at:end])
        at = end
    return tuple(extrinsics), at


def split_length(raw: bytes) -> bytes:
    """An extrinsic without its length prefix. Raises: DecodeError unless the prefix names just these bytes."""
    size, at = decode_compact(raw, 0)
    ensure_end(raw, at + size)
    return raw[at:]
