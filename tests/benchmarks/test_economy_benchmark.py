"""What the economy costs a block. The yardstick is one sr25519 verification, about 35 us here."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of, localnet_patch

from chain.block import Block, Header
from chain.blockchain import Blockchain
from chain.database import Database, LevelDatabase, MemoryDatabase
from chain.extrinsic import signed_payload
from chain.keys import verify
from chain.seal import seal
from chain.state import State
from chain.types import ZERO_HASH, Digest, Era, Id
from runtime.executive import pre_runtime_slot
from runtime.extensions import Mode
from runtime.fixed import I96F32, i96f32
from runtime.frame.call import RuntimeCall
from runtime.frame.construct import construct_of
from runtime.genesis import read_patch
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import PRESETS, SPEC_VERSION, Taonet, runtime_of
from runtime.units import TAO, AlphaBalance, NetUid

pytestmark = pytest.mark.slow

CONSTRUCT = construct_of(Taonet, PRESETS["fast"])
NOW_MS = 1_800_000_000_000
HALF: I96F32 = i96f32.from_decimal("0.5")
OWNER, HOTKEY = key_of("Alice"), key_of("Dave")
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


def author(chain: Blockchain, extrinsics: list[bytes]) -> tuple[Block, Taonet]:
    """The next block, sealed, and the runtime that made it."""
    parent = chain.best
    runtime = chain.runtime(parent.hash)
    assert isinstance(runtime, Taonet)
    now = NOW_MS + 250 * parent.number
    digest = Digest((pre_runtime_slot(now // 250),))
    runtime.initialize_block(Header(parent.hash, parent.number + 1, ZERO_HASH, ZERO_HASH, digest))
    body = [*runtime.inherent_extrinsics({b"timstap0": now.to_bytes(8, "little")}), *extrinsics]
    outcomes = [runtime.apply_extrinsic(raw) for raw in body]
    assert all(outcome.error is None for outcome in outcomes)
    return Block(seal(runtime.finalize_block(), key_of("One")), tuple(body)), runtime


def signed(chain: Blockchain, name: str, nonce: int, *arguments: Any) -> bytes:
    pallet = "Balances" if name.startswith("transfer") else "SubtensorModule"
    call = CONSTRUCT.call.encode(RuntimeCall(CONSTRUCT.call.find(pallet, name), arguments))
    explicit = CONSTRUCT.format.encode_explicit((Era(), nonce, 0, Mode.Disabled))
    genesis_hash = chain.genesis_hash
    implicit = SPEC_VERSION.to_bytes(4, "little") + (1).to_bytes(4, "little") + genesis_hash + genesis_hash + b"\0"
    bob = key_of("Bob")
    return CONSTRUCT.format.encode_signed(
        bob.account, bob.sign(signed_payload(call, explicit, implicit)), explicit, call
    )


def verifications(count: int) -> float:
    """Seconds for this many signature checks."""
    signature = OWNER.sign(b"yardstick")
    began = time.perf_counter()
    assert all(verify(signature, b"yardstick", OWNER.account) for _ in range(count))
    return time.perf_counter() - began


@pytest.fixture
def calm() -> Iterator[None]:
    """No collection of the fixtures' many objects while something is measured; the node does the same."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


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

    def measure() -> tuple[float, float]:
        transfer = import_seconds(chain, [signed(chain, "transfer_keep_alive", n, dest, 10**6) for n in range(STAKES)])
        staking = [signed(chain, "add_stake", STAKES + n, HOTKEY.account, NetUid(2), TAO(1)) for n in range(STAKES)]
        return transfer, import_seconds(chain, staking)

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
