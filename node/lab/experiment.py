"""What an experiment is: settings, columns, a simulation that gives rows and figures, and charts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

from node.lab.columns import BLOCKS, Column, Figure, Row, Unit

S = TypeVar("S")

BLOCKS_PER_DAY = 7200
BLOCKS_PER_YEAR = 365 * BLOCKS_PER_DAY
"""Of the real chain's 12 seconds each."""
SECONDS_PER_BLOCK = 12

Tick = Callable[[int], None]
_tick: ContextVar[Tick] = ContextVar("tick", default=lambda steps: None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation gives."""

    rows: list[Row]
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, in shown units."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Experiment(Generic[S]):
    """Something that can be simulated. A step is a block or an epoch."""

    name: str
    question: str
    """What it answers."""
    settings: type[S]
    columns: tuple[Column, ...]
    default_length: int
    """In steps."""
    most_length: int
    simulate: Callable[[S, int, int], Outcome]
    """By settings, length in steps and seed."""
    check: Callable[[S, int], None]
    """Refuses settings that make no sense together. Raises: LabError"""
    draw: Callable[[Sequence[Row]], list[Chart]]
    headlines: tuple[str, ...]
    """The figures that a sweep compares, by name."""
    count_rows: Callable[[S, int], int]
    """How many rows settings and a length give."""
    has_chance: Callable[[S], bool] = lambda settings: False
    """Whether the seed matters."""
    step: Unit = BLOCKS

    def place(self, column: str) -> int:
        """Where a row has a column."""
        return [c.name for c in self.columns].index(column)


def tick(steps: int) -> None:
    """Tell who watches this run that so many steps are done."""
    _tick.get()(steps)


@contextmanager
def watching(watcher: Tick) -> Iterator[None]:
    """Within it somebody hears of the steps that are simulated."""
    token = _tick.set(watcher)
    try:
        yield
    finally:
        _tick.reset(token)
