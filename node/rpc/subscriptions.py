"""Subscriptions: what the node publishes, on its way to the clients that asked for it.

A Topic hands every value to any number of Subscribers, each with its own bounded queue, and never waits. A
connection's Subscriptions take values from such queues (or from any asynchronous iterator) and send them at the pace
of the client. So a client that does not read fills its own queue, and nobody else waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from random import SystemRandom
from string import ascii_letters, digits
from typing import Any, Generic, TypeVar

from node.rpc import errors
from node.rpc.errors import RpcError, SlowReader
from node.rpc.methods import Method, to_json

logger = logging.getLogger(__name__)

T = TypeVar("T")

CAPACITY = 4096
"""Values that one subscriber may be behind; all queues share the values themselves."""
_TURN = 32
"""Notifications of one subscription that are sent before others get their turn."""
_random = SystemRandom()


class Topic(Generic[T]):
    """A broadcast to any number of subscribers. Not for several threads: publish from the event loop's."""

    def __init__(self) -> None:
        self._subscribers: dict[Subscriber[T], None] = {}

    def __len__(self) -> int:
        return len(self._subscribers)

    def publish(self, value: T) -> None:
        """Give the value to every subscriber; one whose queue is full is closed. Never waits."""
        for subscriber in tuple(self._subscribers):
            subscriber.put(value)

    def subscribe(self, capacity: int = CAPACITY) -> Subscriber[T]:
        """A subscriber for what is published from now on, at most `capacity` values behind."""
        return self.add(Subscriber(capacity))

    def add(self, subscriber: Subscriber[T]) -> Subscriber[T]:
        """Publish to a subscriber as well that may listen to other topics; it gets all in the order of publishing."""
        subscriber._topics.append(self)
        self._subscribers[subscriber] = None
        return subscriber

    def close(self) -> None:
        """End every subscriber, once it has got what was published before."""
        for subscriber in tuple(self._subscribers):
            subscriber._end()


class Subscriber(Generic[T]):
    """An asynchronous iterator over what Topics publish. Raises: SlowReader when it fell too far behind."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._topics: list[Topic[T]] = []
        self._capacity = capacity
        self._values: deque[T] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_open = True
        self._is_late = False

    def __aiter__(self) -> Subscriber[T]:
        return self

    async def __anext__(self) -> T:
        while not self._values:
            if self._is_late:
                raise SlowReader(f"more than {self._capacity} values behind")
            if not self._is_open:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._values.popleft()

    def take_all(self) -> list[T]:
        """What waits in the queue, without waiting for more."""
        taken = list(self._values)
        self._values.clear()
        return taken

    def close(self) -> None:
        """Leave the topic, and forget what waits in the queue."""
        self._values.clear()
        self._end()

    async def aclose(self) -> None:
        """As `close`; so that a subscriber may stand where a generator may."""
        self.close()

    def put(self, value: T) -> None:
        """Give the value to this subscriber alone; closes it if its queue is full."""
        if len(self._values) >= self._capacity:
            self._is_late = True
            self.close()
            return
        self._values.append(value)
        self._wake()

    def _end(self) -> None:
        self._is_open = False
        for topic in self._topics:
            topic._subscribers.pop(self, None)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Subscription:
    """One subscription of one connection: a stream, and the task that sends it."""

    __slots__ = ("head", "identifier", "method", "stream", "task")

    def __init__(self, method: Method, stream: AsyncIterator[Any]) -> None:
        self.identifier = "".join(_random.choices(ascii_letters + digits, k=16))
        self.method = method
        self.stream = stream
        self.task: asyncio.Task[None] | None = None
        envelope = f'{{"jsonrpc":"2.0","method":"{method.notification}","params":{{"subscription":"{self.identifier}"'
        self.head = envelope.encode() + b',"result":'


class Subscriptions:
    """The subscriptions of one connection.

    `send` sends one message and waits while the client does not read; `drop` ends the connection.
    """

    def __init__(self, limit: int, send: Callable[[bytes], Awaitable[None]], drop: Callable[[str], None]) -> None:
        self._limit = limit
        self._send = send
        self._drop = drop
        self._subscriptions: dict[str, Subscription] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._subscriptions)

    def ensure_room(self) -> None:
        """Raises: RpcError -32006 if there are as many as the limit allows."""
        if len(self._subscriptions) >= self._limit:
            raise errors.too_many_subscriptions(self._limit)

    def open(self, method: Method, stream: AsyncIterator[Any]) -> Subscription:
        """Keep a stream; nothing of it is sent before `start`."""
        subscription = Subscription(method, stream)
        self._subscriptions[subscription.identifier] = subscription
        return subscription

    def start(self, subscription: Subscription) -> None:
        """Send the stream from now on, each item as one notification; when it ends, the subscription does."""
        if subscription.identifier in self._subscriptions:
            subscription.task = asyncio.create_task(self._pump(subscription))

    def close(self, method: Method, identifier: Any) -> bool:
        """End the subscription with this id that `method` made, and close its stream; False if there is none."""
        found = self._subscriptions.get(identifier) if type(identifier) is str else None
        if found is None or found.method is not method:
            return False
        self._end(found)
        return True

    def streams(self) -> dict[str, AsyncIterator[Any]]:
        """What is being sent, by the ids of the subscriptions."""
        return {identifier: found.stream for identifier, found in self._subscriptions.items()}

    async def close_all(self) -> None:
        """End all, and wait until their streams are closed."""
        for subscription in tuple(self._subscriptions.values()):
            self._end(subscription)
        if self._ending:
            await asyncio.wait(self._ending)

    def _end(self, subscription: Subscription) -> None:
        del self._subscriptions[subscription.identifier]
        task = subscription.task
        if task is None:
            task = asyncio.create_task(_close(subscription.stream))
        else:
            task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _pump(self, subscription: Subscription) -> None:
        name = subscription.method.name
        try:
            sent = 0
            async for result in subscription.stream:
                await self._send(subscription.head + to_json(result) + b"}}")
                sent += 1
                if sent % _TURN == 0:
                    await asyncio.sleep(0)
        except SlowReader as error:
            self._drop(f"{name}: {error}")
        except ConnectionError:
            pass  # the client has gone; its connection closes the rest
        except RpcError as error:
            logger.info("%s ended: %s", name, error)
        except Exception:
            logger.exception("%s failed", name)
        finally:
            self._subscriptions.pop(subscription.identifier, None)
            await _close(subscription.stream)


async def _close(stream: AsyncIterator[Any]) -> None:
    close = getattr(stream, "aclose", None)
    if close is not None:
        try:
            await close()
        except Exception:
            logger.exception("a subscription's stream did not close")
