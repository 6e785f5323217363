"""What `taonet dev` prints: the accounts, the RPC address, the sealing mode."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from chain.keys import decode_ss58
from chain.types import AccountId
from node.values.amounts import show_tao
from node.values.given import DEV_NAMES, dev_key
from runtime.pallets.system import System

if TYPE_CHECKING:
    from node.service import Running, Settings


def print_banner(settings: Settings, running: Running) -> None:
    """Print the accounts and where to connect."""
    node = running.node
    known = {dev_key(f"//{name}").account: name for name in DEV_NAMES}
    known |= {decode_ss58(address): uri.removeprefix("//") for address, uri in settings.spec.uris.items()}
    runtime = node.runtime()
    sudo = runtime.sudo.Key
    lines = ["", f"taonet: {settings.spec.name}, spec {runtime.system.Version.spec_version}", "", "Accounts"]
    for address, _ in settings.spec.funded():
        lines.append(_account_line(address, known, runtime.system, sudo))
    where = "memory" if settings.base_path is None else str(settings.base_path)
    lines += [
        "",
        f"RPC      {running.server.url}",
        f"Sealing  {settings.sealing}",
        f"Data     {where}",
        f"Genesis  0x{node.chain.genesis_hash.hex()}",
        "",
    ]
    print("\n".join(lines), file=sys.stdout, flush=True)


def _account_line(address: str, known: dict[AccountId, str], system: System, sudo: bytes | None) -> str:
    account = decode_ss58(address)
    name = known.get(account, "")
    free = system.Account[account].data.free
    secret = f"//{name}" if name else ""
    note = "  (sudo)" if account == sudo else ""
    return f"  {name:10} {address:48} {secret:12} {show_tao(free):>17} TAO{note}"
