"""Nodes in processes of their own, and commands of the program, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from node.testing.process import NodeProcess, RpcFailure, running

__all__ = ["NodeProcess", "RpcFailure", "running", "slow_epochs", "taonet"]


def slow_epochs(folder: Path) -> tuple[str, ...]:
    """Arguments for a devnet of fast blocks on which no epoch of a new subnet pays for the next 360 blocks."""
    spec = json.loads(taonet("build-spec", "--chain", "dev", "--preset", "fast").stdout)
    spec["genesis"]["constants"]["SubtensorModule.InitialTempo"] = 360
    path = folder / "slow-epochs.json"
    path.write_text(json.dumps(spec))
    return "--chain", str(path)


def taonet(*arguments: str, input_: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a command of the program to its end."""
    line = [sys.executable, "-m", "node.cli", *arguments]
    return subprocess.run(line, input=input_, capture_output=True, timeout=120, check=False)
