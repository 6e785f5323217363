"""Dividends of root stake: how they gather, what can be claimed, and what becomes of a claim."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, events, free, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    add_other,
    dissolve,
    held,
    reserves,
    sound_economy,
    stake,
    staked,
    step,
    swapped,
    unstake,
)

from chain.keys import Keypair
from chain.types import H256
from runtime.fixed import i96f32
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, Keep, KeepSubnets, RootClaimTypeEnum, Swap, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

EARNED = ALPHA(10)
"""What root stake on Dave's key earned on the subnet: a tenth of an alpha for each of 100 TAO."""

ED = 500
"""What root's account holds besides stake, in rao."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob has 60 and Charlie 40 TAO on root with Dave's key, which then earned 10 alpha."""
    with sound_economy() as runtime:
        stake(runtime, BOB, DAVE, ROOT, TAO(60))
        stake(runtime, CHARLIE, DAVE, ROOT, TAO(40))
        earn(runtime, EARNED)
        yield runtime


def earn(runtime: Taonet, amount: AlphaBalance, netuid: NetUid = SUBNET) -> None:
    """Alpha is made and gathered for Dave's root stakers."""
    runtime.pools.mint_out(netuid, amount)
    runtime.claims.gather(DAVE.account, netuid, amount)


def claim(runtime: Taonet, who: Keypair, *netuids: int) -> None:
    dispatch(runtime, who, "SubtensorModule.claim_root", subnets=frozenset(netuids))


def choose(runtime: Taonet, who: Keypair, kind: RootClaimTypeEnum) -> None:
    dispatch(runtime, who, "SubtensorModule.set_root_claim_type", new_root_claim_type=kind)


def claimed(runtime: Taonet, who: Keypair, netuid: NetUid = SUBNET) -> int:
    return runtime.claims.RootClaimed[netuid, DAVE.account, who.account]


def owed(rate: int, root_stake: int) -> int:
    """A rate, raw, on root stake in rao."""
    return rate * root_stake >> 32


# -- gathering


def test_earnings_become_a_rate_for_each_rao_of_root_stake(runtime: Taonet) -> None:
    rate = runtime.claims.RootClaimable[DAVE.account][SUBNET]

    assert rate == i96f32.ratio(1, 10)
    assert (owed(rate, TAO(60)), owed(rate, TAO(40))) == (5_999_999_991, 3_999_999_994)


def test_rates_add_up(runtime: Taonet) -> None:
    earn(runtime, ALPHA(5))

    assert runtime.claims.RootClaimable[DAVE.account][SUBNET] == i96f32.ratio(1, 10) + i96f32.ratio(1, 20)


def test_more_than_all_root_stake_goes_to_the_hotkeys_owner(runtime: Taonet) -> None:
    before = dict(runtime.claims.RootClaimable[DAVE.account])

    earn(runtime, AlphaBalance(TAO(100) + 1))

    assert staked(runtime, ALICE, DAVE) == TAO(100) + 1
    assert runtime.claims.RootClaimable[DAVE.account] == before


# -- claiming


def test_a_claim_is_sold_for_root_stake_unless_otherwise_chosen(runtime: Taonet) -> None:
    alpha = 5_999_999_991
    tao = swapped(TAO(1000), TAO(1000), alpha)

    claim(runtime, BOB, SUBNET)

    assert staked(runtime, BOB, DAVE, ROOT) == TAO(60) + tao
    assert reserves(runtime) == (TAO(1000) - tao, TAO(1000) + alpha, EARNED - alpha)
    assert reserves(runtime, ROOT) == (TAO(100) + tao, 0, TAO(100) + tao)
    assert free(runtime, subnet_account(ROOT)) == TAO(100) + tao + ED
    assert events(runtime)[-1] == Events.RootClaimed(BOB.account)


def test_a_sold_claim_is_a_root_sale_and_an_outflow_of_the_chain(runtime: Taonet) -> None:
    total = runtime.pools.TotalStake

    claim(runtime, BOB, SUBNET)

    tao = staked(runtime, BOB, DAVE, ROOT) - TAO(60)
    assert runtime.claims.SubnetRootSellTao[SUBNET] == tao
    assert runtime.pools.SubnetProtocolFlow[SUBNET] == -tao
    assert runtime.pools.SubnetTaoFlow[SUBNET] == 0
    assert runtime.pools.TotalStake == total


def test_what_was_claimed_cannot_be_claimed_again(runtime: Taonet) -> None:
    claim(runtime, BOB, SUBNET)
    rate = runtime.claims.RootClaimable[DAVE.account][SUBNET]
    assert claimed(runtime, BOB) == 5_999_999_991 + owed(rate, staked(runtime, BOB, DAVE, ROOT) - TAO(60))

    before = reserves(runtime), claimed(runtime, BOB)
    claim(runtime, BOB, SUBNET)

    assert (reserves(runtime), claimed(runtime, BOB)) == before


def test_a_claim_may_be_kept_as_alpha(runtime: Taonet) -> None:
    choose(runtime, CHARLIE, Keep())
    pool = reserves(runtime)

    claim(runtime, CHARLIE, SUBNET)

    assert staked(runtime, CHARLIE, DAVE) == held(runtime, DAVE) == 3_999_999_994
    assert staked(runtime, CHARLIE, DAVE, ROOT) == TAO(40)
    assert reserves(runtime) == pool
    assert claimed(runtime, CHARLIE) == 3_999_999_994


def test_a_claim_may_be_kept_on_some_subnets_and_sold_on_others(runtime: Taonet) -> None:
    add_other(runtime)
    earn(runtime, EARNED, OTHER)
    choose(runtime, CHARLIE, KeepSubnets(frozenset({OTHER})))

    claim(runtime, CHARLIE, SUBNET, OTHER)

    assert (staked(runtime, CHARLIE, DAVE), staked(runtime, CHARLIE, DAVE, OTHER)) == (0, 3_999_999_994)
    assert staked(runtime, CHARLIE, DAVE, ROOT) > TAO(40)


def test_only_the_subnets_that_were_named_are_claimed(runtime: Taonet) -> None:
    add_other(runtime)
    earn(runtime, EARNED, OTHER)
    choose(runtime, BOB, Keep())

    claim(runtime, BOB, OTHER)

    assert claimed(runtime, BOB) == 0
    assert claimed(runtime, BOB, OTHER) > 0


def test_less_than_the_threshold_waits(runtime: Taonet) -> None:
    runtime.claims.RootClaimable[DAVE.account] = {SUBNET: i96f32.ratio(500_000, TAO(60))}
    choose(runtime, BOB, Keep())

    claim(runtime, BOB, SUBNET)
    assert claimed(runtime, BOB) == 0  # the rate was rounded down

    runtime.claims.RootClaimable[DAVE.account] = {SUBNET: i96f32.ratio(500_100, TAO(60))}
    claim(runtime, BOB, SUBNET)
    assert claimed(runtime, BOB) >= 500_000


def test_new_root_stake_earns_nothing_of_the_past(runtime: Taonet) -> None:
    stake(runtime, ALICE, DAVE, ROOT, TAO(50))

    claim(runtime, ALICE, SUBNET)

    assert staked(runtime, ALICE, DAVE, ROOT) == TAO(50)
    assert claimed(runtime, ALICE) == owed(i96f32.ratio(1, 10), TAO(50))


def test_root_stake_that_leaves_takes_its_claims_along(runtime: Taonet) -> None:
    claim(runtime, BOB, SUBNET)
    before, amount = claimed(runtime, BOB), TAO(30)

    unstake(runtime, BOB, DAVE, ROOT, amount)

    assert claimed(runtime, BOB) == before - owed(i96f32.ratio(1, 10), amount)


def test_a_claim_that_cannot_be_sold_changes_nothing(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(999_999)

    with reverts(runtime.swap.ReservesTooLow):
        claim(runtime, BOB, SUBNET)

    assert claimed(runtime, BOB) == 0
    assert staked(runtime, BOB, DAVE, ROOT) == TAO(60)


def test_who_has_no_root_stake_claims_nothing(runtime: Taonet) -> None:
    with emits(runtime, Events.RootClaimed(ALICE.account)):
        claim(runtime, ALICE, SUBNET)

    assert ALICE.account in runtime.claims.StakingColdkeys


@pytest.mark.parametrize("netuids", [(), (1, 2, 3, 4, 5, 6)])
def test_one_to_five_subnets_are_claimed_at_a_time(runtime: Taonet, netuids: tuple[int, ...]) -> None:
    with unchanged(runtime), reverts(Errors.InvalidSubnetNumber):
        claim(runtime, BOB, *netuids)


# -- automatic claims


def test_each_block_claims_for_the_coldkeys_that_the_parents_hash_chooses(runtime: Taonet) -> None:
    # indices 1 + 1 = 0 mod 2, three more steps of 0, and the first step of 1 again: 0 and 1
    runtime.system.ParentHash = H256((1).to_bytes(8, "big") + bytes(24))

    runtime.claims.claim_automatically()

    assert (claimed(runtime, BOB) > 0, claimed(runtime, CHARLIE) > 0) == (True, True)


def test_only_so_many_are_claimed_for(runtime: Taonet) -> None:
    runtime.parameters.NumRootClaim = 1
    runtime.system.ParentHash = H256((1).to_bytes(8, "big") + bytes(24))

    runtime.claims.claim_automatically()

    assert (claimed(runtime, BOB) > 0, claimed(runtime, CHARLIE) > 0) == (True, False)


def test_a_claim_that_fails_does_not_stop_the_others(runtime: Taonet) -> None:
    choose(runtime, CHARLIE, Keep())
    kept = runtime.pools.SubnetTAO[SUBNET]
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(999_999)
    runtime.system.ParentHash = H256((1).to_bytes(8, "big") + bytes(24))

    runtime.claims.claim_automatically()

    assert (claimed(runtime, BOB), claimed(runtime, CHARLIE)) == (0, 3_999_999_994)
    runtime.pools.SubnetTAO[SUBNET] = kept


def test_without_claims_a_block_claims_for_nobody(runtime: Taonet) -> None:
    runtime.parameters.NumRootClaim = 0

    with unchanged(runtime):
        runtime.claims.claim_automatically()


def test_the_block_step_claims_and_forgets_the_root_sales_of_the_block_before(runtime: Taonet) -> None:
    step(runtime)
    sold = runtime.claims.SubnetRootSellTao[SUBNET]
    assert sold > 0

    step(runtime)

    assert runtime.claims.SubnetRootSellTao[SUBNET] == 0


# -- settings


@pytest.mark.parametrize("kind", [Swap(), Keep(), KeepSubnets(frozenset({SUBNET}))])
def test_a_coldkey_chooses_what_becomes_of_its_claims(runtime: Taonet, kind: RootClaimTypeEnum) -> None:
    with emits(runtime, Events.RootClaimTypeSet(ALICE.account, kind)):
        choose(runtime, ALICE, kind)

    assert runtime.claims.RootClaimType[ALICE.account] == kind
    assert ALICE.account in runtime.claims.StakingColdkeys


def test_no_subnets_is_no_choice(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.InvalidSubnetNumber):
        choose(runtime, ALICE, KeepSubnets(frozenset()))


def test_root_sets_how_many_are_claimed_for_each_block(runtime: Taonet) -> None:
    call = "SubtensorModule.sudo_set_num_root_claims"

    dispatch(runtime, Origin.root(), call, new_value=50)
    assert runtime.parameters.NumRootClaim == 50

    with unchanged(runtime), reverts(Errors.InvalidNumRootClaim):
        dispatch(runtime, Origin.root(), call, new_value=51)
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, ALICE, call, new_value=1)


@pytest.mark.parametrize("who", [ALICE, Origin.root()])
def test_the_owner_and_root_set_the_threshold(runtime: Taonet, who: Keypair | Origin) -> None:
    call = "SubtensorModule.sudo_set_root_claim_threshold"

    dispatch(runtime, who, call, netuid=SUBNET, new_value=10_000_000)
    assert runtime.parameters.RootClaimableThreshold[SUBNET] == i96f32.from_int(10_000_000)

    with unchanged(runtime), reverts(Errors.InvalidRootClaimThreshold):
        dispatch(runtime, who, call, netuid=SUBNET, new_value=10_000_001)
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, call, netuid=SUBNET, new_value=1)


# -- the end


def test_a_subnet_that_goes_takes_its_unclaimed_dividends_along(runtime: Taonet) -> None:
    claim(runtime, BOB, SUBNET)

    dissolve(runtime, SUBNET)

    assert SUBNET not in runtime.claims.RootClaimable[DAVE.account]
    assert [key for key in runtime.claims.RootClaimed if key[0] == SUBNET] == []


def test_the_index_has_no_holes_when_coldkeys_leave_in_any_order(runtime: Taonet) -> None:
    others = [key_of(name) for name in ("Two", "Three", "Ferdie")]
    for who in others:
        stake(runtime, who, DAVE, ROOT, TAO(1))

    for who in (others[0], BOB, others[2]):
        unstake(runtime, who, DAVE, ROOT, TAO(100))

        claims = runtime.claims
        by_index = dict(claims.StakingColdkeysByIndex.items())
        assert sorted(by_index) == list(range(claims.NumStakingColdkeys))
        assert {coldkey: index for index, coldkey in by_index.items()} == dict(claims.StakingColdkeys.items())


def test_a_coldkey_that_stakes_to_two_hotkeys_leaves_the_index_with_the_last_stake(runtime: Taonet) -> None:
    runtime.ownership.create_account(ALICE.account, EVE.account)
    stake(runtime, BOB, EVE, ROOT, TAO(1))

    unstake(runtime, BOB, DAVE, ROOT, TAO(60))
    assert BOB.account in runtime.claims.StakingColdkeys

    unstake(runtime, BOB, EVE, ROOT, TAO(1))
    assert BOB.account not in runtime.claims.StakingColdkeys
