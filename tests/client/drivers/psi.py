"""substrate-interface, driven line by line; see protocol.py."""

from __future__ import annotations

from typing import Any

from protocol import Background, serve
from substrateinterface import Keypair, SubstrateInterface

REGISTRY = {"types": {"Balance": "u64"}}
background = Background()
state: dict[str, Any] = {}


def client() -> SubstrateInterface:
    return state["client"]


def open_client() -> SubstrateInterface:
    return SubstrateInterface(url=state["url"], type_registry=REGISTRY)


def connect(url: str) -> dict[str, Any]:
    state["url"] = url
    state["client"] = open_client()
    return {"chain": client().chain, "properties": client().properties, "name": client().name}


def constant(pallet: str, name: str) -> Any:
    return client().get_constant(pallet, name).value


def account(address: str, block: str | None = None) -> dict[str, int]:
    value = client().query("System", "Account", [address], block_hash=block).value
    return {"nonce": value["nonce"], "free": value["data"]["free"]}


def accounts(page: int) -> int:
    return sum(1 for _ in client().query_map("System", "Account", page_size=page))


def runtime_call(address: str) -> int:
    return client().runtime_call("AccountNonceApi", "account_nonce", [address]).value


def compose(call: dict[str, Any]) -> Any:
    arguments = {
        name: compose(value) if isinstance(value, dict) and "pallet" in value else
        [compose(item) for item in value] if isinstance(value, list) else value
        for name, value in call["args"].items()
    }
    return client().compose_call(call["pallet"], call["name"], arguments)


def estimate(uri: str, call: dict[str, Any]) -> int:
    return client().get_payment_info(compose(call), Keypair.create_from_uri(uri))["partialFee"]


def signed(uri: str, call: dict[str, Any], era: int | None, nonce: int | None, tip: int) -> Any:
    options: dict[str, Any] = {"tip": tip}
    if era is not None:
        options["era"] = {"period": era}
    if nonce is not None:
        options["nonce"] = nonce
    return client().create_signed_extrinsic(compose(call), Keypair.create_from_uri(uri), **options)


def submit(
    uri: str,
    call: dict[str, Any],
    era: int | None = None,
    nonce: int | None = None,
    tip: int = 0,
    wait: str = "finalized",
) -> dict[str, Any]:
    receipt = client().submit_extrinsic(
        signed(uri, call, era, nonce, tip),
        wait_for_inclusion=wait == "inBlock",
        wait_for_finalization=wait == "finalized",
    )
    if wait == "none":
        return {"hash": receipt.extrinsic_hash}
    error = receipt.error_message
    return {
        "hash": receipt.extrinsic_hash,
        "block": receipt.block_hash,
        "success": receipt.is_success,
        "fee": receipt.total_fee_amount,
        "error": None if error is None else error["name"],
        "events": [f"{e.value['module_id']}.{e.value['event_id']}" for e in receipt.triggered_events],
    }


def events(block: str) -> list[str]:
    return [f"{e.value['module_id']}.{e.value['event_id']}" for e in client().get_events(block)]


def watch_heads(count: int) -> None:
    def work(keep: Any) -> None:
        def on_head(head: Any, number: int, subscription: str) -> Any:
            keep(head["header"]["number"])
            return True if number + 1 >= count else None

        open_client().subscribe_block_headers(on_head)

    background.start("heads", work)


def watch_storage(address: str, count: int) -> None:
    def work(keep: Any) -> None:
        def on_change(value: Any, number: int, subscription: str) -> Any:
            keep(value.value["data"]["free"])
            return True if number + 1 >= count else None

        open_client().query("System", "Account", [address], subscription_handler=on_change)

    background.start("storage", work)


def watch_events(count: int) -> None:
    def work(keep: Any) -> None:
        def on_change(value: Any, number: int, subscription: str) -> Any:
            keep([f"{e['module_id']}.{e['event_id']}" for e in value.value])
            return True if number + 1 >= count else None

        open_client().query("System", "Events", subscription_handler=on_change)

    background.start("events", work)


serve(
    {
        function.__name__: function
        for function in (
            connect, constant, account, accounts, runtime_call, estimate, submit, events,
            watch_heads, watch_storage, watch_events,
        )
    }
    | {"collect": background.collect, "found": background.found}
)
