"""Keys: secret URIs, SS58 addresses, signatures of the three schemes.

A secret URI is `0x<64 hex digits>` or nothing (the development phrase), then derivation steps: `//hard`, `/soft`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import nacl.exceptions
import nacl.signing
import sr25519

from chain.errors import ChainError
from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.types import AccountId, Bytes64, Bytes65, Ecdsa, Ed25519, MultiSignature, Sr25519

Scheme = Literal["sr25519", "ed25519", "ecdsa"]

DEV_SEED = bytes.fromhex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e")
"""The mini secret of the well-known development phrase, `bottom drive obey lake ...`."""

MAX_ADDRESS_LENGTH = 64
"""No SS58 address of 32 bytes is longer than 50 characters."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_STEP = re.compile(r"(//?)([^/]+)")


class KeyFormatError(ChainError, ValueError):
    """A secret URI or an address that cannot be read; the message says what is wrong with it."""


def encode_ss58(account: bytes, prefix: int = 42) -> str:
    """The address of 32 account bytes. Source: SS58, one-byte and two-byte prefixes."""
    head = bytes([prefix]) if prefix < 64 else bytes([(prefix & 252) >> 2 | 64, prefix >> 8 | (prefix & 3) << 6])
    body = head + account
    raw = body + blake2b(b"SS58PRE" + body).digest()[:2]
    number, digits = int.from_bytes(raw, "big"), []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + "".join(reversed(digits))


def decode_ss58(address: str) -> AccountId:
    """The 32 account bytes of an address, whatever its prefix. Raises: KeyFormatError."""
    if len(address) > MAX_ADDRESS_LENGTH:  # the digits of a long text would take long to add up
        raise KeyFormatError(f"{address[:60]!r}... is not an SS58 address: it is too long")
    number = 0
    for character in address:
        digit = _ALPHABET.find(character)
        if digit < 0:
            raise KeyFormatError(f"{address!r} is not an SS58 address: {character!r} is not a base58 digit")
        number = number * 58 + digit
    zeros = len(address) - len(address.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    head = 1 if raw and raw[0] < 64 else 2
    if len(raw) != head + 34 or raw[0] >= 128:
        raise KeyFormatError(f"{address!r} is not the SS58 address of a 32-byte account")
    if blake2b(b"SS58PRE" + raw[:-2]).digest()[:2] != raw[-2:]:
        raise KeyFormatError(f"{address!r} has a wrong checksum")
    return AccountId(raw[head:-2])


def _chain_code(step: str) -> bytes:
    """A derivation step as 32 bytes: a number as u64, a text as SCALE, long ones hashed."""
    # 2^64 has twenty digits, and what Python calls a digit is more than Rust's parse::<u64>() reads
    digits = step.removeprefix("+").lstrip("0") or "0"
    if re.fullmatch(r"\+?[0-9]+", step) and len(digits) <= 20 and int(digits) < 1 << 64:
        raw = int(digits).to_bytes(8, "little")
    else:
        raw = encode_compact(len(step.encode())) + step.encode()
    return blake2_256(raw) if len(raw) > 32 else raw.ljust(32, b"\0")


def _parse_uri(uri: str) -> tuple[bytes, list[tuple[bool, bytes]]]:
    head, path = re.fullmatch(r"([^/]*)(.*)", uri, re.DOTALL).groups()  # type: ignore[union-attr]
    if head == "":
        seed = DEV_SEED
    elif re.fullmatch(r"0x[0-9a-fA-F]{64}", head):
        seed = bytes.fromhex(head[2:])
    else:
        raise KeyFormatError("a secret URI begins with 0x and 64 hex digits, or with //")
    if "".join(m.group() for m in _STEP.finditer(path)) != path:
        raise KeyFormatError(f"{path!r} is not a derivation path")
    return seed, [(m.group(1) == "//", _chain_code(m.group(2))) for m in _STEP.finditer(path)]


@dataclass(frozen=True, slots=True)
class Keypair:
    """A key that can sign. `public` is what the scheme calls its public key; `account` is the account it controls."""

    scheme: Scheme
    public: bytes
    _secret: bytes

    @staticmethod
    def from_uri(uri: str, scheme: Scheme = "sr25519") -> Keypair:
        """The key of a secret URI such as `//Alice`. Raises: KeyFormatError."""
        seed, steps = _parse_uri(uri)
        if scheme == "sr25519":
            public, secret = sr25519.pair_from_seed(seed)
            for hard, code in steps:
                derive = sr25519.hard_derive_keypair if hard else sr25519.derive_keypair
                derived = derive((code, public, secret), b"")
                public, secret = derived[1], derived[2]
            return Keypair("sr25519", public, secret)
        tag = {"ed25519": "Ed25519HDKD", "ecdsa": "Secp256k1HDKD"}[scheme]
        for hard, code in steps:
            if not hard:
                raise KeyFormatError(f"{scheme} keys have no soft derivation")
            seed = blake2_256(encode_compact(len(tag)) + tag.encode() + seed + code)
        if scheme == "ed25519":
            return Keypair("ed25519", bytes(nacl.signing.SigningKey(seed).verify_key), seed)
        import coincurve

        try:
            return Keypair("ecdsa", coincurve.PrivateKey(seed).public_key.format(), seed)
        except ValueError:  # zero, or not below the order of the curve
            raise KeyFormatError("the seed is no ecdsa key") from None

    @property
    def account(self) -> AccountId:
        return AccountId(blake2_256(self.public) if self.scheme == "ecdsa" else self.public)

    @property
    def address(self) -> str:
        """The SS58 address of the account, prefix 42."""
        return encode_ss58(self.account)

    def sign(self, message: bytes) -> MultiSignature:
        """A signature of `message`; sr25519 signatures differ each time."""
        if self.scheme == "sr25519":
            return Sr25519(Bytes64(sr25519.sign((self.public, self._secret), message)))
        if self.scheme == "ed25519":
            return Ed25519(Bytes64(nacl.signing.SigningKey(self._secret).sign(message).signature))
        import coincurve

        return Ecdsa(Bytes65(coincurve.PrivateKey(self._secret).sign_recoverable(blake2_256(message), hasher=None)))


def verify(signature: MultiSignature, message: bytes, account: bytes) -> bool:
    """Whether `account` signed `message`. Source: sp_runtime::MultiSignature::verify"""
    if isinstance(signature, Sr25519):
        try:
            return bool(sr25519.verify(signature.value, message, account))
        except (ValueError, TypeError):  # bytes that are no signature or no point of the curve
            return False
    if isinstance(signature, Ed25519):
        try:
            nacl.signing.VerifyKey(account).verify(message, signature.value)
        except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
            return False
        return True
    if isinstance(signature, Ecdsa):
        public = recover(signature.value, blake2_256(message))
        return public is not None and blake2_256(public[0]) == account
    return False


def recover(signature: bytes, digest: bytes) -> tuple[bytes, bytes] | None:
    """The secp256k1 key that made a recoverable signature of 65 bytes, compressed and not; None if none did."""
    import coincurve

    recovery = signature[64] - 27 if signature[64] > 26 else signature[64]
    try:
        public = coincurve.PublicKey.from_signature_and_message(signature[:64] + bytes([recovery]), digest, hasher=None)
    except Exception:  # coincurve raises bare exceptions for bytes that recover to no key
        return None
    return public.format(), public.format(compressed=False)
