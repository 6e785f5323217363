"""What the README tells people to type exists."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = sorted(set(re.findall(r"`?taonet ([a-z]+(?:-[a-z]+)*)", README)))
FLAGS = sorted(set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", README)))
TARGETS = sorted(set(re.findall(r"make ([a-z]+)", README)) - {"and"})
PATHS = sorted(set(re.findall(r"`((?:chain|node|runtime|docs|tests)/[\w./]*)`", README)))


@cache
def help_of(command: str) -> str:
    """What `taonet COMMAND --help` prints, in wide lines."""
    line = [sys.executable, "-m", "node.cli", command, "--help"]
    environment = {"COLUMNS": "200", "PATH": "/usr/bin:/bin"}
    shown = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_it_names_commands_flags_and_targets() -> None:
    assert {"dev", "run", "build-spec", "export-blocks", "purge-chain"} <= set(COMMANDS)
    assert {"--base-path", "--sealing", "--no-check"} <= set(FLAGS)
    assert {"dev", "test", "lint", "bench"} <= set(TARGETS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_exists(command: str) -> None:
    assert "Usage" in help_of(command)


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_belongs_to_some_command(flag: str) -> None:
    if flag == "--strict":  # mypy's
        return
    assert any(flag in help_of(command) for command in COMMANDS)


@pytest.mark.parametrize("target", TARGETS)
def test_each_make_target_exists(target: str) -> None:
    planned = subprocess.run(["make", "-n", target], capture_output=True, text=True, cwd=ROOT, check=False)

    assert planned.returncode == 0, planned.stderr


@pytest.mark.parametrize("path", PATHS)
def test_each_path_exists(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists()
