"""Chains with as many subnets as the real one: as a state, or as the spec of a node in another process."""

from __future__ import annotations

import json
from pathlib import Path

from support.chain import key_of, localnet_patch
from support.yardstick import CONSTRUCT

from chain.overrides import DEV_KEY
from chain.state import State
from runtime.fixed import I96F32, i96f32
from runtime.genesis import read_patch
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

HALF: I96F32 = i96f32.from_decimal("0.5")
OWNER, HOTKEY = key_of("Alice"), key_of("Dave")


def genesis(subnets: int) -> State:
    """A chain with this many subnets that emit, each with a pool of 1,000 TAO, and the root network."""
    state = State.empty()
    runtime = Taonet(state, CONSTRUCT)
    runtime.build_genesis(read_patch(localnet_patch()))
    runtime.ownership.create_account(OWNER.account, HOTKEY.account)
    runtime.registry.SubtokenEnabled[ROOT] = True
    for number in range(1, subnets + 1):
        netuid = NetUid(number)
        if number > 1:
            runtime.subnets.initialize(netuid, 0)
            runtime.registry.SubnetMechanism[netuid] = 1
            runtime.registry.SubnetOwner[netuid] = OWNER.account
            runtime.registry.SubnetOwnerHotkey[netuid] = HOTKEY.account
            runtime.neurons.append(netuid, HOTKEY.account, 0)
            credit = runtime.tao.mint(TAO(1000))
            runtime.pools.SubnetTAO[netuid] = credit.amount
            runtime.tao.spend(credit, subnet_account(netuid), credit.amount)
            runtime.pools.mint_in(netuid, AlphaBalance(TAO(1000)))
        runtime.registry.FirstEmissionBlockNumber[netuid] = 1
        runtime.registry.SubtokenEnabled[netuid] = True
        runtime.pools.SubnetMovingPrice[netuid] = HALF
    state.commit()
    return state


def write_spec(folder: Path, subnets: int) -> Path:
    """A chain spec that begins with `genesis`, for a node that may be moved about."""
    state = genesis(subnets)
    state.set(DEV_KEY, b"\1")
    top = {f"0x{key.hex()}": f"0x{value.hex()}" for key in state.keys() if (value := state.get(key)) is not None}  # noqa: SIM118
    path = folder / f"{subnets}-subnets.json"
    spec = {"name": "Many subnets", "id": "many", "chainType": "Local", "genesis": {"raw": {"top": top}}}
    path.write_text(json.dumps(spec))
    return path
