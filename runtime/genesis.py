"""The state that a chain begins with, from the JSON patch of a chain spec.

{"balances": {"balances": [[address, rao], ...]}, "sudo": {"key": address},
 "aura": {"authorities": [address, ...]}, "grandpa": {"authorities": [[address, 1], ...]},
 "subtensorModule": {"rootOwner": [coldkey, hotkey], "startCallDelay": blocks, "networkRateLimit": blocks,
                     "firstSubnet": true},
 "evmChainId": {"chainId": number}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chain.errors import ChainError
from chain.keys import KeyFormatError, decode_ss58
from chain.types import AccountId
from runtime.units import MAX_SUPPLY, TaoBalance

FIELDS = {
    "balances": ("balances",),
    "sudo": ("key",),
    "aura": ("authorities",),
    "grandpa": ("authorities",),
    "subtensorModule": ("rootOwner", "startCallDelay", "networkRateLimit", "firstSubnet"),
    "evmChainId": ("chainId",),
}
"""What a genesis patch may hold, besides comments under `_why`."""


class GenesisError(ChainError):
    """A chain spec that no chain can begin with; the message names the field."""


@dataclass(frozen=True, slots=True)
class GenesisConfig:
    """What each pallet begins with."""

    balances: dict[AccountId, TaoBalance] = field(default_factory=dict)
    sudo: AccountId | None = None
    aura: tuple[bytes, ...] = ()
    grandpa: tuple[bytes, ...] = ()
    root_owner: tuple[AccountId, AccountId] | None = None
    """Coldkey and hotkey of the root network's owner."""
    start_call_delay: int = 0
    """How many blocks a new subnet waits before it may start."""
    network_rate_limit: int | None = None
    """How many blocks lie between two registrations of subnets; None leaves the rules' default."""
    first_subnet: bool = True
    """Whether the chain begins with netuid 1, as the real chain does."""
    chain_id: int = 0
    """The chain's number among EVM chains, to which limit orders are bound."""


def parse_patch(text: str) -> GenesisConfig:
    """The configuration in a JSON text. Raises: GenesisError that names the field."""
    try:
        patch: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GenesisError(f"the genesis is not JSON: {error}") from None
    return read_patch(patch)


def read_patch(patch: Any) -> GenesisConfig:
    """The configuration in a parsed JSON patch. Raises: GenesisError that names the field."""
    if not isinstance(patch, dict):
        raise GenesisError("the genesis is not a JSON object")
    _refuse_unknown(patch, FIELDS, "")
    for pallet, known in FIELDS.items():
        part = patch.get(pallet)
        if part is not None and not isinstance(part, dict):
            raise GenesisError(f"{pallet} is not a JSON object")
        _refuse_unknown(part or {}, known, f"{pallet}.")
    balances: dict[AccountId, TaoBalance] = {}
    for row in _list(patch, "balances", "balances"):
        if not (isinstance(row, list) and len(row) == 2 and type(row[1]) is int and 0 <= row[1] < 1 << 64):
            raise GenesisError(f"balances.balances: {row!r} is not [address, rao]")
        account = _account(row[0], "balances.balances")
        if account in balances:
            raise GenesisError(f"balances.balances: {row[0]} stands twice")
        balances[account] = TaoBalance(row[1])
    total = sum(balances.values())
    if total > MAX_SUPPLY:
        raise GenesisError(f"balances.balances: {total} rao are more than the cap of {MAX_SUPPLY}")
    aura = tuple(_account(a, "aura.authorities") for a in _list(patch, "aura", "authorities"))
    grandpa = tuple(
        _account(a[0] if isinstance(a, list) and a else a, "grandpa.authorities")
        for a in _list(patch, "grandpa", "authorities")
    )
    key = (patch.get("sudo") or {}).get("key")
    sudo = None if key is None else _account(key, "sudo.key")
    return GenesisConfig(
        balances,
        sudo,
        aura,
        grandpa,
        _read_root_owner((patch.get("subtensorModule") or {}).get("rootOwner")),
        _u64(patch, "subtensorModule", "startCallDelay") or 0,
        _u64(patch, "subtensorModule", "networkRateLimit"),
        _flag(patch, "subtensorModule", "firstSubnet", default=True),
        _u64(patch, "evmChainId", "chainId") or 0,
    )


def _read_root_owner(owner: Any) -> tuple[AccountId, AccountId] | None:
    if owner is None:
        return None
    if not (isinstance(owner, list) and len(owner) == 2):
        raise GenesisError(f"subtensorModule.rootOwner: {owner!r} is not [coldkey, hotkey]")
    coldkey, hotkey = (_account(key, "subtensorModule.rootOwner") for key in owner)
    return coldkey, hotkey


def _u64(patch: dict[str, Any], pallet: str, name: str) -> int | None:
    part = patch.get(pallet) or {}
    if name not in part:
        return None
    number = part[name]
    if type(number) is not int or not 0 <= number < 1 << 64:
        raise GenesisError(f"{pallet}.{name}: {number!r} is not a number of 64 bits")
    return number


def _flag(patch: dict[str, Any], pallet: str, name: str, *, default: bool) -> bool:
    found = (patch.get(pallet) or {}).get(name, default)
    if not isinstance(found, bool):
        raise GenesisError(f"{pallet}.{name}: {found!r} is neither true nor false")
    return found


def _refuse_unknown(part: dict[str, Any], known: Iterable[str], where: str) -> None:
    unknown = sorted(set(part) - {*known, "_why"})
    if unknown:
        raise GenesisError(f"unknown genesis field {where + unknown[0]!r}")


def _list(patch: dict[str, Any], pallet: str, name: str) -> list[Any]:
    found = (patch.get(pallet) or {}).get(name, [])
    if not isinstance(found, list):
        raise GenesisError(f"{pallet}.{name} is not a list")
    return found


def _account(text: Any, where: str) -> AccountId:
    try:
        return decode_ss58(str(text))
    except KeyFormatError as error:
        raise GenesisError(f"{where}: {error}") from None
