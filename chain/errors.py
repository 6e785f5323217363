"""The error tree of the whole program.

    ChainError
    |-- DecodeError              bytes that are not the SCALE encoding of what was expected
    |-- InvalidBlock             a block that this chain does not accept
    |   `-- BrokenInvariant      a block after which something does not hold that must
    |-- TransactionError         an extrinsic that may not be included (wire: TransactionValidityError)
    |   |-- InvalidTransaction
    |   `-- UnknownTransaction
    |-- DispatchError            a call that failed; what it wrote is undone     (wire variants: runtime.frame.dispatch)
    |   `-- ModuleError          a pallet's own error, one subclass a variant
    |-- DatabaseError            the store cannot be opened, read or written
    |-- StateDiscarded           the state of that block was pruned
    |-- UnknownBlock             no block with that hash
    `-- RpcError                 an answer of the JSON-RPC server, with its code (node.rpc.errors)

A bare base class is never raised.
"""

from __future__ import annotations

from typing import ClassVar


class ChainError(Exception):
    """The root of every error that this program raises on purpose."""


class DecodeError(ChainError):
    """Bytes that are not the SCALE encoding of what was expected.

    `path` names the field that failed, outermost first: `("extrinsic", "call", "dest")`.
    """

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def within(self, field: str) -> DecodeError:
        """Prepend the name of the enclosing field, and return the error itself."""
        self.path = (field, *self.path)
        return self

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.reason}" if self.path else self.reason


class InvalidBlock(ChainError):
    """A block that this chain does not accept; the message names the rule it breaks."""


class BrokenInvariant(InvalidBlock):
    """Something that must hold after every block does not; the message names it."""


class TransactionError(ChainError):
    """An extrinsic that may not be included in a block.

    Source: sp_runtime::transaction_validity::TransactionValidityError
    """

    kinds: ClassVar[dict[str, int]]

    def __init__(self, kind: str, code: int | None = None) -> None:
        if kind not in self.kinds:
            raise ValueError(f"{type(self).__name__} has no variant {kind}")
        super().__init__(kind if code is None else f"{kind}({code})")
        self.kind = kind
        self.code = code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and (self.kind, self.code) == (other.kind, other.code)

    def __hash__(self) -> int:
        return object.__hash__(self)

    @property
    def index(self) -> int:
        """The variant's index on the wire."""
        return self.kinds[self.kind]


class InvalidTransaction(TransactionError):
    """The extrinsic can never be included as it is (or not now: `Future`).

    Source: sp_runtime::transaction_validity::InvalidTransaction
    """

    kinds = {
        "Call": 0,
        "Payment": 1,
        "Future": 2,
        "Stale": 3,
        "BadProof": 4,
        "AncientBirthBlock": 5,
        "ExhaustsResources": 6,
        "Custom": 7,
        "BadMandatory": 8,
        "MandatoryValidation": 9,
        "BadSigner": 10,
        "IndeterminateImplicit": 11,
        "UnknownOrigin": 12,
    }


class UnknownTransaction(TransactionError):
    """The validity of the extrinsic cannot be told.

    Source: sp_runtime::transaction_validity::UnknownTransaction
    """

    kinds = {"CannotLookup": 0, "NoUnsignedValidator": 1, "Custom": 2}


class DispatchError(ChainError):
    """A call failed; whatever it wrote is undone. Source: sp_runtime::DispatchError"""


class ModuleError(DispatchError):
    """A pallet's own error; one subclass a variant, nested in its pallet."""


class DatabaseError(ChainError):
    """The store cannot be opened, read or written; the message names the folder and the reason."""


class StateDiscarded(ChainError):
    """The state of that block was pruned."""


class UnknownBlock(ChainError):
    """No block with that hash or number is stored."""
