"""Calls that root lets the chain make later: once or every so many blocks, tried again if they fail."""

from __future__ import annotations

from chain.scale.hints import u8, u32
from chain.types import BlockNumber, Bytes32
from runtime.frame.call import RuntimeCall, call
from runtime.frame.origin import Origin, SystemOrigin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.pallets.preimage import BoundedCall, Legacy, Lookup, Preimage
from runtime.pallets.scheduler.agendas import (
    MAX_TASKS,
    Agendas,
    Period,
    RetryConfig,
    Task,
    TaskAddress,
    later,
    next_period,
)
from runtime.pallets.scheduler.weights import (
    CANCEL_RETRY,
    CANCEL_RETRY_NAMED,
    SET_RETRY,
    SET_RETRY_NAMED,
    cancel_named_weight,
    cancel_weight,
    schedule_named_weight,
    schedule_weight,
)
from runtime.pallets.system import System


class Scheduler(Pallet):
    """Calls to be made later. Only root schedules, so whoever may cancel one may cancel all."""

    storage_version = 4

    system: System
    agendas: Agendas
    preimage: Preimage

    @call(0, weight=schedule_weight(MAX_TASKS))
    def schedule(
        self, origin: Origin, when: BlockNumber, maybe_periodic: Period | None, priority: u8, call: RuntimeCall
    ) -> None:
        """Let a call be made in a block to come, and again every so many blocks.

        Origin: root.  Emits: Scheduled.  Raises: TargetBlockNumberInPast.  Source: pallet_scheduler::schedule
        """
        ensure_root(origin)
        self._schedule(None, when, maybe_periodic, priority, origin, self.preimage.bound(call))

    @call(1, weight=cancel_weight(MAX_TASKS))
    def cancel(self, origin: Origin, when: BlockNumber, index: u32) -> None:
        """Let a call not be made after all.

        Origin: root.  Emits: Canceled.  Raises: NotFound.  Source: pallet_scheduler::cancel
        """
        ensure_root(origin)
        self.agendas.remove((when, index))

    @call(2, weight=schedule_named_weight(MAX_TASKS))
    def schedule_named(
        self,
        origin: Origin,
        id: Bytes32,
        when: BlockNumber,
        maybe_periodic: Period | None,
        priority: u8,
        call: RuntimeCall,
    ) -> None:
        """Let a call be made in a block to come, under a name.

        Origin: root.  Emits: Scheduled.  Raises: FailedToSchedule, TargetBlockNumberInPast.
        Source: pallet_scheduler::schedule_named
        """
        ensure_root(origin)
        kept = self.preimage.bound(call)
        self._ensure_free(id)
        self._schedule(id, when, maybe_periodic, priority, origin, kept)

    @call(3, weight=cancel_named_weight(MAX_TASKS))
    def cancel_named(self, origin: Origin, id: Bytes32) -> None:
        """Let the call with a name not be made after all.

        Origin: root.  Emits: Canceled.  Raises: NotFound.  Source: pallet_scheduler::cancel_named
        """
        ensure_root(origin)
        self.agendas.remove(self._address(id))

    @call(4, weight=schedule_weight(MAX_TASKS))
    def schedule_after(
        self, origin: Origin, after: BlockNumber, maybe_periodic: Period | None, priority: u8, call: RuntimeCall
    ) -> None:
        """Let a call be made when so many blocks have passed after the next one.

        Origin: root.  Emits: Scheduled.  Raises: TargetBlockNumberInPast.
        Source: pallet_scheduler::schedule_after
        """
        ensure_root(origin)
        self._schedule(None, self._after(after), maybe_periodic, priority, origin, self.preimage.bound(call))

    @call(5, weight=schedule_named_weight(MAX_TASKS))
    def schedule_named_after(
        self,
        origin: Origin,
        id: Bytes32,
        after: BlockNumber,
        maybe_periodic: Period | None,
        priority: u8,
        call: RuntimeCall,
    ) -> None:
        """Let a call be made when so many blocks have passed after the next one, under a name.

        Origin: root.  Emits: Scheduled.  Raises: FailedToSchedule, TargetBlockNumberInPast.
        Source: pallet_scheduler::schedule_named_after
        """
        ensure_root(origin)
        kept = self.preimage.bound(call)
        self._ensure_free(id)
        self._schedule(id, self._after(after), maybe_periodic, priority, origin, kept)

    @call(6, weight=SET_RETRY)
    def set_retry(self, origin: Origin, task: TaskAddress, retries: u8, period: BlockNumber) -> None:
        """Let a call be tried again if it fails, so often and every so many blocks.

        Origin: root.  Emits: RetrySet.  Raises: NotFound.  Source: pallet_scheduler::set_retry
        """
        ensure_root(origin)
        self._set_retry(task, None, retries, period)

    @call(7, weight=SET_RETRY_NAMED)
    def set_retry_named(self, origin: Origin, id: Bytes32, retries: u8, period: BlockNumber) -> None:
        """Let the call with a name be tried again if it fails.

        Origin: root.  Emits: RetrySet.  Raises: NotFound.  Source: pallet_scheduler::set_retry_named
        """
        ensure_root(origin)
        self._set_retry(self._address(id), id, retries, period)

    @call(8, weight=CANCEL_RETRY)
    def cancel_retry(self, origin: Origin, task: TaskAddress) -> None:
        """Let a call not be tried again if it fails.

        Origin: root.  Emits: RetryCancelled.  Raises: NotFound.  Source: pallet_scheduler::cancel_retry
        """
        ensure_root(origin)
        self._cancel_retry(task, None)

    @call(9, weight=CANCEL_RETRY_NAMED)
    def cancel_retry_named(self, origin: Origin, id: Bytes32) -> None:
        """Let the call with a name not be tried again if it fails.

        Origin: root.  Emits: RetryCancelled.  Raises: NotFound.  Source: pallet_scheduler::cancel_retry_named
        """
        ensure_root(origin)
        self._cancel_retry(self._address(id), id)

    # -- what the calls have in common

    def _schedule(
        self,
        name: Bytes32 | None,
        when: BlockNumber,
        periodic: Period | None,
        priority: int,
        origin: Origin,
        kept: BoundedCall,
    ) -> None:
        """Put a call on an agenda. A long one, asked for when it was kept, is asked for again, and so stays for ever.

        Emits: Scheduled.  Raises: TargetBlockNumberInPast.
        Source: pallet_scheduler::do_schedule, do_schedule_named
        """
        if when <= self.system.Number:
            raise self.agendas.TargetBlockNumberInPast
        task = Task(name, priority, kept, next_period(periodic), SystemOrigin(origin.caller))
        self.agendas.place(when, task)
        if isinstance(kept, Legacy | Lookup):
            self.preimage.request(kept.hash)

    def _ensure_free(self, name: Bytes32) -> None:
        """Raises: FailedToSchedule where a task has that name."""
        if name in self.agendas.Lookup:
            raise self.agendas.FailedToSchedule

    def _after(self, blocks: int) -> BlockNumber:
        """The block after so many; this block's agenda was gone through already."""
        return later(self.system.Number, blocks + 1)

    def _address(self, name: Bytes32) -> TaskAddress:
        """Where the task with a name is. Raises: NotFound."""
        found = self.agendas.Lookup.get(name)
        if found is None:
            raise self.agendas.NotFound
        return found

    def _set_retry(self, address: TaskAddress, name: Bytes32 | None, retries: int, period: BlockNumber) -> None:
        """Emits: RetrySet.  Raises: NotFound."""
        self.agendas.find(address)
        self.agendas.Retries[address] = RetryConfig(retries, retries, period)
        self.deposit(Agendas.RetrySet(address, name, period, retries))

    def _cancel_retry(self, address: TaskAddress, name: Bytes32 | None) -> None:
        """Emits: RetryCancelled.  Raises: NotFound."""
        self.agendas.find(address)
        del self.agendas.Retries[address]
        self.deposit(Agendas.RetryCancelled(address, name))
