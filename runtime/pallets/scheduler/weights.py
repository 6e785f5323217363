"""What the scheduler's calls weigh, and what it may use of a block.

Source: pallet_scheduler::WeightInfo, sp_weights::WeightMeter
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from runtime.frame.weight import ZERO_WEIGHT, Weight, weigh

AGENDA_PROOF = 110_487
"""The proof of an agenda, in bytes."""
AGENDAS_BASE = weigh(1_335_000, 1489, reads=1, writes=1)
TASK_BASE = Weight(2_991_000)
NAMED = weigh(4_292_000, writes=1).saturating_sub(TASK_BASE)
PERIODIC = Weight(2_974_000).saturating_sub(TASK_BASE)
"""What a name and a period add to a task; a period adds nothing, as it was measured."""
SIGNED = weigh(4_155_000, 3997, reads=2)
UNSIGNED = Weight(1_858_000)
"""Making a call as an account, and as anybody else."""

SET_RETRY = weigh(169_783_000, AGENDA_PROOF, reads=1, writes=1)
SET_RETRY_NAMED = weigh(186_544_000, AGENDA_PROOF, reads=2, writes=1)
CANCEL_RETRY = weigh(169_076_000, AGENDA_PROOF, reads=1, writes=1)
CANCEL_RETRY_NAMED = weigh(182_329_000, AGENDA_PROOF, reads=2, writes=1)


def schedule_weight(tasks: int) -> Weight:
    """The weight of scheduling where an agenda may have so many tasks."""
    return weigh(3_815_234 + 538_417 * tasks, AGENDA_PROOF, reads=1, writes=1)


def schedule_named_weight(tasks: int) -> Weight:
    """The weight of scheduling under a name."""
    return weigh(8_965_037 + 559_963 * tasks, AGENDA_PROOF, reads=2, writes=2)


def cancel_weight(tasks: int) -> Weight:
    """The weight of cancelling."""
    return weigh(2_524_382 + 777_710 * tasks, AGENDA_PROOF, reads=1, writes=3)


def cancel_named_weight(tasks: int) -> Weight:
    """The weight of cancelling by name."""
    return weigh(7_403_622 + 778_228 * tasks, AGENDA_PROOF, reads=2, writes=3)


def retry_weight(tasks: int) -> Weight:
    """The weight of putting a task that failed on another agenda."""
    return weigh(10_762_174 + 16_285 * tasks, AGENDA_PROOF, reads=1, writes=2)


@cache
def agenda_weight(tasks: int) -> Weight:
    """The weight of going through an agenda of so many tasks, without them."""
    return weigh(2_409_000 + 486_046 * tasks, AGENDA_PROOF, reads=1, writes=1)


def task_weight(length: int | None, *, named: bool, periodic: bool) -> Weight:
    """The weight of a task without its call, which has so many bytes if it is kept under its hash."""
    total = TASK_BASE if length is None else weigh(16_792_000 + 23_402 * length, 3556 + length, reads=3, writes=2)
    return total + (NAMED if named else ZERO_WEIGHT) + (PERIODIC if periodic else ZERO_WEIGHT)


@dataclass(slots=True)
class WeightMeter:
    """How much weight is used of a limit."""

    limit: Weight
    consumed: Weight = ZERO_WEIGHT

    def can_consume(self, weight: Weight) -> bool:
        """Whether so much is left."""
        return not (self.consumed + weight).any_gt(self.limit)

    def consume(self, weight: Weight) -> bool:
        """Use so much, if it is left; say whether it was."""
        if not self.can_consume(weight):
            return False
        self.consumed = self.consumed + weight
        return True
