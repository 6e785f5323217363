"""Headers, bodies and extrinsics as bytes."""

from __future__ import annotations

import pytest
from support.chain import make_runtime

from chain.block import Block, Header, decode_body, encode_body, split_length
from chain.errors import DecodeError
from chain.extrinsic import Extrinsic, signed_payload
from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.scale.hints import codec_of, decode
from chain.types import (
    H256,
    AccountId,
    Bytes64,
    Consensus,
    Digest,
    FourBytes,
    Id,
    Other,
    PreRuntime,
    RuntimeEnvironmentUpdated,
    Seal,
    Sr25519,
)

AURA, LOGS = FourBytes(b"aura"), (PreRuntime(FourBytes(b"aura"), bytes(8)), Seal(FourBytes(b"aura"), bytes(64)))
HEADER = Header(H256(bytes([1]) * 32), 70_000, H256(bytes([2]) * 32), H256(bytes([3]) * 32), Digest(LOGS))
ONE, TWO = b"\x08ab", b"\x04c"


def test_a_header_is_its_parent_number_roots_and_digest() -> None:
    raw = HEADER.encode()

    assert raw == (
        bytes([1]) * 32
        + encode_compact(70_000)
        + bytes([2]) * 32
        + bytes([3]) * 32
        + b"\x08\x06aura\x20"
        + bytes(8)
        + b"\x05aura\x01\x01"
        + bytes(64)
    )
    assert decode(Header, raw) == HEADER
    assert HEADER.hash() == blake2_256(raw)


def test_every_kind_of_digest_entry_has_its_index() -> None:
    logs = (
        Other(b"x"),
        Consensus(AURA, b""),
        Seal(AURA, b""),
        PreRuntime(AURA, b""),
        RuntimeEnvironmentUpdated(),
    )

    raw = codec_of(Digest).encode(Digest(logs))

    assert raw.hex() == "14" + "000478" + "046175726100" + "056175726100" + "066175726100" + "08"
    assert decode(Digest, raw) == Digest(logs)


@pytest.mark.parametrize("index", [1, 2, 3, 7, 9])
def test_other_digest_entries_are_refused(index: int) -> None:
    with pytest.raises(DecodeError, match=rf"DigestItem has no variant {index}"):
        decode(Digest, bytes([4, index]))


def test_the_seal_is_the_last_entry() -> None:
    unsealed, seal = HEADER.without_seal()

    assert seal == LOGS[1]
    assert unsealed.digest.logs == LOGS[:1]
    assert unsealed.without_seal() == (unsealed, None)
    assert HEADER.with_log(Other(b"")).without_seal()[1] is None
    assert unsealed.with_log(LOGS[1]) == HEADER


def test_what_an_engine_said_first_is_found() -> None:
    header = HEADER.with_log(PreRuntime(AURA, b"second"))

    assert header.pre_runtime(b"aura") == bytes(8)
    assert header.pre_runtime(b"babe") is None


def test_a_block_is_its_header_and_its_extrinsics() -> None:
    block = Block(HEADER, (ONE, TWO))

    assert block.encode() == HEADER.encode() + b"\x08" + ONE + TWO
    assert Block.decode(block.encode()) == block
    assert block.number == 70_000


def test_an_empty_body() -> None:
    assert encode_body(()) == b"\0"
    assert decode_body(b"\0", 0) == ((), 1)


@pytest.mark.parametrize(
    "tail", [b"", b"\x04", b"\x08\x04a", b"\x04\x08a", b"\x04\x04a" + b"x", b"\x02\x00\x01\x00", b"\x04\x01\x00"]
)
def test_a_body_that_is_none_is_refused(tail: bytes) -> None:
    with pytest.raises(DecodeError):
        Block.decode(HEADER.encode() + tail)


def test_every_position_at_which_a_block_may_end_is_refused() -> None:
    raw = Block(HEADER, (ONE, TWO)).encode()

    for size in range(len(raw)):
        with pytest.raises(DecodeError):
            Block.decode(raw[:size])


def test_an_extrinsic_without_its_length() -> None:
    assert split_length(ONE) == b"ab"
    for raw in (b"", b"\x08a", b"\x08abc"):
        with pytest.raises(DecodeError):
            split_length(raw)


# -- extrinsics

WHO, SIGNATURE = AccountId(bytes([7]) * 32), Sr25519(Bytes64(bytes(range(64))))


def test_a_short_payload_is_signed_as_it_is_and_a_long_one_by_its_hash() -> None:
    assert signed_payload(bytes(200), bytes(50), bytes(6)) == bytes(256)
    assert signed_payload(bytes(200), bytes(50), bytes(7)) == blake2_256(bytes(257))


def test_a_signed_extrinsic_is_taken_apart_and_put_together() -> None:
    runtime = make_runtime()
    extrinsics = runtime.construct.format
    call = runtime.find_call("System", "remark", remark=b"x")
    raw_call = runtime.construct.call.encode(call)
    explicit = b"\0\x04\x08\0"

    raw = extrinsics.encode_signed(WHO, SIGNATURE, explicit, raw_call)
    found = extrinsics.decode(raw)

    body = b"\x84\0" + WHO + b"\1" + bytes(range(64)) + explicit + raw_call
    assert raw == encode_compact(len(body)) + body
    assert found == Extrinsic(raw, call, raw_call, Id(WHO), SIGNATURE, found.extensions, explicit)
    assert extrinsics.encode_explicit(found.extensions) == explicit
    assert found.hash == blake2_256(raw)


@pytest.mark.parametrize("version", [4, 5])
def test_a_bare_extrinsic_is_taken_apart_and_put_together(version: int) -> None:
    runtime = make_runtime()
    call = runtime.find_call("Timestamp", "set", now=5)
    raw_call = runtime.construct.call.encode(call)

    raw = runtime.construct.format.encode_bare(raw_call, version)

    assert raw == bytes([4 * (len(raw_call) + 1), version]) + raw_call
    assert runtime.construct.format.decode(raw) == Extrinsic(raw, call, raw_call)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "extrinsic: the bytes end where a compact integer should be"),
        ("00", "extrinsic: an extrinsic has a version byte"),
        ("04", "extrinsic: the extrinsic announces 1 bytes and has 0"),
        ("080500", "extrinsic.call: the bytes end where a call should be named"),
        ("0405ff", "extrinsic: the extrinsic announces 1 bytes and has 2"),
        ("0485", "extrinsic: version byte 0x85 is none of 0x84, 0x04, 0x05"),
        ("0445", "extrinsic: version byte 0x45 is none of 0x84, 0x04, 0x05"),
        ("0484", "extrinsic: the bytes end where a variant should be named"),
        ("088405", "extrinsic: sp_runtime::multiaddress::MultiAddress has no variant 5"),
        ("1405000000ff", "extrinsic: 1 bytes are left over"),
        ("1005ff0000", "extrinsic.call: no pallet has index 255"),
        ("0c0500ff", "extrinsic.call: System has no call 255"),
        ("1005020003", "extrinsic.Timestamp.set.now: the bytes end inside a compact integer"),
        ("010005", "extrinsic: a compact integer is not in its shortest form"),
    ],
)
def test_bytes_that_are_no_extrinsic_are_refused_with_the_path(raw: str, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        make_runtime().construct.format.decode(bytes.fromhex(raw))

    assert str(caught.value) == message
