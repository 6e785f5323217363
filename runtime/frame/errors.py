"""Why a call failed: Python exceptions that are also the variants of `sp_runtime::DispatchError` on the wire.

DispatchError (chain.errors)
|-- Other, CannotLookup, BadOrigin, ConsumerRemaining, NoProviders, TooManyConsumers,
|   Exhausted, Corruption, Unavailable, RootNotAllowed
|-- TokenError, ArithmeticFault, TransactionalError, TrieError       carry which kind
`-- ModuleError (chain.errors)                                       one subclass a variant, in its pallet
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from chain.errors import DispatchError, ModuleError
from chain.scale.codec import Codec, split_path
from chain.scale.composites import EnumCodec
from chain.scale.hints import Fixed, ScaleEnum, declare_variant, struct, u8

if TYPE_CHECKING:
    from chain.scale.registry import TypeDef, TypeRegistry
    from runtime.frame.weight import PostInfo


class _Variant(DispatchError):
    """A variant that carries nothing, or one kind."""

    index: ClassVar[int]

    def __init__(self, kind: str | None = None) -> None:
        super().__init__(kind or type(self).__name__)
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == getattr(other, "args", None)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.args))


class Other(_Variant):
    """An error that has no variant of its own; its text does not reach the wire."""

    index = 0


class CannotLookup(_Variant):
    """The address names no account."""

    index = 1


class BadOrigin(_Variant):
    """The call may not be made by this origin."""

    index = 2


class ConsumerRemaining(_Variant):
    """Something still needs the account to exist."""

    index = 4


class NoProviders(_Variant):
    """Nothing gives the account a reason to exist."""

    index = 5


class TooManyConsumers(_Variant):
    """Too many things need the account to exist."""

    index = 6


class Exhausted(_Variant):
    """Some resource is used up: the block's weight, the nesting of calls."""

    index = 10


class Corruption(_Variant):
    """The state is not as it should be."""

    index = 11


class Unavailable(_Variant):
    """Some resource is not there now."""

    index = 12


class RootNotAllowed(_Variant):
    """Root may not make this call."""

    index = 13


class TokenKind(enum.Enum):
    """Why a balance could not be changed. Source: sp_runtime::TokenError"""

    FundsUnavailable = 0
    OnlyProvider = 1
    BelowMinimum = 2
    CannotCreate = 3
    UnknownAsset = 4
    Frozen = 5
    Unsupported = 6
    CannotCreateHold = 7
    NotExpendable = 8
    Blocked = 9

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_runtime::TokenError")


class ArithmeticKind(enum.Enum):
    """Why a number could not be computed. Source: sp_arithmetic::ArithmeticError"""

    Underflow = 0
    Overflow = 1
    DivisionByZero = 2

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_arithmetic::ArithmeticError")


class TransactionalKind(enum.Enum):
    """Why a storage layer could not be opened or closed. Source: sp_runtime::TransactionalError"""

    LimitReached = 0
    NoLayer = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_runtime::TransactionalError")


class TrieKind(enum.Enum):
    """Why a proof could not be read. Source: sp_runtime::proving_trie::TrieError"""

    InvalidStateRoot = 0
    IncompleteDatabase = 1
    ValueAtIncompleteKey = 2
    DecoderError = 3
    InvalidHash = 4
    DuplicateKey = 5
    ExtraneousNode = 6
    ExtraneousValue = 7
    ExtraneousHashReference = 8
    InvalidChildReference = 9
    ValueMismatch = 10
    IncompleteProof = 11
    RootMismatch = 12
    DecodeError = 13

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_runtime::proving_trie::TrieError")


class TokenError(_Variant):
    """A balance could not be changed."""

    index = 7


class ArithmeticFault(_Variant):
    """A number could not be computed."""

    index = 8


class TransactionalError(_Variant):
    """A storage layer could not be opened or closed."""

    index = 9


class TrieError(_Variant):
    """A proof could not be read."""

    index = 14


@struct("sp_runtime::ModuleError")
class ModuleErrorCode:
    """A pallet's error as clients find it in the metadata."""

    index: u8
    error: Annotated[bytes, Fixed(4)]


class Wire(ScaleEnum, path="sp_runtime::DispatchError"):
    """Why a call failed."""


_PAYLOADS: tuple[tuple[str, int, Any], ...] = (
    ("Other", 0, None),
    ("CannotLookup", 1, None),
    ("BadOrigin", 2, None),
    ("Module", 3, ModuleErrorCode),
    ("ConsumerRemaining", 4, None),
    ("NoProviders", 5, None),
    ("TooManyConsumers", 6, None),
    ("Token", 7, TokenKind),
    ("Arithmetic", 8, ArithmeticKind),
    ("Transactional", 9, TransactionalKind),
    ("Exhausted", 10, None),
    ("Corruption", 11, None),
    ("Unavailable", 12, None),
    ("RootNotAllowed", 13, None),
    ("Trie", 14, TrieKind),
)
for _name, _index, _payload in _PAYLOADS:
    declare_variant(Wire, _name, _index, _payload)


_KINDS: dict[int, tuple[type[_Variant], Any]] = {
    7: (TokenError, TokenKind),
    8: (ArithmeticFault, ArithmeticKind),
    9: (TransactionalError, TransactionalKind),
    14: (TrieError, TrieKind),
}


def names_of_errors() -> list[str]:
    """What an error of every chain is called, with its kinds where it has any: `BadOrigin`, `Token.Frozen`."""
    variants = {variant.index: variant.wire_name for variant in Wire.variants}
    kinds = [f"{variants[index]}.{member.name}" for index, (_, kind) in _KINDS.items() for member in kind]
    return [*variants.values(), *kinds]


_BARE: dict[int, type[_Variant]] = {
    cls.index: cls
    for cls in (
        Other,
        CannotLookup,
        BadOrigin,
        ConsumerRemaining,
        NoProviders,
        TooManyConsumers,
        Exhausted,
        Corruption,
        Unavailable,
        RootNotAllowed,
    )
}


class UnknownModuleError(ModuleError):
    """A module error whose numbers belong to no declared error; it keeps them."""

    def __init__(self, code: ModuleErrorCode) -> None:
        super().__init__(f"pallet {code.index}, error {code.error.hex()}")
        self.code = code


class DispatchErrorCodec(Codec):
    """Exceptions as `sp_runtime::DispatchError`; `modules` gives each declared error its pallet and place."""

    min_size = 1

    def __init__(self, wire: EnumCodec, modules: Mapping[type[ModuleError], ModuleErrorCode]) -> None:
        self.wire, self.modules = wire, modules
        self.path, self.docs = wire.path, wire.docs
        self._errors = {(code.index, code.error): cls for cls, code in modules.items()}

    def encode(self, value: DispatchError) -> bytes:
        if isinstance(value, ModuleError):
            code = value.code if isinstance(value, UnknownModuleError) else self.modules[type(value)]
            return bytes([3, code.index]) + code.error
        assert isinstance(value, _Variant)
        if value.index in _KINDS:
            return bytes([value.index, _KINDS[value.index][1][value.kind].value])
        return bytes([value.index])

    def decode(self, data: bytes, at: int) -> tuple[DispatchError, int]:
        found, at = self.wire.decode(data, at)
        if found.index == 3:
            cls = self._errors.get((found.value.index, found.value.error))
            return (UnknownModuleError(found.value) if cls is None else cls()), at
        if found.index in _KINDS:
            return _KINDS[found.index][0](found.value.name), at
        return _BARE[found.index](), at

    def ready(self) -> Codec:
        self.wire.ready()
        return self

    def describe(self, types: TypeRegistry) -> TypeDef:
        return self.wire.describe(types)


def post_info_of(error: DispatchError) -> PostInfo | None:
    """What a failed call said of its weight and fee, if it said anything."""
    return getattr(error, "post_info", None)


def with_post_info(error: DispatchError, info: PostInfo | None) -> DispatchError:
    """The same error, carrying the weight and fee of what ran before it; None where nothing is said of that."""
    error.post_info = info  # type: ignore[attr-defined]
    return error


MEANINGS = {
    "FundsUnavailable": "The account does not hold that much.",
    "OnlyProvider": "The account would end, and something still needs it.",
    "BelowMinimum": "The account would hold less than the existential deposit.",
    "CannotCreate": "The account cannot be made.",
    "UnknownAsset": "There is no such asset.",
    "Frozen": "The account holds that much, but it is frozen.",
    "Unsupported": "The asset cannot be used in this way.",
    "CannotCreateHold": "The account cannot have one more hold.",
    "NotExpendable": "The account would end by giving that much, and has to stay.",
    "Blocked": "The account may neither give nor get this asset.",
    "Underflow": "A number would be less than the least that it may be.",
    "Overflow": "A number would be more than the most that it may be.",
    "DivisionByZero": "A number would be divided by zero.",
}
"""What each kind of TokenError and ArithmeticFault means."""
