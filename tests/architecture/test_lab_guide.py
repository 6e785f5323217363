"""What docs/lab.md tells of experiments is so, and each command that it shows runs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from support.guides import shell_environment

from node.lab.catalog import EXPERIMENTS
from node.lab.executor import InProcess
from node.lab.parameters import Parameter, parameters_of
from node.lab.runs import make_plan, run_all

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "lab.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
GUARD_SECONDS = 120


def section(experiment: str) -> str:
    """What the guide says of one experiment."""
    return GUIDE.split(f"\n## `{experiment}`\n")[1].split("\n## ")[0]


def rows_of(text: str, head: str) -> list[list[str]]:
    """The cells of the table below a head."""
    table = text.split(f"| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def described(parameter: Parameter) -> str:
    words = f" One of {', '.join(parameter.choices)}." if parameter.choices else ""
    return parameter.doc + words


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `taonet` is this program."""
    return shell_environment(tmp_path / "programs")


def test_the_guide_shows_every_experiment() -> None:
    assert {command.split()[2] for command in COMMANDS} == set(EXPERIMENTS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_guide_runs(command: str, shell: dict[str, str], tmp_path: Path) -> None:
    line = {"shell": True, "cwd": tmp_path, "env": shell, "timeout": GUARD_SECONDS}

    done = subprocess.run(command, **line, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    for name in re.findall(r"--(?:out|report) (\S+)", command):
        assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_guide_has_each_parameter(experiment: str) -> None:
    declared = parameters_of(EXPERIMENTS[experiment].settings).values()

    assert rows_of(section(experiment), "parameter | default | unit | what it is") == [
        [f"`{p.name}`", p.show(p.default), p.unit.shown, described(p)] for p in declared
    ]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_guide_has_each_column(experiment: str) -> None:
    assert rows_of(section(experiment), "column | unit | what it is") == [
        [f"`{c.name}`", c.unit.name, c.doc] for c in EXPERIMENTS[experiment].columns
    ]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_guide_has_each_question(experiment: str) -> None:
    assert f"| `{experiment}` | {EXPERIMENTS[experiment].question} |" in GUIDE


def test_the_guide_has_each_figure_of_an_attack() -> None:
    (result,) = run_all(make_plan(EXPERIMENTS["attack"], {}, {}, 2), InProcess(lambda steps: None), lambda run: None)
    rows = rows_of(section("attack"), "figure of the summary | unit | what it is")

    named = [(name, row[1]) for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert named == [(figure.name, figure.unit.name) for figure in result.figures]
