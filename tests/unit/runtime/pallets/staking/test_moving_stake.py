"""Stake that goes to another hotkey, another coldkey, another subnet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, events, free, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    ONE,
    OTHER,
    SUBNET,
    add_other,
    fee_of,
    held,
    reserves,
    sound_economy,
    stake,
    staked,
    swapped,
)

from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.balances import Balances
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

BOUGHT = 90_867_473_489
UNKNOWN = NetUid(77)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Charlie has staked 100 TAO to Dave's key on Alice's subnet; Bob has a second one with Eve's key."""
    with sound_economy() as runtime:
        add_other(runtime)
        stake(runtime, CHARLIE, DAVE, SUBNET, TAO(100))
        yield runtime


def move(
    runtime: Taonet,
    amount: int,
    *,
    to: Keypair = EVE,
    source: NetUid = SUBNET,
    dest: NetUid = SUBNET,
    hotkey: Keypair = DAVE,
) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.move_stake",
        origin_hotkey=hotkey.account,
        destination_hotkey=to.account,
        origin_netuid=source,
        destination_netuid=dest,
        alpha_amount=amount,
    )


def give(runtime: Taonet, amount: int, *, to: Keypair = BOB, dest: NetUid = SUBNET) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.transfer_stake",
        destination_coldkey=to.account,
        hotkey=DAVE.account,
        origin_netuid=SUBNET,
        destination_netuid=dest,
        alpha_amount=amount,
    )


def change(runtime: Taonet, amount: int, *, source: NetUid = SUBNET, dest: NetUid = OTHER) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.swap_stake",
        hotkey=DAVE.account,
        origin_netuid=source,
        destination_netuid=dest,
        alpha_amount=amount,
    )


def change_within(
    runtime: Taonet, amount: int, limit: int, *, partial: bool, source: NetUid = SUBNET, dest: NetUid = OTHER
) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.swap_stake_limit",
        hotkey=DAVE.account,
        origin_netuid=source,
        destination_netuid=dest,
        alpha_amount=amount,
        limit_price=limit,
        allow_partial=partial,
    )


def worth(runtime: Taonet, alpha: int, netuid: NetUid = SUBNET) -> TaoBalance:
    """Alpha at the price of the pool, without a fee."""
    return TaoBalance(runtime.swap.price(netuid) * alpha >> 64)


# -- within a subnet


def test_stake_moves_to_another_hotkey_without_a_swap_or_a_fee(runtime: Taonet) -> None:
    pool, author = reserves(runtime), free(runtime, ONE)

    move(runtime, ALPHA(50))

    assert staked(runtime, CHARLIE, DAVE) == BOUGHT - ALPHA(50)
    assert staked(runtime, CHARLIE, EVE) == ALPHA(50)
    assert (reserves(runtime), free(runtime, ONE)) == (pool, author)


def test_a_move_is_told_as_a_removal_an_addition_and_a_move(runtime: Taonet) -> None:
    tao = worth(runtime, ALPHA(50))
    removed = Events.StakeRemoved(CHARLIE.account, DAVE.account, tao, ALPHA(50), SUBNET, 0)
    added = Events.StakeAdded(CHARLIE.account, EVE.account, tao, ALPHA(50), SUBNET, 0)
    moved = Events.StakeMoved(CHARLIE.account, DAVE.account, SUBNET, EVE.account, SUBNET, tao)

    with emits(runtime, removed, added, moved):
        move(runtime, ALPHA(50))


@pytest.mark.parametrize("amount", [BOUGHT, BOUGHT + 1, U64_MAX])
def test_no_more_than_the_stake_moves(runtime: Taonet, amount: int) -> None:
    move(runtime, amount)

    assert (staked(runtime, CHARLIE, DAVE), staked(runtime, CHARLIE, EVE)) == (0, BOUGHT)


@pytest.mark.parametrize("amount", [0, 1, 1_600_000])
def test_what_is_worth_less_than_two_million_rao_does_not_move(runtime: Taonet, amount: int) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        move(runtime, amount)


def test_stake_is_given_to_another_coldkey(runtime: Taonet) -> None:
    before = free(runtime, BOB)
    tao = worth(runtime, ALPHA(50))

    give(runtime, ALPHA(50))

    assert (staked(runtime, CHARLIE, DAVE), staked(runtime, BOB, DAVE)) == (BOUGHT - ALPHA(50), ALPHA(50))
    assert free(runtime, BOB) == before
    assert DAVE.account in runtime.ownership.StakingHotkeys[BOB.account]
    assert events(runtime)[-1] == Events.StakeTransferred(
        CHARLIE.account, BOB.account, DAVE.account, SUBNET, SUBNET, tao
    )


def test_root_stake_moves_with_what_it_counts_as_claimed(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, ROOT, TAO(10))
    runtime.claims.RootClaimable[DAVE.account] = {SUBNET: 1 << 31}  # half an alpha for each TAO
    runtime.claims.follow_added_stake(DAVE.account, CHARLIE.account, TAO(10))
    runtime.claims.RootClaimable[EVE.account] = {SUBNET: 1 << 30}

    move(runtime, TAO(4), source=ROOT, dest=ROOT)

    claimed = runtime.claims.RootClaimed
    assert claimed[SUBNET, DAVE.account, CHARLIE.account] == TAO(3)
    assert claimed[SUBNET, EVE.account, CHARLIE.account] == TAO(1)


# -- between subnets


def test_a_move_between_subnets_pays_one_fee_for_the_sale(runtime: Taonet) -> None:
    tao, alpha, _ = reserves(runtime)
    tao_there, alpha_there, _ = reserves(runtime, OTHER)
    author, coldkey = free(runtime, ONE), free(runtime, CHARLIE)

    change(runtime, ALPHA(50))

    fee = fee_of(ALPHA(50))
    paid = swapped(alpha, tao, ALPHA(50) - fee)
    fee_in_tao = swapped(alpha + ALPHA(50) - fee, tao - paid, fee)
    bought = swapped(tao_there, alpha_there, paid)
    assert staked(runtime, CHARLIE, DAVE) == BOUGHT - ALPHA(50)
    assert staked(runtime, CHARLIE, DAVE, OTHER) == bought
    assert (free(runtime, ONE) - author, free(runtime, CHARLIE)) == (fee_in_tao, coldkey)
    assert events(runtime)[-1] == Events.StakeSwapped(CHARLIE.account, DAVE.account, SUBNET, OTHER, TaoBalance(paid))


def test_a_move_from_root_pays_the_fee_for_the_purchase(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, ROOT, TAO(10))
    tao, alpha, _ = reserves(runtime, OTHER)
    author = free(runtime, ONE)

    change(runtime, TAO(10), source=ROOT)

    fee = fee_of(TAO(10))
    assert free(runtime, ONE) - author == fee
    assert staked(runtime, CHARLIE, DAVE, OTHER) == swapped(tao, alpha, TAO(10) - fee)
    assert (staked(runtime, CHARLIE, DAVE, ROOT), runtime.pools.SubnetTAO[ROOT]) == (0, 0)


def test_a_move_to_root_becomes_tao_on_root(runtime: Taonet) -> None:
    change(runtime, ALPHA(50), dest=ROOT)

    swap = events(runtime)[-1]
    assert isinstance(swap, Events.StakeSwapped)
    assert staked(runtime, CHARLIE, DAVE, ROOT) == runtime.pools.SubnetTAO[ROOT] == swap.tao
    assert CHARLIE.account in runtime.claims.StakingColdkeys


def test_hotkey_and_subnet_change_at_once(runtime: Taonet) -> None:
    move(runtime, ALPHA(50), dest=OTHER)

    assert staked(runtime, CHARLIE, EVE, OTHER) == held(runtime, EVE, OTHER) > 0
    assert runtime.ownership.Delegates.get(EVE.account) == 11_796


def test_a_gift_between_subnets_goes_through_the_balances(runtime: Taonet) -> None:
    before = free(runtime, BOB)

    give(runtime, ALPHA(50), dest=OTHER)

    given = events(runtime)[-1]
    assert isinstance(given, Events.StakeTransferred)
    assert Balances.Transfer(from_=CHARLIE.account, to=BOB.account, amount=given.tao) in events(runtime)
    assert free(runtime, BOB) == before
    assert staked(runtime, BOB, DAVE, OTHER) > 0


def test_what_brings_just_two_million_rao_does_not_change_the_subnet(runtime: Taonet) -> None:
    def brings(alpha: int) -> int:
        return runtime.swap.quote_sell(SUBNET, AlphaBalance(alpha)).paid_out

    alpha = next(a for a in range(1_600_000, 1_700_000) if brings(a) == 2_000_000)

    with unchanged(runtime), reverts(Errors.AmountTooLow):
        change(runtime, alpha)


# -- limits


def test_the_quotient_of_prices_may_be_at_the_limit_or_above(runtime: Taonet) -> None:
    assert runtime.swap.price(SUBNET) > runtime.swap.price(OTHER)

    change_within(runtime, ALPHA(50), 10**9, partial=False)

    assert staked(runtime, CHARLIE, DAVE) == BOUGHT - ALPHA(50)


def expected_move(runtime: Taonet, limit: int) -> int:
    """As if pools were of even weights, in whole numbers; a few rao off."""
    (tao, alpha, _), (tao_there, alpha_there, _) = reserves(runtime), reserves(runtime, OTHER)
    return (alpha_there * tao * 10**9 // limit - alpha * tao_there) // (tao + tao_there)


def test_only_as_much_moves_as_the_limit_allows(runtime: Taonet) -> None:
    limit = 1_150_000_000
    most = expected_move(runtime, limit)
    assert 0 < most < BOUGHT

    change_within(runtime, BOUGHT, limit, partial=True)

    assert abs(BOUGHT - staked(runtime, CHARLIE, DAVE) - most) <= 100


def test_what_brings_too_little_to_be_staked_stays_as_tao(runtime: Taonet) -> None:
    limit = next(x for x in range(1_200_000_000, 1_215_000_000) if expected_move(runtime, x) < 1_000_000)
    before = free(runtime, CHARLIE)

    change_within(runtime, BOUGHT, limit, partial=True)

    swap = events(runtime)[-1]
    assert isinstance(swap, Events.StakeSwapped)
    assert 0 < swap.tao < 2_000_000
    assert free(runtime, CHARLIE) - before == swap.tao
    assert staked(runtime, CHARLIE, DAVE, OTHER) == 0


def test_a_move_past_the_limit_is_refused_unless_a_part_is_allowed(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        change_within(runtime, BOUGHT, 1_150_000_000, partial=False)


def test_a_quotient_below_the_limit_moves_nothing(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        change_within(runtime, BOUGHT, 3 * 10**9, partial=False)


def test_a_limit_of_zero_is_none(runtime: Taonet) -> None:
    change_within(runtime, BOUGHT, 0, partial=False)

    assert staked(runtime, CHARLIE, DAVE) == 0


def test_from_a_subnet_to_root_the_limit_is_that_of_a_sale(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Swap.PriceLimitExceeded):
        change_within(runtime, ALPHA(50), 2 * 10**9, partial=True, dest=ROOT)

    change_within(runtime, ALPHA(50), 10**9, partial=False, dest=ROOT)
    assert staked(runtime, CHARLIE, DAVE, ROOT) > 0


def test_from_root_to_a_subnet_the_limit_is_the_inverse_price_of_a_purchase(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, ROOT, TAO(10))

    with unchanged(runtime), reverts(Swap.PriceLimitExceeded):
        change_within(runtime, TAO(10), 10**9, partial=True, source=ROOT, dest=SUBNET)

    change_within(runtime, TAO(10), 500_000_000, partial=False, source=ROOT, dest=SUBNET)
    assert staked(runtime, CHARLIE, DAVE, ROOT) == 0


# -- refused


@pytest.mark.parametrize(
    ("to", "source", "dest", "error"),
    [
        (DAVE, SUBNET, SUBNET, Errors.SameNetuid),
        (EVE, UNKNOWN, SUBNET, Errors.SubnetNotExists),
        (EVE, SUBNET, UNKNOWN, Errors.SubnetNotExists),
        (EVE, SUBNET, FIRST, Errors.SubtokenDisabled),
        (EVE, FIRST, SUBNET, Errors.SubtokenDisabled),
        (ONE, SUBNET, SUBNET, Errors.HotKeyAccountNotExists),
    ],
)
def test_moves_to_where_nothing_can_be_change_nothing(
    runtime: Taonet, to: Keypair, source: NetUid, dest: NetUid, error: type[Errors.SameNetuid]
) -> None:
    with unchanged(runtime), reverts(error):
        move(runtime, ALPHA(1), to=to, source=source, dest=dest)


def test_a_move_from_a_hotkey_that_nobody_owns_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        move(runtime, ALPHA(1), to=DAVE, hotkey=ONE)


@pytest.mark.parametrize("closed", [SUBNET, OTHER])
def test_a_gift_needs_both_subnets_to_allow_it(runtime: Taonet, closed: NetUid) -> None:
    runtime.parameters.TransferToggle[closed] = False

    with unchanged(runtime), reverts(Errors.TransferDisallowed):
        give(runtime, ALPHA(50), dest=OTHER)


def test_a_move_does_not_need_them_to(runtime: Taonet) -> None:
    runtime.parameters.TransferToggle[SUBNET] = False

    move(runtime, ALPHA(50))

    assert staked(runtime, CHARLIE, EVE) == ALPHA(50)


def test_a_drained_origin_refuses_the_move(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(999_999)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        change(runtime, ALPHA(50))


def test_a_drained_destination_undoes_the_sale(runtime: Taonet) -> None:
    before, runtime.pools.SubnetAlphaIn[OTHER] = runtime.pools.SubnetAlphaIn[OTHER], AlphaBalance(5)

    with unchanged(runtime), reverts(Swap.ReservesTooLow):
        _in_transaction(runtime)

    runtime.pools.SubnetAlphaIn[OTHER] = before


def _in_transaction(runtime: Taonet) -> None:
    with runtime.state.transaction():
        change(runtime, ALPHA(50))


@pytest.mark.parametrize("origin", [None, Origin.root()])
def test_only_a_signer_moves_stake(runtime: Taonet, origin: Origin | None) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(
            runtime,
            origin,
            "SubtensorModule.swap_stake",
            hotkey=DAVE.account,
            origin_netuid=SUBNET,
            destination_netuid=OTHER,
            alpha_amount=ALPHA(1),
        )


def test_nobody_moves_what_another_staked(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        dispatch(
            runtime,
            ALICE,
            "SubtensorModule.swap_stake",
            hotkey=DAVE.account,
            origin_netuid=SUBNET,
            destination_netuid=OTHER,
            alpha_amount=ALPHA(1),
        )
