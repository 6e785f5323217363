"""Two hundred blocks of random weights have the same state roots on any node: each import executes and compares all."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from support.clients import CLIENTS
from support.process import NodeProcess, running, taonet
from support.subnet import MINERS, SUBNET, VALIDATORS, found_subnet, submit
from support.wallet import CONSTRUCT

BLOCKS = 200
INCENTIVE = CONSTRUCT.accessor("SubtensorModule", "Incentive")

pytestmark = pytest.mark.xdist_group("weighted-blocks")


def judge(node: NodeProcess, dice: random.Random) -> None:
    """Two validators say something of some neurons."""
    for validator in dice.sample(VALIDATORS, 2):
        uids = tuple(dice.sample(range(len(VALIDATORS) + len(MINERS) + 1), dice.randrange(1, 17)))
        weights = tuple(dice.randrange(1 << 16) for _ in uids)
        submit(node, validator, "set_weights", netuid=SUBNET, dests=uids, weights=weights, version_key=0)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file of the blocks, and what their import says in the end."""
    folder, dice = tmp_path_factory.mktemp("weighted"), random.Random(425)
    base, blocks = folder / "author", folder / "blocks"
    with running(folder, "--base-path", str(base), "--sealing", "manual") as node:
        found_subnet(node)
        for _ in range(BLOCKS):
            judge(node, dice)
            node.call("dev_newBlock")
        best = int(node.call("chain_getHeader")["number"], 16)
        incentives = node.call("state_getStorage", "0x" + INCENTIVE.key(SUBNET).hex())
    shares, _ = INCENTIVE.value.decode(bytes.fromhex(incentives[2:]), 0)
    assert sum(share > 0 for share in shares) >= len(MINERS)
    made = taonet("export-blocks", str(blocks), "--chain", "dev", "--preset", "fast", "--base-path", str(base))
    assert made.returncode == 0, made.stderr.decode()
    return blocks, f"Imported {best} blocks, best is #{best}"


def ensure_imports(exported: tuple[Path, str], base: Path, **environment: str) -> None:
    """Another node executes the blocks and reaches each state root; one that did not would refuse the block."""
    blocks, said = exported
    line = [sys.executable, "-m", "node.cli", "import-blocks", str(blocks), "--chain", "dev", "--preset", "fast"]
    done = subprocess.run(
        [*line, "--base-path", str(base)], capture_output=True, text=True, env=os.environ | environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stderr


@pytest.mark.parametrize("seed", range(5))
def test_other_hash_seeds_reach_the_same_roots(exported: tuple[Path, str], tmp_path: Path, seed: int) -> None:
    ensure_imports(exported, tmp_path, PYTHONHASHSEED=str(seed))


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_other_versions_of_numpy_reach_the_same_roots(exported: tuple[Path, str], tmp_path: Path, which: str) -> None:
    place = CLIENTS / f"numpy-{which}"
    if not place.exists():
        pytest.skip(f"{which} numpy is not installed: run `make clients`")
    environment = {"PYTHONPATH": str(place)}
    asked = [sys.executable, "-c", "import numpy; print(numpy.__file__)"]
    used = subprocess.run(asked, capture_output=True, text=True, env=os.environ | environment, check=True).stdout

    assert used.startswith(str(place))
    ensure_imports(exported, tmp_path, **environment)
