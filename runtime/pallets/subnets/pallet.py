"""What subnet owners call: register, start, describe, dissolve."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from chain.errors import DispatchError
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.burn_price import calculate_decayed_burn
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.genesis import add_first_subnet, add_root
from runtime.pallets.subnets.lock_cost import (
    calculate_initial_pool,
    calculate_lock_cost,
    calculate_median_price,
    calculate_reduction_interval,
)
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.pruning import (
    Candidate,
    calculate_owner_refund,
    calculate_payout,
    calculate_protocol_value,
    calculate_stake_value,
    find_subnet_to_prune,
)
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.symbols import SYMBOLS
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT, ZERO_ACCOUNT, NetworkLastRegistered, SubnetIdentity, is_subnet_account
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance

DYNAMIC = 1
"""The mechanism of a subnet whose alpha is traded in a pool."""
DEFAULT_BURN = TaoBalance(1_000_000_000)
"""What a registration in a new subnet costs, in rao. Source: DefaultNeuronBurnCost"""
DISSOLVE_WEIGHT = weigh(119_000_000, reads=6, writes=31)


class Subnets(Pallet):
    """Subnets come, start, and go. A section of SubtensorModule."""

    parameters: Parameters
    tao: Tao
    registry: Registry
    clock: Clock
    neurons: Neurons
    pools: Pools
    swap: Swap
    ownership: Ownership
    stakes: Stakes
    locks: Locks
    claims: RootClaims
    trading: Trading
    delegation: Delegation

    on_network_removed: ClassVar[list[Callable[[Any, NetUid], None]]] = []
    """Who else keeps something of a subnet, and forgets it when the subnet goes."""

    # -- calls

    @call(59, weight=weigh(277_125_000, 9947, reads=40, writes=48))
    def register_network(self, origin: Origin, hotkey: AccountId) -> None:
        """Register a subnet. Its price becomes the subnet's pool; the hotkey gets uid 0.

        Origin: signed.  Emits: NetworkAdded.  Source: SubtensorModule::register_network
        """
        self.register(ensure_signed(origin), hotkey, None)

    @call(79, weight=weigh(275_041_000, 9883, reads=39, writes=47))
    def register_network_with_identity(
        self, origin: Origin, hotkey: AccountId, identity: SubnetIdentity | None
    ) -> None:
        """Register a subnet, and tell what it is.

        Origin: signed.  Emits: NetworkAdded, SubnetIdentitySet.
        Source: SubtensorModule::register_network_with_identity
        """
        self.register(ensure_signed(origin), hotkey, identity)

    @call(92, weight=weigh(39_454_000, 4583, reads=5, writes=2))
    def start_call(self, origin: Origin, netuid: NetUid) -> None:
        """Start a subnet: from the next block it takes part in emission, and its alpha is traded.

        Origin: the subnet's owner.  Emits: FirstEmissionBlockNumberSet.
        Raises: FirstEmissionBlockNumberAlreadySet, NeedWaitingMoreBlocksToStarCall.
        Source: SubtensorModule::start_call
        """
        self.registry.ensure_exists(netuid)
        self.registry.ensure_owner(origin, netuid)
        if netuid in self.registry.FirstEmissionBlockNumber:
            raise Errors.FirstEmissionBlockNumberAlreadySet
        block = self.registry.block()
        if block < self.registry.NetworkRegisteredAt[netuid] + self.parameters.StartCallDelay:
            raise Errors.NeedWaitingMoreBlocksToStarCall
        self.registry.FirstEmissionBlockNumber[netuid] = block + 1
        self.registry.SubtokenEnabled[netuid] = True
        self.deposit(Events.FirstEmissionBlockNumberSet(netuid, block + 1))

    @call(78, weight=weigh(17_513_000, 4060, reads=1, writes=1))
    def set_subnet_identity(
        self,
        origin: Origin,
        netuid: NetUid,
        subnet_name: bytes,
        github_repo: bytes,
        subnet_contact: bytes,
        subnet_url: bytes,
        discord: bytes,
        description: bytes,
        logo_url: bytes,
        additional: bytes,
    ) -> None:
        """Tell what a subnet is.

        Origin: the subnet's owner.  Emits: SubnetIdentitySet.  Raises: NotSubnetOwner, InvalidIdentity.
        Source: SubtensorModule::set_subnet_identity
        """
        if self.registry.SubnetOwner[netuid] != ensure_signed(origin):
            raise Errors.NotSubnetOwner
        self._set_identity(
            netuid,
            SubnetIdentity(
                subnet_name, github_repo, subnet_contact, subnet_url, discord, description, logo_url, additional
            ),
        )

    @call(112, weight=weigh(28_313_000, 9074, reads=4, writes=1))
    def update_symbol(self, origin: Origin, netuid: NetUid, symbol: bytes) -> None:
        """Choose the symbol of a subnet's alpha, one that nobody has.

        Origin: the subnet's owner, or root.  Emits: SymbolUpdated.  Raises: SymbolDoesNotExist, SymbolAlreadyInUse.
        Source: SubtensorModule::update_symbol
        """
        self.registry.ensure_owner_or_root(origin, netuid)
        if symbol not in [s.encode() for s in SYMBOLS[1:]]:
            raise Errors.SymbolDoesNotExist
        if symbol in list(self.registry.TokenSymbol.values()):
            raise Errors.SymbolAlreadyInUse
        self.registry.TokenSymbol[netuid] = symbol
        self.deposit(Events.SymbolUpdated(netuid, symbol))

    @call(61, weight=DISSOLVE_WEIGHT)
    def dissolve_network(self, origin: Origin, coldkey: AccountId, netuid: NetUid) -> None:
        """Dissolve a subnet and pay its stakers. The coldkey does not matter.

        Origin: root.  Emits: NetworkRemoved.  Source: SubtensorModule::dissolve_network
        """
        ensure_root(origin)
        self.dissolve(netuid)

    @call(120, weight=DISSOLVE_WEIGHT)
    def root_dissolve_network(self, origin: Origin, netuid: NetUid) -> None:
        """Dissolve a subnet and pay its stakers.

        Origin: root.  Emits: NetworkRemoved.  Source: SubtensorModule::root_dissolve_network
        """
        ensure_root(origin)
        self.dissolve(netuid)

    # -- registration

    def register(self, coldkey: AccountId, hotkey: AccountId, identity: SubnetIdentity | None) -> None:
        """Make a subnet of the coldkey; the cheapest mature one makes room where there is none.

        Emits: NetworkAdded, SubnetIdentitySet, SetChildren.
        Raises: NonAssociatedColdKey, CannotUseSystemAccount, SubNetRegistrationDisabled,
        NetworkTxRateLimitExceeded, SubnetLimitReached, CannotAffordLockCost.
        Source: SubtensorModule::do_register_network
        """
        block, minimum = self.registry.block(), self.parameters.NetworkMinLockCost
        if hotkey in self.ownership.Owner and not self.ownership.owns(coldkey, hotkey):
            raise Errors.NonAssociatedColdKey
        if is_subnet_account(hotkey):
            raise Errors.CannotUseSystemAccount
        if block < self.parameters.NetworkRegistrationStartBlock:
            raise Errors.SubNetRegistrationDisabled
        self.ensure_rate_limit()
        pruned = self._subnet_to_prune()
        cost = self.lock_cost()
        if cost > self.tao.balance(coldkey):
            raise Errors.CannotAffordLockCost
        if pruned is not None:
            self.dissolve(pruned)
        netuid = self.next_netuid() if pruned is None else pruned
        median = calculate_median_price([self.swap.price(n) for n in self._subnets()])
        self.initialize(netuid, block)
        lock = self.trading.transfer_in(netuid, coldkey, cost)
        self.registry.NetworkLastLockCost = lock
        self.registry.LastRateLimitedBlock[NetworkLastRegistered()] = block
        self.ownership.create_account(coldkey, hotkey)
        self.neurons.append(netuid, hotkey, block)
        self.registry.SubnetMechanism[netuid] = DYNAMIC
        self.registry.NetworkRegisteredAt[netuid] = block
        self.registry.RegisteredSubnetCounter[netuid] = self.registry.RegisteredSubnetCounter[netuid] + 1
        self.registry.TokenSymbol[netuid] = self.next_symbol(netuid)
        start = calculate_initial_pool(lock, minimum, median)
        self.pools.SubnetTAO[netuid] = start.tao
        self.pools.SubnetAlphaIn[netuid] = start.alpha
        self.registry.SubnetOwner[netuid] = coldkey
        self.registry.set_owner_hotkey(netuid, hotkey)
        self.registry.SubnetLocked[netuid] = lock
        self.pools.SubnetAlphaOut[netuid] = AlphaBalance(0)
        self.pools.SubnetVolume[netuid] = 0
        self.neurons.RAORecycledForRegistration[netuid] = start.recycled
        self.pools.change_total_stake(start.tao)
        if identity is not None:
            self._set_identity(netuid, identity)
        self.delegation.schedule_root_validators(netuid)
        self.deposit(Events.NetworkAdded(netuid, DYNAMIC))
        self.parameters.SubnetEmissionEnabled[netuid] = False

    def ensure_rate_limit(self) -> None:
        """Raises: NetworkTxRateLimitExceeded while the last registration is not long ago."""
        if self.registry.is_too_early(self.registry.last_lock_block(), self.parameters.NetworkRateLimit):
            raise Errors.NetworkTxRateLimitExceeded

    def initialize(self, netuid: NetUid, block: int) -> None:
        """Write what every new subnet begins with. Source: SubtensorModule::init_new_network"""
        to, tempo = self.parameters, self.parameters.InitialTempo
        self.neurons.SubnetworkN[netuid] = 0
        self.registry.NetworksAdded[netuid] = True
        to.Tempo[netuid] = tempo
        self.clock.begin(netuid, tempo, block)
        self.registry.TotalNetworks = self.registry.TotalNetworks + 1
        to.NetworkRegistrationAllowed[netuid] = True
        self.deposit(Events.RegistrationAllowed(netuid, True))
        to.MaxAllowedUids[netuid] = 256
        self.deposit(Events.MaxAllowedUidsSet(netuid, 256))
        to.MaxAllowedValidators[netuid] = 64
        self.deposit(Events.MaxAllowedValidatorsSet(netuid, 64))
        to.MinAllowedWeights[netuid] = 1
        self.deposit(Events.MinAllowedWeightSet(netuid, 1))
        to.ImmunityPeriod[netuid] = 5000
        self.deposit(Events.ImmunityPeriodSet(netuid, 5000))
        to.Yuma3On[netuid] = True
        self.neurons.Burn[netuid] = DEFAULT_BURN
        for item in (to.Kappa, to.ActivityCutoff):
            item[netuid] = item[netuid]
        self.neurons.RegistrationsThisInterval[netuid] = 0

    def next_netuid(self) -> NetUid:
        """The least netuid that is free, above root's."""
        taken, netuid = frozenset(self.registry.netuids()), NetUid(1)
        while netuid in taken:
            netuid = NetUid(netuid + 1)
        return netuid

    def next_symbol(self, netuid: NetUid) -> bytes:
        """A subnet's own symbol, or the first that is free. Source: SubtensorModule::get_next_available_symbol"""
        used = list(self.registry.TokenSymbol.values())
        own = SYMBOLS[netuid] if netuid < len(SYMBOLS) else SYMBOLS[0]
        wanted = (own, *SYMBOLS[1:])
        return next((s.encode() for s in wanted if s.encode() not in used), SYMBOLS[0].encode())

    def lock_cost(self) -> TaoBalance:
        """What a subnet costs in this block, in rao. Source: SubtensorModule::get_network_lock_cost"""
        emission = TaoBalance(self.tao.block_emission(self.tao.TotalIssuance))
        interval = calculate_reduction_interval(self.parameters.NetworkLockReductionInterval, emission)
        return calculate_lock_cost(
            self.registry.NetworkLastLockCost,
            self.parameters.NetworkMinLockCost,
            self.registry.last_lock_block(),
            self.registry.block(),
            interval,
        )

    def next_to_prune(self) -> NetUid | None:
        """The subnet that would go first; None while all are immune. Source: SubtensorModule::get_network_to_prune"""
        prices, ages = self.pools.moving_price, self.registry.NetworkRegisteredAt
        candidates = [Candidate(n, prices(n), ages[n]) for n in self._subnets()]
        return find_subnet_to_prune(candidates, self.registry.block(), self.parameters.NetworkImmunityPeriod)

    def _subnet_to_prune(self) -> NetUid | None:
        """Raises: SubnetLimitReached where there is no room and all are immune."""
        if len(self._subnets()) < self.parameters.SubnetLimit:
            return None
        found = self.next_to_prune()
        if found is None:
            raise Errors.SubnetLimitReached
        return found

    def _subnets(self) -> list[NetUid]:
        return [n for n in self.registry.netuids() if n != ROOT]

    def _set_identity(self, netuid: NetUid, identity: SubnetIdentity) -> None:
        """Emits: SubnetIdentitySet.  Raises: InvalidIdentity."""
        if not identity.is_valid():
            raise Errors.InvalidIdentity
        self.registry.SubnetIdentitiesV3[netuid] = identity
        self.deposit(Events.SubnetIdentitySet(netuid))

    def update_registration_prices(self) -> None:
        """Let the price of a registration fall, in every subnet, and begin to count registrations anew.

        Source: SubtensorModule::update_registration_prices_for_networks
        """
        block, rules, neurons = self.registry.block(), self.parameters, self.neurons
        for netuid in self.registry.netuids():
            burn = neurons.Burn[netuid]
            half_life, least, most = rules.BurnHalfLife[netuid], rules.MinBurn[netuid], rules.MaxBurn[netuid]
            decayed = calculate_decayed_burn(burn, half_life, block, least, most)
            if decayed != burn:
                neurons.Burn[netuid] = decayed
            neurons.RegistrationsThisBlock[netuid] = 0
            if netuid == ROOT and self.clock.is_due(netuid, block):
                neurons.RegistrationsThisInterval[netuid] = 0

    def is_settled(self) -> bool:
        """Whether there is no subnet, and on the root network no price that falls and no counter that begins anew."""
        rules, neurons = self.parameters, self.neurons
        burn, later = neurons.Burn[ROOT], max(self.registry.block() + 1, 2)  # in block 1 no price falls
        least, most = rules.MinBurn[ROOT], rules.MaxBurn[ROOT]
        return (
            all(netuid == ROOT for netuid in self.registry.netuids())
            and not neurons.RegistrationsThisBlock[ROOT]
            and not neurons.RegistrationsThisInterval[ROOT]
            and calculate_decayed_burn(burn, rules.BurnHalfLife[ROOT], later, least, most) == burn
        )

    # -- the end of a subnet

    def dissolve(self, netuid: NetUid) -> None:
        """Pay those who have staked on a subnet out of its pool, and forget it.

        Emits: NetworkRemoved.  Raises: SubnetNotExists.  Source: SubtensorModule::do_dissolve_network
        """
        if netuid == ROOT or not self.registry.NetworksAdded[netuid]:
            raise Errors.SubnetNotExists
        self.claims.forget_subnet(netuid)
        self._pay_out(netuid)
        self.swap.forget(netuid)
        self.forget(netuid)
        self.deposit(Events.NetworkRemoved(netuid))

    def _pay_out(self, netuid: NetUid) -> None:
        """Divide the pool's TAO by stake; what nobody is paid is recycled. Source: destroy_alpha_in_out_stakes"""
        registered, account = self.registry.NetworkRegisteredAt[netuid], self.registry.account(netuid)
        owner, lock = self.registry.SubnetOwner[netuid], self.registry.SubnetLocked[netuid]
        refund = calculate_owner_refund(
            lock,
            self.pools.issuance(netuid),
            self.parameters.SubnetOwnerCut,
            self.swap.price(netuid),
            registered,
            self.parameters.NetworkRegistrationStartBlock,
        )
        hotkeys = [h for h, n in self.stakes.TotalHotkeyAlpha if n == netuid]
        stakers, values = [], []
        for hotkey in hotkeys:
            for coldkey, share in self.stakes.coldkeys(hotkey, netuid):
                value = calculate_stake_value(self.stakes.of(hotkey, coldkey, netuid), share)
                if value:
                    stakers.append(coldkey)
                    values.append(value)
        protocol = calculate_protocol_value(
            self.pools.SubnetProtocolAlpha[netuid],
            self.pools.SubnetAlphaIn[netuid],
            registered,
            self.parameters.TaoInRefundDeploymentBlock,
        )
        pot = self.pools.SubnetTAO[netuid]
        del self.pools.SubnetTAO[netuid]
        self.pools.change_total_stake(-pot)
        paid = calculate_payout(pot, values, protocol)
        for place in paid.order:
            self._pay(netuid, stakers[place], paid.shares[place])
        self.stakes.remove_all(netuid, hotkeys)
        for item in (self.pools.SubnetAlphaIn, self.pools.SubnetAlphaOut, self.pools.SubnetProtocolAlpha):
            del item[netuid]
        if refund:
            left = TaoBalance(max(self.tao.balance(account) - paid.protocol, 0))
            self._pay(netuid, owner, min(refund, left))
        rest = self.tao.keep_alive_balance(account)
        if rest:
            self.tao.recycle(account, rest)

    def _pay(self, netuid: NetUid, who: AccountId, tao: TaoBalance) -> None:
        """Pay `tao` rao out of a subnet that goes; too little for an account that is gone is recycled with the rest."""
        with suppress(DispatchError), self.state.transaction():
            self.trading.transfer_out(netuid, who, tao)

    def forget(self, netuid: NetUid) -> None:
        """Remove everything that is kept of a subnet. Source: SubtensorModule::remove_network"""
        self.neurons.remove_all(netuid)
        self.registry.TotalNetworks = max(self.registry.TotalNetworks - 1, 0)
        if netuid in self.registry.SubnetIdentitiesV3:
            del self.registry.SubnetIdentitiesV3[netuid]
            self.deposit(Events.SubnetIdentityRemoved(netuid))
        self.stakes.forget_subnet(netuid)
        self.delegation.PendingChildKeys.clear(netuid)
        self.locks.forget_subnet(netuid)
        self.registry.forget(netuid)
        self.clock.forget(netuid)
        self.pools.forget(netuid)
        self.parameters.forget(netuid)
        for tell in self.on_network_removed:
            tell(self.runtime, netuid)

    def build_genesis(self, config: Any) -> None:
        """Write the root network, and netuid 1 unless the chain begins without it."""
        if config.start_call_delay:
            self.parameters.StartCallDelay = config.start_call_delay
        if config.network_rate_limit is not None:
            self.parameters.NetworkRateLimit = config.network_rate_limit
        add_root(self, config.root_owner or (ZERO_ACCOUNT, ZERO_ACCOUNT))
        if config.first_subnet:
            add_first_subnet(self)
