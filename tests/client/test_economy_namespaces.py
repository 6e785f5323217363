"""The custom methods of the economy over HTTP: numbers, or arrays of the bytes that the runtime APIs give."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure

from chain.keys import encode_ss58

ALICE = key_of("Alice")
UNKNOWN = "0x" + "12" * 32
NETUID, FIELDS, MECHANISM = 1, [0, 1, 52, 200], 0
IN_SCALE: list[tuple[str, str, list[Any], str]] = [
    ("delegateInfo_getDelegates", "DelegateInfoRuntimeApi_get_delegates", [], ""),
    ("delegateInfo_getDelegate", "DelegateInfoRuntimeApi_get_delegate", [[0] * 32], "00" * 32),
    ("delegateInfo_getDelegated", "DelegateInfoRuntimeApi_get_delegated", [[0] * 33], "00" * 32),
    ("neuronInfo_getNeurons", "NeuronInfoRuntimeApi_get_neurons", [NETUID], "0100"),
    ("neuronInfo_getNeuron", "NeuronInfoRuntimeApi_get_neuron", [NETUID, 0], "01000000"),
    ("neuronInfo_getNeuronsLite", "NeuronInfoRuntimeApi_get_neurons_lite", [NETUID], "0100"),
    ("neuronInfo_getNeuronLite", "NeuronInfoRuntimeApi_get_neuron_lite", [NETUID, 0], "01000000"),
    ("subnetInfo_getSubnetInfo", "SubnetInfoRuntimeApi_get_subnet_info", [NETUID], "0100"),
    ("subnetInfo_getSubnetsInfo", "SubnetInfoRuntimeApi_get_subnets_info", [], ""),
    ("subnetInfo_getSubnetInfo_v2", "SubnetInfoRuntimeApi_get_subnet_info_v2", [NETUID], "0100"),
    ("subnetInfo_getSubnetsInfo_v2", "SubnetInfoRuntimeApi_get_subnets_info_v2", [], ""),
    ("subnetInfo_getSubnetHyperparams", "SubnetInfoRuntimeApi_get_subnet_hyperparams", [NETUID], "0100"),
    ("subnetInfo_getSubnetHyperparamsV2", "SubnetInfoRuntimeApi_get_subnet_hyperparams_v2", [NETUID], "0100"),
    ("subnetInfo_getAllDynamicInfo", "SubnetInfoRuntimeApi_get_all_dynamic_info", [], ""),
    ("subnetInfo_getDynamicInfo", "SubnetInfoRuntimeApi_get_dynamic_info", [NETUID], "0100"),
    ("subnetInfo_getAllMetagraphs", "SubnetInfoRuntimeApi_get_all_metagraphs", [], ""),
    ("subnetInfo_getMetagraph", "SubnetInfoRuntimeApi_get_metagraph", [NETUID], "0100"),
    ("subnetInfo_getAllMechagraphs", "SubnetInfoRuntimeApi_get_all_mechagraphs", [], ""),
    ("subnetInfo_getMechagraph", "SubnetInfoRuntimeApi_get_mechagraph", [NETUID, MECHANISM], "010000"),
    ("subnetInfo_getSubnetState", "SubnetInfoRuntimeApi_get_subnet_state", [NETUID], "0100"),
    (
        "subnetInfo_getSelectiveMetagraph",
        "SubnetInfoRuntimeApi_get_selective_metagraph",
        [NETUID, FIELDS],
        "010010000001003400c800",
    ),
    (
        "subnetInfo_getSelectiveMechagraph",
        "SubnetInfoRuntimeApi_get_selective_mechagraph",
        [NETUID, MECHANISM, FIELDS],
        "01000010000001003400c800",
    ),
    (
        "subnetInfo_getColdkeyAutoStakeHotkey",
        "SubnetInfoRuntimeApi_get_coldkey_auto_stake_hotkey",
        [ALICE.address, NETUID],
        ALICE.account.hex() + "0100",
    ),
    ("subnetInfo_getSubnetAccountId", "SubnetInfoRuntimeApi_get_subnet_account_id", [NETUID], "0100"),
    (
        "stakeInfo_getColdkeyLock",
        "StakeInfoRuntimeApi_get_coldkey_lock",
        [ALICE.address, NETUID],
        ALICE.account.hex() + "0100",
    ),
    ("swap_simSwapTaoForAlpha", "SwapRuntimeApi_sim_swap_tao_for_alpha", [NETUID, 10**6], "010040420f0000000000"),
    ("swap_simSwapAlphaForTao", "SwapRuntimeApi_sim_swap_alpha_for_tao", [NETUID, 10**6], "010040420f0000000000"),
]
IN_JSON = [
    "subnetInfo_getLockCost",
    "subnetInfo_getSubnetToPrune",
    "swap_currentAlphaPrice",
    "swap_currentAlphaPriceAll",
]


@pytest.fixture(autouse=True, scope="module")
def history(node: NodeProcess) -> None:
    """Two blocks."""
    node.call("dev_newBlock", {"count": 2})


@pytest.mark.parametrize(("method", "api", "params", "data"), IN_SCALE, ids=[case[0] for case in IN_SCALE])
def test_what_a_runtime_api_gives_comes_as_an_array_of_bytes(
    node: NodeProcess, method: str, api: str, params: list[Any], data: str
) -> None:
    genesis = node.call("chain_getBlockHash", 0)

    for at in ([], [None], [genesis]):
        found = node.call(method, *params, *at)

        assert bytes(found).hex() == node.call("state_call", api, "0x" + data, *at)[2:]


def test_prices_and_costs_are_numbers(node: NodeProcess) -> None:
    assert node.call("swap_currentAlphaPrice", 1) == 10**9
    assert node.call("swap_currentAlphaPriceAll") == [{"netuid": n, "price": 10**9} for n in (0, 1)]
    assert node.call("subnetInfo_getLockCost") == 10**12
    assert node.call("subnetInfo_getSubnetToPrune") is None


def test_a_price_of_long_ago_is_that_of_its_block(node: NodeProcess) -> None:
    assert node.call("swap_currentAlphaPrice", 1, node.call("chain_getBlockHash", 0)) == 10**9


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("delegateInfo_getDelegates", [], "Unable to get delegates info: "),
        ("neuronInfo_getNeuronsLite", [1], "Unable to get neurons lite info: "),
        ("subnetInfo_getMetagraph", [1], "Unable to get dynamic subnets info: "),
        ("subnetInfo_getLockCost", [], "Unable to get subnet lock cost: "),
        ("subnetInfo_getSubnetAccountId", [1], "Subnet does not exist"),
        ("stakeInfo_getColdkeyLock", [encode_ss58(bytes(32)), 1], "Unable to get coldkey lock: "),
        ("swap_currentAlphaPrice", [1], "Unable to get current alpha price: "),
        ("swap_simSwapTaoForAlpha", [1, 5], "Unable to simulate tao -> alpha swap: "),
    ],
)
def test_a_failure_has_code_1_and_says_what_failed(node: NodeProcess, method: str, params: list[Any], why: str) -> None:
    with pytest.raises(RpcFailure) as failure:
        node.call(method, *params, UNKNOWN)

    assert (failure.value.code, failure.value.message[: len(why)]) == (1, why)


def test_the_bytes_of_an_account_that_are_too_few_are_a_failure_of_the_runtime(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure, match=r"Unable to get delegates info: .*Not enough data") as failure:
        node.call("delegateInfo_getDelegate", [0] * 31)

    assert failure.value.code == 1


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("neuronInfo_getNeurons", []),
        ("neuronInfo_getNeurons", [65_536]),
        ("neuronInfo_getNeuron", [1, -1]),
        ("delegateInfo_getDelegate", ["0x" + "00" * 32]),
        ("subnetInfo_getMechagraph", [1, 256]),
        ("subnetInfo_getSelectiveMetagraph", [1, [70_000]]),
        ("stakeInfo_getColdkeyLock", ["5Alice0", 1]),
        ("swap_simSwapTaoForAlpha", [1, 2**64]),
        ("swap_simSwapTaoForAlpha", [1, "5"]),
    ],
)
def test_arguments_that_do_not_fit_are_refused(node: NodeProcess, method: str, params: list[Any]) -> None:
    with pytest.raises(RpcFailure) as failure:
        node.call(method, *params)

    assert failure.value.code == -32602


def test_all_of_them_are_listed(node: NodeProcess) -> None:
    assert {*IN_JSON, *(case[0] for case in IN_SCALE)} <= set(node.call("rpc_methods")["methods"])
