"""The state that a chain begins with, from the JSON patch of a chain spec.

{"balances": {"balances": [[address, rao], ...]}, "sudo": {"key": address},
 "aura": {"authorities": [address, ...]}, "grandpa": {"authorities": [[address, 1], ...]}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from chain.errors import ChainError
from chain.keys import KeyFormatError, decode_ss58
from chain.types import AccountId
from runtime.units import MAX_SUPPLY, TaoBalance


class GenesisError(ChainError):
    """A chain spec that no chain can begin with; the message names the field."""


@dataclass(frozen=True, slots=True)
class GenesisConfig:
    """What each pallet begins with."""

    balances: dict[AccountId, TaoBalance] = field(default_factory=dict)
    sudo: AccountId | None = None
    aura: tuple[bytes, ...] = ()
    grandpa: tuple[bytes, ...] = ()


def parse_patch(text: str) -> GenesisConfig:
    """The configuration in a JSON text. Raises: GenesisError that names the field."""
    try:
        patch: Any = json.loads(text)
    except ValueError as error:
        raise GenesisError(f"the genesis is not JSON: {error}") from None
    return read_patch(patch)


def read_patch(patch: Any) -> GenesisConfig:
    """The configuration in a parsed JSON patch. Raises: GenesisError that names the field."""
    if not isinstance(patch, dict):
        raise GenesisError("the genesis is not a JSON object")
    unknown = sorted(set(patch) - {"balances", "sudo", "aura", "grandpa"})
    if unknown:
        raise GenesisError(f"unknown genesis field {unknown[0]!r}")
    balances: dict[AccountId, TaoBalance] = {}
    for row in _list(patch, "balances", "balances"):
        if not (isinstance(row, list) and len(row) == 2 and isinstance(row[1], int) and 0 <= row[1] < 1 << 64):
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
    return GenesisConfig(balances, None if key is None else _account(key, "sudo.key"), aura, grandpa)


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
