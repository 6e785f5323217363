"""The command line: `taonet dev`, `run`, `build-spec`, `export-blocks`, `import-blocks`, `purge-chain`, `epoch`.

What a command needs is imported when it runs, so that every command starts at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from chain.database import Database
    from node.chain_spec import ChainSpec
    from node.service import Running, Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A Bittensor chain on your laptop.",
)

DEV_PERIOD = "250"
SLOT_PERIOD = "12000"
NAMED = ("alice", "bob", "one", "two")

Chain = Annotated[str, typer.Option("--chain", help="dev, local, or the path of a chain spec.")]
BasePath = Annotated[Path | None, typer.Option("--base-path", "-d", help="Where the chain is kept.")]
Tmp = Annotated[bool, typer.Option("--tmp", help="Keep the chain in memory only.")]
SealingOption = Annotated[str | None, typer.Option("--sealing", help="instant, manual, or a period in milliseconds.")]
Preset = Annotated[str | None, typer.Option("--preset", help="The constants: mainnet or fast.")]
RpcPort = Annotated[int, typer.Option("--rpc-port", min=0, max=65535, help="The port of JSON-RPC; 0 is any free one.")]
RpcCors = Annotated[str | None, typer.Option("--rpc-cors", help="Origins of web pages that may connect, or all.")]
RpcMethods = Annotated[str, typer.Option("--rpc-methods", help="auto, safe or unsafe.")]
RpcExternal = Annotated[bool, typer.Option("--rpc-external", help="Listen on all interfaces, not on loopback only.")]
StatePruning = Annotated[
    str, typer.Option("--state-pruning", help="archive, or how many finalized blocks keep their state.")
]
NoCheck = Annotated[bool, typer.Option("--no-check", help="Do not check after each block what must always hold.")]
Log = Annotated[str | None, typer.Option("--log", "-l", help="Levels, as in `info,txpool=debug`.")]
Alice = Annotated[bool, typer.Option("--alice", help="Author with //Alice.")]
Bob = Annotated[bool, typer.Option("--bob", help="Author with //Bob.")]
One = Annotated[bool, typer.Option("--one", help="Author with //One.")]
Two = Annotated[bool, typer.Option("--two", help="Author with //Two.")]


def fail(message: object) -> NoReturn:
    """End with one line that says what is wrong."""
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)


def default_base_path() -> Path:
    """Where chains are kept that no path was given for."""
    return Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "taonet"


@app.command()
def dev(
    chain: Chain = "dev",
    base_path: BasePath = None,
    tmp: Tmp = False,
    sealing: SealingOption = None,
    preset: Preset = None,
    rpc_port: RpcPort = 9944,
    rpc_cors: RpcCors = None,
    rpc_methods: RpcMethods = "auto",
    rpc_external: RpcExternal = False,
    state_pruning: StatePruning = "archive",
    no_check: NoCheck = False,
    log: Log = None,
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
        chain=chain,
        base_path=base_path,
        sealing=sealing or DEV_PERIOD,
        preset=preset,
        rpc=(rpc_port, rpc_cors, rpc_methods, rpc_external),
        state_pruning=state_pruning,
        checks=not no_check,
        log=log,
        named=named or ("//One",),
        banner=True,
    )


@app.command()
def run(
    chain: Chain = "local",
    base_path: BasePath = None,
    tmp: Tmp = False,
    sealing: SealingOption = None,
    preset: Preset = None,
    rpc_port: RpcPort = 9944,
    rpc_cors: RpcCors = None,
    rpc_methods: RpcMethods = "auto",
    rpc_external: RpcExternal = False,
    state_pruning: StatePruning = "archive",
    no_check: NoCheck = False,
    log: Log = None,
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
        chain=chain,
        base_path=None if tmp else base_path or default_base_path(),
        sealing=sealing or (SLOT_PERIOD if named else "manual"),
        preset=preset or ("mainnet" if chain in ("local", "dev") else None),
        rpc=(rpc_port, rpc_cors, rpc_methods, rpc_external),
        state_pruning=state_pruning,
        checks=not no_check,
        log=log,
        named=named,
        banner=False,
    )


def _named(*flags: bool) -> tuple[str, ...]:
    return tuple(f"//{name.capitalize()}" for name, given in zip(NAMED, flags, strict=True) if given)


def _start(
    *,
    chain: str,
    base_path: Path | None,
    sealing: str,
    preset: str | None,
    rpc: tuple[int, str | None, str, bool],
    state_pruning: str,
    checks: bool,
    log: str | None,
    named: Sequence[str],
    banner: bool,
) -> None:
    from node.logs import LogFilterError, set_up_logging
    from node.rpc.origins import DEFAULT_CORS
    from node.sealing import Sealing
    from node.service import Settings

    port, cors, methods, external = rpc
    if methods not in ("auto", "safe", "unsafe"):
        fail(f"--rpc-methods: {methods!r} is none of auto, safe, unsafe")
    try:
        set_up_logging(log)
        settings = Settings(
            spec=_load(chain, preset),
            base_path=base_path,
            authorities=named,
            sealing=Sealing.parse(sealing),
            host="0.0.0.0" if external else "127.0.0.1",
            ports=(port,),
            cors="all" if cors == "all" else DEFAULT_CORS if cors is None else cors.split(","),
            rpc_methods=_policy(methods),
            state_pruning=_pruning(state_pruning),
            checks=checks,
        )
    except LogFilterError as error:
        fail(f"--log: {error}")
    except ValueError as error:
        fail(f"--sealing: {error}")
    raise typer.Exit(_run_loop(settings, banner=banner))


def _policy(methods: str) -> Literal["auto", "safe", "unsafe"]:
    return "safe" if methods == "safe" else "unsafe" if methods == "unsafe" else "auto"


def _pruning(text: str) -> int | None:
    if text in ("archive", "archive-canonical"):
        return None
    if text.isdecimal() and int(text) > 0:
        return int(text)
    fail(f"--state-pruning: {text!r} is neither archive nor a number of blocks")


def _load(chain: str, preset: str | None) -> ChainSpec:
    from chain.errors import ChainError
    from node.chain_spec import load

    try:
        return load(chain, preset=preset)
    except ChainError as error:
        fail(error)


def _run_loop(settings: Settings, *, banner: bool) -> int:
    from chain.errors import ChainError

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        try:
            return runner.run(_serve(settings, banner=banner))
        except ChainError as error:
            fail(error)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where it is installed."""
    with contextlib.suppress(ImportError):
        factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
        return factory
    return None


async def _serve(settings: Settings, *, banner: bool) -> int:
    from node.service import serve

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serve(settings) as running:
        if banner:
            _print_banner(settings, running)
        else:
            _log_start(settings, running)
        ended = [loop.create_task(event.wait()) for event in (stop, running.sealer.stopped)]
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.cancel()
        return 0 if running.node.failure is None else 1


def _log_start(settings: Settings, running: Running) -> None:
    import logging

    from node.node import VERSION

    logger = logging.getLogger("substrate")
    logger.info("taonet %s, chain %s", VERSION, settings.spec.name)
    best = running.node.chain.best
    logger.info("Highest known block at #%d, sealing %s", best.number, settings.sealing)
    logger.info("Running JSON-RPC server: addr=%s", running.server.url)


def _print_banner(settings: Settings, running: Running) -> None:
    from node.banner import print_banner

    print_banner(settings, running)


@app.command("build-spec")
def build_spec(
    chain: Chain = "local",
    preset: Preset = None,
    raw: Annotated[bool, typer.Option("--raw", help="The genesis as storage.")] = False,
) -> None:
    """Print a chain spec as JSON."""
    from chain.errors import ChainError

    spec = _load(chain, preset)
    try:
        typer.echo(json.dumps(spec.to_json(raw=raw), indent=2))
    except ChainError as error:
        fail(error)


@app.command("export-blocks")
def export_blocks(
    output: Annotated[Path | None, typer.Argument(help="The file to write; standard output without one.")] = None,
    chain: Chain = "local",
    base_path: BasePath = None,
    preset: Preset = None,
    first: Annotated[int, typer.Option("--from", min=1, help="The first block.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, help="The last block; the best one without it.")] = None,
    binary: Annotated[bool, typer.Option("--binary", help="Accepted for scripts; the format is always binary.")] = True,
) -> None:
    """Write the blocks of the best chain to a file."""
    from chain.errors import ChainError
    from node.transfer import write_blocks

    database = _open(chain, base_path, preset)
    try:
        stream = sys.stdout.buffer if output is None else output.open("wb")
        with stream:
            count = write_blocks(database[0], database[1], stream, first, last)
    except (ChainError, OSError) as error:
        fail(error)
    finally:
        database[0].close()
    typer.echo(f"Exported {count} blocks", err=True)


@app.command("import-blocks")
def import_blocks(
    source: Annotated[Path | None, typer.Argument(help="The file to read; standard input without one.")] = None,
    chain: Chain = "local",
    base_path: BasePath = None,
    preset: Preset = None,
    state_pruning: StatePruning = "archive",
) -> None:
    """Execute and store the blocks of a file."""
    from chain.errors import ChainError
    from node.transfer import read_blocks

    pruning = _pruning(state_pruning)
    database = _open(chain, base_path, preset)
    try:
        stream = sys.stdin.buffer if source is None else source.open("rb")
        with stream:
            count, best = read_blocks(database[0], database[1], stream, pruning)
    except (ChainError, OSError) as error:
        fail(error)
    finally:
        database[0].close()
    typer.echo(f"Imported {count} blocks, best is #{best}", err=True)


def _open(chain: str, base_path: Path | None, preset: str | None) -> tuple[Database, ChainSpec]:
    from chain.errors import ChainError
    from node.service import open_database

    spec = _load(chain, preset or ("mainnet" if chain in ("local", "dev") else None))
    try:
        return open_database(base_path or default_base_path(), spec), spec
    except ChainError as error:
        fail(error)


@app.command("purge-chain")
def purge_chain(
    chain: Chain = "local",
    base_path: BasePath = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a chain from the disk."""
    from chain.errors import ChainError
    from node.service import database_path, open_database

    spec = _load(chain, None)
    folder = database_path(base_path or default_base_path(), spec)
    if not folder.exists():
        typer.echo(f"{folder} did not exist.", err=True)
        return
    try:
        # a running node holds the folder, and a folder that is none of ours stays
        open_database(base_path or default_base_path(), spec).close()
    except ChainError as error:
        fail(error)
    if not yes and not typer.confirm(f"Are you sure to remove {folder}?"):
        fail("nothing was removed")
    shutil.rmtree(folder)
    typer.echo(f"{folder} removed.", err=True)


@app.command("epoch")
def epoch(
    source: Annotated[Path, typer.Argument(help="A file of JSON lines, an epoch each; - is standard input.")],
) -> None:
    """Replay epochs of Yuma consensus, and print what each gives as a line of JSON."""
    from node.replay import ReplayError, replay

    try:
        with contextlib.nullcontext(sys.stdin) if str(source) == "-" else source.open() as stream:
            for line in replay(stream):
                typer.echo(line)
    except (ReplayError, OSError, UnicodeDecodeError) as error:
        fail(error)


def main() -> None:
    """The program `taonet`."""
    app()


if __name__ == "__main__":
    main()
