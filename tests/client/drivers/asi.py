"""async-substrate-interface, driven line by line; see protocol.py.

Its `subscribe_storage` fails on every chain in 2.2.1 ("argument of type 'bool' is not iterable"), so storage is
followed by the RPC subscription underneath.
"""

from __future__ import annotations

from typing import Any

from async_substrate_interface.sync_substrate import SubstrateInterface
from bittensor_wallet import Keypair
from python_client import PythonClient, name_of

driver = PythonClient(lambda url: SubstrateInterface(url, ss58_format=42), Keypair.create_from_uri)


def watch(name: str, item: str, params: list[str], count: int, read: Any) -> None:
    def work(keep: Any) -> None:
        client = driver.open_client(driver.url)
        key = client.create_storage_key("System", item, params).to_hex()
        seen = 0

        def on_message(message: dict[str, Any], subscription: str) -> tuple[dict[str, Any], bool]:
            nonlocal seen
            if "params" not in message:
                return message, False
            result = message["params"]["result"]
            keep(read(result["block"], result["changes"][0][1]))
            seen += 1
            return message, seen >= count

        client.rpc_request("state_subscribeStorage", [[key]], result_handler=on_message)

    driver.background.start(name, work)


def watch_storage(address: str, count: int) -> None:
    def free(block: str, raw: str | None) -> int:
        # nonce and three reference counts stand in front of the free balance
        return 0 if raw is None else int.from_bytes(bytes.fromhex(raw[2:])[16:24], "little")

    watch("storage", "Account", [address], count, free)


def watch_events(count: int) -> None:
    reader = driver.open_client(driver.url)
    watch("events", "Events", [], count, lambda block, raw: [name_of(e) for e in reader.get_events(block)])


driver.serve(watch_storage=watch_storage, watch_events=watch_events)
