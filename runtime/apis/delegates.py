"""Hotkeys that take stake of others. Source: pallet_subtensor::rpc_info::delegate_info"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chain.scale.hints import Compact, struct, u16, u64
from chain.types import AccountId
from runtime.fixed import U16_MAX, U64F64, u64f64
from runtime.frame.apis import RuntimeApi
from runtime.pallets.staking.share_pool import Position, value_of
from runtime.pallets.subtensor.types import ROOT
from runtime.units import RAO_PER_TAO, AlphaBalance, NetUid

BLOCKS_PER_DAY = 7200
Nominations = tuple[tuple[Compact[NetUid], Compact[u64]], ...]


@struct("pallet_subtensor::rpc_info::delegate_info::DelegateInfo", params={"AccountId": AccountId})
class DelegateInfo:
    """A hotkey that takes stake of others."""

    delegate_ss58: AccountId
    take: Compact[u16]
    nominators: tuple[tuple[AccountId, Nominations], ...]
    owner_ss58: AccountId
    registrations: tuple[Compact[NetUid], ...]
    validator_permits: tuple[Compact[NetUid], ...]
    return_per_1000: Compact[u64]
    total_daily_return: Compact[u64]


class DelegateInfoRuntimeApi(RuntimeApi, version=1):
    """What there is to know of delegates."""

    def get_delegates(self) -> tuple[DelegateInfo, ...]:
        """All delegates, in storage order."""
        return tuple(self._delegate(hotkey, self._nominators(hotkey)) for hotkey in self.runtime.ownership.Delegates)

    def get_delegate(self, delegate_account: AccountId) -> DelegateInfo | None:
        """A delegate; None for a hotkey that is none."""
        if delegate_account not in self.runtime.ownership.Delegates:
            return None
        return self._delegate(delegate_account, self._nominators(delegate_account))

    def get_delegated(
        self, delegatee_account: AccountId
    ) -> tuple[tuple[DelegateInfo, tuple[Compact[NetUid], Compact[AlphaBalance]]], ...]:
        """To whom a coldkey has staked on which subnets, with how much alpha in rao; without the nominators."""
        stakes, found = self.runtime.stakes, []
        for hotkey in self.runtime.ownership.Delegates:
            netuids = stakes.netuids(hotkey, delegatee_account)
            if netuids:
                info = self._delegate(hotkey, {})
                found += [(info, (netuid, stakes.of(hotkey, delegatee_account, netuid))) for netuid in netuids]
        return tuple(found)

    def _delegate(self, hotkey: AccountId, nominators: dict[AccountId, list[tuple[NetUid, int]]]) -> DelegateInfo:
        runtime, neurons = self.runtime, self.runtime.neurons
        places = [netuid for netuid, is_member in neurons.IsNetworkMember.items(hotkey) if is_member]
        permits, earned = [], []
        for netuid in places:
            uid = neurons.Uids.get((netuid, hotkey))
            if uid is not None:
                if any(neurons.ValidatorPermit[netuid][uid : uid + 1]):
                    permits.append(netuid)
                earned.append((sum(neurons.Emission[netuid][uid : uid + 1]), runtime.parameters.Tempo[netuid]))
        daily, take = calculate_daily_return(earned), runtime.ownership.Delegates[hotkey]
        return DelegateInfo(
            delegate_ss58=hotkey,
            take=take,
            nominators=tuple((coldkey, tuple(staked)) for coldkey, staked in nominators.items()),
            owner_ss58=runtime.ownership.Owner[hotkey],
            registrations=tuple(places),
            validator_permits=tuple(permits),
            return_per_1000=calculate_return_per_1000(take, runtime.stakes.TotalHotkeyAlpha[hotkey, ROOT], daily),
            total_daily_return=u64f64.to_u64(daily),
        )

    def _nominators(self, hotkey: AccountId) -> dict[AccountId, list[tuple[NetUid, int]]]:
        """What each coldkey has staked to a hotkey on which subnet, by account.

        The chain takes the pool of a subnet from its place among the subnets, not by its netuid: where a netuid is
        free, the shares of those above count in the pool of another, and those of the last ones are left out.
        """
        runtime, pools = self.runtime, self.runtime.registry.netuids()
        found: dict[AccountId, list[Any]] = {}
        for (coldkey, netuid), share in runtime.stakes.shares(hotkey).items():
            if share and netuid < len(pools):
                place = pools[netuid]
                pool = runtime.stakes.TotalHotkeyAlpha[hotkey, place], runtime.stakes.all_shares(hotkey, place)
                found.setdefault(coldkey, []).append((netuid, value_of(Position(*pool, share))))
        return found


def calculate_daily_return(earned: Iterable[tuple[int, int]]) -> U64F64:
    """What a day's epochs give, in rao, from what the last epochs gave at their tempos."""
    total = u64f64.zero
    for emission, tempo in earned:
        if tempo:
            epochs = u64f64.ratio(BLOCKS_PER_DAY, tempo)
            total = u64f64.add(total, u64f64.mul(u64f64.from_int(emission), epochs))
    return total


def calculate_return_per_1000(take: int, stake: int, daily: U64F64) -> int:
    """What a day gives a thousand TAO of root stake, in rao, the take over 65,535 left out; 0 without any stake.

    Source: SubtensorModule::return_per_1000_tao
    """
    if not stake:
        return 0
    paid = u64f64.mul(daily, u64f64.sub(u64f64.one, u64f64.ratio(take, U16_MAX)))
    return u64f64.to_u64(u64f64.safe_div(paid, u64f64.ratio(stake, 1000 * RAO_PER_TAO)))
