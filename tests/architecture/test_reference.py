"""The pages of docs/reference are what the code says, and tell of everything that a node and its program have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.process import running, taonet

from node.reference.pages import FOLDER, PAGES

METHODS = (FOLDER / "rpc.md").read_text()
COMMANDS = dict(re.findall(r"(?ms)^## `taonet ([a-z-]+)`\n(.*?)(?=^## |\Z)", (FOLDER / "cli.md").read_text()))
"""What the page says of each command."""


def flags_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text() == PAGES[name](), f"docs/reference/{name} is out of date: `make docs` renews it"


def test_there_are_no_other_pages() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_every_method_of_a_running_node_is_told_of(tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "manual") as node:
        names = node.call("rpc_methods")["methods"]

    assert [name for name in names if f"`{name}`" not in METHODS] == []


def test_each_method_stands_under_what_its_name_begins_with() -> None:
    for section in METHODS.split("\n## ")[1:-1]:
        prefixes = section.partition("\n")[0].split(", ")
        names = re.findall(r"^### `(\w+)`$", section, re.MULTILINE)
        assert names
        assert [name for name in names if not name.startswith(tuple(f"{prefix}_" for prefix in prefixes))] == []


def test_every_command_is_told_of() -> None:
    listed = taonet("--help").stdout.decode().partition("Commands:")[2]

    assert list(COMMANDS) == re.findall(r"^  ([a-z-]+)  ", listed, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_told_of(command: str) -> None:
    shown = taonet(command, "--help").stdout.decode()

    assert flags_in(COMMANDS[command]) == flags_in(shown) - {"--help"}
