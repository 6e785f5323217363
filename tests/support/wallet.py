"""Extrinsics for a node in another process, signed with this program's own codecs."""

from __future__ import annotations

from typing import Any

from support.chain import Terms, payload_of
from support.process import NodeProcess

from chain.impersonation import MOCK_SIGNATURE
from chain.keys import Keypair
from chain.types import Era, Id
from runtime.frame.call import RuntimeCall
from runtime.frame.construct import construct_of
from runtime.taonet import PRESETS, SPEC_VERSION, Taonet

CONSTRUCT = construct_of(Taonet, PRESETS["fast"])


def encode_call(path: str, **arguments: Any) -> bytes:
    """The bytes of the call `Pallet.name`; a key stands for its address."""
    pallet, _, name = path.partition(".")
    bound = CONSTRUCT.call.find(pallet, name)
    values = [arguments[f.name] for f in bound.fields]
    values = [Id(v.account) if isinstance(v, Keypair) else v for v in values]
    return CONSTRUCT.call.encode(RuntimeCall(bound, tuple(values)))


def sign(
    node: NodeProcess,
    key: Keypair,
    call: bytes,
    *,
    nonce: int | None = None,
    tip: int = 0,
    era: Era | None = None,
    birth_hash: bytes | None = None,
    genesis: bytes | None = None,
    spec_version: int = SPEC_VERSION,
    damage: bool = False,
    mock: bool = False,
) -> str:
    """A signed extrinsic as hexadecimal text; `damage` spoils the signature, `mock` puts 0xdeadbeef... in its place."""
    genesis = genesis or bytes.fromhex(node.call("chain_getBlockHash", 0)[2:])
    if nonce is None:
        nonce = node.call("system_accountNextIndex", key.address)
    era = era or Era()
    if birth_hash is None:
        best = int(node.call("chain_getHeader")["number"], 16)
        found = node.call("chain_getBlockHash", era.birth(best)) if era.period else None
        birth_hash = genesis if found is None else bytes.fromhex(found[2:])
    explicit, message = payload_of(call, era, nonce, tip, Terms(spec_version, 1, genesis, birth_hash))
    signature = MOCK_SIGNATURE if mock else key.sign(message + (b"!" if damage else b""))
    return "0x" + CONSTRUCT.format.encode_signed(key.account, signature, explicit, call).hex()


def transfer(node: NodeProcess, key: Keypair, dest: Keypair, value: int, **options: Any) -> str:
    """A signed transfer of `value` rao as hexadecimal text."""
    return sign(node, key, encode_call("Balances.transfer_keep_alive", dest=dest, value=value), **options)
