"""Charts as inline SVG by matplotlib, readable on a light page and on a dark one."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING, Any

from node.lab.errors import LabError
from node.lab.experiment import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"
"""Stands for the colour of the page's text until the SVG is written."""
COLOURS = ("#3b82c4", "#d9732b", "#2f9e68", "#b45fc4", "#c2a01e", "#d1495b", "#3aa6a6", "#8a8a8a")
"""All have contrast on white and on nearly black."""
DASHES = ("-", "--", "-.", ":")
"""So that lines differ without colour."""
SIZE = (8.0, 3.6)
STYLE = {
    "svg.fonttype": "none",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-6, 12),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#8888884d",
    "font.family": "sans-serif",
    "font.size": 10,
    "legend.frameon": False,
}


def load_matplotlib() -> Any:
    """matplotlib. Raises: LabError where it is not installed."""
    try:
        import matplotlib
        import matplotlib.backends.backend_svg
        import matplotlib.figure
    except ImportError:
        raise LabError("--report needs matplotlib: pip install 'taonet[plot]'") from None
    return matplotlib


def draw_svg(chart: Chart, name: str) -> str:
    """A chart as an `svg` element whose ids all begin with `name`."""
    matplotlib = load_matplotlib()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):
        figure = matplotlib.figure.Figure(figsize=SIZE, layout="constrained")
        draw_lines(figure.add_subplot(), chart)
        if len(chart.lines) > 1:
            figure.legend(loc="outside lower center", ncols=2, fontsize=9)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return inline(stream.getvalue(), chart, name)


def draw_lines(axes: Axes, chart: Chart) -> None:
    """The lines and what the axes are."""
    for place, line in enumerate(chart.lines):
        marker = "o" if len(line.xs) < 2 else None
        colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
        axes.plot(line.xs, line.ys, dash, color=colour, marker=marker, label=line.label, linewidth=1.6)
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)
    axes.grid(True)


def inline(svg: str, chart: Chart, name: str) -> str:
    """matplotlib's document as an element of a page, with the page's colour and a text for those who do not see it."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    body = re.sub(r'href="#', f'href="#{name}-', body)
    body = body.replace(INK, "currentColor")
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-text" '
    titles = (
        f'<title id="{name}-title">{escape(chart.title)}</title><desc id="{name}-text">{escape(describe(chart))}</desc>'
    )
    opening, rest = body[len("<svg ") :].split(">", 1)
    opening = re.sub(r'\b(width|height)="[^"]*" ?', "", opening)
    return f"{head}{opening}>{titles}{rest}".strip()


def describe(chart: Chart) -> str:
    """What a chart shows, in a sentence for each line."""
    said = [f"{chart.y_label} over {chart.x_label}."]
    for line in chart.lines:
        if line.ys:
            first, last = line.ys[0], line.ys[-1]
            said.append(
                f"{line.label}: from {first:,.6g} to {last:,.6g}, least {min(line.ys):,.6g}, most {max(line.ys):,.6g}."
            )
    return " ".join(said)
