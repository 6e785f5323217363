"""The reserves of the subnets, and the alpha outside of them."""

from __future__ import annotations

from chain.scale.hints import i64, u64, u128
from runtime.fixed import I64F64, I96F32, U64F64
from runtime.frame.pallet import Pallet
from runtime.frame.storage import BoundMap, Identity, StorageMap, StorageValue
from runtime.pallets.alpha_assets import AlphaAssets
from runtime.pallets.emission.price_ema import to_moving_price
from runtime.pallets.subnets.registry import Registry
from runtime.units import AlphaBalance, NetUid, TaoBalance, saturating_sub

I64_MAX = (1 << 63) - 1
I64_MIN = -(1 << 63)


class Pools(Pallet):
    """TAO and alpha in pools, alpha outside of them. A section of SubtensorModule."""

    registry: Registry
    assets: AlphaAssets

    SubnetTAO = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """The TAO in a subnet's pool, in rao; for the root network all its stake."""

    SubnetAlphaIn = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """The alpha in a subnet's pool, in rao."""

    SubnetAlphaOut = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """The alpha outside a subnet's pool, in rao."""

    SubnetProtocolAlpha = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """The alpha that the chain bought for itself, in rao."""

    SubnetVolume = StorageMap[NetUid, u128](Identity, default=0)
    """All TAO that was traded in a subnet, in rao."""

    SubnetMovingPrice = StorageMap[NetUid, I96F32](Identity, default=I96F32(0))
    """The moving price of a subnet's alpha, in TAO."""

    TotalStake = StorageValue[TaoBalance](default=TaoBalance(0))
    """All TAO in pools and on the root network, in rao."""

    SubnetTaoFlow = StorageMap[NetUid, i64](Identity, default=0)
    """TAO that users brought into a subnet since the last update, less what they took, in rao."""

    SubnetProtocolFlow = StorageMap[NetUid, i64](Identity, default=0)
    """TAO that the chain brought into a subnet since the last update, less what it took, in rao."""

    SubnetEmaTaoFlow = StorageMap[NetUid, tuple[u64, I64F64]](Identity)
    """The block and the moving average of what users brought, in rao; emission by prices leaves it alone."""

    SubnetEmaProtocolFlow = StorageMap[NetUid, tuple[u64, I64F64]](Identity)
    """The block and the moving average of what the chain brought, in rao; emission by prices leaves it alone."""

    def issuance(self, netuid: NetUid) -> AlphaBalance:
        """A subnet's alpha inside and outside of its pool, in rao. Source: SubtensorModule::get_alpha_issuance"""
        return self.SubnetAlphaIn[netuid] + self.SubnetAlphaOut[netuid]

    def moving_price(self, netuid: NetUid) -> U64F64:
        """The moving price that emission reads."""
        return to_moving_price(self.SubnetMovingPrice[netuid], self.registry.is_dynamic(netuid))

    def mint_in(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Make alpha and put it into the pool."""
        if amount:
            self.assets.mint(netuid, amount)
            self.SubnetAlphaIn[netuid] = self.SubnetAlphaIn[netuid] + amount

    def mint_out(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Make alpha for participants."""
        if amount:
            self.assets.mint(netuid, amount)
            self.SubnetAlphaOut[netuid] = self.SubnetAlphaOut[netuid] + amount

    def recycle_out(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Take alpha outside of the pool out of the world. Source: SubtensorModule::recycle_subnet_alpha"""
        if amount:
            self.SubnetAlphaOut[netuid] = AlphaBalance(max(self.SubnetAlphaOut[netuid] - amount, 0))
            self.assets.recycle(netuid, amount)

    def change_total_stake(self, delta: int) -> None:
        """Move `TotalStake` by `delta` rao, not below zero."""
        self.TotalStake = TaoBalance(max(self.TotalStake + delta, 0))

    def enter(self, netuid: NetUid, tao: TaoBalance, alpha: AlphaBalance) -> None:
        """TAO came into the reserve, and alpha went out of it to somebody."""
        self.SubnetAlphaIn[netuid] = AlphaBalance(max(self.SubnetAlphaIn[netuid] - alpha, 0))
        self.SubnetAlphaOut[netuid] = self.SubnetAlphaOut[netuid] + alpha
        self.SubnetTAO[netuid] = self.SubnetTAO[netuid] + tao

    def leave(self, netuid: NetUid, alpha: AlphaBalance, tao: TaoBalance) -> None:
        """Alpha came into the reserve from somebody, and TAO went out of it."""
        self.SubnetAlphaIn[netuid] = self.SubnetAlphaIn[netuid] + alpha
        self.SubnetAlphaOut[netuid] = AlphaBalance(max(self.SubnetAlphaOut[netuid] - alpha, 0))
        self.SubnetTAO[netuid] = saturating_sub(self.SubnetTAO[netuid], tao)

    def record_flow(self, netuid: NetUid, tao: int) -> None:
        """Note TAO that users brought, or took if negative, in rao. Source: SubtensorModule::record_tao_inflow"""
        _add_flow(self.SubnetTaoFlow, netuid, tao)

    def record_protocol_flow(self, netuid: NetUid, tao: int) -> None:
        """Note TAO that the chain brought, or took if negative. Source: SubtensorModule::record_protocol_inflow"""
        _add_flow(self.SubnetProtocolFlow, netuid, tao)

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet besides its reserves. Source: SubtensorModule::remove_network"""
        for item in (
            self.SubnetVolume,
            self.SubnetMovingPrice,
            self.SubnetTaoFlow,
            self.SubnetEmaTaoFlow,
            self.SubnetProtocolFlow,
            self.SubnetEmaProtocolFlow,
        ):
            del item[netuid]


def _add_flow(flows: BoundMap[NetUid, int], netuid: NetUid, tao: int) -> None:
    flows[netuid] = min(max(flows[netuid] + tao, I64_MIN), I64_MAX)
