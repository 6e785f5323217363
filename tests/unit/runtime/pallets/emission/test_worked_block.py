"""One block of emission for two subnets, number by number. Source: economics 4.12"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from runtime.fixed import U64F64, U96F32, u64f64, u96f32
from runtime.pallets.emission.injection import (
    Terms,
    calculate_root_proportion,
    calculate_tao_weight,
    calculate_terms,
)
from runtime.pallets.emission.issuance import calculate_block_emission
from runtime.pallets.emission.shares import (
    calculate_enabled_shares,
    calculate_shares,
    calculate_tao_emissions,
    is_root_sold,
)
from runtime.pallets.emission.split import Split, calculate_split
from runtime.pallets.swap.balancer import Pool, calculate_price, calculate_weight_after
from runtime.pallets.swap.step import MAX_BUY_PRICE, Swap, buy
from runtime.perthings import Perquintill
from runtime.units import TAO, AlphaBalance, TaoBalance

ROOT_TAO = TAO(6_000_000)
EMISSION = TaoBalance(500_000_000)
TAO_WEIGHT = calculate_tao_weight(971_718_665_099_567_868)
OWNER_CUT = 11_796


@dataclass(frozen=True)
class Subnet:
    """A subnet before the block."""

    pool: Pool
    alpha_out: int
    price: U64F64
    burned: U96F32


SUBNETS = [
    Subnet(
        Pool(AlphaBalance(2_000_000 * 10**9), TAO(100_000)),
        1_500_000 * 10**9,
        u64f64.from_decimal("0.05"),
        u96f32.from_decimal("0.25"),
    ),
    Subnet(Pool(AlphaBalance(300_000 * 10**9), TAO(20_000)), 100_000 * 10**9, u64f64.from_decimal("0.06"), u96f32.zero),
]
PRICES = [subnet.price for subnet in SUBNETS]
SHARES = calculate_shares(PRICES, [subnet.burned for subnet in SUBNETS])


@dataclass(frozen=True)
class After:
    """What the block did to a subnet."""

    root_proportion: U96F32
    terms: Terms
    quote: Perquintill
    bought: Swap[TaoBalance, AlphaBalance]
    tao: int
    alpha_in: int
    alpha_out: int
    split: Split


def emit(subnet: Subnet, tao: U96F32) -> After:
    """A subnet's part of the block: new weights, purchase on the old reserves, injection, split."""
    pool = subnet.pool
    issuance = AlphaBalance(pool.alpha + subnet.alpha_out)
    proportion = calculate_root_proportion(ROOT_TAO, TAO_WEIGHT, issuance)
    alpha_emission = calculate_block_emission(TaoBalance(issuance))
    terms = calculate_terms(tao, alpha_emission, calculate_price(pool), proportion)
    quote = calculate_weight_after(pool, terms.whole_tao_in, terms.whole_alpha_in)
    assert quote is not None
    bought = buy(Pool(pool.alpha, pool.tao, quote), terms.whole_excess_tao, MAX_BUY_PRICE, 0)
    alpha_in = pool.alpha - bought.paid_out + terms.whole_alpha_in
    alpha_out = subnet.alpha_out + bought.paid_out + u96f32.to_u64(terms.alpha_out)
    after = calculate_root_proportion(ROOT_TAO, TAO_WEIGHT, AlphaBalance(alpha_in + alpha_out))
    return After(
        proportion,
        terms,
        quote,
        bought,
        pool.tao + bought.paid_in + terms.whole_tao_in,
        alpha_in,
        alpha_out,
        calculate_split(terms.alpha_out, OWNER_CUT, after),
    )


BLOCK = [emit(s, tao) for s, tao in zip(SUBNETS, calculate_tao_emissions(EMISSION, SHARES), strict=True)]


def test_shares_weigh_the_moving_price_by_what_miners_got() -> None:
    assert [round(share / 2**64, 10) for share in SHARES] == [0.3846153846, 0.6153846154]


def test_the_default_tao_weight_is_about_a_twentieth() -> None:
    assert TAO_WEIGHT == 226_245_882


def test_root_proportions_fall_with_alpha_issuance() -> None:
    assert [round(after.root_proportion / 2**32, 9) for after in BLOCK] == [0.082824089, 0.441389033]


def test_liquidity_is_capped_and_the_rest_buys() -> None:
    assert [(a.terms.whole_tao_in, a.terms.whole_alpha_in) for a in BLOCK] == [
        (4_141_204, 82_824_088),
        (29_425_935, 441_389_033),
    ]
    assert [(a.bought.paid_in, a.bought.paid_out) for a in BLOCK] == [
        (188_166_487, 3_763_322_658),
        (278_266_372, 4_173_937_506),
    ]


def test_new_weights_keep_the_price() -> None:
    assert [after.quote for after in BLOCK] == [499_999_999_999_999_000, 499_999_999_999_993_333]


def test_reserves_and_alpha_out_after_the_block() -> None:
    assert [(a.tao, a.alpha_in, a.alpha_out) for a in BLOCK] == [
        (100_000_192_307_691, 1_999_996_319_501_430, 1_500_004_763_322_658),
        (20_000_307_692_307, 299_996_267_451_527, 100_005_173_937_506),
    ]


def test_alpha_is_split_between_owner_miners_validators_and_root() -> None:
    assert [(s.owner, s.server, s.validator, s.root) for s in (after.split for after in BLOCK)] == [
        (179_995_422, 410_002_288, 376_044_232, 33_958_056),
        (179_995_422, 410_002_288, 229_032_139, 180_970_149),
    ]


def test_root_is_not_sold_while_prices_sum_to_one_at_most() -> None:
    assert not is_root_sold(PRICES)
    assert not is_root_sold([u64f64.one])
    assert is_root_sold([u64f64.one, u64f64.from_bits(1)])


# -- edges


def test_shares_are_the_price_s_where_every_miner_is_burned() -> None:
    assert calculate_shares(PRICES, [u96f32.one, u96f32.from_int(2)]) == [
        u64f64.safe_div(price, u64f64.add(*PRICES)) for price in PRICES
    ]


def test_without_prices_nobody_has_a_share() -> None:
    assert calculate_shares([u64f64.zero] * 2, [u96f32.zero] * 2) == [0, 0]
    assert calculate_shares([], []) == []


@pytest.mark.parametrize(
    ("enabled", "parts"), [([True, False], [1, 0]), ([False, True], [0, 1]), ([False, False], [0, 0])]
)
def test_disabled_subnets_give_their_share_to_the_others(enabled: list[bool], parts: list[int]) -> None:
    assert calculate_enabled_shares(SHARES, enabled) == [part << 64 for part in parts]


def test_enabled_shares_are_left_as_they_are() -> None:
    assert calculate_enabled_shares(SHARES, [True, True]) == SHARES


def test_a_pool_without_a_price_gets_no_alpha_and_all_tao_is_injected() -> None:
    terms = calculate_terms(u96f32.from_int(5), 10**9, u64f64.zero, u96f32.one)

    assert (terms.whole_tao_in, terms.whole_alpha_in, terms.whole_excess_tao) == (5, 0, 0)


def test_without_an_owner_cut_miners_get_half() -> None:
    split = calculate_split(u96f32.from_int(10**9), 0, u96f32.zero)

    assert (split.owner, split.server, split.validator, split.root) == (0, 5 * 10**8, 5 * 10**8, 0)
