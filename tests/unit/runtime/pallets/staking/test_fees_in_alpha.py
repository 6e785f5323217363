"""Who takes stake out and has too little TAO pays the fee with the stake."""

from __future__ import annotations

import pytest
from support.chain import account_of, dispatch, events, free, key_of, refused, submit, unchanged
from support.economy import ALICE, BOB, DAVE, ONE, SUBNET, ensure_sound, make_economy

from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.transaction_payment import TransactionPayment
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

POOR = key_of("Poor")
ED = 500


def give_stake(runtime: Taonet, amount: int) -> None:
    """Bob stakes to Dave and gives that to a stranger who has the existential deposit and nothing else."""
    dispatch(runtime, BOB, "SubtensorModule.add_stake", hotkey=DAVE.account, netuid=SUBNET, amount_staked=TAO(5))
    dispatch(runtime, BOB, "Balances.transfer_keep_alive", dest=POOR, value=ED)
    dispatch(
        runtime,
        BOB,
        "SubtensorModule.transfer_stake",
        destination_coldkey=POOR.account,
        hotkey=DAVE.account,
        origin_netuid=SUBNET,
        destination_netuid=SUBNET,
        alpha_amount=amount,
    )


def held(runtime: Taonet) -> int:
    return runtime.stakes.of(DAVE.account, account_of(POOR), SUBNET)


@pytest.fixture
def runtime() -> Taonet:
    runtime = make_economy()
    give_stake(runtime, 2 * 10**9)
    return runtime


def test_a_fee_is_paid_with_stake_and_the_author_gets_its_tao(runtime: Taonet) -> None:
    author = free(runtime, ONE)

    outcome = submit(runtime, POOR, "SubtensorModule.burn_alpha", hotkey=DAVE.account, amount=10**8, netuid=SUBNET)

    told = [e for e in events(runtime) if isinstance(e, Events.TransactionFeePaidWithAlpha)]
    assert outcome.error is None
    assert len(told) == 1
    assert (told[0].who, told[0].netuid) == (POOR.account, SUBNET)
    assert held(runtime) == 2 * 10**9 - 10**8 - told[0].alpha_fee
    assert free(runtime, ONE) == author + told[0].tao_amount
    assert free(runtime, POOR) == ED
    ensure_sound(runtime)


def test_the_alpha_is_what_the_fee_is_worth_at_the_pools_price(runtime: Taonet) -> None:
    price = runtime.swap.price(SUBNET)

    submit(runtime, POOR, "SubtensorModule.remove_stake", hotkey=DAVE.account, netuid=SUBNET, amount_unstaked=10**9)

    found = events(runtime)
    told = next(e for e in found if isinstance(e, Events.TransactionFeePaidWithAlpha))
    paid = next(e for e in found if isinstance(e, TransactionPayment.TransactionFeePaid) and e.who == POOR.account)
    assert told.alpha_fee == (paid.actual_fee << 64) // price
    assert found.index(told) < found.index(paid)


def test_unstaking_everything_from_one_place_pays_with_it_too(runtime: Taonet) -> None:
    outcome = submit(runtime, POOR, "SubtensorModule.unstake_all", hotkey=DAVE.account)

    assert outcome.error is None
    assert held(runtime) == 0
    assert free(runtime, POOR) > 10**9
    ensure_sound(runtime)


def test_stake_in_two_places_does_not_pay(runtime: Taonet) -> None:
    runtime.stakes.add(DAVE.account, POOR.account, ROOT, AlphaBalance(10**9))

    with unchanged(runtime), refused("Payment"):
        submit(runtime, POOR, "SubtensorModule.unstake_all", hotkey=DAVE.account)


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("System.remark", {"remark": b""}),
        ("SubtensorModule.add_stake", {"hotkey": DAVE.account, "netuid": SUBNET, "amount_staked": 10**7}),
        ("SubtensorModule.remove_stake", {"hotkey": ALICE.account, "netuid": SUBNET, "amount_unstaked": 10**9}),
    ],
)
def test_other_calls_and_stake_elsewhere_do_not_pay(runtime: Taonet, path: str, arguments: dict[str, object]) -> None:
    with unchanged(runtime), refused("Payment"):
        submit(runtime, POOR, path, **arguments)


def test_less_stake_than_the_fee_is_worth_does_not_pay(runtime: Taonet) -> None:
    runtime.stakes.remove(DAVE.account, POOR.account, SUBNET, AlphaBalance(2 * 10**9 - 1000))

    with unchanged(runtime), refused("Payment"):
        submit(runtime, POOR, "SubtensorModule.burn_alpha", hotkey=DAVE.account, amount=1, netuid=SUBNET)


def test_who_has_tao_pays_with_tao(runtime: Taonet) -> None:
    dispatch(runtime, BOB, "Balances.transfer_keep_alive", dest=POOR, value=TAO(1))

    submit(runtime, POOR, "SubtensorModule.burn_alpha", hotkey=DAVE.account, amount=10**8, netuid=SUBNET)

    assert held(runtime) == 2 * 10**9 - 10**8
    assert free(runtime, POOR) < TAO(1) + ED
