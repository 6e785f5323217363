"""What our rules give for the inputs of the chain's own tests of locks, subnets and leases."""

from __future__ import annotations

from typing import Any

from support.economics_rules import gives

from runtime.fixed import U64_MAX, u64f64
from runtime.pallets.staking.locks import LockState, calculate_decay, roll
from runtime.pallets.subnets.burn_price import calculate_bumped_burn, calculate_decayed_burn
from runtime.pallets.subnets.leasing import calculate_contributors_cut, calculate_dividends, calculate_share
from runtime.pallets.subnets.lock_cost import calculate_initial_pool, calculate_lock_cost
from runtime.pallets.subnets.pruning import calculate_owner_refund, calculate_payout
from runtime.units import AlphaBalance, TaoBalance

RATE = 934_866
"""UnlockRate and MaturityRate, in blocks."""


# -- locks


def lock(mass: int, conviction: int = 0) -> LockState:
    return LockState(AlphaBalance(mass), u64f64.from_int(conviction), 0)


@gives(161)
def clamped_decay(given: dict[str, Any]) -> Any:
    return [calculate_decay(blocks, given["tau"]) for blocks in given["dt"]]


@gives(162, 163)
def unequal_rates(given: dict[str, Any]) -> Any:
    rolled = roll(lock(given["mass"]), given["dt"], given["unlock"], given["maturity"], False, False)
    conviction = rolled.conviction / 2**64
    return conviction if given["mass"] == 10_000 else {"conviction": conviction, "mass": float(rolled.locked_mass)}


@gives(164)
def dust(given: dict[str, Any]) -> Any:
    rolled = [roll(lock(*state), 0, RATE, RATE, False, False) for state in given["states"]]
    return [[r.locked_mass, r.conviction >> 64] for r in rolled]


@gives(165)
def perpetual(given: dict[str, Any]) -> Any:
    rolled = roll(lock(given["mass"]), RATE, RATE, RATE, False, True)
    return {"mass": rolled.locked_mass, "conviction": rolled.conviction / 2**64}


@gives(166)
def chunked(given: dict[str, Any]) -> Any:
    once = roll(lock(given["mass"]), sum(given["dt"]), RATE, RATE, False, False)
    twice = roll(roll(lock(given["mass"]), given["dt"][0], RATE, RATE, False, False), 20_000, RATE, RATE, False, False)
    assert abs(once.locked_mass - twice.locked_mass) <= 1
    assert abs(once.conviction - twice.conviction) <= u64f64.from_decimal("0.1")
    return [once.locked_mass, round(once.conviction / 2**64, 6)]


# -- subnets


@gives(120, 121, 122, 123)
def burn(given: dict[str, Any]) -> Any:
    price, seen = TaoBalance(given["burn"]), []
    bounds = TaoBalance(given.get("min", 0)), TaoBalance(given.get("max", U64_MAX))
    steps = given.get("steps") or ["block"] * given.get("blocks", [0])[-1] or ["register"]
    for step in steps:
        if step == "register":
            price = calculate_bumped_burn(price, u64f64.from_int(given["multiplier"]), *bounds)
        else:
            price = calculate_decayed_burn(price, given["half_life"], 2, *bounds)
        seen.append(price)
    if "blocks" in given:
        return [seen[block - 1] for block in given["blocks"]]
    return seen if "steps" in given else seen[0]


@gives(167, 168)
def dissolve(given: dict[str, Any]) -> Any:
    payout = calculate_payout(TaoBalance(given["pot"]), given["stakers"], 0).shares
    if "legacy_lock" not in given:
        return payout
    refund = calculate_owner_refund(TaoBalance(given["legacy_lock"]), AlphaBalance(0), 11_796, u64f64.one, 0, 1)
    return {"payout": payout, "owner_refund": refund}


@gives(173)
def first_pool(given: dict[str, Any]) -> Any:
    pool = calculate_initial_pool(TaoBalance(given["lock"]), TaoBalance(given["min_lock"]), u64f64.one)
    return {"subnet_tao": pool.tao, "alpha_in": pool.alpha, "alpha_out": 0, "recycled": pool.recycled}


@gives(174)
def lock_cost(given: dict[str, Any]) -> Any:
    last, least = TaoBalance(given["last_lock"]), TaoBalance(given["min_lock"])
    return [calculate_lock_cost(last, least, at, now, given["interval"]) for now, at in given["values"]]


@gives(179)
def lease(given: dict[str, Any]) -> Any:
    shares = [calculate_share(TaoBalance(c), TaoBalance(given["cap"])) for c in given["contributions"]]
    cut = calculate_contributors_cut(AlphaBalance(given["owner_cut"]), given["emissions_share_percent"])
    total = AlphaBalance(given["accumulated"] + cut)
    paid = calculate_dividends(total, shares)
    return {
        "distributed": total,
        "contributor1": paid.contributors[0],
        "contributor2": paid.contributors[1],
        "beneficiary": paid.beneficiary,
    }
