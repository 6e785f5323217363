"""`delegateInfo_*`: hotkeys that take stake of others, in SCALE. Source: subtensor_custom_rpc"""

from __future__ import annotations

from chain.types import AccountId
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.methods import method
from node.rpc.parameters import Hash, Raw
from node.rpc.questions import RUNTIME_ERROR, ask

FAILED = "Unable to get delegates info"


@method()
def delegateInfo_getDelegates(node: Node, at: Hash | None = None) -> list[int]:
    """All delegates."""
    return ask(node, at, FAILED, "DelegateInfoRuntimeApi_get_delegates")


@method()
def delegateInfo_getDelegate(node: Node, delegate_account_vec: Raw, at: Hash | None = None) -> list[int]:
    """A delegate, by the bytes of its account."""
    return ask(node, at, FAILED, "DelegateInfoRuntimeApi_get_delegate", _account(delegate_account_vec))


@method()
def delegateInfo_getDelegated(node: Node, delegatee_account_vec: Raw, at: Hash | None = None) -> list[int]:
    """To whom a coldkey has staked, by the bytes of its account."""
    return ask(node, at, FAILED, "DelegateInfoRuntimeApi_get_delegated", _account(delegatee_account_vec))


def _account(raw: bytes) -> AccountId:
    """The account that bytes begin with; what follows does not matter."""
    if len(raw) < 32:
        raise RpcError(RUNTIME_ERROR, f'{FAILED}: Error("Not enough data to fill buffer")')
    return AccountId(raw[:32])
