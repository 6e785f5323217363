"""A node that is served from a thread of its own, while the program that has it goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from node.node import Node
    from node.service import Settings

T = TypeVar("T")


class ServerThread:
    """Serves a node until it is stopped. From then on only this thread may touch the node: others use `run`."""

    def __init__(self, node: Node, settings: Settings) -> None:
        self._node, self._settings = node, settings
        self._loop = asyncio.new_event_loop()
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._failure: BaseException | None = None
        self.url = ""
        """The WebSocket address."""
        self._thread = threading.Thread(target=self._main, name="taonet", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def _main(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # it is raised where the thread was started
            self._failure = error
            self._ready.set()
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        from node.service import serve_node

        async with serve_node(self._node, self._settings) as running:
            self.url = running.server.url
            self._ready.set()
            await self._end.wait()

    def run(self, work: Callable[[], T]) -> T:
        """Do something with the node; what it raises is raised here."""
        if threading.current_thread() is self._thread:
            return work()

        async def do() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result()

    def stop(self) -> None:
        """End the thread, its connections closed."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
