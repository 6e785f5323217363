"""The GitHub Action that gives other repositories a devnet: its steps run here as a runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.actions import EXPRESSION, ActionRun, StepFailed, load
from support.image import ROOT, bare_python, copy_sources
from support.process import taonet

FOLDER = Path(".github/actions/devnet")
ACTIONS = (FOLDER / "action.yml", FOLDER / "stop" / "action.yml")
WORKFLOW = load(ROOT / ".github/workflows/ci.yml")
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "shell", "env"}
JOB_KEYS = {"runs-on", "container", "timeout-minutes", "strategy", "steps"}

pytestmark = pytest.mark.xdist_group("image")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as a runner has it, with the program installed by the action's first step."""
    folder = tmp_path_factory.mktemp("checkout")
    copy_sources(folder / "repository")
    shutil.copytree(ROOT / ".github", folder / "repository" / ".github")
    (folder / "temporary").mkdir()
    bare_python(folder / "bin")
    install = action(folder)
    install.run_step(install.action["runs"]["steps"][0])
    return folder


def action(checkout: Path, place: Path = FOLDER, **inputs: str) -> ActionRun:
    path = f"{checkout / 'bin'}:{os.environ['PATH']}"
    return ActionRun(checkout / "repository" / place, checkout / "temporary", inputs, path)


def call(url: str, method: str, *params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url.replace("ws:", "http:"), body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["result"]


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    stat = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_devnet_starts_serves_the_next_steps_and_is_stopped(checkout: Path) -> None:
    started = action(checkout, scenario="two-subnets", sealing="instant", port="0")
    told = started.run(since=1)
    pid = int(told["pid"])
    try:
        subnets = call(told["url"], "explorer_subnets")["subnets"]
        sent = taonet("tx", "Balances.transfer_keep_alive", "dest=//Bob", "value=5 TAO", "--url", told["url"])
        stopped = action(checkout, FOLDER / "stop", pid=told["pid"], log=told["log"])
        was_running = is_running(pid)
        stopped.run()

        assert f"a devnet answers on {told['url']}" in started.printed
        assert [each["netuid"] for each in subnets] == [0, 1, 2]
        assert sent.returncode == 0, sent.stderr
        assert (was_running, is_running(pid)) == (True, False)
        assert f"RPC      {told['url']}" in stopped.printed
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_devnet_that_cannot_start_fails_the_step_with_its_log(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StepFailed, match="::error::the devnet did not start") as failed:
            action(checkout, port=str(port)).run(since=1)

    assert f"port {port} of 127.0.0.1 is in use" in str(failed.value)


def test_what_an_input_says_reaches_no_shell(checkout: Path) -> None:
    with pytest.raises(StepFailed) as failed:
        action(checkout, scenario="$(touch stolen); touch stolen", port="0").run(since=1)

    assert "touch stolen" in str(failed.value)
    assert list(checkout.rglob("stolen")) == []
    assert not Path("stolen").exists()


@pytest.mark.parametrize("path", ACTIONS, ids=str)
def test_an_action_has_what_a_runner_requires(path: Path) -> None:
    declared = load(ROOT / path)
    steps = declared["runs"]["steps"]

    assert set(declared) <= {"name", "description", "inputs", "outputs", "runs"}
    assert declared["name"]
    assert declared["description"]
    assert all(each["description"] for each in (*declared["inputs"].values(), *declared.get("outputs", {}).values()))
    assert declared["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" and set(step) <= STEP_KEYS for step in steps)
    # text of others reaches a script by its environment only
    assert not any(EXPRESSION.search(step["run"]) for step in steps)


def test_the_example_of_the_guide_gives_the_actions_what_they_take(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text().partition("## GitHub Action")[2]
    [example] = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "example.yml").write_text(example)
    used = {step["uses"]: set(step["with"]) for step in load(tmp_path / "example.yml")["steps"] if "uses" in step}
    devnet, stop = (load(ROOT / path) for path in ACTIONS)

    assert list(used) == [f"OWNER/taonet/{path.parent}@main" for path in ACTIONS]
    given, told = used.values()
    assert given <= set(devnet["inputs"])
    assert told == set(stop["inputs"])
    assert set(re.findall(r"outputs\.(\w+)", example)) == set(devnet["outputs"])
    inputs = "".join(re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE))
    assert set(re.findall(r"`([a-z]+)`", inputs)) == set(devnet["inputs"])


def test_the_workflow_runs_what_must_be_green_on_both_versions_of_python() -> None:
    tests = WORKFLOW["jobs"]["tests"]

    assert {"push", "pull_request"} <= set(WORKFLOW["on"])
    assert tests["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert ".ci/run" in [step.get("run") for step in tests["steps"]]


@pytest.mark.parametrize("job", WORKFLOW["jobs"])
def test_a_job_has_what_a_runner_requires(job: str) -> None:
    declared = WORKFLOW["jobs"][job]
    steps = declared["steps"]
    matrix = declared.get("strategy", {}).get("matrix", {})
    known = {"github.ref", *(f"matrix.{name}" for name in matrix)}

    assert {"runs-on", "steps"} <= set(declared) <= JOB_KEYS
    for step in steps:
        assert set(step) <= STEP_KEYS
        assert ("uses" in step) != ("run" in step)
        if "run" in step:
            checked = subprocess.run(["bash", "-n", "-c", step["run"]], capture_output=True, text=True, check=False)
            assert checked.returncode == 0, checked.stderr
        elif step["uses"].startswith("./"):
            inputs = load(ROOT / step["uses"] / "action.yml")["inputs"]
            required = {name for name, each in inputs.items() if each.get("required")}
            assert required <= set(step.get("with", {})) <= set(inputs)
        else:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
    outputs = set(load(ROOT / FOLDER / "action.yml")["outputs"])
    known |= {f"steps.{step['id']}.outputs.{name}" for step in steps if "id" in step for name in outputs}
    assert set(EXPRESSION.findall(json.dumps(declared))) <= known


@pytest.mark.parametrize("script", sorted((ROOT / ".github").rglob("*.sh")), ids=lambda path: path.name)
def test_a_script_can_be_executed(script: Path) -> None:
    assert os.access(script, os.X_OK)
