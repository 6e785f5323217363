"""Hotkeys lend stake to children: when, to whom, and what both sides keep of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import dispatch, emits, events, key_of, reverts
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    add_other,
    allow_registration,
    dissolve,
    enroll,
    register,
    skip_blocks,
    sound_economy,
    stake,
    staked,
    step,
    unstake,
)

from chain.errors import DispatchError
from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.pallets.staking.family import read_relations, with_edge, without_edge
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.refusal import Refused
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid

HALF, QUARTER = U64_MAX // 2, U64_MAX // 4
FERDIE, TWO = key_of("Ferdie"), key_of("Two")
MANY = tuple(key_of(f"child{n}") for n in range(6))
UNSTARTED = NetUid(1)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob owns Eve's key, Charlie Ferdie's; Bob has staked 100 TAO to Eve's key on Alice's subnet."""
    with sound_economy() as runtime:
        add_other(runtime)
        runtime.ownership.create_account(CHARLIE.account, FERDIE.account)
        stake(runtime, BOB, EVE, SUBNET, TAO(100))
        skip_blocks(runtime, 200)
        yield runtime


def lend(
    runtime: Taonet, *children: tuple[int, Keypair], who: Keypair = BOB, hotkey: Keypair = EVE, netuid: NetUid = SUBNET
) -> None:
    edges = tuple((proportion, child.account) for proportion, child in children)
    dispatch(runtime, who, "SubtensorModule.set_children", hotkey=hotkey.account, netuid=netuid, children=edges)


def children(runtime: Taonet, hotkey: Keypair = EVE, netuid: NetUid = SUBNET) -> list[tuple[int, bytes]]:
    return list(runtime.stakes.ChildKeys[hotkey.account, netuid])


def parents(runtime: Taonet, hotkey: Keypair, netuid: NetUid = SUBNET) -> list[tuple[int, bytes]]:
    return list(runtime.stakes.ParentKeys[hotkey.account, netuid])


def wait(runtime: Taonet) -> None:
    """Let the cooldown pass and an epoch be."""
    skip_blocks(runtime, runtime.delegation.PendingChildKeyCooldown + 1)
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block()
    runtime.delegation.apply_due(runtime.registry.block())


def have(runtime: Taonet, *wanted: tuple[int, Keypair], hotkey: Keypair = EVE) -> None:
    """Give a hotkey children without waiting."""
    edges = tuple((proportion, child.account) for proportion, child in wanted)
    runtime.delegation.apply(SUBNET, hotkey.account, edges)


# -- waiting


def test_children_wait_for_the_cooldown_and_the_epoch(runtime: Taonet) -> None:
    ready = runtime.registry.block() + 15
    wanted = ((HALF, FERDIE.account),)
    with emits(runtime, Events.SetChildrenScheduled(EVE.account, SUBNET, ready, wanted)):
        lend(runtime, (HALF, FERDIE))
    assert runtime.delegation.PendingChildKeys[SUBNET, EVE.account] == (wanted, ready)
    assert children(runtime) == []

    skip_blocks(runtime, 15)
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block()
    runtime.delegation.apply_due(runtime.registry.block())
    assert children(runtime) == []

    skip_blocks(runtime, 1)
    runtime.delegation.apply_due(runtime.registry.block())
    assert children(runtime) == []

    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block()
    with emits(runtime, Events.SetChildren(EVE.account, SUBNET, wanted)):
        runtime.delegation.apply_due(runtime.registry.block())
    assert children(runtime) == [(HALF, FERDIE.account)]
    assert parents(runtime, FERDIE) == [(HALF, EVE.account)]
    assert list(runtime.delegation.PendingChildKeys) == []


def test_pending_children_come_in_the_block_of_an_epoch(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    skip_blocks(runtime, 15)
    step(runtime, runtime.parameters.Tempo[SUBNET] + 1)
    assert children(runtime) == [(HALF, FERDIE.account)]


def test_before_the_start_children_come_at_once(runtime: Taonet) -> None:
    with emits(runtime, Events.SetChildren(EVE.account, UNSTARTED, ((HALF, FERDIE.account),))):
        lend(runtime, (HALF, FERDIE), netuid=UNSTARTED)
    assert children(runtime, netuid=UNSTARTED) == [(HALF, FERDIE.account)]


def test_a_later_wish_replaces_one_that_waits(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    skip_blocks(runtime, 150)
    lend(runtime, (QUARTER, TWO))
    wait(runtime)
    assert children(runtime) == [(QUARTER, TWO.account)]
    assert parents(runtime, FERDIE) == []


# -- both sides


def test_children_are_kept_by_account_and_their_parents_as_they_came(runtime: Taonet) -> None:
    have(runtime, (HALF, FERDIE), hotkey=DAVE)
    have(runtime, (QUARTER, FERDIE), (QUARTER, TWO))
    ordered = sorted([(FERDIE.account, QUARTER), (TWO.account, QUARTER)])
    assert children(runtime) == [(proportion, child) for child, proportion in ordered]
    assert parents(runtime, FERDIE) == [(HALF, DAVE.account), (QUARTER, EVE.account)]


def test_changed_children_change_their_parents(runtime: Taonet) -> None:
    have(runtime, (HALF, FERDIE), (QUARTER, TWO))
    have(runtime, (QUARTER, FERDIE))
    assert parents(runtime, FERDIE) == [(QUARTER, EVE.account)]
    assert (TWO.account, SUBNET) not in runtime.stakes.ParentKeys


def test_no_children_leave_no_rows(runtime: Taonet) -> None:
    have(runtime, (HALF, FERDIE))
    have(runtime)
    assert list(runtime.stakes.ChildKeys) == list(runtime.stakes.ParentKeys) == []


def test_a_hotkey_keeps_its_parents_when_it_gets_children(runtime: Taonet) -> None:
    have(runtime, (HALF, EVE), hotkey=DAVE)
    have(runtime, (HALF, FERDIE))
    assert parents(runtime, EVE) == [(HALF, DAVE.account)]
    assert children(runtime, DAVE) == [(HALF, EVE.account)]


def test_children_that_became_parents_meanwhile_do_not_come(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    have(runtime, (HALF, EVE), hotkey=FERDIE)
    wait(runtime)
    assert children(runtime) == []
    assert list(runtime.delegation.PendingChildKeys) == []
    assert events(runtime)[-1] != Events.SetChildren(EVE.account, SUBNET, ((HALF, FERDIE.account),))


# -- refusals


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (((HALF, FERDIE), (QUARTER, FERDIE)), Errors.DuplicateChild),
        (((HALF, EVE),), Errors.InvalidChild),
        (tuple((1, child) for child in MANY), Errors.TooManyChildren),
        (((U64_MAX, FERDIE), (1, TWO)), Errors.ProportionOverflow),
        (((HALF, DAVE),), Errors.ChildParentInconsistency),
    ],
)
def test_whom_a_hotkey_cannot_lend_to(
    runtime: Taonet, wanted: tuple[tuple[int, Keypair], ...], error: type[DispatchError]
) -> None:
    have(runtime, (HALF, EVE), hotkey=DAVE)
    with reverts(error):
        lend(runtime, *wanted)


def test_five_children_may_get_everything(runtime: Taonet) -> None:
    fifth = U64_MAX // 5
    lend(runtime, *((fifth, child) for child in MANY[:5]))
    wait(runtime)
    assert len(children(runtime)) == 5


@pytest.mark.parametrize(
    ("netuid", "error"),
    [(ROOT, Errors.RegistrationNotPermittedOnRootSubnet), (NetUid(77), Errors.SubnetNotExists)],
)
def test_where_nobody_has_children(runtime: Taonet, netuid: NetUid, error: type[DispatchError]) -> None:
    with reverts(error):
        lend(runtime, (HALF, FERDIE), netuid=netuid)


def test_only_the_owner_lends_a_hotkeys_stake(runtime: Taonet) -> None:
    with reverts(Errors.NonAssociatedColdKey):
        lend(runtime, (HALF, FERDIE), who=CHARLIE)


def test_children_change_once_in_150_blocks(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    skip_blocks(runtime, 149)
    with reverts(Errors.TxRateLimitExceeded):
        lend(runtime)
    skip_blocks(runtime, 1)
    lend(runtime)


def test_children_need_a_parent_with_stake(runtime: Taonet) -> None:
    worth = runtime.delegation.total_stake(EVE.account)
    runtime.parameters.StakeThreshold = worth + 1
    with reverts(Errors.NotEnoughStakeToSetChildkeys):
        lend(runtime, (HALF, FERDIE))
    lend(runtime)
    skip_blocks(runtime, 150)
    runtime.parameters.StakeThreshold = worth
    lend(runtime, (HALF, FERDIE))


def test_the_subnets_own_hotkey_needs_no_stake(runtime: Taonet) -> None:
    runtime.parameters.StakeThreshold = U64_MAX
    lend(runtime, (HALF, FERDIE), who=ALICE, hotkey=DAVE)


def test_children_that_wait_are_dropped_with_the_stake(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    runtime.parameters.StakeThreshold = TAO(40)
    unstake(runtime, BOB, EVE, SUBNET, staked(runtime, BOB, EVE) // 3)
    assert (SUBNET, EVE.account) in runtime.delegation.PendingChildKeys
    unstake(runtime, BOB, EVE, SUBNET, staked(runtime, BOB, EVE) // 2)
    assert (SUBNET, EVE.account) not in runtime.delegation.PendingChildKeys


def test_a_dissolved_subnet_has_no_children_that_wait(runtime: Taonet) -> None:
    lend(runtime, (HALF, FERDIE))
    dissolve(runtime, SUBNET)
    assert list(runtime.delegation.PendingChildKeys) == []


# -- root validators


def test_root_validators_lend_everything_to_a_new_subnets_owner(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, FERDIE, ROOT)
    enroll(runtime, CHARLIE, TWO, ROOT)
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.set_auto_parent_delegation_enabled",
        hotkey=TWO.account,
        enabled=False,
    )
    allow_registration(runtime)
    netuid = register(runtime, BOB, key_of("Three"))
    assert (U64_MAX, FERDIE.account) in parents(runtime, key_of("Three"), netuid)
    assert (U64_MAX, TWO.account) not in parents(runtime, key_of("Three"), netuid)
    assert netuid not in (SUBNET, OTHER)


def test_only_root_validators_choose_and_only_their_owners(runtime: Taonet) -> None:
    def choose(hotkey: Keypair, who: Keypair) -> None:
        call = "SubtensorModule.set_auto_parent_delegation_enabled"
        dispatch(runtime, who, call, hotkey=hotkey.account, enabled=False)

    enroll(runtime, CHARLIE, TWO, ROOT)
    with reverts(Errors.HotKeyNotRegisteredInSubNet):
        choose(FERDIE, CHARLIE)
    with reverts(Errors.NonAssociatedColdKey):
        choose(TWO, BOB)
    with emits(runtime, Events.AutoParentDelegationEnabledSet(TWO.account, False)):
        choose(TWO, CHARLIE)


# -- takes


def take(runtime: Taonet, amount: int, who: Keypair = BOB) -> None:
    dispatch(runtime, who, "SubtensorModule.set_childkey_take", hotkey=EVE.account, netuid=SUBNET, take=amount)


def test_a_childs_take_is_raised_rarely_and_lowered_at_any_time(runtime: Taonet) -> None:
    limit = runtime.parameters.TxChildkeyTakeRateLimit
    with emits(runtime, Events.ChildKeyTakeSet(EVE.account, 500)):
        take(runtime, 500)
    skip_blocks(runtime, limit - 1)
    with reverts(Errors.TxChildkeyTakeRateLimitExceeded):
        take(runtime, 501)
    take(runtime, 400)
    skip_blocks(runtime, limit)
    take(runtime, 501)
    assert runtime.delegation.childkey_take(EVE.account, SUBNET) == 501


@pytest.mark.parametrize("amount", [99, 11_797])
def test_a_childs_take_has_bounds(runtime: Taonet, amount: int) -> None:
    runtime.parameters.MinChildkeyTake = 100
    with reverts(Errors.InvalidChildkeyTake):
        take(runtime, amount)


def test_a_subnet_may_ask_for_a_higher_take(runtime: Taonet) -> None:
    take(runtime, 100)
    runtime.parameters.MinChildkeyTakePerSubnet[SUBNET] = 300
    assert runtime.delegation.childkey_take(EVE.account, SUBNET) == 300
    with reverts(Errors.InvalidChildkeyTake):
        take(runtime, 299)


def test_only_the_owner_sets_a_take(runtime: Taonet) -> None:
    with reverts(Errors.NonAssociatedColdKey):
        take(runtime, 100, CHARLIE)


# -- root's settings


@pytest.mark.parametrize(
    ("call", "argument", "event"),
    [
        ("sudo_set_tx_childkey_take_rate_limit", "tx_rate_limit", Events.TxChildKeyTakeRateLimitSet),
        ("sudo_set_min_childkey_take", "take", Events.MinChildKeyTakeSet),
        ("sudo_set_max_childkey_take", "take", Events.MaxChildKeyTakeSet),
        ("set_pending_childkey_cooldown", "cooldown", None),
    ],
)
def test_root_sets_the_rules_and_nobody_else(runtime: Taonet, call: str, argument: str, event: type | None) -> None:
    with reverts(BadOrigin):
        dispatch(runtime, ALICE, f"SubtensorModule.{call}", **{argument: 7})
    with emits(runtime, *([] if event is None else [event(7)])):
        dispatch(runtime, ROOT_ORIGIN, f"SubtensorModule.{call}", **{argument: 7})
    rules = runtime.parameters
    values = {
        "sudo_set_tx_childkey_take_rate_limit": rules.TxChildkeyTakeRateLimit,
        "sudo_set_min_childkey_take": rules.MinChildkeyTake,
        "sudo_set_max_childkey_take": rules.MaxChildkeyTake,
        "set_pending_childkey_cooldown": runtime.delegation.PendingChildKeyCooldown,
    }
    assert values[call] == 7


# -- rules


def test_edges_are_changed_in_place_or_put_behind() -> None:
    a, b = EVE.account, FERDIE.account
    assert with_edge(((1, a), (2, b)), 7, a) == ((7, a), (2, b))
    assert with_edge(((1, a),), 7, b) == ((1, a), (7, b))
    assert without_edge(((1, a), (2, b)), a) == ((2, b),)


def test_relations_leave_the_hotkey_itself_out() -> None:
    found = read_relations(EVE.account, ((1, EVE.account), (2, FERDIE.account)), ((3, EVE.account),))
    assert (found.children, found.parents) == ({FERDIE.account: 2}, {})


def test_relations_go_to_another_hotkey_that_is_no_relative() -> None:
    found = read_relations(EVE.account, ((2, FERDIE.account),), ((3, DAVE.account),))
    assert found.rebound(TWO.account).pivot == TWO.account
    for relative in (FERDIE, DAVE):
        with pytest.raises(Refused):
            found.rebound(relative.account)
