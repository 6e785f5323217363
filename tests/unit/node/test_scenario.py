"""Scenarios: chains with a history."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.copies import execute_again

import genesis
from chain.errors import DatabaseError
from node.chain_spec import ChainSpecError
from node.devnet import Devnet
from node.scenario import ScenarioError, load_scenario
from node.service import Settings, make_node, open_database
from node.values.given import dev_key

PRINT_ROOT = """
import sys
from node.devnet import Devnet
with Devnet(sys.argv[1]) as chain:
    chain.advance_epoch(1)
    print(chain.node.header().state_root.hex(), chain.head.hex())
"""


OPEN = {"sudo": "AdminUtils.sudo_set_admin_freeze_window", "args": {"window": 0}}


def written(folder: Path, **fields: Any) -> str:
    path = folder / "mine.json"
    path.write_text(json.dumps(fields))
    return str(path)


def test_the_scenarios_that_come_with_the_program() -> None:
    assert genesis.scenarios() == ("bare", "full-subnet", "localnet", "near-halving", "two-subnets")


def test_a_bare_chain_has_accounts_and_no_subnet() -> None:
    with Devnet("bare") as chain:
        assert chain.number == 0
        assert list(chain.items("SubtensorModule.NetworksAdded")) == [0]
        assert chain.balance("//Alice") == 10**15


def test_two_subnets_have_everything_that_a_subnet_has() -> None:
    with Devnet("two-subnets") as chain:
        assert sorted(chain.items("SubtensorModule.NetworksAdded")) == [0, 1, 2]
        for netuid, owner in ((1, "//Alice"), (2, "//Bob")):
            assert chain.query("SubtensorModule.SubnetOwner", netuid) == dev_key(owner).account
            assert sum(chain.query("SubtensorModule.Incentive", netuid)) > 0
            assert sum(chain.query("SubtensorModule.Dividends", netuid)) > 0
            assert sum(chain.query("SubtensorModule.Consensus", netuid)) > 0
            assert chain.query("SubtensorModule.SubnetTAO", netuid) > 0
        assert chain.items("SubtensorModule.ChildKeys")
        assert chain.query("SubtensorModule.Dividends", 1)[3] < chain.query("SubtensorModule.Dividends", 1)[2]


def test_near_the_halving_a_block_pays_one_tao_and_soon_half() -> None:
    with Devnet("near-halving") as chain:
        assert chain.runtime.tao.block_emission(chain.query("Balances.TotalIssuance")) == 10**9
        left = 10_500_000 * 10**9 - chain.query("Balances.TotalIssuance")
        assert 0 < left < 100 * 10**9

        chain.advance(left // 10**9 + 2)

        before = chain.query("Balances.TotalIssuance")
        chain.advance()
        assert chain.query("Balances.TotalIssuance") - before == 5 * 10**8


def test_a_full_subnet_has_no_place_left() -> None:
    with Devnet("full-subnet") as chain:
        assert chain.query("SubtensorModule.SubnetworkN", 1) == 256
        assert sum(chain.query("SubtensorModule.ValidatorPermit", 1)) == 64
        assert len(chain.items("SubtensorModule.Weights", 1)) == 63
        assert sum(value > 0 for value in chain.query("SubtensorModule.Incentive", 1)) == 192

        chain.submit("SubtensorModule.burned_register", "//Charlie", netuid=1, hotkey="//Newcomer")

        assert chain.query("SubtensorModule.SubnetworkN", 1) == 256


@pytest.mark.parametrize("name", ["two-subnets", "near-halving"])
def test_a_scenario_is_the_same_chain_whatever_the_process(name: str) -> None:
    seen = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        line = [sys.executable, "-c", PRINT_ROOT, name]
        seen.add(subprocess.run(line, env=environment, capture_output=True, check=True, text=True).stdout)

    assert len(seen) == 1


def test_the_blocks_of_a_scenario_execute_again_alike() -> None:
    scenario = load_scenario("two-subnets")
    node = make_node(Settings(scenario.spec, scenario=scenario), open_database(None, scenario.spec))

    assert execute_again(node).best == node.chain.best


def test_nobody_acts_without_a_key_once_a_scenario_has_been_played() -> None:
    scenario = load_scenario("two-subnets")

    node = make_node(Settings(scenario.spec, scenario=scenario), open_database(None, scenario.spec))

    assert not list(node.runtime().state.keys(b":dev:impersonated"))
    assert node.runtime().state.get(b":dev:scenario") == b"two-subnets"


def test_a_scenario_on_the_disk_is_played_once(tmp_path: Path) -> None:
    scenario = load_scenario("near-halving")
    settings = Settings(scenario.spec, base_path=tmp_path, scenario=scenario)
    node = make_node(settings, open_database(tmp_path, scenario.spec))
    best = node.chain.best
    node.chain.database.close()

    again = make_node(settings, open_database(tmp_path, scenario.spec))

    assert again.chain.best == best
    again.chain.database.close()


def test_a_folder_with_half_a_scenario_is_refused(tmp_path: Path) -> None:
    scenario = load_scenario("near-halving")
    half = make_node(Settings(scenario.spec, base_path=tmp_path), open_database(tmp_path, scenario.spec))
    half.make_block()
    half.chain.database.close()
    database = open_database(tmp_path, scenario.spec)

    with pytest.raises(DatabaseError, match="unfinished scenario near-halving: remove it"):
        make_node(Settings(scenario.spec, base_path=tmp_path, scenario=scenario), database)

    database.close()


def test_ones_own_scenario_has_loops(tmp_path: Path) -> None:
    steps = [
        {"sudo": "AdminUtils.sudo_set_admin_freeze_window", "args": {"window": 0}},
        {"for": "who", "in": ["Dave", "Eve"], "steps": [
            {"for": "n", "in": [1, 4], "steps": [
                {"as": "//{who}", "call": "Balances.transfer_keep_alive",
                 "args": {"dest": "//{who}{n}", "value": "{n} TAO"}}
            ]}
        ]},
        {"blocks": 4},
    ]  # fmt: skip
    path = written(tmp_path, chain="bare", balances=[["//Eve", 50 * 10**9]], steps=steps)

    with Devnet(path) as chain:
        assert [chain.balance(f"//{who}{n}") for who in ("Dave", "Eve") for n in (1, 2, 3)] == [
            n * 10**9 for n in (1, 2, 3, 1, 2, 3)
        ]
        assert chain.balance("//Eve") < 44 * 10**9
        assert chain.number == 1 + 4 + 1


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=f"scenario {tmp_path}: cannot be read: Is a directory"):
        load_scenario(str(tmp_path))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"stepz": []}, "unknown field 'stepz'; did you mean steps?"),
        ({"chain": "localnets"}, "no chain 'localnets'; did you mean localnet?"),
        ({"steps": {}}, "steps is not a list"),
        ({"steps": [{"cal": "x"}]}, "steps[0] is none of call, sudo, blocks, epochs, for"),
        ({"steps": [{"call": "x", "blocks": 1}]}, "steps[0] is none of"),
        ({"steps": [{"call": "System.remark", "az": "//Bob"}]}, "steps[0]: unknown field 'az'; did you mean as?"),
        ({"steps": [{"call": "System.remark"}]}, "steps[0]: field 'as' is missing"),
        ({"steps": [{"for": "n", "in": [0, 2], "steps": [{}]}]}, "steps[0].steps[0] is none of"),
        ({"balances": 5}, "balances a list of [address, rao]"),
    ],
)
def test_a_scenario_that_is_written_wrongly_is_refused_by_place(
    tmp_path: Path, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(written(tmp_path, **fields))

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"blocks": -1}, "steps[1]: blocks: -1 is not a whole number"),
        ({"epochs": 1, "netuid": 9}, "steps[1]: epochs: there is no subnet 9; there are 0, 1"),
        ({"as": "//Bob", "call": "System.remarc", "args": {}}, "System has no call remarc; did you mean remark?"),
        ({"as": "Bob", "call": "System.remark", "args": {"remark": "x"}}, "as: 'Bob' names no account"),
        ({"sudo": "AdminUtils.sudo_set_tempo", "args": {"netuid": 9, "tempo": 5}},
         "steps[1]: AdminUtils.sudo_set_tempo: SubnetDoesNotExist: There is no such subnet."),
        ({"as": "//Nobody", "call": "System.remark", "args": {"remark": "x"}}, "steps[1]: System.remark: Payment"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_made_is_told_with_its_place(tmp_path: Path, step: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Devnet(
            written(
                tmp_path,
                chain="bare" if "sudo" in step else "localnet",
                steps=[OPEN if "sudo" in step else {"blocks": 1}, step],
            )
        )

    assert message in str(caught.value)


def test_an_unknown_scenario_suggests_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario two-subnet; did you mean two-subnets\?; there are bare, "):
        Devnet("two-subnet")


def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")
    with pytest.raises(ScenarioError, match="not JSON"):
        load_scenario(str(path))
    path.write_text("[]")
    with pytest.raises(ScenarioError, match="not an object"):
        load_scenario(str(path))
    path.write_text(json.dumps({"constants": {"Tempoo": 1}}))
    with pytest.raises(ChainSpecError, match="no constant Tempoo"):
        load_scenario(str(path))
