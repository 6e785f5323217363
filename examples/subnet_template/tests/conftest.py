"""What the tests share: the programs of the subnet as processes against the chain of the fixture `node`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0
"""How long a test waits for what must happen, before it fails."""


class Program:
    """A program of the subnet that runs until it ends or is stopped."""

    def __init__(self, log: Path, *line: str) -> None:
        self._log = log
        environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
        with log.open("wb") as out:
            command = [sys.executable, *line]
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    def wait_for(self, pattern: str, times: int = 1) -> re.Match[str]:
        """Where it prints something for the nth time. Raises: AssertionError where it ends or waits too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            ended = self._process.poll() is not None
            found = list(re.finditer(pattern, self.log))
            if len(found) >= times:
                return found[times - 1]
            assert not ended, f"it ended with {self._process.returncode}: {self.log}"
            assert time.monotonic() < deadline, f"{pattern!r} is not there: {self.log}"
            time.sleep(0.02)

    def wait(self) -> int:
        """Its exit status at its end."""
        return self._process.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise


@pytest.fixture
def start(node: Any, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts `miner.py`, `validator.py` or another file with a hotkey on the chain of `node`."""
    programs: list[Program] = []

    def start_one(file: str, wallet: str, *more: str) -> Program:
        line = [str(FOLDER / file), "--url", node.url, "--netuid", "1", "--wallet", wallet, "--local", *more]
        programs.append(Program(tmp_path / f"{len(programs)}.log", *line))
        return programs[-1]

    yield start_one
    for program in programs:
        program.stop()
