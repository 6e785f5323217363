"""What examples/README.md tells people to type runs as it stands, in that order, on the chain that the page starts."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.process import NodeProcess, running

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (EXAMPLES / "README.md").read_text()
COMMANDS = re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE)
PATIENCE_SECONDS = 120.0
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

PRINTS = {
    "transfer.py": r"Transfer \{.*'amount': 5000000000\}",
    "stake.py --hotkey //Validator1_hk add": r"StakeAdded .* 10000000000, ",
    "stake.py --hotkey //Validator1_hk move": r"StakeMoved ",
    "stake.py --hotkey //Validator2_hk remove": r"StakeRemoved ",
    "set_weights.py --from //Validator2_hk": r"WeightsSet \(1, 2\)",
    "register_subnet.py": r"has uid 1 on subnet 2$",
    "sudo.py": r"Sudid \{'sudo_result': \{'Ok': \(\)\}\}",
    "set_weights.py --from //My_hk": r"(?s)WeightsCommitted .*to be revealed in epoch .*WeightsRevealed ",
    "watch_events.py": r"(?s)^block (\d+)\n.*System\.ExtrinsicSuccess.*block (\d+)\n.*block (\d+)\n",
    "with_taonet.sh": r"(?s)Balances\.Transfer .*StakeMoved .*WeightsSet .*\s3,\s+65535.*\s4,\s+3276[78]\s.*Block \d+",
}
"""What a command of the section on submission prints, by how it begins behind its folder."""
MOVES = {
    "watch_events.py": ("block ", "dev_newBlock", {"count": 5}),
    "set_weights.py --from //My_hk": ("to be revealed", "dev_advanceEpoch", 2),
}
"""Commands that wait for the chain to go on: what they print then, and how the node is told to make blocks."""

pytestmark = pytest.mark.xdist_group("examples")


def command_of(name: str) -> str:
    """The command of the page that runs a file of this name."""
    [found] = [command for command in COMMANDS if f"/{name}" in command]
    return str(found)


@contextmanager
def started(command: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """A command of the page, told of the node; it is stopped at the end, or when it takes far too long."""
    line = shlex.split(command)
    if line[0] == "python" and line[1] != "-m":
        line[2:2] = ["--url", url]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "TAONET_URL": url, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        line, cwd=ROOT, env=ENVIRONMENT | own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        guard = threading.Timer(PATIENCE_SECONDS, process.kill)
        guard.start()
        try:
            yield process
        finally:
            guard.cancel()
            process.kill()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What a program prints up to the line that has a text."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(f"{text!r} is not in what {process.args} printed: {printed}")


def run(command: str, url: str) -> tuple[int, str]:
    """The exit status of a command of the page, and what it prints."""
    with started(command, url) as process:
        printed, _ = process.communicate()
        return process.returncode, printed


@pytest.fixture(scope="module")
def subnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """The chain that the page starts, with a block for each extrinsic in place of one now and then."""
    _, command, *arguments = shlex.split(COMMANDS[0])
    arguments = [str(ROOT / each) if each.startswith("examples/") else each for each in arguments]
    with running(tmp_path_factory.mktemp("subnet"), *arguments, "--sealing", "instant", command=command) as node:
        yield node


def test_the_page_has_a_command_for_every_program() -> None:
    parts = {"client.py", "protocol.py", "subnet.py"}
    programs = {path.name for path in EXAMPLES.glob("*/*.*") if path.suffix in {".py", ".sh"}} - parts

    assert {name for name in programs if any(f"/{name}" in command for command in COMMANDS)} == programs
    assert {name for name in parts if f"`{name}`" in PAGE} == parts


def test_a_miner_and_a_validator_run_until_they_are_stopped(subnet: NodeProcess) -> None:
    with started(command_of("miner.py"), subnet.url) as miner:
        read_until(miner, "serving on 127.0.0.1:")
        with started(command_of("validator.py"), subnet.url) as validator:
            weights = read_until(validator, "weights set")
            for program in (validator, miner):
                program.send_signal(signal.SIGINT)
                read_until(program, "stopped")

            assert "[0, 0, 0, 65535, 0, 0, 0]" in weights
            assert (validator.wait(), miner.wait()) == (0, 0)


def test_every_submission_does_what_the_page_says(subnet: NodeProcess) -> None:
    commands = [command for command in COMMANDS if "examples/submit/" in command]
    assert len(commands) == len(PRINTS)

    for command, (name, pattern) in zip(commands, PRINTS.items(), strict=True):
        assert command.split("examples/submit/")[1].startswith(name)
        with started(command, subnet.url) as process:
            printed = ""
            if name in MOVES:
                text, method, argument = MOVES[name]
                printed = read_until(process, text)
                subnet.call(method, argument)
            printed += process.communicate()[0]

            assert process.returncode == 0, f"{command}: {printed}"
            assert re.search(pattern, printed.strip() + "\n", re.MULTILINE), f"{command}: {printed}"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("transfer.py --to //Bob --tao 9000000", "transfer_keep_alive failed: {'Arithmetic': 'Underflow'}"),
        ("transfer.py --to Bob --tao 1", "'Bob' is no secret URI"),
        ("transfer.py --to //Bob --tao 0.0000000001", "no amount of whole rao"),
        ("stake.py --hotkey //Nobody add 5", "SubtensorModule.add_stake"),
        ("sudo.py --from //Bob sudo_set_tempo netuid=1 tempo=9", "Sudo.sudo was refused: "),
        ("sudo.py sudo_set_subnet_emission_enabled netuid=9 enabled=true", "failed: SubnetDoesNotExist: "),
        ("sudo.py sudo_set_nothing netuid=9", "AdminUtils.sudo_set_nothing: "),
        ("set_weights.py 3:100", "'3:100' is not UID=WEIGHT"),
        ("set_weights.py --from //Stranger 3=100", "SubtensorModule.set_weights"),
    ],
)
def test_a_submission_that_fails_says_why(subnet: NodeProcess, command: str, told: str) -> None:
    status, printed = run(f"python examples/submit/{command}", subnet.url)

    assert status != 0
    assert told in printed.splitlines()[-1]


def test_a_submission_without_a_node_says_so(subnet: NodeProcess) -> None:
    status, printed = run(command_of("transfer.py"), "ws://127.0.0.1:1")

    assert status == 1
    assert printed.startswith("ws://127.0.0.1:1: no node answers there: ")
    assert len(printed.splitlines()) == 1


def test_the_templates_own_tests_pass_side_by_side() -> None:
    [command] = [command for command in COMMANDS if "pytest" in command]

    status, printed = run(command, "")

    assert status == 0, printed
    assert re.search(r"=+ \d+ passed in ", printed), printed
