"""What a devnet's users wait for: going back, empty blocks, a tempo, a fresh chain for each test.

Bounds are sr25519 verifications of about 35 us each, or what eth-tester needs for the same kind of work.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.clients import CLIENTS
from support.yardstick import best_of, verifications

import genesis
from node.devnet import Devnet

pytestmark = pytest.mark.slow

ETH_TESTER = CLIENTS / "eth-tester" / "bin" / "python"
DRIVER = Path(__file__).with_name("eth_tester_driver.py")
MILLISECOND = 1000 / 35
"""How many verifications a millisecond is."""
TURNS = 20
UIDS = 64
TEMPO = 360

Noted = Callable[[str, float, float], None]


@pytest.fixture(scope="module")
def verification() -> float:
    """Seconds for one signature check."""
    return verifications(500) / 500


@pytest.fixture
def noted(benchmark: Any) -> Noted:
    """Keep a ratio with the benchmark, and check that it is below its bound."""

    def note(name: str, ratio: float, bound: float) -> None:
        benchmark.extra_info[name] = ratio
        assert ratio < bound, f"{name}: {ratio:.2f}, not below {bound:.2f}"

    return note


@pytest.fixture
def chain() -> Iterator[Devnet]:
    with Devnet("two-subnets") as made:
        yield made


@pytest.mark.parametrize("blocks", [1, 2000])
def test_going_back_takes_five_milliseconds_whatever_happened(
    chain: Devnet, settled: None, benchmark: Any, verification: float, noted: Noted, blocks: int
) -> None:
    def prepare() -> tuple[tuple[str], dict[str, Any]]:
        snapshot = chain.take_snapshot()
        chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Bob", value=1)
        chain.advance(blocks)
        return (snapshot,), {}

    benchmark.pedantic(chain.revert, setup=prepare, rounds=3)

    noted("revert / verification", benchmark.stats.stats.min / verification, 5 * MILLISECOND)


def test_a_snapshot_takes_less_than_a_millisecond(
    chain: Devnet, benchmark: Any, verification: float, noted: Noted
) -> None:
    chain.advance(500)

    benchmark.pedantic(chain.take_snapshot, rounds=20)

    noted("snapshot / verification", benchmark.stats.stats.min / verification, 1 * MILLISECOND)


def test_a_thousand_empty_blocks_take_two_seconds(
    settled: None, benchmark: Any, verification: float, noted: Noted
) -> None:
    with Devnet("localnet") as local:
        benchmark.pedantic(lambda: local.advance(1000), rounds=1)

    noted("1,000 blocks / verification", benchmark.stats.stats.min / verification, 2000 * MILLISECOND)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Devnet]:
    """A subnet of 64 neurons, 16 of them validators with weights on all miners, with a tempo of 360 blocks."""
    smaller = {"[1, 64]": "[1, 17]", "[1, 193]": f"[1, {UIDS - 16}]", "[64, 256]": f"[17, {UIDS}]"}
    text = genesis.load("full-subnet")
    for before, after in smaller.items():
        text = text.replace(before, after)
    body = json.loads(text)
    body["constants"]["Tempo"] = TEMPO
    path = tmp_path / "smaller.json"
    path.write_text(json.dumps(body))
    with Devnet(path) as made:
        yield made


def test_a_tempo_with_an_epoch_of_64_neurons_takes_two_seconds(
    full: Devnet, settled: None, benchmark: Any, verification: float, noted: Noted
) -> None:
    assert full.query("SubtensorModule.SubnetworkN", 1) == UIDS
    first = full.advance_epoch(1)

    last = benchmark.pedantic(lambda: full.advance_epoch(1), rounds=1)

    assert TEMPO <= last - first <= TEMPO + 1
    assert sum(value > 0 for value in full.query("SubtensorModule.Incentive", 1)) == UIDS - 17
    noted("tempo / verification", benchmark.stats.stats.min / verification, 2000 * MILLISECOND)


def test_a_fresh_chain_for_each_test_takes_five_milliseconds(
    tmp_path: Path, benchmark: Any, verification: float, noted: Noted
) -> None:
    def seconds(argument: str, tests: int) -> float:
        source = (
            f"import pytest\n\n@pytest.mark.parametrize('n', range({tests}))\ndef test_it(n{argument}):\n    pass\n"
        )
        path = tmp_path / "test_many.py"
        path.write_text(source)
        line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:benchmark", str(path)]
        return best_of(2, lambda: subprocess.run(line, cwd=tmp_path, check=True, capture_output=True))

    def each() -> float:
        """Seconds that the fixture adds to a test, without what it takes to make the first chain."""
        few, many = 20, 420
        added = [seconds(argument, many) - seconds(argument, few) for argument in (", chain", "")]
        return (added[0] - added[1]) / (many - few)

    fresh = benchmark.pedantic(each, rounds=1)

    noted("fixture / verification", fresh / verification, 5 * MILLISECOND)


@pytest.mark.skipif(not ETH_TESTER.exists(), reason="eth-tester is not installed: run `make clients`")
def test_it_is_no_slower_than_eth_tester_at_the_same_kind_of_work(settled: None, benchmark: Any, noted: Noted) -> None:
    with Devnet("localnet") as local:

        def pay() -> None:
            local.submit("Balances.transfer_keep_alive", "//Alice", dest="//Bob", value=1)

        def pay_and_go_back() -> None:
            with local.snapshot():
                pay()

        pay_and_go_back()
        paid = best_of(5, lambda: [pay() for _ in range(TURNS)]) / TURNS
        undone = best_of(5, lambda: [pay_and_go_back() for _ in range(TURNS)]) / TURNS
        empty = best_of(2, lambda: local.advance(1000)) / 1000
    line = [str(ETH_TESTER), str(DRIVER)]
    told = benchmark.pedantic(lambda: subprocess.run(line, capture_output=True, check=True).stdout, rounds=1)
    theirs = json.loads(told)

    noted("transaction / eth-tester", paid / theirs["transaction"], 0.4)
    noted("snapshot, transaction, revert / eth-tester", undone / theirs["snapshot, transaction, revert"], 0.4)
    noted("empty block / eth-tester", empty / theirs["empty block"], 1.5)
