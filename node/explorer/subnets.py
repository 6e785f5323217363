"""Subnets as the explorer shows them: their markets, their neurons, their bonds, and how prices went."""

from __future__ import annotations

import asyncio
from typing import Any

from chain.errors import StateDiscarded
from chain.keys import encode_ss58
from node.node import Node
from node.values.shown import show_bytes, show_number
from runtime.apis.subnet_structs import IsI32F32, IsU64F64
from runtime.apis.subnets import HYPERPARAMETERS
from runtime.apis.swap import SwapRuntimeApi
from runtime.apis.view import SubnetView
from runtime.fixed import U16_MAX
from runtime.pallets.subnets.neurons import storage_index
from runtime.pallets.weights.rows import unpack
from runtime.taonet import Taonet
from runtime.units import RAO_PER_TAO, NetUid

MAX_NEURONS = 1024
MAX_BONDS = 20_000
MAX_POINTS = 120
POINTS_A_TURN = 4
"""How many old states are looked at before others get their turn."""
FRACTION_BITS = 32
"""Of the moving price."""
FRACTIONS = {IsI32F32: 32, IsU64F64: 64}
"""The fraction bits of parameters that are no whole numbers."""


def rows(node: Node) -> dict[str, Any]:
    """A line for each subnet, by netuid, in the state of the best block."""
    runtime = node.runtime()
    netuids = sorted(netuid for netuid, is_added in runtime.registry.NetworksAdded.items() if is_added)
    return {"number": node.chain.best.number, "subnets": [_row(SubnetView(runtime, netuid)) for netuid in netuids]}


def _row(view: SubnetView) -> dict[str, Any]:
    runtime, netuid = view.runtime, view.netuid
    return {
        "netuid": netuid,
        "name": bytes(view.name).decode(errors="replace"),
        "symbol": bytes(view.symbol).decode(errors="replace"),
        "neurons": view.num_uids,
        "isEmitting": runtime.registry.emits(netuid),
        "hasTaoEmission": runtime.parameters.SubnetEmissionEnabled[netuid],
        "nextEpoch": runtime.clock.next_epoch(netuid),
        **_market(runtime, netuid),
    }


def _market(runtime: Taonet, netuid: NetUid) -> dict[str, Any]:
    pools, ledger = runtime.pools, runtime.ledger
    return {
        "price": show_number(SwapRuntimeApi(runtime).current_alpha_price(netuid)),
        "taoIn": show_number(pools.SubnetTAO[netuid]),
        "alphaIn": show_number(pools.SubnetAlphaIn[netuid]),
        "alphaOut": show_number(pools.SubnetAlphaOut[netuid]),
        "taoEmission": show_number(ledger.SubnetTaoInEmission[netuid] + ledger.SubnetExcessTao[netuid]),
        "alphaEmission": show_number(ledger.SubnetAlphaOutEmission[netuid]),
    }


def subnet(node: Node, netuid: NetUid) -> dict[str, Any] | None:
    """A subnet with its parameters and its neurons; None where there is none."""
    runtime = node.runtime()
    if not runtime.registry.NetworksAdded[netuid]:
        return None
    view = SubnetView(runtime, netuid)
    identity, ledger = view.identity, runtime.ledger
    return {
        **_row(view),
        "number": node.chain.best.number,
        "description": None if identity is None else show_bytes(identity.description),
        "ownerColdkey": encode_ss58(view.owner_coldkey),
        "ownerHotkey": encode_ss58(view.owner_hotkey),
        "registeredAt": view.network_registered_at,
        "lastStep": view.last_step,
        "tempo": view.tempo,
        "maxNeurons": view.max_uids,
        "burn": show_number(view.burn),
        "volume": show_number(view.subnet_volume),
        "movingPrice": show_number(view.moving_price * RAO_PER_TAO >> FRACTION_BITS),
        "mechanisms": runtime.registry.MechanismCountCurrent[netuid],
        "pending": {
            "owner": show_number(ledger.PendingOwnerCut[netuid]),
            "miners": show_number(ledger.PendingServerEmission[netuid]),
            "validators": show_number(ledger.PendingValidatorEmission[netuid]),
            "root": show_number(ledger.PendingRootAlphaDivs[netuid]),
        },
        "parameters": {name: _parameter(kind, getattr(view, name)) for name, kind in HYPERPARAMETERS.items()},
        "metagraph": _metagraph(view),
    }


def _parameter(kind: Any, value: Any) -> Any:
    bits = FRACTIONS.get(kind)
    return _plain(value) if bits is None else round(value / (1 << bits), 6)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) else show_number(value)


def _metagraph(view: SubnetView) -> list[dict[str, Any]]:
    """A line for each neuron, by uid; parts of 65535 where the chain keeps such."""
    hotkeys = view.hotkeys[:MAX_NEURONS]
    known = view.runtime.inheritance
    alphas = [known.alpha(hotkey, view.netuid) for hotkey in hotkeys]
    taos = [known.root(hotkey, view.netuid) for hotkey in hotkeys]
    totals = known.weigh(alphas, taos)
    columns = {
        "active": view.active,
        "validatorPermit": view.validator_permit,
        "incentive": view.incentives,
        "dividends": view.dividends,
        "consensus": view.consensus,
        "validatorTrust": view.validator_trust,
        "emission": view.emission,
        "lastUpdate": view.last_update,
    }
    return [
        {
            "uid": uid,
            "hotkey": encode_ss58(hotkey),
            "coldkey": encode_ss58(view.runtime.ownership.Owner[hotkey]),
            "stake": show_number(totals[uid]),
            "alphaStake": show_number(alphas[uid]),
            "taoStake": show_number(taos[uid]),
            **{name: _plain(values[uid]) if uid < len(values) else None for name, values in columns.items()},
        }
        for uid, hotkey in enumerate(hotkeys)
    ]


def bonds(node: Node, netuid: NetUid, mechanism: int) -> dict[str, Any]:
    """The bonds of a mechanism's validators: by validator, pairs of uid and parts of 65535."""
    runtime, left = node.runtime(), MAX_BONDS
    index, found = storage_index(netuid, mechanism), []
    for uid in range(min(runtime.neurons.SubnetworkN[netuid], MAX_NEURONS)):
        pairs = unpack(runtime.matrix.Bonds[index, uid])
        if pairs and left >= len(pairs):
            left -= len(pairs)
            found.append({"uid": uid, "bonds": pairs})
    return {"scale": U16_MAX, "rows": found}


async def history(node: Node, netuid: NetUid, blocks: int, points: int) -> list[dict[str, Any]]:
    """The market of a subnet at `points` of the last `blocks` blocks, the oldest first, as far as states are kept."""
    best, found = node.chain.best.number, []
    first = max(best - blocks + 1, 0)
    step = max((best - first) // max(points - 1, 1), 1)
    for turn, number in enumerate(reversed(range(best, first - 1, -step))):
        if turn % POINTS_A_TURN == POINTS_A_TURN - 1:
            await asyncio.sleep(0)
        block = node.chain.hash_of(number)
        if block is None:
            continue
        try:
            runtime = node.runtime(block)
        except StateDiscarded:
            continue
        # the best block's state must stay the one that is kept loaded, however many old ones are looked at
        node.runtime()
        if runtime.registry.NetworksAdded[netuid]:
            found.append({"number": number, **_market(runtime, netuid)})
    return found
