"""The commands that talk to a running node as a client: `tx`, `query`, `events`, `accounts`, `rpc`."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer

from node.commands.options import fail

Url = Annotated[str, typer.Option("--url", envvar="TAONET_URL", help="The node to talk to.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]
At = Annotated[str | None, typer.Option("--at", help="Which block: its number or hash; the best without.")]
OUTCOMES = {"success": "succeed", "failed": "fail", "refused": "be refused"}
WIDEST = 10_000
"""How many characters a row of a table may have."""
DEFAULT_URL = "ws://127.0.0.1:9944"


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """A client of a node; what it refuses ends the program in one line."""
    from chain.errors import ChainError

    try:
        module = importlib.import_module("taonet_client")
    except ImportError as error:
        fail(f'{error.name} is missing: pip install "taonet[client]"')
    try:
        client = module.Client(url)
        try:
            yield client
        finally:
            client.close()
    except (ChainError, module.ClientError) as error:
        fail(error)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def tx(
    name: Annotated[str, typer.Argument(metavar="PALLET.CALL", help="As in Balances.transfer_keep_alive.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help='As in dest=//Bob value="5 TAO".')
    ] = None,
    signer: Annotated[str, typer.Option("--from", "-f", help="Who signs: //Alice, or a mnemonic.")] = "//Alice",
    sudo: Annotated[bool, typer.Option("--sudo", help="Make the call as root; the signer has the sudo key.")] = False,
    tip: Annotated[str, typer.Option("--tip", help="For the block's author, as in 0.1 TAO.")] = "0",
    final: Annotated[bool, typer.Option("--finalized", help="Wait until the block is final.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; a taonet devnet only.")] = False,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Sign a call, send it, and wait until it is in a block. Amounts have units: 5 TAO, 3 alpha@1, 12 rao."""
    from node.values.amounts import read_tao

    with _connected(url) as client:
        given = client.read_arguments(name, arguments or ())
        key = importlib.import_module("taonet_client").keypair_of(signer)
        if dry_run:
            _print_dry_run(client.dry_run(name, given, key.ss58_address), as_json)
            return
        outcome = client.submit(name, given, key, tip=read_tao(tip, "--tip"), sudo=sudo, final=final)
    if as_json:
        typer.echo(json.dumps(outcome.to_json()))
    else:
        _print_outcome(outcome)
    if outcome.error is not None:
        raise typer.Exit(1)


def _print_outcome(outcome: Any) -> None:
    from node.values.amounts import show_tao

    typer.echo(f"In block {outcome.block}, extrinsic {outcome.index}, for {show_tao(outcome.fee_rao)} TAO")
    _print_events(outcome.events)
    if outcome.error is not None:
        docs = " ".join(outcome.error.get("docs") or ())
        typer.echo(f"Failed: {outcome.error.get('name')}{': ' + docs if docs else ''}", err=True)


def _print_dry_run(told: dict[str, Any], as_json: bool) -> None:
    from node.values.amounts import show_tao

    if as_json:
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"It would {OUTCOMES[told['outcome']]}, for {show_tao(int(told['fee']))} TAO")
        _print_events(told["events"])
        for pallet, items in told["storage"].items():
            for item, rows in items.items():
                for row in rows:
                    change = f"{_short(row['before'])} → {_short(row['after'])}"
                    typer.echo(f"  {pallet}.{item} {_short(row['key'])}: {change}")
        if told["error"] is not None:
            place = told["error"].get("raised_at")
            where = f" ({place['file']}:{place['line']})" if place else ""
            typer.echo(f"Failed: {told['error']['name']}: {told['error']['doc']}{where}", err=True)
    if told["outcome"] != "success":
        raise typer.Exit(1)


def query(
    name: Annotated[str, typer.Argument(metavar="PALLET.ITEM", help="As in SubtensorModule.Tempo.")],
    keys: Annotated[list[str] | None, typer.Argument(help="Fewer than the map has list what is under them.")] = None,
    block: At = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Read storage by name: a value, or the rows of a map."""
    with _connected(url) as client:
        found = client.query(name, keys or (), block)
    if as_json:
        typer.echo(json.dumps(found))
    elif isinstance(found, list) and all(isinstance(row, list) and len(row) == 2 for row in found) and found:
        _table(("key", "value"), [(_short(key), _short(value)) for key, value in found])
    else:
        typer.echo(json.dumps(found, indent=2) if isinstance(found, dict | list) else str(found))


def events(
    follow: Annotated[bool, typer.Option("--follow", help="Go on with each new block, until stopped.")] = False,
    pallet: Annotated[str | None, typer.Option("--pallet", help="Only the events of this pallet.")] = None,
    block: At = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Show what happened in a block, or follow the chain."""
    if follow and block is not None:
        fail("--follow and --at exclude each other")
    with _connected(url) as client:
        for number, found in client.follow() if follow else [client.events(block)]:
            kept = [event for event in found if pallet is None or event["pallet"] == pallet]
            if as_json:
                for event in kept:
                    typer.echo(json.dumps({"block": number, **event}))
            elif kept:
                typer.echo(f"Block {number}")
                _print_events(kept)


def accounts(
    who: Annotated[list[str] | None, typer.Argument(help="Addresses, or names such as //Alice.")] = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """List development accounts and what they hold."""
    from node.values.amounts import show_tao

    with _connected(url) as client:
        found = client.accounts(*([tuple(who)] if who else []))
    if as_json:
        typer.echo(json.dumps(found))
        return
    rows = [
        (row["name"], row["address"], show_tao(row["free"]), show_tao(row["reserved"]), str(row["nonce"]))
        for row in found
    ]
    _table(("name", "address", "free TAO", "reserved TAO", "nonce"), rows, right=(2, 3, 4))


def rpc(
    method: Annotated[str, typer.Argument(help="As in dev_advanceEpoch.")],
    params: Annotated[list[str] | None, typer.Argument(help="Each is JSON, or else text.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Call a JSON-RPC method, and print its result as JSON."""
    with _connected(url) as client:
        typer.echo(json.dumps(client.ask(method, [_json_or_text(param) for param in params or ()]), indent=2))


def _json_or_text(param: str) -> Any:
    try:
        return json.loads(param)
    except ValueError:
        return param


def _print_events(found: Sequence[dict[str, Any]]) -> None:
    for event in found:
        place = "  " if event["extrinsic"] is None else f"{event['extrinsic']} "
        typer.echo(f"  {place}{event['pallet']}.{event['name']} {_short(event['fields'])}")


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(", ", ": "))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, title in enumerate(head):
        side: Literal["left", "right"] = "right" if number in right else "left"
        table.add_column(title, justify=side, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    # as wide as it needs to be: a cut address is of no use
    wide = Console(width=WIDEST, markup=False, highlight=False, emoji=False)
    wide.print(table, width=wide.measure(table).maximum, crop=False, soft_wrap=True)
