"""A subnet with neurons on a real node, for tests about weights and registrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from support.chain import key_of
from support.process import NodeProcess
from support.wallet import encode_call, sign

from chain.keys import Keypair
from runtime.units import TAO, NetUid

SUBNET = NetUid(2)
"""The subnet that Alice registers."""
VALIDATORS = [key_of(name) for name in ("Dave", "Eve", "Ferdie", "One", "Two", "Three")]
"""Rich enough to send extrinsics, and each with less stake than the one before."""
MINERS = [key_of(f"miner {n}") for n in range(10)]


def submit(node: NodeProcess, signer: Keypair, path: str, **arguments: Any) -> str:
    """Send a call of SubtensorModule, and give the extrinsic's hash."""
    extrinsic = sign(node, signer, encode_call(f"SubtensorModule.{path}", **arguments))
    sent: str = node.call("author_submitExtrinsic", extrinsic)
    return sent


def set_rules(node: NodeProcess, netuid: NetUid = SUBNET, **rules: Any) -> None:
    """Write hyperparameters of a subnet."""
    node.call("dev_setStorage", {"SubtensorModule": {name: [[[netuid], value]] for name, value in rules.items()}})


def found_subnet(node: NodeProcess, miners: Sequence[Keypair] = MINERS) -> None:
    """A started subnet of Alice with Charlie's key, with validators of Bob and miners, and weights in the open."""
    submit(node, key_of("Alice"), "register_network", hotkey=key_of("Charlie").account)
    node.call("dev_newBlock")
    set_rules(node, CommitRevealWeightsEnabled=False, WeightsSetRateLimit=0)
    submit(node, key_of("Alice"), "start_call", netuid=SUBNET)
    for neuron in (*VALIDATORS, *miners):
        submit(node, key_of("Bob"), "burned_register", netuid=SUBNET, hotkey=neuron.account)
        node.call("dev_newBlock")
    for place, neuron in enumerate(VALIDATORS):
        amount = TAO(300 - 37 * place)
        submit(node, key_of("Bob"), "add_stake", hotkey=neuron.account, netuid=SUBNET, amount_staked=amount)
    node.call("dev_newBlock")
