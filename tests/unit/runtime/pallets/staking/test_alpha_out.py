"""Alpha that is recycled or burned, hotkeys that are claimed, and where incentives are staked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, events, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    SUBNET,
    enroll,
    held,
    reserves,
    sound_economy,
    stake,
    staked,
    step,
)

from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

BOUGHT = 90_867_473_489
CALLS = ["recycle_alpha", "burn_alpha"]


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        stake(runtime, BOB, DAVE, SUBNET, TAO(100))
        yield runtime


def give_up(
    runtime: Taonet, call: str, amount: int, netuid: NetUid = SUBNET, hotkey: Keypair = DAVE, who: Keypair = BOB
) -> None:
    dispatch(runtime, who, f"SubtensorModule.{call}", hotkey=hotkey.account, amount=amount, netuid=netuid)


def test_recycled_alpha_is_no_longer_issued(runtime: Taonet) -> None:
    step(runtime)
    issued, (_, inside, outside) = runtime.assets.TotalAlphaIssuance[SUBNET], reserves(runtime)

    with emits(runtime, Events.AlphaRecycled(BOB.account, DAVE.account, AlphaBalance(500_000_000), SUBNET)):
        give_up(runtime, "recycle_alpha", 500_000_000)

    assert staked(runtime, BOB, DAVE) == BOUGHT - 500_000_000
    assert reserves(runtime)[1:] == (inside, outside - 500_000_000)
    assert runtime.assets.TotalAlphaIssuance[SUBNET] == issued - 500_000_000
    assert runtime.assets.AlphaRecycled[SUBNET] == 500_000_000


def test_burned_alpha_still_counts_as_issued(runtime: Taonet) -> None:
    outside = reserves(runtime)[2]

    with emits(runtime, Events.AlphaBurned(BOB.account, DAVE.account, ALPHA(10), SUBNET)):
        give_up(runtime, "burn_alpha", ALPHA(10))

    assert staked(runtime, BOB, DAVE) == held(runtime, DAVE) == BOUGHT - ALPHA(10)
    assert reserves(runtime)[2] == outside
    assert runtime.assets.AlphaBurned[SUBNET] == ALPHA(10)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("amount", [BOUGHT, BOUGHT + 1, U64_MAX])
def test_no_more_than_the_stake_is_given_up(runtime: Taonet, call: str, amount: int) -> None:
    give_up(runtime, call, amount)

    assert staked(runtime, BOB, DAVE) == 0
    assert [e.amount for e in events(runtime)[-1:] if isinstance(e, Events.AlphaRecycled | Events.AlphaBurned)] == [
        BOUGHT
    ]


@pytest.mark.parametrize("call", CALLS)
def test_giving_nothing_up_is_told_and_changes_no_stake(runtime: Taonet, call: str) -> None:
    before = reserves(runtime)

    give_up(runtime, call, 0)

    assert (staked(runtime, BOB, DAVE), reserves(runtime)) == (BOUGHT, before)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("netuid", "hotkey", "error"),
    [
        (NetUid(77), DAVE, Errors.SubnetNotExists),
        (ROOT, DAVE, Errors.CannotBurnOrRecycleOnRootSubnet),
        (FIRST, DAVE, Errors.SubtokenDisabled),
        (SUBNET, EVE, Errors.HotKeyAccountNotExists),
    ],
)
def test_alpha_that_cannot_be_given_up_stays(
    runtime: Taonet, call: str, netuid: NetUid, hotkey: Keypair, error: type[Errors.SubnetNotExists]
) -> None:
    with unchanged(runtime), reverts(error):
        give_up(runtime, call, ALPHA(1), netuid, hotkey)


@pytest.mark.parametrize("call", CALLS)
def test_more_than_is_outside_of_the_pool_cannot_be_given_up(runtime: Taonet, call: str) -> None:
    runtime.pools.SubnetAlphaOut[SUBNET] = AlphaBalance(5)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        give_up(runtime, call, 6)

    runtime.pools.SubnetAlphaOut[SUBNET] = AlphaBalance(BOUGHT)


@pytest.mark.parametrize("call", CALLS)
def test_only_a_signer_gives_alpha_up(runtime: Taonet, call: str) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, Origin.root(), f"SubtensorModule.{call}", hotkey=DAVE.account, amount=1, netuid=SUBNET)


# -- hotkeys


def associate(runtime: Taonet, who: Keypair, hotkey: bytes) -> None:
    dispatch(runtime, who, "SubtensorModule.try_associate_hotkey", hotkey=hotkey)


def test_a_hotkey_that_nobody_owns_becomes_the_callers(runtime: Taonet) -> None:
    associate(runtime, BOB, EVE.account)

    assert runtime.ownership.Owner[EVE.account] == BOB.account
    assert runtime.ownership.OwnedHotkeys[BOB.account] == (EVE.account,)
    assert runtime.ownership.StakingHotkeys[BOB.account] == (DAVE.account, EVE.account)


def test_a_hotkey_of_another_stays_his(runtime: Taonet) -> None:
    with unchanged(runtime), emits(runtime):
        associate(runtime, BOB, DAVE.account)

    assert runtime.ownership.Owner[DAVE.account] == ALICE.account


def test_a_subnets_account_is_no_hotkey(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.CannotUseSystemAccount):
        associate(runtime, BOB, subnet_account(NetUid(9)))


# -- where incentives are staked


def choose(runtime: Taonet, who: Keypair, hotkey: Keypair, netuid: NetUid = SUBNET) -> None:
    dispatch(runtime, who, "SubtensorModule.set_coldkey_auto_stake_hotkey", netuid=netuid, hotkey=hotkey.account)


def test_a_coldkey_chooses_the_hotkey_that_its_incentives_are_staked_to(runtime: Taonet) -> None:
    with emits(runtime, Events.AutoStakeDestinationSet(BOB.account, SUBNET, DAVE.account)):
        choose(runtime, BOB, DAVE)

    assert runtime.stakes.AutoStakeDestination.get((BOB.account, SUBNET)) == DAVE.account
    assert runtime.stakes.AutoStakeDestinationColdkeys[DAVE.account, SUBNET] == (BOB.account,)


def test_a_second_choice_replaces_the_first(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    choose(runtime, ALICE, DAVE)
    choose(runtime, BOB, DAVE)

    choose(runtime, BOB, EVE)

    assert runtime.stakes.AutoStakeDestinationColdkeys[DAVE.account, SUBNET] == (ALICE.account,)
    assert runtime.stakes.AutoStakeDestinationColdkeys[EVE.account, SUBNET] == (BOB.account,)


def test_the_same_choice_twice_is_refused(runtime: Taonet) -> None:
    choose(runtime, BOB, DAVE)

    with unchanged(runtime), reverts(Errors.SameAutoStakeHotkeyAlreadySet):
        choose(runtime, BOB, DAVE)


@pytest.mark.parametrize(
    ("hotkey", "netuid", "error"),
    [
        (DAVE, NetUid(77), Errors.SubnetNotExists),
        (DAVE, FIRST, Errors.HotKeyNotRegisteredInSubNet),
        (key_of("Ferdie"), SUBNET, Errors.HotKeyNotRegisteredInSubNet),
    ],
)
def test_only_a_neuron_of_the_subnet_can_be_chosen(
    runtime: Taonet, hotkey: Keypair, netuid: NetUid, error: type[Errors.SubnetNotExists]
) -> None:
    with unchanged(runtime), reverts(error):
        choose(runtime, BOB, hotkey, netuid)
