"""Stake as consensus counts it: with what hotkeys lend to their children, and with root stake by its weight."""

from __future__ import annotations

from collections.abc import Iterable

from chain.types import AccountId
from runtime.fixed import I64F64, U96F32, i64f64
from runtime.frame.pallet import Pallet
from runtime.pallets.emission.children import calculate_inherited, calculate_stake_weight
from runtime.pallets.emission.injection import calculate_tao_weight
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import ROOT
from runtime.units import AlphaBalance, NetUid, TaoBalance


class Inheritance(Pallet):
    """What a hotkey's stake counts in a subnet. A section of SubtensorModule."""

    parameters: Parameters
    stakes: Stakes

    def tao_weight(self) -> U96F32:
        """What a rao of root stake counts."""
        return calculate_tao_weight(self.parameters.TaoWeight)

    def inherited(self, hotkey: AccountId, netuid: NetUid, of: NetUid) -> int:
        """A hotkey's stake on the subnet `of`, with what it lends and is lent on `netuid`, in rao."""
        held, stakes = self.stakes.TotalHotkeyAlpha, self.stakes
        return calculate_inherited(
            held[hotkey, of],
            [proportion for proportion, _ in stakes.ChildKeys[hotkey, netuid]],
            [(held[parent, of], proportion) for proportion, parent in stakes.ParentKeys[hotkey, netuid]],
        )

    def stake_weights(self, hotkeys: Iterable[AccountId], netuid: NetUid) -> list[I64F64]:
        """What each hotkey's stake counts, alpha and root, in rao.

        Source: SubtensorModule::get_stake_weights_for_hotkey_on_subnet
        """
        tao_weight = self.tao_weight()
        return [
            calculate_stake_weight(self.alpha(hotkey, netuid), self.root(hotkey, netuid), tao_weight)
            for hotkey in hotkeys
        ]

    def alpha(self, hotkey: AccountId, netuid: NetUid) -> AlphaBalance:
        """A hotkey's alpha on a subnet, with what it lends and is lent, in rao.

        Source: SubtensorModule::get_inherited_for_hotkey_on_subnet
        """
        return AlphaBalance(self.inherited(hotkey, netuid, netuid))

    def root(self, hotkey: AccountId, netuid: NetUid) -> TaoBalance:
        """A hotkey's root stake with what it lends and is lent on a subnet, in rao.

        Source: SubtensorModule::get_tao_inherited_for_hotkey_on_subnet
        """
        return TaoBalance(self.inherited(hotkey, netuid, ROOT))

    def weigh(self, alphas: Iterable[AlphaBalance], roots: Iterable[TaoBalance]) -> tuple[int, ...]:
        """What alpha and root stakes count together, in rao, rounded down.

        Source: SubtensorModule::get_stake_weights_for_network
        """
        of_tao = self.tao_weight()
        pairs = zip(alphas, roots, strict=True)
        return tuple(i64f64.to_u64(calculate_stake_weight(alpha, root, of_tao)) for alpha, root in pairs)

    def whole_stake_weight(self, hotkey: AccountId, netuid: NetUid) -> int:
        """What one hotkey's stake counts, rounded down."""
        return i64f64.to_u64(self.stake_weights((hotkey,), netuid)[0])
