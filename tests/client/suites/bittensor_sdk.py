"""Runs the end-to-end tests of the bittensor SDK, unmodified, against this program, and prints a table.

    python bittensor_sdk.py CHECKOUT [--python PATH] [--jobs 2] [--times 1] [--offline] [-k TEXT]

CHECKOUT is the SDK's source at v10.2.0. Each test has a process of its own, and where the machine allows it a network
and a folder for wallets of its own, since the suite's ports and wallets are fixed. No test is retried.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
ISOLATED = 'ip link set lo up && mount -t tmpfs none /tmp && exec "$@"'
PLACE = ("unshare", "--net", "--mount", "bash", "-c", ISOLATED, "bash")
LIMIT_SECONDS = 900
NEEDS_GIT = {"test_axon", "test_dendrite", "test_incentive", "test_root_set_weights"}
"""Files whose tests download a subnet's template."""
NEEDS_GIT_TOO = "test_subtensor_extrinsics"
NEEDS_DRAND = (
    "test_commit_and_reveal_weights_cr4",
    "test_set_reveal_commitment",
    "test_metagraph_weights_bonds",
)
"""Tests that wait for rounds of the beacon which only the internet has."""
NEEDS_ADDRESS = "test_neuron_certificate"
"""Asks a service on the internet for the machine's own address."""
OLDER_RULES = {
    "test_metagraph_info": "expects the activity cutoff, ranks and trust of spec 393; a metagraph of 425 has others",
    "test_change_take": "expects a failed call where the pool of 425 refuses the extrinsic",
    "test_root_claim": "writes a moving price beyond 64 bits, which 425 bounds before the test reads it",
    "test_commit_and_reveal_weights_legacy": "waits for epochs by the schedule of 393: passes if both happen to agree",
    "test_children": "waits by that schedule as well",
    "test_batch_operations": "expects neurons to register for 0.1 TAO; in a new subnet of 425 that begins at 1 TAO",
}
"""Tests of the SDK, which was released for spec 393, whose expectations are not the rules of spec 425."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Where the suite is, and what runs it."""

    checkout: Path
    python: Path
    logs: Path

    @property
    def environment(self) -> dict[str, str]:
        node = f"{Path(sys.executable).parent / 'taonet'} localnet"
        return {**os.environ, "USE_DOCKER": "0", "LOCALNET_SH_PATH": node}

    def collect(self) -> list[str]:
        """The ids of all tests. Raises: SystemExit with pytest's words if there are none."""
        line = [self.python, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/e2e_tests"]
        found = subprocess.run(
            line, cwd=self.checkout, env=self.environment, capture_output=True, text=True, check=False
        )
        # pytest prints them from the folder of its configuration on
        ids = [f"tests/{row.removeprefix('tests/')}" for row in found.stdout.splitlines() if "::" in row]
        if not ids:
            raise SystemExit(f"no tests in {self.checkout}: {found.stdout[-500:]}{found.stderr[-500:]}")
        return ids

    def run(self, test: str) -> tuple[str, float]:
        """What became of a test, and how many seconds it took; its output goes to a file of its own."""
        began = time.monotonic()
        line = [str(self.python), "-m", "pytest", "-q", "-rs", "--no-header", "-p", "no:cacheprovider", test]
        log = self.logs / (test.replace("/", ".").replace("::", ".") + ".log")
        with log.open("wb") as output:
            try:
                code = subprocess.run(
                    [*(PLACE if can_isolate() else ()), *line],
                    cwd=self.checkout,
                    env=self.environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=LIMIT_SECONDS,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                return "timeout", time.monotonic() - began
        text = log.read_text(errors="replace")
        outcome = "failed" if code else "skipped" if " skipped" in text.splitlines()[-1] else "passed"
        return outcome, time.monotonic() - began


def can_isolate() -> bool:
    """Whether this machine lets us have networks and folders of our own."""
    return subprocess.run([*PLACE, "true"], capture_output=True, check=False).returncode == 0


def needs(test: str) -> str:
    """What a test needs from the internet."""
    name = test.partition("::")[2]
    if Path(test.partition("::")[0]).stem in NEEDS_GIT or name.startswith(NEEDS_GIT_TOO):
        return "git"
    if name.startswith(NEEDS_ADDRESS):
        return "its address"
    return "drand" if name.startswith(NEEDS_DRAND) else ""


def older_rule(test: str) -> str:
    """Why a test cannot be expected to pass; empty for all others."""
    name = test.partition("::")[2].removesuffix("_async")
    return OLDER_RULES.get("test_root_claim" if name.startswith("test_root_claim") else name, "")


def outcomes(suite: Suite, tests: list[str], jobs: int) -> Iterator[tuple[str, str, float]]:
    """Each test with what became of it, as they end."""
    with ThreadPoolExecutor(jobs if can_isolate() else 1) as pool:
        for test, (outcome, seconds) in zip(tests, pool.map(suite.run, tests), strict=True):
            yield test, outcome, seconds


def main() -> int:
    """Run what was asked for; 1 if a test failed that needs neither the internet nor the rules of another version."""
    parser = argparse.ArgumentParser()
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--python", type=Path, default=ROOT / ".clients" / "sdk10" / "bin" / "python")
    parser.add_argument("--logs", type=Path, default=ROOT / ".clients" / "sdk10-logs")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--offline", action="store_true", help="leave out what needs the internet")
    parser.add_argument("-k", default="", help="only tests whose id contains this; several are separated by commas")
    asked = parser.parse_args()
    asked.logs.mkdir(parents=True, exist_ok=True)
    suite = Suite(asked.checkout.resolve(), asked.python.absolute(), asked.logs.resolve())
    tests = [test for test in suite.collect() if any(part in test for part in asked.k.split(","))]
    tests = [test for test in tests if not (asked.offline and needs(test))]
    failed = 0
    for _ in range(asked.times):
        counts: dict[str, int] = {}
        for test, outcome, seconds in outcomes(suite, tests, asked.jobs):
            has_failed = outcome in ("failed", "timeout")
            why = f"needs {needs(test)}" if needs(test) else "rules of 393" if older_rule(test) else ""
            said = f"{outcome} ({why})" if has_failed and why else outcome
            counts[said] = counts.get(said, 0) + 1
            failed += has_failed and not why
            print(f"{said:22} {seconds:6.1f} s  {test}", flush=True)
        print(", ".join(f"{count} {said}" for said, count in sorted(counts.items())), flush=True)
    told = {test.partition("::")[2].removesuffix("_async"): older_rule(test) for test in tests}
    for name, why in told.items():
        if why:
            print(f"rules of 393: {name} {why}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
