"""Time-locked texts: encrypted for a round of the beacon, whose signature decrypts them.

The key of the text is hidden by identity-based encryption, whose identity is the round; the text by AES-256-GCM.

Source: the crate `tle` of ideal-lab5, as the chain uses it; consensus 6.4
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from runtime.pallets.drand.bls import KEY_SIZE, PointUnreadable, multiply_generator, pair

SECRET_SIZE, TAG_SIZE, NONCE_SIZE = 32, 16, 12
LENGTH_SIZE = 8
SUITE = b"AES_GCM_"
"""What is written behind the text; it is read, and not looked at."""


class Sealed(Exception):
    """Bytes that are no time-locked text, or that this signature does not open."""


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A time-locked text."""

    point: bytes
    """A random multiple of the second group's generator, compressed."""
    hidden_seed: bytes
    hidden_key: bytes
    text: bytes
    """The encrypted text with its tag."""
    nonce: bytes


def parse(data: bytes) -> Ciphertext:
    """Read a time-locked text; what stands behind it is not looked at. Raises: Sealed."""
    if len(data) < KEY_SIZE:
        raise Sealed
    hidden_seed, at = _read(data, KEY_SIZE)
    hidden_key, at = _read(data, at)
    body, at = _read(data, at)
    _read(data, at)
    text, at = _read(body, 0)
    nonce, _ = _read(body, at)
    return Ciphertext(data[:KEY_SIZE], hidden_seed, hidden_key, text, nonce)


def _read(data: bytes, at: int) -> tuple[bytes, int]:
    """The bytes behind their length, and where they end. Raises: Sealed."""
    start = at + LENGTH_SIZE
    end = start + int.from_bytes(data[at:start], "little")
    if start > len(data) or end > len(data):
        raise Sealed
    return data[start:end], end


def decrypt(data: bytes, signature: bytes) -> bytes:
    """The text that is locked until a round, given the signature of the round.

    Raises: Sealed, CurveUnavailable.
    """
    given = parse(data)
    key = recover_key(given, signature)
    if len(given.nonce) != NONCE_SIZE or len(given.text) < TAG_SIZE:
        raise Sealed
    from Crypto.Cipher import AES

    cipher = AES.new(key, AES.MODE_GCM, nonce=given.nonce)
    try:
        return cipher.decrypt_and_verify(given.text[:-TAG_SIZE], given.text[-TAG_SIZE:])
    except ValueError:
        raise Sealed from None


def recover_key(given: Ciphertext, signature: bytes) -> bytes:
    """The key of the text. Raises: Sealed, CurveUnavailable."""
    try:
        shared = pair(signature, given.point)
    except PointUnreadable:
        raise Sealed from None
    if len(given.hidden_seed) != SECRET_SIZE or len(given.hidden_key) != SECRET_SIZE:
        raise Sealed
    seed = xor(given.hidden_seed, sha256(shared).digest())
    key = xor(given.hidden_key, sha256(seed).digest())
    # the point was made of seed and key: whoever wrote it knew both
    if multiply_generator(sha256(seed + key).digest()) != given.point:
        raise Sealed
    return key


def xor(a: bytes, b: bytes) -> bytes:
    """Each bit of one where the other's is 0, and the opposite where it is 1."""
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
