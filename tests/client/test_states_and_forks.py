"""`export-state`, `--state` and `--fork`: whole states that go from one program to another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chain import key_of
from support.process import NodeProcess, running, taonet
from support.wallet import transfer

ALICE, BOB = key_of("Alice"), key_of("Bob")
TAO = 10**9


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node with a history, all of it final."""
    folder = tmp_path_factory.mktemp("origin")
    with running(folder, "--scenario", "two-subnets", "--sealing", "manual") as node:
        node.call("dev_fund", "//Zoe", 3 * TAO)
        node.call("dev_newBlock", {"count": 5})
        yield node


@pytest.fixture(scope="module")
def exported(origin: NodeProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "state.json"
    export(path, "--url", origin.url)
    return path


def export(path: Path, *arguments: str) -> None:
    done = taonet("export-state", str(path), *arguments)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Exported" in done.stderr


def refused(*arguments: str) -> str:
    done = taonet(*arguments)
    assert (done.returncode, done.stdout) == (1, b""), done
    return done.stderr.decode()


def best(node: NodeProcess) -> tuple[str, str]:
    return node.call("chain_getBlockHash"), node.call("chain_getHeader")["stateRoot"]


@pytest.mark.parametrize("how", ["state", "fork"])
def test_a_devnet_goes_on_from_another_ones_state(
    how: str, origin: NodeProcess, exported: Path, tmp_path: Path
) -> None:
    what = str(exported) if how == "state" else origin.url
    with running(tmp_path, f"--{how}", what, "--sealing", "manual") as node:
        assert best(node) == best(origin)
        assert node.call("chain_getBlockHash", 0) == origin.call("chain_getBlockHash", 0)
        assert node.call("system_chain") == origin.call("system_chain")

        before = origin.call("system_accountNextIndex", BOB.address)
        node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, TAO))
        node.call("dev_advanceEpoch", 1)

        assert node.call("system_accountNextIndex", BOB.address) == before + 1
        assert origin.call("system_accountNextIndex", BOB.address) == before


def test_the_same_block_gives_the_same_bytes(origin: NodeProcess, exported: Path, tmp_path: Path) -> None:
    number = str(int(origin.call("chain_getHeader")["number"], 16))

    export(tmp_path / "number.json", "--url", origin.url, "--at", number)
    export(tmp_path / "hash.json", "--url", origin.url, "--at", origin.call("chain_getBlockHash"))
    with running(tmp_path, "--state", str(exported), "--sealing", "manual") as node:
        export(tmp_path / "copy.json", "--url", node.url)

    whole = exported.read_bytes()
    for name in ("number", "hash", "copy"):
        again = (tmp_path / f"{name}.json").read_bytes()
        # a fork is known by its own id, all else is the same
        assert json.loads(again) | {"id": ""} == json.loads(whole) | {"id": ""}
    assert (tmp_path / "number.json").read_bytes() == (tmp_path / "hash.json").read_bytes() == whole


def test_an_earlier_block_is_forked(origin: NodeProcess, tmp_path: Path) -> None:
    number = int(origin.call("chain_getHeader")["number"], 16) - 3

    with running(tmp_path, "--fork", origin.url, "--fork-block", str(number), "--sealing", "manual") as node:
        assert node.call("chain_getBlockHash") == origin.call("chain_getBlockHash", number)


def test_a_fork_that_is_kept_on_the_disk_goes_on_with_its_own_blocks(origin: NodeProcess, tmp_path: Path) -> None:
    line = ("--fork", origin.url, "--sealing", "manual", "--base-path", str(tmp_path / "chain"))
    with running(tmp_path, *line) as node:
        made = node.call("dev_newBlock", {"count": 3})
        node.kill()

    with running(tmp_path, *line) as node:
        assert node.call("chain_getBlockHash") == made
        assert "Goes on with the blocks in the data folder" in node.log
        node.call("dev_newBlock")


def test_the_state_of_a_data_folder(tmp_path: Path) -> None:
    base = str(tmp_path / "chain")
    with running(tmp_path, "--base-path", base, "--sealing", "manual") as node:
        node.call("dev_newBlock", {"count": 3})
        second = node.call("chain_getBlockHash", 2)
        export(tmp_path / "live.json", "--url", node.url)

    export(tmp_path / "kept.json", "--base-path", base, "--preset", "fast", "--chain", "dev")
    export(tmp_path / "earlier.json", "--base-path", base, "--preset", "fast", "--chain", "dev", "--at", second)

    live, kept = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("live", "kept"))
    assert live | {"id": ""} == kept | {"id": ""}
    assert json.loads((tmp_path / "earlier.json").read_text())["number"] == 2

    mixed = refused("dev", "--state", str(tmp_path / "kept.json"), "--base-path", base, "--rpc-port", "0")
    assert "the data folder holds a whole chain: start it without the state, or choose another" in mixed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dev", "--fork", "ws://127.0.0.1:9"), "fork ws://127.0.0.1:9: no node answers there"),
        (("dev", "--fork", "127.0.0.1:9944"), "not an address such as ws://127.0.0.1:9944"),
        (("dev", "--fork", "ws://127.0.0.1:9", "--state", "x"), "--state and --fork exclude each other"),
        (("dev", "--scenario", "bare", "--state", "x"), "--scenario and --state exclude each other"),
        (("dev", "--fork-block", "5"), "--fork-block goes with --fork"),
        (("dev", "--state", "x", "--preset", "fast"), "--state: the state has its constants already"),
        (("dev", "--fork", "ws://127.0.0.1:9", "--set", "Tempo=5"), "--fork: the state has its constants already"),
        (("dev", "--state", "/nowhere/state.json"), "/nowhere/state.json"),
        (("dev", "--scenario", "two-subnet"), "did you mean two-subnets?"),
        (("dev", "--scenario", "/tmp"), "scenario /tmp: cannot be read: Is a directory"),
        (("dev", "--set", "Temp=5"), "did you mean Tempo?"),
        (("dev", "--set", "Tempo"), "Tempo"),
        (("dev", "--set", "Tempo=many"), "many"),
        (("dev", "--preset", "fats"), "fats"),
        (("export-state", "/nowhere/state.json", "--url", "ws://127.0.0.1:9"), "no node answers there"),
    ],
)
def test_a_beginning_that_cannot_be_is_one_clear_error(arguments: tuple[str, ...], message: str) -> None:
    told = refused(*arguments, *(("--rpc-port", "0") if arguments[0] == "dev" else ()))

    assert message in told
    assert len(told.splitlines()) == 1


def test_a_file_that_was_cut_short_starts_nothing(exported: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(exported.read_bytes()[:-1000])

    told = refused("dev", "--state", str(cut), "--base-path", str(tmp_path / "chain"), "--rpc-port", "0")

    assert told.startswith(f"Error: state file {cut}: not JSON, perhaps cut short")
    assert not (tmp_path / "chain").exists()


def test_a_block_that_is_not_there_leaves_no_file(origin: NodeProcess, tmp_path: Path) -> None:
    for at, message in (("999999", "there is no block 999999"), ("0x" + "ab" * 32, ""), ("soon", "neither")):
        assert message in refused("export-state", str(tmp_path / "state.json"), "--url", origin.url, "--at", at)

    assert list(tmp_path.iterdir()) == []


def test_a_node_that_changes_a_value_on_the_way_is_found_out(
    origin: NodeProcess, exported: Path, tmp_path: Path
) -> None:
    body = json.loads(exported.read_text())
    key = next(key for key, value in body["top"].items() if len(value) == 18)
    body["top"][key] = "0x" + "01" * 8
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(body))

    told = refused("dev", "--state", str(changed), "--rpc-port", "0")

    assert "keys give the root 0x" in told
