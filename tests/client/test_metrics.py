"""`GET /metrics`, `/health` and `/health/readiness` of a real node, beside what its RPC says."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.chain import key_of
from support.metrics import Scrape, text_of
from support.process import NodeProcess, RpcFailure, running
from support.socket import connected
from support.wallet import transfer

ALICE, BOB = key_of("Alice"), key_of("Bob")
GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
LINE = re.compile(r'[a-z0-9_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+')


def get(node: NodeProcess, path: str, **headers: str) -> tuple[int, str, bytes]:
    """Status, content type and body of a page."""
    request = urllib.request.Request(f"http://127.0.0.1:{node.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def wait_for(node: NodeProcess, name: str, value: float) -> None:
    """Wait until a metric has this value: the node learns a moment later that a client has gone."""
    deadline = time.monotonic() + 10
    while Scrape.of(node)[name] != value:
        assert time.monotonic() < deadline, f"{name} is not {value}"
        time.sleep(0.02)


def test_the_text_is_what_prometheus_reads(node: NodeProcess) -> None:
    node.call("system_name")
    status, content_type, body = get(node, "/metrics")
    *lines, last = body.decode().split("\n")
    assert (status, content_type, last) == (200, "text/plain; version=0.0.4; charset=utf-8", "")

    told: list[str] = []
    allowed: set[str] = set()
    for line in lines:
        if line.startswith("# HELP "):
            told.append(line.split()[2])
            allowed = set()
        elif line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            assert name == told[-1]
            allowed = {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}
        else:
            assert LINE.fullmatch(line), line
            assert line.partition("{")[0] in allowed, line
    assert len(told) == len(set(told))


def test_each_metric_says_of_which_chain_it_is(node: NodeProcess) -> None:
    told = Scrape.of(node).families.values()

    assert {sample.labels["chain"] for each in told for sample in each.samples} == {"bittensor"}


def test_the_counters_have_substrates_names_to_the_letter(node: NodeProcess) -> None:
    node.call("system_name")

    assert "# TYPE substrate_rpc_calls_started counter" in text_of(node)
    assert re.search(r"^substrate_rpc_calls_started\{", text_of(node), re.MULTILINE)


def test_the_guide_lists_every_metric_with_its_labels(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \|", GUIDE, re.MULTILINE)
    listed = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    with running(tmp_path, "--sealing", "manual", "--base-path", str(tmp_path)) as node:
        node.call("system_name")
        told = Scrape.of(node).families.values()

    shown = {
        each.name: (each.type, {key for sample in each.samples for key in sample.labels} - {"chain", "le"})
        for each in told
    }
    assert listed == shown


def test_blocks_and_their_extrinsics_are_counted_as_they_come(node: NodeProcess) -> None:
    before = Scrape.of(node)
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 10**9))
    waiting = Scrape.of(node)
    node.call("dev_newBlock")
    after = Scrape.of(node)
    best = node.call("chain_getBlock")["block"]

    assert waiting["substrate_ready_transactions_number"] == 1
    assert after["substrate_ready_transactions_number"] == len(node.call("author_pendingExtrinsics")) == 0
    for status in ("best", "finalized", "sync_target"):
        assert after.value("substrate_block_height", status=status) == int(best["header"]["number"], 16)
        assert after.value("substrate_block_height", status=status) == 1 + before.value(
            "substrate_block_height", status=status
        )
    assert after["substrate_proposer_number_of_transactions"] == len(best["extrinsics"])
    assert (
        after["substrate_proposer_block_constructed_count"] == before["substrate_proposer_block_constructed_count"] + 1
    )
    assert after["substrate_proposer_block_constructed_sum"] > before["substrate_proposer_block_constructed_sum"]
    pool = "substrate_sub_txpool_"
    assert after[f"{pool}submitted_transactions"] == before[f"{pool}submitted_transactions"] + 1
    pruned = after[f"{pool}block_transactions_pruned"] - before[f"{pool}block_transactions_pruned"]
    assert pruned == len(best["extrinsics"])


def test_an_extrinsic_that_is_taken_out_counts_as_invalid_and_one_of_a_block_that_is_left_as_resubmitted(
    node: NodeProcess,
) -> None:
    head, sent = node.call("chain_getBlockHash"), transfer(node, ALICE, BOB, 10**6)
    node.call("dev_newBlock", {"transactions": [sent]})
    before = Scrape.of(node)
    node.call("dev_setHead", head)
    retaken = Scrape.of(node)
    node.call("author_removeExtrinsic", [{"extrinsic": sent}])
    after = Scrape.of(node)

    resubmitted = "substrate_sub_txpool_block_transactions_resubmitted"
    assert retaken[resubmitted] >= before[resubmitted] + 1
    assert retaken["substrate_ready_transactions_number"] == 1
    assert after["substrate_ready_transactions_number"] == 0
    invalid = "substrate_sub_txpool_validations_invalid"
    assert after[invalid] == retaken[invalid] + 1


def test_calls_are_counted_by_transport_method_and_outcome(node: NodeProcess) -> None:
    before = Scrape.of(node)
    requests = [{"jsonrpc": "2.0", "id": number, "method": "system_version"} for number in range(3)]
    node.post(json.dumps(requests).encode())
    with pytest.raises(RpcFailure, match="Invalid params"):
        node.call("system_accountNextIndex", "nobody")
    with connected(node.url) as socket:
        socket.call("system_version")
    after = Scrape.of(node)

    def grown(name: str, **labels: str) -> float:
        return after.value(name, **labels) - before.value(name, **labels)

    calls = "substrate_rpc_calls_"
    assert grown(f"{calls}started", protocol="http", method="system_version") == 3
    assert grown(f"{calls}started", protocol="ws", method="system_version") == 1
    assert grown(f"{calls}finished", protocol="http", method="system_version", is_error="false") == 3
    assert grown(f"{calls}finished", protocol="http", method="system_version", is_error="true") == 0
    assert grown(f"{calls}finished", protocol="http", method="system_accountNextIndex", is_error="true") == 1
    assert grown(f"{calls}time_count", protocol="http", method="system_version") == 3
    assert 0 < grown(f"{calls}time_sum", protocol="http", method="system_version") < 10**7
    assert after.value(f"{calls}time_bucket", protocol="http", method="system_version", le="+Inf") == after.value(
        f"{calls}time_count", protocol="http", method="system_version"
    )


def test_names_of_methods_that_there_are_not_make_no_metrics_of_their_own(node: NodeProcess) -> None:
    before = Scrape.of(node)
    for number in range(20):
        with pytest.raises(RpcFailure, match="Method not found"):
            node.call(f"made_up_{number}")
    after = Scrape.of(node)

    started = "substrate_rpc_calls_started"
    assert "made_up" not in after.text
    assert after.value(started, method="unknown") == before.value(started, method="unknown") + 20


def test_a_websocket_is_counted_when_it_opens_and_when_it_closes(node: NodeProcess) -> None:
    opened, closed = "substrate_rpc_sessions_opened", "substrate_rpc_sessions_closed"
    before = Scrape.of(node)
    with connected(node.url) as socket:
        socket.call("system_name")
        during = Scrape.of(node)
    wait_for(node, closed, before[closed] + 1)

    assert during[opened] == Scrape.of(node)[opened] == before[opened] + 1
    assert during[closed] == before[closed]


def test_a_fork_is_a_leaf_until_it_is_final(node: NodeProcess) -> None:
    parent = node.call("chain_getBlockHash")
    best = node.call("engine_createBlock", True, False, parent)["hash"]
    alone = Scrape.of(node)
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 10**6))
    fork = node.call("engine_createBlock", False, False, parent)["hash"]
    both = Scrape.of(node)
    node.call("engine_finalizeBlock", best)
    final = Scrape.of(node)
    node.call("dev_newBlock")  # takes the transfer out of the pool

    assert best != fork
    assert [each["substrate_number_leaves"] for each in (alone, both, final)] == [1, 2, 1]
    assert both.value("substrate_block_height", status="best") == 1 + both.value(
        "substrate_block_height", status="finalized"
    )


def test_the_economy_is_told_as_it_is_in_the_state(node: NodeProcess) -> None:
    before, supply = Scrape.of(node), node.call("explorer_supply")
    told = float(int(supply["issuance"]))
    node.call("dev_fund", "//Eve", 7 * 10**9)

    assert before["taonet_issuance_rao"] == told
    assert Scrape.of(node)["taonet_issuance_rao"] >= told + 7 * 10**9
    assert before["taonet_subnets"] == sum(each["netuid"] != 0 for each in node.call("explorer_subnets")["subnets"])
    assert before["taonet_stake_rao"] > 0


def test_the_node_says_what_it_is(node: NodeProcess, tmp_path: Path) -> None:
    told = Scrape.of(node)
    labels = {"name": node.call("system_name"), "version": node.call("system_version")}

    assert told.value("substrate_build_info", **labels) == 1
    assert told["substrate_node_roles"] == 4
    assert told["substrate_sub_libp2p_peers_count"] == node.call("system_health")["peers"]
    assert 0 <= time.time() - told["substrate_process_start_time_seconds"] < 3600
    assert "substrate_database_cache_bytes" not in told.families
    with running(tmp_path, "--tmp", command="run") as full:
        assert Scrape.of(full)["substrate_node_roles"] == 1


def test_health_is_what_system_health_says_and_the_node_is_ready(node: NodeProcess) -> None:
    status, content_type, body = get(node, "/health")

    assert (status, content_type) == (200, "application/json")
    assert json.loads(body) == node.call("system_health")
    assert get(node, "/health/readiness")[0::2] == (200, b"")


@pytest.mark.parametrize("path", ["/metrics", "/health", "/health/readiness"])
def test_pages_of_others_are_refused(node: NodeProcess, path: str) -> None:
    assert get(node, path, Origin="http://evil.example")[0] == 403
    assert get(node, path, Host="evil.example")[0] == 403
    assert get(node, path, Origin=f"http://127.0.0.1:{node.port}")[0] == 200
