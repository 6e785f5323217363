"""The block step: what TAO is minted for whom, and what alpha is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import free
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    DAVE,
    FIRST,
    OTHER,
    SUBNET,
    add_other,
    enable_emission,
    reserves,
    sound_economy,
    stake,
    step,
    swapped,
)

from runtime.fixed import u64f64, u96f32
from runtime.pallets.emission.injection import Terms, calculate_root_proportion, calculate_tao_weight
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, TAO, AlphaBalance, NetUid, TaoBalance

OWNER, SERVER, VALIDATOR = 179_995_422, 410_002_288, 410_002_288
"""Of one alpha: 18, 41 and 41 percent, in rao; root's part is in the validators'."""
HALF = 1 << 31
"""A moving price of 0.5."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def issued(runtime: Taonet) -> int:
    return runtime.balances.TotalIssuance


def pending(runtime: Taonet, netuid: NetUid = SUBNET) -> tuple[int, int, int, int]:
    """What waits for owner, miners, validators and root."""
    books = runtime.ledger
    return (
        books.PendingOwnerCut[netuid],
        books.PendingServerEmission[netuid],
        books.PendingValidatorEmission[netuid],
        books.PendingRootAlphaDivs[netuid],
    )


# -- alpha


def test_each_block_makes_one_alpha_and_divides_it(runtime: Taonet) -> None:
    step(runtime)

    assert pending(runtime) == (OWNER, SERVER, VALIDATOR, 0)
    assert reserves(runtime)[2] == runtime.ledger.SubnetAlphaOutEmission[SUBNET] == ALPHA(1)
    assert runtime.assets.TotalAlphaIssuance[SUBNET] == ALPHA(1)


def test_what_waits_adds_up_until_the_epoch(runtime: Taonet) -> None:
    step(runtime, 5)

    assert pending(runtime) == (5 * OWNER, 5 * SERVER, 5 * VALIDATOR, 0)


def test_without_an_owners_cut_the_rest_is_halved(runtime: Taonet) -> None:
    runtime.parameters.OwnerCutEnabled[SUBNET] = False

    step(runtime)

    assert pending(runtime) == (0, 500_000_000, 500_000_000, 0)


def test_the_alpha_of_a_block_halves_with_the_alpha_that_there_is(runtime: Taonet) -> None:
    runtime.pools.SubnetAlphaIn[SUBNET] = ALPHA(10_500_000)

    step(runtime)

    assert runtime.ledger.SubnetAlphaOutEmission[SUBNET] == 500_000_000
    assert sum(pending(runtime)) == 500_000_000 - 1


def test_a_subnet_at_the_cap_of_alpha_makes_none(runtime: Taonet) -> None:
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(MAX_SUPPLY)

    step(runtime)

    assert pending(runtime) == (0, 0, 0, 0)


def test_root_has_its_part_while_moving_prices_sum_to_more_than_one(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, ROOT, TAO(100_000))
    runtime.pools.SubnetMovingPrice[SUBNET] = (1 << 32) + 1  # type: ignore[assignment]

    step(runtime)

    owner, server, validator, root = pending(runtime)
    assert (owner, server) == (OWNER, SERVER)
    assert root == expected_root(runtime)
    assert validator + root in (VALIDATOR, VALIDATOR - 1)


def expected_root(runtime: Taonet) -> int:
    """Half of what the owner leaves, by root's proportion."""
    proportion = calculate_root_proportion(
        runtime.pools.SubnetTAO[ROOT],
        calculate_tao_weight(runtime.parameters.TaoWeight),
        runtime.pools.issuance(SUBNET),
    )
    assert 0 < proportion < 1 << 32
    rest = (10**9 << 32) - ((10**9 << 32) * ((11_796 << 32) // 65_535) >> 32)
    return ((proportion * rest >> 32) * HALF >> 32) >> 32


def test_roots_part_is_recycled_while_they_do_not(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, ROOT, TAO(100_000))
    runtime.pools.SubnetMovingPrice[SUBNET] = 1 << 32  # type: ignore[assignment]
    before = reserves(runtime)[2]

    step(runtime)

    *_, validator, root = pending(runtime)
    recycled = runtime.assets.AlphaRecycled[SUBNET]
    assert root == 0
    assert validator + recycled in (VALIDATOR, VALIDATOR - 1)
    assert reserves(runtime)[2] - before == ALPHA(1) - recycled
    assert runtime.assets.TotalAlphaIssuance[SUBNET] == ALPHA(1) - recycled


# -- TAO


def test_a_subnet_whose_emission_is_disabled_gets_no_tao(runtime: Taonet) -> None:
    runtime.pools.SubnetMovingPrice[SUBNET] = HALF  # type: ignore[assignment]
    before, pool = issued(runtime), reserves(runtime)

    step(runtime)

    assert issued(runtime) == before
    assert reserves(runtime)[:2] == pool[:2]
    assert pending(runtime) == (OWNER, SERVER, VALIDATOR, 0)


def test_without_root_stake_all_tao_buys_alpha_for_the_chain(runtime: Taonet) -> None:
    enable_emission(runtime, price=HALF)
    before = issued(runtime)

    step(runtime)

    bought = swapped(TAO(1000), TAO(1000), TAO(1))
    assert reserves(runtime) == (TAO(1001), TAO(1000) - bought, ALPHA(1) + bought)
    assert runtime.pools.SubnetProtocolAlpha[SUBNET] == bought
    assert runtime.ledger.SubnetExcessTao[SUBNET] == TAO(1)
    assert (runtime.ledger.SubnetTaoInEmission[SUBNET], runtime.ledger.SubnetAlphaInEmission[SUBNET]) == (0, 0)
    assert issued(runtime) - before == TAO(1)
    assert free(runtime, subnet_account(SUBNET)) == TAO(1001)
    assert runtime.pools.SubnetProtocolFlow[SUBNET] == TAO(1)
    assert runtime.pools.SubnetTaoFlow[SUBNET] == 0


def test_with_much_root_stake_tao_and_alpha_enter_the_pool_at_an_unchanged_price(runtime: Taonet) -> None:
    enable_emission(runtime, price=HALF)
    runtime.pools.SubnetTAO[ROOT] = TAO(10**6)
    runtime.tao.transfer(ALICE.account, subnet_account(ROOT), TAO(900_000))
    runtime.pools.SubnetTAO[ROOT] = TAO(900_000)
    before, total = runtime.swap.price(SUBNET), runtime.pools.TotalStake

    step(runtime)

    ledger = runtime.ledger
    tao, alpha = ledger.SubnetTaoInEmission[SUBNET], ledger.SubnetAlphaInEmission[SUBNET]
    bought = runtime.pools.SubnetProtocolAlpha[SUBNET]
    assert tao > 900_000_000
    assert tao + ledger.SubnetExcessTao[SUBNET] in (TAO(1), TAO(1) - 1)
    assert reserves(runtime)[:2] == (TAO(1000) + tao + ledger.SubnetExcessTao[SUBNET], TAO(1000) + alpha - bought)
    assert runtime.pools.TotalStake - total == tao + ledger.SubnetExcessTao[SUBNET]
    assert abs(runtime.swap.price(SUBNET) - before) / before < 1e-4
    assert runtime.assets.TotalAlphaIssuance[SUBNET] == ALPHA(1) + alpha - runtime.assets.AlphaRecycled[SUBNET]


def test_injection_alone_keeps_the_price_to_the_last_digits(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    price = runtime.swap.price(SUBNET)
    credit = runtime.tao.mint(TAO(1))
    wide = u96f32.convert(price, u64f64)
    alpha = u96f32.safe_div(u96f32.from_int(TAO(1)), wide)

    runtime.emission.inject(SUBNET, Terms(u96f32.from_int(TAO(1)), alpha, u96f32.zero, u96f32.zero), credit)

    assert credit.amount == 0
    assert abs(runtime.swap.price(SUBNET) - price) < 1 << 40
    assert runtime.pools.SubnetProtocolAlpha[SUBNET] == 0


def test_tao_is_divided_by_moving_prices(runtime: Taonet) -> None:
    add_other(runtime)
    enable_emission(runtime, SUBNET, 3 << 28)
    enable_emission(runtime, OTHER, 1 << 28)
    before = issued(runtime)

    step(runtime)

    got = [runtime.ledger.SubnetExcessTao[n] for n in (SUBNET, OTHER)]
    assert got == [750_000_000, 250_000_000]
    assert issued(runtime) - before == TAO(1)


def test_the_share_of_a_disabled_subnet_goes_to_the_enabled_ones(runtime: Taonet) -> None:
    add_other(runtime)
    enable_emission(runtime, SUBNET, 3 << 28)
    runtime.pools.SubnetMovingPrice[OTHER] = 1 << 28  # type: ignore[assignment]

    step(runtime)

    assert runtime.ledger.SubnetExcessTao[SUBNET] in (TAO(1), TAO(1) - 1)
    assert runtime.ledger.SubnetExcessTao[OTHER] == 0
    assert pending(runtime, OTHER) == (OWNER, SERVER, VALIDATOR, 0)


def test_a_subnet_whose_owner_withholds_incentives_gets_less(runtime: Taonet) -> None:
    add_other(runtime)
    enable_emission(runtime, SUBNET, 1 << 28)
    enable_emission(runtime, OTHER, 1 << 28)
    runtime.ledger.MinerBurned[OTHER] = HALF  # type: ignore[assignment]

    step(runtime)

    got = [runtime.ledger.SubnetExcessTao[n] for n in (SUBNET, OTHER)]
    assert got == [666_666_666, 333_333_333]


def test_what_rounding_leaves_is_recycled(runtime: Taonet) -> None:
    add_other(runtime)
    enable_emission(runtime, SUBNET, 2 << 28)
    enable_emission(runtime, OTHER, 1 << 28)
    before = issued(runtime)

    step(runtime)

    spent = sum(runtime.ledger.SubnetExcessTao[n] for n in (SUBNET, OTHER))
    assert spent == issued(runtime) - before == TAO(1) - 1


def test_a_purchase_that_fails_leaves_its_tao_on_the_account(runtime: Taonet) -> None:
    enable_emission(runtime, price=HALF)
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(999_999)
    account, pool = free(runtime, subnet_account(SUBNET)), reserves(runtime)[0]

    step(runtime)

    assert free(runtime, subnet_account(SUBNET)) - account == TAO(1)
    assert reserves(runtime)[0] == pool
    assert runtime.ledger.SubnetExcessTao[SUBNET] == 0
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(TAO(1000))


def test_nothing_is_injected_where_the_weights_would_leave_their_range(runtime: Taonet) -> None:
    amount = TAO(200_000)
    credit = runtime.tao.mint(amount)

    runtime.emission.inject(SUBNET, Terms(u96f32.from_int(amount), u96f32.one, u96f32.zero, u96f32.zero), credit)

    assert credit.amount == amount
    assert reserves(runtime) == (TAO(1000), TAO(1000), 0)
    assert runtime.ledger.SubnetTaoInEmission[SUBNET] == runtime.ledger.SubnetAlphaInEmission[SUBNET] == 0
    runtime.tao.recycle_credit(credit)


@pytest.mark.parametrize("why", ["not started", "trading off", "registration off"])
def test_only_started_and_open_subnets_take_part(runtime: Taonet, why: str) -> None:
    enable_emission(runtime, price=HALF)
    if why == "not started":
        del runtime.registry.FirstEmissionBlockNumber[SUBNET]
    elif why == "trading off":
        runtime.registry.SubtokenEnabled[SUBNET] = False
    else:
        runtime.parameters.NetworkRegistrationAllowed[SUBNET] = False
    before = issued(runtime)

    step(runtime)

    assert (pending(runtime), issued(runtime)) == ((0, 0, 0, 0), before)


def test_the_subnet_of_the_genesis_never_emits_by_itself(runtime: Taonet) -> None:
    step(runtime, 30)

    assert pending(runtime, FIRST) == (0, 0, 0, 0)
    assert reserves(runtime, FIRST) == (TAO(10), ALPHA(10), ALPHA(1))


def test_no_tao_is_minted_at_the_cap(runtime: Taonet) -> None:
    enable_emission(runtime, price=HALF)
    kept = runtime.balances.TotalIssuance
    runtime.balances.TotalIssuance = runtime.tao.TotalIssuance = MAX_SUPPLY

    step(runtime)

    assert runtime.balances.TotalIssuance == MAX_SUPPLY
    assert pending(runtime) == (OWNER, SERVER, VALIDATOR, 0)
    runtime.balances.TotalIssuance = runtime.tao.TotalIssuance = kept


def test_half_is_minted_after_the_first_halving(runtime: Taonet) -> None:
    enable_emission(runtime, price=HALF)
    kept = runtime.balances.TotalIssuance
    runtime.balances.TotalIssuance = runtime.tao.TotalIssuance = TAO(10_500_000)

    step(runtime)

    assert runtime.ledger.SubnetExcessTao[SUBNET] == 500_000_000
    assert runtime.balances.TotalIssuance == TAO(10_500_000) + 500_000_000
    runtime.balances.TotalIssuance = runtime.tao.TotalIssuance = TaoBalance(kept + 500_000_000)


def test_the_last_evaluation_is_written_even_if_it_was_of_alpha(runtime: Taonet) -> None:
    runtime.pools.SubnetAlphaIn[SUBNET] = ALPHA(10_500_000)

    step(runtime)

    assert runtime.tao.BlockEmission == 500_000_000
