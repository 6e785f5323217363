"""Yuma consensus: one epoch of one mechanism of a subnet, equation by equation.

Validators' weights say what each miner is worth; the stake-weighted median of them is the consensus. Miners are paid
by what consensus leaves of their weights, validators by the bonds that they built up to the miners who are paid.

Vectors are by uid. A matrix has a row for each uid that may have something in it, and a column for each uid. Numbers
have 32 fraction bits and are exact to the last of them.

Source: SubtensorModule::epoch_mechanism; consensus section 3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runtime.fixed import I64F64, U64_MAX, i32f32, i64f64
from runtime.pallets.emission.bonds import Alphas, Bonds, calculate_rate, calculate_yuma2, calculate_yuma3, interpolate
from runtime.pallets.emission.exact import (
    FRAC,
    Array,
    divide,
    from_u16,
    multiply,
    normalize,
    normalize_rows,
    to_u16,
    vector,
    zeros,
)
from runtime.pallets.emission.links import Links, read_links, write_rows
from runtime.pallets.weights.rows import Row

NO_COMMIT = U64_MAX
"""The commit block of a neuron that has committed nothing."""


@dataclass(frozen=True, slots=True)
class EpochInput:
    """What an epoch knows. Blocks are numbers, stake and emission rao."""

    current_block: int
    tempo: int
    activity_cutoff: int
    """After how many blocks without new weights a validator is inactive."""
    last_update: Sequence[int]
    """The block in which each neuron last set weights for this mechanism."""
    block_at_registration: Sequence[int]
    stake: Sequence[I64F64]
    """Alpha and weighted root stake, inherited included."""
    stake_threshold: int
    """Less counts as nothing; the owner's always counts."""
    owner_uid: int | None
    validator_permits: Sequence[bool]
    """Who may validate in this epoch."""
    max_allowed_validators: int
    weights: Sequence[Row]
    bonds: Sequence[Row]
    commit_blocks: Sequence[int] | None
    """The block of each neuron's earliest commit that is still to be revealed; None where nothing is committed."""
    kappa: int
    """The majority, over 65,535."""
    bonds_penalty: int
    """How much of what consensus cuts off is lost for bonds as well, over 65,535."""
    bonds_moving_average: int
    """How much of the old bonds stays, over 1,000,000."""
    is_yuma3: bool
    is_liquid_alpha: bool
    alpha_low: int
    alpha_high: int
    """The bounds of a liquid alpha, over 65,535."""
    alpha_sigmoid_steepness: int
    last_mechanism_step_block: int
    """The block of the epoch before; 0 for none."""
    emission: int
    """What is paid."""

    @property
    def n(self) -> int:
        """How many neurons there are."""
        return len(self.stake)


@dataclass(frozen=True, slots=True)
class EpochOutcome:
    """What an epoch says of each neuron; shares are over 65,535, emission is rao."""

    stake_weight: tuple[int, ...]
    active: tuple[bool, ...]
    validator_permit: tuple[bool, ...]
    """Who may validate from now on."""
    consensus: tuple[int, ...]
    incentive: tuple[int, ...]
    dividends: tuple[int, ...]
    validator_trust: tuple[int, ...]
    emission: tuple[int, ...]
    server_emission: tuple[int, ...]
    validator_emission: tuple[int, ...]
    bonds: tuple[Row, ...]


def epoch(given: EpochInput) -> EpochOutcome:
    """Run one epoch."""
    active = find_active(given)
    stake = normalize_stake(given)
    permits = current_permits(given)
    new_permits = next_permits(given, stake)
    active_stake = mask_stake(stake, active, permits)
    weights = read_weights(given, permits)
    consensus = calculate_consensus(weights, active_stake, from_u16(given.kappa))
    clipped = clip(weights, consensus)
    validator_trust = calculate_trust(clipped, given.n)
    incentive = calculate_incentive(clipped, active_stake)
    to_bond = interpolate(weights, clipped, from_u16(given.bonds_penalty))
    bonds = calculate_bonds(given, to_bond, active_stake, incentive, consensus)
    emission = calculate_emission(incentive, bonds.dividends, active_stake, stake)
    return EpochOutcome(
        stake_weight=integers(to_u16(stake)),
        active=tuple(active),
        validator_permit=tuple(new_permits),
        consensus=integers(to_u16(consensus)),
        incentive=integers(to_u16(incentive)),
        dividends=integers(to_u16(bonds.dividends)),
        validator_trust=integers(to_u16(validator_trust)),
        emission=to_rao(emission.combined, given.emission),
        server_emission=to_rao(emission.server, given.emission),
        validator_emission=to_rao(emission.validator, given.emission),
        bonds=write_rows(bonds.kept, new_permits),
    )


# -- who takes part


def find_active(given: EpochInput) -> list[bool]:
    """Who has set weights lately."""
    return [updated + given.activity_cutoff >= given.current_block for updated in given.last_update]


def normalize_stake(given: EpochInput) -> Array:
    """Each stake's part of the sum of all that count: `S_i`."""
    counted = [
        s if uid == given.owner_uid or i64f64.to_u64(s) >= given.stake_threshold else i64f64.zero
        for uid, s in enumerate(given.stake)
    ]
    total = i64f64.saturate(sum(counted))
    if total:
        counted = [i64f64.safe_div(s, total) for s in counted]
    return vector([i32f32.convert(s, i64f64) for s in counted])


def current_permits(given: EpochInput) -> list[bool]:
    """Who may validate now; the owner always may."""
    return [permit or uid == given.owner_uid for uid, permit in enumerate(given.validator_permits)]


def next_permits(given: EpochInput, stake: Array) -> list[bool]:
    """The validators of the next epoch: the largest stakes above 0, later uids before earlier ones, and the owner.

    Source: is_topk_nonzero
    """
    permits = find_largest(stake, given.max_allowed_validators)
    return [(permits[uid] and s != 0) or uid == given.owner_uid for uid, s in enumerate(stake.tolist())]


def find_largest(values: Array, count: int) -> list[bool]:
    """Which values are the `count` largest; of equals the later ones. Source: is_topk"""
    is_large = np.ones(len(values), dtype=bool)
    is_large[np.argsort(values, kind="stable")[: max(len(values) - count, 0)]] = False
    found: list[bool] = is_large.tolist()
    return found


def mask_stake(stake: Array, active: list[bool], permits: list[bool]) -> Array:
    """The stake of active validators, each as a part of its sum."""
    return normalize(np.where(np.array(active, dtype=bool) & np.array(permits, dtype=bool), stake, np.uint64(0)))


# -- weights


def read_weights(given: EpochInput, permits: list[bool]) -> Links:
    """The weights that count, each as a part of the sum of its row: `W_ij`.

    Those of neurons without permit do not count, nor those on oneself (but for the owner), nor those that are older
    than the neuron they speak of, set or committed.
    """
    voters = [uid for uid, permit in enumerate(permits) if permit and given.weights[uid]]
    links = read_links(given.weights, voters, given.n)
    uids, registered = np.array(links.uids, dtype=np.int64), np.array(given.block_at_registration, dtype=np.uint64)
    updated = np.array([given.last_update[uid] for uid in links.uids], dtype=np.uint64)
    forbidden = updated[:, None] <= registered[None, :]
    if given.commit_blocks is not None:
        committed = np.array([given.commit_blocks[uid] for uid in links.uids], dtype=np.uint64)
        forbidden |= committed[:, None] < registered[None, :]
    foreign = uids != (-1 if given.owner_uid is None else given.owner_uid)
    forbidden[np.nonzero(foreign)[0], uids[foreign]] = True
    links = links.without(forbidden, beyond=True)
    return links.with_values(normalize_rows(links.values))


def calculate_consensus(weights: Links, active_stake: Array, kappa: int) -> Array:
    """The stake-weighted median of the weights on each neuron: the least that stake of more than `kappa` stays below.

    Source: weighted_median_col_sparse
    """
    every = np.nonzero(active_stake)[0]
    if not len(every):
        return zeros(len(active_stake))
    stakes = normalize(active_stake[every]).astype(np.int64)
    scores = zeros(len(every), len(active_stake))
    place = {uid: row for row, uid in enumerate(every.tolist())}
    voting = [row for row, uid in enumerate(weights.uids) if uid in place]
    scores[[place[weights.uids[row]] for row in voting]] = weights.values[voting]
    # scores are below 2^33 and there are fewer than 2^16 of them, so that one number sorts both
    keys = np.sort((scores << 16).T | np.arange(len(every), dtype=np.uint64)[None, :], axis=1)
    ordered, heights = keys >> 16, np.cumsum(stakes[(keys & 0xFFFF).astype(np.int64)], axis=1)
    minority = int(stakes.sum()) - kappa
    reached = heights > minority
    at = np.where(reached[:, -1], reached.argmax(axis=1), len(every) - 1)
    return ordered[np.arange(len(ordered)), at]


def clip(weights: Links, consensus: Array) -> Links:
    """Weights cut off at consensus; those on whom consensus says nothing are gone."""
    gone = (consensus[None, :] == 0) & (weights.values > 0)
    return weights.without(gone).with_values(np.minimum(weights.values, consensus[None, :]))


# -- what everyone is worth


def calculate_trust(clipped: Links, n: int) -> Array:
    """How much of each validator's weights consensus leaves."""
    trust = zeros(n)
    trust[clipped.uids] = clipped.values.sum(axis=1)
    return trust


def calculate_incentive(clipped: Links, active_stake: Array) -> Array:
    """Each miner's part of the ranks, which are the clipped weights weighed by stake: `I_j`."""
    return normalize(multiply(clipped.values, active_stake[clipped.uids][:, None]).sum(axis=0))


def calculate_bonds(
    given: EpochInput, to_bond: Links, active_stake: Array, incentive: Array, consensus: Array
) -> Bonds:
    """New bonds and the dividends that they give: `B_ij` and `D_i`."""
    old = read_bonds(given)
    alpha = calculate_rate(given.bonds_moving_average)
    if not given.is_yuma3:
        return calculate_yuma2(to_bond, old, alpha, active_stake, incentive)
    liquid = None
    if given.is_liquid_alpha and consensus.any():
        low, high = from_u16(given.alpha_low), from_u16(given.alpha_high)
        liquid = Alphas(low, high, given.alpha_sigmoid_steepness)
    return calculate_yuma3(to_bond, old, alpha, liquid, active_stake, incentive, consensus)


def read_bonds(given: EpochInput) -> Links:
    """The bonds of the epoch before, over 65,535; those to neurons that came since then are gone."""
    step = given.last_mechanism_step_block
    last = step + 1 if step else max(given.current_block - given.tempo, 0)
    links = read_links(given.bonds, [uid for uid, row in enumerate(given.bonds) if row], given.n)
    newcomers = np.array(given.block_at_registration, dtype=np.uint64) >= last
    return links.without(np.broadcast_to(newcomers[None, :], links.values.shape), beyond=last == 0)


# -- payment


@dataclass(frozen=True, slots=True)
class Emission:
    """Each neuron's part of what is paid, in all, for mining and for validating."""

    combined: Array
    server: Array
    validator: Array


def calculate_emission(incentive: Array, dividends: Array, active_stake: Array, stake: Array) -> Emission:
    """The parts by incentive and dividends; where there are none validators are paid by stake."""
    combined = incentive + dividends
    total = combined.sum(keepdims=True)
    if combined.any():
        return Emission(divide(combined, total), divide(incentive, total), divide(dividends, total))
    by_stake = active_stake if active_stake.any() else stake
    return Emission(by_stake, incentive, by_stake)


def to_rao(parts: Array, emission: int) -> tuple[int, ...]:
    """Those parts of an emission, rounded down."""
    return tuple(min(part * emission >> FRAC, U64_MAX) for part in parts.tolist())


def integers(values: Array) -> tuple[int, ...]:
    """An array as Python integers."""
    return tuple(values.tolist())
