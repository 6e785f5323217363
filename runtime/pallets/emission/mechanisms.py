"""Mechanisms: a subnet's epochs side by side, each with weights of its own and a part of the emission.

Source: pallet_subtensor::subnets::mechanism; consensus section 4
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.fixed import U16_MAX, U64_MAX, U64F64, u64f64

if TYPE_CHECKING:
    from runtime.pallets.emission.yuma import EpochOutcome


def calculate_weight(part: int, whole: int, mechanism: int) -> U64F64:
    """What a mechanism counts in the subnet's figures: its part of the emission; the first all of it if that is 0."""
    otherwise = u64f64.one if mechanism == 0 else u64f64.zero
    return u64f64.safe_div(u64f64.from_int(part), u64f64.from_int(whole), otherwise)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the epochs of a subnet say of each neuron, by uid; shares are over 65,535, emission is rao."""

    active: tuple[bool, ...]
    validator_permit: tuple[bool, ...]
    stake_weight: tuple[int, ...]
    consensus: tuple[int, ...]
    dividends: tuple[int, ...]
    validator_trust: tuple[int, ...]
    emission: tuple[int, ...]
    server_emission: tuple[int, ...]
    validator_emission: tuple[int, ...]


def combine(outcomes: Sequence[EpochOutcome], parts: Sequence[int]) -> Figures:
    """The figures of all mechanisms together, in their order.

    Source: SubtensorModule::epoch_with_mechanisms
    """
    whole = sum(parts)
    weights = [calculate_weight(part, whole, mechanism) for mechanism, part in enumerate(parts)]

    def shares(name: str, most: int = U16_MAX) -> tuple[int, ...]:
        vectors = [getattr(outcome, name) for outcome in outcomes]
        if len(vectors) == 1 and weights[0] == u64f64.one:
            return tuple(vectors[0])
        totals = [0] * len(vectors[0])
        for vector, weight in zip(vectors, weights, strict=True):
            totals = [add_weighted(total, value, weight, most) for total, value in zip(totals, vector, strict=True)]
        return tuple(totals)

    def any_of(name: str) -> tuple[bool, ...]:
        return tuple(map(any, zip(*(getattr(outcome, name) for outcome in outcomes), strict=True)))

    def sums(name: str) -> tuple[int, ...]:
        columns = zip(*(getattr(outcome, name) for outcome in outcomes), strict=True)
        return tuple(min(sum(column), U64_MAX) for column in columns)

    return Figures(
        active=any_of("active"),
        validator_permit=any_of("validator_permit"),
        stake_weight=shares("stake_weight"),
        consensus=shares("consensus"),
        dividends=shares("dividends"),
        validator_trust=shares("validator_trust"),
        emission=shares("emission", U64_MAX),
        server_emission=sums("server_emission"),
        validator_emission=sums("validator_emission"),
    )


def add_weighted(total: int, value: int, weight: U64F64, most: int = U16_MAX) -> int:
    """A total with a weighted value more, rounded down at once. Source: weighted_acc_u16, weighted_acc_alpha"""
    return min(total + (value * weight >> u64f64.frac), most)
