"""What coldkeys have staked and locked. Source: pallet_subtensor::rpc_info::stake_info, staking::lock"""

from __future__ import annotations

from collections.abc import Mapping

from chain.scale.hints import Compact, struct, u64
from chain.types import AccountId
from runtime.fixed import U64F64
from runtime.frame.apis import RuntimeApi
from runtime.pallets.staking.locks import LockState, find_king
from runtime.pallets.subtensor.types import ROOT
from runtime.units import AlphaBalance, NetUid, TaoBalance


@struct("pallet_subtensor::rpc_info::stake_info::StakeInfo", params={"AccountId": AccountId})
class StakeInfo:
    """What a coldkey has staked to a hotkey on a subnet."""

    hotkey: AccountId
    coldkey: AccountId
    netuid: Compact[NetUid]
    stake: Compact[AlphaBalance]
    locked: Compact[u64]
    emission: Compact[AlphaBalance]
    tao_emission: Compact[TaoBalance]
    drain: Compact[u64]
    is_registered: bool


@struct("pallet_subtensor::rpc_info::stake_info::StakeAvailability")
class StakeAvailability:
    """How much of a coldkey's stake on a subnet is free, in rao."""

    total: Compact[AlphaBalance]
    locked: Compact[AlphaBalance]
    available: Compact[AlphaBalance]


class StakeInfoRuntimeApi(RuntimeApi, version=1):
    """What there is to know of stakes and locks."""

    def get_stake_info_for_coldkey(self, coldkey_account: AccountId) -> tuple[StakeInfo, ...]:
        """All stakes of a coldkey, by subnet."""
        netuids, hotkeys = self.runtime.registry.netuids(), self.runtime.ownership.StakingHotkeys[coldkey_account]
        found = [self._stake(hotkey, coldkey_account, netuid) for netuid in netuids for hotkey in hotkeys]
        return tuple(info for info in found if info.stake)

    def get_stake_info_for_coldkeys(
        self, coldkey_accounts: tuple[AccountId, ...]
    ) -> tuple[tuple[AccountId, tuple[StakeInfo, ...]], ...]:
        """All stakes of some coldkeys."""
        return tuple((coldkey, self.get_stake_info_for_coldkey(coldkey)) for coldkey in coldkey_accounts)

    def get_stake_info_for_hotkey_coldkey_netuid(
        self, hotkey_account: AccountId, coldkey_account: AccountId, netuid: NetUid
    ) -> StakeInfo | None:
        """One stake; told even if there is none."""
        return self._stake(hotkey_account, coldkey_account, netuid)

    def get_stake_availability_for_coldkeys(
        self, coldkey_accounts: tuple[AccountId, ...], netuids: tuple[NetUid, ...] | None
    ) -> Mapping[AccountId, Mapping[NetUid, StakeAvailability]]:
        """How much of the stakes of some coldkeys is free, on some subnets or on all, where there are stakes or locks.

        No subnets, or more than there are, give nothing.
        """
        existing = self.runtime.registry.netuids()
        asked = existing if netuids is None else sorted(frozenset(netuids))
        if netuids is not None and len(asked) > len(existing):
            asked = []
        places = [netuid for netuid in asked if netuids is None or self.runtime.registry.NetworksAdded[netuid]]
        return {coldkey: self._availability(coldkey, places) for coldkey in coldkey_accounts}

    def get_stake_fee(
        self,
        origin: tuple[AccountId, NetUid] | None,
        origin_coldkey_account: AccountId,
        destination: tuple[AccountId, NetUid] | None,
        destination_coldkey_account: AccountId,
        amount: u64,
    ) -> u64:
        """The fee of moving stake, in rao of what is moved; the coldkeys do not matter."""
        if destination == origin:
            return 0
        place = destination or origin
        fee: int = self.runtime.swap.fee(ROOT if place is None else place[1], amount)
        return fee

    def get_coldkey_lock(self, coldkey: AccountId, netuid: NetUid) -> LockState | None:
        """A coldkey's lock on a subnet as of this block."""
        found = self.runtime.locks.lock_of(coldkey, netuid)
        return None if found is None else found[1]

    def get_hotkey_conviction(self, hotkey: AccountId, netuid: NetUid) -> U64F64:
        """The conviction of all locks on a subnet to a hotkey, as of this block."""
        conviction: U64F64 = self.runtime.locks.convictions(netuid).get(hotkey, U64F64(0))
        return conviction

    def get_most_convicted_hotkey_on_subnet(self, netuid: NetUid) -> AccountId | None:
        """The hotkey with the most conviction on a subnet."""
        return find_king(self.runtime.locks.convictions(netuid).items())

    def _stake(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> StakeInfo:
        runtime = self.runtime
        return StakeInfo(
            hotkey=hotkey,
            coldkey=coldkey,
            netuid=netuid,
            stake=runtime.stakes.of(hotkey, coldkey, netuid),
            locked=0,
            emission=runtime.ledger.AlphaDividendsPerSubnet[netuid, hotkey],
            tao_emission=TaoBalance(0),
            drain=0,
            is_registered=(netuid, hotkey) in runtime.neurons.Uids,
        )

    def _availability(self, coldkey: AccountId, netuids: list[NetUid]) -> dict[NetUid, StakeAvailability]:
        found = {netuid: self.runtime.locks.availability(coldkey, netuid) for netuid in netuids}
        return {netuid: StakeAvailability(*parts) for netuid, parts in found.items() if parts[0] or parts[1]}
