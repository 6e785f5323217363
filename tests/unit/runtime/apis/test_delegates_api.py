"""What the API of delegates tells of hotkeys that take stake of others."""

from __future__ import annotations

from typing import Any

import pytest
from support.apis import question
from support.economy import (
    ALICE,
    BOB,
    DAVE,
    EVE,
    FIRST,
    OTHER,
    SUBNET,
    add_other,
    dissolve,
    make_economy,
    stake,
    staked,
)

from runtime.apis.delegates import DelegateInfo, calculate_daily_return, calculate_return_per_1000
from runtime.fixed import u64f64
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

EMISSION = AlphaBalance(10**9)


@pytest.fixture
def runtime() -> Taonet:
    """Dave's key takes a half; Alice and Bob have staked to it."""
    runtime = make_economy()
    stake(runtime, BOB, DAVE, SUBNET, TAO(20))
    stake(runtime, ALICE, DAVE, SUBNET, TAO(10))
    stake(runtime, BOB, DAVE, ROOT, TAO(2000))
    runtime.ownership.Delegates[DAVE.account] = 32_767
    runtime.parameters.Tempo[SUBNET] = 360
    runtime.neurons.Emission[SUBNET] = (EMISSION,)
    runtime.neurons.ValidatorPermit[SUBNET] = (True,)
    return runtime


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"DelegateInfoRuntimeApi_{method}", *values)


def test_a_delegate_is_told_with_its_nominators_by_account(runtime: Taonet) -> None:
    of_alice = (ALICE.account, ((SUBNET, staked(runtime, ALICE, DAVE)),))
    of_bob = (BOB.account, ((ROOT, TAO(2000)), (SUBNET, staked(runtime, BOB, DAVE))))

    assert ask(runtime, "get_delegate", DAVE) == DelegateInfo(
        delegate_ss58=DAVE.account,
        take=32_767,
        nominators=tuple(sorted([of_alice, of_bob])),
        owner_ss58=ALICE.account,
        registrations=(SUBNET,),
        validator_permits=(SUBNET,),
        return_per_1000=20 * EMISSION * 32_768 // 65_535 // 2,  # for each 1000 of 2000 TAO
        total_daily_return=20 * EMISSION,
    )


def test_who_is_no_delegate_is_none(runtime: Taonet) -> None:
    assert ask(runtime, "get_delegate", BOB) is None


def test_all_delegates_are_told(runtime: Taonet) -> None:
    runtime.ownership.Delegates[EVE.account] = 1

    found = ask(runtime, "get_delegates")

    assert sorted(info.delegate_ss58 for info in found) == sorted([DAVE.account, EVE.account])
    assert ask(runtime, "get_delegate", DAVE) in found


def test_a_delegate_of_nobody_earns_nothing(runtime: Taonet) -> None:
    runtime.ownership.Delegates[EVE.account] = 1

    info = ask(runtime, "get_delegate", EVE)

    assert (info.nominators, info.registrations, info.validator_permits) == ((), (), ())
    assert (info.return_per_1000, info.total_daily_return, info.owner_ss58) == (0, 0, bytes(32))


def test_a_coldkey_learns_where_it_has_staked(runtime: Taonet) -> None:
    found = ask(runtime, "get_delegated", BOB)

    assert [where for _, where in found] == [(ROOT, TAO(2000)), (SUBNET, staked(runtime, BOB, DAVE))]
    assert {info.delegate_ss58 for info, _ in found} == {DAVE.account}
    assert all(info.nominators == () for info, _ in found)


def test_a_coldkey_that_has_staked_nowhere_learns_nothing(runtime: Taonet) -> None:
    assert ask(runtime, "get_delegated", EVE) == ()


def test_behind_a_hole_in_the_netuids_nominations_are_lost_as_on_the_chain(runtime: Taonet) -> None:
    add_other(runtime)
    stake(runtime, BOB, DAVE, OTHER, TAO(5))
    whole = dict(ask(runtime, "get_delegate", DAVE).nominators)[BOB.account]

    dissolve(runtime, SUBNET)

    # three subnets are left, whose places are 0, 1 and 2: netuid 3 has no place
    assert [netuid for netuid, _ in whole] == [ROOT, SUBNET, OTHER]
    assert dict(ask(runtime, "get_delegate", DAVE).nominators)[BOB.account] == ((ROOT, TAO(2000)),)
    assert list(runtime.registry.netuids()) == [ROOT, FIRST, OTHER]


def test_a_day_has_as_many_epochs_as_the_tempo_allows() -> None:
    assert u64f64.to_u64(calculate_daily_return([(100, 360), (7, 7200), (5, 0)])) == 100 * 20 + 7
    assert calculate_daily_return([]) == 0


@pytest.mark.parametrize(
    ("take", "stake", "daily", "expected"),
    [
        (0, 1000 * TAO(1), 1000, 1000),
        (0, 4000 * TAO(1), 1000, 250),
        (65_535, 1000 * TAO(1), 1000, 0),
        (0, 0, 1000, 0),
    ],
)
def test_the_return_of_a_thousand(take: int, stake: int, daily: int, expected: int) -> None:
    assert calculate_return_per_1000(take, stake, u64f64.from_int(daily)) == expected
