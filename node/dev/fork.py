"""Forks: the state of a running node, taken over JSON-RPC and checked against the root in the block's header."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from chain.block import Header
from chain.errors import DecodeError
from chain.scale.hints import decode
from chain.types import H256, Digest, DigestItem
from node.dev.states import StateFileError, TakenState

KEYS_A_PAGE = 1000
TIMEOUT_SECONDS = 30.0
CONNECT_SECONDS = 10.0

Progress = Callable[[int], None]


class ForkError(StateFileError):
    """A state that could not be taken from a node; the message names the node and what went wrong."""


class _Remote:
    """A node's JSON-RPC over a WebSocket, one request after the other."""

    def __init__(self, url: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._url, self._socket, self._numbers = url, socket, count(1)

    async def call(self, method: str, *params: Any) -> Any:
        """The result of a method. Raises: ForkError."""
        await self._socket.send_str(
            json.dumps({"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params})
        )
        message = await self._socket.receive(timeout=TIMEOUT_SECONDS)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ForkError(f"fork {self._url}: the connection ended at {method}")
        answer = json.loads(message.data)
        if "error" in answer:
            raise ForkError(f"fork {self._url}: {method}: {answer['error'].get('message')}")
        return answer["result"]


async def fetch_state(url: str, block: str | None = None, progress: Progress = lambda keys: None) -> TakenState:
    """The state of the node at `url` after a block (a hash, a number; the last final one without it).

    `progress` is told how many keys are there. Raises: ForkError.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ForkError(f"fork {url}: not an address such as ws://127.0.0.1:9944")
    try:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.ws_connect(url, max_msg_size=0) as socket,
        ):
            return await _fetch(_Remote(url, socket), url, block, progress)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise ForkError(f"fork {url}: no node answers there: {error or type(error).__name__}") from None
    except (ValueError, TypeError, KeyError, AttributeError, DecodeError) as error:
        raise ForkError(f"fork {url}: the node's answer cannot be read: {error}") from None


async def _fetch(remote: _Remote, url: str, block: str | None, progress: Progress) -> TakenState:
    at = await _find_block(remote, url, block)
    header = _read_header(await remote.call("chain_getHeader", at))
    if f"0x{header.hash().hex()}" != at:
        raise ForkError(f"fork {url}: the header of block {at} does not have that hash")
    name, kind = await remote.call("system_chain"), await remote.call("system_chainType")
    properties = await remote.call("system_properties")
    genesis = H256(_hex(await remote.call("chain_getBlockHash", 0)))
    top = await _fetch_pairs(remote, at, progress)
    kind = kind if isinstance(kind, str) else next(iter(kind.values()))
    taken = TakenState(f"fork {url}", str(name), "fork", kind, dict(properties or {}), genesis, header, top)
    taken.check()
    return taken


async def _find_block(remote: _Remote, url: str, block: str | None) -> str:
    if block is None:
        return str(await remote.call("chain_getFinalizedHead"))
    if block.startswith("0x"):
        return block.lower()
    if not block.isdecimal():
        raise ForkError(f"fork {url}: {block!r} is neither a block's hash nor its number")
    found = await remote.call("chain_getBlockHash", int(block))
    if found is None:
        raise ForkError(f"fork {url}: there is no block {block}")
    return str(found)


async def _fetch_pairs(remote: _Remote, at: str, progress: Progress) -> dict[bytes, bytes]:
    top: dict[bytes, bytes] = {}
    last: str | None = None
    while True:
        keys: Sequence[str] = await remote.call("state_getKeysPaged", "0x", KEYS_A_PAGE, last, at)
        if not keys:
            return top
        for changes in await remote.call("state_queryStorageAt", keys, at):
            top |= {_hex(key): _hex(value) for key, value in changes["changes"] if value is not None}
        last = keys[-1]
        progress(len(top))


def _read_header(answer: Any) -> Header:
    if answer is None:
        raise ForkError("the node does not know that block")
    logs = tuple(decode(DigestItem, _hex(log)) for log in answer["digest"]["logs"])
    return Header(
        H256(_hex(answer["parentHash"])),
        int(answer["number"], 16),
        H256(_hex(answer["stateRoot"])),
        H256(_hex(answer["extrinsicsRoot"])),
        Digest(logs),
    )


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
