"""A client of any node that speaks Substrate's JSON-RPC, on substrate-interface: what the commands `tx`, `query`,
`events`, `accounts` and `rpc` of `taonet` are made of. It needs the extra `client`: pip install "taonet[client]".

It lives outside of the node's packages, which never import a client's libraries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from substrateinterface import Keypair, SubstrateInterface
from substrateinterface.exceptions import StorageFunctionNotFound, SubstrateRequestException
from substrateinterface.utils.ss58 import is_valid_ss58_address
from websocket import WebSocketException

from node.values.amounts import fit_amount, parse_amount
from node.values.given import DEV_NAMES, split_name
from node.values.names import ValueFault, nearest

DEV_URIS = tuple(f"//{name}" for name in DEV_NAMES)
ACCOUNT_TYPES = ("AccountId", "AccountIdLookupOf", "MultiAddress", "T::AccountId")


class ClientError(Exception):
    """The node cannot be asked, or it refused; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of an extrinsic."""

    block: str
    index: int
    fee_rao: int
    events: list[dict[str, Any]]
    error: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        return {
            "block": self.block,
            "index": self.index,
            "fee": self.fee_rao,
            "error": self.error,
            "events": self.events,
        }


def keypair_of(uri: str) -> Keypair:
    """The key of a secret URI: `//Alice`, or a mnemonic. Raises: ValueFault."""
    try:
        return Keypair.create_from_uri(uri)
    except (ValueError, NotImplementedError) as error:
        raise ValueFault(f"{uri!r} is no secret URI such as //Alice: {error}") from None


class Client:
    """A connection to a node."""

    def __init__(self, url: str) -> None:
        """Raises: ClientError where no node answers."""
        try:
            # the rao of this chain are u64, which substrate-interface does not know of by itself
            self.node = SubstrateInterface(url=url, type_registry={"types": {"Balance": "u64"}})
            self.node.init_runtime()
        except (OSError, WebSocketException) as error:
            raise ClientError(f"{url}: no node answers there: {error}") from None

    def close(self) -> None:
        """End the connection."""
        self.node.close()

    # -- calls

    def read_arguments(self, name: str, rows: Sequence[str]) -> dict[str, Any]:
        """The arguments of a call from `NAME=VALUE` rows. Raises: ValueFault."""
        declared = [field.value for field in self._call(name)]
        fields = {field["name"]: str(field.get("typeName") or field["type"]) for field in declared}
        texts: dict[str, str] = {}
        for row in rows:
            field, sign, text = row.partition("=")
            if not sign:
                raise ValueFault(f"{row!r} is not NAME=VALUE")
            if field not in fields:
                raise ValueFault(f"{name} has no argument {field}{nearest(field, fields)}; it takes {_listed(fields)}")
            texts[field] = text
        missing = [field for field in fields if field not in texts]
        if missing:
            raise ValueFault(f"{name}: argument {missing[0]} is missing; it takes {_listed(fields)}")
        netuids = {int(text) for field, text in texts.items() if field.endswith("netuid") and text.isdecimal()}
        values = {field: read_value(text, fields[field], netuids, f"{name}.{field}") for field, text in texts.items()}
        for field in declared:
            self._check(f"scale_info::{field['type']}", values[field["name"]], f"{name}.{field['name']}")
        return values

    def _check(self, kind: str, value: Any, where: str) -> None:
        """Raises: ValueFault for a value that is none of a type, since the library tells of it without its name."""
        try:
            self.node.create_scale_object(kind).encode(value)
        except (ValueError, TypeError, KeyError, NotImplementedError) as error:
            raise ValueFault(f"{where}: {json.dumps(value)}: {error}") from None

    def _call(self, name: str) -> Any:
        pallet, call = split_name(name)
        known = {p.name: p for p in self.node.metadata.pallets if p.calls}
        if pallet not in known:
            raise ValueFault(f"no pallet {pallet} has calls{nearest(pallet, known)}")
        calls = {c.name: c for c in known[pallet].calls}
        if call not in calls:
            raise ValueFault(f"{pallet} has no call {call}{nearest(call, calls)}")
        return calls[call].args

    def submit(
        self,
        name: str,
        arguments: Mapping[str, Any],
        signer: Keypair,
        *,
        tip: int = 0,
        sudo: bool = False,
        final: bool = False,
    ) -> Outcome:
        """Sign a call, send it, and wait until it is in a block, or until that is final. Raises: ClientError."""
        pallet, call = split_name(name)
        try:
            composed = self.node.compose_call(pallet, call, dict(arguments))
            if sudo:
                composed = self.node.compose_call("Sudo", "sudo", {"call": composed.value})
            extrinsic = self.node.create_signed_extrinsic(composed, signer, tip=tip)
            wait = {"wait_for_finalization": True} if final else {"wait_for_inclusion": True}
            receipt = self.node.submit_extrinsic(extrinsic, **wait)
        except SubstrateRequestException as error:
            raise ClientError(_refusal(error)) from None
        except (ValueError, TypeError, NotImplementedError) as error:
            raise ClientError(f"{name}: {error}") from None
        events = [_event(event) for event in receipt.triggered_events]
        return Outcome(
            receipt.block_hash, receipt.extrinsic_idx, receipt.total_fee_amount, events, self._failure(events)
        )

    def _failure(self, events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        """Why a call failed, or the call that root made: that extrinsic succeeds whatever becomes of the call."""
        found = {(event["pallet"], event["name"]): event["fields"] for event in events}
        if ("System", "ExtrinsicFailed") in found:
            return self._named(found["System", "ExtrinsicFailed"]["dispatch_error"])
        result = found.get(("Sudo", "Sudid"), {}).get("sudo_result", {})
        return self._named(result["Err"]) if "Err" in result else None

    def _named(self, error: Any) -> dict[str, Any]:
        """An error of a dispatch by its kind and name: a pallet's, `Arithmetic.Underflow`, `BadOrigin`."""
        if not isinstance(error, dict):
            return {"type": "Other", "name": str(error), "docs": []}
        [(kind, what)] = error.items()
        if kind != "Module":
            return {"type": kind, "name": f"{kind}.{what}", "docs": []}
        found = self.node.metadata.get_module_error(what["index"], int(what["error"][2:4], 16))
        return {"type": kind, "name": found.name, "docs": found.docs}

    def dry_run(self, name: str, arguments: Mapping[str, Any], address: str) -> dict[str, Any]:
        """What a call would do, as a taonet devnet tells it. Raises: ClientError."""
        pallet, call = split_name(name)
        asked = {"call": {"pallet": pallet, "name": call, "args": dict(arguments)}, "address": address}
        return dict(self.ask("dev_dryRun", [asked]))

    def ask(self, method: str, params: list[Any]) -> Any:
        """The result of a JSON-RPC method. Raises: ClientError."""
        try:
            return self.node.rpc_request(method, params)["result"]
        except SubstrateRequestException as error:
            raise ClientError(f"{method}: {_refusal(error)}") from None

    # -- storage

    def query(self, name: str, keys: Sequence[str], block: str | None = None) -> Any:
        """A stored value, or with fewer keys than the map has, rows of keys and values. Raises: ValueFault."""
        pallet, item = split_name(name)
        known = {p.name: [s.value["name"] for s in p.storage] for p in self.node.metadata.pallets if p.storage}
        if pallet not in known:
            raise ValueFault(f"no pallet {pallet}{nearest(pallet, known)}")
        if item not in known[pallet]:
            raise ValueFault(f"pallet {pallet} has no storage item {item}{nearest(item, known[pallet])}")
        at = self.block_hash(block)
        try:
            function = self.node.get_metadata_storage_function(pallet, item)
            shapes, wanted = function.get_param_info(), function.get_params_type_string()
            if len(keys) > len(wanted):
                raise ValueFault(f"{name}: {len(wanted)} keys are needed, {len(keys)} given")
            given = [
                read_value(key, str(shape), set(), f"{name} key") for key, shape in zip(keys, shapes, strict=False)
            ]
            for kind, key in zip(wanted, given, strict=False):
                self._check(kind, key, f"{name} key")
            if len(given) == len(wanted):
                return self.node.query(pallet, item, given, block_hash=at).value
            rows = self.node.query_map(pallet, item, given, block_hash=at, page_size=1000)
            return [[_plain(key), value.value] for key, value in rows]
        except (SubstrateRequestException, StorageFunctionNotFound, ValueError, TypeError) as error:
            raise ClientError(f"{name}: {_refusal(error)}") from None

    def block_hash(self, block: str | None) -> str | None:
        """The hash of a block that a number or a hash names, None for the best. Raises: ClientError."""
        if block is None or block.startswith("0x"):
            return block
        if not block.isdecimal():
            raise ValueFault(f"{block!r} is neither a block's number nor its hash")
        found = self.ask("chain_getBlockHash", [int(block)])
        if found is None:
            raise ClientError(f"there is no block {block}")
        return str(found)

    # -- events

    def events(self, block: str | None = None) -> tuple[int, list[dict[str, Any]]]:
        """The number of a block, and what happened in it."""
        at = self.block_hash(block) or self.node.get_chain_head()
        number = self.node.get_block_number(at)
        return number, [_event(event) for event in self.node.get_events(at)]

    def follow(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The events of each new block, from the best one on, for as long as one asks."""
        seen = self.node.get_block_number(self.node.get_chain_head())
        yield self.events(str(seen))
        while True:
            best = self.node.get_block_number(self.node.get_chain_head())
            for number in range(seen + 1, best + 1):
                yield self.events(str(number))
            if best <= seen:
                self._wait_for_head()
            seen = best

    def _wait_for_head(self) -> None:
        self.node.subscribe_block_headers(lambda header, count, subscription: True if count else None)

    # -- accounts

    def accounts(self, uris: Sequence[str] = DEV_URIS) -> list[dict[str, Any]]:
        """Development accounts, and what they hold, in rao. Raises: ValueFault for what names no account."""
        found = []
        for uri in uris:
            address = uri if not uri.startswith("//") else keypair_of(uri).ss58_address
            if not is_valid_ss58_address(address):
                raise ValueFault(f"{uri!r} is neither an address nor a name such as //Alice")
            data = self.node.query("System", "Account", [address]).value
            found.append(
                {
                    "name": uri if uri.startswith("//") else "",
                    "address": address,
                    "free": data["data"]["free"],
                    "reserved": data["data"]["reserved"],
                    "nonce": data["nonce"],
                }
            )
        return found


def read_value(text: str, type_name: str, netuids: set[int], where: str) -> Any:
    """A value from the command line: an amount, an account, JSON, or text. Raises: ValueFault."""
    amount = parse_amount(text)
    if amount is not None and not type_name.startswith(("Vec", "Bytes")):
        return fit_amount(amount, type_name, netuids, where)
    if text.startswith("//"):
        return keypair_of(text).ss58_address
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return _with_addresses(value)


def _with_addresses(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("//"):
        return keypair_of(value).ss58_address
    if isinstance(value, list):
        return [_with_addresses(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _with_addresses(inner) for key, inner in value.items()}
    return value


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in fields.items()) or "none"


def _plain(key: Any) -> Any:
    return [part.value for part in key] if isinstance(key, tuple | list) else key.value


def _event(record: Any) -> dict[str, Any]:
    shown = record.value
    return {
        "extrinsic": shown["extrinsic_idx"],
        "pallet": shown["event"]["module_id"],
        "name": shown["event"]["event_id"],
        "fields": shown["event"]["attributes"],
    }


def _refusal(error: Exception) -> str:
    told = error.args[0] if error.args else error
    if isinstance(told, dict):
        return ": ".join(str(told[part]) for part in ("message", "data") if told.get(part))
    return str(told)
