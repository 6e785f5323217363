"""Pallets: modules of the runtime, each one class body."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from chain.errors import ModuleError
from chain.scale.codec import doc_lines
from chain.scale.hints import FieldsByName, frozen
from chain.state import State
from chain.types import H256, BlockNumber
from runtime.frame.call import CallDef
from runtime.frame.storage import Accessor, Constant, Decoded, StorageItem
from runtime.refusal import Refused

if TYPE_CHECKING:
    from runtime.frame.construct import Runtime
    from runtime.frame.weight import Weight


@dataclass_transform(frozen_default=True)
class Event(FieldsByName):
    """Something that happened; one subclass a variant, nested in its pallet."""

    index: ClassVar[int]
    scale_unnamed: ClassVar[bool]

    def __init_subclass__(cls, index: int, unnamed: bool = False) -> None:
        frozen(cls)
        cls.index, cls.scale_unnamed = index, unnamed


class PalletError(ModuleError):
    """A pallet's own error; one subclass a variant, nested in its pallet. Its docstring is what clients show."""

    index: ClassVar[int]
    wire_name: ClassVar[str]

    def __init_subclass__(cls, index: int, name: str | None = None) -> None:
        cls.index, cls.wire_name = index, name or cls.__name__

    def __init__(self) -> None:
        super().__init__(self.wire_name)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self).__qualname__)


class Pallet:
    """A module of the runtime: storage, calls, events, errors, constants and hooks.

    Annotations that name other pallets are filled by the runtime with that runtime's instances.
    """

    storage_version: ClassVar[int] = 0
    """Which form the pallet's storage has, as clients find it under its `:__STORAGE_VERSION__:`."""

    storage: ClassVar[dict[str, StorageItem]]
    constants: ClassVar[dict[str, Constant[Any]]]
    events: ClassVar[dict[str, type[Event]]]
    errors: ClassVar[dict[str, type[PalletError]]]
    calls: ClassVar[dict[int, CallDef]]

    state: State
    runtime: Runtime
    accessors: dict[str, Accessor]
    decoded: Decoded
    memo: dict[str, Any]
    """What pallets found out about the state before the block, by names of their own; forgotten with the block."""

    def __init_subclass__(cls) -> None:
        members = vars(cls)
        cls.storage = {n: m for n, m in members.items() if isinstance(m, StorageItem)}
        cls.constants = {n: m for n, m in members.items() if isinstance(m, Constant)}
        cls.events = {n: m for n, m in members.items() if isinstance(m, type) and issubclass(m, Event)}
        cls.errors = {n: m for n, m in members.items() if isinstance(m, type) and issubclass(m, PalletError)}
        defined = [m.call for m in members.values() if hasattr(m, "call") and isinstance(m.call, CallDef)]
        cls.calls = {c.index: c for c in defined}
        if len(cls.calls) != len(defined):
            raise TypeError(f"two calls of {cls.__name__} share an index")

    if not TYPE_CHECKING:  # a checker has the annotations

        def __getattr__(self, name: str) -> Pallet:
            """Another pallet that this one names in an annotation, at its first use."""
            runtime = self.__dict__.get("runtime")
            other = None if runtime is None else runtime.construct.wiring[type(self)].get(name)
            if other is None:
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
            found = self.__dict__[name] = runtime.sections[other]
            return found

    def __setattr__(self, name: str, value: Any) -> None:
        item: Any = type(self).storage.get(name)
        if item is None:  # a pallet keeps nothing else: it executes one block after the other, and may be undone
            raise AttributeError(f"{type(self).__name__} declares no storage item {name}")
        if item.hashers:
            raise AttributeError(f"{name} is a map: its values are set one by one")
        item.__set__(self, value)

    def deposit(self, event: Event, topics: tuple[H256, ...] = ()) -> None:
        """Record that something happened; undone with everything else if the call fails."""
        self.runtime.deposit_event(event, topics)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Rules refuse by name; here the name becomes this pallet's error."""
        try:
            yield
        except Refused as refused:
            raise self.errors[refused.reason.name] from None

    def on_initialize(self, block: BlockNumber) -> Weight | None:
        """Run at the start of each block, in pallet order; gives the weight that it used."""

    def on_finalize(self, block: BlockNumber) -> None:
        """Run at the end of each block, in pallet order."""

    def next_due(self, after: int) -> int | None:
        """The first block above `after` in which the hooks do more than note that there was a block; None for never.

        Blocks before it may be left out, if no extrinsic is to go into them.
        """
        return None

    def integrity_test(self) -> None:
        """Check the constants, before there is any state. Raises: TypeError where the pallet cannot work with them."""

    def build_genesis(self, config: Any) -> None:
        """Write this pallet's part of the genesis state from its part of the chain spec."""


def attribute_docs(cls: type) -> dict[str, tuple[str, ...]]:
    """The string literals that follow attributes in a class body."""
    return _docs_of_module(cls.__module__).get(cls.__name__, {})


ATTRIBUTE = re.compile(r"    (\w+) = ")
CLASS = re.compile(r"class (\w+)")
QUOTES = '"""'


@cache
def _docs_of_module(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The attribute docs of each class of a module, which is read once for all of them.

    Read line by line, as the formatter leaves them: to parse every module would be a third of the node's start.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    docs, attribute = found.setdefault("", {}), ""
    lines = iter(inspect.getsource(sys.modules[name]).splitlines())
    for line in lines:
        if line.startswith("class ") and (head := CLASS.match(line)):
            docs, attribute = found.setdefault(head[1], {}), ""
        elif line.startswith("    " + QUOTES) and attribute:
            text = line.strip().removeprefix(QUOTES)
            while not text.endswith(QUOTES):
                text += "\n" + next(lines)
            docs[attribute], attribute = doc_lines(text.removesuffix(QUOTES)), ""
        elif line.startswith("    ") and line[4:5] not in (" ", ")", ""):
            assigned = ATTRIBUTE.match(line)
            attribute = assigned[1] if assigned else ""
    return found
