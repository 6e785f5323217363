"""The beacon, its pulses, and how both are brought to the chain."""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Bounded, Fixed, ScaleEnum, struct, u32, u64
from chain.types import BlockNumber, Bytes32

Bytes33 = Annotated[bytes, Fixed(33)]
PublicKey = Annotated[bytes, Bounded(96)]
Digest = Annotated[bytes, Bounded(32)]
Signature = Annotated[bytes, Bounded(144)]


class MultiSigner(ScaleEnum, path="sp_runtime::MultiSigner"):
    """The public key of whoever brings something, and its scheme."""


class Ed25519Signer(MultiSigner, index=0, name="Ed25519"):
    value: Bytes32


class Sr25519Signer(MultiSigner, index=1, name="Sr25519"):
    value: Bytes32


class EcdsaSigner(MultiSigner, index=2, name="Ecdsa"):
    value: Bytes33


@struct("pallet_drand::types::Metadata")
class Metadata:
    """The name of a beacon."""

    beacon_id: Digest


@struct("pallet_drand::types::BeaconConfiguration")
class BeaconConfiguration:
    """A beacon: its key, how often it speaks, since when."""

    public_key: PublicKey
    period: u32
    """Seconds between two rounds."""
    genesis_time: u32
    """The second since 1970 of the first round."""
    hash: Digest
    group_hash: Digest
    scheme_id: Digest
    metadata: Metadata


PAYLOAD_PARAMS = {"Public": MultiSigner, "BlockNumber": BlockNumber}


@struct("pallet_drand::types::BeaconConfigurationPayload", params=PAYLOAD_PARAMS)
class BeaconConfigurationPayload:
    """A beacon, and who brings it in which block."""

    block_number: BlockNumber
    config: BeaconConfiguration
    public: MultiSigner


@struct("pallet_drand::types::Pulse")
class Pulse:
    """What the beacon says in a round."""

    round: u64
    randomness: Digest
    """The hash of the signature; nobody checks it."""
    signature: Signature


@struct("pallet_drand::types::PulsesPayload", params=PAYLOAD_PARAMS)
class PulsesPayload:
    """Pulses, and who brings them in which block."""

    block_number: BlockNumber
    pulses: tuple[Pulse, ...]
    public: MultiSigner


QUICKNET = BeaconConfiguration(
    public_key=bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    period=3,
    genesis_time=1_692_803_367,
    hash=bytes.fromhex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    group_hash=bytes.fromhex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
    scheme_id=b"bls-unchained-g1-rfc9380",
    metadata=Metadata(b"quicknet"),
)
"""The beacon of the League of Entropy that speaks every three seconds."""
