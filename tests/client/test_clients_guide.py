"""Every example of docs/clients.md runs as it stands, in the environment that the page asks for, against a devnet."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clients import CLIENTS
from support.process import NodeProcess, running

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "clients.md").read_text()
INSTALLED = (Path(__file__).parent / "install.sh").read_text()
URL = "ws://127.0.0.1:9944"
PLACES = {
    "bittensor SDK 11": "sdk11",
    "bittensor SDK 10": "sdk10",
    "btcli": "btcli",
    "substrate-interface": "psi",
    "async-substrate-interface": "asi",
    "polkadot.js": "pjs",
    "polkadot-api": "papi",
}
"""The environment below `.clients` that a section of the guide is about."""
PRINTS = {
    "bittensor SDK 11": r"1,?000,?000.* .*1",
    "bittensor SDK 10": r"^\d+ .*1,?000,?000.*\[0, 1\]$",
    "btcli": r"(?s)apex.*1,?000,?000",
    "substrate-interface": r"^1000000000000000 1000000000000$",
    "async-substrate-interface": r"(?s)^(0 True\n1 True|1 True\n0 True)$",
    "polkadot.js": r"^\d{16}$",
    "polkadot-api": r"^\d{16}n$",
}

pytestmark = pytest.mark.xdist_group("real-clients")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", GUIDE, flags=re.MULTILINE)
    return {name: text for name, text in zip(parts[1::2], parts[2::2], strict=True) if "```" in text}


def examples(section: str) -> list[tuple[str, str]]:
    """The language and the text of each example of a section, behind the one that installs."""
    return re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)[1:]


@pytest.fixture(scope="module")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    with running(tmp_path_factory.mktemp("guide")) as node:
        node.wait_for_block(2)
        yield node


def run(place: Path, language: str, text: str) -> subprocess.CompletedProcess[str]:
    home = {**os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HOME": str(place), "COLUMNS": "200"}
    line = {
        "python": [str(place / "bin" / "python"), "-c", text],
        "sh": ["sh", "-ec", text],
        "js": ["node", "--input-type=module", "-e", text],
    }[language]
    return subprocess.run(line, cwd=place, env=home, capture_output=True, text=True, timeout=120, check=False)


def test_the_guide_is_about_every_client() -> None:
    assert sections().keys() == PLACES.keys()


@pytest.mark.parametrize("name", PLACES)
def test_the_pins_of_the_guide_are_those_that_the_tests_use(name: str) -> None:
    install = re.findall(r"```sh\n(?:pip|npm) install (.*?)\n```", sections()[name])

    assert install
    assert all(pin in INSTALLED for pin in install[0].split())


@pytest.mark.parametrize("name", PLACES)
def test_an_example_prints_what_the_chain_has(devnet: NodeProcess, name: str) -> None:
    place = CLIENTS / PLACES[name]
    if not place.exists() or (name.startswith("polkadot") and shutil.which("node") is None):
        pytest.skip(f"{name} is not installed: run `make clients`")
    printed = ""
    for language, text in examples(sections()[name]):
        done = run(place, language, text.replace(URL, devnet.url))
        assert done.returncode == 0, done.stderr[-2000:]
        printed += done.stdout

    assert re.search(PRINTS[name], printed.strip()), printed
