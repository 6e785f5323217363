"""The README's examples run as they stand, with the library that they import, against a devnet."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from support.clients import PSI, WITH_PSI
from support.process import running

ROOT = Path(__file__).parents[2]

pytestmark = WITH_PSI

WITHIN = "node.devnet"
"""What an example imports that needs no node."""


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_examples_print_what_they_promise(tmp_path: Path) -> None:
    with running(tmp_path) as node:
        program = "\n".join(e for e in examples() if WITHIN not in e).replace("ws://127.0.0.1:9944", node.url)
        told = subprocess.run([str(PSI), "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert told.returncode == 0, told.stderr
    transfer, staked = told.stdout.splitlines()
    assert re.fullmatch(r"True \d+", transfer)
    assert 85 * 10**9 < int(staked) < 100 * 10**9


def test_the_example_of_a_chain_within_python_runs() -> None:
    [program] = [example for example in examples() if WITHIN in example]

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert told.returncode == 0, told.stderr
    assert sum(ast.literal_eval(told.stdout)) > 0
