"""The command of the economics lab: `simulate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.options import fail

if TYPE_CHECKING:
    from node.lab.experiment import Experiment
    from node.lab.runs import Plan, Result, Run

MAX_JOBS = 256


def simulate(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="issuance, pool or attack.")],
    years: Annotated[
        str | None, typer.Option("--years", metavar="N", help="How long, at 2,628,000 blocks a year.")
    ] = None,
    blocks: Annotated[str | None, typer.Option("--blocks", metavar="N", help="How long, in blocks.")] = None,
    epochs: Annotated[str | None, typer.Option("--epochs", metavar="N", help="How long, in epochs.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; see docs/lab.md.")
    ] = None,
    sweep: Annotated[
        list[str] | None, typer.Option("--sweep", metavar="NAME=A,B,..", help="Run once for each of these values.")
    ] = None,
    runs: Annotated[str, typer.Option("--runs", metavar="N", help="How many seeds to run.")] = "1",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="The first seed.")] = "0",
    jobs: Annotated[str, typer.Option("--jobs", metavar="N", help="How many processes simulate at once.")] = "1",
    out: Annotated[Path | None, typer.Option("--out", help="Write all rows to a .csv or .parquet file.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write a .html report with charts.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was asked and what came out as JSON.")] = False,
) -> None:
    """Run an experiment by the chain's own rules, for blocks, years or epochs."""
    from concurrent.futures import BrokenExecutor

    from node.lab.catalog import find_experiment
    from node.lab.columns import NUMBER
    from node.lab.errors import LabError
    from node.lab.output import ensure_writable, find_writer, replacing
    from node.lab.parameters import read_number
    from node.lab.runs import MAX_RUNS, MAX_SEED, make_plan

    try:
        found = find_experiment(experiment)
        plan = make_plan(
            found,
            _read_settings(settings or ()),
            _read_sweeps(sweep or ()),
            _read_length(found, years, blocks, epochs),
            read_number("--runs", runs, NUMBER, 1, MAX_RUNS),
            read_number("--seed", seed, NUMBER, 0, MAX_SEED),
        )
        count = read_number("--jobs", jobs, NUMBER, 1, MAX_JOBS)
        writer = None if out is None else find_writer(out)
        _ensure_report(report)
        for path in (out, report):
            if path is not None:
                ensure_writable(path)
        results = _run(plan, count)
        if out is not None and writer is not None:
            with replacing(out) as stream:
                writer(stream, plan.columns, plan.rows(results))
        if report is not None:
            from node.lab.report import make_report

            page = make_report(plan, results)
            with replacing(report) as stream:
                stream.write(page.encode())
    except LabError as error:
        fail(error)
    except BrokenExecutor:
        fail("--jobs: a process ended before its run did")
    _print(plan, results, as_json=as_json)


def _run(plan: Plan, jobs: int) -> list[Result]:
    from node.lab.console import progress
    from node.lab.executor import make_executor
    from node.lab.runs import run_all

    jobs = min(jobs, len(plan.runs))
    with progress(plan) as tick, make_executor(jobs, tick) as executor:

        def finished(run: Run) -> None:
            if jobs > 1:  # runs in other processes do not tell their steps
                tick(run.length)

        return run_all(plan, executor, finished)


def _print(plan: Plan, results: Sequence[Result], *, as_json: bool) -> None:
    from node.lab.console import print_results

    if as_json:
        typer.echo(json.dumps(_describe(plan, results), indent=2))
    else:
        print_results(plan, results)


def _describe(plan: Plan, results: Sequence[Result]) -> dict[str, Any]:
    """What was asked and what came out, numbers in their exact units."""
    from node.lab.parameters import parameters_of, values_of

    parameters = parameters_of(plan.experiment.settings)
    return {
        "experiment": plan.experiment.name,
        "length": plan.runs[0].length,
        "unit": plan.experiment.step.name,
        "columns": [{"name": c.name, "unit": c.unit.name, "description": c.doc} for c in plan.columns],
        "runs": [
            {
                "seed": result.run.seed,
                "parameters": {n: parameters[n].show(v) for n, v in values_of(result.run.settings).items()},
                "summary": {figure.name: figure.value for figure in result.figures},
            }
            for result in results
        ],
    }


def _read_length(experiment: Experiment[Any], years: str | None, blocks: str | None, epochs: str | None) -> int:
    """How many steps to simulate. Raises: LabError for a unit that the experiment does not have."""
    from node.lab.columns import BLOCKS, EPOCHS, Unit
    from node.lab.errors import LabError
    from node.lab.experiment import BLOCKS_PER_YEAR
    from node.lab.parameters import read_number

    given = {"--years": years, "--blocks": blocks, "--epochs": epochs}
    names = [name for name, text in given.items() if text is not None]
    if not names:
        return experiment.default_length
    if len(names) > 1:
        raise LabError(f"{' and '.join(names)} exclude each other")
    allowed = ("--epochs",) if experiment.step is EPOCHS else ("--years", "--blocks")
    (name,) = names
    if name not in allowed:
        raise LabError(f"{name}: {experiment.name} goes by {experiment.step.name}; use {' or '.join(allowed)}")
    text, most = given[name] or "", experiment.most_length
    if name != "--years":
        return read_number(name, text, experiment.step if experiment.step is EPOCHS else BLOCKS, 1, most)
    millionths = Unit("10^-6 years", "years", 10**6)
    length = read_number(name, text, millionths, 1, most * 10**6 // BLOCKS_PER_YEAR) * BLOCKS_PER_YEAR // 10**6
    return max(length, 1)


def _read_settings(texts: Sequence[str]) -> dict[str, str]:
    return dict(_pairs("--set", texts))


def _read_sweeps(texts: Sequence[str]) -> dict[str, list[str]]:
    return {name: value.split(",") for name, value in _pairs("--sweep", texts)}


def _pairs(option: str, texts: Sequence[str]) -> list[tuple[str, str]]:
    """Names and values, each name once. Raises: LabError"""
    from node.lab.errors import LabError

    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise LabError(f"{option}: {text!r} is not NAME=VALUE")
        if name in found:
            raise LabError(f"{option}: {name} is there twice")
        found[name] = value
    return list(found.items())


def _ensure_report(report: Path | None) -> None:
    """Refuse another suffix, and a report that cannot be drawn. Raises: LabError"""
    from node.lab.charts import load_matplotlib
    from node.lab.errors import LabError

    if report is None:
        return
    if report.suffix != ".html":
        raise LabError(f"--report: {report} is not .html")
    load_matplotlib()
