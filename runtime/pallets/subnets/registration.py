"""Neurons come into subnets: into a free place, or into that of the neuron that earns least."""

from __future__ import annotations

from chain.scale.hints import u64
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.burn_price import calculate_bumped_burn
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.replacement import Candidate, find_owner_uids, find_replaced
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.exchange import Exchanges
from runtime.units import AlphaBalance, NetUid


class Registration(Pallet):
    """Who becomes a neuron. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    neurons: Neurons
    tao: Tao
    pools: Pools
    exchanges: Exchanges
    ownership: Ownership
    stakes: Stakes
    trading: Trading

    @call(6, weight=weigh(349_872_000, 6148, reads=34, writes=29))
    def register(
        self,
        origin: Origin,
        netuid: NetUid,
        block_number: u64,
        nonce: u64,
        work: bytes,
        hotkey: AccountId,
        coldkey: AccountId,
    ) -> None:
        """Register a hotkey of the caller's in a subnet, at its price; work counts for nothing.

        Origin: signed.  Emits: NeuronRegistered.  Source: SubtensorModule::register
        """
        self.buy_neuron(ensure_signed(origin), netuid, hotkey)

    @call(7, weight=weigh(336_815_000, 6148, reads=34, writes=29))
    def burned_register(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Register a hotkey of the caller's in a subnet, at its price.

        Origin: signed.  Emits: NeuronRegistered.  Source: SubtensorModule::burned_register
        """
        self.buy_neuron(ensure_signed(origin), netuid, hotkey)

    @call(134, weight=weigh(354_200_000, reads=47, writes=40))
    def register_limit(self, origin: Origin, netuid: NetUid, hotkey: AccountId, limit_price: u64) -> None:
        """Register a hotkey of the caller's in a subnet, if that costs `limit_price` rao at most.

        Origin: signed.  Emits: NeuronRegistered.
        Raises: RegistrationNotPermittedOnRootSubnet, RegistrationPriceLimitExceeded.
        Source: SubtensorModule::register_limit
        """
        coldkey = ensure_signed(origin)
        self._ensure_subnet(netuid)
        if self.neurons.Burn[netuid] > limit_price:
            raise Errors.RegistrationPriceLimitExceeded
        self.buy_neuron(coldkey, netuid, hotkey)

    @call(62, weight=weigh(103_934_000, 4981, reads=19, writes=16))
    def root_register(self, origin: Origin, hotkey: AccountId) -> None:
        """Register a hotkey on the root network, where there is room or it has more stake than somebody.

        Origin: signed.  Emits: NeuronRegistered.
        Raises: RootNetworkDoesNotExist, TooManyRegistrationsThisBlock, TooManyRegistrationsThisInterval,
        HotKeyAlreadyRegisteredInSubNet, StakeTooLowForRoot.
        Source: SubtensorModule::root_register
        """
        if not self.registry.NetworksAdded[ROOT]:
            raise Errors.RootNetworkDoesNotExist
        coldkey, neurons = ensure_signed(origin), self.neurons
        if neurons.RegistrationsThisBlock[ROOT] >= self.parameters.MaxRegistrationsPerBlock[ROOT]:
            raise Errors.TooManyRegistrationsThisBlock
        if neurons.RegistrationsThisInterval[ROOT] >= 3 * self.parameters.TargetRegistrationsPerInterval[ROOT]:
            raise Errors.TooManyRegistrationsThisInterval
        if (ROOT, hotkey) in neurons.Uids:
            raise Errors.HotKeyAlreadyRegisteredInSubNet
        self.ownership.create_account(coldkey, hotkey)
        uid = self._join_root(hotkey)
        self.ownership.become_delegate(hotkey)
        neurons.RegistrationsThisInterval[ROOT] = neurons.RegistrationsThisInterval[ROOT] + 1
        neurons.RegistrationsThisBlock[ROOT] = neurons.RegistrationsThisBlock[ROOT] + 1
        self.deposit(Events.NeuronRegistered(ROOT, uid, hotkey))

    def buy_neuron(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId) -> None:
        """Register a hotkey: the price buys alpha, which is gone, and rises.

        Emits: NeuronRegistered.
        Raises: RegistrationNotPermittedOnRootSubnet, SubnetNotExists, SubNetRegistrationDisabled,
        HotKeyAlreadyRegisteredInSubNet, NotEnoughBalanceToStake, NonAssociatedColdKey, NoNeuronIdAvailable, ...
        Source: SubtensorModule::do_register
        """
        self._ensure_subnet(netuid)
        if not self.parameters.NetworkRegistrationAllowed[netuid]:
            raise Errors.SubNetRegistrationDisabled
        if (netuid, hotkey) in self.neurons.Uids:
            raise Errors.HotKeyAlreadyRegisteredInSubNet
        price = self.neurons.Burn[netuid]
        if price > self.tao.balance(coldkey):
            raise Errors.NotEnoughBalanceToStake
        self.ownership.create_account(coldkey, hotkey)
        if not self.ownership.owns(coldkey, hotkey):
            raise Errors.NonAssociatedColdKey
        room = self.parameters.MaxAllowedUids[netuid]
        if not room or (self.neurons.SubnetworkN[netuid] >= room and self.replaced(netuid) is None):
            raise Errors.NoNeuronIdAvailable
        paid = self.trading.transfer_in(netuid, coldkey, price)
        bought = self.exchanges.buy(netuid, paid).paid_out
        alpha_out = self.pools.SubnetAlphaOut
        alpha_out[netuid] = AlphaBalance(max(alpha_out[netuid] - bought, 0))
        uid = self.register_neuron(netuid, hotkey)
        self._raise_price(netuid)
        neurons = self.neurons
        neurons.RegistrationsThisBlock[netuid] = neurons.RegistrationsThisBlock[netuid] + 1
        neurons.RAORecycledForRegistration[netuid] = neurons.RAORecycledForRegistration[netuid] + price
        self.pools.record_flow(netuid, paid)
        self.deposit(Events.NeuronRegistered(netuid, uid, hotkey))

    def _ensure_subnet(self, netuid: NetUid) -> None:
        """Raises: RegistrationNotPermittedOnRootSubnet, SubnetNotExists."""
        if netuid == ROOT:
            raise Errors.RegistrationNotPermittedOnRootSubnet
        self.registry.ensure_exists(netuid)

    def _raise_price(self, netuid: NetUid) -> None:
        rules, burn = self.parameters, self.neurons.Burn
        least, most = rules.MinBurn[netuid], rules.MaxBurn[netuid]
        burn[netuid] = calculate_bumped_burn(burn[netuid], rules.BurnIncreaseMult[netuid], least, most)

    def _join_root(self, hotkey: AccountId) -> int:
        """The uid of a hotkey on the root network: a free one, or that of who has the least stake.

        Raises: StakeTooLowForRoot.
        """
        neurons, held, block = self.neurons, self.stakes.TotalHotkeyAlpha, self.registry.block()
        if neurons.SubnetworkN[ROOT] < self.parameters.MaxAllowedUids[ROOT]:
            return neurons.append(ROOT, hotkey, block)
        uid: int
        stake, uid = min((held[member, ROOT], uid) for uid, member in neurons.Keys.items(ROOT))
        if stake >= held[hotkey, ROOT]:
            raise Errors.StakeTooLowForRoot
        neurons.replace(ROOT, uid, hotkey, block)
        return uid

    def register_neuron(self, netuid: NetUid, hotkey: AccountId) -> int:
        """Give a hotkey a uid of a subnet, the next one or another's.

        Raises: NoNeuronIdAvailable.  Source: SubtensorModule::register_neuron
        """
        block = self.registry.block()
        if self.neurons.SubnetworkN[netuid] < self.parameters.MaxAllowedUids[netuid]:
            return self.neurons.append(netuid, hotkey, block)
        uid = self.replaced(netuid)
        if uid is None:
            raise Errors.NoNeuronIdAvailable
        self.neurons.replace(netuid, uid, hotkey, block)
        return uid

    def replaced(self, netuid: NetUid) -> int | None:
        """The uid whose neuron makes room for the next. Source: SubtensorModule::get_neuron_to_prune"""
        neurons, kept, block = self.neurons, self.owner_uids(netuid), self.registry.block()
        emission, period = neurons.Emission[netuid], self.parameters.ImmunityPeriod[netuid]
        candidates = []
        for uid in neurons.Keys.keys(netuid):
            if uid not in kept:
                earned = emission[uid] if uid < len(emission) else AlphaBalance(0)
                registered = neurons.BlockAtRegistration[netuid, uid]
                candidates.append(Candidate(uid, earned, registered, max(block - registered, 0) < period))
        return find_replaced(candidates, self.parameters.MinNonImmuneUids[netuid])

    def owner_uids(self, netuid: NetUid) -> list[int]:
        """The neurons of a subnet's owner that are never replaced. Source: SubtensorModule::get_immune_owner_uids"""
        uids = self.neurons.Uids
        owned = self.ownership.OwnedHotkeys[self.registry.SubnetOwner[netuid]]
        found = [uid for uid in (uids.get((netuid, hotkey)) for hotkey in owned) if uid is not None]
        return find_owner_uids(
            ((self.neurons.BlockAtRegistration[netuid, uid], uid) for uid in found),
            self.parameters.ImmuneOwnerUidsLimit[netuid],
            self.neurons.owner_uid(netuid),
        )
