"""Where runs are simulated: in this process, one after another, or in several at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from node.lab.experiment import Tick, watching

P = ParamSpec("P")
T = TypeVar("T")


class InProcess(Executor):
    """Does at once what is submitted, and lets somebody hear of each step."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call the function; what it raises is the future's."""
        future: Future[T] = Future()
        try:
            with watching(self._tick):
                future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def make_executor(jobs: int, tick: Tick) -> Executor:
    """An executor of so many jobs at once; only one in this process tells its steps."""
    if jobs == 1:
        return InProcess(tick)
    # a fork would copy the threads of numpy and of the progress bar in whatever state they are
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
