"""A new subnet: what it costs, what is written of it, and what its pool begins with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.chain import dispatch, events, free, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    allow_registration,
    last_registration,
    make_economy,
    register,
    reserves,
    skip_blocks,
    sound_economy,
    stake,
    start,
)

from chain.keys import Keypair
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subnets.symbols import SYMBOLS
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import SubnetIdentity, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

INTERVAL = 100_800
"""In so many blocks the price falls by the last lock."""
IDENTITY = SubnetIdentity(b"name", b"repo", b"contact", b"url", b"discord", b"description", b"logo", b"more")
FERDIE = key_of("Ferdie")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def describe(runtime: Taonet, identity: SubnetIdentity | None, who: Keypair = BOB, hotkey: Keypair = EVE) -> None:
    dispatch(
        runtime,
        who,
        "SubtensorModule.register_network_with_identity",
        hotkey=hotkey.account,
        identity=identity,
    )


# -- the price


def test_the_first_subnet_costs_a_thousand_tao_once(runtime: Taonet) -> None:
    assert runtime.registry.SubnetLocked[SUBNET] == TAO(1000)
    assert runtime.registry.NetworkLastLockCost == TAO(1000)
    assert last_registration(runtime) == 1


def test_each_one_after_it_costs_twice_the_last(runtime: Taonet) -> None:
    allow_registration(runtime)
    before = free(runtime, BOB)

    register(runtime, BOB, EVE)
    assert before - free(runtime, BOB) == TAO(2000)

    assert runtime.subnets.lock_cost() == TAO(4000)


def test_the_price_falls_by_the_last_lock_in_an_interval_to_the_least(runtime: Taonet) -> None:
    prices = []
    for blocks in (1, INTERVAL // 2 - 1, INTERVAL // 2, INTERVAL):
        skip_blocks(runtime, blocks)
        prices.append(runtime.subnets.lock_cost())

    one_block = TAO(1000) // INTERVAL
    assert prices == [
        TAO(2000) - one_block,
        TAO(2000) - one_block * (INTERVAL // 2),
        TAO(2000) - one_block * INTERVAL,
        TAO(1000),
    ]


def test_the_price_falls_twice_as_fast_after_a_halving(runtime: Taonet) -> None:
    skip_blocks(runtime, 1000)
    before, issued = runtime.subnets.lock_cost(), runtime.tao.TotalIssuance
    runtime.tao.TotalIssuance = TAO(10_500_000)

    assert runtime.subnets.lock_cost() == TAO(2000) - TAO(1000) // (INTERVAL // 2) * 1000 < before
    runtime.tao.TotalIssuance = issued


# -- what is written


def test_a_subnet_gets_the_least_netuid_that_is_free(runtime: Taonet) -> None:
    allow_registration(runtime)

    assert register(runtime, BOB, EVE) == OTHER
    assert runtime.registry.netuids() == [0, 1, 2, 3]
    assert runtime.registry.TotalNetworks == 4


def test_the_lock_becomes_the_pool_at_the_median_price(runtime: Taonet) -> None:
    allow_registration(runtime)
    stake(runtime, BOB, DAVE, SUBNET, TAO(500))
    price = runtime.swap.price(SUBNET)
    median = (price + (1 << 64)) // 2  # of the subnet and of netuid 1, which is at 1

    register(runtime, BOB, EVE)

    lock = runtime.registry.SubnetLocked[OTHER]
    assert lock == TAO(2000)
    assert reserves(runtime, OTHER) == (lock, (lock << 64) // median, 0)
    assert free(runtime, subnet_account(OTHER)) == lock
    assert abs(runtime.swap.price(OTHER) - median) < 1 << 32


def test_the_pool_counts_as_stake_and_its_alpha_is_not_minted(runtime: Taonet) -> None:
    allow_registration(runtime)
    before = runtime.pools.TotalStake

    register(runtime, BOB, EVE)

    assert runtime.pools.TotalStake - before == TAO(2000)
    assert runtime.assets.TotalAlphaIssuance[OTHER] == 0


def test_the_hotkey_is_the_owners_and_has_the_first_uid(runtime: Taonet) -> None:
    assert runtime.registry.SubnetOwner[SUBNET] == ALICE.account
    assert runtime.registry.SubnetOwnerHotkey[SUBNET] == DAVE.account
    assert runtime.ownership.Owner[DAVE.account] == ALICE.account
    assert runtime.neurons.SubnetworkN[SUBNET] == 1
    assert runtime.neurons.Keys[SUBNET, 0] == DAVE.account
    assert runtime.neurons.Uids.get((SUBNET, DAVE.account)) == 0
    assert runtime.neurons.IsNetworkMember[DAVE.account, SUBNET]
    assert runtime.neurons.BlockAtRegistration[SUBNET, 0] == 1


def test_the_neurons_vectors_have_one_element(runtime: Taonet) -> None:
    n = runtime.neurons

    assert (n.Active[SUBNET], n.ValidatorPermit[SUBNET]) == ((True,), (False,))
    assert [v[SUBNET] for v in (n.Emission, n.Consensus, n.Incentive, n.Dividends, n.ValidatorTrust)] == [(0,)] * 5
    assert n.LastUpdate[SUBNET] == (1,)


def test_the_hyperparameters_of_a_new_subnet_are_written(runtime: Taonet) -> None:
    p = runtime.parameters

    assert {
        "tempo": p.Tempo.get(SUBNET),
        "registration": p.NetworkRegistrationAllowed.get(SUBNET),
        "uids": p.MaxAllowedUids.get(SUBNET),
        "validators": p.MaxAllowedValidators.get(SUBNET),
        "weights": p.MinAllowedWeights.get(SUBNET),
        "immunity": p.ImmunityPeriod.get(SUBNET),
        "yuma3": p.Yuma3On.get(SUBNET),
        "kappa": p.Kappa.get(SUBNET),
        "cutoff": p.ActivityCutoff.get(SUBNET),
        "burn": runtime.neurons.Burn.get(SUBNET),
        "emission": p.SubnetEmissionEnabled.get(SUBNET),
    } == {
        "tempo": 10,
        "registration": True,
        "uids": 256,
        "validators": 64,
        "weights": 1,
        "immunity": 5000,
        "yuma3": True,
        "kappa": 32_767,
        "cutoff": 5000,
        "burn": TAO(1),
        "emission": False,
    }


def test_a_subnet_is_dynamic_and_has_a_symbol(runtime: Taonet) -> None:
    assert runtime.registry.SubnetMechanism[SUBNET] == 1
    assert runtime.registry.TokenSymbol[SUBNET] == SYMBOLS[SUBNET].encode()
    assert runtime.registry.RegisteredSubnetCounter[SUBNET] == 1
    assert runtime.registry.NetworkRegisteredAt[SUBNET] == 1


def test_a_symbol_that_is_taken_is_replaced_by_the_first_that_is_free(runtime: Taonet) -> None:
    allow_registration(runtime)
    dispatch(runtime, ALICE, "SubtensorModule.update_symbol", netuid=SUBNET, symbol=SYMBOLS[OTHER].encode())

    register(runtime, BOB, EVE)

    assert runtime.registry.TokenSymbol[OTHER] == SYMBOLS[SUBNET].encode()


def test_epochs_are_staggered_by_netuid(runtime: Taonet) -> None:
    allow_registration(runtime)
    skip_blocks(runtime, 99)

    register(runtime, BOB, EVE)

    assert runtime.clock.LastEpochBlock[OTHER] == 100 - OTHER


def test_a_registration_is_told_step_by_step(runtime: Taonet) -> None:
    allow_registration(runtime)
    before = len(events(runtime))

    register(runtime, BOB, EVE)

    found = [type(e).__name__ for e in events(runtime)[before:]]
    assert found == [
        "RegistrationAllowed",
        "MaxAllowedUidsSet",
        "MaxAllowedValidatorsSet",
        "MinAllowedWeightSet",
        "ImmunityPeriodSet",
        "NewAccount",
        "Endowed",
        "Transfer",
        "SubnetOwnerHotkeySet",
        "NetworkAdded",
    ]
    assert events(runtime)[-1] == Events.NetworkAdded(OTHER, 1)


def test_an_owner_may_use_his_hotkey_again(runtime: Taonet) -> None:
    allow_registration(runtime)

    assert register(runtime, ALICE, DAVE) == OTHER
    assert runtime.ownership.OwnedHotkeys[ALICE.account] == (DAVE.account,)


def test_the_median_of_an_odd_number_is_the_middle_price(runtime: Taonet) -> None:
    allow_registration(runtime)
    register(runtime, BOB, EVE)
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    start(runtime, OTHER, BOB)
    stake(runtime, BOB, DAVE, OTHER, TAO(500))
    prices = sorted(runtime.swap.price(n) for n in (NetUid(1), SUBNET, OTHER))

    netuid = register(runtime, CHARLIE, key_of("Hot"))

    assert reserves(runtime, netuid)[1] == (TAO(4000) << 64) // prices[1]


def test_a_subnet_without_a_price_does_not_count(runtime: Taonet) -> None:
    allow_registration(runtime)
    kept, runtime.pools.SubnetAlphaIn[SUBNET] = runtime.pools.SubnetAlphaIn[SUBNET], AlphaBalance(0)

    register(runtime, BOB, EVE)

    assert reserves(runtime, OTHER)[:2] == (TAO(2000), TAO(2000))  # as netuid 1
    runtime.pools.SubnetAlphaIn[SUBNET] = kept


def test_an_owner_who_has_just_the_least_price_leaves_the_pool_short_of_his_deposit() -> None:
    runtime = make_economy()
    allow_registration(runtime)
    runtime.registry.NetworkLastLockCost = TAO(500)
    ferdie = key_of("Ferdie")
    runtime.tao.transfer(ferdie.account, ALICE.account, TAO(1000))
    assert free(runtime, ferdie) == runtime.subnets.lock_cost() == TAO(1000)

    netuid = register(runtime, ferdie, key_of("Hot"))

    # the chain's: the pool begins with the least lock, whatever was moved
    assert runtime.pools.SubnetTAO[netuid] == TAO(1000)
    assert runtime.registry.SubnetLocked[netuid] == free(runtime, subnet_account(netuid)) == TAO(1000) - 500


# -- identity


def test_a_subnet_is_registered_with_an_identity(runtime: Taonet) -> None:
    allow_registration(runtime)

    describe(runtime, IDENTITY)

    assert runtime.registry.SubnetIdentitiesV3.get(OTHER) == IDENTITY
    assert events(runtime)[-2:] == [Events.SubnetIdentitySet(OTHER), Events.NetworkAdded(OTHER, 1)]


def test_a_subnet_is_registered_with_no_identity(runtime: Taonet) -> None:
    allow_registration(runtime)

    describe(runtime, None)

    assert OTHER not in runtime.registry.SubnetIdentitiesV3


def test_an_identity_that_is_too_long_undoes_the_registration(runtime: Taonet) -> None:
    allow_registration(runtime)

    with unchanged(runtime), reverts(Errors.InvalidIdentity), runtime.state.transaction():
        describe(runtime, replace(IDENTITY, subnet_name=b"x" * 257))


# -- refused


def test_subnets_are_registered_7200_blocks_apart(runtime: Taonet) -> None:
    skip_blocks(runtime, 7199)
    with unchanged(runtime), reverts(Errors.NetworkTxRateLimitExceeded):
        register(runtime, BOB, EVE)

    skip_blocks(runtime, 1)
    assert register(runtime, BOB, EVE) == OTHER


def test_the_hotkey_of_another_is_refused(runtime: Taonet) -> None:
    allow_registration(runtime)

    with unchanged(runtime), reverts(Errors.NonAssociatedColdKey):
        register(runtime, BOB, DAVE)


def test_a_subnets_account_is_refused_as_a_hotkey(runtime: Taonet) -> None:
    allow_registration(runtime)

    with unchanged(runtime), reverts(Errors.CannotUseSystemAccount):
        dispatch(runtime, BOB, "SubtensorModule.register_network", hotkey=subnet_account(NetUid(5)))


def test_who_has_less_than_the_price_cannot_register(runtime: Taonet) -> None:
    allow_registration(runtime)
    register(runtime, BOB, EVE)

    with unchanged(runtime), reverts(Errors.CannotAffordLockCost):
        register(runtime, FERDIE, key_of("Hot"))


def test_who_has_just_the_price_locks_what_leaves_him_alive(runtime: Taonet) -> None:
    allow_registration(runtime)
    assert free(runtime, FERDIE) == TAO(2000)

    netuid = register(runtime, FERDIE, key_of("Hot"))

    assert free(runtime, FERDIE) == 500
    assert runtime.registry.SubnetLocked[netuid] == runtime.pools.SubnetTAO[netuid] == TAO(2000) - 500
    assert runtime.registry.NetworkLastLockCost == TAO(2000) - 500


def test_before_the_start_block_nothing_is_registered(runtime: Taonet) -> None:
    allow_registration(runtime)
    runtime.parameters.NetworkRegistrationStartBlock = 2

    with unchanged(runtime), reverts(Errors.SubNetRegistrationDisabled):
        register(runtime, BOB, EVE)

    skip_blocks(runtime, 1)
    assert register(runtime, BOB, EVE) == OTHER


@pytest.mark.parametrize("origin", [None, Origin.root()])
def test_only_a_signer_registers(runtime: Taonet, origin: Origin | None) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, origin, "SubtensorModule.register_network", hotkey=EVE.account)
