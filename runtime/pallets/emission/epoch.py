"""The epoch of a subnet without weights: validators are paid by stake, and nobody else is paid.

Vectors are by uid. Stake is normalized to a sum of 1 with 32 fraction bits.

Source: SubtensorModule::epoch_mechanism while no weights are set; consensus section on emission
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.fixed import I32F32, I64F64, U16_MAX, i32f32, i64f64
from runtime.units import AlphaBalance


@dataclass(frozen=True, slots=True)
class Validators:
    """What the epoch knows of the neurons."""

    stake: list[I64F64]
    """Alpha and weighted root stake, inherited included, in rao."""
    is_active: list[bool]
    permits: list[bool]
    owner_uid: int | None
    min_stake: int
    """Less counts as nothing, in rao; the owner's always counts."""
    max_validators: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the epoch says of each neuron."""

    dividends: list[AlphaBalance]
    """What each is paid for validating, in rao."""
    stake_weight: list[int]
    """Stake over 65,535."""
    permits: list[bool]


def run_without_weights(validators: Validators, emission: AlphaBalance) -> Outcome:
    """Divide `emission` by stake among active validators; by all stake where no validator is active."""
    stake = normalize_stake(validators)
    masked = mask(stake, validators)
    active = normalize(masked)
    paying = active if sum(active) else stake
    return Outcome(
        [calculate_part(part, emission) for part in paying],
        [to_u16(part) for part in stake],
        find_permits(stake, validators),
    )


def normalize_stake(validators: Validators) -> list[I32F32]:
    """Each stake's part of the sum of all that count."""
    counted = [
        s if uid == validators.owner_uid or i64f64.to_u64(s) >= validators.min_stake else i64f64.zero
        for uid, s in enumerate(validators.stake)
    ]
    total = i64f64.saturate(sum(counted))
    if total:
        counted = [i64f64.safe_div(s, total) for s in counted]
    return [i32f32.convert(s, i64f64) for s in counted]


def mask(stake: Sequence[I32F32], validators: Validators) -> list[I32F32]:
    """The stake of those who are active and may validate."""
    return [
        s if validators.is_active[uid] and (validators.permits[uid] or uid == validators.owner_uid) else i32f32.zero
        for uid, s in enumerate(stake)
    ]


def normalize(values: Sequence[I32F32]) -> list[I32F32]:
    """Each value's part of their sum; unchanged where that is 0. Source: inplace_normalize"""
    total = i32f32.saturate(sum(values))
    return [i32f32.safe_div(value, total) for value in values] if total else list(values)


def find_permits(stake: Sequence[I32F32], validators: Validators) -> list[bool]:
    """The validators of the next epoch: the largest stakes above 0, later uids before earlier ones, and the owner.

    Source: is_topk_nonzero
    """
    permits = [s != 0 for s in stake]
    if len(stake) >= validators.max_validators:
        ascending = sorted(range(len(stake)), key=lambda uid: stake[uid])
        for uid in ascending[: len(stake) - validators.max_validators]:
            permits[uid] = False
    if validators.owner_uid is not None:
        permits[validators.owner_uid] = True
    return permits


def calculate_part(part: I32F32, emission: AlphaBalance) -> AlphaBalance:
    """That part of an emission, rounded down to rao."""
    return AlphaBalance(max(part * emission >> i32f32.frac, 0))


def to_u16(part: I32F32) -> int:
    """A part as a count of 65,535. Source: fixed_proportion_to_u16"""
    return min(max(i32f32.mul(part, i32f32.from_int(U16_MAX)) >> i32f32.frac, 0), U16_MAX)
