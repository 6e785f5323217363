"""Bonds: the moving average of weights, by which validators are paid.

Source: SubtensorModule::epoch_mechanism, compute_bonds_sparse; consensus sections 3.7 to 3.9
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runtime.fixed import I32F32, i32f32, i64f64
from runtime.pallets.emission.exact import (
    ONE,
    Array,
    from_u16,
    multiply,
    normalize,
    normalize_columns,
    upscale_columns,
    zeros,
)
from runtime.pallets.emission.links import Links
from runtime.pallets.emission.liquid_alpha import calculate_alphas


@dataclass(frozen=True, slots=True)
class Bonds:
    """What becomes of bonds in an epoch."""

    kept: Links
    """What is stored, as parts of 1."""
    dividends: Array


@dataclass(frozen=True, slots=True)
class Alphas:
    """Between what bounds, and how suddenly, the rate of a moving average changes with a bond."""

    low: int
    high: int
    steepness: int


def calculate_rate(moving_average: int) -> I32F32:
    """How much of new bonds counts, where `moving_average` parts of a million stay: `alpha`.

    Source: compute_disabled_liquid_alpha
    """
    stays = i64f64.saturating_div(i64f64.from_int(moving_average), i64f64.from_int(1_000_000))
    return i32f32.sub(i32f32.one, i32f32.convert(stays, i64f64))


def interpolate(weights: Links, clipped: Links, penalty: int) -> Links:
    """Weights that are cut off by only a part of what consensus cuts off. Source: interpolate_sparse"""
    if penalty == 0:
        return weights
    if penalty == ONE:
        return clipped
    cut = weights.values - clipped.values
    left = (cut * np.uint64(penalty) & (ONE - 1) != 0).astype(np.uint64)
    values = weights.values - multiply(cut, np.uint64(penalty)) - left
    return Links(weights.uids, values, values > 0, {})


def calculate_yuma2(to_bond: Links, old: Links, alpha: I32F32, active_stake: Array, incentive: Array) -> Bonds:
    """Bonds are each validator's part of the stake bonded to a miner, averaged over time."""
    to_bond, old = align(to_bond, old)
    before = normalize_columns(old.values)  # of whole numbers: the fraction bits cancel
    bonded = normalize_columns(multiply(to_bond.values, active_stake[to_bond.uids][:, None]))
    average = calculate_average(to_bond.uids, bonded, before, alpha)
    bonds = normalize_columns(average.values)
    dividends = sum_by_incentive(bonds, incentive)
    return Bonds(
        average.with_values(upscale_columns(bonds)), normalize(spread(to_bond.uids, dividends, len(active_stake)))
    )


def calculate_yuma3(
    to_bond: Links,
    old: Links,
    alpha: I32F32,
    liquid: Alphas | None,
    active_stake: Array,
    incentive: Array,
    consensus: Array,
) -> Bonds:
    """Each bond is averaged on its own, at a rate of its own if alpha is liquid; stake weighs the dividends."""
    to_bond, old = align(to_bond, old)
    old = old.with_values(from_u16(old.values))
    if liquid is None:
        bonds = calculate_average(to_bond.uids, to_bond.values, old.values, alpha)
    else:
        bonds = calculate_liquid_average(to_bond, old, liquid, consensus)
    shares = sum_by_incentive(normalize_columns(bonds.values), incentive)
    dividends = multiply(spread(to_bond.uids, shares, len(active_stake)), active_stake)
    return Bonds(bonds, normalize(dividends))


def calculate_average(uids: list[int], new: Array, old: Array, alpha: I32F32) -> Links:
    """One step of a moving average: `alpha` of the new, the rest of the old. Source: mat_ema_sparse"""
    if not 0 <= alpha <= ONE:  # an average that keeps more than everything: root may set it
        new, old = new.astype(object), old.astype(object)
    rate, rest = constant(alpha, new), constant(ONE - alpha, new)
    values = multiply(new, rate) + multiply(old, rest)
    is_there = (values > 0).astype(bool)
    return Links(uids, np.where(is_there, values, 0).astype(values.dtype), is_there, {})


def calculate_liquid_average(to_bond: Links, old: Links, liquid: Alphas, consensus: Array) -> Links:
    """One step of a moving average with a rate for each bond."""
    alphas = calculate_alphas(
        to_bond.row_by_row(), old.row_by_row(), consensus[None, :], liquid.low, liquid.high, liquid.steepness
    )
    return follow(to_bond, old, alphas)


def follow(to_bond: Links, old: Links, alphas: Array) -> Links:
    """One step at these rates; bonds without a weight are gone. Source: mat_ema_alpha_sparse"""
    kept, added = multiply(old.values, ONE - alphas), multiply(to_bond.values, alphas)
    bonds = to_bond.with_values(np.minimum(kept + added, ONE))
    return bonds.without(bonds.values == 0)


def sum_by_incentive(bonds: Array, incentive: Array) -> Array:
    """What each row's bonds give of the miners' incentive."""
    total: Array = multiply(bonds, incentive[None, :]).sum(axis=1)
    return total


def align(a: Links, b: Links) -> tuple[Links, Links]:
    """Both with the rows that either of them has."""
    uids = sorted({*a.uids, *b.uids})
    return a.at(uids), b.at(uids)


def spread(uids: list[int], values: Array, n: int) -> Array:
    """The values of some uids as a vector of all."""
    result = zeros(n).astype(values.dtype)
    result[uids] = values
    return result


def constant(value: int, like: Array) -> Array:
    """One number as an array of the same kind."""
    return np.array([value], dtype=like.dtype)
