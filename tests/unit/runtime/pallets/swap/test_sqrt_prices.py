"""The square roots of prices, which old clients read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import Chain, key_of
from support.economy import ALICE, DAVE, FIRST, SUBNET, dissolve, sound_economy, stake

from chain.hashing import twox_64, twox_128
from chain.scale.hints import encode, u16
from runtime.fixed import u64f64
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.balancer import Pool, calculate_price, calculate_sqrt_price
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

PREFIX = twox_128(b"Swap") + twox_128(b"AlphaSqrtPrice")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        runtime.derive()
        yield runtime


@pytest.mark.parametrize(("tao", "alpha", "root"), [(1, 1, 1 << 64), (4, 1, 2 << 64), (1, 4, 1 << 63), (0, 1, 0)])
def test_the_root_squared_is_the_price(tao: int, alpha: int, root: int) -> None:
    assert calculate_sqrt_price(Pool(AlphaBalance(alpha), TaoBalance(tao))) == root


@pytest.mark.parametrize("tao", [1, 2, 3, 999_999_937, 21 * 10**15])
def test_the_root_is_the_greatest_whose_square_is_not_above_the_price(tao: int) -> None:
    pool = Pool(AlphaBalance(10**9), TaoBalance(tao))

    root, price = calculate_sqrt_price(pool), calculate_price(pool)

    assert root * root <= price << 64 < (root + 1) * (root + 1)


def test_a_client_finds_it_at_genesis_and_after_every_block(chain: Chain) -> None:
    key = PREFIX + twox_64(encode(u16, 1)) + encode(u16, 1)
    at_genesis = chain.at_head().state.get(key)

    chain.advance(chain.sign(key_of("Alice"), "SubtensorModule.register_network", hotkey=DAVE.account))

    assert at_genesis == (1 << 64).to_bytes(16, "little")
    head = chain.at_head()
    assert head.swap.AlphaSqrtPrice[SUBNET] == calculate_sqrt_price(head.swap.pool(SUBNET)) > 0


def test_a_purchase_moves_it_with_the_price(runtime: Taonet) -> None:
    before = runtime.swap.AlphaSqrtPrice[SUBNET]

    stake(runtime, ALICE, DAVE, SUBNET, TAO(100))
    runtime.derive()

    after = runtime.swap.AlphaSqrtPrice[SUBNET]
    assert before == u64f64.one < after
    assert abs(u64f64.mul(after, after) - runtime.swap.price(SUBNET)) <= 4


def test_other_weights_move_it_too(runtime: Taonet) -> None:
    assert runtime.swap.make_room(SUBNET, TAO(10), AlphaBalance(0))
    runtime.derive()

    assert runtime.swap.AlphaSqrtPrice[SUBNET] == calculate_sqrt_price(runtime.swap.pool(SUBNET))


def test_what_has_no_pool_has_none(runtime: Taonet) -> None:
    stake(runtime, ALICE, DAVE, ROOT, TAO(5))
    runtime.derive()

    assert runtime.pools.SubnetTAO[ROOT] > 0
    assert sorted(runtime.swap.AlphaSqrtPrice) == [FIRST, SUBNET]
    assert runtime.swap.AlphaSqrtPrice[NetUid(77)] == runtime.swap.AlphaSqrtPrice[ROOT] == 0


def test_it_goes_with_its_subnet(runtime: Taonet) -> None:
    dissolve(runtime, SUBNET)
    runtime.derive()

    assert SUBNET not in runtime.swap.AlphaSqrtPrice
