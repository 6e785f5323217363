"""The commands that run a node: `dev`, `run`, `localnet`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from node.commands.options import (
    Alice,
    BasePath,
    Bob,
    Chain,
    Fork,
    ForkBlock,
    Log,
    LogFormat,
    NoCheck,
    One,
    Preset,
    RpcCors,
    RpcExternal,
    RpcMethods,
    RpcPort,
    ScenarioOption,
    SealingOption,
    Set,
    StateOption,
    StatePruning,
    Tmp,
    Two,
    default_base_path,
    fail,
    load_spec,
    read_pruning,
)

if TYPE_CHECKING:
    from node.chain_spec import ChainSpec
    from node.dev.states import TakenState
    from node.scenario import Scenario
    from node.service import Running, Settings

DEV_PERIOD = "250"
SLOT_PERIOD = "12000"
NAMED = ("alice", "bob", "one", "two")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a chain begins with: its spec, and perhaps a history or a state."""

    spec: ChainSpec
    scenario: Scenario | None = None
    taken: TakenState | None = None


def dev(
    chain: Chain = "dev",
    scenario: ScenarioOption = None,
    state: StateOption = None,
    fork: Fork = None,
    fork_block: ForkBlock = None,
    base_path: BasePath = None,
    tmp: Tmp = False,
    sealing: SealingOption = None,
    preset: Preset = None,
    constants: Set = None,
    rpc_port: RpcPort = 9944,
    rpc_cors: RpcCors = None,
    rpc_methods: RpcMethods = "auto",
    rpc_external: RpcExternal = False,
    state_pruning: StatePruning = "archive",
    no_check: NoCheck = False,
    log: Log = None,
    log_format: LogFormat = "text",
    alice: Alice = False,
    bob: Bob = False,
    one: One = False,
    two: Two = False,
) -> None:
    """Start a development chain, kept in memory unless --base-path is given, and print its accounts."""
    if tmp and base_path is not None:
        fail("--tmp and --base-path exclude each other")
    named = _named(alice, bob, one, two)
    _start(
        _begin(chain, scenario, state, fork, fork_block, preset, constants),
        base_path=base_path,
        sealing=sealing or DEV_PERIOD,
        rpc=(rpc_port, rpc_cors, rpc_methods, rpc_external),
        state_pruning=state_pruning,
        checks=not no_check,
        log=(log, log_format),
        named=named or ("//One",),
        banner=True,
    )


def run(
    chain: Chain = "local",
    base_path: BasePath = None,
    tmp: Tmp = False,
    sealing: SealingOption = None,
    preset: Preset = None,
    constants: Set = None,
    rpc_port: RpcPort = 9944,
    rpc_cors: RpcCors = None,
    rpc_methods: RpcMethods = "auto",
    rpc_external: RpcExternal = False,
    state_pruning: StatePruning = "archive",
    no_check: NoCheck = False,
    log: Log = None,
    log_format: LogFormat = "text",
    alice: Alice = False,
    bob: Bob = False,
    one: One = False,
    two: Two = False,
) -> None:
    """Run a node; without the key of an authority it makes no blocks."""
    if tmp and base_path is not None:
        fail("--tmp and --base-path exclude each other")
    named = _named(alice, bob, one, two)
    _start(
        Beginning(load_spec(chain, preset or ("mainnet" if chain in ("local", "dev") else None), constants)),
        base_path=None if tmp else base_path or default_base_path(),
        sealing=sealing or (SLOT_PERIOD if named else "manual"),
        rpc=(rpc_port, rpc_cors, rpc_methods, rpc_external),
        state_pruning=state_pruning,
        checks=not no_check,
        log=(log, log_format),
        named=named,
        banner=False,
    )


def localnet(
    blocks: Annotated[
        str, typer.Argument(metavar="[True|False]", help="True for blocks of 250 ms, False for the real 12 s.")
    ] = "True",
    port: Annotated[int, typer.Option("--port", min=1, max=65534, help="The first of the two ports.")] = 9944,
) -> None:
    """Start a fresh chain on two ports, say when block 1 is there, and stay quiet, as test suites expect."""
    from node.localnet import CHOICES, announce_first_block, localnet_settings
    from node.logs import set_up_logging

    if blocks.lower() not in CHOICES:
        fail(f"{blocks!r} is neither True nor False")
    set_up_logging("error")
    _run_loop(localnet_settings(blocks.lower(), port), announce_first_block)


def _named(*flags: bool) -> tuple[str, ...]:
    return tuple(f"//{name.capitalize()}" for name, given in zip(NAMED, flags, strict=True) if given)


def _begin(
    chain: str,
    scenario: str | None,
    state: Path | None,
    fork: str | None,
    fork_block: str | None,
    preset: str | None,
    constants: list[str] | None,
) -> Beginning:
    """What the options say that the chain begins with; ends the program where they contradict each other."""
    from chain.errors import ChainError

    given = [name for name, value in (("--scenario", scenario), ("--state", state), ("--fork", fork)) if value]
    if len(given) > 1:
        fail(f"{' and '.join(given)} exclude each other")
    if fork_block is not None and fork is None:
        fail("--fork-block goes with --fork")
    if (state or fork) and (preset or constants):
        fail(f"{given[0]}: the state has its constants already; --preset and --set do not go with it")
    try:
        if scenario is not None:
            return _begin_scenario(scenario, preset, constants)
        if state is not None:
            from node.dev.states import read_state

            return _begin_taken(read_state(state))
        if fork is not None:
            return _begin_taken(_fetch(fork, fork_block))
    except ChainError as error:
        fail(error)
    return Beginning(load_spec(chain, preset, constants))


def _begin_scenario(name: str, preset: str | None, constants: list[str] | None) -> Beginning:
    from node.constants import read_constants
    from node.scenario import load_scenario

    loaded = load_scenario(name, preset=preset, constants=read_constants(constants or ()))
    return Beginning(loaded.spec, loaded)


def _begin_taken(taken: TakenState) -> Beginning:
    return Beginning(taken.spec(), None, taken)


def _fetch(url: str, block: str | None) -> TakenState:
    from node.dev.fork import fetch_state

    def tell(keys: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{keys} keys of {url}", nl=False, err=True)

    taken = asyncio.run(fetch_state(url, block, tell))
    if sys.stderr.isatty():
        typer.echo("", err=True)
    return taken


def _start(
    beginning: Beginning,
    *,
    base_path: Path | None,
    sealing: str,
    rpc: tuple[int, str | None, str, bool],
    state_pruning: str,
    checks: bool,
    log: tuple[str | None, str],
    named: Sequence[str],
    banner: bool,
) -> None:
    from node.logs import LogFilterError, set_up_logging
    from node.rpc.origins import DEFAULT_CORS
    from node.sealing import Sealing
    from node.service import Settings

    port, cors, methods, external = rpc
    levels, log_format = log
    if methods not in ("auto", "safe", "unsafe"):
        fail(f"--rpc-methods: {methods!r} is none of auto, safe, unsafe")
    if log_format not in ("text", "json"):
        fail(f"--log-format: {log_format!r} is neither text nor json")
    as_json = log_format == "json"
    try:
        set_up_logging(levels, as_json=as_json)
        settings = Settings(
            spec=beginning.spec,
            scenario=beginning.scenario,
            taken=beginning.taken,
            base_path=base_path,
            authorities=named,
            sealing=Sealing.parse(sealing),
            host="0.0.0.0" if external else "127.0.0.1",
            ports=(port,),
            cors="all" if cors == "all" else DEFAULT_CORS if cors is None else cors.split(","),
            rpc_methods=_policy(methods),
            state_pruning=read_pruning(state_pruning),
            checks=checks,
        )
    except LogFilterError as error:
        fail(f"--log: {error}")
    except ValueError as error:
        fail(f"--sealing: {error}")
    _run_loop(settings, _print_banner if banner and not as_json else _log_start, _log_failure if as_json else fail)


def _policy(methods: str) -> Literal["auto", "safe", "unsafe"]:
    return "safe" if methods == "safe" else "unsafe" if methods == "unsafe" else "auto"


def _run_loop(
    settings: Settings,
    started: Callable[[Settings, Running], None],
    failed: Callable[[Exception], NoReturn] = fail,
) -> NoReturn:
    from chain.errors import ChainError
    from node.service import run_until_stopped

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        try:
            code = runner.run(run_until_stopped(settings, lambda running: started(settings, running)))
        except ChainError as error:
            failed(error)
    raise typer.Exit(code)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where it is installed."""
    with contextlib.suppress(ImportError):
        factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
        return factory
    return None


def _log_start(settings: Settings, running: Running) -> None:
    import logging

    from node.node import VERSION

    logger = logging.getLogger("substrate")
    logger.info("taonet %s, chain %s", VERSION, settings.spec.name)
    best = running.node.chain.best
    logger.info("Highest known block at #%d, sealing %s", best.number, settings.sealing)
    logger.info("Running JSON-RPC server: addr=%s", running.server.url)


def _log_failure(error: Exception) -> NoReturn:
    import logging

    logging.getLogger("substrate").critical("%s", error, exc_info=error)
    raise typer.Exit(1)


def _print_banner(settings: Settings, running: Running) -> None:
    from node.banner import print_banner

    print_banner(settings, running)
