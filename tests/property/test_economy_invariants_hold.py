"""Whatever stakers, validators, owners and root do, in any order: after each block the economy's books agree."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.chain import Chain, call, free, key_of, sum_of_accounts

from chain.types import AccountId
from runtime.pallets.balances import Balances
from runtime.pallets.staking.share_pool import value_of
from runtime.pallets.subtensor.types import ROOT, Keep, KeepSubnets, RootClaimTypeEnum, Swap, subnet_account
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, NetUid, TaoBalance

PEOPLE = ("Alice", "Bob", "Charlie")
VALIDATORS = ("Dave", "Eve", "Ferdie")
HOTKEYS = [key_of(name).account for name in VALIDATORS]
SPARE = " again"
"""The end of the name of the key that takes another's place, and whose place that takes again later."""
NETUIDS = [ROOT, NetUid(1), NetUid(2), NetUid(3)]
ODDS = [2, 4, 5, 1]
"""Netuid 3 is there only after somebody registered it."""
BLOCKS = 40
CALLS_A_BLOCK = 3
LEAST_SUCCESSES = 0.3
CHUNK = 10**9

Made = tuple[str, dict[str, Any]]


def amount(dice: random.Random) -> int:
    """Mostly an ordinary amount, at times a border."""
    ordinary = dice.choice((1, 7, 50, 300)) * CHUNK + dice.randrange(CHUNK)
    return dice.choice((ordinary,) * 7 + (0, 1, 2_000_000, (1 << 64) - 1))


def subnet(dice: random.Random) -> NetUid:
    return dice.choices(NETUIDS, ODDS)[0]


def hotkey(dice: random.Random) -> AccountId:
    return dice.choices(HOTKEYS, (6, 1, 1))[0]


def place(dice: random.Random) -> dict[str, Any]:
    return {"hotkey": hotkey(dice), "netuid": subnet(dice)}


def stake(dice: random.Random) -> Made:
    return "add_stake", {**place(dice), "amount_staked": amount(dice)}


def stake_within(dice: random.Random) -> Made:
    limit = dice.choice((10**8, 10**9, 10**12, 10**12))
    return "add_stake_limit", {
        **place(dice),
        "amount_staked": amount(dice),
        "limit_price": limit,
        "allow_partial": dice.random() < 0.5,
    }


def unstake(dice: random.Random) -> Made:
    return "remove_stake", {**place(dice), "amount_unstaked": amount(dice)}


def unstake_everything(dice: random.Random) -> Made:
    return dice.choice(("unstake_all", "unstake_all_alpha")), {"hotkey": hotkey(dice)}


def move(dice: random.Random) -> Made:
    return "move_stake", {
        "origin_hotkey": hotkey(dice),
        "destination_hotkey": hotkey(dice),
        "origin_netuid": subnet(dice),
        "destination_netuid": subnet(dice),
        "alpha_amount": amount(dice),
    }


def give(dice: random.Random) -> Made:
    return "transfer_stake", {
        "destination_coldkey": key_of(dice.choice(PEOPLE)).account,
        "hotkey": hotkey(dice),
        "origin_netuid": subnet(dice),
        "destination_netuid": subnet(dice),
        "alpha_amount": amount(dice),
    }


def destroy(dice: random.Random) -> Made:
    return dice.choice(("burn_alpha", "recycle_alpha")), {**place(dice), "amount": amount(dice)}


def stake_and_burn(dice: random.Random) -> Made:
    return "add_stake_burn", {**place(dice), "amount": amount(dice), "limit": dice.choice((None, 10**12))}


def claim(dice: random.Random) -> Made:
    return "claim_root", {"subnets": frozenset(dice.sample(NETUIDS[1:], 2))}


def choose(dice: random.Random) -> Made:
    kinds: tuple[RootClaimTypeEnum, ...] = (Swap(), Keep(), KeepSubnets(frozenset({NetUid(2)})))
    return "set_root_claim_type", {"new_root_claim_type": dice.choice(kinds)}


def register(dice: random.Random) -> Made:
    return "register_network_with_identity", {"hotkey": hotkey(dice), "identity": None}


def start(dice: random.Random) -> Made:
    return "start_call", {"netuid": dice.choice(NETUIDS[1:])}


def lock(dice: random.Random) -> Made:
    return "lock_stake", {**place(dice), "amount": amount(dice)}


def relock(dice: random.Random) -> Made:
    return dice.choice(
        (
            ("move_lock", {"destination_hotkey": hotkey(dice), "netuid": subnet(dice)}),
            ("set_perpetual_lock", {"netuid": subnet(dice), "enabled": dice.random() < 0.5}),
            ("set_reject_locked_alpha", {"enabled": dice.random() < 0.3}),
        )
    )


def mine(dice: random.Random) -> Made:
    hotkey = key_of(f"miner {dice.randrange(40)}").account
    if dice.random() < 0.1:
        return "root_register", {"hotkey": hotkey}
    return "burned_register", {"hotkey": hotkey, "netuid": subnet(dice)}


def lend(dice: random.Random) -> Made:
    return "set_children", {**place(dice), "children": ((dice.choice((1 << 63, 1 << 62)), hotkey(dice)),)}


def swap_hotkeys(dice: random.Random) -> Made:
    name = dice.choice(VALIDATORS)
    old, new = dice.sample((key_of(name).account, key_of(name + SPARE).account), 2)
    where = dice.choice((None, *NETUIDS[1:]))
    return "swap_hotkey_v2", {"hotkey": old, "new_hotkey": new, "netuid": where, "keep_stake": dice.random() < 0.3}


def dissolve(dice: random.Random) -> Made:
    return "root_dissolve_network", {"netuid": dice.choice(NETUIDS[1:])}


def swap_coldkeys(dice: random.Random) -> Made:
    name = dice.choice(PEOPLE[1:])
    old, new = dice.sample((key_of(name).account, key_of(name + SPARE).account), 2)
    return "swap_coldkey", {"old_coldkey": old, "new_coldkey": new, "swap_cost": TaoBalance(dice.choice((0, 10**8)))}


def judge(dice: random.Random, neurons: int) -> Made:
    """Weights for some neurons, at times for one that is not there."""
    uids = dice.sample(range(neurons + 1), min(neurons, dice.randrange(1, 6)))
    weights = [dice.choice((0, 1, dice.randrange(1 << 16), (1 << 16) - 1)) for _ in uids]
    return "set_weights", {"netuid": NetUid(2), "dests": tuple(uids), "weights": tuple(weights), "version_key": 0}


KINDS: list[Callable[[random.Random], Made]] = [
    *[stake] * 12,
    *[stake_within] * 3,
    *[unstake] * 3,
    *[move] * 2,
    *[give] * 2,
    *[claim] * 2,
    *[destroy] * 2,
    *[lock] * 2,
    *[relock] * 2,
    *[mine] * 2,
    lend,
    *[swap_hotkeys] * 3,
    unstake_everything,
    stake_and_burn,
    choose,
    register,
    start,
]


def economy() -> Chain:
    """A started subnet of Alice, a hotkey for each person, netuid 1 started too, no limits, open weights."""
    chain = Chain()
    rules = chain.at_head()
    writes = [(rules.registry.SubtokenEnabled.key(netuid), b"\1") for netuid in (ROOT, NetUid(1))]
    writes.append((rules.registry.FirstEmissionBlockNumber.key(NetUid(1)), (1).to_bytes(8, "little")))
    writes.append((rules.construct.accessor("SubtensorModule", "NetworkRateLimit").prefix, bytes(8)))
    writes.append((rules.parameters.WeightsSetRateLimit.key(NetUid(2)), bytes(8)))
    writes.append((rules.parameters.CommitRevealWeightsEnabled.key(NetUid(2)), b"\0"))
    root = call(rules, "System.set_storage", items=tuple(writes))
    alice = key_of("Alice")
    chain.advance(
        chain.sign(alice, "SubtensorModule.register_network", hotkey=HOTKEYS[0]),
        chain.sign(alice, "Sudo.sudo", call=root, nonce=1),
    )
    chain.advance(
        chain.sign(alice, "SubtensorModule.start_call", netuid=NetUid(2)),
        *[
            chain.sign(key_of(name), "SubtensorModule.burned_register", hotkey=hotkey, netuid=NetUid(2))
            for name, hotkey in zip(("Bob", "Charlie"), HOTKEYS[1:], strict=True)
        ],
    )
    return chain


def sent(chain: Chain, dice: random.Random) -> Iterator[bytes]:
    """A block's calls, each by somebody else; now and then root dissolves a subnet or swaps a coldkey at the end."""
    runtime, acts_as_root = chain.at_head(), dice.random() < 0.1
    for name in sorted(dice.sample(PEOPLE, CALLS_A_BLOCK), key=lambda name: acts_as_root and name == "Alice"):
        signer = max((key_of(name), key_of(name + SPARE)), key=lambda key: free(runtime, key))
        if name == "Alice" and acts_as_root:
            path, arguments = dice.choice((dissolve, *[swap_coldkeys] * 4))(dice)
            inner = call(runtime, f"SubtensorModule.{path}", **arguments)
            yield chain.sign(signer, "Sudo.sudo", call=inner)
        else:
            path, arguments = dice.choice(KINDS)(dice)
            yield chain.sign(signer, f"SubtensorModule.{path}", **arguments)
    if dice.random() < 0.5:
        path, arguments = judge(dice, runtime.neurons.SubnetworkN[NetUid(2)])
        yield chain.sign(key_of(dice.choice(VALIDATORS)), f"SubtensorModule.{path}", **arguments)


def check_books(runtime: Taonet, dust: int) -> None:
    """Everything that has to hold, summed up anew."""
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime) <= MAX_SUPPLY
    assert runtime.tao.TotalIssuance - runtime.balances.TotalIssuance <= dust
    for netuid in runtime.registry.netuids():
        held = runtime.system.Account[subnet_account(netuid)].data.free
        assert runtime.pools.SubnetTAO[netuid] <= held + runtime.balances.ExistentialDeposit
        staked = 0
        for hotkey in [h for h, n in runtime.stakes.TotalHotkeyAlpha if n == netuid]:
            total = runtime.stakes.TotalHotkeyAlpha[hotkey, netuid]
            coldkeys = [coldkey for coldkey, _ in runtime.stakes.coldkeys(hotkey, netuid)]
            values = [value_of(runtime.stakes.position(hotkey, coldkey, netuid)) for coldkey in coldkeys]
            assert total - len(values) - 1 <= sum(values) <= total
            staked += total
        assert staked <= runtime.pools.SubnetAlphaOut[netuid]
    for coldkey, netuid, _ in runtime.locks.Lock:
        assert runtime.locks.locked(coldkey, netuid) <= runtime.locks.total_stake(coldkey, netuid)


@pytest.mark.parametrize("seed", range(8))
def test_the_books_agree_after_every_block_of_random_calls(seed: int) -> None:
    chain, dice = economy(), random.Random(seed)
    made = succeeded = dust = 0
    for _ in range(BLOCKS):
        built = chain.advance(*sent(chain, dice))
        made += len(built.outcomes)
        succeeded += sum(outcome.error is None for outcome in built.outcomes)
        dust += sum(r.event.amount for r in built.events if isinstance(r.event, Balances.DustLost))
        check_books(chain.at_head(), dust)

    assert succeeded >= LEAST_SUCCESSES * made
