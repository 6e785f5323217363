"""A coldkey announces, by its hash, another that takes its place after a while; whoever disputes that freezes it."""

from __future__ import annotations

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.types import H256, AccountId, BlockNumber
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageMap, Twox64Concat
from runtime.frame.weight import weigh
from runtime.pallets.keys.coldkey_moves import ColdkeyMoves
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.system import System
from runtime.units import TaoBalance

LAST_BLOCK = BlockNumber(2**32 - 1)


class ColdkeySwap(Pallet):
    """Coldkeys that others replace. A section of SubtensorModule."""

    system: System
    parameters: Parameters
    tao: Tao
    moves: ColdkeyMoves

    ColdkeySwapAnnouncements = StorageMap[AccountId, tuple[BlockNumber, H256]](Twox64Concat)
    """Coldkey -> block from which it may be swapped, hash of the new one."""

    ColdkeySwapDisputes = StorageMap[AccountId, BlockNumber](Twox64Concat)
    """Coldkey -> block in which its swap was disputed."""

    # -- by the coldkey

    @call(125, weight=weigh(47_248_000, 4159, reads=4, writes=3))
    def announce_coldkey_swap(self, origin: Origin, new_coldkey_hash: H256) -> None:
        """Announce the coldkey, by its hash, that will take the caller's place; only the first time costs something.

        Origin: signed.  Emits: ColdkeySwapAnnounced.
        Raises: ColdkeySwapReannouncedTooEarly, NotEnoughBalanceToPaySwapColdKey.
        Source: SubtensorModule::announce_coldkey_swap
        """
        who, before = ensure_signed(origin), self.ColdkeySwapAnnouncements.get(ensure_signed(origin))
        if before is None:
            self._pay(who, self.parameters.KeySwapCost)
        elif not self._may_change(before[0]):
            raise Errors.ColdkeySwapReannouncedTooEarly
        when = _later(self.system.Number, self.parameters.ColdkeySwapAnnouncementDelay)
        self.ColdkeySwapAnnouncements[who] = (when, new_coldkey_hash)
        self.deposit(Events.ColdkeySwapAnnounced(who, new_coldkey_hash))

    @call(126, weight=weigh(288_156_000, 13_000, reads=37, writes=15))
    def swap_coldkey_announced(self, origin: Origin, new_coldkey: AccountId) -> None:
        """Let the announced coldkey take the caller's place.

        Origin: signed.  Emits: ColdkeySwapped.
        Raises: ColdkeySwapAnnouncementNotFound, AnnouncedColdkeyHashDoesNotMatch, ColdkeySwapTooEarly,
        ColdKeyAlreadyAssociated, NewColdKeyIsHotkey.
        Source: SubtensorModule::swap_coldkey_announced
        """
        who = ensure_signed(origin)
        when, announced = self._announced(who)
        del self.ColdkeySwapAnnouncements[who]
        if announced != blake2_256(new_coldkey):
            raise Errors.AnnouncedColdkeyHashDoesNotMatch
        if self.system.Number < when:
            raise Errors.ColdkeySwapTooEarly
        self.moves.move(who, new_coldkey)

    @call(127, weight=weigh(23_293_000, 4130, reads=2, writes=1))
    def dispute_coldkey_swap(self, origin: Origin) -> None:
        """Dispute that the caller announced a swap; the coldkey can do nothing until root resets it.

        Origin: signed.  Emits: ColdkeySwapDisputed.
        Raises: ColdkeySwapAnnouncementNotFound, ColdkeySwapAlreadyDisputed.
        Source: SubtensorModule::dispute_coldkey_swap
        """
        who = ensure_signed(origin)
        self._announced(who)
        if who in self.ColdkeySwapDisputes:
            raise Errors.ColdkeySwapAlreadyDisputed
        self.ColdkeySwapDisputes[who] = self.system.Number
        self.deposit(Events.ColdkeySwapDisputed(who))

    @call(133, weight=weigh(17_890_000, reads=2, writes=1))
    def clear_coldkey_swap_announcement(self, origin: Origin) -> None:
        """Take back the caller's announcement.

        Origin: signed.  Emits: ColdkeySwapCleared.
        Raises: ColdkeySwapAnnouncementNotFound, ColdkeySwapClearTooEarly.
        Source: SubtensorModule::clear_coldkey_swap_announcement
        """
        who = ensure_signed(origin)
        if not self._may_change(self._announced(who)[0]):
            raise Errors.ColdkeySwapClearTooEarly
        del self.ColdkeySwapAnnouncements[who]
        self.deposit(Events.ColdkeySwapCleared(who))

    @call(73, weight=weigh(0, reads=5))
    def schedule_swap_coldkey(self, origin: Origin, new_coldkey: AccountId) -> None:
        """An older way to announce a swap. Raises: Deprecated.  Source: SubtensorModule::schedule_swap_coldkey"""
        raise Errors.Deprecated

    # -- by root

    @call(71, weight=weigh(312_301_000, 13_056, reads=37, writes=19))
    def swap_coldkey(
        self, origin: Origin, old_coldkey: AccountId, new_coldkey: AccountId, swap_cost: TaoBalance
    ) -> None:
        """Let a coldkey take the place of another, which pays `swap_cost` rao for it.

        Origin: root.  Emits: ColdkeySwapped.
        Raises: NotEnoughBalanceToPaySwapColdKey, ColdKeyAlreadyAssociated, NewColdKeyIsHotkey.
        Source: SubtensorModule::swap_coldkey
        """
        ensure_root(origin)
        if swap_cost:
            self._pay(old_coldkey, swap_cost)
        self.moves.move(old_coldkey, new_coldkey)
        self._forget(old_coldkey)

    @call(128, weight=weigh(8_857_000, writes=2))
    def reset_coldkey_swap(self, origin: Origin, coldkey: AccountId) -> None:
        """Forget what a coldkey announced, and that it was disputed.

        Origin: root.  Emits: ColdkeySwapReset.  Source: SubtensorModule::reset_coldkey_swap
        """
        ensure_root(origin)
        self._forget(coldkey)
        self.deposit(Events.ColdkeySwapReset(coldkey))

    def _announced(self, coldkey: AccountId) -> tuple[BlockNumber, H256]:
        """Raises: ColdkeySwapAnnouncementNotFound."""
        found = self.ColdkeySwapAnnouncements.get(coldkey)
        if found is None:
            raise Errors.ColdkeySwapAnnouncementNotFound
        return found

    def _may_change(self, when: BlockNumber) -> bool:
        """Whether an announcement, of a swap that may be made from block `when` on, can be changed already."""
        return self.system.Number >= _later(when, self.parameters.ColdkeySwapReannouncementDelay)

    def _pay(self, coldkey: AccountId, cost: TaoBalance) -> None:
        """Recycle what a swap costs. Raises: NotEnoughBalanceToPaySwapColdKey."""
        try:
            self.tao.recycle(coldkey, cost)
        except DispatchError:
            raise Errors.NotEnoughBalanceToPaySwapColdKey from None

    def _forget(self, coldkey: AccountId) -> None:
        del self.ColdkeySwapAnnouncements[coldkey]
        del self.ColdkeySwapDisputes[coldkey]


def _later(block: BlockNumber, blocks: BlockNumber) -> BlockNumber:
    return min(BlockNumber(block + blocks), LAST_BLOCK)
