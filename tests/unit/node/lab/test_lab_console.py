"""What the terminal shows is a fair sample."""

from __future__ import annotations

import io
import itertools

import pytest
from rich.console import Console

from node.lab.catalog import EXPERIMENTS
from node.lab.columns import Row
from node.lab.console import MOST_RUNS, SAMPLE, print_results, sample, spread_evenly
from node.lab.executor import InProcess
from node.lab.runs import make_plan, run_all


def shown(monkeypatch: pytest.MonkeyPatch, experiment: str, length: int, runs: int = 1, **sweeps: list[str]) -> str:
    """What is printed of some runs, on a wide terminal."""
    stream = io.StringIO()
    monkeypatch.setattr("rich.console.Console", lambda **options: Console(file=stream, width=200))
    plan = make_plan(EXPERIMENTS[experiment], {}, sweeps, length, runs)
    print_results(plan, run_all(plan, InProcess(lambda steps: None), lambda run: None))
    return stream.getvalue()


def test_a_sample_begins_with_the_first_and_ends_with_the_last() -> None:
    rows: list[Row] = [(block,) for block in range(1, 1001)]

    found = [int(row[0]) for row in sample(rows)]

    assert (len(found), found[0], found[-1]) == (SAMPLE, 1, 1000)
    assert {b - a for a, b in itertools.pairwise(found)} <= {66, 67}


def test_few_rows_are_all_shown() -> None:
    assert spread_evenly(SAMPLE, SAMPLE) == list(range(SAMPLE))


def test_of_steps_with_many_rows_the_last_is_shown() -> None:
    rows: list[Row] = [(epoch, uid) for epoch in (1, 2) for uid in range(50)]

    assert sample(rows) == rows[50:]


def test_amounts_are_shown_in_tao(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, "issuance", 7200)

    assert "7,200.000" in text
    assert "7200000000000" not in text


def test_of_very_many_runs_a_sample_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, "issuance", 10, every=[str(number) for number in range(1, 101)])

    assert f"issuance: {MOST_RUNS} of 100 runs" in text
    assert text.count("10.000") >= MOST_RUNS


def test_of_several_seeds_the_spread_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, "attack", 2, 4, stake=["0.2", "0.6"])

    assert "attack: 8 runs" in text
    assert "median" in text
    assert sum(line.startswith("│") for line in text.splitlines()) == 2
