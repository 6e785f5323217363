"""What the economy costs a block. The yardstick is one sr25519 verification, about 35 us here."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of
from support.many_subnets import HOTKEY, OWNER, genesis
from support.yardstick import author, signed, verifications

from chain.blockchain import Blockchain
from chain.database import Database, LevelDatabase, MemoryDatabase
from chain.types import Id
from runtime.taonet import runtime_of
from runtime.units import TAO, NetUid

pytestmark = pytest.mark.slow

BOB = key_of("Bob")
STAKES = 200
IDLE_BLOCKS, SAMPLE = 3_000, 500


def new_chain(database: Database, subnets: int) -> Blockchain:
    chain = Blockchain(database, runtime_of)
    chain.create(genesis(subnets))
    return chain


def import_seconds(chain: Blockchain, extrinsics: list[bytes]) -> float:
    block, runtime = author(chain, extrinsics)
    chain.give_back(runtime)
    began = time.perf_counter()
    chain.import_block(block)
    return time.perf_counter() - began


@pytest.mark.parametrize(("subnets", "bound"), [(2, 86), (128, 1_714)], ids=["2 subnets", "128 subnets"])
def test_an_idle_block_with_subnets_costs_less_than_so_many_signature_checks(
    tmp_path: Path, calm: None, benchmark: Any, subnets: int, bound: int
) -> None:
    chain = new_chain(LevelDatabase(tmp_path / "chain"), subnets)

    times = benchmark.pedantic(lambda: [import_seconds(chain, []) for _ in range(25)], rounds=1)
    yardstick = verifications(1_000) / 1_000
    benchmark.extra_info["import / verification"] = statistics.median(times) / yardstick
    chain.database.close()

    assert statistics.median(times) < bound * yardstick


def test_staking_costs_less_than_two_transfers(tmp_path: Path, calm: None, benchmark: Any) -> None:
    chain = new_chain(LevelDatabase(tmp_path / "chain"), 2)
    dest = Id(OWNER.account)

    def send(path: str, first_nonce: int, *arguments: Any) -> float:
        nonces = range(first_nonce, first_nonce + STAKES)
        return import_seconds(chain, [signed(BOB, chain.genesis_hash, n, path, *arguments) for n in nonces])

    def measure() -> tuple[float, float]:
        transfers, stakes = [], []
        for nonce in range(0, 10 * STAKES, 2 * STAKES):
            transfers.append(send("Balances.transfer_keep_alive", nonce, dest, 10**6))
            stakes.append(send("SubtensorModule.add_stake", nonce + STAKES, HOTKEY.account, NetUid(2), TAO(1)))
        return min(transfers), min(stakes)

    transfer, stake = benchmark.pedantic(measure, rounds=1)
    benchmark.extra_info["add_stake / transfer"] = stake / transfer
    chain.database.close()

    assert stake < 2 * transfer


def test_an_idle_chain_costs_the_same_after_thousands_of_blocks(calm: None, benchmark: Any) -> None:
    chain = new_chain(MemoryDatabase(), 2)
    times, yardsticks = [], []

    def idle() -> None:
        for number in range(IDLE_BLOCKS):
            if number % SAMPLE == 0:  # the machine's mood changes, and both are to have the same
                yardsticks.append(verifications(200) / 200)
            began = time.perf_counter()
            block, runtime = author(chain, [])
            chain.insert(block, runtime)
            chain.give_back(runtime)
            times.append(time.perf_counter() - began)

    benchmark.pedantic(idle, rounds=1)
    first, last = statistics.median(times[:SAMPLE]), statistics.median(times[-SAMPLE:])
    ratio = statistics.fmean(times) / statistics.fmean(yardsticks)
    benchmark.extra_info["last blocks / first blocks"] = last / first
    benchmark.extra_info["block / verification"] = ratio

    assert last < 1.3 * first
    assert ratio < 57  # 10,000 blocks in 20 s are 2 ms each
