"""The commands that need no running node: `build-spec`, `export-blocks`, `import-blocks`, `purge-chain`, `epoch`."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.commands.options import (
    BasePath,
    Chain,
    Preset,
    StatePruning,
    default_base_path,
    fail,
    load_spec,
    read_pruning,
)

if TYPE_CHECKING:
    from chain.database import Database
    from node.chain_spec import ChainSpec
    from node.dev.states import TakenState


def build_spec(
    chain: Chain = "local",
    preset: Preset = None,
    raw: Annotated[bool, typer.Option("--raw", help="The genesis as storage.")] = False,
) -> None:
    """Print a chain spec as JSON."""
    from chain.errors import ChainError

    spec = load_spec(chain, preset)
    try:
        typer.echo(json.dumps(spec.to_json(raw=raw), indent=2))
    except ChainError as error:
        fail(error)


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

    pruning = read_pruning(state_pruning)
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

    spec = load_spec(chain, preset or ("mainnet" if chain in ("local", "dev") else None))
    try:
        return open_database(base_path or default_base_path(), spec), spec
    except ChainError as error:
        fail(error)


def export_state(
    output: Annotated[Path, typer.Argument(help="The file to write.")],
    url: Annotated[str | None, typer.Option("--url", help="The node to ask, as ws://127.0.0.1:9944.")] = None,
    block: Annotated[
        str | None, typer.Option("--at", help="Which block: its number or hash; the last without.")
    ] = None,
    chain: Chain = "local",
    base_path: BasePath = None,
    preset: Preset = None,
) -> None:
    """Write the whole state after a block to a file: of a running node with --url, else of a data folder."""
    import asyncio

    from chain.errors import ChainError
    from node.dev.fork import fetch_state
    from node.dev.states import write_state

    try:
        taken = asyncio.run(fetch_state(url, block)) if url else _taken_from_folder(chain, base_path, preset, block)
        write_state(taken, output)
    except ChainError as error:
        fail(error)
    typer.echo(f"Exported {len(taken.top)} keys of block #{taken.header.number}", err=True)


def _taken_from_folder(chain: str, base_path: Path | None, preset: str | None, block: str | None) -> TakenState:
    from chain.types import H256
    from node.dev.states import take_state
    from node.service import open_chain

    database, spec = _open(chain, base_path, preset)
    try:
        opened = open_chain(database, spec)
        found = opened.best.hash if block is None else None
        if block is not None and block.isdecimal():
            found = opened.hash_of(int(block))
        elif block is not None and block.startswith("0x"):
            found = H256(bytes.fromhex(block[2:]))
        if found is None:
            fail(f"--at: there is no block {block}")
        return take_state(opened, spec, found)
    except ValueError:
        fail(f"--at: {block!r} is neither a number nor a hash")
    finally:
        database.close()


def purge_chain(
    chain: Chain = "local",
    base_path: BasePath = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a chain from the disk."""
    from chain.errors import ChainError
    from node.service import database_path, open_database

    spec = load_spec(chain, None)
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
