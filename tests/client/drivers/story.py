"""The life of a subnet, told through substrate-interface: `story.py URL` prints what it saw after each chapter."""

from __future__ import annotations

import json
import sys
from typing import Any

from teller import TAO, Teller, key

NETUID = 2
TEMPO = 10
ALICE, BOB, CHARLIE, HOTKEY = (key(name) for name in ("Alice", "Bob", "Charlie", "Dave"))
ITEMS = (
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
    "NetworksAdded",
)


def look(teller: Teller) -> dict[str, Any]:
    accounts = {account: value["data"] for account, value in teller.rows("Account", pallet="System")}
    return {
        "block": teller.block(),
        **{name: teller.read(name, NETUID) for name in ITEMS},
        "TotalHotkeyAlpha": teller.read("TotalHotkeyAlpha", HOTKEY.ss58_address, NETUID),
        "issuance": teller.read("TotalIssuance", pallet="Balances"),
        "module_issuance": teller.read("TotalIssuance"),
        "sum_of_accounts": sum(data["free"] + data["reserved"] for data in accounts.values()),
        "balances": {
            name: accounts[who.ss58_address]["free"]
            for name, who in (("alice", ALICE), ("bob", BOB), ("charlie", CHARLIE))
        },
    }


def tell(teller: Teller) -> dict[str, Any]:
    seen: dict[str, Any] = {"start": look(teller)}
    teller.submit(ALICE, "register_network", hotkey=HOTKEY.ss58_address)
    seen["registered_events"] = teller.seal()
    seen["registered"] = look(teller)
    teller.submit(ALICE, "start_call", netuid=NETUID)
    teller.seal()
    teller.chain.rpc_request("dev_setStorage", [{"SubtensorModule": {"SubnetEmissionEnabled": [[[NETUID], True]]}}])
    seen["started"] = look(teller)
    for who, tao in ((BOB, 100), (CHARLIE, 5)):
        teller.submit(who, "add_stake", hotkey=HOTKEY.ss58_address, netuid=NETUID, amount_staked=tao * TAO)
    seen["staked_events"] = teller.seal()
    seen["staked"] = look(teller)
    while teller.block() < seen["registered"]["block"] + 2 * TEMPO + 3:
        teller.seal()
    seen["grown"] = look(teller)
    teller.seal()
    seen["next"] = look(teller)
    for who in (BOB, CHARLIE, ALICE):
        teller.submit(who, "unstake_all", hotkey=HOTKEY.ss58_address)
    seen["unstaked_events"] = teller.seal()
    seen["unstaked"] = look(teller)
    teller.sudo("root_dissolve_network", pallet="SubtensorModule", netuid=NETUID)
    seen["dissolved_events"] = teller.seal()
    seen["dissolved"] = look(teller)
    return seen


print(json.dumps(tell(Teller(sys.argv[1]))))
