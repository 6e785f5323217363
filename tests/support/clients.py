"""Where the real clients are installed, each in an environment of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.process import NodeProcess

CLIENTS = Path(__file__).parents[2] / ".clients"
PSI = CLIENTS / "psi" / "bin" / "python"
"""The Python that has substrate-interface."""

WITH_PSI = [
    pytest.mark.xdist_group("real-clients"),
    pytest.mark.skipif(not PSI.exists(), reason="substrate-interface is not installed: run `make clients`"),
]
"""Marks of a module whose tests need it."""


def output_of(*line: object, timeout: float = 120, node: NodeProcess | None = None) -> str:
    """What a driver prints, run with these arguments. It must succeed; else the log of `node` is shown too."""
    done = subprocess.run([str(each) for each in line], capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, done.stderr + ("" if node is None else node.log)
    return done.stdout
