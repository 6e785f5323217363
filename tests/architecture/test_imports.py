"""Imports point down, and libraries of clients stay out."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = {"chain": {"chain"}, "runtime": {"chain", "runtime"}, "node": {"chain", "runtime", "node", "genesis"}}
"""What each folder may import of this program."""
OF_CLIENTS = {"scalecodec", "substrateinterface", "async_substrate_interface", "bittensor", "cyscale", "base58"}
HEAVY = {"numpy", "typer", "rich", "aiohttp", "prometheus_client"}
"""Libraries that are imported where they are used, so that a runtime starts at once."""


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """The first part of the name of each module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("folder", LAYERS)
def test_imports_point_down(folder: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources(folder)
        for name in imports_of(path)
        if name in {"chain", "runtime", "node", "genesis", "tests", "support"} - LAYERS[folder]
    }

    assert wrong == set()


def test_the_import_contract_of_the_project_is_kept() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("folder", LAYERS)
def test_libraries_of_clients_stay_out(folder: str) -> None:
    wrong = {str(path) for path in sources(folder) if OF_CLIENTS & set(imports_of(path))}

    assert wrong == set()


@pytest.mark.parametrize("folder", ["chain", "runtime"])
def test_chain_and_runtime_need_no_server(folder: str) -> None:
    wrong = {str(path) for path in sources(folder) if (HEAVY - {"numpy"}) & set(imports_of(path))}

    assert wrong == set()
