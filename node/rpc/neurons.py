"""`neuronInfo_*`: neurons, in SCALE. Source: subtensor_custom_rpc"""

from __future__ import annotations

from node.node import Node
from node.rpc.methods import method
from node.rpc.parameters import U16, Hash
from node.rpc.questions import ask

FAILED, LITE_FAILED = "Unable to get neurons info", "Unable to get neurons lite info"


@method()
def neuronInfo_getNeurons(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """All neurons of a subnet."""
    return ask(node, at, FAILED, "NeuronInfoRuntimeApi_get_neurons", netuid)


@method()
def neuronInfo_getNeuron(node: Node, netuid: U16, uid: U16, at: Hash | None = None) -> list[int]:
    """A neuron."""
    return ask(node, at, "Unable to get neuron info", "NeuronInfoRuntimeApi_get_neuron", netuid, uid)


@method()
def neuronInfo_getNeuronsLite(node: Node, netuid: U16, at: Hash | None = None) -> list[int]:
    """All neurons of a subnet, without weights and bonds."""
    return ask(node, at, LITE_FAILED, "NeuronInfoRuntimeApi_get_neurons_lite", netuid)


@method()
def neuronInfo_getNeuronLite(node: Node, netuid: U16, uid: U16, at: Hash | None = None) -> list[int]:
    """A neuron, without weights and bonds."""
    return ask(node, at, LITE_FAILED, "NeuronInfoRuntimeApi_get_neuron_lite", netuid, uid)
