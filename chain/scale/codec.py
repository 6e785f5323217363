"""What every codec is, and the plan that lets neighbouring fixed-width fields be read in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chain.scale.registry import TypeDef, TypeRegistry

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, int], tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a fixed-width value is read and written by `struct`, as Python expressions.

    `read` turns the names of `count` unpacked variables into the expression of the value; `write` turns the
    expression of a value into the `count` arguments of `pack`. `names` are bound while the code is compiled.
    """

    format: str
    count: int
    size: int
    read: Callable[[Sequence[str]], str]
    write: Callable[[str], list[str]]
    names: dict[str, Any] = field(default_factory=dict)


class Codec:
    """One SCALE type: how to write it, read it, and describe it to a client.

    `encode(value)` gives bytes; `decode(data, at)` gives the value and the position behind it and raises only
    DecodeError, whatever the bytes. Both may be replaced on the instance by compiled functions (`ready`).
    """

    path: tuple[str, ...] = ()
    params: tuple[tuple[str, Codec | None], ...] = ()
    docs: tuple[str, ...] = ()
    min_size: int = 0
    """The least number of bytes an encoding has."""
    plan: Plan | None = None

    encode: Encode
    decode: Decode

    def ready(self) -> Codec:
        """Compile `encode` and `decode` if that is still to be done, and return the codec itself."""
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        """The definition of this type in a portable registry."""
        raise NotImplementedError


def split_path(path: str) -> tuple[str, ...]:
    """`"sp_core::crypto::AccountId32"` as the segments of a type path."""
    return tuple(path.split("::"))


def doc_lines(text: str | None) -> tuple[str, ...]:
    """A docstring as the lines of a metadata doc, trimmed."""
    return tuple(line.strip() for line in (text or "").strip().splitlines())
