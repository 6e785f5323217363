from __future__ import annotations

from node.chain_spec import load
from node.metrics.calls import RpcCounts
from node.metrics.collector import registry_of, text_of
from node.metrics.histogram import Histogram
from node.node import Node
from node.service import keystore_of, open_chain, open_database


def make_node() -> Node:
    spec = load("dev")
    return Node(spec, open_chain(open_database(None, spec), spec), keystore_of(["//One"]))


def test_a_histogram_counts_each_value_at_every_bound_that_it_does_not_exceed() -> None:
    histogram = Histogram((1.0, 10.0))
    for value in (0.5, 1.0, 1.5, 10.0, 11.0):
        histogram.observe(value)

    assert histogram.buckets() == [("1.0", 2), ("10.0", 4), ("+Inf", 5)]
    assert histogram.total == 24.0


def test_two_nodes_in_one_process_have_metrics_of_their_own() -> None:
    first, second = make_node(), make_node()
    registries = [registry_of(each, RpcCounts(), 0) for each in (first, second)]
    first.make_block()

    told = [text_of(each) for each in registries]
    best = b'substrate_block_height{chain="bittensor",status="best"} '
    assert best + b"1.0\n" in told[0]
    assert best + b"0.0\n" in told[1]


def test_going_back_in_time_takes_no_counter_back() -> None:
    node = make_node()
    registry = registry_of(node, RpcCounts(), 0)
    before = node.snapshot()
    node.make_block()
    node.restore(before)
    node.make_block()

    told = text_of(registry).decode()
    assert 'substrate_block_height{chain="bittensor",status="best"} 1.0' in told
    assert 'substrate_proposer_block_constructed_count{chain="bittensor"} 2.0' in told
