"""Pages of docs/ that are run as they stand, from their first block to their last, in a folder of their own.

`sh` and `python` blocks run one after the other; a `text` block is what the block before it prints, where `...` stands
for anything. A block of Python or of a diff that begins with a comment such as `# test_it.py` is written to that file,
or applied. A block that starts a devnet goes on running while those after it do.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from node.testing.process import NodeProcess

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SERVERS = re.compile(r"^(make dev|taonet (dev|run|localnet))\b.*$")
FILE = re.compile(r"# (\S+\.py)\n")
SECONDS = 120
PORT = "9944"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page, and what it says that the block prints."""

    language: str
    text: str
    told: str | None


def blocks(page: str) -> list[Block]:
    """The blocks of a page that do something."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    result = []
    for number, (language, text) in enumerate(found):
        if language != "text":
            following = found[number + 1] if number + 1 < len(found) else ("", "")
            result.append(Block(language, text, following[1] if following[0] == "text" else None))
    return result


def shell_environment(folder: Path, root: Path = ROOT) -> dict[str, str]:
    """An environment in which `taonet` and `python` are the program below `root`, by wrappers in `folder`."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name, line in (("taonet", "-m node.cli"), ("python", ""), ("pytest", "-m pytest -p no:cacheprovider")):
        program = programs / name
        # the folder that one stands in is no place to import from, as with an installed program
        program.write_text(f'#!/bin/sh\nexec env PYTHONPATH={root} {sys.executable} -P {line} "$@"\n')
        program.chmod(0o755)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "200"}


class GuideRun:
    """One page that is being run."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._server: NodeProcess | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self._environment = {**environment, "TAONET_URL": f"ws://127.0.0.1:{self.port}"}

    def run(self, block: Block) -> None:
        """Do what a block says. Raises: AssertionError where it fails, or prints something else."""
        text = block.text.replace(PORT, self.port)
        if block.language == "sh" and SERVERS.match(text.strip()):
            self._serve(text.strip())
        elif block.language == "sh":
            self._check(block, ["bash", "-euo", "pipefail", "-c", text])
        elif block.language == "diff":
            self._check(block, ["git", "apply", "-"], text.encode())
        elif block.language == "python" and (named := FILE.match(text)):
            path = self._folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif block.language == "python":
            self._check(block, ["python", "-c", text])
        else:
            raise AssertionError(f"nothing runs a block of {block.language!r}")

    def _check(self, block: Block, line: list[str], given: bytes | None = None) -> None:
        done = subprocess.run(
            line,
            cwd=self._folder,
            env=self._environment,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        shown = done.stdout.decode()
        assert done.returncode == 0, f"{block.text}\n{shown}\n{done.stderr.decode()}"
        if block.told is not None:
            both = shown + done.stderr.decode()
            assert matches(block.told, shown) or matches(block.told, both), f"{block.text}\ngives\n{both}"

    def _serve(self, line: str) -> None:
        """Start a devnet; one that ran before is ended, as somebody does who types the next."""
        self.stop()
        _, command, *arguments = shlex.split(line.replace("make dev", "taonet dev"))
        program = shutil.which("taonet", path=self._environment["PATH"])
        assert program is not None
        self._server = NodeProcess(self._folder, *arguments, command=command, port=int(self.port), program=(program,))

    def stop(self) -> None:
        """End the devnet that runs."""
        if self._server is not None:
            self._server.stop()
            self._server = None


def matches(told: str, shown: str) -> bool:
    """Whether something was printed as a page says: `...` stands for anything, spaces at line ends for nothing."""
    parts = [re.escape(part) for part in _trimmed(told).split("...")]
    return re.fullmatch(".*".join(parts), _trimmed(shown), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def run_guide(page: str, folder: Path, environment: dict[str, str]) -> None:
    """Run a page in a folder from its first block to its last. Raises: AssertionError at the first that is wrong."""
    run = GuideRun(folder, environment)
    try:
        for block in blocks((DOCS / page).read_text()):
            run.run(block)
    finally:
        run.stop()
