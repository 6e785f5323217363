"""Stories of random calls and blocks: whatever happens, the books are in order, and what is refused changes nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import Chain, call, free, key_of, origin_of
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    add_other,
    dissolve,
    enable_emission,
    enroll,
    ensure_sound,
    make_economy,
    stake,
    staked,
    step,
    unstake,
)

from chain.errors import DispatchError
from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.pallets.subtensor.types import ROOT, Keep, Swap
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid

COLDKEYS = (ALICE, BOB, CHARLIE, key_of("Two"))
HOTKEYS = (DAVE, EVE)
NETUIDS = (ROOT, SUBNET, OTHER)

coldkeys, hotkeys, netuids = st.sampled_from(COLDKEYS), st.sampled_from(HOTKEYS), st.sampled_from(NETUIDS)
amounts = st.one_of(
    st.integers(3_000_000, TAO(60)),
    st.integers(3_000_000, TAO(60)),
    st.integers(0, TAO(500)),
    st.sampled_from([0, 1, 2_000_000, TAO(1), TAO(10_000), U64_MAX]),
)
prices = st.one_of(st.integers(0, 3 * 10**9), st.sampled_from([0, 10**9, U64_MAX]))


def make(path: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Keypair, dict[str, Any]]]:
    return st.tuples(st.just(f"SubtensorModule.{path}"), coldkeys, st.fixed_dictionaries(arguments))


accounts = hotkeys.map(lambda key: key.account)
move = {"origin_netuid": netuids, "destination_netuid": netuids, "alpha_amount": amounts}
CALLS = st.one_of(
    make("add_stake", hotkey=accounts, netuid=netuids, amount_staked=amounts),
    make("remove_stake", hotkey=accounts, netuid=netuids, amount_unstaked=amounts),
    make(
        "add_stake_limit",
        hotkey=accounts,
        netuid=netuids,
        amount_staked=amounts,
        limit_price=prices,
        allow_partial=st.booleans(),
    ),
    make(
        "remove_stake_limit",
        hotkey=accounts,
        netuid=netuids,
        amount_unstaked=amounts,
        limit_price=prices,
        allow_partial=st.booleans(),
    ),
    make("remove_stake_full_limit", hotkey=accounts, netuid=netuids, limit_price=st.none() | prices),
    make("unstake_all", hotkey=accounts),
    make("unstake_all_alpha", hotkey=accounts),
    make("move_stake", origin_hotkey=accounts, destination_hotkey=accounts, **move),
    make("transfer_stake", destination_coldkey=coldkeys.map(lambda key: key.account), hotkey=accounts, **move),
    make("swap_stake", hotkey=accounts, **move),
    make("swap_stake_limit", hotkey=accounts, limit_price=prices, allow_partial=st.booleans(), **move),
    make("add_stake_burn", hotkey=accounts, netuid=netuids, amount=amounts, limit=st.none() | prices),
    make("recycle_alpha", hotkey=accounts, amount=amounts, netuid=netuids),
    make("burn_alpha", hotkey=accounts, amount=amounts, netuid=netuids),
    make("claim_root", subnets=st.frozensets(netuids, min_size=1)),
    make("set_root_claim_type", new_root_claim_type=st.sampled_from([Swap(), Keep()])),
)
BLOCKS = st.integers(1, 25)


def begin() -> Taonet:
    """Two subnets that emit, a second neuron, stake everywhere, and moving prices that let root earn."""
    runtime = make_economy()
    add_other(runtime)
    enroll(runtime, BOB, EVE)
    for netuid in (SUBNET, OTHER):
        enable_emission(runtime, netuid, 3 << 30)
    for who in COLDKEYS:
        for netuid in NETUIDS:
            stake(runtime, who, DAVE, netuid, TAO(50))
            stake(runtime, who, EVE, netuid, TAO(50))
    stake(runtime, BOB, EVE, ROOT, TAO(5000))
    return runtime


def attempt(runtime: Taonet, path: str, who: Keypair, arguments: dict[str, Any]) -> bool:
    """Make a call as an extrinsic would: all of it or nothing."""
    try:
        with runtime.state.transaction():
            runtime.dispatch(call(runtime, path, **arguments), origin_of(who))
    except DispatchError:
        return False
    return True


@settings(max_examples=60, derandomize=True)
@given(st.lists(CALLS | BLOCKS, min_size=1, max_size=25))
def test_the_books_are_in_order_after_every_event_of_a_story(story: list[Any]) -> None:
    runtime = begin()

    for event in story:
        if isinstance(event, int):
            step(runtime, event)
        else:
            attempt(runtime, *event)
        ensure_sound(runtime)


@settings(max_examples=60, derandomize=True)
@given(st.lists(CALLS | BLOCKS, max_size=8), CALLS)
def test_a_call_that_is_refused_changes_nothing(story: list[Any], last: tuple[str, Keypair, dict[str, Any]]) -> None:
    runtime = begin()
    for event in story:
        if isinstance(event, int):
            step(runtime, event)
        else:
            attempt(runtime, *event)
    before = dict(runtime.state.changes())

    if not attempt(runtime, *last):
        assert dict(runtime.state.changes()) == before


@settings(max_examples=30, derandomize=True)
@given(st.lists(CALLS | BLOCKS, max_size=12), st.sampled_from([(SUBNET, OTHER), (OTHER, SUBNET)]))
def test_both_subnets_can_be_dissolved_after_any_story(story: list[Any], order: tuple[NetUid, NetUid]) -> None:
    runtime = begin()
    for event in story:
        if isinstance(event, int):
            step(runtime, event)
        else:
            attempt(runtime, *event)

    for netuid in order:
        dissolve(runtime, netuid)
        ensure_sound(runtime)
    step(runtime, 12)
    ensure_sound(runtime)


@settings(max_examples=30, derandomize=True)
@given(st.integers(3_000_000, TAO(1900)), netuids)
def test_nobody_gains_by_staking_and_unstaking_at_once(amount: int, netuid: NetUid) -> None:
    runtime, who = begin(), key_of("Three")
    before = free(runtime, who)

    stake(runtime, who, EVE, netuid, amount)
    unstake(runtime, who, EVE, netuid, staked(runtime, who, EVE, netuid))

    assert free(runtime, who) <= before
    assert staked(runtime, who, EVE, netuid) == 0


def test_a_whole_story_is_imported_with_the_same_result(chain: Chain) -> None:
    def go(who: Keypair, name: str, **arguments: Any) -> None:
        (outcome,) = chain.advance(chain.sign(who, name, **arguments)).outcomes
        assert outcome.error is None

    def sudo(name: str, **arguments: Any) -> None:
        go(ALICE, "Sudo.sudo", call=call(chain.at_head(), name, **arguments))

    module = "SubtensorModule."
    go(ALICE, module + "register_network", hotkey=DAVE.account)
    go(ALICE, module + "start_call", netuid=SUBNET)
    go(BOB, module + "add_stake", hotkey=DAVE.account, netuid=SUBNET, amount_staked=TAO(100))
    go(CHARLIE, module + "add_stake_burn", hotkey=DAVE.account, netuid=SUBNET, amount=TAO(5), limit=None)
    go(BOB, module + "try_associate_hotkey", hotkey=EVE.account)
    go(
        BOB,
        module + "move_stake",
        origin_hotkey=DAVE.account,
        destination_hotkey=EVE.account,
        origin_netuid=SUBNET,
        destination_netuid=SUBNET,
        alpha_amount=10**10,
    )
    go(ALICE, module + "decrease_take", hotkey=DAVE.account, take=100)
    for _ in range(12):
        chain.advance()
    go(BOB, module + "unstake_all", hotkey=EVE.account)
    sudo("Swap.set_fee_rate", netuid=SUBNET, rate=100)
    go(BOB, module + "remove_stake_full_limit", hotkey=DAVE.account, netuid=SUBNET, limit_price=None)
    sudo(module + "root_dissolve_network", netuid=SUBNET)

    runtime = chain.at_head()
    ensure_sound(runtime)
    assert runtime.registry.netuids() == [ROOT, 1]
