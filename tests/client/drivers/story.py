"""The life of a subnet, told through substrate-interface: `story.py URL` prints what it saw after each chapter."""

from __future__ import annotations

import json
import sys
from typing import Any

from substrateinterface import Keypair, SubstrateInterface

NETUID = 2
TEMPO = 10
ALICE, BOB, CHARLIE, HOTKEY = (Keypair.create_from_uri(f"//{name}") for name in ("Alice", "Bob", "Charlie", "Dave"))
TAO = 10**9

chain = SubstrateInterface(url=sys.argv[1], type_registry={"types": {"Balance": "u64"}})


def read(item: str, *key: Any, pallet: str = "SubtensorModule") -> Any:
    found = chain.query(pallet, item, list(key)).value
    return found["bits"] if isinstance(found, dict) and set(found) == {"bits"} else found


def submit(who: Keypair, name: str, *, pallet: str = "SubtensorModule", nonce: int = 0, **arguments: Any) -> None:
    call = chain.compose_call(pallet, name, arguments)
    used = chain.get_account_nonce(who.ss58_address) + nonce
    chain.submit_extrinsic(chain.create_signed_extrinsic(call, who, nonce=used))


def seal(count: int = 1) -> list[str]:
    chain.rpc_request("dev_newBlock", [{"count": count}])
    chain.init_runtime()
    return [f"{e.value['module_id']}.{e.value['event_id']}" for e in chain.get_events()]


def look() -> dict[str, Any]:
    subnet = {
        name: read(name, NETUID)
        for name in (
            "SubnetTAO",
            "SubnetAlphaIn",
            "SubnetAlphaOut",
            "SubnetMovingPrice",
            "SubnetTaoInEmission",
            "SubnetAlphaInEmission",
            "SubnetExcessTao",
            "PendingServerEmission",
            "PendingValidatorEmission",
            "PendingOwnerCut",
            "LastEpochBlock",
            "SubnetLocked",
        )
    }
    accounts = [account.value["data"] for _, account in chain.query_map("System", "Account", page_size=100)]
    return {
        "block": chain.get_block_number(None),
        **subnet,
        "TotalHotkeyAlpha": read("TotalHotkeyAlpha", HOTKEY.ss58_address, NETUID),
        "NetworksAdded": read("NetworksAdded", NETUID),
        "issuance": read("TotalIssuance", pallet="Balances"),
        "module_issuance": read("TotalIssuance"),
        "sum_of_accounts": sum(data["free"] + data["reserved"] for data in accounts),
        "balances": {
            name: chain.query("System", "Account", [key.ss58_address]).value["data"]["free"]
            for name, key in (("alice", ALICE), ("bob", BOB), ("charlie", CHARLIE))
        },
    }


def tell() -> dict[str, Any]:
    seen: dict[str, Any] = {"start": look()}
    submit(ALICE, "register_network", hotkey=HOTKEY.ss58_address)
    seen["registered_events"] = seal()
    seen["registered"] = look()
    submit(ALICE, "start_call", netuid=NETUID)
    seal()
    chain.rpc_request("dev_setStorage", [{"SubtensorModule": {"SubnetEmissionEnabled": [[[NETUID], True]]}}])
    seen["started"] = look()
    submit(BOB, "add_stake", hotkey=HOTKEY.ss58_address, netuid=NETUID, amount_staked=100 * TAO)
    submit(CHARLIE, "add_stake", hotkey=HOTKEY.ss58_address, netuid=NETUID, amount_staked=5 * TAO)
    seen["staked_events"] = seal()
    seen["staked"] = look()
    while chain.get_block_number(None) < seen["registered"]["block"] + 2 * TEMPO + 3:
        seal()
    seen["grown"] = look()
    seal()
    seen["next"] = look()
    for who in (BOB, CHARLIE, ALICE):
        submit(who, "unstake_all", hotkey=HOTKEY.ss58_address)
    seen["unstaked_events"] = seal()
    seen["unstaked"] = look()
    dissolve = chain.compose_call("SubtensorModule", "root_dissolve_network", {"netuid": NETUID})
    submit(ALICE, "sudo", pallet="Sudo", call=dissolve)
    seen["dissolved_events"] = seal()
    seen["dissolved"] = look()
    return seen


print(json.dumps(tell()))
