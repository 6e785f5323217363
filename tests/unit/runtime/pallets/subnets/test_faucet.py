"""TAO for a little work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, events, free, key_of, reverts
from support.economy import skip_blocks, sound_economy

from chain.types import H256, BlockNumber
from runtime.pallets.subnets.faucet import DIFFICULTY, is_good_enough, seal_of
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet
from runtime.units import MAX_SUPPLY, TAO, TaoBalance

FERDIE = key_of("Ferdie")
HASH = H256(b"\x07" * 32)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Block 10, with a known hash of block 8."""
    with sound_economy() as runtime:
        skip_blocks(runtime, 9)
        runtime.system.BlockHash[BlockNumber(8)] = HASH
        yield runtime


NONCE = 2_830_414
"""The first nonce whose work of Ferdie's on that block is good enough."""
WORK = seal_of(HASH, NONCE, FERDIE.account)


def ask(runtime: Taonet, block: int = 8, nonce: int = NONCE, work: bytes = WORK) -> None:
    dispatch(runtime, FERDIE, "SubtensorModule.faucet", block_number=block, nonce=nonce, work=work)


def test_work_is_paid_with_new_tao(runtime: Taonet) -> None:
    before, issuance = free(runtime, FERDIE), runtime.tao.TotalIssuance

    ask(runtime)

    assert free(runtime, FERDIE) == before + TAO(1000)
    assert runtime.tao.TotalIssuance == issuance + TAO(1000)
    assert runtime.faucet.UsedWork[WORK] == runtime.registry.block()
    assert events(runtime)[-1] == Events.Faucet(FERDIE.account, TAO(1000))


def test_no_tao_is_made_beyond_the_cap(runtime: Taonet) -> None:
    before, runtime.balances.TotalIssuance = runtime.balances.TotalIssuance, TaoBalance(MAX_SUPPLY - TAO(1))

    ask(runtime)

    assert runtime.balances.TotalIssuance == MAX_SUPPLY - TAO(1)
    runtime.balances.TotalIssuance = before


@pytest.mark.parametrize("block", [6, 7, 11])
def test_the_block_is_one_of_the_last_three(runtime: Taonet, block: int) -> None:
    with reverts(Errors.InvalidWorkBlock):
        ask(runtime, block=block)


@pytest.mark.parametrize("work", [b"\xff" * 32, b"", WORK[:31]])
def test_work_has_to_be_hard_enough(runtime: Taonet, work: bytes) -> None:
    with reverts(Errors.InvalidDifficulty):
        ask(runtime, work=work)


def test_work_has_to_be_of_this_account_and_nonce(runtime: Taonet) -> None:
    with reverts(Errors.InvalidSeal):
        ask(runtime, nonce=NONCE + 1)


def test_difficulty_is_a_bound_of_the_number() -> None:
    border = (1 << 256) // DIFFICULTY
    assert is_good_enough(border.to_bytes(32, "little"))
    assert not is_good_enough((border + 1).to_bytes(32, "little"))
