"""What people see on the terminal: a sample of the rows, the figures, and how far the runs are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from node.lab import comparison
from node.lab.columns import Row
from node.lab.experiment import Tick
from node.lab.runs import Plan, Result

if TYPE_CHECKING:
    from rich.table import Table

SAMPLE = 16
"""How many rows a table shows at most, unless one step has more."""
MOST_RUNS = 40
"""How many runs a table shows at most."""
WIDTH = 160
"""How wide tables are that go to a file or a pipe."""


def print_results(plan: Plan, results: Sequence[Result]) -> None:
    """One run with a sample of its rows, the figures of several, or the spread of what several seeds give."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    if plan.has_seeds:
        heads, rows = comparison.spread(plan, results)
        console.print(make_table(f"{plan.experiment.name}: {len(results):,} runs", heads, rows))
        return
    if len(results) > 1:
        console.print(runs_table(plan, results))
        return
    (result,) = results
    console.print(sample_table(plan, result))
    console.print(figure_table(result))


def sample_table(plan: Plan, result: Result) -> Table:
    """Some of a run's rows, evenly spread; of steps that have many, the last."""
    shown = [(place, column) for place, column in enumerate(plan.experiment.columns) if column.in_table]
    heads = [f"{column.label}\n{column.unit.shown}" for _, column in shown]
    rows = [[column.unit.show(row[place]) for place, column in shown] for row in sample(result.rows)]
    kept = f"{len(rows)} of {len(result.rows):,} rows"
    return make_table(f"{plan.experiment.name}: {kept}", heads, rows)


def sample(rows: Sequence[Row]) -> list[Row]:
    """Rows evenly spread, the first and the last among them; all of the last step where a step has several."""
    last_step = [row for row in rows if row[0] == rows[-1][0]]
    if len(last_step) > 1:
        return last_step
    return [rows[place] for place in spread_evenly(len(rows), SAMPLE)]


def spread_evenly(count: int, most: int) -> list[int]:
    """At most so many of the places up to `count`, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [at * (count - 1) // (most - 1) for at in range(most)]


def figure_table(result: Result) -> Table:
    """The figures of a run."""
    return make_table("Summary", ["figure", "value"], [[figure.label, figure.shown] for figure in result.figures])


def runs_table(plan: Plan, results: Sequence[Result]) -> Table:
    """The headlines of several runs below each other, of very many a sample."""
    heads, rows = comparison.summary(plan, results, plan.experiment.headlines)
    kept = spread_evenly(len(rows), MOST_RUNS)
    title = f"{len(rows)} runs" if len(kept) == len(rows) else f"{len(kept)} of {len(rows):,} runs"
    return make_table(f"{plan.experiment.name}: {title}", heads, [rows[place] for place in kept])


def make_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table whose numbers are on the right."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


@contextmanager
def progress(plan: Plan) -> Iterator[Tick]:
    """Shows how many steps of all runs are done, where somebody sees it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(plan.experiment.step.shown, total=plan.length)
        yield lambda steps: bar.advance(task, steps)
