"""The hash functions of Substrate: BLAKE2b for content, xxHash for storage prefixes; and Ethereum's."""

from __future__ import annotations

from hashlib import blake2b

from xxhash import xxh64_intdigest


def blake2_64(data: bytes) -> bytes:
    """The 8-byte BLAKE2b hash: the names of runtime APIs."""
    return blake2b(data, digest_size=8).digest()


def blake2_128(data: bytes) -> bytes:
    """The 16-byte BLAKE2b hash."""
    return blake2b(data, digest_size=16).digest()


def blake2_256(data: bytes) -> bytes:
    """The 32-byte BLAKE2b hash: blocks, extrinsics, trie nodes."""
    return blake2b(data, digest_size=32).digest()


def keccak_256(data: bytes) -> bytes:
    """The 32-byte Keccak hash of Ethereum, which is not SHA-3."""
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data).digest()


def twox_64(data: bytes) -> bytes:
    """The 8-byte xxHash64 with seed 0, little-endian."""
    return xxh64_intdigest(data, 0).to_bytes(8, "little")


def twox_128(data: bytes) -> bytes:
    """Two xxHash64 with seeds 0 and 1: pallet and item prefixes of storage keys."""
    return xxh64_intdigest(data, 0).to_bytes(8, "little") + xxh64_intdigest(data, 1).to_bytes(8, "little")


def twox_256(data: bytes) -> bytes:
    """Four xxHash64 with seeds 0 to 3."""
    return b"".join(xxh64_intdigest(data, seed).to_bytes(8, "little") for seed in range(4))
