"""What the economy costs a block. The yardstick is one sr25519 verification, about 35 us here."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of, localnet_patch
from support.yardstick import CONSTRUCT, author, signed, verifications

from chain.blockchain import Blockchain
from chain.database import Database, LevelDatabase, MemoryDatabase
from chain.state import State
from chain.types import Id
from runtime.fixed import I96F32, i96f32
from runtime.genesis import read_patch
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import Taonet, runtime_of
from runtime.units import TAO, AlphaBalance, NetUid

pytestmark = pytest.mark.slow

HALF: I96F32 = i96f32.from_decimal("0.5")
OWNER, HOTKEY, BOB = key_of("Alice"), key_of("Dave"), key_of("Bob")
STAKES = 200
IDLE_BLOCKS, SAMPLE = 3_000, 500


def genesis(subnets: int) -> State:
    """A chain with this many subnets that emit, each with a pool of 1,000 TAO, and the root network."""
    state = State.empty()
    runtime = Taonet(state, CONSTRUCT)
    runtime.build_genesis(read_patch(localnet_patch()))
    runtime.ownership.create_account(OWNER.account, HOTKEY.account)
    runtime.registry.SubtokenEnabled[ROOT] = True
    for number in range(1, subnets + 1):
        netuid = NetUid(number)
        if number > 1:
            runtime.subnets.initialize(netuid, 0)
            runtime.registry.SubnetMechanism[netuid] = 1
            runtime.registry.SubnetOwner[netuid] = OWNER.account
            runtime.registry.SubnetOwnerHotkey[netuid] = HOTKEY.account
            runtime.neurons.append(netuid, HOTKEY.account, 0)
            credit = runtime.tao.mint(TAO(1000))
            runtime.pools.SubnetTAO[netuid] = credit.amount
            runtime.tao.spend(credit, subnet_account(netuid), credit.amount)
            runtime.pools.mint_in(netuid, AlphaBalance(TAO(1000)))
        runtime.registry.FirstEmissionBlockNumber[netuid] = 1
        runtime.registry.SubtokenEnabled[netuid] = True
        runtime.pools.SubnetMovingPrice[netuid] = HALF
    state.commit()
    return state


def new_chain(database: Database, subnets: int) -> Blockchain:
    chain = Blockchain(database, runtime_of)
    chain.create(genesis(subnets))
    return chain


def import_seconds(chain: Blockchain, extrinsics: list[bytes]) -> float:
    block, _ = author(chain, extrinsics)
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
        transfer = send("Balances.transfer_keep_alive", 0, dest, 10**6)
        return transfer, send("SubtensorModule.add_stake", STAKES, HOTKEY.account, NetUid(2), TAO(1))

    transfer, stake = benchmark.pedantic(measure, rounds=1)
    benchmark.extra_info["add_stake / transfer"] = stake / transfer
    chain.database.close()

    assert stake < 2 * transfer


def test_an_idle_chain_costs_the_same_after_thousands_of_blocks(calm: None, benchmark: Any) -> None:
    chain = new_chain(MemoryDatabase(), 2)
    times = []

    def idle() -> None:
        for _ in range(IDLE_BLOCKS):
            began = time.perf_counter()
            block, runtime = author(chain, [])
            chain.insert(block, runtime)
            times.append(time.perf_counter() - began)

    benchmark.pedantic(idle, rounds=1)
    first, last = statistics.median(times[:SAMPLE]), statistics.median(times[-SAMPLE:])
    benchmark.extra_info["last blocks / first blocks"] = last / first
    benchmark.extra_info["block / verification"] = statistics.fmean(times) / (verifications(1_000) / 1_000)

    assert last < 1.3 * first
    assert sum(times) < IDLE_BLOCKS * verifications(57)  # 10,000 blocks in 20 s are 2 ms each
