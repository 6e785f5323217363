"""An epoch's end: what a subnet saved up is paid to its owner, miners, validators and those who staked to them."""

from __future__ import annotations

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.emission.children import (
    Parent,
    calculate_own_contribution,
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
from runtime.pallets.emission.epochs import Earnings, Epochs
from runtime.pallets.emission.ledger import Ledger
from runtime.pallets.emission.split import Split
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.inheritance import Inheritance
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.leases import Leases
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import ROOT, RecycleOrBurnEnum
from runtime.units import AlphaBalance, NetUid, TaoBalance


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
    leases: Leases
    inheritance: Inheritance
    delegation: Delegation
    epochs: Epochs
    ledger: Ledger

    def distribute(self, netuid: NetUid, pending: Split) -> None:
        """Run the epoch and pay what was saved up for it. Source: SubtensorModule::distribute_emission"""
        earned = self.epochs.run(netuid, pending.server + pending.validator + pending.root)
        incentive = sum(e.incentive for e in earned)
        validator_alpha = calculate_validator_alpha(pending.validator, pending.server, incentive)
        payouts = self.payouts(netuid, earned, validator_alpha, pending.root)
        self.pay_owner(netuid, pending.owner)
        self.pay_miners(netuid, earned)
        self.pay_validators(netuid, payouts)

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
        paid = calculate_payouts(earners, validator_alpha, root_alpha, self.inheritance.tao_weight())
        return dict(zip(hotkeys, paid, strict=True))

    def shared_with_parents(
        self, netuid: NetUid, hotkey: AccountId, dividend: AlphaBalance
    ) -> list[tuple[AccountId, AlphaBalance]]:
        """A dividend divided between a hotkey and those who lend it stake; the chain's take is recycled.

        Source: SubtensorModule::get_parent_child_dividends_distribution
        """
        weight, owner = self.inheritance.tao_weight(), self.ownership.Owner
        parents = self.stakes.ParentKeys[hotkey, netuid]
        division = divide_dividend(
            dividend,
            calculate_own_contribution(
                self.holdings(hotkey, netuid), [p for p, _ in self.stakes.ChildKeys[hotkey, netuid]], weight
            ),
            [Parent(self.holdings(p, netuid), part, owner[p] == owner[hotkey]) for part, p in parents],
            self.delegation.childkey_take(hotkey, netuid),
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
            self.leases.share_owner_cut(netuid, cut)
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
