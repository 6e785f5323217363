"""A subnet that goes: who is paid what of its pool, what is recycled, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import dispatch, events, free, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    SUBNET,
    dissolve,
    enable_emission,
    enroll,
    register,
    reserves,
    sound_economy,
    stake,
    staked,
    start,
    step,
)

from chain.keys import Keypair
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, ZERO_ACCOUNT, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

LEFT = 500
"""The existential deposit stays on the subnet's account, in rao."""
STAYS = {
    "RegisteredSubnetCounter",
    "SubnetEmissionEnabled",
    "RootProp",
    "RootAlphaDividendsPerSubnet",
    "TotalAlphaIssuance",
}
"""What outlives a subnet, as on the chain."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def shares_of(pot: int, values: list[int]) -> list[int]:
    """Whole parts of a pot by value; the rao left over go to the largest remainders."""
    total = sum(values)
    shares = [pot * value // total for value in values]
    order = sorted(range(len(values)), key=lambda i: -(pot * values[i] % total))
    for i in order[: pot - sum(shares)]:
        shares[i] += 1
    return shares


def issued(runtime: Taonet) -> int:
    return runtime.balances.TotalIssuance


# -- payouts


def test_stakers_are_paid_by_their_alpha_and_the_pools_alpha_counts_for_the_chain(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(50))
    pot, inside, _ = reserves(runtime)
    values = [staked(runtime, BOB, DAVE), staked(runtime, CHARLIE, DAVE), inside]
    before = [free(runtime, BOB), free(runtime, CHARLIE)]
    total = issued(runtime)

    dissolve(runtime, SUBNET)

    bobs, charlies, chains = shares_of(pot, values)
    assert [free(runtime, BOB) - before[0], free(runtime, CHARLIE) - before[1]] == [bobs, charlies]
    assert total - issued(runtime) == chains - LEFT
    assert free(runtime, subnet_account(SUBNET)) == LEFT


def test_a_subnet_that_nobody_staked_on_is_recycled_whole(runtime: Taonet) -> None:
    total = issued(runtime)

    dissolve(runtime, SUBNET)

    assert total - issued(runtime) == TAO(1000) - LEFT
    assert runtime.tao.TotalIssuance == issued(runtime)


def test_the_chains_own_alpha_is_not_paid_either(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    enable_emission(runtime, price=1 << 31)
    step(runtime)
    assert runtime.pools.SubnetProtocolAlpha[SUBNET] > 0
    pot, inside, _ = reserves(runtime)
    values = [staked(runtime, BOB, DAVE), inside + runtime.pools.SubnetProtocolAlpha[SUBNET]]
    before = free(runtime, BOB)

    dissolve(runtime, SUBNET)

    assert free(runtime, BOB) - before == shares_of(pot, values)[0]


def test_the_pools_alpha_of_older_subnets_does_not_count(runtime: Taonet) -> None:
    runtime.parameters.TaoInRefundDeploymentBlock = 1
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    pot, before = reserves(runtime)[0], free(runtime, BOB)

    dissolve(runtime, SUBNET)

    assert free(runtime, BOB) - before == pot
    assert free(runtime, subnet_account(SUBNET)) == 0


def test_stakes_to_several_hotkeys_are_paid_together(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    runtime.parameters.TaoInRefundDeploymentBlock = 1
    for hotkey in (DAVE, EVE):
        stake(runtime, BOB, hotkey, SUBNET, TAO(10))
    pot, before = reserves(runtime)[0], free(runtime, BOB)

    dissolve(runtime, SUBNET)

    assert free(runtime, BOB) - before == pot


def test_total_stake_falls_by_the_pot(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    pot, before = reserves(runtime)[0], runtime.pools.TotalStake

    dissolve(runtime, SUBNET)

    assert before - runtime.pools.TotalStake == pot


def test_root_stake_is_not_touched(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, ROOT, TAO(10))

    dissolve(runtime, SUBNET)

    assert staked(runtime, BOB, DAVE, ROOT) == TAO(10)


def test_less_than_an_account_needs_to_live_is_recycled(runtime: Taonet) -> None:
    new = key_of("Nobody")
    runtime.stakes.add(DAVE.account, new.account, SUBNET, AlphaBalance(100))
    runtime.pools.mint_out(SUBNET, AlphaBalance(100))

    dissolve(runtime, SUBNET)

    assert free(runtime, new) == 0
    assert free(runtime, subnet_account(SUBNET)) == LEFT


@settings(max_examples=25, derandomize=True)
@given(st.lists(st.integers(3_000_000, 10**12), min_size=1, max_size=5))
def test_payouts_never_exceed_the_pot(amounts: list[int]) -> None:
    with sound_economy() as runtime:
        stakers = [key_of(name) for name in ("Alice", "Bob", "Charlie", "Eve", "Ferdie")]
        for who, amount in zip(stakers, amounts, strict=False):
            stake(runtime, who, DAVE, SUBNET, amount)
        pot, before = reserves(runtime)[0], [free(runtime, who) for who in stakers]
        total = issued(runtime)

        dissolve(runtime, SUBNET)

        paid = sum(free(runtime, who) - b for who, b in zip(stakers, before, strict=True))
        assert paid + (total - issued(runtime)) + LEFT == pot


# -- the owner of an older subnet


def test_the_owner_of_an_older_subnet_gets_his_lock_less_his_cut(runtime: Taonet) -> None:
    runtime.parameters.NetworkRegistrationStartBlock = 2
    runtime.parameters.TaoInRefundDeploymentBlock = 1
    before = free(runtime, ALICE)

    dissolve(runtime, SUBNET)

    # 1000 alpha at the price 1; the cut as a fraction of 32 bits
    cut = TAO(1000) * ((11_796 << 32) // 65_535) >> 32
    assert free(runtime, ALICE) - before == TAO(1000) - cut


def test_the_owner_of_a_newer_subnet_gets_nothing(runtime: Taonet) -> None:
    before = free(runtime, ALICE)

    dissolve(runtime, SUBNET)

    assert free(runtime, ALICE) == before


def test_the_refund_does_not_touch_the_chains_part(runtime: Taonet) -> None:
    runtime.parameters.NetworkRegistrationStartBlock = 2
    before, total = free(runtime, ALICE), issued(runtime)

    dissolve(runtime, SUBNET)

    assert free(runtime, ALICE) == before
    assert total - issued(runtime) == TAO(1000) - LEFT


def test_a_refund_that_the_owner_cannot_receive_is_recycled(runtime: Taonet) -> None:
    runtime.parameters.NetworkRegistrationStartBlock = 2
    runtime.parameters.TaoInRefundDeploymentBlock = 1
    runtime.registry.SubnetOwner[SUBNET] = key_of("Nobody").account
    cut = TAO(1000) * ((11_796 << 32) // 65_535) >> 32
    runtime.registry.SubnetLocked[SUBNET] = TaoBalance(cut + 499)

    dissolve(runtime, SUBNET)

    assert free(runtime, key_of("Nobody")) == 0
    assert SUBNET not in runtime.registry.NetworksAdded


# -- what is left


def test_nothing_but_a_few_counters_is_left_under_the_netuid(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    enable_emission(runtime, price=1 << 31)
    step(runtime, 25)

    dissolve(runtime, SUBNET)

    assert names_with(runtime, SUBNET) <= STAYS


def names_with(runtime: Taonet, netuid: NetUid) -> set[str]:
    """The maps with an entry whose key is, or has in it, a netuid."""
    found = set()
    for section in (
        runtime.registry,
        runtime.parameters,
        runtime.clock,
        runtime.neurons,
        runtime.pools,
        runtime.stakes,
        runtime.claims,
        runtime.ledger,
        runtime.swap,
        runtime.assets,
    ):
        for name, declared in vars(type(section)).items():
            if type(declared).__name__ != "StorageMap":
                continue
            bound = getattr(section, name)
            for key in bound:
                if key == netuid or (isinstance(key, tuple) and any(type(p) is int and p == netuid for p in key)):
                    found.add(name)
    return found


def test_a_subnet_that_goes_is_told(runtime: Taonet) -> None:
    dispatch(
        runtime,
        ALICE,
        "SubtensorModule.set_subnet_identity",
        netuid=SUBNET,
        **dict.fromkeys(
            (
                "subnet_name",
                "github_repo",
                "subnet_contact",
                "subnet_url",
                "discord",
                "description",
                "logo_url",
                "additional",
            ),
            b"x",
        ),
    )

    dissolve(runtime, SUBNET)

    assert events(runtime)[-2:] == [Events.SubnetIdentityRemoved(SUBNET), Events.NetworkRemoved(SUBNET)]
    assert SUBNET not in runtime.registry.SubnetIdentitiesV3


def test_hotkeys_and_their_owners_outlive_a_subnet(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    dissolve(runtime, SUBNET)

    assert runtime.ownership.Owner[DAVE.account] == ALICE.account
    assert runtime.ownership.StakingHotkeys[BOB.account] == (DAVE.account,)
    assert runtime.registry.TotalNetworks == 2


def test_the_netuid_is_given_again_with_a_fresh_pool(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    step(runtime, 3)
    dissolve(runtime, SUBNET)
    runtime.parameters.NetworkRateLimit = 0

    assert register(runtime, BOB, EVE) == SUBNET
    start(runtime, SUBNET, BOB)

    assert reserves(runtime)[2] == 0
    assert runtime.swap.price(SUBNET) == 1 << 64
    stake(runtime, CHARLIE, EVE, SUBNET, TAO(5))
    assert staked(runtime, CHARLIE, EVE) > 0


def test_the_subnet_of_the_genesis_can_be_dissolved(runtime: Taonet) -> None:
    before = free(runtime, ZERO_ACCOUNT)

    dissolve(runtime, FIRST)

    # registered in block 0, so that the pool's alpha does not count: all is the zero account's
    assert free(runtime, ZERO_ACCOUNT) - before == TAO(10)
    assert runtime.registry.netuids() == [ROOT, SUBNET]


# -- refused


@pytest.mark.parametrize("netuid", [ROOT, NetUid(77)])
@pytest.mark.parametrize("call", ["root_dissolve_network", "dissolve_network"])
def test_root_and_what_is_not_there_cannot_be_dissolved(runtime: Taonet, netuid: NetUid, call: str) -> None:
    arguments = {"coldkey": ALICE.account} if call == "dissolve_network" else {}

    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        dispatch(runtime, Origin.root(), f"SubtensorModule.{call}", netuid=netuid, **arguments)


@pytest.mark.parametrize("who", [None, ALICE, BOB])
@pytest.mark.parametrize("call", ["root_dissolve_network", "dissolve_network"])
def test_only_root_dissolves(runtime: Taonet, who: Keypair | None, call: str) -> None:
    arguments = {"coldkey": ALICE.account} if call == "dissolve_network" else {}

    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, who, f"SubtensorModule.{call}", netuid=SUBNET, **arguments)


def test_the_older_call_dissolves_for_any_coldkey(runtime: Taonet) -> None:
    dispatch(runtime, Origin.root(), "SubtensorModule.dissolve_network", coldkey=CHARLIE.account, netuid=SUBNET)

    assert SUBNET not in runtime.registry.NetworksAdded


def test_trading_on_a_subnet_that_is_gone_is_refused(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    dissolve(runtime, SUBNET)

    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        stake(runtime, BOB, DAVE, SUBNET, TAO(1))
    with unchanged(runtime), reverts(Errors.SubtokenDisabled):
        dispatch(
            runtime,
            BOB,
            "SubtensorModule.remove_stake",
            hotkey=DAVE.account,
            netuid=SUBNET,
            amount_unstaked=ALPHA(1),
        )
