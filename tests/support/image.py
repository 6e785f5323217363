"""What the Dockerfile says."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile, in which stage it is, counted from 0."""

    stage: int
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its words; those of its JSON array, where it has one behind its options."""
        array = re.search(r"\[.*\]$", self.text)
        return json.loads(array.group()) if array else self.text.split()


def instructions() -> list[Instruction]:
    """All instructions of the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: list[Instruction] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.partition(" ")
        stage = found[-1].stage if found else -1
        found.append(Instruction(stage + (name == "FROM"), name, rest.strip()))
    return found


def find(name: str) -> Instruction:
    """The only instruction of this name in the stage that becomes the image."""
    every = instructions()
    [found] = [each for each in every if each.name == name and each.stage == every[-1].stage]
    return found


def copied() -> list[str]:
    """What the first stage takes from this folder."""
    return [source for each in instructions() if each.name == "COPY" and each.stage == 0 for source in each.words[:-1]]


def copy_sources(folder: Path) -> None:
    """Put there what the first stage takes: all that is installed, and nothing that a build leaves behind."""
    folder.mkdir(exist_ok=True)
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


def bare_python(folder: Path) -> str:
    """A PATH on which `python` and `python3` are without this program's dependencies."""
    folder.mkdir()
    for name in ("python", "python3"):
        (folder / name).symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return f"{folder}:{os.environ['PATH']}"
