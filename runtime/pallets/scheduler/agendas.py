"""What is to be done in which block: the storage of the Scheduler pallet, and tasks put there and taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from chain.scale.hints import Bounded, struct, u8, u32
from chain.types import BlockNumber, Bytes32
from runtime.frame.errors import Exhausted
from runtime.frame.origin import OriginCaller
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import Weight
from runtime.pallets.preimage import BoundedCall, Preimage
from runtime.pallets.sudo import DispatchResult
from runtime.pallets.system import System

MAX_TASKS = 50
"""How many tasks a block may have."""
U32_MAX = (1 << 32) - 1

TaskAddress = tuple[BlockNumber, u32]
"""The block of a task and its place on that block's agenda."""
Period = tuple[BlockNumber, u32]
"""After how many blocks a task comes again, and how often still."""


@struct("pallet_scheduler::Scheduled")
class Task:
    """A call that is to be made; of several in a block those with lower priority numbers come first."""

    maybe_id: Bytes32 | None
    priority: u8
    call: BoundedCall
    maybe_periodic: Period | None
    origin: OriginCaller


@struct("pallet_scheduler::RetryConfig")
class RetryConfig:
    """How often a task that fails is tried again, how often still, and after how many blocks."""

    total_retries: u8
    remaining: u8
    period: BlockNumber


Tasks = tuple[Task | None, ...]
"""The tasks of a block in the order in which they came; a task that was taken away leaves a hole."""


class Agendas(Pallet):
    """Tasks by the blocks that they are for. A section of Scheduler."""

    system: System
    preimage: Preimage

    MaximumWeight = Constant[Weight](Weight(3_200_000_000_000, 14_757_395_258_967_641_292))
    """How much of a block scheduled calls may use: four fifths."""

    MaxScheduledPerBlock = Constant[u32](MAX_TASKS)
    """How many tasks a block may have."""

    IncompleteSince = StorageValue[BlockNumber | None]()
    """The first block that not all was done for; absent where there is none."""

    Agenda = StorageMap[BlockNumber, Annotated[tuple[Task | None, ...], Bounded(MAX_TASKS)]](Twox64Concat, default=())
    """What is to be done in a block."""

    Retries = StorageMap[TaskAddress, RetryConfig](Blake2_128Concat)
    """How a task is tried again if it fails."""

    Lookup = StorageMap[Bytes32, TaskAddress](Twox64Concat)
    """Where the task with a name is."""

    class Scheduled(Event, index=0):
        """A task was put on an agenda."""

        when: BlockNumber
        index_: u32

    class Canceled(Event, index=1):
        """A task was taken from an agenda."""

        when: BlockNumber
        index_: u32

    class Dispatched(Event, index=2):
        """The call of a task was made."""

        task: TaskAddress
        id: Bytes32 | None
        result: DispatchResult

    class RetrySet(Event, index=3):
        """A task will be tried again if it fails."""

        task: TaskAddress
        id: Bytes32 | None
        period: BlockNumber
        retries: u8

    class RetryCancelled(Event, index=4):
        """A task will not be tried again."""

        task: TaskAddress
        id: Bytes32 | None

    class CallUnavailable(Event, index=5):
        """The call of a task was not to be found."""

        task: TaskAddress
        id: Bytes32 | None

    class PeriodicFailed(Event, index=6):
        """A task could not be put on its next agenda, which is full."""

        task: TaskAddress
        id: Bytes32 | None

    class RetryFailed(Event, index=7):
        """A task that failed could not be put on another agenda: no room, or no weight left."""

        task: TaskAddress
        id: Bytes32 | None

    class PermanentlyOverweight(Event, index=8):
        """The call of a task weighs more than a whole block has for it."""

        task: TaskAddress
        id: Bytes32 | None

    class AgendaIncomplete(Event, index=9):
        """Not all was done that was to be done since this block."""

        when: BlockNumber

    class FailedToSchedule(PalletError, index=0):
        """There is a task of that name."""

    class NotFound(PalletError, index=1):
        """There is no such task."""

    class TargetBlockNumberInPast(PalletError, index=2):
        """The block is not one to come."""

    class RescheduleNoChange(PalletError, index=3):
        """The task is for that block already. No call moves tasks."""

    class Named(PalletError, index=4):
        """The task has a name. No call moves tasks."""

    def place(self, when: BlockNumber, task: Task) -> TaskAddress:
        """Put a task on the agenda of a block. Emits: Scheduled.  Raises: Exhausted for a full one.

        Source: pallet_scheduler::place_task
        """
        agenda = self.Agenda[when]
        if len(agenda) < self.MaxScheduledPerBlock:
            index, agenda = len(agenda), (*agenda, task)
        elif None in agenda:
            index = agenda.index(None)
            agenda = (*agenda[:index], task, *agenda[index + 1 :])
        else:
            raise Exhausted
        self.Agenda[when] = agenda
        if task.maybe_id is not None:
            self.Lookup[task.maybe_id] = (when, index)
        self.deposit(self.Scheduled(when, index))
        return when, index

    def find(self, address: TaskAddress) -> Task:
        """The task at a place. Raises: NotFound."""
        when, index = address
        agenda = self.Agenda[when]
        task = agenda[index] if index < len(agenda) else None
        if task is None:
            raise self.NotFound
        return task

    def remove(self, address: TaskAddress) -> None:
        """Take a task away, its name and its retries too. Emits: Canceled.  Raises: NotFound.

        Source: pallet_scheduler::do_cancel, do_cancel_named
        """
        task, (when, index) = self.find(address), address
        agenda = self.Agenda[when]
        left = without_holes_at_the_end((*agenda[:index], None, *agenda[index + 1 :]))
        if left:
            self.Agenda[when] = left
        else:
            del self.Agenda[when]
        self.preimage.drop(task.call)
        if task.maybe_id is not None:
            del self.Lookup[task.maybe_id]
        del self.Retries[address]
        self.deposit(self.Canceled(when, index))


def without_holes_at_the_end(agenda: Tasks) -> Tasks:
    """An agenda that ends with a task. Source: pallet_scheduler::cleanup_agenda"""
    end = len(agenda)
    while end and agenda[end - 1] is None:
        end -= 1
    return agenda[:end]


def next_period(periodic: Period | None) -> Period | None:
    """What is left of a period once the task was put on an agenda for one time of it."""
    if periodic is None or periodic[1] <= 1 or periodic[0] == 0:
        return None
    return periodic[0], periodic[1] - 1


def as_retry(task: Task) -> Task:
    """The task that is tried again: it has no name and comes once."""
    return replace(task, maybe_id=None, maybe_periodic=None)


def later(now: BlockNumber, blocks: int) -> BlockNumber:
    """The block after so many; there is none after 2^32 - 1."""
    return BlockNumber(min(now + blocks, U32_MAX))
