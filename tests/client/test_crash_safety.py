"""What a crash, a full disk or a wrong folder does to a chain: nothing that was final is lost."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure, running, taonet
from support.wallet import transfer

from chain.blockchain import Blockchain
from chain.database import LevelDatabase
from chain.trie.root import state_root
from runtime.taonet import runtime_of

ALICE, BOB = key_of("Alice"), key_of("Bob")


def database_folder(base: Path) -> Path:
    return base / "chains" / "bittensor" / "db"


def open_chain(base: Path) -> tuple[LevelDatabase, Blockchain]:
    database = LevelDatabase(database_folder(base), create=False)
    return database, Blockchain(database, runtime_of)


@pytest.mark.parametrize("round_", range(3))
def test_killing_the_node_while_it_makes_blocks_loses_no_finalized_block(folder: Path, round_: int) -> None:
    base = folder / "chain"
    node = NodeProcess(folder, "--base-path", str(base), "--sealing", "20")
    node.wait_for_block(5 + round_ * 3)
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 10**9))
    final = node.call("chain_getFinalizedHead")
    number = int(node.call("chain_getHeader", final)["number"], 16)
    node.kill()

    database, chain = open_chain(base)

    assert chain.hash_of(number) == bytes.fromhex(final[2:])
    assert chain.finalized.number >= number
    for height in range(chain.best.number + 1):
        block = chain.hash_of(height)
        assert block is not None
        assert state_root(chain.trie(block).items(b"")) == chain.expect_header(block).state_root
    database.close()


def test_a_chain_that_was_killed_goes_on(folder: Path) -> None:
    base = folder / "chain"
    node = NodeProcess(folder, "--base-path", str(base), "--sealing", "20")
    node.wait_for_block(10)
    node.kill()

    with running(folder, "--base-path", str(base), "--sealing", "manual") as again:
        before = int(again.call("chain_getHeader")["number"], 16)
        again.call("dev_newBlock")
        after = int(again.call("chain_getHeader")["number"], 16)

    assert before >= 10
    assert after == before + 1


def test_a_second_node_on_the_same_folder_says_that_it_is_in_use(folder: Path) -> None:
    base = folder / "chain"
    with running(folder, "--base-path", str(base)):
        second = taonet("dev", "--base-path", str(base), "--rpc-port", "0")

    assert second.returncode == 1
    assert b"in use by another node" in second.stderr
    assert second.stderr.count(b"\n") == 1


def test_a_busy_port_is_named(folder: Path) -> None:
    with running(folder) as first:
        second = taonet("dev", "--rpc-port", str(first.port))

    assert second.returncode == 1
    assert str(first.port).encode() in second.stderr


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    base = folder / "chain"
    database_folder(base).mkdir(parents=True)
    (database_folder(base) / "letter.txt").write_text("dear diary")

    refused = taonet("dev", "--base-path", str(base), "--rpc-port", "0")

    assert refused.returncode == 1
    assert b"letter.txt" in refused.stderr
    assert (database_folder(base) / "letter.txt").read_text() == "dear diary"


def test_a_corrupt_folder_is_named_as_such(folder: Path) -> None:
    base = folder / "chain"
    with running(folder, "--base-path", str(base), "--sealing", "20") as node:
        node.wait_for_block(5)
    for manifest in database_folder(base).glob("MANIFEST-*"):
        manifest.write_bytes(b"\xff" * 100)

    refused = taonet("dev", "--base-path", str(base), "--rpc-port", "0")

    assert refused.returncode == 1
    assert b"corrupt" in refused.stderr
    assert b"Traceback" not in refused.stderr


def test_another_chains_folder_is_refused_with_both_genesis_hashes(folder: Path) -> None:
    base = folder / "chain"
    with running(folder, "--base-path", str(base)) as node:
        genesis = node.call("chain_getBlockHash", 0)

    refused = taonet("dev", "--base-path", str(base), "--preset", "mainnet", "--rpc-port", "0")

    assert refused.returncode == 1
    assert b"another chain" in refused.stderr
    assert genesis.encode() in refused.stderr


def test_a_full_disk_fails_the_block_and_the_node_goes_on(folder: Path) -> None:
    if shutil.which("mount") is None or not _mount(folder / "disk", "32m"):
        pytest.skip("a small file system cannot be mounted here")
    base = folder / "disk" / "chain"
    try:
        with running(folder, "--base-path", str(base), "--sealing", "manual") as node:
            node.call("dev_newBlock")
            _fill(folder / "disk")

            with pytest.raises(RpcFailure) as failure:
                node.call("dev_newBlock", {"count": 2000})
            best = node.call("chain_getBlockHash")
            (folder / "disk" / "ballast").unlink()
            node.call("dev_newBlock")

            assert "the disk is full" in failure.value.message
            assert node.call("chain_getHeader")["parentHash"] == best
    finally:
        _unmount(folder / "disk")


def _mount(point: Path, size: str) -> bool:
    point.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(point)]
    return subprocess.run(line, capture_output=True, check=False).returncode == 0


def _unmount(point: Path) -> None:
    subprocess.run(["umount", str(point)], capture_output=True, check=False)


def _fill(point: Path) -> None:
    """Use up what is left of a file system."""
    with (point / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            pass
