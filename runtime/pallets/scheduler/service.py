"""At the start of a block what stands on its agenda is done, as far as there is weight for it.

Source: pallet_scheduler::service_agendas, service_agenda, service_task, execute_dispatch, schedule_retry
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from chain.errors import DispatchError
from chain.scale.hints import Err, Ok
from chain.types import BlockNumber
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import Corruption, Exhausted, Unavailable, post_info_of
from runtime.frame.origin import Signed, caller_of
from runtime.frame.pallet import Pallet
from runtime.frame.weight import PostInfo, Weight
from runtime.pallets.preimage import Lookup, Preimage
from runtime.pallets.scheduler.agendas import Agendas, RetryConfig, Task, TaskAddress, as_retry, later
from runtime.pallets.scheduler.weights import (
    AGENDAS_BASE,
    SIGNED,
    UNSIGNED,
    WeightMeter,
    agenda_weight,
    retry_weight,
    task_weight,
)
from runtime.pallets.sudo import DispatchResult


class Outcome(enum.Enum):
    """What became of a task: done, never to be done, or left for a later block."""

    Done = 0
    Unavailable = 1
    Overweight = 2


@dataclass(slots=True)
class Round:
    """One block's work: its number, the weight that there is, and how many tasks were done."""

    now: BlockNumber
    meter: WeightMeter
    done: int = 0


class Service(Pallet):
    """Does what is due. A section of Scheduler."""

    agendas: Agendas
    preimage: Preimage

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Go through the agendas that are due, from the first that is incomplete; what weighs too much waits.

        Emits: AgendaIncomplete, and what the tasks emit.
        """
        agendas = self.agendas
        meter = WeightMeter(agendas.MaximumWeight)
        if not meter.consume(AGENDAS_BASE):
            return meter.consumed
        since, work = agendas.IncompleteSince, Round(block, meter)
        if since is not None:
            del agendas.IncompleteSince
        when, first_incomplete = block if since is None else since, block + 1
        most = agenda_weight(agendas.MaxScheduledPerBlock)
        while when <= block and meter.can_consume(most):
            if not self._serve(work, when):
                first_incomplete = min(first_incomplete, when)
            when = BlockNumber(when + 1)
        first_incomplete = min(first_incomplete, when)
        if first_incomplete <= block:
            agendas.IncompleteSince = BlockNumber(first_incomplete)
            self.deposit(Agendas.AgendaIncomplete(BlockNumber(first_incomplete)))
        return meter.consumed

    def next_due(self, after: int) -> int | None:
        """The block of the next agenda, the next one where one was not finished."""
        if self.agendas.IncompleteSince is not None:
            return after + 1
        return min((int(when) for when in self.agendas.Agenda if when > after), default=None)

    def _serve(self, work: Round, when: BlockNumber) -> bool:
        """Do the tasks of one agenda, lower priority numbers first; say whether none has to wait."""
        agenda = list(self.agendas.Agenda[when])
        tasks = sorted((task.priority, index) for index, task in enumerate(agenda) if task is not None)
        work.meter.consume(agenda_weight(len(tasks)))
        if not agenda:
            return True
        outcomes = []
        for _, index in tasks:
            task = agenda[index]
            assert task is not None
            if not work.meter.can_consume(weight_of(task)):
                outcomes.append(Outcome.Overweight)
                break
            outcome = self._serve_task(work, (when, index), task)
            outcomes.append(outcome)
            if outcome is Outcome.Done:
                work.done += 1
                agenda[index] = None
        # what the tasks themselves put on this agenda is lost, as on the chain
        if all(outcome is Outcome.Done for outcome in outcomes):
            del self.agendas.Agenda[when]
        else:
            self.agendas.Agenda[when] = tuple(agenda)
        return Outcome.Overweight not in outcomes

    def _serve_task(self, work: Round, address: TaskAddress, task: Task) -> Outcome:
        """Make the call of a task, and put the task on its next agenda.

        Emits: CallUnavailable, PermanentlyOverweight, Dispatched.
        """
        if task.maybe_id is not None:
            del self.agendas.Lookup[task.maybe_id]
        try:
            what = self.preimage.peek(task.call)
        except (Unavailable, Corruption):
            self.deposit(Agendas.CallUnavailable(address, task.maybe_id))
            self.preimage.drop(task.call)
            work.meter.consume(weight_of(task))
            return Outcome.Unavailable
        work.meter.consume(weight_of(task))
        result = self._dispatch(work.meter, task, what)
        if result is None:
            if work.done:
                return Outcome.Overweight
            self.preimage.drop(task.call)
            self.deposit(Agendas.PermanentlyOverweight(address, task.maybe_id))
            return Outcome.Unavailable
        retries = self.agendas.Retries.get(address)
        if retries is not None:
            del self.agendas.Retries[address]
        self.deposit(Agendas.Dispatched(address, task.maybe_id, result))
        if retries is not None and isinstance(result, Err):
            self._retry(work, address, task, retries)
        self._repeat(work.now, address, task, retries)
        return Outcome.Done

    def _dispatch(self, meter: WeightMeter, task: Task, what: RuntimeCall) -> DispatchResult | None:
        """Make a call, if there is weight for it; None if not."""
        base = SIGNED if isinstance(caller_of(task.origin).caller, Signed) else UNSIGNED
        weight = self.runtime.dispatch_info(what).weight
        if not meter.can_consume(base + weight):
            return None
        result: DispatchResult = Ok(None)
        try:
            post: PostInfo | None = self.runtime.dispatch(what, caller_of(task.origin))
        except DispatchError as error:
            result, post = Err(error), post_info_of(error)
        actual = None if post is None else post.actual_weight
        meter.consume(base)
        meter.consume(weight if actual is None else actual)
        return result

    def _retry(self, work: Round, address: TaskAddress, task: Task, retries: RetryConfig) -> None:
        """Put a task that failed on a later agenda, as long as tries are left. Emits: RetryFailed."""
        if not work.meter.consume(retry_weight(self.agendas.MaxScheduledPerBlock)):
            self.deposit(Agendas.RetryFailed(address, task.maybe_id))
            return
        if retries.remaining == 0:
            return
        again = as_retry(task)
        try:
            placed = self.agendas.place(later(work.now, retries.period), again)
        except Exhausted:
            self.preimage.drop(task.call)
            self.deposit(Agendas.RetryFailed(address, again.maybe_id))
            return
        self.agendas.Retries[placed] = replace(retries, remaining=retries.remaining - 1)

    def _repeat(self, now: BlockNumber, address: TaskAddress, task: Task, retries: RetryConfig | None) -> None:
        """Put a task on the agenda of its next time; need the call no more after the last. Emits: PeriodicFailed."""
        if task.maybe_periodic is None:
            self.preimage.drop(task.call)
            return
        period, count = task.maybe_periodic
        again = replace(task, maybe_periodic=(period, count - 1) if count > 1 else None)
        try:
            placed = self.agendas.place(later(now, period), again)
        except Exhausted:
            self.preimage.drop(task.call)
            self.deposit(Agendas.PeriodicFailed(address, task.maybe_id))
            return
        if retries is not None:
            self.agendas.Retries[placed] = retries


def weight_of(task: Task) -> Weight:
    """The weight of a task without its call."""
    length = task.call.len if isinstance(task.call, Lookup) else None
    return task_weight(length, named=task.maybe_id is not None, periodic=task.maybe_periodic is not None)
