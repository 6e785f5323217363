"""substrate-interface, driven line by line; see protocol.py."""

from __future__ import annotations

from typing import Any

from python_client import PythonClient, name_of
from substrateinterface import Keypair, SubstrateInterface

# on every TAO chain the library has to be told how wide a balance is before it can estimate a fee
REGISTRY = {"types": {"Balance": "u64"}}
driver = PythonClient(lambda url: SubstrateInterface(url=url, type_registry=REGISTRY), Keypair.create_from_uri)


def watch(name: str, item: str, params: list[str], count: int, read: Any) -> None:
    def work(keep: Any) -> None:
        def on_change(value: Any, number: int, subscription: str) -> Any:
            keep(read(value.value))
            return True if number + 1 >= count else None

        driver.open_client(driver.url).query("System", item, params, subscription_handler=on_change)

    driver.background.start(name, work)


def watch_storage(address: str, count: int) -> None:
    watch("storage", "Account", [address], count, lambda account: account["data"]["free"])


def watch_events(count: int) -> None:
    watch("events", "Events", [], count, lambda records: [name_of(record) for record in records])


driver.serve(watch_storage=watch_storage, watch_events=watch_events)
