"""A subnet whose validator judges a miner, read through runtime APIs: `apis_story.py URL` prints what it saw.

substrate-interface knows the runtime APIs of Substrate only, so it is told here what those of this chain look like.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from teller import TAO, Teller, key

NETUID = 2
OWNER, OWNER_HOTKEY, VALIDATOR, MINER = key("Alice"), key("Dave"), key("validator"), key("miner")
AMOUNT = 3 * TAO

AXON = [["block", "u64"], ["version", "u32"], ["ip", "u128"], ["port", "u16"], ["ip_type", "u8"], ["protocol", "u8"]]
PLACES = [["placeholder1", "u8"], ["placeholder2", "u8"]]
NEURON = [
    ["hotkey", "AccountId"],
    ["coldkey", "AccountId"],
    ["uid", "Compact<u16>"],
    ["netuid", "Compact<u16>"],
    ["active", "bool"],
    ["axon_info", "OurAxon"],
    ["prometheus_info", "OurMetrics"],
    ["stake", "Vec<(AccountId, Compact<u64>)>"],
    ["rank", "Compact<u16>"],
    ["emission", "Compact<u64>"],
    ["incentive", "Compact<u16>"],
    ["consensus", "Compact<u16>"],
    ["trust", "Compact<u16>"],
    ["validator_trust", "Compact<u16>"],
    ["dividends", "Compact<u16>"],
    ["last_update", "Compact<u64>"],
    ["validator_permit", "bool"],
    ["weights", "Vec<(Compact<u16>, Compact<u16>)>"],
    ["bonds", "Vec<(Compact<u16>, Compact<u16>)>"],
    ["pruning_score", "Compact<u16>"],
]
SIMULATION = [
    [name, "u64"] for name in ("tao_amount", "alpha_amount", "tao_fee", "alpha_fee", "tao_slippage", "alpha_slippage")
]
STAKE = [
    ["hotkey", "AccountId"],
    ["coldkey", "AccountId"],
    ["netuid", "Compact<u16>"],
    ["stake", "Compact<u64>"],
    ["locked", "Compact<u64>"],
    ["emission", "Compact<u64>"],
    ["tao_emission", "Compact<u64>"],
    ["drain", "Compact<u64>"],
    ["is_registered", "bool"],
]


def struct(fields: list[list[str]]) -> dict[str, Any]:
    return {"type": "struct", "type_mapping": fields}


TYPES = {
    "OurAxon": struct(AXON + PLACES),
    "OurMetrics": struct(AXON[:5]),
    "OurNeuron": struct(NEURON),
    "OurSimulation": struct(SIMULATION),
    "OurStake": struct(STAKE),
}
APIS: dict[str, dict[str, tuple[list[str], str]]] = {
    "NeuronInfoRuntimeApi": {
        "get_neurons": (["u16"], "Vec<OurNeuron>"),
        "get_neuron": (["u16", "u16"], "Option<OurNeuron>"),
    },
    "SwapRuntimeApi": {
        "current_alpha_price": (["u16"], "u64"),
        "sim_swap_tao_for_alpha": (["u16", "u64"], "OurSimulation"),
        "sim_swap_alpha_for_tao": (["u16", "u64"], "OurSimulation"),
    },
    "StakeInfoRuntimeApi": {"get_stake_info_for_coldkey": (["AccountId"], "Vec<OurStake>")},
    "SubnetRegistrationRuntimeApi": {"get_network_registration_cost": ([], "u64")},
}


def describe_apis(teller: Teller) -> None:
    """Tell the client what the APIs look like."""
    known = teller.chain.runtime_config.type_registry["runtime_api"]
    for api, methods in APIS.items():
        described = {
            name: {"params": [{"name": f"p{n}", "type": t} for n, t in enumerate(params)], "type": result}
            for name, (params, result) in methods.items()
        }
        known[api] = {"methods": described, "types": TYPES}


def tell(teller: Teller) -> dict[str, Any]:
    teller.submit(OWNER, "register_network", hotkey=OWNER_HOTKEY.ss58_address)
    teller.seal()
    teller.submit(OWNER, "start_call", netuid=NETUID)
    teller.sudo("sudo_set_admin_freeze_window", window=0)
    teller.sudo("sudo_set_commit_reveal_weights_enabled", netuid=NETUID, enabled=False)
    teller.sudo("sudo_set_weights_set_rate_limit", netuid=NETUID, weights_set_rate_limit=0)
    teller.seal()
    for hotkey in (VALIDATOR, MINER):
        teller.submit(OWNER, "burned_register", netuid=NETUID, hotkey=hotkey.ss58_address)
        teller.seal()
    staked = {"hotkey": VALIDATOR.ss58_address, "netuid": NETUID, "amount_staked": 100 * TAO}
    teller.submit(OWNER, "add_stake", **staked)
    teller.seal(25)
    teller.submit(VALIDATOR, "set_weights", netuid=NETUID, dests=[0, 2], weights=[1, 2], version_key=0)
    teller.seal(15)
    describe_apis(teller)

    def ask(api: str, method: str, *params: Any) -> Any:
        return teller.chain.runtime_call(api, method, list(params)).value

    seen = {
        "block": teller.block(),
        "hotkeys": [who.ss58_address for who in (OWNER_HOTKEY, VALIDATOR, MINER)],
        "owner": OWNER.ss58_address,
        "neurons": ask("NeuronInfoRuntimeApi", "get_neurons", NETUID),
        "nobody": ask("NeuronInfoRuntimeApi", "get_neuron", NETUID, 99),
        "price": ask("SwapRuntimeApi", "current_alpha_price", NETUID),
        "purchase": ask("SwapRuntimeApi", "sim_swap_tao_for_alpha", NETUID, AMOUNT),
        "sale": ask("SwapRuntimeApi", "sim_swap_alpha_for_tao", NETUID, AMOUNT),
        "stakes": ask("StakeInfoRuntimeApi", "get_stake_info_for_coldkey", OWNER.ss58_address),
        "cost": ask("SubnetRegistrationRuntimeApi", "get_network_registration_cost"),
        "sqrt_price": teller.read("AlphaSqrtPrice", NETUID, pallet="Swap"),
        "sqrt_price_of_nothing": teller.read("AlphaSqrtPrice", 99, pallet="Swap"),
        "reserves": [teller.read(item, NETUID) for item in ("SubnetTAO", "SubnetAlphaIn")],
        "stored_weights": teller.read("Weights", NETUID, 1),
        "stored_bonds": teller.read("Bonds", NETUID, 1),
        "incentive": teller.read("Incentive", NETUID),
        "alpha": [
            teller.read("TotalHotkeyAlpha", who.ss58_address, NETUID) for who in (OWNER_HOTKEY, VALIDATOR, MINER)
        ],
    }
    before = teller.read("TotalHotkeyAlpha", VALIDATOR.ss58_address, NETUID)
    teller.submit(OWNER, "add_stake", hotkey=VALIDATOR.ss58_address, netuid=NETUID, amount_staked=AMOUNT)
    teller.seal()
    seen["bought"] = teller.read("TotalHotkeyAlpha", VALIDATOR.ss58_address, NETUID) - before
    return seen


print(json.dumps(tell(Teller(sys.argv[1]))))
