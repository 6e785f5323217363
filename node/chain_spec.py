"""Chain specs: which chain this is, and what it begins with.

A spec is a JSON file in Substrate's form. Its genesis is a patch (accounts, authorities, sudo, a preset of constants)
or raw storage. Where an address is expected, a secret URI such as `//Alice` may stand for its account.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import genesis
from chain.errors import ChainError
from chain.impersonation import impersonation
from chain.keys import KeyFormatError, Keypair, decode_ss58
from chain.overrides import DEV_KEY
from chain.state import State
from node.constants import ConstantError, resolve_constants
from runtime.code import CODE_KEY
from runtime.frame.construct import construct_of
from runtime.genesis import GenesisError, read_patch
from runtime.taonet import PRESETS, Taonet

NAMES = {"dev": "localnet", "local": "localnet", "localnet": "localnet"}
"""What `--chain` calls the specs that come with the program."""
WALLET_VARIABLE = "BT_DEFAULT_TOKEN_WALLET"
WALLET_RAO = 1_000_000 * 10**9
DEV_CHAIN_TYPES = ("Development", "Local")
"""The kinds of chain whose state may be written by hand."""
DEFAULT_PROPERTIES = {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}


class ChainSpecError(ChainError):
    """A chain spec that cannot be used; the message names the file and the field."""


@dataclass(frozen=True, slots=True)
class ChainSpec:
    """A chain spec, read. `patch` has plain addresses; `raw` is storage in place of a patch."""

    name: str
    id: str
    chain_type: str
    properties: dict[str, Any]
    constants: dict[str, int]
    patch: dict[str, Any] | None
    raw: dict[bytes, bytes] | None
    uris: Mapping[str, str] = field(default_factory=dict)
    """The secret URIs by which the spec names funded accounts, by address."""
    impersonation: bool = False
    """Whether everybody may act without a key from the genesis on."""

    def build_state(self) -> State:
        """The genesis state. Raises: ChainSpecError."""
        state = State.empty()
        if self.raw is not None:
            for key, value in self.raw.items():
                state.set(key, value)
            if CODE_KEY not in self.raw:
                raise ChainSpecError("chain spec: genesis.raw has no :code")
            return state
        try:
            Taonet(state, construct_of(Taonet, self.constants)).build_genesis(read_patch(self.patch))
            if self.chain_type in DEV_CHAIN_TYPES:
                state.set(DEV_KEY, b"\1")
            for key, value in impersonation(None).items() if self.impersonation else ():
                state.set(key, value)
        except (GenesisError, TypeError) as error:
            raise ChainSpecError(f"chain spec: {error}") from None
        return state

    def to_json(self, *, raw: bool = False) -> dict[str, Any]:
        """The spec as a JSON value, its genesis as storage if `raw`."""
        genesis_: dict[str, Any]
        if raw or self.raw is not None:
            changes = self.build_state().changes()
            top = {f"0x{k.hex()}": f"0x{v.hex()}" for k, v in sorted(changes.items()) if v is not None}
            genesis_ = {"raw": {"top": top, "childrenDefault": {}}}
        else:
            genesis_ = {"constants": self.constants, "patch": self.patch}
        return {
            "name": self.name,
            "id": self.id,
            "chainType": self.chain_type,
            "bootNodes": [],
            "protocolId": "bittensor",
            "properties": self.properties,
            "genesis": genesis_,
        }

    def funded(self) -> list[tuple[str, int]]:
        """The accounts of the patch: address, rao."""
        rows = ((self.patch or {}).get("balances") or {}).get("balances", [])
        return [(address, amount) for address, amount in rows]


def load(chain: str, *, preset: str | None = None, constants: Mapping[str, int] | None = None) -> ChainSpec:
    """The spec that `--chain` names: one of the program's own, or a file. Raises: ChainSpecError.

    `constants` by name replace those of the spec and of the preset.
    """
    if chain in NAMES:
        return parse(genesis.load(NAMES[chain]), chain, preset=preset, constants=constants)
    try:
        text = Path(chain).read_text()
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(sorted(NAMES))
        raise ChainSpecError(f"chain spec {chain}: {error}; besides files there are {known}") from None
    return parse(text, chain, preset=preset, constants=constants)


def parse(text: str, where: str, *, preset: str | None = None, constants: Mapping[str, int] | None = None) -> ChainSpec:
    """The spec in a JSON text; `where` names it in errors. Raises: ChainSpecError."""
    try:
        spec: Any = json.loads(text)
        genesis_ = spec["genesis"]
        name, identifier = str(spec["name"]), str(spec["id"])
    except ValueError as error:
        raise ChainSpecError(f"chain spec {where}: not JSON: {error}") from None
    except (KeyError, TypeError) as error:
        raise ChainSpecError(f"chain spec {where}: no field {error}") from None
    properties = {**DEFAULT_PROPERTIES, **(spec.get("properties") or {})}
    common = (name, identifier, str(spec.get("chainType", "Live")), properties)
    if isinstance(genesis_, dict) and "raw" in genesis_:
        return ChainSpec(*common, {}, None, _read_raw(genesis_["raw"], where))
    if not isinstance(genesis_, dict) or not isinstance(genesis_.get("patch"), dict):
        raise ChainSpecError(f"chain spec {where}: genesis has neither `patch` nor `raw`")
    chosen = preset or genesis_.get("preset", "mainnet")
    if chosen not in PRESETS:
        raise ChainSpecError(f"chain spec {where}: no preset {chosen!r}; there are {', '.join(PRESETS)}")
    replaced = {**PRESETS[chosen], **(genesis_.get("constants") or {})}
    try:
        replaced |= resolve_constants(constants or {})
    except ConstantError as error:
        raise ChainSpecError(str(error)) from None
    patch = _resolve(genesis_["patch"], where)
    _resolve_grandpa(genesis_["patch"], patch, where)
    _add_wallet(patch)
    named = ((genesis_["patch"].get("balances") or {}).get("balances") or [], patch["balances"]["balances"])
    uris = {row[0]: uri for (uri, *_), row in zip(*named, strict=False) if str(uri).startswith("//")}
    return ChainSpec(*common, replaced, patch, None, uris)


def _read_raw(raw: Any, where: str) -> dict[bytes, bytes]:
    try:
        return {bytes.fromhex(key[2:]): bytes.fromhex(value[2:]) for key, value in raw["top"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChainSpecError(f"chain spec {where}: genesis.raw.top is not hexadecimal storage: {error}") from None


def _resolve(value: Any, where: str, scheme: str = "sr25519") -> Any:
    """The patch with the address in place of each secret URI, and without comments."""
    if isinstance(value, dict):
        return {key: _resolve(item, where, scheme) for key, item in value.items() if key != "_why"}
    if isinstance(value, list):
        return [_resolve(item, where, scheme) for item in value]
    if isinstance(value, str) and value.startswith("//"):
        try:
            return Keypair.from_uri(value, "ed25519" if scheme == "ed25519" else "sr25519").address
        except KeyFormatError as error:
            raise ChainSpecError(f"chain spec {where}: {value}: {error}") from None
    return value


def _resolve_grandpa(source: dict[str, Any], patch: dict[str, Any], where: str) -> None:
    """Authorities of the finality gadget are ed25519 keys."""
    if "grandpa" in source:
        patch["grandpa"] = _resolve(source["grandpa"], where, "ed25519")


def _add_wallet(patch: dict[str, Any]) -> None:
    """Fund the wallet that the environment names. Raises: ChainSpecError for what is no address."""
    address = os.environ.get(WALLET_VARIABLE)
    if not address:
        return
    try:
        account = decode_ss58(address)
    except KeyFormatError as error:
        raise ChainSpecError(f"{WALLET_VARIABLE}: {error}") from None
    rows = patch.setdefault("balances", {}).setdefault("balances", [])
    rows[:] = [row for row in rows if decode_ss58(row[0]) != account]
    rows.append([address, WALLET_RAO])
