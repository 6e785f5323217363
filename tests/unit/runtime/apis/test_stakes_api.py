"""What the API of stakes tells of stakes, locks and fees."""

from __future__ import annotations

from typing import Any

import pytest
from support.apis import question
from support.chain import dispatch
from support.economy import ALICE, BOB, DAVE, EVE, FIRST, SUBNET, fee_of, make_economy, skip_blocks, stake, staked

from runtime.apis.stakes import StakeAvailability, StakeInfo
from runtime.pallets.staking.locks import LockState
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

NOWHERE = NetUid(77)


@pytest.fixture
def runtime() -> Taonet:
    """Bob has staked to Dave's key, on root and in the subnet."""
    runtime = make_economy()
    stake(runtime, BOB, DAVE, SUBNET, TAO(20))
    stake(runtime, BOB, DAVE, ROOT, TAO(3))
    return runtime


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"StakeInfoRuntimeApi_{method}", *values)


def info(runtime: Taonet, netuid: NetUid, *, is_registered: bool, emission: int = 0) -> StakeInfo:
    return StakeInfo(
        hotkey=DAVE.account,
        coldkey=BOB.account,
        netuid=netuid,
        stake=AlphaBalance(staked(runtime, BOB, DAVE, netuid)),
        locked=0,
        emission=AlphaBalance(emission),
        tao_emission=TaoBalance(0),
        drain=0,
        is_registered=is_registered,
    )


def lock(runtime: Taonet, amount: int) -> None:
    dispatch(runtime, BOB, "SubtensorModule.lock_stake", hotkey=EVE.account, netuid=SUBNET, amount=amount)


# -- stakes


def test_the_stakes_of_a_coldkey_come_by_subnet(runtime: Taonet) -> None:
    runtime.ledger.AlphaDividendsPerSubnet[SUBNET, DAVE.account] = AlphaBalance(5)

    expected = (info(runtime, ROOT, is_registered=False), info(runtime, SUBNET, is_registered=True, emission=5))

    assert ask(runtime, "get_stake_info_for_coldkey", BOB) == expected
    assert ask(runtime, "get_stake_info_for_coldkeys", (EVE.account, BOB.account)) == (
        (EVE.account, ()),
        (BOB.account, expected),
    )


def test_a_coldkey_without_stakes_has_none(runtime: Taonet) -> None:
    assert ask(runtime, "get_stake_info_for_coldkey", EVE) == ()
    assert ask(runtime, "get_stake_info_for_coldkeys", ()) == ()


def test_one_stake_is_told_even_if_it_is_nothing(runtime: Taonet) -> None:
    method = "get_stake_info_for_hotkey_coldkey_netuid"

    assert ask(runtime, method, DAVE, BOB, SUBNET) == info(runtime, SUBNET, is_registered=True)
    assert ask(runtime, method, DAVE, BOB, NOWHERE) == info(runtime, NOWHERE, is_registered=False)


# -- what is free


def test_what_is_free_is_all_but_what_is_locked(runtime: Taonet) -> None:
    runtime.ownership.create_account(BOB.account, EVE.account)
    lock(runtime, TAO(5))
    total = AlphaBalance(staked(runtime, BOB, DAVE))

    found = ask(runtime, "get_stake_availability_for_coldkeys", (BOB.account, EVE.account), None)

    locked = AlphaBalance(TAO(5))
    assert found == {
        BOB.account: {
            ROOT: StakeAvailability(AlphaBalance(TAO(3)), AlphaBalance(0), AlphaBalance(TAO(3))),
            SUBNET: StakeAvailability(total, locked, AlphaBalance(total - locked)),
        },
        EVE.account: {},
    }


@pytest.mark.parametrize(
    ("netuids", "told"),
    [
        ((SUBNET,), [SUBNET]),
        ((SUBNET, ROOT, SUBNET, SUBNET), [ROOT, SUBNET]),
        ((FIRST,), []),
        ((NOWHERE, SUBNET), [SUBNET]),
        ((), []),
        ((ROOT, FIRST, SUBNET, NOWHERE), []),
    ],
)
def test_subnets_that_were_asked_for(runtime: Taonet, netuids: tuple[NetUid, ...], told: list[NetUid]) -> None:
    found = ask(runtime, "get_stake_availability_for_coldkeys", (BOB.account,), netuids)

    assert {who: list(parts) for who, parts in found.items()} == {BOB.account: told}


def test_nobody_has_nothing_free(runtime: Taonet) -> None:
    assert ask(runtime, "get_stake_availability_for_coldkeys", (), None) == {}


# -- fees


@pytest.mark.parametrize(
    ("origin", "destination", "expected"),
    [
        (None, None, 0),
        (None, (DAVE.account, SUBNET), fee_of(TAO(7))),
        ((DAVE.account, SUBNET), None, fee_of(TAO(7))),
        ((DAVE.account, SUBNET), (DAVE.account, SUBNET), 0),
        ((DAVE.account, SUBNET), (EVE.account, SUBNET), fee_of(TAO(7))),
        ((DAVE.account, SUBNET), (DAVE.account, ROOT), 0),
        (None, (DAVE.account, NOWHERE), 0),
    ],
)
def test_moving_stake_costs_the_fee_of_where_it_goes(
    runtime: Taonet, origin: Any, destination: Any, expected: int
) -> None:
    assert ask(runtime, "get_stake_fee", origin, BOB, destination, ALICE, TAO(7)) == expected


# -- locks


def test_a_lock_is_told_as_of_now(runtime: Taonet) -> None:
    runtime.ownership.create_account(BOB.account, EVE.account)
    lock(runtime, TAO(5))
    begun = ask(runtime, "get_coldkey_lock", BOB, SUBNET)
    skip_blocks(runtime, 1000)

    later = ask(runtime, "get_coldkey_lock", BOB, SUBNET)

    assert begun == LockState(AlphaBalance(TAO(5)), runtime.locks.lock_of(BOB.account, SUBNET)[1].conviction * 0, 1)  # type: ignore[index]
    assert later == runtime.locks.lock_of(BOB.account, SUBNET)[1]  # type: ignore[index]
    assert (later.last_update, later.locked_mass < TAO(5) and later.conviction > 0) == (1001, True)


def test_who_has_locked_nothing_has_no_lock(runtime: Taonet) -> None:
    assert ask(runtime, "get_coldkey_lock", ALICE, SUBNET) is None


def test_conviction_is_by_hotkey_and_the_most_of_it_is_one_hotkeys(runtime: Taonet) -> None:
    nobody = ask(runtime, "get_most_convicted_hotkey_on_subnet", SUBNET)
    runtime.ownership.create_account(BOB.account, EVE.account)
    lock(runtime, TAO(5))
    skip_blocks(runtime, 1000)

    convictions = runtime.locks.convictions(SUBNET)

    assert (nobody, ask(runtime, "get_most_convicted_hotkey_on_subnet", SUBNET)) == (None, EVE.account)
    assert ask(runtime, "get_hotkey_conviction", EVE, SUBNET) == convictions[EVE.account] > 0
    assert ask(runtime, "get_hotkey_conviction", DAVE, SUBNET) == 0
    assert ask(runtime, "get_most_convicted_hotkey_on_subnet", NOWHERE) is None
