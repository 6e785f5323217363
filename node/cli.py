"""The command line of `taonet`. What a command needs is imported when it runs, so that every command starts at once."""

from __future__ import annotations

import typer

from node.commands import client, lab, offline, serving

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A Bittensor chain on your laptop.",
)
for command in (
    serving.dev,
    serving.run,
    serving.localnet,
    offline.build_spec,
    offline.export_blocks,
    offline.import_blocks,
    offline.export_state,
    offline.purge_chain,
    offline.epoch,
    client.tx,
    client.query,
    client.events,
    client.accounts,
    client.rpc,
    lab.simulate,
):
    app.command()(command)


def main() -> None:
    """The program `taonet`."""
    app()


if __name__ == "__main__":
    main()
