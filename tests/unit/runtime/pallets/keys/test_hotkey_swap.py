"""A hotkey takes the place of another: who may do that, how often, for how much, and what goes along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import (
    FAST,
    Chain,
    call,
    dispatch,
    emits,
    free,
    key_of,
    make_runtime,
    reverts,
    unchanged,
)
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    MODULE,
    SUBNET,
    dissolve,
    enroll,
    ensure_sound,
    register,
    skip_blocks,
    start,
)

from chain.keys import Keypair
from chain.types import AccountId, BlockNumber
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.frame.pallet import Event
from runtime.frame.weight import PostInfo, weigh
from runtime.pallets.subnets.serving import AxonInfo, NeuronCertificate, PrometheusInfo
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import (
    ROOT,
    LastTxBlock,
    LastTxBlockChildKeyTake,
    LastTxBlockDelegateTake,
    subnet_account,
)
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import AlphaBalance, NetUid, TaoBalance

INTERVAL = 100
RATE = 1000
SUBNETS = 3
FERDIE, TWO = key_of("Ferdie"), key_of("Two")
COST, COST_ON_SUBNET = 100_000_000, 1_000_000


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob has a neuron with Eve's key in Alice's subnet; a coldkey swaps hotkeys every hundred blocks there."""
    runtime = make_runtime(constants={**FAST, "SubtensorModule.HotkeySwapOnSubnetInterval": INTERVAL})
    assert register(runtime, ALICE, DAVE) == SUBNET
    start(runtime, SUBNET, ALICE)
    runtime.registry.SubtokenEnabled[ROOT] = True
    assert enroll(runtime, BOB, EVE) == 1
    skip_blocks(runtime, 2 * INTERVAL)
    yield runtime
    ensure_sound(runtime)
    runtime.invariants()


def swap(
    runtime: Taonet,
    new: Keypair | AccountId = FERDIE,
    *,
    netuid: int | None = SUBNET,
    who: Keypair = BOB,
    old: Keypair = EVE,
    keep_stake: bool | None = False,
) -> PostInfo:
    """Swap a hotkey; with the older call where nothing is said of stake."""
    new = new.account if isinstance(new, Keypair) else new
    arguments: dict[str, Any] = {"hotkey": old.account, "new_hotkey": new, "netuid": netuid}
    if keep_stake is None:
        return dispatch(runtime, who, f"{MODULE}.swap_hotkey", **arguments)
    return dispatch(runtime, who, f"{MODULE}.swap_hotkey_v2", **arguments, keep_stake=keep_stake)


def swapped(new: Keypair = FERDIE, netuid: NetUid | None = SUBNET) -> Event:
    if netuid is None:
        return Events.HotkeySwapped(BOB.account, EVE.account, new.account)
    return Events.HotkeySwappedOnSubnet(BOB.account, EVE.account, new.account, netuid)


# -- who may


@pytest.mark.parametrize("netuid", [None, SUBNET])
@pytest.mark.parametrize("who", [ALICE, CHARLIE])
def test_only_the_owner_swaps_a_hotkey(runtime: Taonet, who: Keypair, netuid: int | None) -> None:
    with unchanged(runtime), reverts(Errors.NonAssociatedColdKey):
        swap(runtime, who=who, netuid=netuid)


def test_a_hotkey_that_does_not_exist_is_not_swapped(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NonAssociatedColdKey):
        swap(runtime, TWO, old=FERDIE)


def test_root_swaps_no_hotkey(runtime: Taonet) -> None:
    arguments = {"hotkey": EVE.account, "new_hotkey": FERDIE.account, "netuid": None}
    for name, more in (("swap_hotkey", {}), ("swap_hotkey_v2", {"keep_stake": False})):
        with reverts(BadOrigin):
            dispatch(runtime, Origin.root(), f"{MODULE}.{name}", **arguments, **more)


@pytest.mark.parametrize("netuid", [None, FIRST])
def test_the_hotkey_of_another_takes_nobodys_place(runtime: Taonet, netuid: int | None) -> None:
    with unchanged(runtime), reverts(Errors.NonAssociatedColdKey):
        swap(runtime, DAVE, netuid=netuid)


def test_a_hotkey_does_not_take_its_own_place(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NewHotKeyIsSameWithOld):
        swap(runtime, EVE)


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_another_hotkey_of_the_coldkey_may_take_the_place_unless_it_is_at_work(
    runtime: Taonet, netuid: NetUid | None
) -> None:
    enroll(runtime, BOB, FERDIE)
    runtime.ownership.create_account(BOB.account, TWO.account)
    with unchanged(runtime), reverts(Errors.HotKeyAlreadyRegisteredInSubNet):
        swap(runtime, FERDIE, netuid=netuid)
    with emits(runtime, type(runtime.balances).Withdraw, swapped(TWO, netuid)):
        swap(runtime, TWO, netuid=netuid)


def test_work_on_another_subnet_hinders_a_swap_on_all_only(runtime: Taonet) -> None:
    enroll(runtime, BOB, FERDIE, FIRST)
    with reverts(Errors.HotKeyAlreadyRegisteredInSubNet):
        swap(runtime, netuid=None)
    swap(runtime, netuid=SUBNET)


def test_a_row_that_says_no_member_hinders_a_swap_on_that_subnet_only(runtime: Taonet) -> None:
    runtime.neurons.IsNetworkMember[FERDIE.account, SUBNET] = False
    with reverts(Errors.HotKeyAlreadyRegisteredInSubNet):
        swap(runtime, netuid=SUBNET)
    swap(runtime, netuid=None)


@pytest.mark.parametrize("netuid", [None, ROOT])
def test_on_root_the_new_hotkey_may_have_no_history(runtime: Taonet, netuid: int | None) -> None:
    unclean = Errors.NewHotKeyNotCleanForRootSwap
    claims, stakes = runtime.claims, runtime.stakes
    claims.RootClaimable[FERDIE.account] = {SUBNET: 1}  # type: ignore[dict-item]
    with unchanged(runtime), reverts(unclean):
        swap(runtime, netuid=netuid)
    claims.RootClaimable[FERDIE.account] = {}
    stakes.TotalHotkeyAlpha[FERDIE.account, ROOT] = AlphaBalance(1)
    with unchanged(runtime), reverts(unclean):
        swap(runtime, netuid=netuid)
    del stakes.TotalHotkeyAlpha[FERDIE.account, ROOT]
    claims.RootClaimed[ROOT, FERDIE.account, CHARLIE.account] = 0
    with unchanged(runtime), reverts(unclean):
        swap(runtime, netuid=netuid)
    del claims.RootClaimed[ROOT, FERDIE.account, CHARLIE.account]
    swap(runtime, netuid=netuid)


def test_the_history_on_root_does_not_matter_elsewhere(runtime: Taonet) -> None:
    runtime.claims.RootClaimed[ROOT, FERDIE.account, CHARLIE.account] = 1
    swap(runtime, netuid=SUBNET)


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_the_account_of_a_subnet_is_no_hotkey(runtime: Taonet, netuid: int | None) -> None:
    with unchanged(runtime), reverts(Errors.CannotUseSystemAccount):
        swap(runtime, subnet_account(FIRST), netuid=netuid)


# -- how often


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_a_coldkey_swaps_hotkeys_rarely(runtime: Taonet, netuid: int | None) -> None:
    swap(runtime, netuid=netuid)
    skip_blocks(runtime, RATE)
    with unchanged(runtime), reverts(Errors.HotKeySetTxRateLimitExceeded):
        swap(runtime, TWO, old=FERDIE, netuid=netuid)
    skip_blocks(runtime, 1)
    swap(runtime, TWO, old=FERDIE, netuid=netuid)
    assert runtime.registry.LastRateLimitedBlock[LastTxBlock(BOB.account)] == runtime.registry.block()


@pytest.mark.parametrize("first", [None, SUBNET])
@pytest.mark.parametrize("second", [None, SUBNET])
def test_on_one_subnet_a_coldkey_swaps_once_an_interval(
    runtime: Taonet, first: NetUid | None, second: NetUid | None
) -> None:
    runtime.parameters.TxRateLimit = 0
    swap(runtime, netuid=first)
    assert runtime.hotkey_swap.LastHotkeySwapOnNetuid[SUBNET, BOB.account] == runtime.registry.block()
    skip_blocks(runtime, INTERVAL)
    with unchanged(runtime), reverts(Errors.HotKeySwapOnSubnetIntervalNotPassed):
        swap(runtime, TWO, old=FERDIE, netuid=second)
    skip_blocks(runtime, 1)
    swap(runtime, TWO, old=FERDIE, netuid=second)


def test_a_swap_on_one_subnet_does_not_hinder_one_on_another(runtime: Taonet) -> None:
    runtime.parameters.TxRateLimit = 0
    swap(runtime, netuid=SUBNET)
    swap(runtime, TWO, netuid=FIRST)


@pytest.mark.parametrize(("has_children", "is_noted"), [(False, False), (True, True)])
def test_only_where_a_hotkey_has_a_neuron_or_children_its_swap_on_all_is_noted(
    runtime: Taonet, has_children: bool, is_noted: bool
) -> None:
    if has_children:
        runtime.delegation.apply(FIRST, EVE.account, ((1, TWO.account),))
    swap(runtime, netuid=None)
    noted = dict(runtime.hotkey_swap.LastHotkeySwapOnNetuid.items())
    assert noted.get((SUBNET, BOB.account)) == runtime.registry.block()
    assert ((FIRST, BOB.account) in noted) is is_noted
    assert (ROOT, BOB.account) not in noted


def test_early_in_the_chains_life_only_a_swap_on_all_is_possible(runtime: Taonet) -> None:
    runtime.system.Number = BlockNumber(INTERVAL)
    with unchanged(runtime), reverts(Errors.HotKeySwapOnSubnetIntervalNotPassed):
        swap(runtime, netuid=SUBNET)
    swap(runtime, netuid=None)


# -- what it costs


@pytest.mark.parametrize(("netuid", "cost"), [(None, COST), (SUBNET, COST_ON_SUBNET)])
@pytest.mark.parametrize("keep_stake", [None, False, True])
def test_the_cost_is_recycled(runtime: Taonet, netuid: NetUid | None, cost: int, keep_stake: bool | None) -> None:
    before, issued = free(runtime, BOB), runtime.tao.TotalIssuance
    with emits(runtime, runtime.balances.Withdraw(who=BOB.account, amount=TaoBalance(cost)), swapped(FERDIE, netuid)):
        swap(runtime, netuid=netuid, keep_stake=keep_stake)
    assert before - free(runtime, BOB) == issued - runtime.tao.TotalIssuance == cost


@pytest.mark.parametrize(("netuid", "cost"), [(None, COST), (SUBNET, COST_ON_SUBNET)])
def test_who_cannot_pay_swaps_nothing(runtime: Taonet, netuid: int | None, cost: int) -> None:
    def keep(amount: int) -> None:
        runtime.tao.transfer(BOB.account, ALICE.account, TaoBalance(free(runtime, BOB) - amount))

    least = runtime.balances.ExistentialDeposit
    keep(cost + least - 1)
    with unchanged(runtime), reverts(Errors.InsufficientBalance):
        swap(runtime, netuid=netuid)
    keep(cost - 1)
    with unchanged(runtime), reverts(Errors.NotEnoughBalanceToPaySwapHotKey):
        swap(runtime, netuid=netuid)
    runtime.tao.transfer(ALICE.account, BOB.account, TaoBalance(least + 1))
    swap(runtime, netuid=netuid)
    assert free(runtime, BOB) == least


MEMBER = (1 + 1 + 0, 2 + 2 + 1)
"""Reads and writes of a membership, a uid and its hotkey."""
NO_FAMILY = (2 + 1, 2 + 1)
NO_STAKE = (6, 6)
OWNER = (1, 0)
"""Root and Alice's subnet have an owner's hotkey."""


def test_a_swap_on_one_subnet_weighs_what_it_touched(runtime: Taonet) -> None:
    parts = [(4, 0), (3, 3), (6, 1), (1, 1), (1, 1), (5, 0), MEMBER, NO_FAMILY, OWNER, NO_STAKE, (0, 2)]
    assert swap(runtime) == PostInfo(weigh(0, reads=sum(r for r, _ in parts), writes=sum(w for _, w in parts)))


def test_stake_that_stays_is_not_weighed(runtime: Taonet) -> None:
    parts = [(4, 0), (3, 3), (6, 1), (1, 1), (1, 1), (5, 0), MEMBER, NO_FAMILY, OWNER, (0, 2)]
    used = swap(runtime, keep_stake=True)
    assert used == PostInfo(weigh(0, reads=sum(r for r, _ in parts), writes=sum(w for _, w in parts)))


def test_a_swap_on_all_subnets_weighs_what_it_touched(runtime: Taonet) -> None:
    runtime.ownership.Delegates[EVE.account] = 7
    head = [(4, 0), (3, 3), (1 + 2 * SUBNETS, 0), (1, 0), (3, 0), (0, 2), (5 * SUBNETS, 0), (2, 2)]
    subnets = [(1, 2), MEMBER, (1, 2), *[NO_FAMILY, NO_STAKE] * SUBNETS, OWNER, OWNER, (3, 2)]
    tail = [(3, 6), (2, 2), (0, 1), (0, 1)]
    parts = [*head, *subnets, *tail]
    used = swap(runtime, netuid=None)
    assert used == PostInfo(weigh(0, reads=sum(r for r, _ in parts), writes=sum(w for _, w in parts)))


def test_the_fee_for_what_was_not_used_is_given_back(chain: Chain) -> None:
    built = chain.advance(
        chain.sign(BOB, f"{MODULE}.try_associate_hotkey", hotkey=EVE.account),
    )
    assert built.outcomes[0].error is None
    raw = chain.sign(BOB, f"{MODULE}.swap_hotkey", hotkey=EVE.account, new_hotkey=FERDIE.account, netuid=None)
    before = free(chain.at_head(), BOB)
    built = chain.advance(raw)
    assert built.outcomes[0].error is None

    info = next(r.event for r in reversed(built.events) if isinstance(r.event, System.ExtrinsicSuccess)).dispatch_info
    base = built.runtime.system.BlockWeights.per_class.normal.base_extrinsic
    declared = built.runtime.dispatch_info(
        call(built.runtime, f"{MODULE}.swap_hotkey", hotkey=EVE.account, new_hotkey=FERDIE.account, netuid=None)
    )
    used = info.weight.ref_time - base.ref_time
    assert 0 < used < declared.weight.ref_time
    assert info.weight.proof_size == base.proof_size

    weight_fee = (used * 500_000 + 499_999_999) // 10**9
    assert before - free(built.runtime, BOB) == COST + 54_078 + weight_fee + len(raw)


# -- what goes along


def test_the_new_hotkey_is_the_coldkeys(runtime: Taonet) -> None:
    swap(runtime, netuid=None)
    assert EVE.account not in runtime.ownership.Owner
    assert runtime.ownership.Owner[FERDIE.account] == BOB.account
    assert runtime.ownership.OwnedHotkeys[BOB.account] == (FERDIE.account,)


def test_after_a_swap_on_one_subnet_the_coldkey_has_both(runtime: Taonet) -> None:
    swap(runtime)
    assert runtime.ownership.Owner[EVE.account] == runtime.ownership.Owner[FERDIE.account] == BOB.account
    assert runtime.ownership.OwnedHotkeys[BOB.account] == (EVE.account, FERDIE.account)


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_the_neuron_is_the_new_hotkeys(runtime: Taonet, netuid: int | None) -> None:
    swap(runtime, netuid=netuid)
    neurons = runtime.neurons
    assert (neurons.Keys[SUBNET, 1], neurons.Uids[SUBNET, FERDIE.account]) == (FERDIE.account, 1)
    assert (SUBNET, EVE.account) not in neurons.Uids
    assert (EVE.account, SUBNET) not in neurons.IsNetworkMember
    assert neurons.IsNetworkMember[FERDIE.account, SUBNET] is True
    # where the old one had none, the new one gets a row that says so
    assert neurons.IsNetworkMember.get((FERDIE.account, FIRST)) == (False if netuid is None else None)


def test_endpoints_certificates_commits_and_loaded_emission_go_along(runtime: Taonet) -> None:
    serving, key, other = runtime.serving, (SUBNET, EVE.account), (SUBNET, FERDIE.account)
    axon, metrics = AxonInfo(1, 2, 3, 4, 4, 0, 0, 0), PrometheusInfo(1, 2, 3, 4, 4)
    certificate = NeuronCertificate(b"key", 1)
    serving.Axons[key], serving.Prometheus[key], serving.NeuronCertificates[key] = axon, metrics, certificate
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    for index in runtime.neurons.mechanisms(SUBNET):
        runtime.hotkey_moves.commits.WeightCommits[index, EVE.account] = ((bytes(32), index, 1, 2),)
    runtime.remnants.LoadedEmission[SUBNET] = ((EVE.account, 1, 2), (DAVE.account, 3, 4))

    used = swap(runtime, keep_stake=True).actual_weight

    assert (serving.Axons[other], serving.Prometheus[other]) == (axon, metrics)
    assert serving.NeuronCertificates[other] == certificate
    assert not any(key in item for item in (serving.Axons, serving.Prometheus, serving.NeuronCertificates))
    for index in runtime.neurons.mechanisms(SUBNET):
        assert runtime.hotkey_moves.commits.WeightCommits[index, FERDIE.account] == ((bytes(32), index, 1, 2),)
        assert (index, EVE.account) not in runtime.hotkey_moves.commits.WeightCommits
    assert runtime.remnants.LoadedEmission[SUBNET] == ((FERDIE.account, 1, 2), (DAVE.account, 3, 4))
    assert used == weigh(0, reads=26 + 6, writes=16 + 12)


def test_what_a_hotkey_that_is_no_member_tells_stays(runtime: Taonet) -> None:
    axon = AxonInfo(1, 2, 3, 4, 4, 0, 0, 0)
    runtime.serving.Axons[FIRST, EVE.account] = axon
    swap(runtime, netuid=FIRST)
    assert runtime.serving.Axons[FIRST, EVE.account] == axon


def test_takes_go_along(runtime: Taonet) -> None:
    runtime.stakes.ChildkeyTake[EVE.account, SUBNET] = 5
    runtime.ownership.Delegates[EVE.account] = 7
    swap(runtime, netuid=None)
    assert dict(runtime.stakes.ChildkeyTake.items()) == {(FERDIE.account, SUBNET): 5}
    assert runtime.ownership.Delegates[FERDIE.account] == 7
    assert EVE.account not in runtime.ownership.Delegates


def test_the_delegates_take_stays_in_a_swap_on_one_subnet(runtime: Taonet) -> None:
    runtime.stakes.ChildkeyTake[EVE.account, SUBNET] = 5
    runtime.stakes.ChildkeyTake[EVE.account, FIRST] = 6
    runtime.ownership.Delegates[EVE.account] = 7
    swap(runtime)
    assert dict(runtime.stakes.ChildkeyTake.items()) == {(FERDIE.account, SUBNET): 5, (EVE.account, FIRST): 6}
    assert (runtime.ownership.Delegates[EVE.account], FERDIE.account in runtime.ownership.Delegates) == (7, False)


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_limits_of_the_old_hotkey_are_the_new_ones(runtime: Taonet, netuid: int | None) -> None:
    last = runtime.registry.LastRateLimitedBlock
    last[LastTxBlockDelegateTake(EVE.account)] = 7
    last[LastTxBlockChildKeyTake(EVE.account)] = 8
    swap(runtime, netuid=netuid)
    assert last.get(LastTxBlock(FERDIE.account)) == 0
    assert last[LastTxBlockDelegateTake(FERDIE.account)] == 7
    assert last[LastTxBlockChildKeyTake(FERDIE.account)] == 8
    kept = None if netuid is None else 7
    assert last.get(LastTxBlockDelegateTake(EVE.account)) == kept
    assert LastTxBlock(EVE.account) not in last


def test_incentives_are_staked_to_the_new_hotkey(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, TWO)
    by_coldkey, by_hotkey = runtime.stakes.AutoStakeDestination, runtime.stakes.AutoStakeDestinationColdkeys
    for who in (CHARLIE, ALICE):
        dispatch(runtime, who, f"{MODULE}.set_coldkey_auto_stake_hotkey", netuid=SUBNET, hotkey=EVE.account)
    by_coldkey[ONLY, SUBNET], by_hotkey[FERDIE.account, SUBNET] = FERDIE.account, (ONLY,)

    swap(runtime)

    assert by_coldkey[CHARLIE.account, SUBNET] == by_coldkey[ALICE.account, SUBNET] == FERDIE.account
    assert (EVE.account, SUBNET) not in by_hotkey
    # the chain forgets whose incentives went to the new hotkey before
    assert by_hotkey[FERDIE.account, SUBNET] == (CHARLIE.account, ALICE.account)
    assert by_coldkey[ONLY, SUBNET] == FERDIE.account


ONLY = AccountId(bytes([9]) * 32)


@pytest.mark.parametrize("netuid", [None, SUBNET])
def test_the_subnet_owners_hotkey_is_the_new_one(runtime: Taonet, netuid: int | None) -> None:
    expected: list[Any] = [type(runtime.balances).Withdraw, Events.SubnetOwnerHotkeySet(SUBNET, FERDIE.account)]
    name = Events.HotkeySwapped if netuid is None else Events.HotkeySwappedOnSubnet
    with emits(runtime, *expected, name):
        swap(runtime, who=ALICE, old=DAVE, netuid=netuid)
    assert runtime.registry.SubnetOwnerHotkey[SUBNET] == FERDIE.account
    assert runtime.neurons.Keys[SUBNET, 0] == FERDIE.account


def test_a_subnet_that_does_not_exist_hinders_nothing(runtime: Taonet) -> None:
    swap(runtime, netuid=77)
    assert runtime.neurons.IsNetworkMember.get((FERDIE.account, NetUid(77))) is False
    assert runtime.stakes.ChildKeys.get((EVE.account, NetUid(77))) == ()
    assert runtime.neurons.Keys[SUBNET, 1] == EVE.account


def test_a_swap_that_fails_late_leaves_nothing(runtime: Taonet) -> None:
    runtime.delegation.apply(SUBNET, EVE.account, ((1, FERDIE.account),))
    for netuid in (SUBNET, None):
        with unchanged(runtime), reverts(Errors.InvalidChild):
            swap(runtime, netuid=netuid)


# -- what is noted of swaps


def test_old_notes_are_forgotten_on_a_few_subnets_each_block(runtime: Taonet) -> None:
    noted = runtime.hotkey_swap.LastHotkeySwapOnNetuid
    noted[SUBNET, BOB.account], noted[SUBNET, ALICE.account], noted[FIRST, BOB.account] = 1, 1103, 1

    def at(block: int) -> tuple[list[int], int, int]:
        weight = runtime.hotkey_swap.on_initialize(BlockNumber(block))
        reads, writes = weight.ref_time % 100_000_000 // 25_000_000, weight.ref_time // 100_000_000
        return sorted(noted.values()), reads + 4 * writes, weight.proof_size

    assert at(101) == ([1, 1, 1103], 2 + SUBNETS + 1, 0)  # subnet 1 has its turn
    assert at(201) == ([1, 1103], 2 + SUBNETS + 1 + 4, 0)
    assert at(1200) == ([1, 1103], 2 + SUBNETS, 0)
    assert at(1202) == ([1103], 2 + SUBNETS + 2 + 4, 0)
    assert at(1302) == ([], 2 + SUBNETS + 1 + 4, 0)


def test_a_note_is_kept_for_the_whole_interval(runtime: Taonet) -> None:
    noted = runtime.hotkey_swap.LastHotkeySwapOnNetuid
    noted[SUBNET, BOB.account] = 1002
    runtime.hotkey_swap.on_initialize(BlockNumber(1102))
    assert noted[SUBNET, BOB.account] == 1002
    runtime.hotkey_swap.on_initialize(BlockNumber(1202))
    assert (SUBNET, BOB.account) not in noted


def test_a_block_weighs_what_is_forgotten_in_it(chain: Chain) -> None:
    for _ in range(3):
        chain.advance()

    def weight_of_hooks(*noted: Keypair) -> int:
        runtime = chain.at_head()
        for who in noted:
            runtime.hotkey_swap.LastHotkeySwapOnNetuid[FIRST, who.account] = 1
        runtime.initialize_block(chain.next_header())
        assert list(runtime.hotkey_swap.LastHotkeySwapOnNetuid) == []
        return runtime.system.BlockWeight.mandatory.ref_time

    assert weight_of_hooks(ALICE, BOB) - weight_of_hooks() == 2 * (25_000_000 + 100_000_000)


def test_a_subnet_that_goes_takes_its_notes_along(runtime: Taonet) -> None:
    swap(runtime)
    dissolve(runtime, SUBNET)
    assert list(runtime.hotkey_swap.LastHotkeySwapOnNetuid) == []
