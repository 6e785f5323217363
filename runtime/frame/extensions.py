"""Transaction extensions: what is checked around a signed extrinsic, in wire order.

Source: sp_runtime::traits::TransactionExtension
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from chain.transaction import ValidTransaction
from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.weight import U64_MAX, DispatchInfo, PostInfo

if TYPE_CHECKING:
    from chain.errors import DispatchError
    from runtime.frame.pallet import Event


@dataclass(slots=True)
class TransactionContext:
    """A signed extrinsic on its way: who, what, and what the extensions found out so far."""

    who: AccountId
    call: RuntimeCall
    info: DispatchInfo
    length: int
    values: dict[str, Any]
    """The explicit values by extension identifier."""
    payer: AccountId = field(init=False)
    """Who pays the fee: the signer, unless another account pays for it."""
    priority: int = 0
    requires: list[bytes] = field(default_factory=list)
    provides: list[bytes] = field(default_factory=list)
    longevity: int = U64_MAX
    fee: int = 0
    """What was withdrawn, in rao, tip included."""
    paid_otherwise: Event | None = None
    """What tells that the fee was paid by other means than the account's balance."""

    def __post_init__(self) -> None:
        self.payer = self.who

    def validity(self) -> ValidTransaction:
        """What the pool needs to know."""
        return ValidTransaction(
            self.priority, tuple(self.requires), tuple(self.provides), self.longevity, propagate=True
        )


class TransactionExtension:
    """One extension of a runtime. A subclass overrides what it needs; each method may raise TransactionError."""

    identifier: ClassVar[str]
    path: ClassVar[str]
    explicit: ClassVar[Any] = None
    """The type hint of the bytes in the extrinsic; None for nothing."""
    explicit_name: ClassVar[str | None] = None
    """The field name of the explicit value in the metadata; None for a tuple-like struct."""
    implicit: ClassVar[Any] = None
    """The type hint of the bytes that are only signed; None for nothing."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime

    def implicit_bytes(self, value: Any) -> bytes:
        """What is signed besides the extrinsic, given the explicit value."""
        return b""

    def validate(self, context: TransactionContext) -> None:
        """Check without changing the state; also run by the pool."""

    def prepare(self, context: TransactionContext) -> None:
        """Change the state before the call runs."""

    def post_dispatch(self, context: TransactionContext, post: PostInfo, error: DispatchError | None) -> None:
        """Settle after the call ran or failed."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The extensions of one runtime instance, each step listing only those that take part in it."""

    implicit: tuple[TransactionExtension, ...]
    validate: tuple[TransactionExtension, ...]
    prepare: tuple[TransactionExtension, ...]
    post_dispatch: tuple[TransactionExtension, ...]
    explicit: tuple[str, ...]

    @staticmethod
    def of(runtime: Any) -> Pipeline:
        made = [extension(runtime) for extension in runtime.extensions]

        def taking_part(step: str) -> tuple[TransactionExtension, ...]:
            return tuple(e for e in made if getattr(type(e), step) is not getattr(TransactionExtension, step))

        return Pipeline(
            tuple(e for e in made if e.implicit is not None),
            taking_part("validate"),
            taking_part("prepare"),
            taking_part("post_dispatch"),
            tuple(e.identifier for e in made if e.explicit is not None),
        )

    def signed_bytes(self, values: dict[str, Any]) -> bytes:
        """The implicit part of the signed payload. Raises: TransactionError."""
        return b"".join([e.implicit_bytes(values.get(e.identifier)) for e in self.implicit])
