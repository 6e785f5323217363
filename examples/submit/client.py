"""What the scripts share: a connection, keys, amounts, and a call that is signed, sent, and waited for."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import Any

from substrateinterface import Keypair, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException
from websocket import WebSocketException

RAO_PER_TAO = 10**9


def options(about: str, signer: str = "//Alice") -> argparse.ArgumentParser:
    """The options that every script has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--url", default="ws://127.0.0.1:9944", help="the node to talk to; %(default)s without")
    parser.add_argument("--from", dest="signer", type=key, default=signer, metavar="URI", help=f"{signer} without")
    return parser


def key(uri: str) -> Keypair:
    """The key of a secret URI such as //Alice, or of a mnemonic. Raises: ArgumentTypeError."""
    try:
        return Keypair.create_from_uri(uri)
    except (ValueError, NotImplementedError):
        raise argparse.ArgumentTypeError(f"{uri!r} is no secret URI such as //Alice") from None


def address(text: str) -> str:
    """An address, or that of a secret URI. Raises: ArgumentTypeError."""
    try:
        return str(Keypair(ss58_address=text).ss58_address)
    except ValueError:
        return str(key(text).ss58_address)


def rao(text: str) -> int:
    """An amount of TAO or alpha, in rao. Raises: ArgumentTypeError."""
    try:
        amount = Decimal(text) * RAO_PER_TAO
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount") from None
    if not amount.is_finite() or amount < 0 or amount != int(amount):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of whole rao; a rao is 0.000000001")
    return int(amount)


def connect(url: str) -> SubstrateInterface:
    """A client of a node. Raises: SystemExit where no node answers."""
    try:
        # a balance has 64 bits on this chain, which the library does not know
        return SubstrateInterface(url=url, type_registry={"types": {"Balance": "u64"}})
    except (OSError, WebSocketException) as error:
        raise SystemExit(f"{url}: no node answers there: {error}") from None


def submit(chain: SubstrateInterface, signer: Keypair, name: str, **arguments: Any) -> list[dict[str, Any]]:
    """Make the call `Pallet.call`, print what came of it, and give its events. Raises: SystemExit where it fails."""
    pallet, _, call_name = name.partition(".")
    try:
        call = chain.compose_call(pallet, call_name, arguments)
        extrinsic = chain.create_signed_extrinsic(call, signer)
        receipt = chain.submit_extrinsic(extrinsic, wait_for_inclusion=True)
    except ValueError as error:
        raise SystemExit(f"{name}: {error}") from None
    except SubstrateRequestException as error:
        raise SystemExit(f"{name} was refused: {error}") from None
    events = [event.value["event"] for event in receipt.triggered_events]
    if not receipt.is_success:
        [failed] = [event["attributes"] for event in events if event["event_id"] == "ExtrinsicFailed"]
        raise SystemExit(f"{name} failed: {reason(chain, failed['dispatch_error'])}")
    number = chain.get_block_number(receipt.block_hash)
    print(f"{name} is in block {number}, for {Decimal(receipt.total_fee_amount) / RAO_PER_TAO:f} TAO")
    for event in events:
        if event["module_id"] == pallet:
            print(f"  {event['event_id']} {event['attributes']}")
    return events


def reason(chain: SubstrateInterface, error: Any) -> str:
    """Why a call failed: the name of a pallet's error and what it means, or an error of the chain as it is."""
    if not isinstance(error, dict) or "Module" not in error:
        return str(error)
    index, code = error["Module"]["index"], error["Module"]["error"]
    found = chain.metadata.get_module_error(index, int(code[2:4], 16))
    return f"{found.name}: {' '.join(found.docs)}"
