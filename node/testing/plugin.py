"""The pytest plugin: `chain` is a chain in the process of the test, `node` one in its own, both fresh for each test.

    @pytest.mark.taonet(scenario="two-subnets", constants={"Tempo": 20})
    def test_validators_earn(chain):
        chain.advance_epoch(1)
        assert chain.query("SubtensorModule.Dividends", 1)[1] > 0

They are made once for each scenario, and go back to a snapshot after each test, and after each example of hypothesis.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from chain.keys import Keypair
    from node.devnet import Devnet
    from node.testing.process import NodeProcess

MARKER = "taonet(scenario, preset, constants): what the fixtures `chain` and `node` begin with"
FIELDS = ("scenario", "preset", "constants")
SEALING = "instant"
"""How a `node` makes blocks when a test begins."""
ISOLATED = "_taonet_isolated"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each example of a hypothesis test that uses `chain` or `node` begin afresh."""
    for item in items:
        function = getattr(item, "obj", None)
        if getattr(function, "is_hypothesis_test", False):
            uses = frozenset(name for name in ("chain", "node") if _is_ours(item, name))
            if uses:
                _isolate(getattr(function, "__func__", function), uses)


def _is_ours(item: pytest.Item, name: str) -> bool:
    """Whether a test gets this fixture from here; a project may have one of its own with the name."""
    info: Any = getattr(item, "_fixtureinfo", None)
    found: Any = None if info is None else info.name2fixturedefs.get(name)
    return bool(found) and found[-1].func.__module__ == __name__


def _isolate(function: Any, uses: frozenset[str]) -> None:
    """Wrap the test that hypothesis runs for each example in a snapshot, and tell hypothesis that it is reset."""
    from hypothesis import HealthCheck, settings

    inner = function.hypothesis.inner_test
    if hasattr(inner, ISOLATED):
        return

    @functools.wraps(inner)
    def example(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as undone:
            if "chain" in uses:
                undone.enter_context(kwargs["chain"].snapshot())
            if "node" in uses:
                undone.enter_context(_undone(kwargs["node"]))
            return inner(*args, **kwargs)

    setattr(example, ISOLATED, True)
    function.hypothesis.inner_test = example
    own = getattr(function, "_hypothesis_internal_use_settings", settings.default)
    assert own is not None
    suppressed = {HealthCheck.function_scoped_fixture, *own.suppress_health_check}
    function._hypothesis_internal_use_settings = settings(parent=own, suppress_health_check=suppressed)


@contextmanager
def _undone(node: NodeProcess) -> Iterator[None]:
    """Whatever the `with` statement's body does to a node is undone; one that cannot go back is ended."""
    from node.testing.process import RpcFailure

    snapshot = node.call("dev_snapshot")
    try:
        yield
    finally:
        if node.process.poll() is None:
            try:
                node.call("dev_revert", snapshot)
                node.call("dev_setSealing", SEALING)
            except RpcFailure:  # the test went back behind it: the next one gets another node
                node.stop()


class Accounts(Mapping[str, "Keypair"]):
    """The keys of development accounts by name: `accounts["Alice"]` is the key of `//Alice`, and any name has one."""

    names = ("Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie")

    def __getitem__(self, name: str) -> Keypair:
        from node.values.given import dev_key

        return dev_key(f"//{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _wanted(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the marker of a test asks for. Raises: UsageError for what it does not know."""
    marker = request.node.get_closest_marker("taonet")
    if marker is None:
        return {}
    unknown = [name for name in marker.kwargs if name not in FIELDS]
    if unknown or marker.args:
        what = f"no {unknown[0]!r}" if unknown else "no positional arguments"
        raise pytest.UsageError(f"{request.node.nodeid}: the marker taonet has {what}; there are {', '.join(FIELDS)}")
    return dict(marker.kwargs)


def _key(wanted: Mapping[str, Any]) -> str:
    return json.dumps(wanted, sort_keys=True, default=str)


@pytest.fixture(scope="session")
def accounts() -> Accounts:
    """The keys of development accounts by name."""
    return Accounts()


@pytest.fixture(scope="session")
def _taonet_chains() -> Iterator[dict[str, Devnet]]:
    chains: dict[str, Devnet] = {}
    yield chains
    for chain in chains.values():
        chain.close()


@pytest.fixture
def chain(request: pytest.FixtureRequest, _taonet_chains: dict[str, Devnet]) -> Iterator[Devnet]:
    """A chain in this process, fresh for each test: see `node.devnet.Devnet`."""
    from chain.errors import ChainError
    from node.devnet import Devnet

    wanted = _wanted(request)
    key = _key(wanted)
    made = _taonet_chains.pop(key, None) or Devnet(**wanted)
    snapshot = made.take_snapshot()
    yield made
    try:
        made.revert(snapshot)
    except ChainError:  # the test went back behind it: the next one gets another chain
        made.close()
    else:
        _taonet_chains[key] = made


@pytest.fixture(scope="session")
def _taonet_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[dict[str, Any]], NodeProcess]]:
    from node.testing.process import NodeProcess

    nodes: dict[str, NodeProcess] = {}
    folder: Path = tmp_path_factory.mktemp("taonet")

    def start(wanted: dict[str, Any]) -> NodeProcess:
        key = _key(wanted)
        found = nodes.get(key)
        if found is None or found.process.poll() is not None:
            found = nodes[key] = NodeProcess(folder, *_arguments(wanted))
        return found

    yield start
    for node in nodes.values():
        node.stop()


def _arguments(wanted: Mapping[str, Any]) -> list[str]:
    line = ["--sealing", SEALING]
    for name in ("scenario", "preset"):
        if wanted.get(name):
            line += [f"--{name}", str(wanted[name])]
    for name, value in (wanted.get("constants") or {}).items():
        line += ["--set", f"{name}={value}"]
    return line


@pytest.fixture
def node(
    request: pytest.FixtureRequest, _taonet_nodes: Callable[[dict[str, Any]], NodeProcess]
) -> Iterator[NodeProcess]:
    """A node in a process of its own on a free port, one for each worker and scenario, gone back after each test."""
    served = _taonet_nodes(_wanted(request))
    with _undone(served):
        yield served
