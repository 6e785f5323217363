"""Pairings on the curve BLS12-381: who signed a pulse, and what a signature unlocks.

The curve comes from `py_arkworks_bls12381`, which wraps the library that the chain itself uses; no other will do, since
what it says becomes part of the state. It is an extra of this package: `pip install taonet[drand]`. A node without it
takes no pulse and leaves time-locked commits sealed, so either all nodes of a chain have it or none.
"""

from __future__ import annotations

import importlib
from hashlib import sha256
from types import ModuleType

SIGNATURE_SIZE, KEY_SIZE = 48, 96
"""Bytes of a compressed point of the first group and of the second."""
QUICKNET_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
"""What hashing to the curve is separated by. Source: RFC 9380, drand's scheme bls-unchained-g1-rfc9380"""


class CurveUnavailable(Exception):
    """The extra `drand` is not installed."""


class PointUnreadable(Exception):
    """Bytes that are no point of the group."""


def curve() -> ModuleType:
    """The library. Raises: CurveUnavailable where any part of the extra `drand` is missing."""
    try:
        importlib.import_module("Crypto.Cipher.AES")
        return importlib.import_module("py_arkworks_bls12381")
    except ImportError:
        raise CurveUnavailable from None


def is_available() -> bool:
    """Whether the extra `drand` is installed."""
    try:
        curve()
    except CurveUnavailable:
        return False
    return True


def round_message(number: int) -> bytes:
    """What the beacon signs in a round. Source: pallet_drand::verifier::message"""
    return sha256(number.to_bytes(8, "big")).digest()


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a key of the second group made a signature of the first; bytes behind either are not looked at.

    Raises: CurveUnavailable, PointUnreadable.  Source: pallet_drand::verifier::QuicknetVerifier
    """
    bls = curve()
    try:
        key = bls.G2Point.from_compressed_bytes(public_key[:KEY_SIZE])
        signed = bls.G1Point.from_compressed_bytes(signature[:SIGNATURE_SIZE])
    except ValueError:
        raise PointUnreadable from None
    hashed = bls.G1Point.hash_to_curve(message, QUICKNET_DOMAIN)
    return bool(bls.GT.pairing_check([-signed, hashed], [bls.G2Point(), key]))


def pair(signature: bytes, point: bytes) -> bytes:
    """The pairing of a signature with a point of the second group: twelve numbers of 48 bytes, the lowest first.

    Raises: CurveUnavailable, PointUnreadable.
    """
    bls = curve()
    try:
        first = bls.G1Point.from_compressed_bytes(signature[:SIGNATURE_SIZE])
        second = bls.G2Point.from_compressed_bytes(point)
    except ValueError:
        raise PointUnreadable from None
    return bytes.fromhex(str(bls.GT.pairing(first, second)))


def multiply_generator(scalar: bytes) -> bytes:
    """The generator of the second group times a number, compressed; the number's highest byte comes first.

    Raises: CurveUnavailable.
    """
    bls = curve()
    product = bls.G2Point() * bls.Scalar.from_be_bytes_mod_order(scalar)
    return bytes(product.to_compressed_bytes())
