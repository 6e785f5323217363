"""A report: one HTML file with what was asked, what came out, and charts; it needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from node.lab import comparison
from node.lab.charts import draw_svg
from node.lab.parameters import parameters_of, values_of
from node.lab.runs import Plan, Result

CSS = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: light-dark(#1c1c1e, #ececf0); background: light-dark(#ffffff, #16161a); }
h1, h2 { line-height: 1.2; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
figure { margin: 2rem 0; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; color: inherit; }
"""


def make_report(plan: Plan, results: Sequence[Result]) -> str:
    """The report as a page."""
    experiment, first = plan.experiment, plan.runs[0]
    title = f"taonet simulate {experiment.name}"
    charts = comparison.draw(plan, results)
    figures = "\n".join(
        f"<figure><figcaption>{escape(chart.title)}</figcaption>{draw_svg(chart, f'chart{number}')}</figure>"
        for number, chart in enumerate(charts, 1)
    )
    runs = f"{len(plan.runs)} runs" if len(plan.runs) > 1 else "One run"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{CSS}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
<p>{escape(experiment.question)} {runs} of {first.length:,} {escape(experiment.step.shown)}, seed {first.seed}.</p>
<h2>Parameters</h2>
{parameter_table(plan)}
<h2>Summary</h2>
{summary_table(plan, results)}
<h2>Charts</h2>
{figures}
</main>
</body>
</html>
"""


def parameter_table(plan: Plan) -> str:
    """What was set, with all values of what varies."""
    values, rows = values_of(plan.runs[0].settings), []
    for name, parameter in parameters_of(plan.experiment.settings).items():
        shown = parameter.show(values[name])
        if parameter in plan.varied:
            shown = ", ".join(dict.fromkeys(parameter.show(values_of(run.settings)[name]) for run in plan.runs))
        rows.append([name, shown, parameter.unit.shown, parameter.doc])
    return make_table("What the runs were given", ["parameter", "value", "unit", "meaning"], rows)


def summary_table(plan: Plan, results: Sequence[Result]) -> str:
    """The figures: below each other for one run, beside each other for several, with the spread of seeds."""
    if len(results) == 1:
        rows = [[figure.label, figure.shown] for figure in results[0].figures]
        return make_table("What came out", ["figure", "value"], rows)
    tables = [make_table("What came out of each run", *comparison.summary(plan, results))]
    if plan.has_seeds:
        tables.insert(0, make_table("What came out over all seeds", *comparison.spread(plan, results)))
    return "\n".join(tables)


def make_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns and rows have headings that screen readers say."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><caption>{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
