"""Runs are the product of what varies, and the same whoever simulates them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from node.lab import runs as lab_runs
from node.lab.catalog import EXPERIMENTS
from node.lab.columns import ALPHA, BLOCKS, PART, TAO, label_of
from node.lab.errors import LabError
from node.lab.executor import InProcess
from node.lab.parameters import number, parameters_of, read_number
from node.lab.runs import Plan, Run, make_plan, run_all


def plan_of(experiment: str = "pool", length: int = 50, *, runs: int = 1, seed: int = 0, **sweeps: Any) -> Plan:
    given = {name: text for name, text in sweeps.items() if isinstance(text, str)}
    swept = {name: texts for name, texts in sweeps.items() if isinstance(texts, list)}
    return make_plan(EXPERIMENTS[experiment], given, swept, length, runs, seed)


def ignore(run: Run) -> None:
    """Nobody waits."""


def test_a_sweep_is_the_product_of_its_values_in_their_order() -> None:
    plan = plan_of(buy=["1", "2"], flow=["random"], interval=["5", "7"], runs=2, seed=9)

    seen = [(run.settings.buy, run.settings.interval, run.seed) for run in plan.runs]
    assert seen == [(tao * 10**9, blocks, seed) for tao in (1, 2) for blocks in (5, 7) for seed in (9, 10)]


def test_each_row_says_what_its_run_was_given() -> None:
    plan = plan_of(length=2, buy=["1", "2.5"], flow=["random"], every="1", runs=2, seed=9)

    rows = list(plan.rows(run_all(plan, InProcess(lambda steps: None), ignore)))

    assert [column.name for column in plan.columns[:4]] == ["run", "buy_rao", "flow", "seed"]
    assert [row[:5] for row in rows[2:6]] == [
        (2, 10**9, "random", 10, 1),
        (2, 10**9, "random", 10, 2),
        (3, 25 * 10**8, "random", 9, 1),
        (3, 25 * 10**8, "random", 9, 2),
    ]


def test_one_run_says_only_its_number() -> None:
    assert plan_of().columns[1].name == "block"


def test_any_executor_gives_the_same_results_in_the_same_order() -> None:
    plan = plan_of(length=200, buy=["1", "2", "3"], interval="9")
    with ThreadPoolExecutor(3) as threads:
        assert run_all(plan, threads, ignore) == run_all(plan, InProcess(lambda steps: None), ignore)


def test_each_run_is_told_of_when_it_is_finished() -> None:
    plan, told = plan_of(buy=["1", "2"]), []

    run_all(plan, InProcess(lambda steps: None), told.append)

    assert told == plan.runs


@pytest.mark.parametrize(("experiment", "length"), [("issuance", 50_000), ("pool", 800), ("attack", 3)])
def test_all_steps_of_a_run_are_told(experiment: str, length: int) -> None:
    steps: list[int] = []

    run_all(plan_of(experiment, length), InProcess(steps.append), ignore)

    assert sum(steps) == length


def test_a_run_that_fails_fails_all() -> None:
    plan = plan_of()
    broken = Run("pool", None, 50, 0)

    with pytest.raises(AttributeError):
        run_all(Plan(plan.experiment, [broken], (), False), InProcess(lambda steps: None), ignore)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_each_experiment_gives_as_many_rows_as_it_says_and_all_of_their_columns(experiment: str) -> None:
    plan = plan_of(experiment, 7, every="3")

    (result,) = run_all(plan, InProcess(lambda steps: None), ignore)

    settings = plan.runs[0].settings
    assert len(result.rows) == plan.experiment.count_rows(settings, 7)
    assert {len(row) for row in result.rows} == {len(plan.experiment.columns)}
    for column, *values in zip(plan.experiment.columns, *result.rows, strict=True):
        assert {type(value) for value in values} == {str if column.is_text else int}


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_no_parameter_has_the_name_of_a_column(experiment: str) -> None:
    columns = [column.name for column in EXPERIMENTS[experiment].columns] + ["run", "seed"]
    varied = [parameter.column.name for parameter in parameters_of(EXPERIMENTS[experiment].settings).values()]

    assert len({*columns, *varied}) == len(columns) + len(varied)


@pytest.mark.parametrize(
    ("sweeps", "message"),
    [
        ({"interval": "0"}, "interval: 0 is not between 1 and 100000000 blocks"),
        ({"buy": "21000001"}, "buy: 21000001 is not between 0 and 21000000 TAO"),
        ({"buy": "0.1234567891"}, "buy: '0.1234567891' has more than 9 decimals"),
        ({"every": "1.5"}, "every: '1.5' is not a whole number"),
        ({"buy": "-1"}, "buy: '-1' is not a number"),
        ({"buy": "1e3"}, "buy: '1e3' is not a number"),
        ({"buy": "nan"}, "buy: 'nan' is not a number"),
        ({"buy": ""}, "buy: '' is not a number"),
        ({"flow": "wild"}, "flow: 'wild' is none of constant, random, shock"),
        ({"bye": "1"}, "pool has no parameter 'bye': did you mean buy?"),
        ({"every": "1", "interval": ["2", "2"]}, "interval: a value is swept twice"),
        ({"buy": ["1", "1.0"]}, "buy: a value is swept twice"),
        ({"sel": ["1"]}, "pool has no parameter 'sel': did you mean sell?"),
        ({"shock_at": "3"}, "shock_at: only flow=shock has a shock"),
        ({"flow": "shock"}, "shock_at: 7200 is after the last block, 50"),
        ({"flow": "shock", "shock_at": "5", "shock_sell": "0"}, "flow: a shock needs shock_buy or shock_sell"),
        ({"start_tao": "20000000"}, "start_tao: with root it is more than issued"),
        ({"runs": 2}, "--runs: there is no chance in these settings, so that all runs would be the same"),
    ],
)
def test_settings_that_make_no_sense_are_refused(sweeps: dict[str, Any], message: str) -> None:
    with pytest.raises(LabError) as caught:
        plan_of(**sweeps)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"attackers": "60"}, "attackers: with validators they are more than 64"),
        ({"alpha_low": "60000"}, "alpha_low: it is more than alpha_high"),
        ({"liquid": "yes", "yuma": "2"}, "liquid: only yuma=3 has liquid alpha"),
        ({"delay": "2"}, "delay: only strategy=copy copies something"),
        ({"stake": "1.1"}, "stake: 1.1 is not between 0 and 1"),
        ({"tempo": "1"}, "tempo: 1 is not between 2 and 50400 blocks"),
    ],
)
def test_attacks_that_make_no_sense_are_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(LabError) as caught:
        plan_of("attack", **settings)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("31.1.2026", "start: '31.1.2026' is not a date such as 2026-01-31"),
        ("3001-01-01", "start: '3001-01-01' is not between the years 1970 and 3000"),
    ],
)
def test_a_date_is_one_that_a_calendar_has(text: str, message: str) -> None:
    with pytest.raises(LabError) as caught:
        plan_of("issuance", start=text)

    assert str(caught.value) == message


def test_an_unknown_name_that_resembles_none_is_told_all_there_are() -> None:
    with pytest.raises(LabError, match=r"^issuance has no parameter 'xyz': there are every, issued, recycled, start$"):
        plan_of("issuance", xyz="1")


def test_a_parameter_is_set_or_swept() -> None:
    with pytest.raises(LabError, match=r"^buy: it is both set and swept$"):
        make_plan(EXPERIMENTS["pool"], {"buy": "1"}, {"buy": ["1", "2"]}, 50)


def test_more_runs_than_anybody_waits_for_are_refused_before_they_are_planned() -> None:
    numbers = [str(value) for value in range(1, 1001)]

    with pytest.raises(LabError, match=r"^--sweep: there are 1000000000 runs, and at most 10000$"):
        plan_of(buy=numbers, sell=numbers, interval=numbers)


def test_more_rows_than_memory_holds_are_refused() -> None:
    with pytest.raises(LabError, match=rf"^every: there are 1000000 rows, and at most {lab_runs.MAX_ROWS}$"):
        plan_of(length=500_000, every="1", interval=["1", "2"])


def test_numbers_are_typed_in_one_unit_and_kept_in_another() -> None:
    assert read_number("buy", "0.5", TAO, 0, 10**10) == 500_000_000
    assert read_number("sell", "12.000000001", ALPHA, 0, 10**12) == 12_000_000_001
    assert read_number("stake", "0.30", PART, 0, 10**9) == 300_000_000
    assert read_number("every", "12.0", BLOCKS, 0, 100) == 12


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_what_a_parameter_shows_can_be_typed_again(experiment: str) -> None:
    for parameter in parameters_of(EXPERIMENTS[experiment].settings).values():
        assert parameter.read(parameter.show(parameter.default)) == parameter.default


def test_a_default_out_of_its_bounds_cannot_be_declared() -> None:
    with pytest.raises(LabError):
        number("5", BLOCKS, "Too much.", most="4")


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0.000"), (1_234_567_891_234, "1,234.567"), (-1_500_000_000, "-1.500"), (-1, "0.000")]
)
def test_amounts_are_shown_rounded_toward_zero(value: int, shown: str) -> None:
    assert TAO.show(value) == shown


def test_readers_see_names_without_units() -> None:
    assert [label_of(name) for name in ("alpha_out_rao", "gain_ppb", "halvings")] == ["alpha out", "gain", "halvings"]
