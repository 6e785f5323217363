"""`taonet simulate`: what it prints and writes, and that it says in one line what makes no sense."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pyarrow.parquet
import pytest
from support.process import taonet
from typer.testing import CliRunner

from node.cli import app

SWEEP = ("pool", "--blocks", "90", "--sweep", "buy=1,2", "--set", "flow=random", "--set", "interval=7", "--runs", "2")


def refusal(*arguments: str) -> str:
    """What a command that fails says, which is one line."""
    done = CliRunner().invoke(app, ["simulate", *arguments])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.removesuffix("\n")


def written(folder: Path, suffix: str, jobs: int, seed: int = 5) -> bytes:
    """The file that the command makes of a sweep over two amounts and two seeds."""
    path = folder / f"jobs-{jobs}-{seed}{suffix}"
    done = taonet("simulate", *SWEEP, "--seed", str(seed), "--jobs", str(jobs), "--out", str(path))
    assert (done.returncode, done.stderr) == (0, b"")
    return path.read_bytes()


def test_it_prints_a_sample_of_the_rows_and_a_summary() -> None:
    done = taonet("simulate", "issuance", "--years", "5")

    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "16 of 1,825 rows" in shown
    assert "2029-12-29T08:00:00" in shown
    assert shown.count("13,140,000") == 1  # the last block
    assert "11,820,000.000 TAO" in shown


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_has_the_same_bytes_however_many_jobs_make_it(tmp_path: Path, suffix: str) -> None:
    one, two = written(tmp_path, suffix, 1), written(tmp_path, suffix, 2)

    assert one == two
    assert written(tmp_path, suffix, 1, seed=6) != one


def test_csv_and_parquet_of_a_sweep_have_its_rows(tmp_path: Path) -> None:
    rows = list(csv.DictReader(written(tmp_path, ".csv", 1).decode().splitlines()))
    table = pyarrow.parquet.read_table(io.BytesIO(written(tmp_path, ".parquet", 1))).to_pylist()

    assert [[row[name] for name in ("run", "buy_rao", "seed", "block")] for row in rows] == [
        ["1", "1000000000", "5", "90"],
        ["2", "1000000000", "6", "90"],
        ["3", "2000000000", "5", "90"],
        ["4", "2000000000", "6", "90"],
    ]
    assert [int(row["price_bits"]) for row in rows] == [int(row["price_bits"]) for row in table]


def test_json_says_what_was_asked_and_what_came_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    done = taonet("simulate", "issuance", "--blocks", "10", "--set", "every=3", "--out", str(path), "--json")
    found = json.loads(done.stdout)

    assert (found["experiment"], found["length"], found["unit"]) == ("issuance", 10, "blocks")
    (run,) = found["runs"]
    assert run["parameters"] == {"issued": "0", "recycled": "0", "every": "3", "start": "2026-01-01"}
    assert run["summary"]["issuance_rao"] == 10**10
    assert [column["name"] for column in found["columns"]] == path.read_text().splitlines()[0].split(",")
    assert len(path.read_text().splitlines()) == 1 + 4


def test_a_report_is_written_beside_what_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "attack.html"
    done = taonet("simulate", "attack", "--epochs", "5", "--sweep", "stake=0.4,0.6", "--report", str(path))

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"attack: 2 runs" in done.stdout
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert os.listdir(tmp_path) == ["attack.html"]


def test_somebody_at_a_terminal_sees_how_far_it_is() -> None:
    terminal, end = pty.openpty()
    line = [sys.executable, "-m", "node.cli", "simulate", "pool", "--blocks", "3000", "--json"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=end, env=environment, timeout=60, check=True)
    os.close(end)
    seen = os.read(terminal, 100_000)
    os.close(terminal)

    assert b"3000/3000" in seen
    assert json.loads(done.stdout)["length"] == 3000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("isuance",), "there is no experiment 'isuance': did you mean issuance?"),
        (("xyz",), "there is no experiment 'xyz': there are attack, issuance, pool"),
        (("pool", "--set", "intervall=5"), "pool has no parameter 'intervall': did you mean interval?"),
        (("pool", "--set", "interval"), "--set: 'interval' is not NAME=VALUE"),
        (("pool", "--set", "=5"), "--set: '=5' is not NAME=VALUE"),
        (("pool", "--set", "buy=1", "--set", "buy=2"), "--set: buy is there twice"),
        (("pool", "--sweep", "buy=1", "--sweep", "buy=2"), "--sweep: buy is there twice"),
        (("pool", "--set", "buy=1", "--sweep", "buy=2,3"), "buy: it is both set and swept"),
        (("pool", "--sweep", "buy=1,"), "buy: '' is not a number"),
        (("pool", "--set", "fee=10001"), "fee: 10001 is not between 0 and 10000 parts of 65,535"),
        (("pool", "--epochs", "5"), "--epochs: pool goes by blocks; use --years or --blocks"),
        (("attack", "--years", "5"), "--years: attack goes by epochs; use --epochs"),
        (("attack", "--epochs", "0"), "--epochs: 0 is not between 1 and 100000 epochs"),
        (("pool", "--blocks", "many"), "--blocks: 'many' is not a number"),
        (("pool", "--blocks", "1.5"), "--blocks: '1.5' is not a whole number"),
        (("pool", "--years", "31"), "--years: 31 is not between 0.000001 and 30 years"),
        (("issuance", "--years", "1001"), "--years: 1001 is not between 0.000001 and 1000 years"),
        (("pool", "--years", "1", "--blocks", "1"), "--years and --blocks exclude each other"),
        (
            ("issuance", "--runs", "2"),
            "--runs: there is no chance in these settings, so that all runs would be the same",
        ),
        (("attack", "--runs", "0"), "--runs: 0 is not between 1 and 10000"),
        (("attack", "--seed", "x"), "--seed: 'x' is not a number"),
        (("attack", "--jobs", "0"), "--jobs: 0 is not between 1 and 256"),
        (("issuance", "--out", "rows.xlsx"), "rows.xlsx is neither .csv nor .parquet"),
        (("issuance", "--report", "report.pdf"), "--report: report.pdf is not .html"),
        (("issuance", "--out", "/nowhere/a.csv"), "/nowhere/a.csv cannot be written: No such file or directory"),
        (("issuance", "--report", "/nowhere/a.html"), "/nowhere/a.html cannot be written: No such file or directory"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert refusal(*arguments) == f"Error: {message}"
    assert os.listdir(tmp_path) == []


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    said = refusal("issuance", "--out", str(tmp_path / "rows.parquet"))

    assert said == "Error: Parquet needs pyarrow: pip install 'taonet[plot]'"
    assert os.listdir(tmp_path) == []


def test_a_report_without_matplotlib_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    said = refusal("issuance", "--report", str(tmp_path / "report.html"), "--out", str(tmp_path / "rows.csv"))

    assert said == "Error: --report needs matplotlib: pip install 'taonet[plot]'"
    assert os.listdir(tmp_path) == []


def test_csv_needs_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "matplotlib"):
        monkeypatch.setitem(sys.modules, name, None)

    done = CliRunner().invoke(app, ["simulate", "issuance", "--out", str(tmp_path / "rows.csv")])

    assert done.exit_code == 0
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_a_process_that_dies_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*arguments: object) -> None:
        raise BrokenExecutor

    monkeypatch.setattr("node.lab.runs.run_all", die)

    said = refusal("attack", "--jobs", "2", "--out", str(tmp_path / "rows.csv"))

    assert said == "Error: --jobs: a process ended before its run did"
    assert os.listdir(tmp_path) == []
