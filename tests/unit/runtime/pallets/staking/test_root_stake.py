"""Stake on the root network, and everything that is unstaked at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, events, free, reverts, unchanged
from support.economy import (
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    ONE,
    OTHER,
    SUBNET,
    add_other,
    reserves,
    sound_economy,
    stake,
    staked,
    unstake,
)

from chain.keys import Keypair
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, TaoBalance

ED = 500
"""What root's account holds besides stake, in rao."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


# -- root


def test_root_stake_is_tao_one_to_one_and_free_of_fees(runtime: Taonet) -> None:
    author = free(runtime, ONE)

    stake(runtime, BOB, DAVE, ROOT, TAO(100))

    assert staked(runtime, BOB, DAVE, ROOT) == TAO(100)
    assert reserves(runtime, ROOT) == (TAO(100), 0, TAO(100))
    assert free(runtime, subnet_account(ROOT)) == TAO(100) + ED
    assert free(runtime, ONE) == author
    assert events(runtime)[-1] == Events.StakeAdded(
        BOB.account, DAVE.account, TAO(100), AlphaBalance(TAO(100)), ROOT, 0
    )


def test_a_coldkey_with_root_stake_is_numbered_until_it_has_none(runtime: Taonet) -> None:
    for who in (BOB, CHARLIE):
        stake(runtime, who, DAVE, ROOT, TAO(100))
    assert runtime.claims.NumStakingColdkeys == 2
    assert dict(runtime.claims.StakingColdkeysByIndex.items()) == {0: BOB.account, 1: CHARLIE.account}

    unstake(runtime, BOB, DAVE, ROOT, TAO(100))

    assert dict(runtime.claims.StakingColdkeysByIndex.items()) == {0: CHARLIE.account}
    assert dict(runtime.claims.StakingColdkeys.items()) == {CHARLIE.account: 0}
    assert runtime.claims.NumStakingColdkeys == 1


def test_root_stake_comes_back_whole(runtime: Taonet) -> None:
    before, total = free(runtime, BOB), runtime.pools.TotalStake

    stake(runtime, BOB, DAVE, ROOT, TAO(100))
    unstake(runtime, BOB, DAVE, ROOT, TAO(100))

    assert free(runtime, BOB) == before
    assert runtime.pools.TotalStake == total
    assert runtime.pools.SubnetTAO[ROOT] == 0


def test_root_takes_no_less_than_two_million_rao(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        stake(runtime, BOB, DAVE, ROOT, 1_999_999)

    stake(runtime, BOB, DAVE, ROOT, 2_000_000)


# -- all at once


def unstake_all(runtime: Taonet, who: Keypair, hotkey: Keypair, call: str = "unstake_all") -> None:
    dispatch(runtime, who, f"SubtensorModule.{call}", hotkey=hotkey.account)


def test_unstake_all_sells_on_every_subnet_and_on_root(runtime: Taonet) -> None:
    add_other(runtime)
    for netuid in (ROOT, SUBNET, OTHER):
        stake(runtime, CHARLIE, DAVE, netuid, TAO(10))

    unstake_all(runtime, CHARLIE, DAVE)

    assert [staked(runtime, CHARLIE, DAVE, n) for n in (ROOT, SUBNET, OTHER)] == [0, 0, 0]
    removed = [e for e in events(runtime) if isinstance(e, Events.StakeRemoved)]
    assert [e.netuid for e in removed] == [ROOT, SUBNET, OTHER]
    assert removed[0].tao == TAO(10)


def test_unstake_all_passes_over_what_it_cannot_sell(runtime: Taonet) -> None:
    add_other(runtime)
    for netuid in (SUBNET, OTHER):
        stake(runtime, CHARLIE, DAVE, netuid, TAO(10))
    kept = runtime.pools.SubnetTAO[OTHER]
    runtime.pools.SubnetTAO[OTHER] = TaoBalance(10)

    unstake_all(runtime, CHARLIE, DAVE)

    assert staked(runtime, CHARLIE, DAVE) == 0
    assert staked(runtime, CHARLIE, DAVE, OTHER) > 0
    runtime.pools.SubnetTAO[OTHER] = kept


def test_unstake_all_without_any_stake_does_nothing(runtime: Taonet) -> None:
    with unchanged(runtime), emits(runtime):
        unstake_all(runtime, CHARLIE, DAVE)


def test_unstake_all_alpha_stakes_the_proceeds_on_root(runtime: Taonet) -> None:
    add_other(runtime)
    for netuid in (ROOT, SUBNET, OTHER):
        stake(runtime, CHARLIE, DAVE, netuid, TAO(10))
    before = free(runtime, CHARLIE)

    unstake_all(runtime, CHARLIE, DAVE, "unstake_all_alpha")

    proceeds = sum(e.tao for e in events(runtime) if isinstance(e, Events.StakeRemoved))
    assert [staked(runtime, CHARLIE, DAVE, n) for n in (SUBNET, OTHER)] == [0, 0]
    assert staked(runtime, CHARLIE, DAVE, ROOT) == TAO(10) + proceeds
    assert free(runtime, CHARLIE) == before
    assert runtime.pools.SubnetTAO[ROOT] == TAO(10) + proceeds


def test_unstake_all_alpha_without_alpha_is_refused(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, ROOT, TAO(10))

    with unchanged(runtime), reverts(Errors.AmountTooLow):
        unstake_all(runtime, CHARLIE, DAVE, "unstake_all_alpha")


@pytest.mark.parametrize("call", ["unstake_all", "unstake_all_alpha"])
def test_unstaking_all_from_an_unknown_hotkey_is_refused(runtime: Taonet, call: str) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        unstake_all(runtime, CHARLIE, EVE, call)
