"""Real clients that tests drive line by line, each in a process and an environment of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.clients import CLIENTS

DRIVERS = Path(__file__).parents[1] / "client" / "drivers"


class ClientError(Exception):
    """What a client raised; `kind` is its type's name."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Client:
    """A client in a process of its own; attributes are its operations."""

    def __init__(self, name: str, line: list[str], log: Path) -> None:
        self.name = name
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, cwd=DRIVERS, text=True
        )

    def __getattr__(self, operation: str) -> Any:
        return lambda **arguments: self._ask({"op": operation, **arguments})

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: {Path(self._log.name).read_text()[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise ClientError(answer["error"], answer["kind"])
        return answer["ok"]

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.terminate()
        self._process.wait()
        self._log.close()


def command_of(name: str) -> list[str]:
    """The command line of a client's driver; skips where the client is not installed."""
    if name == "pjs":
        if not (CLIENTS / "pjs" / "node_modules" / "@polkadot" / "api").exists() or shutil.which("node") is None:
            pytest.skip("@polkadot/api is not installed: it needs Node.js and npm, see tests/client/install.sh")
        return ["node", str(DRIVERS / "pjs.mjs"), str(CLIENTS / "pjs")]
    python = CLIENTS / name / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{name} is not installed: run `make clients`")
    return [str(python), str(DRIVERS / f"{name}.py")]
