"""A subnet whose validators set weights each tempo, and whose epochs are the chain's Yuma consensus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.fixed import I64F64, U16_MAX, i64f64, u96f32
from runtime.pallets.emission.dividends import Earner, calculate_payouts, calculate_validator_alpha
from runtime.pallets.emission.split import Split, calculate_split
from runtime.pallets.emission.yuma import EpochInput, EpochOutcome, epoch
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.weights.rows import EMPTY, Row, pack, unpack
from runtime.pallets.weights.upscale import upscale
from runtime.units import AlphaBalance, TaoBalance

MAX_VALIDATORS = 64
"""How many a new subnet allows."""
NO_ROOT = TaoBalance(0)
NO_WEIGHT = u96f32.zero


@dataclass(frozen=True, slots=True)
class Rules:
    """The hyperparameters of the subnet; shares are over 65,535."""

    tempo: int
    kappa: int
    bonds_penalty: int
    bonds_moving_average: int
    """Over 1,000,000."""
    is_yuma3: bool
    is_liquid_alpha: bool
    alpha_low: int
    alpha_high: int
    alpha_sigmoid_steepness: int


@dataclass(slots=True)
class Subnet:
    """Neurons by uid: their stake, permits and bonds, carried from epoch to epoch."""

    rules: Rules
    block_emission: int
    """The alpha of a block, in rao."""
    stake: list[int]
    """In rao of alpha."""
    permits: list[bool]
    bonds: list[Row] = field(init=False)
    block: int = 0
    last_step: int = 0

    def __post_init__(self) -> None:
        self.bonds = [EMPTY] * len(self.stake)

    @property
    def pending(self) -> Split:
        """What a tempo of blocks saves up for the owner, miners and validators."""
        cut = Parameters.InitialSubnetOwnerCut
        split = calculate_split(u96f32.from_int(self.block_emission), cut, u96f32.zero)
        parts = (split.owner, split.server, split.validator, split.root)
        return Split(*(AlphaBalance(part * self.rules.tempo) for part in parts))

    def input(self, weights: Sequence[Row]) -> EpochInput:
        """What the epoch of this block knows, if everybody set these weights in the block before."""
        rules, pending, n = self.rules, self.pending, len(self.stake)
        return EpochInput(
            current_block=self.block,
            tempo=rules.tempo,
            activity_cutoff=max(rules.tempo, 1),
            last_update=[self.block - 1] * n,
            block_at_registration=[0] * n,
            stake=[I64F64(i64f64.from_int(held)) for held in self.stake],
            stake_threshold=0,
            owner_uid=None,
            validator_permits=self.permits,
            max_allowed_validators=MAX_VALIDATORS,
            weights=weights,
            bonds=self.bonds,
            commit_blocks=None,
            kappa=rules.kappa,
            bonds_penalty=rules.bonds_penalty,
            bonds_moving_average=rules.bonds_moving_average,
            is_yuma3=rules.is_yuma3,
            is_liquid_alpha=rules.is_liquid_alpha,
            alpha_low=rules.alpha_low,
            alpha_high=rules.alpha_high,
            alpha_sigmoid_steepness=rules.alpha_sigmoid_steepness,
            last_mechanism_step_block=self.last_step,
            emission=pending.server + pending.validator + pending.root,
        )

    def run_epoch(self, weights: Sequence[Row]) -> EpochOutcome:
        """Go a tempo ahead and run the epoch; permits and bonds follow."""
        self.block += self.rules.tempo
        outcome = epoch(self.input(weights))
        self.permits, self.bonds = list(outcome.validator_permit), list(outcome.bonds)
        self.last_step = self.block
        return outcome

    def earnings(self, outcome: EpochOutcome) -> list[int]:
        """What each neuron is paid for an epoch: its incentive, and its part of the validators' alpha, in rao."""
        pending = self.pending
        alpha = calculate_validator_alpha(pending.validator, pending.server, sum(outcome.server_emission))
        earners = [
            Earner(u96f32.from_int(dividend), AlphaBalance(held), NO_ROOT)
            for dividend, held in zip(outcome.validator_emission, self.stake, strict=True)
        ]
        payouts = calculate_payouts(earners, alpha, pending.root, NO_WEIGHT)
        return [
            incentive + u96f32.to_u64(payout.alpha)
            for incentive, payout in zip(outcome.server_emission, payouts, strict=True)
        ]


def make_row(weights: Sequence[int], first_uid: int) -> Row:
    """Weights on neurons from `first_uid` on as the chain stores them; those of 0 are not set."""
    largest = max(weights, default=0)
    if not largest:
        return EMPTY
    scaled = upscale([weight * U16_MAX // largest for weight in weights])
    return pack((first_uid + at, weight) for at, weight in enumerate(scaled) if weight)


def sum_bonds(bonds: Sequence[Row], n: int) -> tuple[list[int], list[int]]:
    """The sum of each neuron's bonds, and of those that others have to it."""
    given, taken = [0] * n, [0] * n
    for uid, row in enumerate(bonds):
        for target, bond in unpack(row):
            given[uid] += bond
            taken[target] += bond
    return given, taken
