"""`taonet epoch`: epochs from JSON lines, and errors that name the line and the field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from node.replay import FIELDS, ReplayError, read_epoch, replay

EPOCH: dict[str, Any] = {
    "n": 2,
    "current_block": 1000,
    "tempo": 360,
    "activity_cutoff": 5000,
    "last_update": [999, 999],
    "block_at_registration": [0, 0],
    "total_stake_bits": [str(3 << 64), 1 << 64],
    "stake_threshold": 0,
    "owner_uid": None,
    "validator_permits": [True, False],
    "max_allowed_validators": 64,
    "weights": [[[1, 65_535]], []],
    "bonds": [[], []],
    "commit_reveal": False,
    "commit_blocks": [str((1 << 64) - 1)] * 2,
    "kappa": 32_767,
    "bonds_penalty": 65_535,
    "yuma3": True,
    "liquid_alpha": False,
    "alpha_low": 45_875,
    "alpha_high": 58_982,
    "alpha_sigmoid_steepness": 1000,
    "bonds_moving_average": 900_000,
    "last_mechanism_step_block": 0,
    "rao_emission": "1000000000",
}


def line(**changes: Any) -> str:
    return json.dumps({**EPOCH, **changes})


def test_a_line_gives_a_line() -> None:
    (found,) = (json.loads(text) for text in replay([line()]))

    assert found["incentive"] == [0, 65_535]
    assert found["dividends"] == [65_535, 0]
    assert found["server_emission"] == [0, 500_000_000]
    assert found["validator_emission"] == [500_000_000, 0]
    assert found["bonds"] == [[[1, 6553]], []]
    assert found["stake_weight"] == [49_151, 16_383]


def test_empty_lines_are_no_epochs() -> None:
    assert list(replay(["\n", "  "])) == []


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_asked_for(field: str) -> None:
    with pytest.raises(ReplayError, match=f"^{field} is missing$"):
        read_epoch({name: value for name, value in EPOCH.items() if name != field})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1 is not JSON: "),
        ("[]", "line 1: an epoch is a JSON object"),
        (line(rho=10), "line 1: there is no field rho"),
        (line(n=4097), "line 1: n: 4097 is not between 0 and 4096"),
        (line(kappa=65_536), "line 1: kappa: 65536 is not between 0 and 65535"),
        (line(kappa="half"), "line 1: kappa: 'half' is not a whole number"),
        (line(kappa=0.5), "line 1: kappa: 0.5 is not a whole number"),
        (line(yuma3=1), "line 1: yuma3: 1 is neither true nor false"),
        (line(owner_uid=2), "line 1: owner_uid: 2 is not between 0 and 1"),
        (line(last_update=[1]), "line 1: last_update has 1 entries for 2 neurons"),
        (line(last_update=5), "line 1: last_update is not a list"),
        (line(last_update=[1, -1]), r"line 1: last_update\[1\]: -1 is not between 0 and"),
        (line(validator_permits=[True, 0]), "line 1: validator_permits: 0 is neither true nor false"),
        (line(weights=[[[1, 2, 3]], []]), r"line 1: weights\[0\] is not a list of pairs"),
        (line(weights=[[[1, 70_000]], []]), r"line 1: weights\[0\]: 70000 is not between 0 and 65535"),
        (line(bonds=[[], [[0, 1], [0, 2]]]), r"line 1: bonds\[1\] names a uid twice"),
        (line(alpha_low=58_983), "line 1: alpha_low: 58983 is more than alpha_high"),
    ],
)
def test_a_line_that_is_no_epoch_says_why(text: str, message: str) -> None:
    with pytest.raises(ReplayError, match=f"^{message}"):
        list(replay([text]))


def test_the_line_that_is_none_is_counted() -> None:
    with pytest.raises(ReplayError, match=r"^line 3: an epoch"):
        list(replay([line(), "", "1"]))


def test_an_epoch_without_neurons_can_be_replayed() -> None:
    nobody = {name: [] for name in ("last_update", "block_at_registration", "total_stake_bits", "validator_permits")}
    (found,) = replay([line(n=0, weights=[], bonds=[], commit_blocks=[], **nobody)])

    assert json.loads(found)["incentive"] == []


@pytest.mark.parametrize("use_stdin", [False, True])
def test_the_command_reads_a_file_or_its_input(tmp_path: Path, use_stdin: bool) -> None:
    source = tmp_path / "epochs.jsonl"
    source.write_text(line() + "\n" + line(yuma3=False) + "\n")
    argument, given = ("-", source.read_text()) if use_stdin else (str(source), "")

    done = _taonet("epoch", argument, given=given)

    assert [*map(json.loads, done.stdout.splitlines())] == [*map(json.loads, replay(source.read_text().splitlines()))]


def test_the_command_says_what_is_wrong_and_fails(tmp_path: Path) -> None:
    done = _taonet("epoch", "-", given=line() + "\n{}\n")

    assert (done.returncode, done.stderr) == (1, "Error: line 2: activity_cutoff is missing\n")
    assert len(done.stdout.splitlines()) == 1
    assert _taonet("epoch", str(tmp_path / "none")).returncode == 1


def _taonet(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "node.cli", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)
