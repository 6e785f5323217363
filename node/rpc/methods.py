"""The registry of RPC methods: the name of a function is the name of its method.

    @method(aliases=("chain_getHead",))
    def chain_getBlockHash(node: Node, number: NumberOrHex | None = None) -> Any: ...

    @subscription(notification="chain_newHead", unsubscribe="chain_unsubscribeNewHeads")
    async def chain_subscribeNewHeads(node: Node) -> AsyncIterator[Any]: ...

A namespace is a module of such functions; `Methods.of(node, modules)` collects them. What they return is JSON, where
bytes stand for their "0x" form and `orjson.Fragment` for JSON that is encoded already.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol, TypeVar

import orjson

from chain.errors import ChainError
from node.metrics.calls import UNKNOWN, RpcCounts, Transport
from node.rpc import errors
from node.rpc.errors import RpcError
from node.rpc.parameters import Parameters

logger = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

MIB = 1024 * 1024
_MARK = "rpc_declaration"
_ABSENT = object()
_BATCH_TURN = 64
"""How many requests of a batch are answered before others get their turn."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client, and all clients together, may ask for."""

    request_bytes: int = 15 * MIB
    response_bytes: int = 15 * MIB
    connections: int = 100
    """WebSockets and running HTTP requests, on all ports together."""
    subscriptions: int = 1024
    """Of one connection."""
    batch_requests: int = 10_000
    calls: int = 64
    """Asynchronous calls of one connection that run at a time; it is not read further until one ends."""
    stall_seconds: float = 10.0
    """How long a client may read nothing of what waits for it."""
    ping_seconds: float = 30.0
    silence_seconds: float = 600.0
    """How long a client may send nothing, not even an answer to a ping (a blocking client answers none)."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the decorators say of a function."""

    names: tuple[str, ...]
    unsafe: bool = False
    notification: str | None = None
    unsubscribe: tuple[str, ...] = ()
    with_caller: bool = False
    tells_end: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function, ready to be called with the `params` of a request."""

    name: str
    aliases: tuple[str, ...]
    function: Callable[..., Any] = field(repr=False)
    parameters: Parameters = field(repr=False)
    unsafe: bool
    notification: str | None
    unsubscribe: tuple[str, ...]
    """The names of the methods that end the subscription; nothing for a method that is none."""
    is_async: bool
    with_caller: bool
    tells_end: bool
    """Whether ending a subscription says if there was one, as older methods do; newer ones answer null."""


class Closable(Protocol):
    """Something that is kept for a caller until it goes."""

    def close(self) -> None:
        """Let it go."""


class Caller(Protocol):
    """Who asks: what the answer to a request may depend on."""

    @property
    def transport(self) -> Transport:
        """How the request came."""

    @property
    def may_call_unsafe(self) -> bool:
        """Whether unsafe methods are for this caller."""

    def ensure_may_subscribe(self) -> None:
        """Raises: RpcError where the transport has no subscriptions, or the caller has too many."""

    def subscribe(self, method: Method, stream: AsyncIterator[Any]) -> str:
        """Keep the stream, to be sent after the answer; returns the subscription's id."""

    def unsubscribe(self, method: Method, identifier: Any) -> bool:
        """End the caller's subscription made with `method`; False if there is none."""

    @property
    def streams(self) -> Mapping[str, AsyncIterator[Any]]:
        """The streams of the caller's subscriptions, by id."""

    @property
    def kept(self) -> dict[str, Closable]:
        """What methods keep for the caller, by an id; closed when the caller goes."""


def method(*, aliases: Iterable[str] = (), unsafe: bool = False, with_caller: bool = False) -> Callable[[F], F]:
    """Make the function the RPC method of its name. `unsafe` ones answer only peers of the same machine.

    With `with_caller` the function is given the Caller behind the node.
    """

    def mark(function: F) -> F:
        setattr(function, _MARK, Declaration((function.__name__, *aliases), unsafe, with_caller=with_caller))
        return function

    return mark


def subscription(
    *,
    notification: str,
    unsubscribe: str,
    aliases: Iterable[str] = (),
    unsubscribe_aliases: Iterable[str] = (),
    unsafe: bool = False,
    with_caller: bool = False,
    tells_end: bool = True,
) -> Callable[[F], F]:
    """Make the function the RPC subscription of its name; each item of its stream is one `notification`.

    The function is an asynchronous generator; or a coroutine that returns an asynchronous iterator, which may raise
    RpcError before: then the subscription is refused with that error. Without `tells_end`, ending it answers null
    whether there was one or not.
    """

    def mark(function: F) -> F:
        names = (function.__name__, *aliases)
        ends = (unsubscribe, *unsubscribe_aliases)
        setattr(function, _MARK, Declaration(names, unsafe, notification, ends, with_caller, tells_end))
        return function

    return mark


class Methods:
    """All methods of a node, by name."""

    def __init__(self, limits: Limits | None = None, translate: Callable[[ChainError], RpcError | None] | None = None):
        """`translate` gives the answer for errors of the chain that are no RpcError; None means an internal error."""
        self.limits = limits or Limits()
        self.counts = RpcCounts()
        self._translate = translate
        self._methods: dict[str, Method] = {}
        self._unsubscribes: dict[str, Method] = {}
        self._node: Any = None
        self._names: list[str] = []

    @classmethod
    def of(
        cls,
        node: Any,
        modules: Iterable[ModuleType],
        *,
        limits: Limits | None = None,
        translate: Callable[[ChainError], RpcError | None] | None = None,
    ) -> Methods:
        """Collect the methods that the modules define; each is called with `node` first.

        Raises: ValueError for a name that is taken, TypeError for a type hint that has no decoder.
        """
        methods = cls(limits, translate)
        methods._node = node
        methods._add(_rpc_methods(methods), Declaration(("rpc_methods",)))
        for module in modules:
            for function in {id(each): each for each in vars(module).values()}.values():
                declaration = getattr(function, _MARK, None)
                if isinstance(declaration, Declaration) and function.__module__ == module.__name__:
                    methods._add(function, declaration)
        methods._names = sorted((*methods._methods, *methods._unsubscribes))
        return methods

    @property
    def names(self) -> list[str]:
        """Every name that can be called, sorted: what `rpc_methods` answers."""
        return self._names

    @property
    def all(self) -> list[Method]:
        """Every method once, in the order in which they are defined."""
        return list(dict.fromkeys(self._methods.values()))

    def is_immediate(self, payload: Any) -> bool:
        """Whether the answer needs no waiting: one request, for a function that is no coroutine."""
        if type(payload) is not dict:
            return False
        name = payload.get("method")
        found = self._methods.get(name) if type(name) is str else None
        return found is None or not found.is_async

    async def respond(self, payload: Any, caller: Caller) -> bytes:
        """The answer to one parsed message, a request or a batch; empty where none is due."""
        if type(payload) is not list:
            return await self._answer(payload, caller)
        if not payload:
            return error_answer(None, errors.invalid_request())
        if len(payload) > self.limits.batch_requests:
            return error_answer(None, errors.batch_too_big(self.limits.batch_requests))
        answers: list[bytes] = []
        size = 2
        for at, request in enumerate(payload):
            if at % _BATCH_TURN == _BATCH_TURN - 1:
                await asyncio.sleep(0)
            answer = await self._answer(request, caller)
            if answer:
                answers.append(answer)
                size += len(answer) + 1
            if size > self.limits.response_bytes:
                return error_answer(None, errors.batch_response_too_big(self.limits.response_bytes))
        return b"[" + b",".join(answers) + b"]" if answers else b""

    async def call(self, name: str, params: Any, caller: Caller) -> Any:
        """The result of a method. Raises: RpcError, and whatever the function lets through."""
        found = self._methods.get(name)
        if found is None:
            return self._unsubscribe(name, params, caller)
        if found.unsafe and not caller.may_call_unsafe:
            raise errors.unsafe_call()
        arguments = found.parameters.decode(params)
        if found.notification is not None:
            caller.ensure_may_subscribe()
        given = (self._node, caller) if found.with_caller else (self._node,)
        result = found.function(*given, *arguments)
        if inspect.isawaitable(result):
            result = await result
        return result if found.notification is None else caller.subscribe(found, result)

    def _add(self, function: Callable[..., Any], declaration: Declaration) -> None:
        added = Method(
            name=declaration.names[0],
            aliases=declaration.names[1:],
            function=function,
            parameters=Parameters(function, given=2 if declaration.with_caller else 1),
            unsafe=declaration.unsafe,
            notification=declaration.notification,
            unsubscribe=declaration.unsubscribe,
            is_async=declaration.notification is not None or inspect.iscoroutinefunction(function),
            with_caller=declaration.with_caller,
            tells_end=declaration.tells_end,
        )
        for names, table in ((declaration.names, self._methods), (declaration.unsubscribe, self._unsubscribes)):
            for name in names:
                if name in self._methods or name in self._unsubscribes:
                    raise ValueError(f"the RPC method {name} is defined twice")
                table[name] = added

    def _unsubscribe(self, name: str, params: Any, caller: Caller) -> bool | None:
        ended = self._unsubscribes.get(name)
        if ended is None:
            raise errors.method_not_found()
        values = list(params.values()) if type(params) is dict else params
        has_ended = type(values) is list and len(values) == 1 and caller.unsubscribe(ended, values[0])
        return has_ended if ended.tells_end else None

    async def _answer(self, request: Any, caller: Caller) -> bytes:
        if type(request) is not dict:
            return error_answer(None, errors.invalid_request())
        identifier = request.get("id", _ABSENT)
        if identifier is not _ABSENT and type(identifier) not in (int, str, type(None)):
            return error_answer(None, errors.invalid_request())
        name = request.get("method")
        if type(name) is not str or request.get("jsonrpc") != "2.0":
            return error_answer(None if identifier is _ABSENT else identifier, errors.invalid_request())
        is_known = name in self._methods or name in self._unsubscribes
        counts = self.counts.of(caller.transport, name if is_known else UNKNOWN)
        began = counts.begin()
        try:
            result = await self.call(name, request.get("params"), caller)
            encoded = to_json(result)
            if len(encoded) > self.limits.response_bytes:
                raise errors.response_too_big(self.limits.response_bytes)
        except Exception as error:
            counts.end(began, is_error=True)
            answer = self._error(name, error)
            return b"" if identifier is _ABSENT else error_answer(identifier, answer)
        counts.end(began, is_error=False)
        if identifier is _ABSENT:
            return b""
        return b'{"jsonrpc":"2.0","id":' + orjson.dumps(identifier) + b',"result":' + encoded + b"}"

    def _error(self, name: str, error: Exception) -> RpcError:
        if isinstance(error, RpcError):
            return error
        if isinstance(error, ChainError) and self._translate is not None:
            translated = self._translate(error)
            if translated is not None:
                return translated
        logger.error("%s failed", name, exc_info=error)
        return errors.internal_error()


def parse(data: bytes | str) -> Any:
    """The JSON value. Raises: RpcError -32700, also for JSON that is nested too deeply."""
    try:
        return orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        raise errors.parse_error() from None


def to_json(value: Any) -> bytes:
    """The value as JSON; bytes become "0x" and hexadecimal digits."""
    return orjson.dumps(value, default=_to_json)


def error_answer(identifier: Any, error: RpcError) -> bytes:
    """The answer that carries an error."""
    return to_json({"jsonrpc": "2.0", "id": identifier, "error": error.to_json()})


def _to_json(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    raise TypeError(f"{type(value).__name__} is not JSON")


def _rpc_methods(methods: Methods) -> Callable[..., Any]:
    def rpc_methods(node: Any) -> dict[str, list[str]]:
        """The names of all methods, aliases included."""
        return {"methods": methods.names}

    return rpc_methods
