"""An epoch's end: what a subnet saved up is paid to its owner, miners, validators and those who staked to them."""

from __future__ import annotations

from dataclasses import dataclass

from chain.types import AccountId
from runtime.fixed import U96F32
from runtime.frame.pallet import Pallet
from runtime.pallets.emission.children import (
    Parent,
    calculate_childkey_take,
    calculate_inherited,
    calculate_own_contribution,
    calculate_stake_weight,
    divide_dividend,
)
from runtime.pallets.emission.children import Stakes as Holdings
from runtime.pallets.emission.dividends import (
    Earner,
    Payout,
    calculate_miner_burned,
    calculate_payouts,
    calculate_take,
    calculate_validator_alpha,
    sum_dividends,
)
from runtime.pallets.emission.epoch import Validators, run_without_weights
from runtime.pallets.emission.injection import calculate_tao_weight
from runtime.pallets.emission.ledger import Ledger
from runtime.pallets.emission.split import Split
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import ROOT, RecycleOrBurnEnum
from runtime.units import AlphaBalance, NetUid, TaoBalance


@dataclass(frozen=True, slots=True)
class Earnings:
    """What an epoch gives a neuron, in rao of alpha."""

    hotkey: AccountId
    incentive: AlphaBalance
    dividend: AlphaBalance


class Distribution(Pallet):
    """Who is paid what in an epoch. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    neurons: Neurons
    pools: Pools
    ownership: Ownership
    stakes: Stakes
    locks: Locks
    claims: RootClaims
    ledger: Ledger

    def distribute(self, netuid: NetUid, pending: Split) -> None:
        """Run the epoch and pay what was saved up for it. Source: SubtensorModule::distribute_emission"""
        earned = self.run_epoch(netuid, pending.server + pending.validator + pending.root)
        incentive = sum(e.incentive for e in earned)
        validator_alpha = calculate_validator_alpha(pending.validator, pending.server, incentive)
        payouts = self.payouts(netuid, earned, validator_alpha, pending.root)
        self.pay_owner(netuid, pending.owner)
        self.pay_miners(netuid, earned)
        self.pay_validators(netuid, payouts)

    # -- the epoch

    def run_epoch(self, netuid: NetUid, emission: AlphaBalance) -> list[Earnings]:
        """What each neuron earns of `emission`, by hotkey. Emits: IncentiveAlphaEmittedToMiners.

        Nobody can set weights yet, so this is the epoch of a subnet without them.
        """
        neurons, count = self.neurons, self.neurons.SubnetworkN[netuid]
        validators = self.validators(netuid)
        outcome = run_without_weights(validators, emission)
        hotkeys = [neurons.Keys[netuid, uid] for uid in range(count)]
        none = (AlphaBalance(0),) * count
        neurons.Incentive[netuid] = (0,) * count
        self.deposit(Events.IncentiveAlphaEmittedToMiners(netuid, none))
        neurons.Active[netuid] = tuple(validators.is_active)
        neurons.Emission[netuid] = tuple(outcome.dividends)
        neurons.Consensus[netuid] = neurons.Dividends[netuid] = neurons.ValidatorTrust[netuid] = (0,) * count
        neurons.ValidatorPermit[netuid] = tuple(outcome.permits)
        neurons.StakeWeight[netuid] = tuple(outcome.stake_weight)
        earned = [Earnings(h, AlphaBalance(0), d) for h, d in zip(hotkeys, outcome.dividends, strict=True)]
        return sorted(earned, key=lambda e: e.hotkey)

    def validators(self, netuid: NetUid) -> Validators:
        """What the epoch knows of the neurons of a subnet."""
        count, weight = self.neurons.SubnetworkN[netuid], self.tao_weight()
        permits = list(self.neurons.ValidatorPermit[netuid])
        return Validators(
            [
                calculate_stake_weight(
                    AlphaBalance(self.inherited(hotkey, netuid, netuid)),
                    TaoBalance(self.inherited(hotkey, netuid, ROOT)),
                    weight,
                )
                for hotkey in (self.neurons.Keys[netuid, uid] for uid in range(count))
            ],
            self.active(netuid),
            permits + [False] * (count - len(permits)),
            self.neurons.Uids.get((netuid, self.registry.SubnetOwnerHotkey[netuid])),
            self.parameters.StakeThreshold,
            self.parameters.MaxAllowedValidators[netuid],
        )

    def active(self, netuid: NetUid) -> list[bool]:
        """Which neurons set weights lately. Source: SubtensorModule::get_activity_cutoff_blocks"""
        factor, tempo = self.parameters.ActivityCutoffFactorMilli[netuid], self.parameters.Tempo[netuid]
        cutoff, block = max(factor * tempo // 1000, 1), self.registry.block()
        return [updated + cutoff >= block for updated in self.neurons.last_updates(netuid)]

    def inherited(self, hotkey: AccountId, netuid: NetUid, of: NetUid) -> int:
        """A hotkey's stake on the subnet `of`, with what it lends and is lent on `netuid`, in rao."""
        held, stakes = self.stakes.TotalHotkeyAlpha, self.stakes
        return calculate_inherited(
            held[hotkey, of],
            [proportion for proportion, _ in stakes.ChildKeys[hotkey, netuid]],
            [(held[parent, of], proportion) for proportion, parent in stakes.ParentKeys[hotkey, netuid]],
        )

    def tao_weight(self) -> U96F32:
        """What a rao of root stake counts."""
        return calculate_tao_weight(self.parameters.TaoWeight)

    # -- dividends

    def payouts(
        self, netuid: NetUid, earned: list[Earnings], validator_alpha: AlphaBalance, root_alpha: AlphaBalance
    ) -> dict[AccountId, Payout]:
        """What each hotkey with dividends is paid, by account.

        Source: SubtensorModule::calculate_dividend_and_incentive_distribution
        """
        amounts: dict[AccountId, list[AlphaBalance]] = {}
        for e in earned:
            for hotkey, amount in self.shared_with_parents(netuid, e.hotkey, e.dividend):
                amounts.setdefault(hotkey, []).append(amount)
        hotkeys = sorted(amounts)
        earners = []
        for hotkey in hotkeys:
            held = self.holdings(hotkey, netuid)
            earners.append(Earner(sum_dividends(amounts[hotkey]), held.alpha, held.root))
        paid = calculate_payouts(earners, validator_alpha, root_alpha, self.tao_weight())
        return dict(zip(hotkeys, paid, strict=True))

    def shared_with_parents(
        self, netuid: NetUid, hotkey: AccountId, dividend: AlphaBalance
    ) -> list[tuple[AccountId, AlphaBalance]]:
        """A dividend divided between a hotkey and those who lend it stake; the chain's take is recycled.

        Source: SubtensorModule::get_parent_child_dividends_distribution
        """
        weight, owner = self.tao_weight(), self.ownership.Owner
        parents = self.stakes.ParentKeys[hotkey, netuid]
        division = divide_dividend(
            dividend,
            calculate_own_contribution(
                self.holdings(hotkey, netuid), [p for p, _ in self.stakes.ChildKeys[hotkey, netuid]], weight
            ),
            [Parent(self.holdings(p, netuid), part, owner[p] == owner[hotkey]) for part, p in parents],
            calculate_childkey_take(
                self.stakes.ChildkeyTake[hotkey, netuid],
                self.parameters.MinChildkeyTake,
                self.parameters.MinChildkeyTakePerSubnet[netuid],
            ),
            self.parameters.CKBurn,
            weight,
        )
        for amount in division.recycled:
            self.pools.recycle_out(netuid, amount)
        shared = [(parent, amount) for (_, parent), amount in zip(parents, division.parents, strict=True)]
        return [*shared, (hotkey, division.child)]

    def holdings(self, hotkey: AccountId, netuid: NetUid) -> Holdings:
        """What is staked to a hotkey on a subnet and on root."""
        held = self.stakes.TotalHotkeyAlpha
        return Holdings(held[hotkey, netuid], TaoBalance(held[hotkey, ROOT]))

    # -- payment

    def pay_owner(self, netuid: NetUid, cut: AlphaBalance) -> None:
        """Stake the owner's cut to his hotkey, and lock it where he wants that."""
        owner, hotkey = self.registry.SubnetOwner.get(netuid), self.registry.SubnetOwnerHotkey.get(netuid)
        if owner is not None and hotkey is not None:
            self.stakes.add(hotkey, owner, netuid, cut)
            self.locks.lock_owner_cut(netuid, cut)

    def pay_miners(self, netuid: NetUid, earned: list[Earnings]) -> None:
        """Stake incentives to those who earned them; those of the owner's hotkeys are burned or recycled.

        Emits: AutoStakeAdded.  Source: SubtensorModule::distribute_dividends_and_incentives
        """
        owners, withheld = self.owner_hotkeys(netuid), AlphaBalance(0)
        for e in earned:
            if e.hotkey in owners:
                withheld = withheld + e.incentive
                self._withhold(netuid, e.incentive)
                continue
            coldkey = self.ownership.Owner[e.hotkey]
            chosen = self.stakes.AutoStakeDestination.get((coldkey, netuid))
            if chosen is not None:
                self.deposit(Events.AutoStakeAdded(netuid, chosen, e.hotkey, coldkey, e.incentive))
            self.stakes.add(e.hotkey if chosen is None else chosen, coldkey, netuid, e.incentive)
        total = AlphaBalance(sum(e.incentive for e in earned))
        self.ledger.MinerBurned[netuid] = calculate_miner_burned(withheld, total)

    def _withhold(self, netuid: NetUid, incentive: AlphaBalance) -> None:
        if self.parameters.RecycleOrBurn[netuid] is RecycleOrBurnEnum.Recycle:
            self.pools.recycle_out(netuid, incentive)
        else:
            self.pools.assets.burn(netuid, incentive)

    def owner_hotkeys(self, netuid: NetUid) -> frozenset[AccountId]:
        """The owner's hotkeys with a neuron in the subnet. Source: SubtensorModule::get_owner_hotkeys"""
        hotkeys = {*self.ownership.OwnedHotkeys[self.registry.SubnetOwner[netuid]]}
        hotkeys.add(self.registry.SubnetOwnerHotkey[netuid])
        return frozenset(h for h in hotkeys if (netuid, h) in self.neurons.Uids)

    def pay_validators(self, netuid: NetUid, payouts: dict[AccountId, Payout]) -> None:
        """Stake the takes of validators, give the rest to those who staked to them, gather root's part.

        Source: SubtensorModule::distribute_dividends_and_incentives
        """
        books, stakes = self.ledger, self.stakes
        books.AlphaDividendsPerSubnet.clear(netuid)
        for hotkey, payout in payouts.items():
            taken = calculate_take(payout.alpha, self.ownership.Delegates[hotkey])
            stakes.add(hotkey, self.ownership.Owner[hotkey], netuid, taken.take)
            stakes.add_for_all(hotkey, netuid, taken.rest)
            key = (netuid, hotkey)
            books.AlphaDividendsPerSubnet[key] = books.AlphaDividendsPerSubnet[key] + taken.rest
            stakes.TotalHotkeyAlphaLastEpoch[hotkey, netuid] = stakes.TotalHotkeyAlpha[hotkey, netuid]
        books.RootAlphaDividendsPerSubnet.clear(netuid)
        for hotkey, payout in payouts.items():
            taken = calculate_take(payout.root, self.ownership.Delegates[hotkey])
            stakes.add(hotkey, self.ownership.Owner[hotkey], netuid, taken.take)
            self.claims.gather(hotkey, netuid, taken.rest)
            key = (netuid, hotkey)
            books.RootAlphaDividendsPerSubnet[key] = books.RootAlphaDividendsPerSubnet[key] + taken.rest
