"""`author_*`: extrinsics on their way into a block, and the node's keys."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from chain.errors import DecodeError, TransactionError
from chain.keys import KeyFormatError, Keypair
from node.node import Node
from node.pool import PoolError, rpc_error
from node.rpc.errors import RpcError
from node.rpc.methods import method, subscription
from node.rpc.parameters import Hex

BAD_FORMAT, BAD_SEED, KEY_TYPE_UNKNOWN = 1001, 1003, 1004
SCHEMES = {"aura": "sr25519", "gran": "ed25519"}


@contextmanager
def _refusals(node: Node, extrinsic: bytes) -> Iterator[None]:
    """Turn what an extrinsic is refused for into its wire error."""
    try:
        node.runtime().construct.format.decode(extrinsic)
        yield
    except DecodeError as error:
        raise RpcError(BAD_FORMAT, f"Extrinsic has invalid format: {error}") from None
    except (TransactionError, PoolError) as error:
        raise rpc_error(error) from None


@method()
def author_submitExtrinsic(node: Node, extrinsic: Hex) -> bytes:
    """Submit an extrinsic; its hash."""
    with _refusals(node, extrinsic):
        return node.pool.submit(extrinsic)


@subscription(
    notification="author_extrinsicUpdate",
    unsubscribe="author_unwatchExtrinsic",
)
async def author_submitAndWatchExtrinsic(node: Node, xt: Hex) -> AsyncIterator[Any]:
    """Submit an extrinsic and follow it until it is finalized or dropped. An invalid one is refused at once."""
    with _refusals(node, xt):
        return node.pool.submit_and_watch(xt)


@method()
def author_pendingExtrinsics(node: Node) -> Any:
    """The extrinsics that wait to be included."""
    return node.pool.pending()


@method(unsafe=True)
def author_removeExtrinsic(node: Node, bytes_or_hash: list[dict[str, Any]]) -> Any:
    """Remove extrinsics from the pool, named as `{"hash": "0x..."}` or `{"extrinsic": "0x..."}`; their hashes."""
    from chain.hashing import blake2_256

    hashes = []
    for entry in bytes_or_hash:
        try:
            if "hash" in entry:
                hashes.append(bytes.fromhex(entry["hash"].removeprefix("0x")))
            else:
                hashes.append(blake2_256(bytes.fromhex(entry["extrinsic"].removeprefix("0x"))))
        except (KeyError, ValueError, AttributeError):
            raise RpcError(-32602, "Invalid params", "expected objects with `hash` or `extrinsic`") from None
    return node.pool.remove(hashes)


@method(unsafe=True)
def author_insertKey(node: Node, key_type: str, suri: str, public_key: Hex) -> None:
    """Keep a key to author with (`aura`) or to finalize with (`gran`)."""
    key = _key(key_type, suri)
    if key.public != public_key:
        raise RpcError(BAD_SEED, "The suri does not give that public key")
    node.keystore.add(key_type.encode(), key)


def _key(key_type: str, suri: str) -> Keypair:
    scheme = SCHEMES.get(key_type)
    if scheme is None:
        raise RpcError(KEY_TYPE_UNKNOWN, f"Key type unknown: {key_type}, there are {', '.join(SCHEMES)}")
    try:
        return Keypair.from_uri(suri, "ed25519" if scheme == "ed25519" else "sr25519")
    except KeyFormatError as error:
        raise RpcError(BAD_SEED, f"Bad seed phrase: {error}") from None


@method(unsafe=True)
def author_rotateKeys(node: Node) -> bytes:
    """Make a new key of each type; their public keys one behind the other."""
    suri = f"0x{os.urandom(32).hex()}"
    made = [(kind, _key(kind, suri)) for kind in SCHEMES]
    for kind, key in made:
        node.keystore.add(kind.encode(), key)
    return b"".join(key.public for _, key in made)


@method(unsafe=True)
def author_hasSessionKeys(node: Node, session_keys: Hex) -> bool:
    """Whether the node has each key of a set of public keys."""
    if len(session_keys) != 64:
        raise RpcError(1005, "Session keys are not encoded correctly")
    return node.keystore.has(b"aura", session_keys[:32]) and node.keystore.has(b"gran", session_keys[32:])


@method(unsafe=True)
def author_hasKey(node: Node, public_key: Hex, key_type: str) -> bool:
    """Whether the node has a key."""
    return node.keystore.has(key_type.encode(), public_key)
