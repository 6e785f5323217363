"""Calls: methods of a pallet that anyone can send in an extrinsic."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from chain.errors import DecodeError
from chain.scale.codec import Codec, doc_lines
from chain.scale.composites import Field
from chain.scale.hints import Codecs, hints_of, type_name
from chain.scale.registry import TypeDef, TypeRegistry, VariantDef
from runtime.frame.weight import DispatchClass, Pays, PostInfo, Weight

if TYPE_CHECKING:
    from runtime.frame.pallet import Pallet

F = TypeVar("F", bound=Callable[..., PostInfo | None])
WeightOf = Weight | Callable[..., Weight]
PaysOf = Pays | Callable[..., Pays]
ClassOf = DispatchClass | Callable[..., DispatchClass]

MAX_CALL_DEPTH = 8
"""How deep calls may be nested in calls. Source: MAX_CALL_DEPTH of the chain's extrinsic decoding"""


@dataclass(frozen=True, slots=True)
class CallDef:
    """What a class body says of one call. Weight, fee and class may depend on the pallet and the arguments."""

    index: int
    name: str
    function: Callable[..., PostInfo | None]
    weight: WeightOf
    pays: PaysOf
    class_: ClassOf
    inherent: bool = False
    """Whether authors put the call first into their blocks, signed by nobody."""

    def arguments(self) -> tuple[tuple[str, Any, str | None], ...]:
        """Name, type hint and displayed type of each argument behind `self` and `origin`."""
        hints = hints_of(self.function)
        names = tuple(inspect.signature(self.function).parameters)[2:]
        return tuple((name, hints[name], type_name(self.function.__annotations__[name])) for name in names)


def call(
    index: int,
    *,
    weight: WeightOf,
    pays: PaysOf = Pays.Yes,
    class_: ClassOf = DispatchClass.Normal,
    inherent: bool = False,
) -> Callable[[F], F]:
    """Mark a method as the pallet's call number `index`; its docstring becomes the metadata's."""

    def mark(function: F) -> F:
        made = CallDef(index, function.__name__.rstrip("_"), function, weight, pays, class_, inherent)
        function.call = made  # type: ignore[attr-defined]
        return function

    return mark


@dataclass(frozen=True, slots=True, eq=False)
class BoundCall:
    """A call in its place in a runtime: the wire pallet's name and number, the section that has it, its codecs.

    A runtime has one object for each call.
    """

    pallet: str
    pallet_index: int
    section: type[Pallet]
    definition: CallDef
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        return self.definition.name

    def describe(self, types: TypeRegistry) -> VariantDef:
        fields = tuple(f.describe(types) for f in self.fields)
        return VariantDef(self.name, fields, self.definition.index, doc_lines(self.definition.function.__doc__))


@dataclass(frozen=True, slots=True)
class RuntimeCall:
    """A call and its arguments, in order."""

    bound: BoundCall
    args: tuple[Any, ...]

    def is_(self, pallet: str, *names: str) -> bool:
        """Whether this is a call of the wire pallet `pallet`, and one of `names` if any are given."""
        return self.bound.pallet == pallet and (not names or self.bound.name in names)

    def argument(self, name: str) -> Any:
        """The argument with this name."""
        for field, value in zip(self.bound.fields, self.args, strict=True):
            if field.name == name:
                return value
        raise KeyError(name)

    def __repr__(self) -> str:
        named = ", ".join(f"{f.name}={v!r}" for f, v in zip(self.bound.fields, self.args, strict=True))
        return f"{self.bound.pallet}.{self.bound.name}({named})"


class RuntimeCallCodec(Codec):
    """Any call of a runtime: pallet number, call number, arguments."""

    path = ("node_subtensor_runtime", "RuntimeCall")
    min_size = 2

    def __init__(self) -> None:
        self._calls: dict[int, dict[int, BoundCall]] = {}
        self._pallets: dict[int, PalletCallCodec] = {}
        self._depth = 0

    def add_pallet(self, codec: PalletCallCodec) -> None:
        """Add the calls of one wire pallet."""
        self._pallets[codec.index] = codec
        self._calls[codec.index] = {c.definition.index: c for c in codec.calls}

    def find(self, pallet: str, name: str) -> BoundCall:
        """The call with these wire names. Raises: KeyError."""
        for codec in self._pallets.values():
            if codec.pallet == pallet:
                for bound in codec.calls:
                    if bound.name == name:
                        return bound
        raise KeyError(f"{pallet}.{name}")

    def names(self) -> dict[str, list[str]]:
        """The names of all calls by pallet."""
        return {codec.pallet: [bound.name for bound in codec.calls] for codec in self._pallets.values()}

    def encode(self, value: RuntimeCall) -> bytes:
        bound = value.bound
        head = bytes([bound.pallet_index, bound.definition.index])
        return head + b"".join([f.codec.encode(v) for f, v in zip(bound.fields, value.args, strict=True)])

    def decode(self, data: bytes, at: int) -> tuple[RuntimeCall, int]:
        if at + 2 > len(data):
            raise DecodeError("the bytes end where a call should be named", ("call",))
        calls = self._calls.get(data[at])
        if calls is None:
            raise DecodeError(f"no pallet has index {data[at]}", ("call",))
        bound = calls.get(data[at + 1])
        if bound is None:
            raise DecodeError(f"{self._pallets[data[at]].pallet} has no call {data[at + 1]}", ("call",))
        if self._depth >= MAX_CALL_DEPTH:
            raise DecodeError(f"calls are nested more than {MAX_CALL_DEPTH} deep", ("call",))
        self._depth += 1
        args, at = [], at + 2
        try:
            for f in bound.fields:
                value, at = f.codec.decode(data, at)
                args.append(value)
        except DecodeError as error:
            raise error.within(bound.fields[len(args)].name).within(f"{bound.pallet}.{bound.name}") from None
        finally:
            self._depth -= 1
        return RuntimeCall(bound, tuple(args)), at

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant(*(c.describe_in_call(types) for c in self._pallets.values()))


class PalletCallCodec(Codec):
    """The calls of one wire pallet, as the metadata lists them."""

    def __init__(self, pallet: str, index: int, crate: str) -> None:
        self.pallet, self.index = pallet, index
        self.path = (crate, "pallet", "Call")
        self.docs = ("Contains a variant for each call of this pallet.",)
        self.calls: list[BoundCall] = []

    def bind(self, section: type[Pallet], definition: CallDef, codecs: Codecs) -> None:
        """Add a call of one section."""
        fields = tuple(
            Field(name, name.rstrip("_"), codecs.find(hint), shown) for name, hint, shown in definition.arguments()
        )
        for f in fields:
            f.codec.ready()
        self.calls.append(BoundCall(self.pallet, self.index, section, definition, fields))
        self.calls.sort(key=lambda c: c.definition.index)

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant(*(c.describe(types) for c in self.calls))

    def describe_in_call(self, types: TypeRegistry) -> VariantDef:
        from chain.scale.registry import FieldDef

        return VariantDef(self.pallet, (FieldDef(None, types.id_of(self)),), self.index)
