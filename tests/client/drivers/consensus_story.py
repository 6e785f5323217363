"""Validators judge miners, told through substrate-interface: `consensus_story.py URL` prints what it saw.

Three validators with equal stake, one of which praises the miner that the others find worthless; eight miners; a
nominator; a child that lives of its parent's stake. A second subnet, of another owner, where two miners work as well.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from teller import TAO, Teller, key

FIRST, SECOND = 2, 3
TEMPO, EPOCHS = 10, 5
HALF = (1 << 64) // 2
ALICE, BOB, CHARLIE = (key(name) for name in ("Alice", "Bob", "Charlie"))
NOMINATOR, MINER_OWNER = key("Eve"), key("Ferdie")
OWNERS = {FIRST: (ALICE, key("Dave")), SECOND: (BOB, key("second owner"))}
VALIDATORS = {"honest": key("honest"), "second": key("second"), "dishonest": key("dishonest")}
CHILD = key("child")
MINERS = [key(f"miner {n}") for n in range(8)]
NEWCOMER = key("newcomer")
WORTH = [100, 90, 80, 70, 60, 50, 40, 0]
"""What honest validators find the miners worth; the last one nothing."""
LIES = [20, 0, 0, 0, 0, 0, 0, 100]
"""What the dishonest one says of them."""


def name_of(address: str) -> str:
    """The name of a hotkey in this story."""
    known = {
        **{who.ss58_address: name for name, who in VALIDATORS.items()},
        **{who.ss58_address: f"miner {n}" for n, who in enumerate(MINERS)},
        **{hotkey.ss58_address: f"owner {netuid}" for netuid, (_, hotkey) in OWNERS.items()},
        CHILD.ss58_address: "child",
        NEWCOMER.ss58_address: "newcomer",
    }
    return known[address]


def set_up(teller: Teller) -> None:
    """Two started subnets that emit, whose rules fit into a short story."""
    teller.sudo("sudo_set_admin_freeze_window", window=0)
    teller.seal()
    for netuid, (coldkey, hotkey) in OWNERS.items():
        teller.submit(coldkey, "register_network", hotkey=hotkey.ss58_address)
        teller.seal()
        teller.submit(coldkey, "start_call", netuid=netuid)
        teller.sudo("sudo_set_subnet_emission_enabled", netuid=netuid, enabled=True)
        teller.sudo("sudo_set_commit_reveal_weights_enabled", netuid=netuid, enabled=False)
        teller.sudo("sudo_set_weights_set_rate_limit", netuid=netuid, weights_set_rate_limit=0)
        teller.sudo("sudo_set_immunity_period", netuid=netuid, immunity_period=2 * TEMPO)
        teller.sudo("sudo_set_min_non_immune_uids", netuid=netuid, min=0)
        teller.seal()


def gather(teller: Teller) -> None:
    """Everybody registers, validators are staked to, and one lends half of its stake to a child."""
    for who, hotkey in zip((BOB, CHARLIE, CHARLIE, CHARLIE), (*VALIDATORS.values(), CHILD), strict=True):
        teller.submit(who, "burned_register", netuid=FIRST, hotkey=hotkey.ss58_address)
        teller.submit(who, "burned_register", netuid=SECOND, hotkey=hotkey.ss58_address)
        teller.seal()
    for n, hotkey in enumerate(MINERS):
        teller.submit(MINER_OWNER, "burned_register", netuid=FIRST, hotkey=hotkey.ss58_address)
        if n < 2:
            teller.submit(MINER_OWNER, "burned_register", netuid=SECOND, hotkey=hotkey.ss58_address)
        teller.seal()
    for netuid in (FIRST, SECOND):
        for who, hotkey in zip((BOB, CHARLIE, CHARLIE), VALIDATORS.values(), strict=True):
            stake(teller, who, hotkey, netuid, 100)
        teller.seal()
    stake(teller, NOMINATOR, VALIDATORS["second"], FIRST, 50)
    teller.submit(CHARLIE, "set_childkey_take", hotkey=CHILD.ss58_address, netuid=FIRST, take=6000)
    children = [(HALF, CHILD.ss58_address)]
    teller.submit(BOB, "set_children", hotkey=VALIDATORS["honest"].ss58_address, netuid=FIRST, children=children)
    teller.seal()
    neurons = teller.read("SubnetworkN", FIRST)
    teller.sudo("sudo_set_min_allowed_uids", netuid=FIRST, min_allowed_uids=1)
    teller.seal()
    teller.sudo("sudo_set_max_allowed_uids", netuid=FIRST, max_allowed_uids=neurons)
    teller.seal()


def stake(teller: Teller, who: Any, hotkey: Any, netuid: int, tao: int) -> None:
    teller.submit(who, "add_stake", hotkey=hotkey.ss58_address, netuid=netuid, amount_staked=tao * TAO)


def judge(teller: Teller) -> None:
    """All who may set weights on both subnets."""
    permits = {netuid: teller.read("ValidatorPermit", netuid) for netuid in (FIRST, SECOND)}
    for name, hotkey in (*VALIDATORS.items(), ("child", CHILD)):
        for netuid, worth in ((FIRST, LIES if name == "dishonest" else WORTH), (SECOND, [100, 50])):
            uids = [teller.read("Uids", netuid, miner.ss58_address) for miner in MINERS[: len(worth)]]
            if permits[netuid][teller.read("Uids", netuid, hotkey.ss58_address)]:
                teller.submit(hotkey, "set_weights", netuid=netuid, dests=uids, weights=worth, version_key=0)
    teller.seal()


def look(teller: Teller, netuid: int = FIRST) -> dict[str, Any]:
    """What stands in the state of a subnet, by the names of the story."""
    names = {uid: name_of(hotkey) for uid, hotkey in teller.rows("Keys", netuid)}

    def by_name(item: str) -> dict[str, Any]:
        return {names[uid]: value for uid, value in enumerate(teller.read(item, netuid))}

    vectors = ("Incentive", "Dividends", "Consensus", "ValidatorTrust", "ValidatorPermit", "Emission")
    alpha = {name: teller.read("TotalHotkeyAlpha", address_of(name), netuid) for name in names.values()}
    return {
        "block": teller.block(),
        **{item: by_name(item) for item in vectors},
        "Bonds": {
            name: {names[target]: bond for target, bond in teller.read("Bonds", netuid, uid)}
            for uid, name in names.items()
        },
        "alpha": alpha,
        "dividends_paid": {
            name_of(hotkey): amount for hotkey, amount in teller.rows("AlphaDividendsPerSubnet", netuid)
        },
        "nominator": [
            teller.read("AlphaV2", VALIDATORS["second"].ss58_address, NOMINATOR.ss58_address, netuid),
            teller.read("TotalHotkeySharesV2", VALIDATORS["second"].ss58_address, netuid),
        ],
        "pending": [
            teller.read(item, netuid)
            for item in ("PendingOwnerCut", "PendingServerEmission", "PendingValidatorEmission", "PendingRootAlphaDivs")
        ],
        "alpha_out": teller.read("SubnetAlphaOut", netuid),
        "mined": [e["emissions"] for e in teller.events("IncentiveAlphaEmittedToMiners") if e["netuid"] == netuid],
        "last_epoch": teller.read("LastEpochBlock", netuid),
    }


def address_of(name: str) -> str:
    every = (*VALIDATORS.values(), *MINERS, CHILD, NEWCOMER, *(hotkey for _, hotkey in OWNERS.values()))
    return next(str(who.ss58_address) for who in every if name_of(who.ss58_address) == name)


def to_the_block_before_an_epoch(teller: Teller) -> None:
    while teller.block() + 1 < teller.read("LastEpochBlock", FIRST) + TEMPO:
        teller.seal()


def tell(teller: Teller) -> dict[str, Any]:
    set_up(teller)
    gather(teller)
    seen: dict[str, Any] = {"epochs": [], "second": []}
    for number in range(EPOCHS + 2):
        if number:  # in the first epoch validators only get their permits
            judge(teller)
        to_the_block_before_an_epoch(teller)
        before = look(teller)
        teller.seal()
        seen["epochs"].append({"before": before, "after": look(teller)})
    while teller.block() != teller.read("LastEpochBlock", SECOND):
        teller.seal()
    seen["second"] = look(teller, SECOND)
    seen["parents"] = teller.read("ParentKeys", CHILD.ss58_address, FIRST)
    worst = teller.read("Uids", FIRST, MINERS[7].ss58_address)
    teller.submit(MINER_OWNER, "burned_register", netuid=FIRST, hotkey=NEWCOMER.ss58_address)
    seen["newcomer_events"] = teller.seal()
    seen["worst_uid"], seen["newcomer_uid"] = worst, teller.read("Uids", FIRST, NEWCOMER.ss58_address)
    seen["worst_left"] = teller.read("Uids", FIRST, MINERS[7].ss58_address) is None
    return seen


print(json.dumps(tell(Teller(sys.argv[1]))))
