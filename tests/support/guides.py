"""Pages of docs/ that are run as they stand, from their first block to their last, in a folder of their own.

`sh` and `python` blocks run one after the other; a `text` block is what the block before it prints, where `...` stands
for anything. A block of Python or of a diff that begins with a comment such as `# test_it.py` is written to that file,
or applied. A block that starts a devnet goes on running while those after it do.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from node.testing.process import SERVES

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
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {line} "$@"\n')
        program.chmod(0o755)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(root), "COLUMNS": "200"}


class GuideRun:
    """One page that is being run."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
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
        line = line.replace("make dev", "taonet dev") + f" --rpc-port {self.port}"
        log = self._folder / f"server-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            self._server = subprocess.Popen(
                f"exec {line}", shell=True, cwd=self._folder, env=self._environment, stdout=out, stderr=out
            )
        deadline = time.monotonic() + SECONDS
        while not SERVES.search(log.read_text()):
            assert self._server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End the devnet that runs."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(timeout=10)
            self._server = None


def matches(told: str, shown: str) -> bool:
    """Whether something was printed as a page says: `...` stands for anything, spaces at line ends for nothing."""
    parts = [re.escape(part) for part in _trimmed(told).split("...")]
    return re.fullmatch(".*".join(parts), _trimmed(shown), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@contextmanager
def guide_run(folder: Path, environment: dict[str, str]) -> Iterator[GuideRun]:
    """A page that is run in a folder."""
    folder.mkdir(exist_ok=True)
    run = GuideRun(folder, environment)
    try:
        yield run
    finally:
        run.stop()
