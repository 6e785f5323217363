"""Several runs beside each other: charts that have a line for each, and what a sweep says of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from node.lab.columns import Figure, Value
from node.lab.experiment import Chart, Line
from node.lab.parameters import Parameter
from node.lab.runs import Plan, Result

Table = tuple[list[str], list[list[str]]]
"""The head of a table, and its rows."""
MAX_LINES = 8
"""How many lines a chart can have and still be read."""


def draw(plan: Plan, results: Sequence[Result]) -> list[Chart]:
    """What a sweep says first, then the charts of the experiment with the lines of each run."""
    charts = [chart for name in plan.experiment.headlines for chart in _draw_sweep(plan, results, name)]
    of_runs = [plan.experiment.draw(result.rows) for result in results[:MAX_LINES]]
    labels = [plan.label(place) for place in range(len(of_runs))]
    for same in zip(*of_runs, strict=True):
        lines = [
            Line(f"{line.label} ({label})" if label else line.label, line.xs, line.ys)
            for chart, label in zip(same, labels, strict=True)
            for line in chart.lines
        ]
        charts.append(limit_lines(replace(same[0], lines=tuple(lines)), len(same[0].lines) * len(results)))
    return charts


def _draw_sweep(plan: Plan, results: Sequence[Result], name: str) -> list[Chart]:
    """A figure over the first swept number, the mean of all seeds; a line for each of what else varies."""
    across = next((parameter for parameter in plan.varied if not parameter.is_text), None)
    if across is None:
        return []
    others = [parameter for parameter in plan.varied if parameter is not across]
    lines: dict[str, dict[int, list[float]]] = {}
    figure = find_figure(results[0], name)
    for result in results:
        label = ", ".join(f"{p.name}={p.show(value_in(result, p))}" for p in others)
        points = lines.setdefault(label or figure.label, {})
        value = figure.unit.scale(find_figure(result, name).value)
        points.setdefault(int(value_in(result, across)), []).append(value)
    drawn = [
        Line(label, [across.unit.scale(x) for x in sorted(points)], [fmean(points[x]) for x in sorted(points)])
        for label, points in lines.items()
    ]
    unit = across.unit.shown
    x_label = f"{across.name}, {unit}" if unit else across.name
    y_label = figure.unit.shown or figure.label
    return [limit_lines(Chart(f"{figure.label} by {across.name}", x_label, y_label, tuple(drawn)), len(drawn))]


def limit_lines(chart: Chart, count: int) -> Chart:
    """The chart with the lines that fit; its title says so where there are more, `count` in all."""
    if count <= MAX_LINES:
        return chart
    title = f"{chart.title} (the first {MAX_LINES} of {count} lines)"
    return replace(chart, title=title, lines=chart.lines[:MAX_LINES])


def find_figure(result: Result, name: str) -> Figure:
    """A figure of a run by its name."""
    return next(figure for figure in result.figures if figure.name == name)


def value_in(result: Result, parameter: Parameter) -> Value:
    """What a parameter is in a run."""
    value: Value = getattr(result.run.settings, parameter.name)
    return value


def summary(plan: Plan, results: Sequence[Result], names: Sequence[str] = ()) -> Table:
    """The figures of all runs, or some of them: a row for each run."""
    known = {figure.name: figure for result in results for figure in result.figures}
    wanted = [known[name] for name in names] or [*known.values()]
    rows = []
    for place, result in enumerate(results):
        shown = {figure.name: figure.number for figure in result.figures}
        rows.append([str(place + 1), *key_texts(plan, place), *(shown.get(figure.name, "") for figure in wanted)])
    return ["run", *key_names(plan), *(figure.heading for figure in wanted)], rows


def spread(plan: Plan, results: Sequence[Result]) -> Table:
    """The least, middle and greatest headlines of all seeds: a row for each combination of what else varies."""
    seeds = sum(run.settings == plan.runs[0].settings for run in plan.runs)
    headlines = [find_figure(results[0], name) for name in plan.experiment.headlines]
    heads = [f"{figure.heading}\n{what}" for figure in headlines for what in ("least", "median", "most")]
    rows = []
    for first in range(0, len(results), seeds):
        row = [p.show(value_in(results[first], p)) for p in plan.varied] + [str(seeds)]
        for headline in headlines:
            figures = [find_figure(result, headline.name) for result in results[first : first + seeds]]
            ordered = sorted(figures, key=lambda figure: int(figure.value))
            row += [figure.number for figure in (ordered[0], ordered[(seeds - 1) // 2], ordered[-1])]
        rows.append(row)
    return [*(parameter.name for parameter in plan.varied), "seeds", *heads], rows


def key_names(plan: Plan) -> list[str]:
    """The names of what tells runs apart."""
    return [parameter.name for parameter in plan.varied] + (["seed"] if plan.has_seeds else [])


def key_texts(plan: Plan, place: int) -> list[str]:
    """What tells one run apart, as it would be typed."""
    run = plan.runs[place]
    texts = [parameter.show(getattr(run.settings, parameter.name)) for parameter in plan.varied]
    return texts + ([str(run.seed)] if plan.has_seeds else [])
