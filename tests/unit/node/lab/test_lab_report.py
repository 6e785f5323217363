"""A report is one page that stands alone, and that everybody can read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from node.lab import comparison
from node.lab.catalog import EXPERIMENTS
from node.lab.charts import INK, describe, draw_svg
from node.lab.executor import InProcess
from node.lab.experiment import Chart, Line
from node.lab.report import make_report
from node.lab.runs import Plan, Result, make_plan, run_all

LENGTHS = {"issuance": 30_000, "pool": 1000, "attack": 4}
CHART = Chart("A & B", "days", "TAO", (Line("one", (0.0, 1.0), (5.0, 2.0)), Line("two", (0.0, 1.0), (1.0, 3.0))))
SVG = "{http://www.w3.org/2000/svg}"


Swept = dict[str, list[str]]


def results_of(experiment: str, sweeps: Swept | None = None, *, runs: int = 1) -> tuple[Plan, list[Result]]:
    plan = make_plan(EXPERIMENTS[experiment], {}, sweeps or {}, LENGTHS[experiment], runs)
    return plan, run_all(plan, InProcess(lambda steps: None), lambda run: None)


class Page(HTMLParser):
    """What a page has: ids, references, headings of tables, elements that are still open."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_a_report_is_a_whole_page_that_needs_nothing_from_elsewhere(experiment: str) -> None:
    text = make_report(*results_of(experiment))
    page = Page(text)

    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object"} == set()
    assert not re.search(r"""(?:src|href)=["'](?!#)""", re.sub(r"xmlns(:\w+)?=\S+", "", text))
    assert text.count("<svg ") == len(EXPERIMENTS[experiment].draw(results_of(experiment)[1][0].rows))
    assert f"<h1>taonet simulate {experiment}</h1>" in text


def test_a_report_has_each_parameter_and_each_figure() -> None:
    plan, results = results_of("pool")
    text = make_report(plan, results)

    assert '<th scope="row">start_tao</th><td>10000</td><td>TAO</td><td>TAO in the pool at first.</td>' in text
    for figure in results[0].figures:
        assert f'<th scope="row">{figure.label}</th><td>{figure.shown}</td>' in text


def test_tables_have_captions_and_headings() -> None:
    page = Page(make_report(*results_of("attack")))

    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption") == 2
    assert {attributes.get("scope") for tag, attributes in page.elements if tag == "th"} == {"col", "row"}


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    svg = ElementTree.fromstring(draw_svg(CHART, "c1"))
    by_id = {element.get("id"): element.text for element in svg.iter()}

    assert svg.get("role") == "img"
    assert [by_id[name] for name in (svg.get("aria-labelledby") or "").split()] == ["A & B", describe(CHART)]
    assert describe(CHART) == "TAO over days. one: from 5 to 2, least 2, most 5. two: from 1 to 3, least 1, most 3."


def test_a_chart_has_the_colour_of_the_page_and_names_its_axes() -> None:
    svg = draw_svg(CHART, "c1")
    words = [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]

    assert INK not in svg
    assert "currentColor" in svg
    assert {"days", "TAO", "one", "two"} <= set(words)


def test_references_in_a_chart_are_to_ids_that_it_has() -> None:
    svg = draw_svg(CHART, "c1")

    wanted = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    assert wanted
    assert wanted <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_a_chart_is_drawn_the_same_each_time() -> None:
    assert draw_svg(CHART, "c1") == draw_svg(CHART, "c1")


def test_a_sweep_draws_its_figures_over_what_is_swept() -> None:
    plan, results = results_of("attack", {"stake": ["0.2", "0.6"], "strategy": ["crony", "honest"]})

    first = comparison.draw(plan, results)[0]

    earned = [comparison.find_figure(result, "attack_rao").value for result in results]
    assert (first.title, first.x_label, first.y_label) == ("attack by stake", "stake", "alpha")
    assert [(line.label, line.xs) for line in first.lines] == [
        ("strategy=crony", [0.2, 0.6]),
        ("strategy=honest", [0.2, 0.6]),
    ]
    assert [list(line.ys) for line in first.lines] == [
        [int(earned[0]) / 1e9, int(earned[2]) / 1e9],
        [int(earned[1]) / 1e9, int(earned[3]) / 1e9],
    ]


def test_a_sweep_over_seeds_draws_their_mean() -> None:
    plan, results = results_of("attack", {"stake": ["0.3"]}, runs=3)

    honest = next(chart for chart in comparison.draw(plan, results) if chart.title == "honest by stake")

    earned = [int(comparison.find_figure(result, "honest_rao").value) / 1e9 for result in results]
    assert honest.lines[0].ys == [pytest.approx(sum(earned) / 3)]


def test_a_chart_has_no_more_lines_than_can_be_read_and_says_so() -> None:
    plan, results = results_of("pool", {"buy": [str(number) for number in range(1, 11)]})

    price = next(chart for chart in comparison.draw(plan, results) if chart.title.startswith("Price"))

    assert len(price.lines) == comparison.MAX_LINES
    assert price.title == "Price (the first 8 of 20 lines)"


def test_the_summary_of_a_sweep_has_a_row_for_each_run() -> None:
    plan, results = results_of("attack", {"stake": ["0.2", "0.6"]})

    head, rows = comparison.summary(plan, results)

    assert head[:3] == ["run", "stake", "attack, alpha"]
    assert [row[:3] for row in rows] == [
        [str(place), stake, result.figures[0].number]
        for place, stake, result in zip((1, 2), ("0.2", "0.6"), results, strict=True)
    ]


def test_the_spread_of_seeds_is_their_least_middle_and_greatest() -> None:
    plan, results = results_of("attack", {"stake": ["0.2", "0.4"]}, runs=3)

    head, rows = comparison.spread(plan, results)

    place = head.index("honest, alpha\nmedian")
    for row, of_point in zip(rows, (results[:3], results[3:]), strict=True):
        honest = sorted((comparison.find_figure(result, "honest_rao") for result in of_point), key=lambda f: f.value)
        assert row[place - 1 : place + 2] == [figure.number for figure in honest]
    assert [row[:2] for row in rows] == [["0.2", "3"], ["0.4", "3"]]
