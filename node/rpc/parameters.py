"""Parameters of a method: JSON -> Python, told by the type hints of its function.

A decoder takes a JSON value and returns the Python value, or raises ValueError with what it expected. All decoders
of a function are built once, when its method is registered.
"""

from __future__ import annotations

import inspect
from binascii import Error as HexError
from binascii import unhexlify
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from chain.keys import KeyFormatError, decode_ss58
from chain.types import H256
from node.rpc.errors import invalid_params

Decoder = Callable[[Any], Any]

Hex = NewType("Hex", bytes)
"""Bytes, on the wire "0x" and hexadecimal digits; the "0x" may be missing (async-substrate-interface omits it)."""

Hash = NewType("Hash", H256)
"""Exactly 32 bytes, on the wire as `Hex`."""

NumberOrHex = NewType("NumberOrHex", int)
"""A whole number, on the wire as such or as "0x" and hexadecimal digits. Source: sp_rpc::number::NumberOrHex"""

U8 = NewType("U8", int)
U16 = NewType("U16", int)
U64 = NewType("U64", int)
"""Whole numbers within their bounds."""

Raw = NewType("Raw", bytes)
"""Bytes, on the wire an array of their numbers. Source: serde's form of Vec<u8>"""

Address = NewType("Address", bytes)
"""An account, on the wire its SS58 address."""

Signed = NewType("Signed", int)
"""A whole number that may be negative."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, as its function declares it."""

    name: str
    """On the wire; in camelCase it is known too."""
    hint: Any
    default: Any

    @property
    def is_required(self) -> bool:
        """Whether a request has to give it."""
        return self.default is inspect.Parameter.empty


class Parameters:
    """The parameters of one function, without the first that it is given (the node, the caller), ready to decode."""

    def __init__(self, function: Callable[..., Any], given: int = 1) -> None:
        """Read the hints of `function`. Raises: TypeError for a hint that no decoder understands."""
        declared = list(inspect.signature(function).parameters.values())[given:]
        hints = hints_of(function, [p.name for p in declared])
        self.declared = tuple(Parameter(p.name.rstrip("_"), hints[p.name], p.default) for p in declared)
        self.names = tuple(p.name for p in declared)
        self.required = sum(p.is_required for p in self.declared)
        self._decoders = tuple(_decoder_of(p.hint, p.default) for p in self.declared)
        self._wire_names = {p.name: i for i, p in enumerate(self.declared)}
        self._wire_names |= {_camel(name): i for name, i in self._wire_names.items()}

    def decode(self, params: Any) -> list[Any]:
        """The arguments for the function, from the `params` of a request: an array, an object, or null.

        Raises: RpcError -32602 that names the parameter and what was expected.
        """
        if params is None:
            params = []
        elif type(params) is dict:
            params = self._positional(params)
        elif type(params) is not list:
            raise invalid_params("expected an array or an object")
        if len(params) > len(self.names):
            raise invalid_params(f"expected at most {len(self.names)} parameters, got {len(params)}")
        if len(params) < self.required:
            raise invalid_params(f"missing parameter `{self.names[len(params)]}`")
        arguments = []
        for at, value in enumerate(params):
            try:
                arguments.append(self._decoders[at](value))
            except ValueError as error:
                raise invalid_params(f"`{self.names[at]}`: expected {error}") from None
        return arguments

    def _positional(self, named: dict[str, Any]) -> list[Any]:
        values: dict[int, Any] = {}
        for name, value in named.items():
            if name not in self._wire_names:
                raise invalid_params(f"unknown parameter `{name}`")
            values[self._wire_names[name]] = value
        positional = []
        for at in range(max(values, default=-1) + 1):
            if at not in values and at < self.required:
                raise invalid_params(f"missing parameter `{self.names[at]}`")
            # null stands for a parameter left out: its decoder gives the default
            positional.append(values.get(at))
        return positional


def decoder(hint: Any) -> Decoder:
    """The decoder of one type hint. Raises: TypeError for a hint that it does not understand."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is list:
        return _list(decoder(arguments[0]))
    if origin is dict:
        return _dict
    raise TypeError(f"no decoder for the type {hint}")


def hints_of(function: Callable[..., Any], names: list[str]) -> dict[str, Any]:
    """Only the hints of `names`, `return` among them: the first parameter's type may exist for type checkers alone."""
    annotations = {name: function.__annotations__.get(name, Any) for name in names}
    return get_type_hints(SimpleNamespace(__annotations__=annotations), function.__globals__)


def _decoder_of(hint: Any, default: Any) -> Decoder:
    inner = decoder(hint)
    if default is inspect.Parameter.empty or default is None:
        return inner
    return lambda value: default if value is None else inner(value)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _hex(value: Any) -> bytes:
    if type(value) is not str:
        raise ValueError('hexadecimal bytes, such as "0x00"')
    try:
        return unhexlify(value[2:] if value.startswith("0x") else value)
    except (HexError, ValueError):
        raise ValueError('hexadecimal bytes, such as "0x00"') from None


def _hash(value: Any) -> bytes:
    data = _hex(value)
    if len(data) != 32:
        raise ValueError(f"a hash of 32 bytes, got {len(data)}")
    return data


def _int(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a whole number, not negative")
    return value


def _bounded(size: int) -> Decoder:
    def decode(value: Any) -> int:
        if type(value) is not int or not 0 <= value < 1 << size:
            raise ValueError(f"a whole number of {size} bits")
        return value

    return decode


def _raw(value: Any) -> bytes:
    if type(value) is not list or not all(type(each) is int and 0 <= each < 256 for each in value):
        raise ValueError("an array of bytes")
    return bytes(value)


def _address(value: Any) -> bytes:
    try:
        return decode_ss58(_str(value))
    except KeyFormatError as error:
        raise ValueError(f"an SS58 address: {error}") from None


def _signed(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("a whole number")
    return value


def _number_or_hex(value: Any) -> int:
    if type(value) is str and value.startswith("0x"):
        digits = value[2:]
        if digits.isalnum() and digits.isascii():
            try:
                return int(digits, 16)
            except ValueError:
                pass
    if type(value) is int and value >= 0:
        return value
    raise ValueError('a whole number, or one in hexadecimal such as "0x1a"')


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("true or false")
    return value


def _str(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("a string")
    return value


def _dict(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise ValueError("an object")
    return value


def _null(value: Any) -> None:
    if value is not None:
        raise ValueError("null")


def _any(value: Any) -> Any:
    return value


def _list(item: Decoder) -> Decoder:
    def decode(value: Any) -> list[Any]:
        if type(value) is not list:
            raise ValueError("an array")
        return [item(each) for each in value]

    return decode


def _literal(choices: tuple[Any, ...]) -> Decoder:
    def decode(value: Any) -> Any:
        if value not in choices:
            raise ValueError("one of " + ", ".join(map(repr, choices)))
        return value

    return decode


def _union(members: tuple[Any, ...]) -> Decoder:
    decoders = tuple(decoder(member) for member in members if member is not NoneType)
    optional = NoneType in members

    def decode(value: Any) -> Any:
        if value is None and optional:
            return None
        expected = []
        for each in decoders:
            try:
                return each(value)
            except ValueError as error:
                expected.append(str(error))
        raise ValueError(" or ".join(expected))

    return decode


_SIMPLE: dict[Any, Decoder] = {
    Hex: _hex,
    bytes: _hex,
    Hash: _hash,
    int: _int,
    NumberOrHex: _number_or_hex,
    U8: _bounded(8),
    U16: _bounded(16),
    U64: _bounded(64),
    Raw: _raw,
    Address: _address,
    Signed: _signed,
    bool: _bool,
    str: _str,
    dict: _dict,
    NoneType: _null,
    Any: _any,
}
