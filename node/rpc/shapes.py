"""Blocks, headers and versions as JSON, in Substrate's shapes."""

from __future__ import annotations

from typing import Any

from chain.block import Block, Header
from chain.scale.hints import encode
from chain.types import DigestItem, RuntimeVersion

STATE_VERSION = 1


def header_json(header: Header) -> dict[str, Any]:
    """A header; its number is hexadecimal without leading zeros."""
    return {
        "parentHash": header.parent_hash,
        "number": hex(header.number),
        "stateRoot": header.state_root,
        "extrinsicsRoot": header.extrinsics_root,
        "digest": {"logs": [encode(DigestItem, log) for log in header.digest.logs]},
    }


def block_json(block: Block) -> dict[str, Any]:
    """A block with its justifications, as `chain_getBlock` answers."""
    justifications = block.justifications
    return {
        "block": {"header": header_json(block.header), "extrinsics": list(block.extrinsics)},
        "justifications": None if justifications is None else [[[*b"FRNK"], [*raw]] for raw in justifications],
    }


def runtime_json(version: RuntimeVersion) -> dict[str, Any]:
    """A runtime version as the newer methods tell it: fewer fields, and the APIs as an object."""
    return {
        "specName": version.spec_name,
        "implName": version.impl_name,
        "specVersion": version.spec_version,
        "implVersion": version.impl_version,
        "transactionVersion": version.transaction_version,
        "apis": {f"0x{identifier.hex()}": number for identifier, number in version.apis},
    }


def version_json(version: RuntimeVersion) -> dict[str, Any]:
    """A runtime version."""
    return {
        "specName": version.spec_name,
        "implName": version.impl_name,
        "authoringVersion": version.authoring_version,
        "specVersion": version.spec_version,
        "implVersion": version.impl_version,
        "apis": [[identifier, number] for identifier, number in version.apis],
        "transactionVersion": version.transaction_version,
        "systemVersion": version.system_version,
        "stateVersion": STATE_VERSION,
    }
