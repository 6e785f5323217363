"""What both Python clients are asked, and how they answer; each driver says how its client is opened and watched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from protocol import Background, serve


class PythonClient:
    """The operations that the two libraries spell alike."""

    def __init__(self, open_client: Callable[[str], Any], key_of: Callable[[str], Any]) -> None:
        self.open_client, self.key_of = open_client, key_of
        self.background = Background()
        self.url = ""
        self.client: Any = None

    def connect(self, url: str) -> dict[str, Any]:
        self.url, self.client = url, self.open_client(url)
        chain = self.client
        return {"chain": chain.chain, "properties": chain.properties, "name": chain.name}

    def constant(self, pallet: str, name: str) -> Any:
        return plain(self.client.get_constant(pallet, name))

    def account(self, address: str, block: str | None = None) -> dict[str, int]:
        value = plain(self.client.query("System", "Account", [address], block_hash=block))
        return {"nonce": value["nonce"], "free": value["data"]["free"]}

    def accounts(self, page: int) -> int:
        return sum(1 for _ in self.client.query_map("System", "Account", page_size=page))

    def runtime_call(self, address: str) -> int:
        found: int = plain(self.client.runtime_call("AccountNonceApi", "account_nonce", [address]))
        return found

    def compose(self, call: dict[str, Any]) -> Any:
        def argument(value: Any) -> Any:
            if isinstance(value, list):
                return [self.compose(item) for item in value]
            return self.compose(value) if isinstance(value, dict) else value

        arguments = {name: argument(value) for name, value in call["args"].items()}
        return self.client.compose_call(call["pallet"], call["name"], arguments)

    def estimate(self, uri: str, call: dict[str, Any]) -> int:
        info = self.client.get_payment_info(self.compose(call), self.key_of(uri))
        fee: int = info["partialFee"] if "partialFee" in info else info["partial_fee"]
        return fee

    def submit(
        self,
        uri: str,
        call: dict[str, Any],
        era: int | None = None,
        nonce: int | None = None,
        tip: int = 0,
        wait: str = "finalized",
    ) -> dict[str, Any]:
        options: dict[str, Any] = {"tip": tip}
        if era is not None:
            options["era"] = {"period": era}
        if nonce is not None:
            options["nonce"] = nonce
        extrinsic = self.client.create_signed_extrinsic(self.compose(call), self.key_of(uri), **options)
        receipt = self.client.submit_extrinsic(
            extrinsic, wait_for_inclusion=wait == "inBlock", wait_for_finalization=wait == "finalized"
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
            "events": [name_of(event) for event in receipt.triggered_events],
        }

    def watch_heads(self, count: int) -> None:
        def work(keep: Any) -> None:
            seen: list[int] = []

            def on_head(head: Any, *more: Any) -> Any:
                seen.append(head["header"]["number"])
                keep(seen[-1])
                return {"seen": len(seen)} if len(seen) >= count else None

            self.open_client(self.url).subscribe_block_headers(on_head)

        self.background.start("heads", work)

    def serve(self, **watchers: Callable[..., Any]) -> None:
        names = ("connect", "constant", "account", "accounts", "runtime_call", "estimate", "submit", "watch_heads")
        operations = {name: getattr(self, name) for name in names}
        serve(operations | watchers | {"collect": self.background.collect, "found": self.background.found})


def plain(value: Any) -> Any:
    """A Python value, whether the library wraps it or not."""
    return getattr(value, "value", value)


def name_of(event: Any) -> str:
    """`Pallet.Event` of an event record."""
    record = plain(event)
    return f"{record['module_id']}.{record['event_id']}"
