"""`system_*`: who the node is, and nonces."""

from __future__ import annotations

from typing import Any

from chain.errors import DispatchError, TransactionError
from chain.hashing import blake2_256
from chain.keys import KeyFormatError, decode_ss58
from chain.scale.hints import Err, Ok
from chain.types import AccountId
from node.node import CLIENT_NAME, VERSION, Node
from node.rpc.errors import RpcError
from node.rpc.methods import method
from node.rpc.parameters import Hash, Hex
from runtime.apis.core import TransactionValidityError, wire_validity


@method()
def system_name(node: Node) -> str:
    """The name of the program."""
    return CLIENT_NAME


@method()
def system_version(node: Node) -> str:
    """The version of the program."""
    return VERSION


@method()
def system_chain(node: Node) -> str:
    """The name of the chain."""
    return node.spec.name


@method()
def system_chainType(node: Node) -> str:
    """The kind of chain: Development, Local, Live."""
    return node.spec.chain_type


@method()
def system_properties(node: Node) -> Any:
    """Address prefix, decimals and symbol."""
    return node.spec.properties


@method()
def system_health(node: Node) -> Any:
    """Whether the node is well; it has no peers and needs none."""
    return {"peers": 0, "isSyncing": False, "shouldHavePeers": False}


@method()
def system_localPeerId(node: Node) -> str:
    """An identifier of this node, as a libp2p peer id in form only: it has no network."""
    return peer_id(node.chain.genesis_hash)


def peer_id(seed: bytes) -> str:
    """A base58 peer id of 32 bytes: an identity multihash of an ed25519 key in protobuf."""
    raw = bytes.fromhex("002408011220") + blake2_256(seed)
    number, digits = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + digits
    return "1" + digits


@method()
def system_localListenAddresses(node: Node) -> Any:
    """The addresses that peers could reach: none."""
    return []


@method(unsafe=True)
def system_peers(node: Node) -> Any:
    """The peers: none."""
    return []


@method()
def system_reservedPeers(node: Node) -> Any:
    """The reserved peers: none."""
    return []


@method()
def system_nodeRoles(node: Node) -> Any:
    """What the node does: it is an authority if it has a key."""
    return ["Authority"] if node.keystore.keys else ["Full"]


@method()
def system_syncState(node: Node) -> Any:
    """How far the chain has come."""
    best = node.chain.best.number
    return {"startingBlock": 0, "currentBlock": best, "highestBlock": best}


@method(aliases=("account_nextIndex",))
def system_accountNextIndex(node: Node, account: str) -> int:
    """The nonce of an account's next extrinsic, those in the pool counted."""
    try:
        who = decode_ss58(account)
    except KeyFormatError as error:
        raise RpcError(-32602, "Invalid params", str(error)) from None
    return node.pool.next_nonce(who, node.runtime().system.Account[AccountId(who)].nonce)


@method(aliases=("system_dryRunAt",), unsafe=True)
def system_dryRun(node: Node, extrinsic: Hex, at: Hash | None = None) -> bytes:
    """What would become of an extrinsic after a block; the SCALE of ApplyExtrinsicResult."""
    runtime = node.runtime(at)
    block = at or node.chain.best.hash
    result_codec = runtime.construct.codecs.of(Ok[Ok[None] | Err[DispatchError]] | Err[TransactionValidityError])
    result: Any
    try:
        runtime.begin_dry_run(block)
        outcome = runtime.apply_extrinsic(extrinsic)
        result = Ok(Ok(None) if outcome.error is None else Err(outcome.error))
    except TransactionError as error:
        result = Err(wire_validity(error))
    return result_codec.encode(result)
