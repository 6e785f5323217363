"""What people see on the terminal: a sample of the rows, the figures, and how far the runs are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from node.lab import comparison
from node.lab.columns import Row, label_of
from node.lab.experiment import Tick
from node.lab.runs import Plan, Result

if TYPE_CHECKING:
    from rich.table import Table

SAMPLE = 16
"""How many rows a table shows at most, unless one step has more."""
WIDTH = 160
"""How wide tables are that go to a file or a pipe."""


def print_results(plan: Plan, results: Sequence[Result]) -> None:
    """One run with a sample of its rows, or the figures of several."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
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
    if len(rows) <= SAMPLE:
        return list(rows)
    return [rows[at * (len(rows) - 1) // (SAMPLE - 1)] for at in range(SAMPLE)]


def figure_table(result: Result) -> Table:
    """The figures of a run."""
    return make_table("Summary", ["figure", "value"], [[figure.label, figure.shown] for figure in result.figures])


def runs_table(plan: Plan, results: Sequence[Result]) -> Table:
    """The headlines of several runs beside each other."""
    figures = plan.experiment.headlines
    rows = [
        [str(place + 1), *comparison.key_texts(plan, place)]
        + [comparison.find_figure(result, name).shown for name in figures]
        for place, result in enumerate(results)
    ]
    heads = ["run", *comparison.key_names(plan), *map(label_of, figures)]
    return make_table(f"{plan.experiment.name}: {len(results)} runs", heads, rows)


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
