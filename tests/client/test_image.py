"""The container image, as far as it can be tested without docker, which building the image itself needs.

The Dockerfile's own commands install the program from exactly what it copies, into an environment of its own outside
of this repository; what is installed there is started as the image starts it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chain import key_of
from support.image import ROOT, bare_python, copied, copy_sources, find, instructions
from support.loopback import beyond_loopback
from support.process import NodeProcess, running
from support.wallet import transfer

from node.explorer.vendor import missing

GUIDE = (ROOT / "docs" / "operations.md").read_text()
PREFIX = "/opt/taonet"
"""Where the image has the program."""
PORT = "9944"

pytestmark = pytest.mark.xdist_group("image")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first stage of the image makes."""
    folder = tmp_path_factory.mktemp("image")
    source, prefix = folder / "src", folder / "opt"
    copy_sources(source)
    environment = {**os.environ, "PATH": bare_python(folder / "bin")}
    for each in instructions():
        if each.name == "RUN" and each.stage == 0:
            line = ["sh", "-ec", each.text.replace(PREFIX, str(prefix))]
            done = subprocess.run(line, cwd=source, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    shutil.rmtree(source)
    return prefix


@pytest.fixture(scope="module")
def node(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """The node as the image starts it, on a free port."""
    [entry] = find("ENTRYPOINT").words
    command, *arguments = find("CMD").words
    program = (str(installed / "bin" / entry),)
    with running(tmp_path_factory.mktemp("node"), *arguments, command=command, program=program) as started:
        yield started


def output_of(installed: Path, *line: str) -> subprocess.CompletedProcess[str]:
    """A command that is run in the image."""
    program = [str(installed / "bin" / line[0]), *line[1:]]
    return subprocess.run(program, cwd=installed, capture_output=True, text=True, timeout=60, check=False)


def lines_of_the_guide(beginning: str) -> list[list[str]]:
    """The words behind `beginning` of each line that has it."""
    return [shlex.split(line) for line in re.findall(rf"^{beginning} (.*)$", GUIDE, re.MULTILINE)]


def get(node: NodeProcess, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}{path}", timeout=30) as answer:
        body: bytes = answer.read()
        return body


def test_what_is_copied_exists_and_is_all_that_is_sent_to_docker() -> None:
    sent = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    assert all((ROOT / name).exists() for name in copied())
    assert sent[0] == "*"
    assert {line[1:] for line in sent if line.startswith("!")} == set(copied())


def test_the_image_runs_as_a_user_with_no_rights_and_says_its_port() -> None:
    created = [each for each in instructions() if each.name == "RUN" and each.stage > 0]

    assert find("USER").text not in ("root", "0")
    assert any(f"useradd --create-home --uid 10001 {find('USER').text} " in each.text for each in created)
    assert find("EXPOSE").text == PORT
    assert f"{PREFIX}/bin:" in find("ENV").text


def test_all_that_the_program_reads_is_installed(installed: Path) -> None:
    where = (
        "import node, genesis, taonet_client as t; print(node.__path__[0], genesis.__path__[0], t.__file__, sep='\\n')"
    )
    places = [Path(line) for line in output_of(installed, "python", "-c", where).stdout.splitlines()]
    program, specs, client = places

    assert all(place.is_relative_to(installed) for place in places)
    assert missing(program / "explorer" / "static" / "vendor") == []
    for folder, place in ((ROOT / "node/explorer/static", program / "explorer/static"), (ROOT / "genesis", specs)):
        wanted = {each.relative_to(folder) for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"}
        assert {each for each in wanted if not (place / each).exists()} == set()
    assert client.read_bytes() == (ROOT / "taonet_client.py").read_bytes()


def test_the_node_is_healthy_by_the_check_of_the_image_until_it_ends(installed: Path, tmp_path: Path) -> None:
    check = find("HEALTHCHECK").words
    with running(tmp_path, "--rpc-external", program=(str(installed / "bin" / "taonet"),)) as node:
        line = [word.replace(PORT, str(node.port)) for word in check]
        healthy = output_of(installed, *line)
    ended = output_of(installed, *line)

    assert PORT in check[-1]
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert ended.returncode != 0


def test_it_serves_the_page_its_libraries_and_the_metrics(node: NodeProcess) -> None:
    assert json.loads(get(node, "/health")) == {"peers": 0, "isSyncing": False, "shouldHavePeers": False}
    assert b"<title>" in get(node, "/")
    assert len(get(node, "/explorer/vendor/preact.js")) > 1000
    assert b"substrate_block_height" in get(node, "/metrics")


def test_within_the_container_a_devnet_can_be_moved_and_from_outside_it_cannot(node: NodeProcess) -> None:
    address = beyond_loopback()
    if address is None:
        pytest.skip("this machine has no address beyond loopback")
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "dev_newBlock", "params": []}).encode()
    request = urllib.request.Request(f"http://{address}:{node.port}/", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        refused = json.loads(answer.read())

    assert node.call("dev_newBlock").startswith("0x")
    assert "unsafe" in refused["error"]["message"]


def test_what_the_guide_runs_in_the_container_works(installed: Path, node: NodeProcess) -> None:
    bob = node.call("explorer_account", key_of("Bob").address)["free"]
    lines = lines_of_the_guide("docker exec devnet")
    for line in lines:
        url = ("--url", node.url) if line[0] == "taonet" else ()
        done = output_of(installed, *(word.replace("ws://127.0.0.1:9944", node.url) for word in line), *url)
        assert done.returncode == 0, done.stderr
        assert "0x" in done.stdout

    assert {line[0] for line in lines} == {"taonet", "python"}
    assert node.call("explorer_account", key_of("Bob").address)["free"] == bob + 5 * 10**9


def test_a_chain_of_the_guide_is_kept_in_the_volume(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [line] = [words for words in lines_of_the_guide("docker run") if "--volume" in words]
    volume = find("VOLUME").text
    _, command, *arguments = line[line.index("taonet") :]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for number in (0, 1):
        program = (str(installed / "bin" / "taonet"),)
        with running(tmp_path, *arguments, "--sealing", "instant", command=command, program=program) as node:
            assert node.call("chain_getHeader")["number"] == hex(number)
            node.call("author_submitExtrinsic", transfer(node, key_of("Alice"), key_of("Bob"), 10**9))
            node.wait_for_block(number + 1)

    assert f"XDG_DATA_HOME={volume}" in find("ENV").words
    assert line[line.index("--volume") + 1].endswith(f":{volume}")
