"""How the namespaces of the economy ask the runtime: as its custom methods do on the real chain.

Source: subtensor_custom_rpc, pallet_subtensor_swap_rpc
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chain.errors import ChainError
from chain.types import H256
from node.node import Node
from node.rpc.errors import RpcError
from runtime.frame.apis import ask_api

RUNTIME_ERROR = 1
"""The code of all failures of these methods."""


@contextmanager
def failing(why: str) -> Iterator[None]:
    """Say what failed, with this code. Raises: RpcError."""
    try:
        yield
    except ChainError as error:
        raise RpcError(RUNTIME_ERROR, f"{why}: {error}") from None


def ask(node: Node, at: H256 | None, why: str, method: str, *values: Any) -> list[int]:
    """The SCALE result of an API method as an array of numbers. Raises: RpcError that says `why` it failed."""
    with failing(why):
        return list(ask_api(node.runtime(at), method, *values))
