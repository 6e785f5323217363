"""Dividends of the root network: they gather as a rate for each hotkey, and each coldkey claims its own."""

from __future__ import annotations

from collections.abc import Mapping

from chain.errors import DispatchError
from chain.scale.hints import u64, u128
from chain.types import AccountId
from runtime.fixed import I96F32, U128_MAX, i96f32
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap, StorageValue
from runtime.frame.weight import PostInfo, Weight, weigh
from runtime.pallets.emission.auto_claim import calculate_claim_indices
from runtime.pallets.emission.root_claim import (
    calculate_claim,
    calculate_claimed,
    calculate_owed,
    calculate_rate_increase,
)
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import EMPTY_MAP, ROOT, KeepSubnets, RootClaimTypeEnum, Swap
from runtime.pallets.swap.exchange import Exchanges
from runtime.pallets.system import System
from runtime.units import AlphaBalance, NetUid, TaoBalance

MAX_SUBNET_CLAIMS = 5
MAX_NUM_ROOT_CLAIMS = 50
MAX_ROOT_CLAIM_THRESHOLD = 10_000_000
CLAIM_WEIGHT = weigh(60_000_000, 6987, reads=7, writes=5)
NO_CLAIM = I96F32(0)

Claimant = tuple[AccountId, AccountId]
"""A hotkey, and the coldkey that has staked to it on the root network."""


class RootClaims(Pallet):
    """What root stake earned on the subnets, and who has had it. A section of SubtensorModule."""

    system: System
    parameters: Parameters
    tao: Tao
    registry: Registry
    pools: Pools
    exchanges: Exchanges
    ownership: Ownership
    stakes: Stakes

    SubnetRootSellTao = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """The TAO that root dividends were sold for in this block, in rao."""

    RootClaimable = StorageMap[AccountId, Mapping[NetUid, I96F32]](Blake2_128Concat, default=EMPTY_MAP)
    """The root dividends of a hotkey for each rao of root stake, by subnet."""

    RootClaimed = StorageMap[tuple[NetUid, AccountId, AccountId], u128](
        Identity, Blake2_128Concat, Blake2_128Concat, default=0
    )
    """What a coldkey's root stake on a hotkey had or counts as claimed, in rao of alpha."""

    RootClaimType = StorageMap[AccountId, RootClaimTypeEnum](Blake2_128Concat, default=Swap())
    """What becomes of a coldkey's root dividends."""

    StakingColdkeysByIndex = StorageMap[u64, AccountId](Identity)
    """The coldkeys with root stake, numbered."""

    StakingColdkeys = StorageMap[AccountId, u64](Identity)
    """The number of a coldkey with root stake."""

    NumStakingColdkeys = StorageValue[u64](default=0)
    """How many coldkeys have root stake."""

    # -- calls

    @call(121, weight=weigh(138_999_000, 7875, reads=16, writes=4))
    def claim_root(self, origin: Origin, subnets: frozenset[NetUid]) -> PostInfo:
        """Claim the caller's root dividends on some subnets, at most five.

        Origin: signed.  Emits: RootClaimed.  Raises: InvalidSubnetNumber.  Source: SubtensorModule::claim_root
        """
        coldkey = ensure_signed(origin)
        if not 0 < len(subnets) <= MAX_SUBNET_CLAIMS:
            raise Errors.InvalidSubnetNumber
        self.add_coldkey(coldkey)
        return PostInfo(self.claim(coldkey, subnets))

    @call(122, weight=weigh(18_283_000, 3941, reads=2, writes=4))
    def set_root_claim_type(self, origin: Origin, new_root_claim_type: RootClaimTypeEnum) -> None:
        """Choose what becomes of the caller's root dividends.

        Origin: signed.  Emits: RootClaimTypeSet.  Raises: InvalidSubnetNumber.
        Source: SubtensorModule::set_root_claim_type
        """
        coldkey = ensure_signed(origin)
        if isinstance(new_root_claim_type, KeepSubnets) and not new_root_claim_type.subnets:
            raise Errors.InvalidSubnetNumber
        self.add_coldkey(coldkey)
        self.RootClaimType[coldkey] = new_root_claim_type
        self.deposit(Events.RootClaimTypeSet(coldkey, new_root_claim_type))

    @call(123, weight=weigh(2_735_000, writes=1))
    def sudo_set_num_root_claims(self, origin: Origin, new_value: u64) -> None:
        """Set how many coldkeys have their root dividends claimed each block.

        Origin: root.  Raises: InvalidNumRootClaim.  Source: SubtensorModule::sudo_set_num_root_claims
        """
        ensure_root(origin)
        if new_value > MAX_NUM_ROOT_CLAIMS:
            raise Errors.InvalidNumRootClaim
        self.parameters.NumRootClaim = new_value

    @call(124, weight=weigh(5_681_000, writes=1))
    def sudo_set_root_claim_threshold(self, origin: Origin, netuid: NetUid, new_value: u64) -> None:
        """Set the least claim on a subnet, in rao of alpha.

        Origin: the subnet's owner, or root.  Raises: InvalidRootClaimThreshold.
        Source: SubtensorModule::sudo_set_root_claim_threshold
        """
        self.registry.ensure_owner_or_root(origin, netuid)
        if new_value > MAX_ROOT_CLAIM_THRESHOLD:
            raise Errors.InvalidRootClaimThreshold
        self.parameters.RootClaimableThreshold[netuid] = i96f32.from_int(new_value)

    # -- gathering

    def gather(self, hotkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Divide `amount` rao of alpha among those with root stake on a hotkey; what is too much goes to its owner.

        Source: SubtensorModule::increase_root_claimable_for_hotkey_and_subnet
        """
        increase = calculate_rate_increase(amount, TaoBalance(self.stakes.TotalHotkeyAlpha[hotkey, ROOT]))
        if increase is None:
            self.stakes.add(hotkey, self.ownership.Owner[hotkey], netuid, amount)
            return
        rates = dict(self.RootClaimable[hotkey])
        rates[netuid] = i96f32.add(rates.get(netuid, NO_CLAIM), increase)
        self.RootClaimable[hotkey] = rates

    def follow_added_stake(self, hotkey: AccountId, coldkey: AccountId, amount: int) -> None:
        """Count what new root stake would claim as claimed.

        Source: SubtensorModule::add_stake_adjust_root_claimed_for_hotkey_and_coldkey
        """
        for netuid, rate in sorted(self.RootClaimable[hotkey].items()):
            key = (netuid, hotkey, coldkey)
            self.RootClaimed[key] = self.RootClaimed[key] + calculate_claimed(rate, amount)

    def follow_removed_stake(self, hotkey: AccountId, coldkey: AccountId, amount: int) -> None:
        """Take back what root stake that goes counted as claimed.

        Source: SubtensorModule::remove_stake_adjust_root_claimed_for_hotkey_and_coldkey
        """
        for netuid, rate in sorted(self.RootClaimable[hotkey].items()):
            if netuid != ROOT:
                key = (netuid, hotkey, coldkey)
                self.RootClaimed[key] = max(self.RootClaimed[key] - calculate_claimed(rate, amount), 0)

    # -- claiming

    def claim(self, coldkey: AccountId, subnets: frozenset[NetUid] | None = None) -> Weight:
        """Claim a coldkey's root dividends from all its hotkeys; on some subnets or all. Emits: RootClaimed.

        Source: SubtensorModule::do_root_claim
        """
        with self.state.transaction():
            weight, chosen = weigh(0, reads=1), self.RootClaimType[coldkey]
            for hotkey in self.ownership.StakingHotkeys[coldkey]:
                weight = weight + weigh(0, reads=3)
                for netuid in sorted(self.RootClaimable[hotkey]):
                    if subnets is None or netuid in subnets:
                        self.claim_on(hotkey, coldkey, netuid, chosen)
                        weight = weight + CLAIM_WEIGHT
            self.deposit(Events.RootClaimed(coldkey))
        return weight

    def claim_on(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, chosen: RootClaimTypeEnum) -> None:
        """Claim what a coldkey is owed for one hotkey on one subnet: sold for root stake, or kept as alpha.

        Source: SubtensorModule::root_claim_on_subnet
        """
        key = (netuid, hotkey, coldkey)
        rate = self.RootClaimable[hotkey].get(netuid, NO_CLAIM)
        owed = calculate_owed(rate, TaoBalance(self.stakes.of(hotkey, coldkey, ROOT)), self.RootClaimed[key])
        alpha = calculate_claim(owed, self.parameters.RootClaimableThreshold[netuid])
        if not alpha:
            return
        is_sold = isinstance(chosen, Swap) or (isinstance(chosen, KeepSubnets) and netuid not in chosen.subnets)
        if is_sold:
            self._sell(hotkey, coldkey, netuid, alpha)
        else:
            self.stakes.add(hotkey, coldkey, netuid, alpha)
        self.RootClaimed[key] = self.RootClaimed[key] + alpha

    def _sell(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, alpha: AlphaBalance) -> None:
        tao = self.exchanges.sell(netuid, alpha, is_free=True).paid_out
        self.tao.transfer(self.registry.account(netuid), self.registry.account(ROOT), tao)
        self.SubnetRootSellTao[netuid] = self.SubnetRootSellTao[netuid] + tao
        self.pools.record_protocol_flow(netuid, -tao)
        self.stakes.add(hotkey, coldkey, ROOT, AlphaBalance(tao))
        self.pools.SubnetTAO[ROOT] = self.pools.SubnetTAO[ROOT] + tao
        self.pools.SubnetAlphaOut[ROOT] = self.pools.SubnetAlphaOut[ROOT] + AlphaBalance(tao)
        self.pools.change_total_stake(tao)
        self.follow_added_stake(hotkey, coldkey, tao)

    def claim_automatically(self) -> None:
        """Claim for a few coldkeys, which the parent's hash chooses; a claim that fails is passed over.

        Source: SubtensorModule::run_auto_claim_root_divs
        """
        chosen = calculate_claim_indices(self.system.ParentHash, self.parameters.NumRootClaim, self.NumStakingColdkeys)
        for index in chosen:
            coldkey = self.StakingColdkeysByIndex.get(index)
            if coldkey is not None:
                try:
                    self.claim(coldkey)
                except DispatchError:
                    continue

    # -- another key in the place of one

    def swap_rates(self, old: AccountId, new: AccountId) -> None:
        """Add the rates of a hotkey to another's. Source: transfer_root_claimable_for_new_hotkey"""
        rates = dict(self.RootClaimable[new])
        for netuid, rate in self.RootClaimable[old].items():
            rates[netuid] = i96f32.add(rates.get(netuid, NO_CLAIM), rate)
        del self.RootClaimable[old]
        self.RootClaimable[new] = rates

    def swap_claimed(self, netuid: NetUid, source: Claimant, dest: Claimant) -> None:
        """Add what one claimant had to what another had.

        Source: SubtensorModule::transfer_root_claimed_for_new_keys
        """
        claimed = self.RootClaimed[netuid, *source]
        del self.RootClaimed[netuid, *source]
        self.RootClaimed[netuid, *dest] = min(claimed + self.RootClaimed[netuid, *dest], U128_MAX)

    # -- the index of coldkeys

    def add_coldkey(self, coldkey: AccountId) -> None:
        """Give a coldkey a number. Source: SubtensorModule::maybe_add_coldkey_index"""
        if coldkey not in self.StakingColdkeys:
            count = self.NumStakingColdkeys
            self.StakingColdkeysByIndex[count] = coldkey
            self.StakingColdkeys[coldkey] = count
            self.NumStakingColdkeys = count + 1

    def remove_coldkey(self, coldkey: AccountId) -> None:
        """Take a coldkey's number; the last one gets it. Source: SubtensorModule::maybe_remove_coldkey_index"""
        index = self.StakingColdkeys.get(coldkey)
        if index is None:
            return
        del self.StakingColdkeys[coldkey]
        last = max(self.NumStakingColdkeys - 1, 0)
        moved = self.StakingColdkeysByIndex.get(last) if index != last else None
        if moved is None:
            del self.StakingColdkeysByIndex[index]
        else:
            del self.StakingColdkeysByIndex[last]
            self.StakingColdkeysByIndex[index] = moved
            self.StakingColdkeys[moved] = index
        self.NumStakingColdkeys = last

    def forget_subnet(self, netuid: NetUid) -> None:
        """Root dividends of a subnet that goes are void. Source: finalize_all_subnet_root_dividends"""
        for hotkey in list(self.RootClaimable.keys()):
            rates = {n: rate for n, rate in self.RootClaimable[hotkey].items() if n != netuid}
            self.RootClaimable[hotkey] = rates
        self.RootClaimed.clear(netuid)
