"""A beacon for tests: it signs rounds with a key of its own, and texts are locked until it does.

Written from the facts with the same curve, so that what is locked here is opened by the rules under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from Crypto.Cipher import AES
from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar
from support.chain import ROOT, bare, call, dispatch, key_of

from chain.keys import Keypair
from chain.scale.compact import encode_compact
from chain.scale.hints import codec_of
from chain.types import Bytes32
from runtime.pallets.drand.types import (
    BeaconConfiguration,
    BeaconConfigurationPayload,
    Metadata,
    Pulse,
    PulsesPayload,
    Sr25519Signer,
)
from runtime.taonet import Taonet

SECRET = Scalar(20_260_711)
"""The secret key of the tests' beacon."""
PUBLIC = G2Point() * SECRET
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
WORKER = key_of("One")
"""Who brings pulses."""


# -- the beacon


def beacon(public_key: bytes | None = None) -> BeaconConfiguration:
    """The tests' beacon, or one with another key."""
    key = bytes(PUBLIC.to_compressed_bytes()) if public_key is None else public_key
    return BeaconConfiguration(key, 3, 0, b"", b"", b"", Metadata(b"test"))


def identity(number: int) -> G1Point:
    """The point of a round."""
    return G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), DOMAIN)


def signature_of(number: int, secret: Scalar = SECRET) -> bytes:
    """What the beacon signs a round with."""
    return bytes((identity(number) * secret).to_compressed_bytes())


def pulse_of(number: int, signature: bytes | None = None) -> Pulse:
    """The beacon's pulse of a round; with another signature if one is given."""
    signature = signature_of(number) if signature is None else signature
    return Pulse(number, sha256(signature).digest(), signature)


# -- texts


def lock(text: bytes, number: int, *, factor: Scalar | None = None) -> bytes:
    """A text that the beacon's signature of a round opens; not so with a factor of one's own. Source: consensus 6.4"""
    key, seed = b"k" * 32, b"s" * 32
    factor = factor or Scalar.from_be_bytes_mod_order(sha256(seed + key).digest())
    shared = bytes.fromhex(str(GT.pairing(identity(number), PUBLIC * factor)))
    hidden_seed = mixed(seed, sha256(shared).digest())
    hidden_key = mixed(key, sha256(seed).digest())
    cipher = AES.new(key, AES.MODE_GCM, nonce=b"n" * 12)
    encrypted, proof = cipher.encrypt_and_digest(text)
    body = sized(encrypted + proof) + sized(b"n" * 12)
    point = bytes((G2Point() * factor).to_compressed_bytes())
    return point + sized(hidden_seed) + sized(hidden_key) + sized(body) + sized(b"AES_GCM_")


def mixed(a: bytes, b: bytes) -> bytes:
    """The bits in which two texts differ."""
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def sized(data: bytes) -> bytes:
    """Bytes behind their length."""
    return len(data).to_bytes(8, "little") + data


def numbers(items: Sequence[int]) -> bytes:
    """A SCALE vector of u16."""
    return encode_compact(len(items)) + b"".join(item.to_bytes(2, "little") for item in items)


def payload_of(hotkey: bytes | None, uids: Sequence[int], values: Sequence[int], version_key: int = 0) -> bytes:
    """The weights of a hotkey as a commit hides them; in the older form without one."""
    named = b"" if hotkey is None else encode_compact(len(hotkey)) + hotkey
    return named + numbers(uids) + numbers(values) + version_key.to_bytes(8, "little")


# -- the chain


def install_beacon(runtime: Taonet) -> None:
    """Let the tests' beacon count."""
    payload = BeaconConfigurationPayload(runtime.system.Number, beacon(), Sr25519Signer(Bytes32(WORKER.public)))
    dispatch(runtime, ROOT, "Drand.set_beacon_config", config_payload=payload, signature=None)
    runtime.drand.NextUnsignedAt = runtime.system.Number


def pulses_payload(runtime: Taonet, *pulses: Pulse) -> PulsesPayload:
    """Pulses as a worker brings them."""
    return PulsesPayload(runtime.system.Number, pulses, Sr25519Signer(Bytes32(WORKER.public)))


def write_pulses(runtime: Taonet, *pulses: Pulse) -> None:
    """Bring pulses without an extrinsic around them."""
    dispatch(runtime, None, "Drand.write_pulse", pulses_payload=pulses_payload(runtime, *pulses), signature=None)


def unsigned_pulse(runtime: Taonet, *pulses: Pulse, signer: Keypair = WORKER, **changes: Any) -> bytes:
    """An extrinsic that brings pulses, signed inside by a worker; `payload` or `signature` may be another."""
    payload = changes.get("payload", pulses_payload(runtime, *pulses))
    signature = changes.get("signature", signer.sign(codec_of(PulsesPayload).encode(payload)))
    return bare(runtime, call(runtime, "Drand.write_pulse", pulses_payload=payload, signature=signature))
