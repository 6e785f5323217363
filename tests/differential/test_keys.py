"""Keys, addresses, signatures, storage keys and signing payloads against substrate-interface, without a network."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import Terms, key_of, make_runtime, payload_of
from support.scale import calls_of

from chain.keys import Keypair, decode_ss58, encode_ss58, verify
from chain.types import H256, AccountId, Bytes64, Bytes65, Ecdsa, Ed25519, Era, Sr25519
from runtime.frame.metadata import encode_metadata
from runtime.frame.storage import (
    Blake2_128,
    Blake2_128Concat,
    Blake2_256,
    Identity,
    Twox64Concat,
    Twox128,
    Twox256,
)

pytest.importorskip("substrateinterface")
from scalecodec.base import RuntimeConfigurationObject, ScaleBytes
from scalecodec.type_registry import load_type_registry_preset
from scalecodec.utils import ss58 as their_ss58
from substrateinterface import Keypair as TheirKeypair
from substrateinterface import KeypairType, SubstrateInterface
from substrateinterface.storage import StorageKey
from substrateinterface.utils import hasher as their_hashers

RUNTIME = make_runtime()
PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"
SCHEMES: dict[Any, Any] = {
    "sr25519": (KeypairType.SR25519, Sr25519, Bytes64),
    "ed25519": (KeypairType.ED25519, Ed25519, Bytes64),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["//", "/"]), st.one_of(st.integers(0, 1 << 40).map(str), st.text("abcXYZ_- ", min_size=1))
    ),
    max_size=3,
)


def theirs_of(uri: str, scheme: Any) -> Any:
    if uri.startswith("0x") and "/" not in uri:
        return TheirKeypair.create_from_seed(uri, crypto_type=SCHEMES[scheme][0])
    return TheirKeypair.create_from_uri(PHRASE + uri, crypto_type=SCHEMES[scheme][0])


# -- keys


@given(STEPS)
def test_sr25519_keys_are_derived_alike(steps: list[tuple[str, str]]) -> None:
    uri = "".join(kind + step for kind, step in steps)

    assert Keypair.from_uri(uri).public == theirs_of(uri, "sr25519").public_key


@pytest.mark.parametrize("name", ["Alice", "Bob", "One", "Two"])
def test_the_ed25519_key_of_a_path_signs_as_theirs(name: str) -> None:
    # substrate-interface derives no ed25519 paths; the key of the seed that we derive is theirs all the same
    ours = key_of(name, "ed25519")
    theirs = TheirKeypair.create_from_seed(ours._secret, crypto_type=KeypairType.ED25519)

    assert ours.public == theirs.public_key
    assert ours.sign(b"x").value == theirs.sign(b"x")  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(max_examples=30)
@given(seed=st.binary(min_size=32, max_size=32))
def test_seeds_give_the_same_key(scheme: Any, seed: bytes) -> None:
    ours = Keypair.from_uri(f"0x{seed.hex()}", scheme)

    assert ours.public == TheirKeypair.create_from_seed(seed, crypto_type=SCHEMES[scheme][0]).public_key


@given(st.binary(min_size=32, max_size=32), st.integers(0, 16_383).filter(lambda n: n not in (46, 47)))
def test_addresses_are_written_alike(account: bytes, prefix: int) -> None:
    address = their_ss58.ss58_encode(account, prefix)

    assert encode_ss58(account, prefix) == address
    assert decode_ss58(address) == account
    assert their_ss58.ss58_decode(encode_ss58(account, prefix)) == account.hex()


# -- signatures


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(max_examples=30)
@given(message=st.binary(max_size=300))
def test_signatures_are_verified_by_the_other(scheme: Any, message: bytes) -> None:
    kind, variant, sized = SCHEMES[scheme]
    seed = bytes([5]) * 32
    ours = Keypair.from_uri(f"0x{seed.hex()}", scheme)
    theirs = TheirKeypair.create_from_seed(seed, crypto_type=kind)

    assert verify(variant(sized(theirs.sign(message))), message, ours.account)
    assert theirs.verify(message, ours.sign(message).value)  # type: ignore[attr-defined]


def test_ecdsa_signatures_are_verified_by_the_other() -> None:
    # theirs hashes with keccak and has Ethereum addresses, so that only the curve is compared
    from eth_keys.datatypes import PrivateKey, Signature

    from chain.hashing import blake2_256

    secret = bytes([5]) * 32
    ours = Keypair.from_uri(f"0x{secret.hex()}", "ecdsa")
    theirs = PrivateKey(secret)

    made = theirs.sign_msg_hash(blake2_256(b"message")).to_bytes()
    assert verify(Ecdsa(Bytes65(made)), b"message", ours.account)
    signature = ours.sign(b"message").value  # type: ignore[attr-defined]
    recovered = Signature(signature).recover_public_key_from_msg_hash(blake2_256(b"message"))
    assert recovered.to_compressed_bytes() == ours.public


# -- storage keys

HASHERS = {
    "blake2_256": Blake2_256,
    "blake2_128": Blake2_128,
    "blake2_128_concat": Blake2_128Concat,
    "xxh128": Twox128,
    "two_x64_concat": Twox64Concat,
    "identity": Identity,
}


@pytest.mark.parametrize("name", HASHERS)
@given(key=st.binary(max_size=100))
def test_hashers(name: str, key: bytes) -> None:
    assert HASHERS[name].hash(key) == bytes(getattr(their_hashers, name)(key))


@given(st.binary(max_size=100))
def test_the_longest_twox_begins_as_the_shorter_ones(key: bytes) -> None:
    assert Twox256.hash(key)[:16] == bytes(their_hashers.xxh128(key))


@pytest.fixture(scope="module")
def config() -> Any:
    """scalecodec with the types of our metadata."""
    made = RuntimeConfigurationObject(ss58_format=42)
    made.update_type_registry(load_type_registry_preset("core"))
    metadata = made.create_scale_object("MetadataVersioned", ScaleBytes(encode_metadata(RUNTIME.construct, 14)))
    metadata.decode()
    made.add_portable_registry(metadata)
    made.our_metadata = metadata
    return made


ALICE = key_of("Alice")
ITEMS: list[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("System", "Account", (ALICE.account,), (ALICE.address,)),
    ("System", "Number", (), ()),
    ("System", "BlockHash", (7,), (7,)),
    ("System", "EventTopics", (bytes(32),), ("0x" + "00" * 32,)),
    ("Balances", "Locks", (ALICE.account,), (ALICE.address,)),
    ("Balances", "TotalIssuance", (), ()),
    ("Timestamp", "Now", (), ()),
    ("Aura", "Authorities", (), ()),
    ("Grandpa", "SetIdSession", (1,), (1,)),
    ("Sudo", "Key", (), ()),
    ("SubtensorModule", "TotalIssuance", (), ()),
    ("SubtensorModule", "ColdkeySwapAnnouncements", (ALICE.account,), (ALICE.address,)),
]


@pytest.mark.parametrize(("pallet", "item", "ours", "theirs"), ITEMS)
def test_storage_keys_are_made_alike(
    config: Any, pallet: str, item: str, ours: tuple[Any, ...], theirs: tuple[Any, ...]
) -> None:
    key = StorageKey.create_from_storage_function(
        pallet, item, list(theirs), runtime_config=config, metadata=config.our_metadata
    )

    assert RUNTIME.construct.accessor(pallet, item).key(*ours) == key.data


# -- extrinsics


def their_payload(config: Any, call: Any, era: Any, nonce: int, tip: int, terms: Terms) -> bytes:
    """The message that substrate-interface signs."""
    # the method needs no connection, only what a connection would have found out
    interface = object.__new__(SubstrateInterface)
    interface.__dict__ |= {
        "runtime_config": config,
        "metadata": config.our_metadata,
        "runtime_version": terms.spec_version,
        "transaction_version": terms.transaction_version,
        "get_block_hash": lambda block_id: "0x" + (terms.birth_hash if block_id else terms.genesis_hash).hex(),
    }
    return bytes(interface.generate_signature_payload(call=call, era=era, nonce=nonce, tip=tip).data)


@settings(max_examples=40)
@given(st.data())
def test_signing_payloads_are_made_alike(config: Any, data: st.DataObject) -> None:
    ours = data.draw(calls_of(RUNTIME.construct.call, 1).filter(lambda c: "Index(" not in repr(c)))
    raw = RUNTIME.construct.call.encode(ours)
    theirs = config.create_scale_object("Call", ScaleBytes(raw), metadata=config.our_metadata)
    theirs.decode()
    nonce, tip = data.draw(st.integers(0, (1 << 32) - 1)), data.draw(st.integers(0, (1 << 64) - 1))
    current, bits = data.draw(st.integers(1, 100_000)), data.draw(st.integers(2, 12))
    mortal = data.draw(st.booleans())
    era = Era.mortal(1 << bits, current) if mortal else Era()
    genesis, birth = H256(bytes([1]) * 32), H256(bytes([2]) * 32)
    at_genesis = era.birth(current) == 0
    terms = Terms(425, 1, genesis, genesis if at_genesis else birth)

    _, message = payload_of(raw, era, nonce, tip, terms)
    made = their_payload(
        config, theirs, {"period": 1 << bits, "current": current} if mortal else "00", nonce, tip, terms
    )

    assert message == made


@settings(max_examples=30)
@given(st.data())
def test_signed_extrinsics_are_read_by_them(config: Any, data: st.DataObject) -> None:
    call = data.draw(calls_of(RUNTIME.construct.call, 1).filter(lambda c: "Index(" not in repr(c)))
    raw_call = RUNTIME.construct.call.encode(call)
    nonce, tip = data.draw(st.integers(0, (1 << 32) - 1)), data.draw(st.integers(0, (1 << 64) - 1))
    explicit, _ = payload_of(raw_call, Era(), nonce, tip, Terms(425, 1, bytes(32), bytes(32)))
    signature = Sr25519(Bytes64(bytes(64)))
    raw = RUNTIME.construct.format.encode_signed(AccountId(ALICE.account), signature, explicit, raw_call)

    made = config.create_scale_object("Extrinsic", ScaleBytes(raw), metadata=config.our_metadata)
    value = made.decode()

    assert value["address"] == ALICE.address
    assert (value["nonce"], value["tip"]) == (nonce, tip)
    assert value["call"]["call_function"] == call.bound.name
    assert made.extrinsic_hash == RUNTIME.construct.format.decode(raw).hash
