"""`taonet localnet`, which the suites of Bittensor's clients start: one line, two ports, a fresh chain each time."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

QUIET_SECONDS = 1.0


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_ports() -> tuple[int, int]:
    """Two neighbours that nobody listens on."""
    dice = random.Random()
    while True:
        port = dice.randrange(20_000, 30_000)
        if is_free(port) and is_free(port + 1):
            return port, port + 1


PORTS = free_ports()


@contextmanager
def localnet(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command as the suites run it: a session of its own, both outputs in one pipe, ended by its group."""
    line = [sys.executable, "-m", "node.cli", "localnet", *arguments, "--port", str(PORTS[0])]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=10)


def first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode()


def ask(method: str, *params: Any, port: int = PORTS[0]) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())["result"]


@pytest.mark.parametrize(("arguments", "slot_ms"), [((), 250), (("True",), 250), (("False",), 12_000)])
def test_it_says_that_block_1_is_there_and_nothing_more(arguments: tuple[str, ...], slot_ms: int) -> None:
    with localnet(*arguments) as process:
        line = first_line(process)
        first = ask("chain_getBlockHash", 1)
        assert line == f"Imported #1 ({first})\n"
        assert [ask("chain_getBlockHash", 1, port=port) for port in PORTS] == [first, first]
        slot = ask("state_call", "AuraApi_slot_duration", "0x")
        assert int.from_bytes(bytes.fromhex(slot[2:]), "little") == slot_ms
        time.sleep(QUIET_SECONDS)
        os.killpg(process.pid, signal.SIGTERM)
        rest, _ = process.communicate(timeout=5)

    assert rest == b""
    assert process.returncode == 0
    assert all(is_free(port) for port in PORTS)


def test_each_start_is_a_fresh_chain_at_once_after_the_last() -> None:
    for _ in range(3):
        with localnet() as process:
            assert first_line(process).startswith("Imported #1 ")
            assert int(ask("chain_getHeader")["number"], 16) < 8


def test_another_argument_is_named() -> None:
    done = subprocess.run([sys.executable, "-m", "node.cli", "localnet", "maybe"], capture_output=True, check=False)

    assert done.returncode == 1
    assert done.stderr == b"Error: 'maybe' is neither True nor False\n"


def test_finality_is_some_blocks_behind() -> None:
    with localnet() as process:
        first_line(process)
        assert ask("chain_getFinalizedHead") == ask("chain_getBlockHash", 0)
        while int(ask("chain_getHeader")["number"], 16) < 10:
            time.sleep(0.05)
        best = int(ask("chain_getHeader")["number"], 16)
        final = int(ask("chain_getHeader", ask("chain_getFinalizedHead"))["number"], 16)

    assert best - final in (7, 6)  # a block may have come in between
