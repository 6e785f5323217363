"""Runs of an experiment: planned as the product of what varies, and simulated by any executor in the same order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from node.lab.catalog import find_experiment
from node.lab.columns import NUMBER, Column, Figure, Row, Value
from node.lab.errors import LabError, suggest
from node.lab.experiment import Experiment, Outcome
from node.lab.parameters import Parameter, parameters_of

MAX_RUNS = 10_000
MAX_ROWS = 500_000
"""Of all runs together: they are kept in memory until they are written."""
MAX_SEED = (1 << 63) - 1 - MAX_RUNS

RUN = Column("run", NUMBER, "The number of the run, from 1.")
SEED = Column("seed", NUMBER, "The seed of its chance.")


@dataclass(frozen=True, slots=True)
class Run:
    """One simulation. It travels to other processes, so that it names its experiment."""

    experiment: str
    settings: Any
    length: int
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """A run and what it gave."""

    run: Run
    rows: list[Row]
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs that were asked for, and what they differ in."""

    experiment: Experiment[Any]
    runs: list[Run]
    varied: tuple[Parameter, ...]
    has_seeds: bool
    """Whether several seeds are tried."""

    @property
    def length(self) -> int:
        """The steps of all runs together."""
        return sum(run.length for run in self.runs)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the rows of all runs together."""
        return self.keys + self.experiment.columns

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that tell the runs apart."""
        return (RUN, *(parameter.column for parameter in self.varied), *([SEED] if self.has_seeds else []))

    def key(self, place: int) -> Row:
        """What tells a run apart, by its place."""
        run = self.runs[place]
        values: list[Value] = [getattr(run.settings, parameter.name) for parameter in self.varied]
        return (place + 1, *values, *([run.seed] if self.has_seeds else []))

    def label(self, place: int) -> str:
        """The same for readers; nothing where there is one run."""
        run = self.runs[place]
        parts = [f"{p.name}={p.show(getattr(run.settings, p.name))}" for p in self.varied]
        return ", ".join(parts + ([f"seed={run.seed}"] if self.has_seeds else []))

    def rows(self, results: Sequence[Result]) -> Iterator[Row]:
        """The rows of all runs, each behind what tells its run apart."""
        for place, result in enumerate(results):
            key = self.key(place)
            for row in result.rows:
                yield key + row


def make_plan(
    experiment: Experiment[Any],
    given: Mapping[str, str],
    sweeps: Mapping[str, Sequence[str]],
    length: int,
    runs: int = 1,
    seed: int = 0,
) -> Plan:
    """Plan a run for each combination of swept values, and for each of `runs` seeds. Raises: LabError"""
    fixed = {name: find_parameter(experiment, name).read(text) for name, text in given.items()}
    varied = tuple(find_parameter(experiment, name) for name in sweeps)
    values = [read_sweep(parameter, sweeps[parameter.name], fixed) for parameter in varied]
    ensure_runs(runs * math.prod(map(len, values)))
    planned = []
    for combination in itertools.product(*values):
        settings = experiment.settings(**fixed, **dict(zip(sweeps, combination, strict=True)))
        experiment.check(settings, length)
        if runs > 1 and not experiment.has_chance(settings):
            raise LabError("--runs: there is no chance in these settings, so that all runs would be the same")
        planned += [Run(experiment.name, settings, length, seed + number) for number in range(runs)]
    plan = Plan(experiment, planned, varied, runs > 1)
    ensure_rows(plan)
    return plan


def find_parameter(experiment: Experiment[Any], name: str) -> Parameter:
    """The experiment's parameter of that name. Raises: LabError with the nearest one."""
    known = parameters_of(experiment.settings)
    if name not in known:
        raise LabError(f"{experiment.name} has no parameter {name!r}: {suggest(name, known)}")
    return known[name]


def read_sweep(parameter: Parameter, texts: Sequence[str], fixed: Mapping[str, Value]) -> list[Value]:
    """The values that a parameter is given one after another. Raises: LabError"""
    if parameter.name in fixed:
        raise LabError(f"{parameter.name}: it is both set and swept")
    values = [parameter.read(text) for text in texts]
    if len({*values}) < len(values):
        raise LabError(f"{parameter.name}: a value is swept twice")
    return values


def ensure_runs(count: int) -> None:
    """Refuse more runs than anybody waits for. Raises: LabError"""
    if count > MAX_RUNS:
        raise LabError(f"--sweep: there are {count} runs, and at most {MAX_RUNS}")


def ensure_rows(plan: Plan) -> None:
    """Refuse more rows than are kept. Raises: LabError"""
    rows = sum(plan.experiment.count_rows(run.settings, run.length) for run in plan.runs)
    if rows > MAX_ROWS:
        raise LabError(f"every: there are {rows} rows, and at most {MAX_ROWS}")


def perform(run: Run) -> Outcome:
    """Simulate one run, wherever this is."""
    return find_experiment(run.experiment).simulate(run.settings, run.length, run.seed)


def run_all(plan: Plan, executor: Executor, finished: Callable[[Run], None]) -> list[Result]:
    """Simulate all runs, and give their results in the order of the plan."""
    results, futures = [], [executor.submit(perform, run) for run in plan.runs]
    try:
        for run, future in zip(plan.runs, futures, strict=True):
            outcome = future.result()
            results.append(Result(run, outcome.rows, outcome.figures))
            finished(run)
    finally:
        for future in futures:
            future.cancel()
    return results
