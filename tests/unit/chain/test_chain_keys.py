"""Secret URIs, addresses and signatures."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chain.hashing import blake2_256
from chain.keys import KeyFormatError, Keypair, decode_ss58, encode_ss58, verify
from chain.types import Bytes64, Bytes65, Ecdsa, Ed25519, Sr25519

SCHEMES = ("sr25519", "ed25519", "ecdsa")
ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
KNOWN = {
    ("//Alice", "sr25519"): "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
    ("//Bob", "sr25519"): "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
    ("//Alice", "ed25519"): "88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee",
    ("//Bob", "ed25519"): "d17c2d7823ebf260fd138f2d7e27d114c0145d968b5ff5006125f2414fadae69",
    ("//Alice", "ecdsa"): "020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1",
    ("//Bob", "ecdsa"): "0390084fdbf27d2b79d26a4f13f0ccd982cb755a661969143c37cbc49ef5b91f27",
}
"""Well-known development keys. Source: sp_keyring"""


# -- secret URIs


@pytest.mark.parametrize(("uri", "scheme"), KNOWN)
def test_the_development_keys_are_the_well_known_ones(uri: str, scheme: Any) -> None:
    assert Keypair.from_uri(uri, scheme).public.hex() == KNOWN[uri, scheme]


def test_an_account_is_the_key_or_the_hash_of_an_ecdsa_key() -> None:
    assert Keypair.from_uri("//Alice").address == ALICE
    ecdsa = Keypair.from_uri("//Alice", "ecdsa")
    assert ecdsa.account == blake2_256(ecdsa.public)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_secret_in_hexadecimal_is_a_seed(scheme: Any) -> None:
    seed = "0x" + "ab" * 32

    assert Keypair.from_uri(seed, scheme) == Keypair.from_uri(seed.upper().replace("X", "x"), scheme)
    assert Keypair.from_uri(f"{seed}//a", scheme) != Keypair.from_uri(seed, scheme)


def test_steps_are_told_apart() -> None:
    uris = ["//1", "/1", "//01/", "//a", "//A", "//1//2", "//2//1", "//1/2", "//" + "x" * 31, "//" + "x" * 33, "//+"]

    publics = [Keypair.from_uri(u).public for u in uris if not u.endswith("/")]

    assert len(set(publics)) == len(publics)


@pytest.mark.parametrize(("one", "other"), [("//1", "//01"), ("//1", "//+1"), ("//0", "//000"), ("/7", "/+007")])
def test_numbers_are_read_as_numbers(one: str, other: str) -> None:
    assert Keypair.from_uri(one).public == Keypair.from_uri(other).public


@pytest.mark.parametrize("step", ["18446744073709551616", "²", "٣", "9" * 5000, "-1", "1.0", "0x1"])
def test_what_is_no_number_of_64_bits_is_a_text(step: str) -> None:
    assert len(Keypair.from_uri(f"//{step}").public) == 32


@pytest.mark.parametrize("uri", ["Alice", "0x", "0x12", "0x" + "g" * 64, "//", "/", "//a//", "//a///b", "//a/", " //a"])
def test_what_is_no_secret_uri_is_refused(uri: str) -> None:
    with pytest.raises(KeyFormatError):
        Keypair.from_uri(uri)


@pytest.mark.parametrize("scheme", ["ed25519", "ecdsa"])
def test_only_sr25519_has_soft_steps(scheme: Any) -> None:
    assert Keypair.from_uri("/soft").scheme == "sr25519"
    with pytest.raises(KeyFormatError, match=f"{scheme} keys have no soft derivation"):
        Keypair.from_uri("/soft", scheme)


@pytest.mark.parametrize("seed", ["00" * 32, "ff" * 32])
def test_a_seed_that_is_no_ecdsa_key_is_refused(seed: str) -> None:
    with pytest.raises(KeyFormatError):
        Keypair.from_uri("0x" + seed, "ecdsa")


# -- addresses


@pytest.mark.parametrize("prefix", [0, 1, 42, 63, 64, 255, 256, 1284, 16_383])
def test_addresses_of_any_prefix_are_read_back(prefix: int) -> None:
    for account in (bytes(32), bytes([255]) * 32, bytes(range(32))):
        assert decode_ss58(encode_ss58(account, prefix)) == account


@pytest.mark.parametrize(("prefix", "start"), [(42, "5"), (0, "1")])
def test_an_address_shows_its_prefix(prefix: int, start: str) -> None:
    assert encode_ss58(bytes(range(32)), prefix).startswith(start)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "1",
        "5",
        ALICE[:-1],
        ALICE + "1",
        "1" + ALICE,
        ALICE[:-1] + "Z",
        ALICE.replace("G", "0"),
        ALICE + " ",
        "0x12",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(KeyFormatError):
        decode_ss58(address)


def test_every_change_of_a_character_is_found_out() -> None:
    for at, character in enumerate(ALICE):
        changed = ALICE[:at] + ("2" if character != "2" else "3") + ALICE[at + 1 :]
        with pytest.raises(KeyFormatError):
            decode_ss58(changed)


def test_a_reserved_prefix_is_refused() -> None:
    from hashlib import blake2b

    body = bytes([128, 0]) + bytes(32)
    raw = body + blake2b(b"SS58PRE" + body).digest()[:2]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text

    with pytest.raises(KeyFormatError):
        decode_ss58(text)


def test_a_long_text_is_refused_at_once() -> None:
    began = time.perf_counter()

    with pytest.raises(KeyFormatError, match="too long"):
        decode_ss58("5" * 10_000_000)

    assert time.perf_counter() - began < 0.5


# -- signatures


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("message", [b"", b"x", bytes(256), bytes(10_000)])
def test_a_signature_is_of_its_message_and_its_account(scheme: Any, message: bytes) -> None:
    key, other = Keypair.from_uri("//Alice", scheme), Keypair.from_uri("//Bob", scheme)

    signature = key.sign(message)

    assert verify(signature, message, key.account)
    assert not verify(signature, message + b"!", key.account)
    assert not verify(signature, message, other.account)


@pytest.mark.parametrize("made", SCHEMES)
@pytest.mark.parametrize("claimed", [Ed25519, Sr25519, Ecdsa])
def test_a_signature_of_another_scheme_is_none(made: Any, claimed: Any) -> None:
    key = Keypair.from_uri("//Alice", made)
    signature = key.sign(b"message")
    if type(signature) is claimed:
        return

    raw = signature.value.ljust(65, b"\0")[: 65 if claimed is Ecdsa else 64]  # type: ignore[attr-defined]

    assert not verify(claimed(raw), b"message", key.account)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_changed_byte_of_a_signature_is_found_out(scheme: Any) -> None:
    key = Keypair.from_uri("//Alice", scheme)
    signature = key.sign(b"message")
    raw = signature.value  # type: ignore[attr-defined]

    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert not verify(type(signature)(changed), b"message", key.account)  # type: ignore[call-arg]


@pytest.mark.parametrize("fill", [0, 1, 127, 128, 255])
def test_bytes_that_are_no_signature_and_no_key_verify_nothing(fill: int) -> None:
    for signature in (
        Sr25519(Bytes64(bytes([fill]) * 64)),
        Ed25519(Bytes64(bytes([fill]) * 64)),
        Ecdsa(Bytes65(bytes([fill]) * 65)),
    ):
        for account in (bytes(32), bytes([255]) * 32, Keypair.from_uri("//Alice").public):
            assert not verify(signature, b"message", account)


def test_the_recovery_byte_may_be_counted_from_27() -> None:
    key = Keypair.from_uri("//Alice", "ecdsa")
    raw = key.sign(b"message").value  # type: ignore[attr-defined]

    assert verify(Ecdsa(Bytes65(raw[:64] + bytes([raw[64] + 27]))), b"message", key.account)
