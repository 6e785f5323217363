"""`chainSpec_v1_*`: which chain this is.

Source: the JSON-RPC interface specification, chainSpec
"""

from __future__ import annotations

from typing import Any

from node.node import Node
from node.rpc.methods import method


@method()
def chainSpec_v1_chainName(node: Node) -> str:
    """The name of the chain."""
    return node.spec.name


@method()
def chainSpec_v1_genesisHash(node: Node) -> bytes:
    """The hash of the genesis block."""
    return node.chain.genesis_hash


@method()
def chainSpec_v1_properties(node: Node) -> dict[str, Any]:
    """The address format, the decimals and the symbol of the token."""
    return node.spec.properties
