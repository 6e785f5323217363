"""Chains on disk: moved between folders, pruned, purged, described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.chain import key_of
from support.process import RpcFailure, running, taonet
from support.wallet import transfer

ALICE, BOB = key_of("Alice"), key_of("Bob")
NUMBER_KEY = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac"


def make_chain(folder: Path, base: Path, *arguments: str) -> list[str]:
    """A chain with transfers and hand-written state in it; the hashes of its blocks."""
    with running(folder, "--base-path", str(base), "--sealing", "manual", *arguments) as node:
        for amount in range(1, 4):
            node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, amount))
            node.call("dev_newBlock", {"count": 2})
        node.call("dev_setStorage", {"Sudo": {"Key": BOB.address}})
        node.call("dev_newBlock", {"unsafeBlockHeight": 40})
        node.call("dev_newBlock", {"count": 2})
        return [node.call("chain_getBlockHash", number) for number in range(43)]


def test_an_exported_chain_has_the_same_hashes_in_another_folder(folder: Path) -> None:
    hashes = make_chain(folder, folder / "a")
    blocks = folder / "blocks.bin"

    exported = taonet(
        "export-blocks", str(blocks), "--base-path", str(folder / "a"), "--chain", "dev", "--preset", "fast"
    )
    imported = taonet(
        "import-blocks", str(blocks), "--base-path", str(folder / "b"), "--chain", "dev", "--preset", "fast"
    )

    assert (exported.returncode, imported.returncode) == (0, 0), exported.stderr + imported.stderr
    assert b"best is #42" in imported.stderr
    with running(folder, "--base-path", str(folder / "b"), "--sealing", "manual") as node:
        assert [node.call("chain_getBlockHash", number) for number in range(43)] == hashes


def test_blocks_travel_through_a_pipe(folder: Path) -> None:
    make_chain(folder, folder / "a")
    where = ("--chain", "dev", "--preset", "fast", "--base-path")

    exported = taonet("export-blocks", *where, str(folder / "a"))
    imported = taonet("import-blocks", *where, str(folder / "b"), input_=exported.stdout)

    assert b"best is #42" in imported.stderr


@pytest.mark.parametrize("damage", ["cut", "flip", "noise"])
def test_a_damaged_file_of_blocks_is_refused_with_the_place(folder: Path, damage: str) -> None:
    make_chain(folder, folder / "a")
    where = ("--chain", "dev", "--preset", "fast", "--base-path")
    raw = taonet("export-blocks", *where, str(folder / "a")).stdout
    middle = len(raw) // 2
    spoiled = {
        "cut": raw[:middle],
        "flip": raw[:60] + bytes([raw[60] ^ 1]) + raw[61:],
        "noise": b"not blocks at all, just some text",
    }[damage]

    refused = taonet("import-blocks", *where, str(folder / "b"), input_=spoiled)

    assert refused.returncode == 1
    assert refused.stderr.startswith(b"Error: ")
    assert b"Traceback" not in refused.stderr


def test_pruning_drops_states_that_are_older_than_the_bound(folder: Path) -> None:
    with running(folder, "--sealing", "manual", "--state-pruning", "5") as node:
        node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1))
        node.call("dev_newBlock", {"count": 20})
        kept, gone = node.call("chain_getBlockHash", 16), node.call("chain_getBlockHash", 15)

        assert node.call("state_getStorage", NUMBER_KEY, kept) == "0x10000000"
        assert len(node.call("state_getKeys", "0x", kept)) > 20
        with pytest.raises(RpcFailure) as failure:
            node.call("state_getStorage", NUMBER_KEY, gone)
        assert failure.value.message == (
            f"Client error: Api called for an unknown Block: State already discarded for {gone}"
        )
        assert node.call("chain_getBlock", gone) is not None


def test_a_pruned_chain_goes_on_after_a_restart(folder: Path) -> None:
    base = folder / "chain"
    arguments = ("--base-path", str(base), "--sealing", "manual", "--state-pruning", "3")
    with running(folder, *arguments) as node:
        node.call("dev_newBlock", {"count": 10})

    with running(folder, *arguments) as node:
        node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1))
        node.call("dev_newBlock", {"count": 10})
        keys = node.call("state_getKeys", "0x")
        values = [node.call("state_getStorage", key) for key in keys]

    assert all(value is not None for value in values)


def test_purging_removes_the_chain_and_nothing_else(folder: Path) -> None:
    base = folder / "chain"
    make_chain(folder, base)
    (base / "note.txt").write_text("keep me")

    purged = taonet("purge-chain", "--chain", "dev", "--base-path", str(base), "-y")

    assert purged.returncode == 0, purged.stderr
    assert not (base / "chains" / "bittensor" / "db").exists()
    assert (base / "note.txt").exists()


def test_a_chain_in_use_is_not_purged(folder: Path) -> None:
    base = folder / "chain"
    with running(folder, "--base-path", str(base)):
        refused = taonet("purge-chain", "--chain", "dev", "--base-path", str(base), "-y")

    assert refused.returncode == 1
    assert b"in use" in refused.stderr


def test_a_built_spec_starts_the_same_chain_plain_and_raw(folder: Path) -> None:
    for name, arguments in (("plain", ()), ("raw", ("--raw",))):
        built = taonet("build-spec", "--chain", "dev", *arguments)
        (folder / f"{name}.json").write_bytes(built.stdout)

    genesis = []
    for chain in ("dev", str(folder / "plain.json"), str(folder / "raw.json")):
        with running(folder, "--chain", chain, "--sealing", "manual") as node:
            genesis.append(node.call("chain_getBlockHash", 0))

    assert len(set(genesis)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"genesis": {"patch": {"balances": {"balances": [["5xx", 1]]}}}}, "balances.balances"),
        ({"genesis": {"preset": "slow", "patch": {}}}, "no preset 'slow'"),
        ({"genesis": {"constants": {"Aura.Speed": 1}, "patch": {}}}, "Aura.Speed"),
        ({"genesis": {"patch": {"pets": {}}}}, "'pets'"),
        ({"genesis": {}}, "neither `patch` nor `raw`"),
    ],
)
def test_a_wrong_spec_is_refused_with_the_field(folder: Path, change: dict[str, object], words: str) -> None:
    spec = {"name": "Test", "id": "test", **change}
    (folder / "spec.json").write_text(json.dumps(spec))

    refused = taonet("dev", "--chain", str(folder / "spec.json"), "--rpc-port", "0")

    assert refused.returncode == 1
    assert words.encode() in refused.stderr, refused.stderr
    assert b"Traceback" not in refused.stderr


def test_a_wallet_named_by_the_environment_is_funded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = key_of("Wallet")
    monkeypatch.setenv("BT_DEFAULT_TOKEN_WALLET", wallet.address)

    with running(folder, "--sealing", "manual") as node:
        assert wallet.address in node.log
        node.call("author_submitExtrinsic", transfer(node, wallet, BOB, 1))


def test_the_devnet_prints_its_accounts(folder: Path) -> None:
    with running(folder) as node:
        node.wait_for_block(1)
        log = node.log

    for word in ("//Alice", ALICE.address, "1,000,000 TAO", node.url, "every 250 ms", "Imported #1 ("):
        assert word in log


def test_a_node_without_a_key_makes_no_block_and_says_why(folder: Path) -> None:
    base = str(folder / "chain")
    with running(folder, "--base-path", base, "--sealing", "100", "--alice", command="run") as node:
        import time

        time.sleep(0.6)
        assert int(node.call("chain_getHeader")["number"], 16) == 0
        assert "none of the authorities' keys is here" in node.log
