"""Emission: the issuance curve, and how TAO is minted, spent and recycled."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chain import Chain, emits, free, key_of, sum_of_accounts, unchanged

from chain.keys import Keypair
from runtime.pallets.balances import Balances
from runtime.pallets.emission.issuance import calculate_block_emission, calculate_halvings, calculate_mint
from runtime.pallets.subtensor.tao import Credit
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, RAO_PER_TAO, TAO, TaoBalance

THRESHOLDS_RAO = [(MAX_SUPPLY - (MAX_SUPPLY >> k)) for k in range(11)]
"""Issuance from which the k-th halving counts."""
EMISSIONS = [
    1_000_000_000,
    500_000_000,
    250_000_000,
    125_000_000,
    62_500_000,
    31_250_000,
    15_625_000,
    7_812_500,
    3_906_250,
    1_953_125,
    976_562,
]
"""Rao a block in each step. Source: economics section 2"""
THRESHOLDS_TAO = {0: 0, 1: 10_500_000, 2: 15_750_000, 3: 18_375_000, 4: 19_687_500, 5: 20_343_750, 6: 20_671_875}


# -- the rule


@pytest.mark.parametrize(("halvings", "issuance_tao"), THRESHOLDS_TAO.items())
def test_the_known_thresholds_halve_the_emission(halvings: int, issuance_tao: int) -> None:
    assert calculate_block_emission(TAO(issuance_tao)) == EMISSIONS[halvings]


@pytest.mark.parametrize("k", range(1, 11))
def test_one_rao_below_a_threshold_the_older_rate_still_applies(k: int) -> None:
    threshold = THRESHOLDS_RAO[k]

    rates = [calculate_block_emission(TaoBalance(threshold + delta)) for delta in (-1, 0, 1)]

    assert rates == [EMISSIONS[k - 1], EMISSIONS[k], EMISSIONS[k]]


def test_every_halving_up_to_the_last_is_at_its_threshold() -> None:
    halvings = [calculate_halvings(TaoBalance(MAX_SUPPLY - (MAX_SUPPLY >> k))) for k in range(54)]

    assert halvings == list(range(54))


@pytest.mark.parametrize("beyond", [0, 1, 10**18])
def test_nothing_is_emitted_at_the_cap_and_beyond(beyond: int) -> None:
    assert calculate_block_emission(TaoBalance(MAX_SUPPLY + beyond)) == 0


def test_the_last_rao_before_the_cap_emits_nothing_any_more() -> None:
    assert calculate_block_emission(TaoBalance(MAX_SUPPLY - 1)) == 0


def test_emission_never_rises_with_issuance() -> None:
    points = [p for p in sorted({MAX_SUPPLY - (MAX_SUPPLY >> k) + d for k in range(54) for d in (-1, 0, 1)}) if p >= 0]

    rates = [calculate_block_emission(TaoBalance(p)) for p in points]

    assert all(before >= after for before, after in pairwise(rates))


def log2_floor(x: int) -> int:
    """floor(log2(x)) of an I96F32 of at least one, by the chain's own steps."""
    halvings = 0
    while x >= 2 << 32:
        x, halvings = (x >> 1) + (x & 1), halvings + 1
    # the fraction that follows never reaches one, so that the floor is this
    return halvings


def emission_by_fixed_point(issuance: int) -> int:
    """What the chain computes, in I96F32. Source: economics section 2"""
    if issuance >= MAX_SUPPLY:
        return 0
    one = 1 << 32
    ratio = (issuance << 32) // (2 * 10_500_000 * RAO_PER_TAO)
    inverse = (one << 32) // (one - ratio)
    power = one << log2_floor(inverse)
    return ((one << 32) // power * RAO_PER_TAO) >> 32


@given(st.integers(0, MAX_SUPPLY - (MAX_SUPPLY >> 11)))
def test_the_rule_gives_what_the_chains_fixed_point_numbers_give(issuance: int) -> None:
    assert calculate_block_emission(TaoBalance(issuance)) == emission_by_fixed_point(issuance)


@pytest.mark.parametrize("k", range(1, 11))
def test_at_the_thresholds_the_chains_fixed_point_numbers_agree(k: int) -> None:
    threshold = MAX_SUPPLY - (MAX_SUPPLY >> k)

    assert calculate_block_emission(TaoBalance(threshold)) == emission_by_fixed_point(threshold)


@pytest.mark.parametrize(
    ("amount", "issuance", "minted"),
    [
        (5, 0, 5),
        (5, MAX_SUPPLY - 5, 5),
        (5, MAX_SUPPLY - 4, 4),
        (5, MAX_SUPPLY, 0),
        (5, MAX_SUPPLY + 3, 0),
        (0, 0, 0),
    ],
)
def test_nothing_is_minted_past_the_cap(amount: int, issuance: int, minted: int) -> None:
    assert calculate_mint(TaoBalance(amount), TaoBalance(issuance)) == minted


# -- the pallet


def set_issuance(runtime: Taonet, amount: int) -> None:
    runtime.balances.TotalIssuance = runtime.tao.TotalIssuance = TaoBalance(amount)


def issuances(runtime: Taonet) -> tuple[int, int]:
    return runtime.balances.TotalIssuance, runtime.tao.TotalIssuance


def test_both_counters_begin_with_the_sum_of_the_accounts(chain: Chain) -> None:
    runtime = chain.at_head()

    assert issuances(runtime) == (sum_of_accounts(runtime),) * 2


def test_a_block_mints_and_recycles_what_no_subnet_takes(chain: Chain) -> None:
    before = issuances(chain.at_head())

    built = chain.advance()

    assert built.events[0].event == Balances.Issued(amount=TAO(1))
    assert issuances(chain.at_head()) == before


def test_the_rate_follows_the_issuance_and_can_fall_back(runtime: Taonet) -> None:
    for issuance, rate in ((10_500_000, 500_000_000), (10_499_999, 1_000_000_000)):
        set_issuance(runtime, TAO(issuance))

        assert runtime.tao.block_emission(runtime.tao.TotalIssuance) == rate
        assert runtime.tao.BlockEmission == rate


def test_a_rate_that_did_not_change_is_not_written(runtime: Taonet) -> None:
    with unchanged(runtime):
        runtime.tao.block_emission(runtime.tao.TotalIssuance)


def test_minting_raises_both_counters_and_tells(runtime: Taonet) -> None:
    before = issuances(runtime)

    with emits(runtime, Balances.Issued(amount=TaoBalance(7))):
        credit = runtime.tao.mint(TaoBalance(7))

    assert credit == Credit(TaoBalance(7))
    assert issuances(runtime) == (before[0] + 7, before[1] + 7)


def test_minting_stops_at_the_cap(runtime: Taonet) -> None:
    set_issuance(runtime, MAX_SUPPLY - 3)

    assert runtime.tao.mint(TaoBalance(7)).amount == 3
    with emits(runtime):
        assert runtime.tao.mint(TaoBalance(7)).amount == 0
    assert issuances(runtime) == (MAX_SUPPLY, MAX_SUPPLY)


def test_a_credit_is_spent_onto_accounts(runtime: Taonet, bob: Keypair) -> None:
    credit, before = runtime.tao.mint(TaoBalance(700)), free(runtime, bob)

    with emits(runtime, Balances.Deposit(who=bob.account, amount=TaoBalance(300))):
        assert runtime.tao.spend(credit, bob.account, TaoBalance(300))

    assert (credit.amount, free(runtime, bob)) == (400, before + 300)


def test_more_than_the_credit_cannot_be_spent(runtime: Taonet, bob: Keypair) -> None:
    credit = runtime.tao.mint(TaoBalance(700))

    with unchanged(runtime):
        assert not runtime.tao.spend(credit, bob.account, TaoBalance(701))

    assert credit.amount == 700


def test_a_new_account_needs_the_existential_deposit(runtime: Taonet) -> None:
    credit, new = runtime.tao.mint(TaoBalance(700)), key_of("Nobody").account

    with unchanged(runtime):
        assert not runtime.tao.spend(credit, new, TaoBalance(499))
    with emits(runtime, System.NewAccount(account=new), Balances.Endowed, Balances.Deposit):
        assert runtime.tao.spend(credit, new, TaoBalance(500))

    assert credit.amount == 200


def test_an_account_that_is_full_takes_nothing(runtime: Taonet, bob: Keypair) -> None:
    account = runtime.system.Account[bob.account]
    full = type(account.data)(TaoBalance((1 << 64) - 1))
    runtime.system.Account[bob.account] = type(account)(0, 0, 1, 0, full)
    credit = Credit(TaoBalance(10))

    with unchanged(runtime):
        assert not runtime.tao.spend(credit, bob.account, TaoBalance(10))


def test_what_is_recycled_leaves_both_counters(runtime: Taonet) -> None:
    before = issuances(runtime)
    credit = runtime.tao.mint(TaoBalance(700))
    runtime.tao.spend(credit, key_of("Bob").account, TaoBalance(100))

    with emits(runtime):
        runtime.tao.recycle_credit(credit)
        runtime.tao.recycle_credit(credit)

    assert credit.amount == 0
    assert issuances(runtime) == (before[0] + 100, before[1] + 100)
