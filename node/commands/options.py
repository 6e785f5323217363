"""The options that commands share, and how they are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from node.chain_spec import ChainSpec

Chain = Annotated[str, typer.Option("--chain", help="dev, local, or the path of a chain spec.")]
BasePath = Annotated[Path | None, typer.Option("--base-path", "-d", help="Where the chain is kept.")]
Tmp = Annotated[bool, typer.Option("--tmp", help="Keep the chain in memory only.")]
SealingOption = Annotated[str | None, typer.Option("--sealing", help="instant, manual, or a period in milliseconds.")]
Preset = Annotated[str | None, typer.Option("--preset", help="The constants: mainnet or fast.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Replace a constant, as in Tempo=10.")
]
ScenarioOption = Annotated[
    str | None, typer.Option("--scenario", help="A chain with a history: two-subnets, near-halving, ..., or a file.")
]
StateOption = Annotated[Path | None, typer.Option("--state", help="Go on from the state in a file of export-state.")]
Fork = Annotated[str | None, typer.Option("--fork", metavar="URL", help="Go on from the state of a running node.")]
ForkBlock = Annotated[str | None, typer.Option("--fork-block", help="Which block to fork from: its number or hash.")]
RpcPort = Annotated[int, typer.Option("--rpc-port", min=0, max=65535, help="The port of JSON-RPC; 0 is any free one.")]
RpcCors = Annotated[str | None, typer.Option("--rpc-cors", help="Origins of web pages that may connect, or all.")]
RpcMethods = Annotated[str, typer.Option("--rpc-methods", help="auto, safe or unsafe.")]
RpcExternal = Annotated[bool, typer.Option("--rpc-external", help="Listen on all interfaces, not on loopback only.")]
StatePruning = Annotated[
    str, typer.Option("--state-pruning", help="archive, or how many finalized blocks keep their state.")
]
NoCheck = Annotated[bool, typer.Option("--no-check", help="Do not check after each block what must always hold.")]
Log = Annotated[str | None, typer.Option("--log", "-l", help="Levels, as in `info,txpool=debug`.")]
LogFormat = Annotated[
    str, typer.Option("--log-format", envvar="TAONET_LOG_FORMAT", help="text, or json: one object a line, no banner.")
]
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


def read_pruning(text: str) -> int | None:
    """How many blocks keep their state, None for all; ends the program for what is neither."""
    if text in ("archive", "archive-canonical"):
        return None
    if text.isdecimal() and int(text) > 0:
        return int(text)
    fail(f"--state-pruning: {text!r} is neither archive nor a number of blocks")


def load_spec(chain: str, preset: str | None, constants: list[str] | None = None) -> ChainSpec:
    """The chain spec that was asked for; ends the program where there is none."""
    from chain.errors import ChainError
    from node.chain_spec import load
    from node.constants import read_constants

    try:
        return load(chain, preset=preset, constants=read_constants(constants or ()))
    except ChainError as error:
        fail(error)
