"""Random values of any codec, and random types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chain.scale import basic, composites, containers
from chain.scale.codec import Codec
from chain.scale.hints import (
    Bits,
    Bounded,
    Compact,
    Err,
    Fixed,
    Named,
    Ok,
    Parts,
    Some,
    SomeCodec,
    i8,
    i16,
    i32,
    i64,
    i128,
    u8,
    u16,
    u32,
    u64,
    u128,
    u256,
)
from chain.types import Era, EraCodec
from runtime.frame.apis import UncheckedExtrinsicCodec
from runtime.frame.call import RuntimeCall, RuntimeCallCodec
from runtime.frame.construct import OuterEnum
from runtime.frame.errors import DispatchErrorCodec

INTEGERS = (u8, u16, u32, u64, u128, u256, i8, i16, i32, i64, i128)
LEAVES = (
    *INTEGERS,
    bool,
    str,
    bytes,
    None,
    Era,
    Compact[u8],
    Compact[u32],
    Compact[u128],
    Annotated[bytes, Fixed(0)],
    Annotated[bytes, Fixed(5)],
    Annotated[bytes, Bounded(3)],
    Annotated[tuple[bool, ...], Bits()],
    Annotated[u128, Named("fixed::U64F64", "bits")],
    Annotated[u8, Parts("sp_arithmetic::per_things::Percent", 100)],
)
ORDERED = (u8, u32, i64, str, bytes, Annotated[bytes, Fixed(4)], tuple[u8, str])
"""Types that may be the keys of a map."""
MOST = 4
"""The most items of a random collection."""


def hints() -> SearchStrategy[Any]:
    """Random type hints that have a codec. None of them wraps an option or nothing in an option."""
    leaf = st.sampled_from(LEAVES)

    def grow(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
        solid = inner.filter(lambda hint: hint is not None and type(None) not in getattr(hint, "__args__", ()))
        key = st.sampled_from(ORDERED)
        return st.one_of(
            inner.map(lambda t: tuple[t, ...]),  # type: ignore[valid-type]
            inner.map(lambda t: Annotated[tuple[t, ...], Fixed(3)]),  # type: ignore[valid-type]
            inner.map(lambda t: Annotated[tuple[t, ...], Bounded(3)]),  # type: ignore[valid-type]
            st.tuples(inner, inner).map(lambda ts: tuple[ts[0], ts[1]]),  # type: ignore[valid-type]
            st.tuples(inner, inner, inner).map(lambda ts: tuple[ts[0], ts[1], ts[2]]),  # type: ignore[valid-type]
            solid.map(lambda t: t | None),
            st.tuples(inner, inner).map(lambda ts: Ok[ts[0]] | Err[ts[1]]),
            st.tuples(key, inner).map(lambda ts: Mapping[ts[0], ts[1]]),  # type: ignore[valid-type]
            key.map(lambda t: frozenset[t]),  # type: ignore[valid-type]
        )

    return st.recursive(leaf, grow, max_leaves=6)


def integers(codec: basic.IntCodec) -> SearchStrategy[int]:
    """Numbers of a size, the boundaries more often."""
    low, high = codec.bounds
    near = [low, low + 1, -1, 0, 1, 63, 64, (1 << 14) - 1, 1 << 14, (1 << 30) - 1, 1 << 30, high - 1, high]
    return st.one_of(st.integers(low, high), st.sampled_from([n for n in near if low <= n <= high]))


def _number_of(codec: Codec) -> basic.IntCodec:
    number: Any = codec
    while not isinstance(number, basic.IntCodec):
        number = number.inner
    return number


def eras() -> SearchStrategy[Era]:
    """Eras in their shortest form."""

    def mortal(bits: int) -> SearchStrategy[Era]:
        period = 1 << bits
        step = max(period >> 12, 1)
        return st.integers(0, period // step - 1).map(lambda n: Era(period, n * step))

    return st.one_of(st.just(Era()), st.integers(2, 16).flatmap(mortal))


_known: dict[tuple[Codec, int], SearchStrategy[Any]] = {}


def values_of(codec: Codec, depth: int = 2) -> SearchStrategy[Any]:
    """Random values that `codec` can encode; calls nest `depth` deep at most."""
    if (codec, depth) not in _known:
        _known[codec, depth] = _values_of(codec.ready(), depth)
    return _known[codec, depth]


def _values_of(codec: Any, depth: int) -> SearchStrategy[Any]:
    def of(inner: Any) -> SearchStrategy[Any]:
        return st.deferred(lambda: values_of(inner, depth))

    match codec:
        case basic.IntCodec():
            return integers(codec)
        case basic.BoolCodec():
            return st.booleans()
        case basic.CompactCodec():
            return st.none() if codec.min_size == 0 else integers(_number_of(codec.inner))
        case basic.StrCodec():
            return st.text(max_size=12)
        case basic.BytesCodec():
            return st.binary(max_size=3) if codec.limit is not None else st.binary(max_size=70)
        case basic.FixedBytesCodec():
            return st.binary(min_size=codec.size, max_size=codec.size)
        case basic.PartsCodec():
            return st.integers(0, codec.whole)
        case basic.NamedCodec():
            return of(codec.inner)
        case EraCodec():
            return eras()
        case containers.UnitCodec():
            return st.none()
        case containers.TupleCodec():
            return st.tuples(*map(of, codec.items))
        case containers.VecCodec():
            # items of no size are counted as a byte each when they are read, so that there may be none
            most = 0 if codec.item.min_size == 0 else min(MOST, MOST if codec.limit is None else codec.limit)
            return st.lists(of(codec.item), max_size=most).map(tuple)
        case containers.ArrayCodec():
            return st.lists(of(codec.item), min_size=codec.length, max_size=codec.length).map(tuple)
        case SomeCodec():
            return st.one_of(st.none(), of(codec.inner).map(Some))
        case containers.OptionCodec():
            return st.one_of(st.none(), of(codec.inner))
        case containers.MapCodec():
            key, value = codec.sequence.item.items  # type: ignore[attr-defined]
            return st.dictionaries(of(key), of(value), max_size=MOST)
        case containers.SetCodec():
            return st.frozensets(of(codec.sequence.item), max_size=MOST)
        case containers.BitsCodec():
            return st.lists(st.booleans(), max_size=20).map(tuple)
        case composites.StructCodec():
            return st.builds(codec.cls, **{f.name: of(f.codec) for f in codec.fields})
        case composites.PlainEnumCodec():
            return st.sampled_from(list(codec.cls))
        case composites.EnumCodec():
            return st.one_of(
                [st.builds(v.cls, **{f.name: of(f.codec) for f in v.fields}) for v in codec.list_variants()]
            )
        case OuterEnum():
            return st.one_of([of(inner) for _, inner in codec.pallets.values()])
        case DispatchErrorCodec():
            return of(codec.wire).map(lambda wire: codec.decode(codec.wire.encode(wire), 0)[0])
        case UncheckedExtrinsicCodec():
            return st.binary(max_size=20).map(lambda raw: bytes([len(raw) << 2]) + raw)
        case RuntimeCallCodec():
            return calls_of(codec, depth - 1)
        case _:
            return st.nothing()


def calls_of(codec: RuntimeCallCodec, depth: int) -> SearchStrategy[RuntimeCall]:
    """Random calls of a runtime."""
    bound = [b for pallet in codec._pallets.values() for b in pallet.calls]
    if depth <= 0:
        bound = [b for b in bound if b.name == "remark"]
    fields = [(b, [values_of(f.codec, depth) for f in b.fields]) for b in bound]
    return st.one_of(
        [
            st.tuples(*strategies).map(lambda args, b=b: RuntimeCall(b, args))
            for b, strategies in fields
            if not any(s.is_empty for s in strategies)
        ]
    )
