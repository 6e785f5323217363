"""How validators weigh miners: honestly, each with errors of its own, or as an attacker does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from node.lab.columns import PART
from node.lab.subnet import make_row
from runtime.pallets.emission.yuma import EpochOutcome
from runtime.pallets.weights.rows import EMPTY, Row

CRONY, COPY, HONEST = "crony", "copy", "honest"
STRATEGIES = (CRONY, COPY, HONEST)
BEST_QUALITY = 10_000


@dataclass(slots=True)
class Opinions:
    """What miners are worth, and what each validator thinks they are. Its draws do not depend on any strategy."""

    miners: int
    noise: int
    """How far an opinion is off at most, in parts of 10^9."""
    change: int
    """After how many epochs miners are worth something else; 0 for never."""
    chance: random.Random
    qualities: list[int] = field(default_factory=list)

    def begin_epoch(self, number: int) -> None:
        """Draw what miners are worth, where it changes; epochs are counted from 1."""
        if not self.qualities or (self.change and (number - 1) % self.change == 0):
            self.qualities = [self.chance.randint(1, BEST_QUALITY) for _ in range(self.miners)]

    def draw(self) -> list[int]:
        """One validator's opinion of each miner."""
        return [
            quality * (PART.per + self.chance.randint(-self.noise, self.noise)) // PART.per
            for quality in self.qualities
        ]


@dataclass(frozen=True, slots=True)
class Attack:
    """What attackers do instead of weighing miners."""

    strategy: str
    first_miner: int
    """The uid of the first miner."""
    crony: int
    """The uid of the miner that does nothing."""
    delay: int
    """How many epochs old the consensus is that is copied."""

    def weigh(self, own: Sequence[int], past: Sequence[EpochOutcome]) -> Row:
        """An attacker's weights, after the epochs `past`; `own` is what it really thinks."""
        if self.strategy == HONEST:
            return make_row(own, self.first_miner)
        if self.strategy == CRONY:
            return make_row([1], self.crony)
        if len(past) < self.delay:
            return EMPTY
        return make_row(past[-self.delay].consensus[self.first_miner :], self.first_miner)
