"""Accounts as the explorer shows them: what they own, what they have staked, which neurons and subnets are theirs."""

from __future__ import annotations

from itertools import islice
from typing import Any

from chain.keys import encode_ss58
from chain.types import AccountId
from node.chain_spec import DEV_CHAIN_TYPES
from node.node import Node
from node.values.given import DEV_NAMES, dev_key
from node.values.shown import show_bytes, show_number
from runtime.apis.swap import SwapRuntimeApi
from runtime.pallets.subtensor.types import ROOT, is_subnet_account, netuid_of
from runtime.pallets.system import AccountInfo
from runtime.taonet import Taonet
from runtime.units import RAO_PER_TAO, NetUid

MAX_HOTKEYS = 64
"""How many hotkeys of one coldkey are looked at."""
MAX_STAKES = 256
MAX_NEURONS = 256


def names(node: Node) -> dict[str, str]:
    """The development accounts of a devnet, by address."""
    if node.spec.chain_type not in DEV_CHAIN_TYPES:
        return {}
    return {dev_key(f"//{name}").address: name for name in DEV_NAMES}


def page(node: Node, limit: int, after: AccountId | None) -> dict[str, Any]:
    """`limit` accounts in the order of their storage keys, behind the account `after`; `next` continues."""
    runtime = node.runtime()
    accounts = runtime.system.Account
    rows: list[dict[str, Any]] = []
    key = accounts.prefix if after is None else accounts.key(after)
    decode_key = runtime.construct.accessor("System", "Account").decode_key
    while len(rows) < limit:
        found = runtime.state.next_key(key)
        if found is None or not found.startswith(accounts.prefix):
            return {"accounts": rows, "next": None}
        key = found
        account: AccountId = decode_key(key)
        rows.append({"address": encode_ss58(account), **_balance(account, accounts[account])})
    return {"accounts": rows, "next": rows[-1]["address"] if rows else None}


def _balance(account: AccountId, info: AccountInfo) -> dict[str, Any]:
    data = info.data
    return {
        "nonce": info.nonce,
        "free": show_number(data.free),
        "reserved": show_number(data.reserved),
        "frozen": show_number(data.frozen),
        "subnet": netuid_of(account) if is_subnet_account(account) else None,
    }


def account(node: Node, who: AccountId) -> dict[str, Any]:
    """All that the explorer says of an account, whether it exists or not."""
    runtime = node.runtime()
    owner = runtime.ownership.Owner.get(who)
    owned, staking = runtime.ownership.OwnedHotkeys[who], runtime.ownership.StakingHotkeys[who]
    identity = runtime.identities.IdentitiesV2.get(who)
    return {
        "address": encode_ss58(who),
        "publicKey": who,
        "exists": who in runtime.system.Account,
        **_balance(who, runtime.system.Account[who]),
        "isSudo": runtime.sudo.Key == who,
        "identity": None if identity is None else show_bytes(identity.name),
        "coldkey": None if owner is None else encode_ss58(owner),
        "delegateTake": None if owner is None else runtime.ownership.Delegates[who],
        "hotkeys": [encode_ss58(hotkey) for hotkey in owned[:MAX_HOTKEYS]],
        "hotkeyCount": len(owned),
        "subnets": [n for n in runtime.registry.netuids() if runtime.registry.SubnetOwner[n] == who],
        "neurons": _neurons(runtime, (who, *owned[:MAX_HOTKEYS])),
        "stakes": list(islice(_stakes(runtime, who, staking[:MAX_HOTKEYS]), MAX_STAKES)),
    }


def _neurons(runtime: Taonet, hotkeys: tuple[AccountId, ...]) -> list[dict[str, Any]]:
    neurons = runtime.neurons
    found = (
        {"netuid": netuid, "uid": neurons.Uids[netuid, hotkey], "hotkey": encode_ss58(hotkey)}
        for hotkey in hotkeys
        for netuid in sorted(neurons.IsNetworkMember.keys(hotkey))
        if (netuid, hotkey) in neurons.Uids
    )
    return list(islice(found, MAX_NEURONS))


def _stakes(runtime: Taonet, coldkey: AccountId, hotkeys: tuple[AccountId, ...]) -> Any:
    """What a coldkey has staked, with what that is worth at the price of now."""
    prices: dict[NetUid, int] = {}
    for hotkey in hotkeys:
        for netuid in runtime.stakes.netuids(hotkey, coldkey):
            if netuid not in prices:
                prices[netuid] = RAO_PER_TAO if netuid == ROOT else SwapRuntimeApi(runtime).current_alpha_price(netuid)
            alpha = runtime.stakes.of(hotkey, coldkey, netuid)
            yield {
                "netuid": netuid,
                "hotkey": encode_ss58(hotkey),
                "alpha": show_number(alpha),
                "worth": show_number(alpha * prices[netuid] // RAO_PER_TAO),
            }
