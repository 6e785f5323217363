"""What our rules give for the inputs of the chain's own economics tests, by the id of the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.fixed import U64_MAX, U64F64, U96F32, i96f32, u64f64, u96f32
from runtime.pallets.emission.children import (
    Parent,
    Stakes,
    calculate_inherited,
    calculate_own_contribution,
    calculate_stake_weight,
    divide_dividend,
)
from runtime.pallets.emission.dividends import Earner, calculate_payouts, calculate_take
from runtime.pallets.emission.injection import calculate_root_proportion, calculate_tao_weight, calculate_terms
from runtime.pallets.emission.issuance import calculate_mint
from runtime.pallets.emission.price_ema import DEFAULT_MOVING_ALPHA, calculate_moving_price
from runtime.pallets.emission.root_claim import calculate_claim, calculate_owed, calculate_rate_increase
from runtime.pallets.emission.shares import calculate_shares, calculate_tao_emissions
from runtime.pallets.emission.split import calculate_split, split_between_mechanisms
from runtime.pallets.emission.tempo import is_epoch_due
from runtime.pallets.swap.balancer import Pool
from runtime.pallets.swap.step import MIN_SELL_PRICE, sell
from runtime.units import MAX_SUPPLY, AlphaBalance, TaoBalance

Rule = Callable[[dict[str, Any]], Any]
RULES: dict[int, Rule] = {}

DELEGATE_TAKE = 11_796
WHOLE = u96f32.one


def gives(*ids: int) -> Callable[[Rule], Rule]:
    """Say which cases a function computes."""

    def keep(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(ids, rule))
        return rule

    return keep


def decimal(value: Any) -> U64F64:
    """A literal of a test, as the chain's own literals are."""
    return u64f64.from_decimal(repr(value))


# -- emission


@gives(130)
def tao_issuance(given: dict[str, Any]) -> Any:
    shares = calculate_shares([decimal(p) for p in given["moving_prices"]], [u96f32.zero] * 2)
    return [u96f32.to_u64(tao) for tao in calculate_tao_emissions(TaoBalance(given["block_emission"]), shares)]


@gives(131)
def alpha_issuance(given: dict[str, Any]) -> Any:
    shares = calculate_shares([decimal(p) for p in given["moving_prices"]], [u96f32.zero] * 2)
    emissions = calculate_tao_emissions(TaoBalance(given["block_emission"]), shares)
    proportion = calculate_root_proportion(TaoBalance(given["root_tao"]), WHOLE, AlphaBalance(10**9))
    spots = [decimal(p) for p in given["spot_prices"]]
    terms = [calculate_terms(tao, 10**9, spot, proportion) for tao, spot in zip(emissions, spots, strict=True)]
    return {"alpha_in": [t.whole_alpha_in for t in terms]}


@gives(132)
def moving_price_after_updates(given: dict[str, Any]) -> Any:
    price = i96f32.zero
    for _ in range(given["updates"]):
        price = calculate_moving_price(
            u64f64.convert(price, i96f32),
            u64f64.one,
            i96f32.from_decimal("0.1"),
            given["block"],
            given["first_emission_block"],
            given["halving_blocks"],
        )
    return price / 2**32


@gives(135)
def constant_moving_price(given: dict[str, Any]) -> Any:
    return calculate_moving_price(u64f64.one, u64f64.one, DEFAULT_MOVING_ALPHA, given["block"], 1)


@gives(136)
def owner_cut(given: dict[str, Any]) -> Any:
    alpha = u96f32.from_int(given["alpha_out"])
    return [calculate_split(alpha, cut, u96f32.zero).owner for cut in given["cut"]]


@gives(139)
def uncapped_alpha(given: dict[str, Any]) -> Any:
    return calculate_terms(u96f32.from_int(given["tao_emission"]), 10**9, u64f64.one, WHOLE).alpha_in


@gives(141, 142)
def dividend_totals(given: dict[str, Any]) -> Any:
    stakes = [(4_859_302, 2_342_352), (23_423, 859_273)]
    dividends = [77_783_738, 19_283_940]
    earners = [
        Earner(u96f32.from_int(d), AlphaBalance(a), TaoBalance(r)) for d, (a, r) in zip(dividends, stakes, strict=True)
    ]
    payouts = calculate_payouts(
        earners,
        AlphaBalance(given["pending_validator_alpha"]),
        AlphaBalance(given["pending_root_alpha"]),
        u96f32.from_decimal(repr(given["tao_weight"])),
    )
    return {
        "total_alpha": sum(p.alpha for p in payouts) >> u96f32.frac,
        "total_root": sum(p.root for p in payouts) >> u96f32.frac,
    }


@gives(143, 144)
def parent_and_child(given: dict[str, Any]) -> Any:
    parent = Parent(
        Stakes(AlphaBalance(given["parent_alpha"]), TaoBalance(0)), given["proportion"], given["same_owner"]
    )
    divided = divide_dividend(AlphaBalance(given["dividends"]), 0, [parent], given["child_take"], 0, WHOLE)
    return {"parent": divided.parents[0], "child": divided.child}


BOTH = Stakes(AlphaBalance(10**9), TaoBalance(10**9))


@gives(145, 146, 147)
def root_children(given: dict[str, Any]) -> Any:
    own = calculate_own_contribution(BOTH, [], WHOLE)
    divided = divide_dividend(
        AlphaBalance(10**9), own, [Parent(BOTH, U64_MAX, False)], given["child_take"], 0, calculate_tao_weight(U64_MAX)
    )
    return {"alice": divided.parents[0], "bob": divided.child}


@gives(148)
def root_children_stake(given: dict[str, Any]) -> Any:
    def weight(children: list[int], parents: list[tuple[int, int]]) -> int:
        stake = calculate_inherited(10**9, children, parents)
        return calculate_stake_weight(AlphaBalance(stake), TaoBalance(stake), WHOLE) >> 64

    return {"alice_total": weight([U64_MAX], []), "bob_total": weight([], [(10**9, U64_MAX)])}


@gives(152)
def epoch_schedule(given: dict[str, Any]) -> Any:
    return [is_epoch_due(tempo, 0, 0, last, block) for tempo, last, block in given["cases"]]


@gives(175, 176, 177)
def mechanisms(given: dict[str, Any]) -> Any:
    parts = given.get("split")
    return split_between_mechanisms(AlphaBalance(given["alpha"]), given.get("mechanisms") or len(parts), parts)


@gives(181)
def mint(given: dict[str, Any]) -> Any:
    minted = calculate_mint(TaoBalance(1000), TaoBalance(MAX_SUPPLY - 400))
    return "capped" if minted == 400 and given["cap"] == MAX_SUPPLY else minted


# -- root claims


def root_rate(pending: int, root_stake: int) -> tuple[int, Any]:
    """The validator's gain, and the rate that the rest of a pending root dividend gives."""
    payout = U96F32(u96f32.from_int(pending))
    taken = calculate_take(payout, DELEGATE_TAKE)
    rate = calculate_rate_increase(taken.rest, TaoBalance(root_stake))
    assert rate is not None
    return taken.take, rate


def claim_of(rate: Any, root_stake: int) -> AlphaBalance:
    return calculate_claim(calculate_owed(rate, TaoBalance(root_stake), 0), i96f32.from_int(500_000))


@gives(155)
def drained_root_claim(given: dict[str, Any]) -> Any:
    gain, rate = root_rate(given["pending_root"], given["root_stake"])
    return {"validator_gain": gain, "rate": rate / 2**32, "claim": claim_of(rate, given["root_stake"])}


@gives(156, 157)
def two_claims(given: dict[str, Any]) -> Any:
    stakes = given["root_stakes"]
    _, rate = root_rate(given["pending_root"], sum(stakes.values()))
    return {who: claim_of(rate, stakes[who]) for who in ("alice", "bob")}


@gives(159)
def swapped_claim(given: dict[str, Any]) -> Any:
    stakes = given["root_stakes"]
    _, rate = root_rate(given["pending_root"], sum(stakes.values()))
    pool = Pool(AlphaBalance(given["alpha"]), TaoBalance(given["tao"]))
    sold = sell(pool, claim_of(rate, stakes["claimer"]), MIN_SELL_PRICE, 0)
    return {"root_stake_after_round1": stakes["claimer"] + sold.paid_out}
