"""The epochs of a subnet: from what is stored to Yuma consensus, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chain.types import AccountId
from runtime.fixed import I64F64, U64_MAX, i64f64
from runtime.frame.pallet import Pallet
from runtime.pallets.emission.mechanisms import combine
from runtime.pallets.emission.split import split_between_mechanisms
from runtime.pallets.emission.voting_power import VotingPowers
from runtime.pallets.staking.inheritance import Inheritance
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.weights.commits import HashCommits
from runtime.pallets.weights.matrix import Matrix
from runtime.pallets.weights.timelocks import Timelocks
from runtime.pallets.weights.validators import Validators
from runtime.units import AlphaBalance, NetUid

if TYPE_CHECKING:
    from runtime.pallets.emission.yuma import EpochInput, EpochOutcome


@dataclass(frozen=True, slots=True)
class Earnings:
    """What an epoch gives a neuron, in rao of alpha."""

    hotkey: AccountId
    incentive: AlphaBalance
    dividend: AlphaBalance


class Epochs(Pallet):
    """Yuma consensus over the stored weights. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    clock: Clock
    neurons: Neurons
    matrix: Matrix
    inheritance: Inheritance
    validators: Validators
    commits: HashCommits
    timelocks: Timelocks
    voting_powers: VotingPowers

    def run(self, netuid: NetUid, emission: AlphaBalance) -> list[Earnings]:
        """Run the epoch of each mechanism, and say what each neuron earns of `emission`, by hotkey.

        Emits: IncentiveAlphaEmittedToMiners, VotingPowerTrackingDisabled.
        Source: SubtensorModule::epoch_with_mechanisms
        """
        from runtime.pallets.emission.yuma import epoch

        neurons, hotkeys = self.neurons, self.hotkeys(netuid)
        count, split = self.registry.MechanismCountCurrent[netuid], self.registry.MechanismEmissionSplit.get(netuid)
        parts, outcomes = split_between_mechanisms(emission, count, split), []
        stake = self.inheritance.stake_weights(hotkeys, netuid)
        for index, part in zip(neurons.mechanisms(netuid), parts, strict=True):
            given = self.input(netuid, index, hotkeys, stake, part)
            outcomes.append(epoch(given))
            self.keep(index, outcomes[-1])
        figures = combine(outcomes, parts)
        neurons.Active[netuid], neurons.ValidatorPermit[netuid] = figures.active, figures.validator_permit
        neurons.Emission[netuid] = tuple(map(AlphaBalance, figures.emission))
        neurons.Consensus[netuid], neurons.Dividends[netuid] = figures.consensus, figures.dividends
        neurons.ValidatorTrust[netuid], neurons.StakeWeight[netuid] = figures.validator_trust, figures.stake_weight
        self.voting_powers.update(
            netuid,
            {
                hotkey: i64f64.to_u64(held) * count if permit else None
                for hotkey, held, permit in zip(hotkeys, stake, figures.validator_permit, strict=True)
            },
        )
        paid = zip(hotkeys, figures.server_emission, figures.validator_emission, strict=True)
        return sorted((Earnings(h, AlphaBalance(i), AlphaBalance(d)) for h, i, d in paid), key=lambda e: e.hotkey)

    def hotkeys(self, netuid: NetUid) -> list[AccountId]:
        """The hotkeys of a subnet's neurons, by uid."""
        return [self.neurons.Keys[netuid, uid] for uid in range(self.neurons.SubnetworkN[netuid])]

    def input(
        self, netuid: NetUid, index: NetUid, hotkeys: list[AccountId], stake: list[I64F64], emission: int
    ) -> EpochInput:
        """What the epoch of one mechanism knows."""
        from runtime.pallets.emission.yuma import EpochInput

        rules, neurons, uids = self.parameters, self.neurons, range(len(hotkeys))
        permits = list(neurons.ValidatorPermit[netuid])[: len(hotkeys)]
        low, high = rules.AlphaValues[netuid]
        return EpochInput(
            current_block=self.registry.block(),
            tempo=rules.Tempo[netuid],
            activity_cutoff=self.activity_cutoff(netuid),
            last_update=neurons.last_updates(index),
            block_at_registration=[neurons.BlockAtRegistration[netuid, uid] for uid in uids],
            stake=stake,
            stake_threshold=rules.StakeThreshold,
            owner_uid=neurons.owner_uid(netuid),
            validator_permits=permits + [False] * (len(hotkeys) - len(permits)),
            max_allowed_validators=rules.MaxAllowedValidators[netuid],
            weights=[self.matrix.Weights[index, uid] for uid in uids],
            bonds=[self.matrix.Bonds[index, uid] for uid in uids],
            commit_blocks=self.commit_blocks(netuid, index, hotkeys),
            kappa=rules.Kappa[netuid],
            bonds_penalty=rules.BondsPenalty[netuid],
            bonds_moving_average=rules.BondsMovingAverage[netuid],
            is_yuma3=rules.Yuma3On[netuid],
            is_liquid_alpha=rules.LiquidAlphaOn[netuid],
            alpha_low=low,
            alpha_high=high,
            alpha_sigmoid_steepness=rules.AlphaSigmoidSteepness[netuid],
            last_mechanism_step_block=self.clock.LastMechansimStepBlock[netuid],
            emission=emission,
        )

    def activity_cutoff(self, netuid: NetUid) -> int:
        """After how many blocks without weights a validator is inactive. Source: get_activity_cutoff_blocks"""
        return max(self.parameters.ActivityCutoffFactorMilli[netuid] * self.parameters.Tempo[netuid] // 1000, 1)

    def commit_blocks(self, netuid: NetUid, index: NetUid, hotkeys: list[AccountId]) -> list[int] | None:
        """The block of each neuron's oldest commit that waits; None where weights are set in the open."""
        if not self.parameters.CommitRevealWeightsEnabled[netuid]:
            return None
        uids, blocks = {hotkey: uid for uid, hotkey in enumerate(hotkeys)}, [U64_MAX] * len(hotkeys)
        for waiting in (self.commits.first_blocks(netuid, index), self.timelocks.blocks(netuid, index)):
            for hotkey, block in waiting:
                uid = uids.get(hotkey)
                if uid is not None:
                    blocks[uid] = min(blocks[uid], block)
        return blocks

    def keep(self, index: NetUid, outcome: EpochOutcome) -> None:
        """Store what belongs to one mechanism. Source: SubtensorModule::persist_mechanism_epoch_terms"""
        self.neurons.Incentive[index] = outcome.incentive
        self.deposit(Events.IncentiveAlphaEmittedToMiners(index, tuple(map(AlphaBalance, outcome.server_emission))))
        for uid, row in enumerate(outcome.bonds):
            self.matrix.Bonds[index, uid] = row
