"""The only place that wires: a data folder, a chain, a node, its sealing and its RPC server."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chain.blockchain import Blockchain
from chain.database import Database, LevelDatabase, MemoryDatabase
from chain.errors import (
    ChainError,
    DatabaseError,
    DecodeError,
    InvalidBlock,
    StateDiscarded,
    TransactionError,
    UnknownBlock,
)
from chain.keys import Keypair
from node.chain_spec import ChainSpec
from node.clock import Clock
from node.collector import seldom_collected
from node.dev.states import TakenState, begin_with
from node.explorer import pages
from node.metrics import page as metrics
from node.node import Keystore, Node
from node.rpc import (
    archive,
    author,
    chain,
    chain_head,
    delegates,
    dev,
    engine,
    explorer,
    neurons,
    payment,
    stakes,
    state,
    subnets,
    swap,
    system,
    transaction,
)
from node.rpc import chain_spec as chain_spec_methods
from node.rpc.errors import RpcError
from node.rpc.methods import Methods
from node.rpc.origins import DEFAULT_CORS
from node.rpc.server import RpcServer
from node.scenario import Scenario, is_unfinished, play
from node.sealing import Sealer, Sealing
from runtime.frame.apis import UnknownApi
from runtime.taonet import runtime_of

logger = logging.getLogger("substrate")

NAMESPACES = (
    archive,
    author,
    chain,
    chain_head,
    chain_spec_methods,
    delegates,
    dev,
    engine,
    explorer,
    neurons,
    payment,
    stakes,
    state,
    subnets,
    swap,
    system,
    transaction,
)
CLIENT_ERROR = 4003

MANUAL = Sealing("manual")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a node is run."""

    spec: ChainSpec
    base_path: Path | None = None
    """Where the chain is kept; None for memory."""
    authorities: Sequence[str] = ("//One",)
    """The secret URIs of the keys to author with."""
    sealing: Sealing = MANUAL
    finality_lag: int = 0
    """How many blocks come after a block before it is final."""
    host: str = "127.0.0.1"
    ports: Sequence[int] = (9944,)
    cors: Sequence[str] | Literal["all"] = DEFAULT_CORS
    rpc_methods: Literal["auto", "safe", "unsafe"] = "auto"
    state_pruning: int | None = None
    """How many finalized blocks keep their state; None for all."""
    checks: bool = True
    """Whether each block is checked for what must always hold."""
    scenario: Scenario | None = None
    """What happens before the chain is anybody's; its chain is `spec`."""
    taken: TakenState | None = None
    """A state of another chain that this one goes on from; `spec` is made of it."""


def database_path(base_path: Path, spec: ChainSpec) -> Path:
    """The folder of a chain's database under a base path."""
    return base_path / "chains" / spec.id / "db"


def open_database(base_path: Path | None, spec: ChainSpec) -> Database:
    """The database of a chain. Raises: DatabaseError."""
    if base_path is None:
        return MemoryDatabase()
    folder = database_path(base_path, spec)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"database {folder}: cannot be made: {error.strerror}") from None
    return LevelDatabase(folder)


def open_chain(
    database: Database,
    spec: ChainSpec,
    pruning: int | None = None,
    *,
    checks: bool = True,
    taken: TakenState | None = None,
    authorities: Sequence[Keypair] = (),
) -> Blockchain:
    """The chain in a database, begun if the database is new: with a genesis, or with a taken state.

    A chain that was begun with a taken state goes on with its own blocks the next time, whatever state is given.
    `authorities` go on with a taken state if none of its own is among them.
    Raises: DatabaseError for another chain's database, ChainSpecError, InvalidBlock for a state that cannot be used.
    """
    opened = Blockchain(database, runtime_of, pruning, checks=checks)
    if opened.best.number >= 0 and opened.begins_in_the_middle:
        if taken is not None and taken.genesis_hash != opened.genesis_hash:
            raise DatabaseError("the data folder holds another chain's blocks: choose another for this state")
        logger.info("🔱 Goes on with the blocks in the data folder, up to #%d", opened.best.number)
        return opened
    if taken is not None:
        if opened.best.number >= 0:
            raise DatabaseError("the data folder holds a whole chain: start it without the state, or choose another")
        block = begin_with(opened, taken, authorities)
        logger.info("🔱 Went on from %s (state: 0x%s, header-hash: 0x%s)", taken.where, _root(opened), block.hex())
        return opened
    if opened.best.number < 0:
        block = opened.create(spec.build_state())
        logger.info("🔨 Initializing Genesis block/state (state: 0x%s, header-hash: 0x%s)", _root(opened), block.hex())
        return opened
    expected = genesis_hash(spec)
    if opened.genesis_hash != expected:
        raise DatabaseError(
            f"the data folder holds another chain: its genesis is 0x{opened.genesis_hash.hex()}, "
            f"that of {spec.name!r} is 0x{expected.hex()}"
        )
    return opened


def genesis_hash(spec: ChainSpec) -> bytes:
    """The hash of the genesis block of a spec. Raises: ChainSpecError."""
    return Blockchain(MemoryDatabase(), runtime_of).create(spec.build_state())


def _root(opened: Blockchain) -> str:
    return opened.expect_header(opened.best.hash).state_root.hex()


def keystore_of(authorities: Sequence[str]) -> Keystore:
    """The keys of authorities: sr25519 to author, ed25519 to finalize. Raises: KeyFormatError."""
    keystore = Keystore()
    for uri in authorities:
        keystore.add(b"aura", Keypair.from_uri(uri, "sr25519"))
        keystore.add(b"gran", Keypair.from_uri(uri, "ed25519"))
    return keystore


def translate(error: ChainError) -> RpcError | None:
    """What the wire has for an error of the chain; None for what should not have come this far."""
    if isinstance(error, UnknownBlock):
        return RpcError(CLIENT_ERROR, f"Client error: UnknownBlock: {error}")
    if isinstance(error, StateDiscarded):
        return RpcError(CLIENT_ERROR, f"Client error: Api called for an unknown Block: {error}")
    if isinstance(error, UnknownApi):
        return RpcError(CLIENT_ERROR, f"Client error: Execution failed: Other: {error}")
    if isinstance(error, DecodeError):
        return RpcError(CLIENT_ERROR, f"Client error: Execution failed: Bad input data provided: {error}")
    if isinstance(error, InvalidBlock | TransactionError):
        return RpcError(CLIENT_ERROR, f"Client error: Execution failed: {error}")
    return None


@dataclass(slots=True)
class Running:
    """A node that runs: its parts, for those who need one."""

    node: Node
    sealer: Sealer
    server: RpcServer


def make_node(settings: Settings, database: Database, clock: Clock | None = None) -> Node:
    """The node of a chain in a database, with what happens before anybody uses it.

    Raises: DatabaseError, ChainSpecError, KeyFormatError, InvalidBlock, ScenarioError.
    """
    chain = open_chain(
        database,
        settings.spec,
        settings.state_pruning,
        checks=settings.checks,
        taken=settings.taken,
        authorities=[Keypair.from_uri(uri) for uri in settings.authorities],
    )
    node = Node(settings.spec, chain, keystore_of(settings.authorities), clock)
    if settings.scenario is not None:
        if chain.best.number == 0:
            play(node, settings.scenario)
        elif settings.scenario.steps and is_unfinished(node):
            raise DatabaseError(f"the data folder holds an unfinished scenario {settings.scenario.name}: remove it")
    return node


@asynccontextmanager
async def serve(settings: Settings) -> AsyncIterator[Running]:
    """Run a node in this event loop until the block ends.

    Raises: DatabaseError, ChainSpecError, KeyFormatError, ListenError.
    """
    database = open_database(settings.base_path, settings.spec)
    try:
        node = make_node(settings, database)
        with seldom_collected():
            async with serve_node(node, settings) as running:
                yield running
    finally:
        database.close()


@asynccontextmanager
async def serve_node(node: Node, settings: Settings) -> AsyncIterator[Running]:
    """Let a node answer and make blocks, in this event loop, until the `with` statement ends. Raises: ListenError."""
    methods = Methods.of(node, NAMESPACES, translate=translate)
    server = RpcServer(
        methods,
        host=settings.host,
        ports=settings.ports,
        cors=settings.cors,
        rpc_methods=settings.rpc_methods,
        health=lambda: system.system_health(node),
        extra_routes={**pages.routes(), "/metrics": metrics.route(node, methods.counts)},
    )
    sealer = node.sealer = Sealer(node, settings.sealing, settings.finality_lag)
    async with server:
        sealer.start()
        try:
            yield Running(node, sealer, server)
        finally:
            await sealer.stop()
            node.sealer = None


async def run_until_stopped(settings: Settings, started: Callable[[Running], None]) -> int:
    """Run a node until SIGINT, SIGTERM or a broken invariant ends it, and give the exit status.

    `started` is told once it answers. Raises: what `serve` raises.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serve(settings) as running:
        started(running)
        ended = [loop.create_task(event.wait()) for event in (stop, running.sealer.stopped)]
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.cancel()
        return 0 if running.node.failure is None else 1
