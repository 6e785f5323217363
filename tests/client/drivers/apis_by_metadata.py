"""Runtime APIs as metadata V15 describes them, through async-substrate-interface: `apis_by_metadata.py URL BLOCK`."""

from __future__ import annotations

import json
import sys
from typing import Any

from async_substrate_interface.sync_substrate import SubstrateInterface

NETUID = 2


def tell(url: str, number: int) -> dict[str, Any]:
    with SubstrateInterface(url, ss58_format=42) as chain:
        block = chain.get_block_hash(number)

        def ask(method: str, *params: Any, api: str = "SubnetInfoRuntimeApi") -> Any:
            found = chain.runtime_call(api, method, list(params), block_hash=block)
            return getattr(found, "value", found)

        return {
            "metagraph": ask("get_metagraph", NETUID),
            "nothing": ask("get_metagraph", 99),
            "selected": ask("get_selective_metagraph", NETUID, [0, 3, 8, 52, 200]),
            "markets": ask("get_all_dynamic_info"),
            "hyperparameters": ask("get_subnet_hyperparams_v3", NETUID),
            "neurons": ask("get_neurons_lite", NETUID, api="NeuronInfoRuntimeApi"),
            "prices": ask("current_alpha_price_all", api="SwapRuntimeApi"),
            "proxies": ask("get_proxy_types", api="ProxyFilterRuntimeApi"),
            "babe": ask("configuration", api="BabeApi"),
        }


print(json.dumps(tell(sys.argv[1], int(sys.argv[2])), default=str))
