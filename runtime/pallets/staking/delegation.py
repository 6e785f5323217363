"""Hotkeys lend their stake to children, which validate with it and pay a part of what they earn back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from chain.errors import DispatchError
from chain.scale.hints import u16, u64
from chain.types import AccountId
from runtime.fixed import U64_MAX, u64f64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, BoundMap, Identity, Setting, StorageMap, StorageValue
from runtime.frame.weight import weigh
from runtime.pallets.emission.children import calculate_childkey_take
from runtime.pallets.staking.family import (
    Edges,
    Relations,
    has_duplicates,
    read_relations,
    to_edges,
    with_edge,
    without_edge,
)
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tally import Tally
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.refusal import Refused
from runtime.units import NetUid, TaoBalance

Children = tuple[tuple[u64, AccountId], ...]

SET_CHILDREN, SET_CHILDKEY_TAKE = 0, 1
"""The kinds of call under which changes are noted. Source: TransactionType"""
CHILDREN_INTERVAL = 150
"""How many blocks pass between two changes of a hotkey's children on a subnet."""


class Delegation(Pallet):
    """Parents and children. A section of SubtensorModule."""

    pallet_errors: Errors
    parameters: Parameters
    registry: Registry
    clock: Clock
    neurons: Neurons
    swap: Swap
    ownership: Ownership
    stakes: Stakes

    InitialPendingChildKeyCooldown = Setting[u64](7200)
    """What pending child key cooldown begins with."""

    PendingChildKeyCooldown = StorageValue[u64](default=lambda section: section.InitialPendingChildKeyCooldown)
    """How many blocks new children wait."""

    PendingChildKeys = StorageMap[tuple[NetUid, AccountId], tuple[Children, u64]](
        Identity, Blake2_128Concat, default=((), 0)
    )
    """The children that a hotkey is about to have, and the block from which it may."""

    AutoParentDelegationEnabled = StorageMap[AccountId, bool](Blake2_128Concat, default=True)
    """Whether a root validator lends its stake to the owners of new subnets."""

    LastTxBlockChildKeyTake = StorageMap[AccountId, u64](Identity, default=0)
    """The block in which a hotkey last raised its child key take; unused."""

    # -- calls

    @call(67, weight=weigh(119_000_000, reads=6, writes=31))
    def set_children(self, origin: Origin, hotkey: AccountId, netuid: NetUid, children: Children) -> None:
        """Lend parts of a hotkey's stake on a subnet to other hotkeys, after a while; nothing is lent to others.

        Before the subnet is started that is at once.

        Origin: signed, by the hotkey's owner.  Emits: SetChildrenScheduled, SetChildren.
        Source: SubtensorModule::set_children
        """
        self.schedule(ensure_signed(origin), hotkey, netuid, children)

    @call(75, weight=weigh(53_870_000, 4498, reads=7, writes=2))
    def set_childkey_take(self, origin: Origin, hotkey: AccountId, netuid: NetUid, take: u16) -> None:
        """Set what a child keeps of its parents' dividends, over 65,535; it is raised rarely.

        Origin: signed, by the hotkey's owner.  Emits: ChildKeyTakeSet.
        Raises: NonAssociatedColdKey, InvalidChildkeyTake, TxChildkeyTakeRateLimitExceeded.
        Source: SubtensorModule::set_childkey_take
        """
        self._ensure_owner(ensure_signed(origin), hotkey)
        rules = self.parameters
        if not self.least_childkey_take(netuid) <= take <= rules.MaxChildkeyTake:
            raise Errors.InvalidChildkeyTake
        is_early = self._is_too_early(hotkey, netuid, SET_CHILDKEY_TAKE, rules.TxChildkeyTakeRateLimit)
        if take > self.childkey_take(hotkey, netuid) and is_early:
            raise Errors.TxChildkeyTakeRateLimitExceeded
        self._note(hotkey, netuid, SET_CHILDKEY_TAKE)
        self.stakes.ChildkeyTake[hotkey, netuid] = take
        self.deposit(Events.ChildKeyTakeSet(hotkey, take))

    @call(69, weight=weigh(5_760_000, writes=1))
    def sudo_set_tx_childkey_take_rate_limit(self, origin: Origin, tx_rate_limit: u64) -> None:
        """Set how many blocks pass before a child key take is raised again.

        Origin: root.  Emits: TxChildKeyTakeRateLimitSet.  Source: sudo_set_tx_childkey_take_rate_limit
        """
        ensure_root(origin)
        self.parameters.TxChildkeyTakeRateLimit = tx_rate_limit
        self.deposit(Events.TxChildKeyTakeRateLimitSet(tx_rate_limit))

    @call(76, weight=weigh(6_000, reads=1, writes=1))
    def sudo_set_min_childkey_take(self, origin: Origin, take: u16) -> None:
        """Set the least child key take, over 65,535.

        Origin: root.  Emits: MinChildKeyTakeSet.  Source: SubtensorModule::sudo_set_min_childkey_take
        """
        ensure_root(origin)
        self.parameters.MinChildkeyTake = take
        self.deposit(Events.MinChildKeyTakeSet(take))

    @call(77, weight=weigh(6_000, reads=1, writes=1))
    def sudo_set_max_childkey_take(self, origin: Origin, take: u16) -> None:
        """Set the highest child key take, over 65,535.

        Origin: root.  Emits: MaxChildKeyTakeSet.  Source: SubtensorModule::sudo_set_max_childkey_take
        """
        ensure_root(origin)
        self.parameters.MaxChildkeyTake = take
        self.deposit(Events.MaxChildKeyTakeSet(take))

    @call(109, weight=weigh(3_000_000, writes=1))
    def set_pending_childkey_cooldown(self, origin: Origin, cooldown: u64) -> None:
        """Set how many blocks new children wait.

        Origin: root.  Source: SubtensorModule::set_pending_childkey_cooldown
        """
        ensure_root(origin)
        self.PendingChildKeyCooldown = cooldown

    @call(135, weight=weigh(28_023_000, 4364, reads=2, writes=1))
    def set_auto_parent_delegation_enabled(self, origin: Origin, hotkey: AccountId, enabled: bool) -> None:
        """Choose whether a root validator lends its stake to the owners of new subnets.

        Origin: signed, by the hotkey's owner.  Emits: AutoParentDelegationEnabledSet.
        Raises: NonAssociatedColdKey, HotKeyNotRegisteredInSubNet.
        Source: SubtensorModule::set_auto_parent_delegation_enabled
        """
        self._ensure_owner(ensure_signed(origin), hotkey)
        if (ROOT, hotkey) not in self.neurons.Uids:
            raise Errors.HotKeyNotRegisteredInSubNet
        self.AutoParentDelegationEnabled[hotkey] = enabled
        self.deposit(Events.AutoParentDelegationEnabledSet(hotkey, enabled))

    # -- reading

    def childkey_take(self, hotkey: AccountId, netuid: NetUid) -> int:
        """What a child keeps, over 65,535. Source: SubtensorModule::get_childkey_take"""
        rules = self.parameters
        minimum, of_subnet = rules.MinChildkeyTake, rules.MinChildkeyTakePerSubnet[netuid]
        return calculate_childkey_take(self.stakes.ChildkeyTake[hotkey, netuid], minimum, of_subnet)

    def least_childkey_take(self, netuid: NetUid) -> int:
        """The least take of a child in a subnet, over 65,535. Source: get_effective_min_childkey_take"""
        return max(self.parameters.MinChildkeyTake, self.parameters.MinChildkeyTakePerSubnet[netuid])

    def total_stake(self, hotkey: AccountId) -> TaoBalance:
        """What all stake to a hotkey is worth, in rao of TAO. Source: SubtensorModule::get_total_stake_for_hotkey"""
        held, total = self.stakes.TotalHotkeyAlpha, u64f64.zero
        for netuid in self.registry.netuids():
            worth = u64f64.mul(u64f64.from_int(held[hotkey, netuid]), self.swap.price(netuid))
            total = u64f64.add(total, worth)
        return TaoBalance(u64f64.to_u64(total))

    def relations(self, hotkey: AccountId, netuid: NetUid) -> Relations:
        """A hotkey's children and parents. Raises: ProportionOverflow, ChildParentInconsistency."""
        with self.pallet_errors.refusals():
            return read_relations(hotkey, self.stakes.ChildKeys[hotkey, netuid], self.stakes.ParentKeys[hotkey, netuid])

    # -- children that come

    def schedule(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, children: Edges) -> None:
        """Let a hotkey have some children, soon.

        Emits: SetChildrenScheduled, SetChildren.
        Raises: TxRateLimitExceeded, RegistrationNotPermittedOnRootSubnet, SubnetNotExists, NonAssociatedColdKey,
        DuplicateChild, InvalidChild, TooManyChildren, ProportionOverflow, ChildParentInconsistency,
        NotEnoughStakeToSetChildkeys.
        Source: SubtensorModule::do_schedule_children
        """
        if self._is_too_early(hotkey, netuid, SET_CHILDREN, CHILDREN_INTERVAL):
            raise Errors.TxRateLimitExceeded
        if netuid == ROOT:
            raise Errors.RegistrationNotPermittedOnRootSubnet
        self.registry.ensure_exists(netuid)
        self._ensure_owner(coldkey, hotkey)
        if has_duplicates(children):
            raise Errors.DuplicateChild
        relations = self.relations(hotkey, netuid)
        with self.pallet_errors.refusals():
            relations.ensure_may_have(children)
        if children and self.registry.SubnetOwnerHotkey.get(netuid) != hotkey and not self.has_enough_stake(hotkey):
            raise Errors.NotEnoughStakeToSetChildkeys
        self._note(hotkey, netuid, SET_CHILDREN)
        if not self.registry.SubtokenEnabled[netuid]:
            self.apply(netuid, hotkey, children)
            return
        ready = min(self.registry.block() + self.PendingChildKeyCooldown, U64_MAX)
        self.PendingChildKeys[netuid, hotkey] = (children, ready)
        self.deposit(Events.SetChildrenScheduled(hotkey, netuid, ready, children))

    def schedule_root_validators(self, netuid: NetUid) -> None:
        """Let root validators lend everything to a new subnet's owner, unless they do not want to.

        Source: SubtensorModule::do_set_root_validators_for_subnet
        """
        owner = self.registry.SubnetOwnerHotkey[netuid]
        for validator in list(self.neurons.Keys.values(ROOT)):
            if validator != owner and self.AutoParentDelegationEnabled[validator]:
                with suppress(DispatchError):
                    self.schedule(self.ownership.Owner[validator], validator, netuid, ((U64_MAX, owner),))

    def apply_due(self, block: int) -> None:
        """Give hotkeys the children that they waited for, in subnets whose epoch was in this block.

        Emits: SetChildren.  Source: SubtensorModule::try_set_pending_children
        """
        for netuid in self.registry.netuids():
            if self.clock.LastEpochBlock[netuid] != block:
                continue
            is_started = self.registry.SubtokenEnabled[netuid]
            for hotkey, (children, ready) in list(self.PendingChildKeys.items(netuid)):
                if ready < block or not is_started:
                    self.apply(netuid, hotkey, children)
                    del self.PendingChildKeys[netuid, hotkey]

    def apply(self, netuid: NetUid, hotkey: AccountId, children: Edges) -> None:
        """Let a hotkey have these children and no others; nothing happens where it no longer may.

        Emits: SetChildren.  Source: SubtensorModule::persist_pending_chidren_ok
        """
        try:
            relations = read_relations(hotkey, children, self.stakes.ParentKeys[hotkey, netuid])
        except Refused:
            return
        self.keep(relations, netuid)
        self.deposit(Events.SetChildren(hotkey, netuid, children))

    def drop_pending(self, hotkey: AccountId) -> None:
        """Forget the children that a hotkey waits for, if its stake is too small for any."""
        if not self.has_enough_stake(hotkey):
            for netuid in self.registry.netuids():
                del self.PendingChildKeys[netuid, hotkey]

    def has_enough_stake(self, hotkey: AccountId) -> bool:
        """Whether a hotkey has the stake that children need."""
        threshold = self.parameters.StakeThreshold
        return threshold == 0 or self.total_stake(hotkey) >= threshold

    # -- another hotkey in the place of one

    def swap_hotkey(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally) -> None:
        """Give a hotkey's children and parents, and the children that it waits for, to another hotkey.

        The old hotkey, and a parent that had no other child, keep a row without children.

        Raises: InvalidChild, TooManyChildren, ProportionOverflow, ChildParentInconsistency.
        Source: SubtensorModule::parent_child_swap_hotkey
        """
        relations, children_of, parents_of = self.relations(old, netuid), self.stakes.ChildKeys, self.stakes.ParentKeys
        for child in relations.children:
            put_edges(parents_of, child, netuid, without_edge(parents_of[child, netuid], old))
        for parent in relations.parents:
            children_of[parent, netuid] = without_edge(children_of[parent, netuid], old)
        children_of[old, netuid] = ()
        del parents_of[old, netuid]
        relatives = len(relations.children) + len(relations.parents)
        tally.count(reads=2 + relatives, writes=2 + relatives)
        pending = self.PendingChildKeys.get((netuid, old))
        with self.pallet_errors.refusals():
            relations = relations.rebound(new)
            if pending is not None:
                relations.ensure_may_have(pending[0])
        if pending is not None:
            del self.PendingChildKeys[netuid, old]
            self.PendingChildKeys[netuid, new] = pending
            tally.count(reads=1, writes=2)
        touched = self.keep(relations, netuid)
        tally.count(reads=1 + touched, writes=1 + touched)

    def swap_pending_child(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally) -> None:
        """Let those who wait to have a hotkey as their child wait for another; it becomes the last of the children.

        Source: SubtensorModule::perform_hotkey_swap_on_one_subnet
        """
        for parent, (children, ready) in list(self.PendingChildKeys.items(netuid)):
            tally.count(reads=1)
            place = next((n for n, (_, child) in enumerate(children) if child == old), None)
            if place is not None:
                swapped = (*children[:place], *children[place + 1 :], (children[place][0], new))
                self.PendingChildKeys[netuid, parent] = (swapped, ready)
                tally.count(reads=1, writes=2)

    def keep(self, relations: Relations, netuid: NetUid) -> int:
        """Store a hotkey's relations on both sides, and say at how many other ends.

        Source: SubtensorModule::persist_child_parent_relations
        """
        pivot, children_of, parents_of = relations.pivot, self.stakes.ChildKeys, self.stakes.ParentKeys
        ends = self._keep_side(pivot, netuid, relations.children, children_of, parents_of)
        return ends + self._keep_side(pivot, netuid, relations.parents, parents_of, children_of)

    def _keep_side(
        self,
        pivot: AccountId,
        netuid: NetUid,
        relatives: Mapping[AccountId, int],
        own: BoundMap[tuple[AccountId, NetUid], Edges],
        theirs: BoundMap[tuple[AccountId, NetUid], Edges],
    ) -> int:
        before = dict.fromkeys(who for _, who in own[pivot, netuid])
        put_edges(own, pivot, netuid, to_edges(relatives))
        for who in sorted(relatives):
            put_edges(theirs, who, netuid, with_edge(theirs[who, netuid], relatives[who], pivot))
        for who in before:
            if who not in relatives:
                put_edges(theirs, who, netuid, without_edge(theirs[who, netuid], pivot))
        return len(before) + sum(who not in before for who in relatives)

    def _ensure_owner(self, coldkey: AccountId, hotkey: AccountId) -> None:
        if not self.ownership.owns(coldkey, hotkey):
            raise Errors.NonAssociatedColdKey

    def _is_too_early(self, hotkey: AccountId, netuid: NetUid, kind: int, limit: int) -> bool:
        return self.registry.is_too_early(self.registry.TransactionKeyLastBlock[hotkey, netuid, kind], limit)

    def _note(self, hotkey: AccountId, netuid: NetUid, kind: int) -> None:
        self.registry.TransactionKeyLastBlock[hotkey, netuid, kind] = self.registry.block()


def put_edges(
    edges: BoundMap[tuple[AccountId, NetUid], Edges], hotkey: AccountId, netuid: NetUid, found: Edges
) -> None:
    """Store edges; none leave no row."""
    if found:
        edges[hotkey, netuid] = found
    else:
        del edges[hotkey, netuid]
