"""A walk through all stakes numbers every coldkey with root stake, 30 stakes of each form in a block."""

from __future__ import annotations

import pytest
from support.chain import key_of, unchanged
from support.economy import DAVE, SUBNET, make_economy, step

from chain.hashing import twox_128
from chain.types import AccountId
from runtime.fixed import u64f64
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import AlphaBalance

PREFIX = twox_128(b"SubtensorModule") + twox_128(b"AlphaV2")
OLD_PREFIX = twox_128(b"SubtensorModule") + twox_128(b"Alpha")


@pytest.fixture
def runtime() -> Taonet:
    return make_economy()


def people(count: int) -> list[AccountId]:
    return [key_of(f"staker{n}").account for n in range(count)]


def give_stake(runtime: Taonet, coldkeys: list[AccountId], netuid: int = ROOT) -> None:
    """Stake that came without a call that numbers its coldkey."""
    for coldkey in coldkeys:
        runtime.stakes.add(DAVE.account, coldkey, netuid, AlphaBalance(10**9))  # type: ignore[arg-type]


def stakes_of(runtime: Taonet, prefix: bytes = PREFIX) -> list[bytes]:
    return list(runtime.state.keys(prefix))


def test_every_coldkey_with_root_stake_is_numbered_in_the_end(runtime: Taonet) -> None:
    coldkeys = people(70)
    give_stake(runtime, coldkeys)
    assert not any(coldkey in runtime.claims.StakingColdkeys for coldkey in coldkeys)

    for _ in range(3):
        runtime.root_coldkeys.populate()

    assert all(coldkey in runtime.claims.StakingColdkeys for coldkey in coldkeys)
    numbers = [runtime.claims.StakingColdkeys[coldkey] for coldkey in coldkeys]
    assert sorted(numbers) == list(range(70))
    assert runtime.claims.NumStakingColdkeys == 70


def test_coldkeys_are_numbered_in_the_order_of_the_storage(runtime: Taonet) -> None:
    coldkeys = people(5)
    give_stake(runtime, coldkeys)

    runtime.root_coldkeys.populate()

    found = [runtime.claims.StakingColdkeysByIndex[n] for n in range(5)]
    stored = [c for h, c, n in runtime.stakes.AlphaV2 if n == ROOT]
    assert found == stored


def test_the_walk_stops_after_thirty_stakes_and_goes_on_behind_them(runtime: Taonet) -> None:
    give_stake(runtime, people(60))
    keys = stakes_of(runtime)

    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaV2MapLastKey == keys[29]
    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaV2MapLastKey == keys[59]
    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaV2MapLastKey is None
    assert runtime.state.get(twox_128(b"SubtensorModule") + twox_128(b"AlphaV2MapLastKey")) == b"\0"


def test_thirty_stakes_are_a_whole_batch_and_the_next_finds_none(runtime: Taonet) -> None:
    give_stake(runtime, people(30 - len(stakes_of(runtime))))
    keys = stakes_of(runtime)
    assert len(keys) == 30

    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaV2MapLastKey == keys[29]
    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaV2MapLastKey is None


def test_the_walk_goes_on_where_the_last_stake_is_gone(runtime: Taonet) -> None:
    give_stake(runtime, people(40))
    keys = stakes_of(runtime)
    runtime.root_coldkeys.populate()
    runtime.state.delete(keys[29])

    runtime.root_coldkeys.populate()

    numbered = set(runtime.claims.StakingColdkeys)
    rest = {runtime.stakes.accessors["AlphaV2"].decode_key(key)[1] for key in keys[30:] if key[-2:] == b"\0\0"}
    assert rest <= numbered


def test_stake_on_subnets_gives_no_number(runtime: Taonet) -> None:
    give_stake(runtime, people(5), SUBNET)

    runtime.root_coldkeys.populate()

    assert runtime.claims.NumStakingColdkeys == 0


def test_stakes_in_their_old_form_are_walked_through_on_their_own(runtime: Taonet) -> None:
    coldkeys = people(35)
    for coldkey in coldkeys:
        runtime.stakes.Alpha[DAVE.account, coldkey, ROOT] = u64f64.one
    keys = stakes_of(runtime, OLD_PREFIX)

    runtime.root_coldkeys.populate()
    assert runtime.root_coldkeys.AlphaMapLastKey == keys[29]
    runtime.root_coldkeys.populate()

    assert runtime.root_coldkeys.AlphaMapLastKey is None
    assert all(coldkey in runtime.claims.StakingColdkeys for coldkey in coldkeys)


def test_without_stakes_nothing_is_noted(runtime: Taonet) -> None:
    runtime.stakes.AlphaV2.clear()

    with unchanged(runtime):
        runtime.root_coldkeys.populate()


def test_each_block_goes_a_step(runtime: Taonet) -> None:
    give_stake(runtime, people(40))

    step(runtime)

    assert runtime.claims.NumStakingColdkeys > 0
    assert runtime.root_coldkeys.AlphaV2MapLastKey is not None
