"""What stories told through substrate-interface share: reading, submitting, and making blocks."""

from __future__ import annotations

from typing import Any

from substrateinterface import Keypair, SubstrateInterface

TAO = 10**9


def key(name: str) -> Keypair:
    """The development key `//name`."""
    return Keypair.create_from_uri(f"//{name}")


class Teller:
    """A client of a devnet whose blocks are made by hand."""

    def __init__(self, url: str) -> None:
        self.chain = SubstrateInterface(url=url, type_registry={"types": {"Balance": "u64"}})
        self._used: dict[str, int] = {}

    def read(self, item: str, *parts: Any, pallet: str = "SubtensorModule") -> Any:
        """A storage item; fixed-point numbers as their bits."""
        found = self.chain.query(pallet, item, list(parts)).value
        return found["bits"] if isinstance(found, dict) and set(found) == {"bits"} else found

    def rows(self, item: str, *parts: Any, pallet: str = "SubtensorModule") -> list[tuple[Any, Any]]:
        """The keys and values of a map below some parts of its key."""
        found = self.chain.query_map(pallet, item, list(parts), page_size=200)
        return [(k.value if hasattr(k, "value") else [p.value for p in k], v.value) for k, v in found]

    def submit(self, who: Keypair, name: str, *, pallet: str = "SubtensorModule", **arguments: Any) -> None:
        """Send a call for the next block."""
        self._send(who, self.chain.compose_call(pallet, name, arguments))

    def sudo(self, name: str, *, pallet: str = "AdminUtils", **arguments: Any) -> None:
        """Send a call as root, for the next block."""
        call = self.chain.compose_call(pallet, name, arguments)
        self._send(key("Alice"), self.chain.compose_call("Sudo", "sudo", {"call": call}))

    def seal(self, count: int = 1) -> list[str]:
        """Make blocks, and name the events of the last one. Raises: RuntimeError where a call of it failed."""
        self.chain.rpc_request("dev_newBlock", [{"count": count}])
        self._used.clear()
        self.chain.init_runtime()
        events = [e.value for e in self.chain.get_events()]
        for event in events:
            if event["event_id"] == "ExtrinsicFailed" or (event["event_id"] == "Sudid" and "Err" in str(event)):
                raise RuntimeError(f"a call failed: {event}")
        return [f"{e['module_id']}.{e['event_id']}" for e in events]

    def events(self, name: str) -> list[Any]:
        """What the events of a name say in the last block."""
        return [e.value["attributes"] for e in self.chain.get_events() if e.value["event_id"] == name]

    def block(self) -> int:
        """The number of the last block."""
        number: int = self.chain.get_block_number(None)
        return number

    def _send(self, who: Keypair, call: Any) -> None:
        ahead = self._used[who.ss58_address] = self._used.get(who.ss58_address, -1) + 1
        nonce = self.chain.get_account_nonce(who.ss58_address) + ahead
        self.chain.submit_extrinsic(self.chain.create_signed_extrinsic(call, who, nonce=nonce))
