"""Share pools: the alpha of a hotkey on a subnet, and the coldkeys' shares of it."""

from __future__ import annotations

from collections.abc import Iterator

from chain.scale.hints import u16, u64
from chain.types import AccountId
from runtime.fixed import U64F64
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap, Twox64Concat
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.safe_float import ZERO, SafeFloat, from_u64f64
from runtime.pallets.staking.share_pool import (
    Position,
    add_for_all,
    add_for_one,
    is_precise_enough,
    remove_for_one,
    value_of,
)
from runtime.units import AlphaBalance, NetUid


class Stakes(Pallet):
    """Who has staked how much alpha, to whom, on which subnet. A section of SubtensorModule."""

    ownership: Ownership

    TotalHotkeyAlpha = StorageMap[tuple[AccountId, NetUid], AlphaBalance](
        Blake2_128Concat, Identity, default=AlphaBalance(0)
    )
    """All alpha staked to a hotkey on a subnet, in rao."""

    TotalHotkeyAlphaLastEpoch = StorageMap[tuple[AccountId, NetUid], AlphaBalance](
        Blake2_128Concat, Identity, default=AlphaBalance(0)
    )
    """The same as of the last epoch."""

    TotalHotkeyShares = StorageMap[tuple[AccountId, NetUid], U64F64](Blake2_128Concat, Identity, default=U64F64(0))
    """The shares in a hotkey's pool, in their old form."""

    Alpha = StorageMap[tuple[AccountId, AccountId, NetUid], U64F64](
        Blake2_128Concat, Blake2_128Concat, Identity, default=U64F64(0)
    )
    """A coldkey's shares in a hotkey's pool, in their old form."""

    TotalHotkeySharesV2 = StorageMap[tuple[AccountId, NetUid], SafeFloat](Blake2_128Concat, Identity, default=ZERO)
    """The shares in a hotkey's pool."""

    AlphaV2 = StorageMap[tuple[AccountId, AccountId, NetUid], SafeFloat](
        Blake2_128Concat, Blake2_128Concat, Identity, default=ZERO
    )
    """A coldkey's shares in a hotkey's pool."""

    LastColdkeyHotkeyStakeBlock = StorageMap[tuple[AccountId, AccountId], u64](Twox64Concat, Twox64Concat)
    """The block in which a coldkey last staked to a hotkey."""

    AutoStakeDestination = StorageMap[tuple[AccountId, NetUid], AccountId](Blake2_128Concat, Identity)
    """The hotkey that a coldkey's incentives on a subnet are staked to."""

    AutoStakeDestinationColdkeys = StorageMap[tuple[AccountId, NetUid], tuple[AccountId, ...]](
        Blake2_128Concat, Identity, default=()
    )
    """The coldkeys whose incentives are staked to a hotkey."""

    ChildKeys = StorageMap[tuple[AccountId, NetUid], tuple[tuple[u64, AccountId], ...]](
        Blake2_128Concat, Identity, default=()
    )
    """The children of a hotkey on a subnet, with their parts over 2^64 - 1."""

    ParentKeys = StorageMap[tuple[AccountId, NetUid], tuple[tuple[u64, AccountId], ...]](
        Blake2_128Concat, Identity, default=()
    )
    """The parents of a hotkey on a subnet, with their parts over 2^64 - 1."""

    ChildkeyTake = StorageMap[tuple[AccountId, NetUid], u16](Blake2_128Concat, Identity, default=0)
    """What a child takes of its parents' dividends, over 65,535."""

    def position(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> Position:
        """A hotkey's pool as one coldkey sees it; shares in their old form count until they change."""
        old_share = self.Alpha.get((hotkey, coldkey, netuid))
        share = self.AlphaV2[hotkey, coldkey, netuid] if old_share is None else from_u64f64(old_share)
        return Position(self.TotalHotkeyAlpha[hotkey, netuid], self.all_shares(hotkey, netuid), share)

    def all_shares(self, hotkey: AccountId, netuid: NetUid) -> SafeFloat:
        """The shares in a hotkey's pool. Source: HotkeyAlphaSharePoolDataOperations::get_denominator"""
        old_total = self.TotalHotkeyShares.get((hotkey, netuid))
        return self.TotalHotkeySharesV2[hotkey, netuid] if old_total is None else from_u64f64(old_total)

    def of(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> AlphaBalance:
        """What a coldkey has staked, in rao of alpha."""
        return value_of(self.position(hotkey, coldkey, netuid))

    def can_add(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> bool:
        """Whether `amount` rao would give any shares."""
        return is_precise_enough(self.position(hotkey, coldkey, netuid), amount)

    def add(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Stake `amount` rao of alpha that is already outside of the pool.

        Source: SubtensorModule::increase_stake_for_hotkey_and_coldkey_on_subnet
        """
        if amount:
            self.ownership.add_staking_hotkey(coldkey, hotkey)
        self._put(hotkey, coldkey, netuid, add_for_one(self.position(hotkey, coldkey, netuid), amount))

    def add_for_all(self, hotkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Give `amount` rao to all who have staked to a hotkey. Source: increase_stake_for_hotkey_on_subnet"""
        self._put_value(hotkey, netuid, add_for_all(self.TotalHotkeyAlpha[hotkey, netuid], amount))

    def remove(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Take `amount` rao of alpha from a stake; nothing happens where there is less.

        Source: SubtensorModule::decrease_stake_for_hotkey_and_coldkey_on_subnet
        """
        before = self.position(hotkey, coldkey, netuid)
        after = remove_for_one(before, amount)
        if after is not before:
            self._put(hotkey, coldkey, netuid, after)

    def coldkeys(self, hotkey: AccountId, netuid: NetUid) -> Iterator[tuple[AccountId, SafeFloat]]:
        """Who has shares of a hotkey's pool, by account. Source: SubtensorModule::alpha_iter_single_prefix"""
        shares = {c: from_u64f64(share) for (c, n), share in self.Alpha.items(hotkey) if n == netuid}
        shares |= {c: share for (c, n), share in self.AlphaV2.items(hotkey) if n == netuid}
        yield from sorted(shares.items())

    def shares(self, hotkey: AccountId) -> dict[tuple[AccountId, NetUid], SafeFloat]:
        """The shares of a hotkey's pools, by account and subnet. Source: SubtensorModule::alpha_iter_single_prefix"""
        found = {key: from_u64f64(share) for key, share in self.Alpha.items(hotkey)}
        return dict(sorted((found | dict(self.AlphaV2.items(hotkey))).items()))

    def netuids(self, hotkey: AccountId, coldkey: AccountId) -> list[NetUid]:
        """Where a coldkey has shares of a hotkey's pools. Source: SubtensorModule::alpha_iter_prefix"""
        found = {netuid: from_u64f64(share) for netuid, share in self.Alpha.items(hotkey, coldkey)}
        found |= dict(self.AlphaV2.items(hotkey, coldkey))
        return sorted(netuid for netuid, share in found.items() if share)

    def remove_all(self, netuid: NetUid, hotkeys: list[AccountId]) -> None:
        """Forget all shares of these hotkeys' pools on a subnet."""
        for hotkey in hotkeys:
            for coldkey in [coldkey for coldkey, _ in self.coldkeys(hotkey, netuid)]:
                del self.Alpha[hotkey, coldkey, netuid]
                del self.AlphaV2[hotkey, coldkey, netuid]
            del self.TotalHotkeyAlpha[hotkey, netuid]
            del self.TotalHotkeyShares[hotkey, netuid]
            del self.TotalHotkeySharesV2[hotkey, netuid]

    def forget_subnet(self, netuid: NetUid) -> None:
        """Remove what else is kept of a subnet. Source: SubtensorModule::remove_network"""
        for item in (self.ChildkeyTake, self.ChildKeys, self.ParentKeys, self.TotalHotkeyAlphaLastEpoch):
            for hotkey in [hotkey for hotkey, n in item if n == netuid]:
                del item[hotkey, netuid]

    def _put(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, position: Position) -> None:
        self._put_value(hotkey, netuid, position.value)
        del self.TotalHotkeyShares[hotkey, netuid]
        del self.Alpha[hotkey, coldkey, netuid]
        if position.denominator:
            self.TotalHotkeySharesV2[hotkey, netuid] = position.denominator
        else:
            del self.TotalHotkeySharesV2[hotkey, netuid]
        if position.share:
            self.AlphaV2[hotkey, coldkey, netuid] = position.share
        else:
            del self.AlphaV2[hotkey, coldkey, netuid]

    def _put_value(self, hotkey: AccountId, netuid: NetUid, value: AlphaBalance) -> None:
        if value:
            self.TotalHotkeyAlpha[hotkey, netuid] = value
        else:
            del self.TotalHotkeyAlpha[hotkey, netuid]
