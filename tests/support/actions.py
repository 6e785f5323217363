"""A runner of composite actions, as far as those of this repository need one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""What `shell: bash` is on a runner."""


def load(path: Path) -> dict[str, Any]:
    """A YAML file; the key `on` is no truth value here."""
    text = re.sub(r"^on:", '"on":', path.read_text(), flags=re.MULTILINE)
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


class StepFailed(AssertionError):
    """A step that ended with another status than 0; the message is what it printed."""


class ActionRun:
    """One run of an action: its steps with these inputs, in a folder for temporary files."""

    def __init__(self, folder: Path, temporary: Path, inputs: Mapping[str, str], path: str) -> None:
        self.action = load(folder / "action.yml")
        self.printed = ""
        self._folder, self._temporary, self._path = folder, temporary, path
        declared = self.action["inputs"]
        assert set(inputs) <= set(declared), "an input that the action does not have"
        self._values = {f"inputs.{name}": inputs.get(name, each.get("default", "")) for name, each in declared.items()}

    def run(self, *, since: int = 0) -> dict[str, str]:
        """Run the steps, from the one at `since` on; the outputs. Raises: StepFailed."""
        for step in self.action["runs"]["steps"][since:]:
            told = self.run_step(step)
            self._values |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in told.items()}
        return {name: self._evaluate(each["value"]) for name, each in self.action.get("outputs", {}).items()}

    def run_step(self, step: Mapping[str, Any]) -> dict[str, str]:
        """Run one step; what it puts out. Raises: StepFailed."""
        output = self._temporary / "output"
        output.write_text("")
        environment = {
            **os.environ,
            "PATH": self._path,
            "GITHUB_ACTION_PATH": str(self._folder),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(self._temporary),
            **{name: self._evaluate(value) for name, value in step.get("env", {}).items()},
        }
        # to a file: a pipe would stay open as long as what the step leaves running
        with (self._temporary / "printed").open("w+") as printed:
            line = [*SHELL, self._evaluate(step["run"])]
            done = subprocess.run(line, env=environment, stdout=printed, stderr=printed, timeout=300, check=False)
            printed.seek(0)
            text = printed.read()
        self.printed += text
        if done.returncode:
            raise StepFailed(text)
        return dict(each.split("=", 1) for each in output.read_text().splitlines())

    def _evaluate(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: self._values[found.group(1)], text)
