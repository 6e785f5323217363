"""Leased subnets: a crowdloan buys one, its creator runs it, and those who paid get a part of the owner's cut."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chain.errors import DispatchError
from chain.scale.hints import u32
from chain.types import AccountId, BlockNumber
from runtime.fixed import U64F64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Identity, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import PostInfo, Weight, weigh
from runtime.pallets.balances import Balances, Preservation
from runtime.pallets.crowdloan.pallet import Crowdloan, CrowdloanInfo
from runtime.pallets.proxy.pallet import Proxy
from runtime.pallets.proxy.types import ProxyDefinition, ProxyType
from runtime.pallets.staking.moving import Moving, Place
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.leasing import (
    calculate_contributors_cut,
    calculate_dividends,
    calculate_refund,
    calculate_share,
    is_distribution_block,
    lease_coldkey,
    lease_hotkey,
)
from runtime.pallets.subnets.pallet import Subnets
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import SubnetLease
from runtime.pallets.system import System
from runtime.perthings import Percent
from runtime.units import AlphaBalance, NetUid, TaoBalance, saturating_sub

U32_MAX = (1 << 32) - 1


def registration_weight(contributors: int) -> Weight:
    """What `register_leased_network` says that it weighs. Source: WeightInfo::register_leased_network"""
    return weigh(
        309_598_986 + 46_027_026 * contributors,
        10_256 + 2579 * contributors,
        reads=49 + 2 * contributors,
        writes=53 + 2 * contributors,
    )


def registered_weight(contributors: int) -> Weight:
    """What it weighed in the end. Source: SubnetLeasingWeightInfo::do_register_leased_network"""
    return weigh(
        301_560_714 + 26_884_006 * contributors,
        10_079 + 2579 * contributors,
        reads=41 + 2 * contributors,
        writes=55 + 2 * contributors,
    )


def termination_weight(contributors: int) -> Weight:
    """What `terminate_lease` says that it weighs. Source: WeightInfo::terminate_lease"""
    return weigh(
        146_402_779 + 1_566_532 * contributors,
        6148 + 2529 * contributors,
        reads=4 + contributors,
        writes=7 + contributors,
    )


def terminated_weight(contributors: int) -> Weight:
    """What it weighed in the end. Source: SubnetLeasingWeightInfo::do_terminate_lease"""
    return weigh(
        56_635_122 + 912_993 * contributors,
        6148 + 2529 * contributors,
        reads=4 + contributors,
        writes=6 + contributors,
    )


def beneficiary_proxy(beneficiary: AccountId) -> ProxyDefinition:
    """What lets the beneficiary act for the account that owns the subnet."""
    return ProxyDefinition(beneficiary, ProxyType.SubnetLeaseBeneficiary, BlockNumber(0))


class Leases(Pallet):
    """Leased subnets. A section of SubtensorModule."""

    system: System
    balances: Balances
    crowdloan: Crowdloan
    proxy: Proxy
    parameters: Parameters
    registry: Registry
    ownership: Ownership
    moving: Moving
    subnets: Subnets

    SubnetLeases = StorageMap[u32, SubnetLease](Twox64Concat)
    """A lease by its number."""

    SubnetLeaseShares = StorageMap[tuple[u32, AccountId], U64F64](Twox64Concat, Identity, default=U64F64(0))
    """What part of a crowdloan an account gave, for each contributor of a lease but the beneficiary."""

    SubnetUidToLeaseId = StorageMap[NetUid, u32](Twox64Concat)
    """The lease of a subnet; it outlives the lease if that is terminated."""

    NextSubnetLeaseId = StorageValue[u32](default=0)
    """The number of the next lease."""

    AccumulatedLeaseDividends = StorageMap[u32, AlphaBalance](Twox64Concat, default=AlphaBalance(0))
    """What waits for the contributors of a lease, in rao of alpha."""

    # -- calls

    @call(110, weight=lambda self, emissions_share, end_block: registration_weight(self.crowdloan.MaxContributors))
    def register_leased_network(
        self, origin: Origin, emissions_share: Percent, end_block: BlockNumber | None
    ) -> PostInfo:
        """Register a subnet with what the crowdloan raised that makes this call; what is left goes back.

        The subnet belongs to an account of the lease, for which the beneficiary may act.

        Origin: the crowdloan's creator.  Emits: SubnetLeaseCreated.
        Raises: InvalidCrowdloanId, InvalidLeaseBeneficiary, LeaseCannotEndInThePast, Overflow, LeaseNetuidNotFound.
        Source: SubtensorModule::register_leased_network
        """
        who = ensure_signed(origin)
        number, loan = self._crowdloan_being_finalized()
        if who != loan.creator:
            raise Errors.InvalidLeaseBeneficiary
        if end_block is not None and end_block <= self.system.Number:
            raise Errors.LeaseCannotEndInThePast
        lease_id = self.NextSubnetLeaseId
        if lease_id == U32_MAX:
            raise Errors.Overflow
        self.NextSubnetLeaseId = lease_id + 1
        coldkey, hotkey = lease_coldkey(lease_id), lease_hotkey(lease_id)
        self.system.inc_providers(coldkey)
        self.system.inc_providers(hotkey)
        self.balances.transfer(loan.funds_account, coldkey, loan.raised, Preservation.Expendable)
        self.subnets.register(coldkey, hotkey, None)
        netuid = self._subnet_of(coldkey)
        self.proxy.add(coldkey, beneficiary_proxy(who))
        leftover = self.system.Account[coldkey].data.free
        self.SubnetLeases[lease_id] = SubnetLease(
            who, coldkey, hotkey, emissions_share, end_block, netuid, saturating_sub(loan.raised, leftover)
        )
        self.SubnetUidToLeaseId[netuid] = lease_id
        self.ownership.Delegates[hotkey] = 0
        self._share_out(lease_id, number, loan, coldkey, leftover)
        self.deposit(Events.SubnetLeaseCreated(who, lease_id, netuid, end_block))
        few = loan.contributors_count < self.crowdloan.MaxContributors
        return PostInfo(registered_weight(loan.contributors_count) if few else None)

    @call(111, weight=lambda self, lease_id, hotkey: termination_weight(self.crowdloan.MaxContributors))
    def terminate_lease(self, origin: Origin, lease_id: u32, hotkey: AccountId) -> PostInfo:
        """Give the subnet of a lease that has ended to the beneficiary, with a hotkey of his.

        Origin: the beneficiary.  Emits: SubnetLeaseTerminated.
        Raises: LeaseDoesNotExist, ExpectedBeneficiaryOrigin, LeaseHasNoEndBlock, LeaseHasNotEnded,
        BeneficiaryDoesNotOwnHotkey.  Source: SubtensorModule::terminate_lease
        """
        who, lease = ensure_signed(origin), self.SubnetLeases.get(lease_id)
        if lease is None:
            raise Errors.LeaseDoesNotExist
        if lease.beneficiary != who:
            raise Errors.ExpectedBeneficiaryOrigin
        if lease.end_block is None:
            raise Errors.LeaseHasNoEndBlock
        if self.system.Number < lease.end_block:
            raise Errors.LeaseHasNotEnded
        if not self.ownership.owns(who, hotkey):
            raise Errors.BeneficiaryDoesNotOwnHotkey
        self.registry.SubnetOwner[lease.netuid] = who
        self.registry.set_owner_hotkey(lease.netuid, hotkey)
        for account in (lease.coldkey, lease.hotkey):
            # the chain does not mind: the deposit of the proxy may still need the account
            with suppress(DispatchError):
                self.system.dec_providers(account)
        most = self.crowdloan.MaxContributors
        cleared = self.SubnetLeaseShares.clear(lease_id, limit=most)
        del self.AccumulatedLeaseDividends[lease_id]
        del self.SubnetLeases[lease_id]
        self.proxy.remove(lease.coldkey, beneficiary_proxy(who))
        self.deposit(Events.SubnetLeaseTerminated(who, lease.netuid))
        return PostInfo(terminated_weight(cleared) if cleared < most else None)

    # -- registration

    def _crowdloan_being_finalized(self) -> tuple[int, CrowdloanInfo]:
        """Raises: InvalidCrowdloanId where no crowdloan makes the call."""
        number = self.crowdloan.CurrentCrowdloanId
        loan = None if number is None else self.crowdloan.Crowdloans.get(number)
        if number is None or loan is None:
            raise Crowdloan.InvalidCrowdloanId
        return number, loan

    def _subnet_of(self, coldkey: AccountId) -> NetUid:
        """Raises: LeaseNetuidNotFound."""
        for netuid, owner in self.registry.SubnetOwner.items():
            if owner == coldkey:
                return NetUid(netuid)
        raise Errors.LeaseNetuidNotFound

    def _share_out(
        self, lease_id: int, number: int, loan: CrowdloanInfo, coldkey: AccountId, leftover: TaoBalance
    ) -> None:
        """Write down what part each contributor gave, and give back as much of what is left; the rest is the creator's.

        Source: SubtensorModule::do_register_leased_network
        """
        given = [(who, amount) for who, amount in self.crowdloan.Contributions.items(number) if who != loan.creator]
        shares = [calculate_share(amount, loan.raised) for _, amount in given]
        refund = calculate_refund(leftover, shares)
        for (who, _), share, amount in zip(given, shares, refund.contributors, strict=True):
            self.SubnetLeaseShares[lease_id, who] = share
            self.balances.transfer(coldkey, who, amount, Preservation.Expendable)
        self.balances.transfer(coldkey, loan.creator, refund.beneficiary, Preservation.Expendable)

    # -- dividends

    def share_owner_cut(self, netuid: NetUid, cut: AlphaBalance) -> None:
        """Give the contributors of a leased subnet their part of the owner's cut, or save it up for them.

        What cannot be paid, such as amounts below the least stake, is saved up too. After the lease's end nothing
        is shared.

        Emits: SubnetLeaseDividendsDistributed.  Source: SubtensorModule::distribute_leased_network_dividends
        """
        lease_id = self.SubnetUidToLeaseId.get(netuid)
        lease = None if lease_id is None else self.SubnetLeases.get(lease_id)
        block = self.system.Number
        if lease_id is None or lease is None or (lease.end_block is not None and lease.end_block <= block):
            return
        total = self.AccumulatedLeaseDividends[lease_id] + calculate_contributors_cut(cut, lease.emissions_share)
        if is_distribution_block(block, self.parameters.LeaseDividendsDistributionInterval):
            try:
                with self.state.transaction():
                    self._pay(lease_id, lease, total)
            except DispatchError:
                pass
            else:
                total = AlphaBalance(0)
        self.AccumulatedLeaseDividends[lease_id] = total

    def _pay(self, lease_id: int, lease: SubnetLease, total: AlphaBalance) -> None:
        """Move stake from the lease to those who gave, and the rest of it to the beneficiary.

        Emits: SubnetLeaseDividendsDistributed.  Raises: AmountTooLow.
        """
        shares = list(self.SubnetLeaseShares.items(lease_id))
        dividends = calculate_dividends(total, [share for _, share in shares])
        amounts = [(who, amount) for (who, _), amount in zip(shares, dividends.contributors, strict=True)]
        source = Place(lease.coldkey, lease.hotkey, lease.netuid)
        for who, alpha in (*amounts, (lease.beneficiary, dividends.beneficiary)):
            self.moving.move_within(source, Place(who, lease.hotkey, lease.netuid), alpha)
            self.deposit(Events.SubnetLeaseDividendsDistributed(lease_id, who, alpha))

    # -- the end of a subnet

    def forget(self, netuid: NetUid) -> None:
        """Forget the lease of a subnet that is dissolved. Source: SubtensorModule::remove_network"""
        lease_id = self.SubnetUidToLeaseId.get(netuid)
        if lease_id is not None:
            del self.SubnetUidToLeaseId[netuid]
            del self.SubnetLeases[lease_id]
            self.SubnetLeaseShares.clear(lease_id)
            del self.AccumulatedLeaseDividends[lease_id]


def forget_lease(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    leases: Leases = runtime.leases
    leases.forget(netuid)
