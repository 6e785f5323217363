"""Runtime APIs: questions that a client asks of a state, answered in SCALE.

`state_call("Core_version", bytes)` finds the class `Core` and its method `version`; names, arguments and results
are also what metadata V15 lists.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, ClassVar

from chain.errors import ChainError
from chain.hashing import blake2_64
from chain.scale.basic import NamedCodec, decode_bytes
from chain.scale.codec import Codec, split_path
from chain.scale.hints import Codecs, ensure_end, hints_of
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry


class UnknownApi(ChainError):
    """The runtime has no such API method."""


@dataclass(frozen=True, slots=True)
class ApiMethod:
    """One method of a runtime API, with the codecs of its arguments and of its result."""

    name: str
    arguments: tuple[tuple[str, Codec], ...]
    result: Codec
    docs: str | None


class RuntimeApi:
    """A runtime API. Its public methods are the API's, in the order of the class body."""

    api_version: ClassVar[int]

    def __init_subclass__(cls, version: int) -> None:
        cls.api_version = version

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime

    @classmethod
    def api_id(cls) -> bytes:
        """The 8 bytes that name the API in a runtime version."""
        return blake2_64(cls.__name__.encode())

    @classmethod
    def methods(cls, codecs: Codecs) -> tuple[ApiMethod, ...]:
        """The methods with their codecs, which may still be uncompiled."""
        found = []
        for name, function in vars(cls).items():
            if inspect.isfunction(function) and not name.startswith("_"):
                hints = hints_of(function)
                arguments = tuple((n, codecs.find(hints[n])) for n in list(inspect.signature(function).parameters)[1:])
                found.append(ApiMethod(name, arguments, codecs.find(hints["return"]), function.__doc__))
        return tuple(found)


def call_api(runtime: Any, method: str, data: bytes) -> bytes:
    """The SCALE result of an API method for SCALE arguments.

    Raises: UnknownApi, DecodeError for arguments that do not fit, whatever the method raises.
    """
    _, described = _find_method(runtime, method)
    values, at = [], 0
    for argument, codec in described.arguments:
        try:
            value, at = codec.decode(data, at)
        except ChainError as error:
            raise error.within(argument) from None  # type: ignore[attr-defined]
        values.append(value)
    ensure_end(data, at)
    return ask_api(runtime, method, *values)


def ask_api(runtime: Any, method: str, *values: Any) -> bytes:
    """The SCALE result of an API method for Python arguments. Raises: UnknownApi, whatever the method raises."""
    api, described = _find_method(runtime, method)
    result: bytes = described.result.encode(getattr(api(runtime), described.name)(*values))
    return result


def _find_method(runtime: Any, method: str) -> tuple[type[RuntimeApi], ApiMethod]:
    construct = runtime.construct
    name = method.partition("_")[0]
    found: tuple[type[RuntimeApi], ApiMethod] | None = construct.api_methods.get(method)
    if found is None:
        for api in runtime.apis:
            if api.__name__ == name:
                for described in api.methods(construct.codecs):
                    for codec in (*(codec for _, codec in described.arguments), described.result):
                        codec.ready()
                    construct.api_methods[f"{name}_{described.name}"] = (api, described)
        found = construct.api_methods.get(method)
    if found is None:
        raise UnknownApi(f"Exported method {method} is not found")
    return found


class UncheckedExtrinsic(bytes):
    """An extrinsic as clients hand it over: its bytes, length included."""


class UncheckedExtrinsicCodec(Codec):
    """An extrinsic that is passed through undecoded, described with what it is made of."""

    path = split_path("fp_self_contained::unchecked_extrinsic::UncheckedExtrinsic")
    min_size = 1

    def __init__(self, body: Codec, address: Codec, call: Codec, signature: Codec, extension: Codec) -> None:
        made_of = (("Address", address), ("Call", call), ("Signature", signature))
        self.params = (*made_of, ("Extension", extension))
        # the chain's extrinsic wraps Substrate's own, and clients know it by either
        self.inner = NamedCodec(split_path("sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic"), body, None)
        self.inner.params = (*made_of, ("Extra", extension))

    def encode(self, value: bytes) -> bytes:
        return value

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        _, end = decode_bytes(data, at)
        return data[at:end], end

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite(FieldDef(None, types.id_of(self.inner)))


class ExtensionCodec(Codec):
    """The explicit part of one extension, as the metadata has it: a struct of at most one field."""

    def __init__(self, path: str, field: str | None, explicit: Codec | None) -> None:
        self.path, self.field, self.explicit = split_path(path), field, explicit

    def describe(self, types: TypeRegistry) -> TypeDef:
        if self.explicit is None:
            return TypeDef.composite()
        return TypeDef.composite(FieldDef(self.field, types.id_of(self.explicit)))


class NamedUnit(Codec):
    """A type that only has a name: the runtime itself."""

    def __init__(self, path: str) -> None:
        self.path = split_path(path)

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.composite()
