"""The metrics of a node, read from it when they are asked for.

Source: sc_service::metrics, sc_transaction_pool::metrics, sc_proposer_metrics, sc_rpc_server::middleware::metrics
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from chain.database import LevelDatabase
from node.metrics.calls import RpcCounts
from node.metrics.histogram import Histogram
from node.node import CLIENT_NAME, VERSION, Node
from runtime.pallets.subtensor.types import ROOT

FULL, AUTHORITY = 1, 4
"""The bits of Substrate's node roles."""
_TOTAL = re.compile(rb"^(# (?:HELP|TYPE) \w+)_total ", re.MULTILINE)

Labels = Mapping[str, str]


class NodeCollector(Collector):
    """All metrics of one node. Every one has the label `chain`, the id of the chain."""

    def __init__(self, node: Node, rpc: RpcCounts, started_at: int) -> None:
        """`started_at` is when the node began to serve, in seconds since 1970."""
        self.node, self.rpc, self.started_at = node, rpc, started_at

    def collect(self) -> Iterator[Metric]:
        """What there is to tell now."""
        yield from self._process()
        yield from self._blocks()
        yield from self._pool()
        yield from self._author()
        yield from self._calls()
        yield from self._economy()

    def _process(self) -> Iterator[Metric]:
        build = {"name": CLIENT_NAME, "version": VERSION}
        roles = AUTHORITY if self.node.keystore.keys else FULL
        yield self._metric("gauge", "substrate_build_info", "The program and its version, always 1", (build, 1))
        started = "When the node began to serve, in seconds since 1970"
        yield self._metric("gauge", "substrate_process_start_time_seconds", started, ({}, self.started_at))
        yield self._metric("gauge", "substrate_node_roles", "4 with the key of an authority, else 1", ({}, roles))
        yield self._metric("gauge", "substrate_sub_libp2p_peers_count", "Connected peers", ({}, 0))

    def _blocks(self) -> Iterator[Metric]:
        chain = self.node.chain
        best = chain.best.number
        heights = {"best": best, "finalized": chain.finalized.number, "sync_target": best}
        samples = [({"status": status}, height) for status, height in heights.items()]
        yield self._metric("gauge", "substrate_block_height", "Numbers of blocks", *samples)
        yield self._metric("gauge", "substrate_number_leaves", "Blocks without a child", ({}, count_leaves(self.node)))
        if isinstance(chain.database, LevelDatabase):
            size = chain.database.memory_bytes()
            yield self._metric("gauge", "substrate_database_cache_bytes", "Memory of the database", ({}, size))

    def _pool(self) -> Iterator[Metric]:
        pool = self.node.pool
        ready = "Extrinsics that can go into a block"
        yield self._metric("gauge", "substrate_ready_transactions_number", ready, ({}, pool.ready_count))
        for name, help_, count in (
            ("submitted_transactions", "Extrinsics submitted", pool.counts.submitted),
            ("validations_invalid", "Extrinsics removed as invalid", pool.counts.invalid),
            ("block_transactions_pruned", "Extrinsics of blocks, taken out if they were in", pool.counts.pruned),
            ("block_transactions_resubmitted", "Extrinsics of blocks that were left", pool.counts.resubmitted),
        ):
            yield self._metric("counter", f"substrate_sub_txpool_{name}", help_, ({}, count))

    def _author(self) -> Iterator[Metric]:
        author = self.node.author
        took = self._metric("histogram", "substrate_proposer_block_constructed", "Seconds to make a block")
        self._add_histogram(took, {}, author.seconds)
        yield took
        size = "Extrinsics in the last block that was made here, inherents included"
        yield self._metric("gauge", "substrate_proposer_number_of_transactions", size, ({}, author.last_size))

    def _calls(self) -> Iterator[Metric]:
        started = self._metric("counter", "substrate_rpc_calls_started", "Calls received, each of a batch")
        finished = self._metric("counter", "substrate_rpc_calls_finished", "Calls answered, each of a batch")
        took = self._metric("histogram", "substrate_rpc_calls_time", "Microseconds from a call to its answer")
        for transport, method, counts in self.rpc.calls():
            labels = {"protocol": transport, "method": method}
            limited = {**labels, "is_rate_limited": "false"}
            self._add(started, labels, counts.started)
            for is_error, count in (("false", counts.succeeded), ("true", counts.failed)):
                if count:
                    self._add(finished, {**limited, "is_error": is_error}, count)
            self._add_histogram(took, limited, counts.micros)
        yield from (started, finished, took)
        for name, count in (("opened", self.rpc.sessions_opened), ("closed", self.rpc.sessions_closed)):
            yield self._metric("counter", f"substrate_rpc_sessions_{name}", f"WebSockets {name}", ({}, count))

    def _economy(self) -> Iterator[Metric]:
        runtime = self.node.runtime()
        subnets = sum(netuid != ROOT for netuid in runtime.registry.netuids())
        issuance, stake = runtime.tao.TotalIssuance, runtime.pools.TotalStake
        yield self._metric("gauge", "taonet_issuance_rao", "All TAO that exists, in rao", ({}, issuance))
        yield self._metric("gauge", "taonet_stake_rao", "TAO that is staked, in rao", ({}, stake))
        yield self._metric("gauge", "taonet_subnets", "Subnets, the root network not counted", ({}, subnets))

    def _metric(
        self, kind: Literal["gauge", "counter", "histogram"], name: str, help_: str, *samples: tuple[Labels, float]
    ) -> Metric:
        metric = Metric(name, help_, kind)
        for labels, value in samples:
            self._add(metric, labels, value)
        return metric

    def _add(self, metric: Metric, labels: Labels, value: float, suffix: str = "") -> None:
        metric.add_sample(metric.name + suffix, {"chain": self.node.spec.id, **labels}, value)

    def _add_histogram(self, metric: Metric, labels: Labels, histogram: Histogram) -> None:
        buckets = histogram.buckets()
        for bound, count in buckets:
            self._add(metric, {**labels, "le": bound}, count, "_bucket")
        self._add(metric, labels, histogram.total, "_sum")
        self._add(metric, labels, buckets[-1][1], "_count")


def count_leaves(node: Node) -> int:
    """How many blocks behind the last final one, or that one itself, have no child."""
    known, parents = {node.chain.finalized.hash}, set()
    for block, header in node.unfinalized.items():
        if header.parent_hash in known:
            known.add(block)
            parents.add(header.parent_hash)
    return len(known - parents)


def registry_of(node: Node, rpc: RpcCounts, started_at: int) -> CollectorRegistry:
    """A registry of one node's metrics and nothing else."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NodeCollector(node, rpc, started_at))
    return registry


def text_of(registry: CollectorRegistry) -> bytes:
    """The metrics in Prometheus' text format 0.0.4."""
    # the library ends the name of each counter with _total, Substrate does not
    return _TOTAL.sub(rb"\1 ", generate_latest(registry))
