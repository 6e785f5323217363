"""What a node logs as JSON: each line one object, with fields that stay."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from support.process import NodeProcess, running, taonet

GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
FIELDS = {"ts", "level", "target", "message"}


def records(text: str) -> list[dict[str, Any]]:
    """The objects of a log; each line has to be one."""
    return [json.loads(line) for line in text.splitlines()]


def messages(node: NodeProcess) -> list[str]:
    return [record["message"] for record in records(node.log)]


@pytest.mark.parametrize("command", ["dev", "run"])
def test_every_line_is_an_object_with_the_same_fields(tmp_path: Path, command: str) -> None:
    arguments = ("--log-format", "json", "--log", "debug", "--sealing", "manual", "--one")
    base = ("--tmp",) if command == "run" else ()
    with running(tmp_path, *arguments, *base, command=command) as node:
        node.call("dev_newBlock", {"count": 2})
        node.stop()
        told = records(node.log)

    assert {frozenset(record) for record in told} == {frozenset(FIELDS)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["ts"]) for record in told)
    assert {record["level"] for record in told} == {"INFO", "DEBUG"}
    assert any(record["target"] == "sc_basic_authorship" for record in told)
    assert any(record["message"].startswith("🏆 Imported #2 ") and record["target"] == "substrate" for record in told)
    assert any(record["message"] == f"Running JSON-RPC server: addr={node.url}" for record in told)


def test_an_error_has_its_exception_and_stays_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = taonet("dev", "--rpc-port", str(port), "--log-format", "json")

    *_, error = records(ended.stderr.decode())
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert set(error) == {*FIELDS, "exception"}
    assert (error["level"], error["target"]) == ("CRITICAL", "substrate")
    assert error["message"].startswith(f"port {port} of 127.0.0.1 is in use")
    assert error["exception"].splitlines()[0] == "Traceback (most recent call last):"
    assert error["exception"].endswith(f"ListenError: {error['message']}")


def test_the_environment_chooses_the_format_and_the_option_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAONET_LOG_FORMAT", "json")
    with running(tmp_path, "--sealing", "manual") as node:
        assert messages(node)
    with running(tmp_path, "--sealing", "manual", "--log-format", "text") as node:
        assert "Accounts\n  Alice" in node.log


def test_another_format_is_refused_by_name() -> None:
    ended = taonet("dev", "--log-format", "xml")

    assert ended.returncode == 1
    assert ended.stderr.decode() == "Error: --log-format: 'xml' is neither text nor json\n"


def test_the_guide_names_the_fields() -> None:
    section = GUIDE.partition("## Logs")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {*FIELDS, "exception"}
