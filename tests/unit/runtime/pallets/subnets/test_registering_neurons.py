"""A hotkey becomes a neuron: what that costs, whom it replaces, and when it is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, events, free, key_of, reverts
from support.economy import (
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    SUBNET,
    enroll,
    fee_of,
    reserves,
    skip_blocks,
    sound_economy,
    stake,
)

from chain.errors import DispatchError
from chain.keys import Keypair
from chain.types import Id
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.pallets.weights.rows import EMPTY, pack
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

FERDIE, TWO, THREE = key_of("Ferdie"), key_of("Two"), key_of("Three")
HOTKEYS = tuple(key_of(f"hotkey{n}") for n in range(4))


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Alice's subnet with her own neuron; a registration costs 1 TAO."""
    with sound_economy() as runtime:
        yield runtime


def register(
    runtime: Taonet,
    hotkey: Keypair = EVE,
    *,
    who: Keypair = BOB,
    netuid: NetUid = SUBNET,
    call: str = "burned_register",
) -> None:
    more: dict[str, object] = {}
    if call == "register":
        more = {"block_number": 0, "nonce": 0, "work": b"", "coldkey": who.account}
    dispatch(runtime, who, f"SubtensorModule.{call}", netuid=netuid, hotkey=hotkey.account, **more)


def register_within(runtime: Taonet, limit: int) -> None:
    dispatch(runtime, BOB, "SubtensorModule.register_limit", netuid=SUBNET, hotkey=EVE.account, limit_price=limit)


def root_register(runtime: Taonet, hotkey: Keypair, who: Keypair = BOB) -> None:
    dispatch(runtime, who, "SubtensorModule.root_register", hotkey=hotkey.account)


# -- a free place


@pytest.mark.parametrize("call", ["burned_register", "register"])
def test_a_registration_gives_the_next_uid(runtime: Taonet, call: str) -> None:
    register(runtime, call=call)

    assert events(runtime)[-1] == Events.NeuronRegistered(SUBNET, 1, EVE.account)
    neurons, block = runtime.neurons, runtime.registry.block()
    assert (neurons.Keys[SUBNET, 1], neurons.Uids[SUBNET, EVE.account]) == (EVE.account, 1)
    assert neurons.SubnetworkN[SUBNET] == 2
    assert neurons.IsNetworkMember[EVE.account, SUBNET]
    assert (neurons.BlockAtRegistration[SUBNET, 1], neurons.LastUpdate[SUBNET][1]) == (block, block)
    assert runtime.ownership.Owner[EVE.account] == BOB.account


def test_the_price_buys_alpha_that_is_gone(runtime: Taonet) -> None:
    tao, alpha, out = reserves(runtime)
    before, account = free(runtime, BOB), free(runtime, subnet_account(SUBNET))

    register(runtime)

    fee = fee_of(TAO(1))
    after = reserves(runtime)
    assert free(runtime, BOB) == before - TAO(1)
    assert free(runtime, subnet_account(SUBNET)) == account + TAO(1)
    assert after[0] == tao + TAO(1) - fee
    assert after[1] < alpha
    assert after[2] == out
    assert runtime.neurons.RAORecycledForRegistration[SUBNET] == TAO(1)
    assert runtime.pools.SubnetTaoFlow[SUBNET] == TAO(1)


def test_the_price_rises_with_each_registration_and_falls_with_time(runtime: Taonet) -> None:
    register(runtime)
    assert runtime.neurons.Burn[SUBNET] == 1_260_000_000
    assert runtime.neurons.RegistrationsThisBlock[SUBNET] == 1

    skip_blocks(runtime, 1)
    runtime.subnets.update_registration_prices()

    assert TAO(1) < runtime.neurons.Burn[SUBNET] < 1_260_000_000
    assert runtime.neurons.RegistrationsThisBlock[SUBNET] == 0


def test_a_second_registration_in_a_block_pays_the_higher_price(runtime: Taonet) -> None:
    register(runtime)
    before = free(runtime, BOB)

    register(runtime, FERDIE)

    assert free(runtime, BOB) == before - 1_260_000_000


def test_a_limit_lets_nobody_pay_more(runtime: Taonet) -> None:
    with reverts(Errors.RegistrationPriceLimitExceeded):
        register_within(runtime, TAO(1) - 1)
    register_within(runtime, TAO(1))
    assert (SUBNET, EVE.account) in runtime.neurons.Uids


def test_who_has_just_the_price_keeps_the_deposit_and_pays_less(runtime: Taonet) -> None:
    poor = key_of("poor")
    dispatch(runtime, BOB, "Balances.transfer_allow_death", dest=Id(poor.account), value=TAO(1))

    register(runtime, who=poor)

    assert free(runtime, poor) == runtime.balances.ExistentialDeposit
    assert runtime.neurons.RAORecycledForRegistration[SUBNET] == TAO(1)


# -- refusals


@pytest.mark.parametrize(
    ("netuid", "error"),
    [(ROOT, Errors.RegistrationNotPermittedOnRootSubnet), (NetUid(77), Errors.SubnetNotExists)],
)
@pytest.mark.parametrize("call", ["burned_register", "register"])
def test_where_nobody_registers(runtime: Taonet, netuid: NetUid, error: type[DispatchError], call: str) -> None:
    with reverts(error):
        register(runtime, netuid=netuid, call=call)


@pytest.mark.parametrize(
    ("netuid", "error"),
    [(ROOT, Errors.RegistrationNotPermittedOnRootSubnet), (NetUid(77), Errors.SubnetNotExists)],
)
def test_the_limit_is_asked_for_after_the_subnet(runtime: Taonet, netuid: NetUid, error: type[DispatchError]) -> None:
    with reverts(error):
        dispatch(runtime, BOB, "SubtensorModule.register_limit", netuid=netuid, hotkey=EVE.account, limit_price=0)


def test_a_closed_subnet_takes_nobody(runtime: Taonet) -> None:
    runtime.parameters.NetworkRegistrationAllowed[SUBNET] = False
    with reverts(Errors.SubNetRegistrationDisabled):
        register(runtime)


def test_a_hotkey_is_registered_once(runtime: Taonet) -> None:
    register(runtime)
    with reverts(Errors.HotKeyAlreadyRegisteredInSubNet):
        register(runtime)


def test_a_hotkey_of_somebody_else_cannot_be_registered(runtime: Taonet) -> None:
    runtime.ownership.create_account(CHARLIE.account, EVE.account)
    with reverts(Errors.NonAssociatedColdKey):
        register(runtime)


def test_who_cannot_pay_is_refused(runtime: Taonet) -> None:
    runtime.neurons.Burn[SUBNET] = TaoBalance(free(runtime, BOB) + 1)
    with reverts(Errors.NotEnoughBalanceToStake):
        register(runtime)


@pytest.mark.parametrize("room", [0, 1])
def test_a_subnet_without_room_takes_nobody(runtime: Taonet, room: int) -> None:
    runtime.parameters.MaxAllowedUids[SUBNET] = room
    with reverts(Errors.NoNeuronIdAvailable):
        register(runtime)


def test_a_failed_registration_changes_nothing(runtime: Taonet) -> None:
    """The account that it would have made is gone with it, as of an extrinsic that fails."""
    runtime.parameters.MaxAllowedUids[SUBNET] = 1
    with pytest.raises(DispatchError), runtime.state.transaction():
        register(runtime)
    assert EVE.account not in runtime.ownership.Owner


# -- a full subnet


def fill(runtime: Taonet) -> None:
    """Four neurons of Charlie's beside Alice's, the third of which earned least; all can be replaced."""
    for hotkey in HOTKEYS:
        enroll(runtime, CHARLIE, hotkey)
    runtime.parameters.MaxAllowedUids[SUBNET] = 5
    runtime.parameters.MinNonImmuneUids[SUBNET] = 0
    runtime.neurons.Emission[SUBNET] = tuple(map(AlphaBalance, (0, 9, 9, 1, 9)))
    skip_blocks(runtime, runtime.parameters.ImmunityPeriod[SUBNET])


def test_in_a_full_subnet_the_neuron_that_earns_least_is_replaced(runtime: Taonet) -> None:
    fill(runtime)

    register(runtime)

    neurons = runtime.neurons
    assert neurons.Keys[SUBNET, 3] == EVE.account
    assert (SUBNET, HOTKEYS[2].account) not in neurons.Uids
    assert not neurons.IsNetworkMember[HOTKEYS[2].account, SUBNET]
    assert neurons.SubnetworkN[SUBNET] == 5
    assert neurons.Emission[SUBNET] == (0, 9, 9, 0, 9)
    assert neurons.BlockAtRegistration[SUBNET, 3] == neurons.LastUpdate[SUBNET][3] == runtime.registry.block()


def test_a_replaced_neuron_leaves_no_weights_no_bonds_and_no_endpoints(runtime: Taonet) -> None:
    fill(runtime)
    matrix, serving = runtime.matrix, runtime.serving
    matrix.Weights[SUBNET, 3] = matrix.Bonds[SUBNET, 3] = matrix.Bonds[SUBNET, 1] = pack([(1, 5), (3, 9)])
    matrix.Weights[SUBNET, 1] = pack([(3, 7), (0x0301, 3), (2, 8)])
    dispatch(
        runtime,
        HOTKEYS[2],
        "SubtensorModule.serve_prometheus",
        netuid=SUBNET,
        version=1,
        ip=1 << 24,
        port=1,
        ip_type=4,
    )

    register(runtime)

    assert matrix.Weights[SUBNET, 3] == matrix.Bonds[SUBNET, 3] == EMPTY
    assert matrix.Weights[SUBNET, 1] == pack([(3, 0), (0x0301, 3), (2, 8)])
    assert matrix.Bonds[SUBNET, 1] == pack([(1, 5), (3, 9)])
    assert (SUBNET, HOTKEYS[2].account) not in serving.Prometheus


def test_the_owners_neuron_stays_though_it_earns_nothing(runtime: Taonet) -> None:
    fill(runtime)

    register(runtime)

    assert runtime.neurons.Keys[SUBNET, 0] == DAVE.account


def test_new_neurons_are_spared_while_others_can_go(runtime: Taonet) -> None:
    fill(runtime)
    runtime.neurons.BlockAtRegistration[SUBNET, 3] = runtime.registry.block()
    runtime.neurons.Emission[SUBNET] = tuple(map(AlphaBalance, (0, 9, 8, 1, 9)))

    register(runtime)

    assert runtime.neurons.Keys[SUBNET, 2] == EVE.account


# -- root


def test_a_hotkey_joins_the_root_network_and_is_a_delegate(runtime: Taonet) -> None:
    root_register(runtime, FERDIE)

    uid = runtime.neurons.Uids[ROOT, FERDIE.account]
    assert events(runtime)[-1] == Events.NeuronRegistered(ROOT, uid, FERDIE.account)
    assert runtime.ownership.Delegates.get(FERDIE.account) == 11_796
    assert runtime.neurons.RegistrationsThisBlock[ROOT] == 1


def test_one_hotkey_a_block_joins_the_root_network(runtime: Taonet) -> None:
    root_register(runtime, FERDIE)
    with reverts(Errors.TooManyRegistrationsThisBlock):
        root_register(runtime, TWO)


def test_so_many_hotkeys_an_interval_join_the_root_network(runtime: Taonet) -> None:
    runtime.neurons.RegistrationsThisInterval[ROOT] = 3 * runtime.parameters.TargetRegistrationsPerInterval[ROOT]
    with reverts(Errors.TooManyRegistrationsThisInterval):
        root_register(runtime, FERDIE)


def test_a_hotkey_joins_the_root_network_once(runtime: Taonet) -> None:
    root_register(runtime, FERDIE)
    runtime.neurons.RegistrationsThisBlock[ROOT] = 0
    with reverts(Errors.HotKeyAlreadyRegisteredInSubNet):
        root_register(runtime, FERDIE)


def test_on_a_full_root_network_more_stake_replaces_the_least(runtime: Taonet) -> None:
    runtime.parameters.MaxRegistrationsPerBlock[ROOT] = 10
    root_register(runtime, TWO)
    runtime.parameters.MaxAllowedUids[ROOT] = runtime.neurons.SubnetworkN[ROOT]
    stake(runtime, CHARLIE, TWO, ROOT, TAO(10))
    runtime.ownership.create_account(BOB.account, FERDIE.account)
    with reverts(Errors.StakeTooLowForRoot):
        root_register(runtime, FERDIE)
    stake(runtime, CHARLIE, FERDIE, ROOT, TAO(11))

    root_register(runtime, FERDIE)

    assert (ROOT, TWO.account) not in runtime.neurons.Uids
